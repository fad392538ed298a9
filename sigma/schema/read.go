package schema

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A Format is a form in which users have schemas, named after the product
// that gives it.
type Format string

// The formats.
const (
	Elastic Format = "elastic" // the mapping of an index, or a template, or what _field_caps answers
	Kusto   Format = "kusto"   // what getschema or .show database schema answers, as JSON or CSV
	Splunk  Format = "splunk"  // a CSV with a column "field", as fieldsummary gives it
)

// Formats returns the formats.
func Formats() []Format { return []Format{Elastic, Kusto, Splunk} }

// A Policy says what becomes of a rule with a field or a table that the
// schema does not have.
type Policy uint8

// The policies.
const (
	ByPipeline Policy = iota // as the pipeline says; with a schema of the user's own, Refuse
	Refuse                   // an error
	Warn                     // a warning
	Pass                     // nothing: the schema is not all there is
	Absent                   // no event has such a field: a test of it is false (of null true), with a warning; a table is an error
)

// policies are the names of the policies that a user can choose, from Refuse on.
var policies = []string{"error", "warn", "pass", "absent"}

// Policies returns the names of the policies that a user can choose.
func Policies() []string { return slices.Clone(policies) }

// ParsePolicy returns the policy of a name, ByPipeline for "". The second result
// is false where there is no such policy.
func ParsePolicy(name string) (Policy, bool) {
	if name == "" {
		return ByPipeline, true
	}
	i := slices.Index(policies, name)
	return Refuse + Policy(i), i >= 0 //nolint:gosec // there are four
}

// ReadFile reads a user's schema from a file. The format is found out from the
// content, unless it stands before the path, "kusto:schema.json". Where a file
// is about one table without naming it, as the answer of getschema is, the
// table has the name of the file without its extensions, or the one behind the
// format: "kusto.SecurityEvent:columns.csv", and so has a list of the fields of a
// dataset of Splunk: "splunk.Endpoint.Processes:fields.csv". The error is an ErrorList.
func ReadFile(spec string) (*Schema, error) {
	format, table, path := splitSpec(spec)
	fail := func(code sigma.Code, msg string) (*Schema, error) {
		return nil, sigma.ErrorList{{Pos: sigma.Pos{File: &sigma.File{Name: path}}, Code: code, Msg: msg}}
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > sigma.MaxFileSize {
		return fail(sigma.Limit, fmt.Sprintf("the file has more than %d bytes", sigma.MaxFileSize))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fail(sigma.Unreadable, err.Error())
	}
	return read(format, table, path, data)
}

// splitSpec takes what stands before the path off. A path on a drive of
// Windows has only a letter there.
func splitSpec(spec string) (format Format, table, path string) {
	before, after, found := strings.Cut(spec, ":")
	name, table, _ := strings.Cut(before, ".")
	if !found || !slices.Contains(Formats(), Format(name)) {
		return "", "", spec
	}
	return Format(name), table, after
}

// Read reads a user's schema from the text of a file. Where the format is "",
// it is found out from the text. The name is that of the file, for messages
// and, as ReadFile says, for a table. The error is an ErrorList.
func Read(format Format, name string, data []byte) (*Schema, error) {
	return read(format, "", name, data)
}

// A reader reads one file.
type reader struct {
	file  *sigma.File
	lines []int  // offset of the first byte of each line, once a place was asked for
	table string // the name of a table that the file does not name: as the user says, or the file's
	named bool   // the user says it
	out   *Schema
	errs  sigma.ErrorList
	more  int // notes that are not in out
}

// maxNotes is how many notes and errors of one file are kept.
const maxNotes = 100

func read(format Format, table, name string, data []byte) (*Schema, error) {
	named := table != ""
	if !named {
		table, _, _ = strings.Cut(filepath.Base(filepath.ToSlash(name)), ".")
	}
	r := &reader{
		file:  &sigma.File{Name: name, Data: decode(data)},
		table: table,
		named: named,
		out:   &Schema{Name: name, Tables: map[string]*Table{}},
	}
	switch {
	case len(data) > sigma.MaxFileSize:
		r.failAt(0, sigma.Limit, "", "the file has more than %d bytes", sigma.MaxFileSize)
	case len(bytes.TrimSpace(r.file.Data)) == 0:
		r.failAt(0, sigma.BadSchema, "", "the file is empty")
	case bytes.ContainsRune([]byte("{["), rune(bytes.TrimSpace(r.file.Data)[0])):
		r.json(format)
	default:
		r.delimited(format)
	}
	if len(r.errs) == 0 && r.columns() == 0 {
		r.failAt(0, sigma.BadSchema, "", "the schema has no columns")
	}
	if len(r.errs) > 0 {
		return nil, r.errs
	}
	r.addCommon()
	if r.more > 0 {
		r.out.Notes = append(r.out.Notes, &sigma.Error{Pos: sigma.Pos{File: r.file}, Code: sigma.Assumed, Msg: fmt.Sprintf("%d more notes are not shown", r.more)})
	}
	return r.out, nil
}

// addCommon adds the fields that every event of the product has.
func (r *reader) addCommon() {
	kind, names := Unknown, defaultFields
	switch {
	case r.out.Format == Kusto:
		return
	case r.out.Format == Elastic:
		kind, names = Keyword, metadata
	case r.named:
		names = datasetFields
	}
	for _, t := range r.out.Tables {
		for _, name := range names {
			if _, ok := t.Columns[name]; !ok {
				t.Columns[name] = Column{Name: name, Type: kind}
			}
		}
	}
}

// json reads a schema that is JSON.
func (r *reader) json(format Format) {
	root := r.parse()
	if root == nil {
		return
	}
	switch found := formatOf(root); {
	case format == "" && found == "":
		r.fail(root, "an Elasticsearch mapping has \"mappings\" or \"properties\", an answer of _field_caps \"fields\", a schema of Kusto rows with ColumnName and ColumnType, or \"Databases\"",
			"the JSON is no schema that is known")
	case format == Elastic || format == "" && found == Elastic:
		r.elastic(root)
	case format == Splunk:
		r.fail(root, "", "fields of Splunk are read from CSV, not from JSON")
	default:
		r.kusto(root)
	}
}

// formatOf finds out what a JSON document is.
func formatOf(root *node) Format {
	if root.kind == array {
		return Kusto
	}
	for _, key := range []string{"properties", "mappings", "template", "index_templates", "component_templates", "runtime", "fields"} {
		if root.get(key) != nil {
			return Elastic
		}
	}
	for _, item := range root.items {
		if item.get("mappings") != nil {
			return Elastic
		}
	}
	for _, key := range []string{"Databases", "OrderedColumns", "Tables", "Results", "Schema", "DatabaseSchema"} {
		if root.getFold(key) != nil {
			return Kusto
		}
	}
	return ""
}

// columns counts what was read.
func (r *reader) columns() int {
	n := 0
	for _, t := range r.out.Tables {
		n += len(t.Columns) + len(t.Patterns)
	}
	return n
}

// into returns the named table, which it makes where there is none yet.
func (r *reader) into(name string) *Table {
	t, ok := r.out.Tables[name]
	if !ok {
		t = &Table{Name: name, Columns: map[string]Column{}}
		r.out.Tables[name] = t
	}
	return t
}

// pos returns the place of an offset in the text.
func (r *reader) pos(off int) sigma.Pos {
	if r.lines == nil {
		r.lines = []int{0}
		for i, c := range r.file.Data {
			if c == '\n' {
				r.lines = append(r.lines, i+1)
			}
		}
	}
	line, _ := slices.BinarySearch(r.lines, off+1)
	start := r.lines[line-1]
	return sigma.Pos{File: r.file, Line: line, Col: len([]rune(string(r.file.Data[start:off]))) + 1}
}

func (r *reader) failAt(off int, code sigma.Code, hint, format string, args ...any) {
	if len(r.errs) == maxNotes {
		return
	}
	r.errs = append(r.errs, &sigma.Error{Pos: r.pos(off), Code: code, Msg: shorten(fmt.Sprintf(format, args...)), Hint: hint})
}

// fail notes an error at a part of a JSON document.
func (r *reader) fail(n *node, hint, format string, args ...any) {
	r.failAt(n.off, sigma.BadSchema, hint, format, args...)
}

// noteAt notes what is not understood, or does not go together.
func (r *reader) noteAt(off int, hint, format string, args ...any) {
	if len(r.out.Notes) == maxNotes {
		r.more++
		return
	}
	r.out.Notes = append(r.out.Notes, &sigma.Error{Pos: r.pos(off), Code: sigma.Assumed, Msg: shorten(fmt.Sprintf(format, args...)), Hint: hint})
}

// decode returns the text as UTF-8 without a byte order mark. PowerShell
// writes UTF-16 where nobody says otherwise.
func decode(data []byte) []byte {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], 0, 1)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], 1, 0)
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
}

func fromUTF16(data []byte, low, high int) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = uint16(data[2*i+low]) | uint16(data[2*i+high])<<8
	}
	return []byte(string(utf16.Decode(units)))
}
