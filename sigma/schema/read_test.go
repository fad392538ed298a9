package schema

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/sigma"
)

var update = flag.Bool("update", false, "rewrite what the cases in testdata want")

// TestRead reads the files of each archive in testdata, puts them together and
// compares what comes out with the file want. A name of the form FORMAT:NAME
// says the format.
func TestRead(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { testRead(t, path) })
	}
}

func testRead(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var schemas []*Schema
	var b strings.Builder
	last := len(archive.Files) - 1
	for _, f := range archive.Files[:last] {
		format, table, name := splitSpec(f.Name)
		s, err := read(format, table, name, f.Data)
		for _, e := range sigma.Errors(err) {
			fmt.Fprintf(&b, "error: %v [%s]\n", e, e.Code)
		}
		if s != nil {
			schemas = append(schemas, s)
		}
	}
	if len(schemas) > 0 {
		s, err := Merge(schemas...)
		if err != nil {
			t.Fatal(err)
		}
		dump(&b, s)
	}
	if *update {
		archive.Files[last].Data = []byte(b.String())
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := string(archive.Files[last].Data); b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

// dump writes a schema, but for the fields that every event has.
func dump(b *strings.Builder, s *Schema) {
	fmt.Fprintf(b, "%s\n", s.Format)
	for _, name := range slices.Sorted(maps.Keys(s.Tables)) {
		t := s.Tables[name]
		fmt.Fprintf(b, "[%s]\n", name)
		for _, c := range slices.Sorted(maps.Keys(t.Columns)) {
			if !slices.Contains(defaultFields, c) && !slices.Contains(metadata, c) {
				b.WriteString(t.Columns[c].dump())
			}
		}
		for _, p := range t.Patterns {
			b.WriteString(p.dump())
		}
	}
	for _, n := range s.Notes {
		fmt.Fprintf(b, "note: %v\n", n)
	}
}

func (c Column) dump() string {
	s := c.Name + ": " + c.Type.String()
	for _, fact := range []struct {
		holds bool
		text  string
	}{
		{c.Array, "array"}, {c.Object, "object"}, {c.Flattened, "flattened"}, {c.Caseless != "", "caseless=" + c.Caseless}, {c.Twin != "", "twin of " + c.Twin}, {c.Alias != "", "alias of " + c.Alias},
		{c.Whole != "", "whole=" + c.Whole}, {c.Limit > 0, fmt.Sprint("limit=", c.Limit)}, {c.Barred != "", "barred: " + c.Barred},
		{c.Conflict != "", "conflict: " + c.Conflict},
	} {
		if fact.holds {
			s += ", " + fact.text
		}
	}
	return s + "\n"
}

// TestReadUTF16 reads what PowerShell writes.
func TestReadUTF16(t *testing.T) {
	text := "ColumnName,ColumnType\r\nRemotePort,int\r\n"
	for _, order := range []struct {
		mark      string
		low, high int
	}{{"\xff\xfe", 0, 1}, {"\xfe\xff", 1, 0}} {
		data := []byte(order.mark)
		for _, u := range utf16.Encode([]rune(text)) {
			pair := [2]byte{}
			pair[order.low], pair[order.high] = byte(u), byte(u>>8)
			data = append(data, pair[:]...)
		}
		s, err := Read("", `DeviceNetworkEvents.csv`, data)
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := s.Tables["DeviceNetworkEvents"].Column("RemotePort"); !ok || c.Type != Int {
			t.Errorf("RemotePort is %v, %v", c, ok)
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "SecurityEvent.getschema.csv")
	if err := os.WriteFile(path, []byte("ColumnName,ColumnType\nEventID,int\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for spec, table := range map[string]string{path: "SecurityEvent", "kusto:" + path: "SecurityEvent", "kusto.Event:" + path: "Event"} {
		s, err := ReadFile(spec)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := s.Table(table); !ok || s.Name != path {
			t.Errorf("%s has no table %s, but %v", spec, table, slices.Collect(maps.Keys(s.Tables)))
		}
	}
	for spec, want := range map[string]sigma.Code{
		filepath.Join(dir, "no.csv"): sigma.Unreadable,
		"elastic:" + path:            sigma.BadSchema,
		"splunk:" + path:             sigma.BadSchema,
		`kustp:` + path:              sigma.Unreadable,
	} {
		if _, err := ReadFile(spec); len(sigma.Errors(err)) == 0 || sigma.Errors(err)[0].Code != want {
			t.Errorf("%s: %v, want %s", spec, err, want)
		}
	}
}

// TestReadLimits holds hostile files to the bounds.
func TestReadLimits(t *testing.T) {
	for name, text := range map[string]string{
		"deep":     strings.Repeat(`{"properties":`, 10_000),
		"array":    strings.Repeat(`[`, 10_000),
		"parts":    "[" + strings.Repeat("0,", maxNodes) + "0]",
		"names":    `{"properties":{"` + strings.Repeat("a", maxName+1) + `":{"type":"keyword"}}}`,
		"key":      `{"` + strings.Repeat("k", 1<<20) + `":1,"` + strings.Repeat("k", 1<<20) + `":2}`,
		"size":     strings.Repeat(" ", sigma.MaxFileSize) + "{}",
		"behind":   `{"properties":{"a":{"type":"keyword"}}} {}`,
		"unclosed": `{"properties":{"a":{"type":"keyword"}}`,
		"quote":    "ColumnName,ColumnType\n\"a,int\n",
	} {
		s, err := Read("", name, []byte(text))
		if s != nil || len(sigma.Errors(err)) == 0 {
			t.Errorf("%s: read without an error", name)
			continue
		}
		for _, e := range sigma.Errors(err) {
			if e.Code != sigma.Limit && e.Code != sigma.BadSchema || !e.IsValid() || len(e.Msg) > 1000 {
				t.Errorf("%s: %v [%s]", name, e, e.Code)
			}
		}
	}
	many := strings.Repeat(`{"type":"odd"},`, 500)
	s, err := Read("", "notes", []byte(`[`+strings.ReplaceAll(many, `{"type":"odd"}`, `{"ColumnName":"a","ColumnType":"odd"}`)+`{"ColumnName":"b","ColumnType":"int"}]`))
	if err != nil || len(s.Notes) != maxNotes+1 {
		t.Errorf("%v, %d notes", err, len(s.Notes))
	}
}

func TestMergeFormats(t *testing.T) {
	if _, err := Merge(&Schema{Format: Kusto, Name: "a"}, &Schema{Format: Splunk, Name: "b"}); err == nil {
		t.Error("schemas of two products go together")
	}
}

// TestMatches compares patterns with names.
func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"a.*", "a.b", true}, {"a.*", "a.b.c", true}, {"a.*", "a.", false}, {"a.*", "ab", false},
		{"*.ip", "source.ip", true}, {"*.ip", "source.ip.x", false}, {"*.ip", ".ip", true},
		{"a.*.b", "a.x.b", true}, {"a.*.b", "a.b", false}, {"a.*.b", "a.x.b.b", true}, {"a.*.b", "a.x.c", false},
		{"*a*b*", "xaxbx", true}, {"*a*b*", "xbxa", false}, {"a", "a", true}, {"a", "b", false}, {"*", "a", true},
	} {
		if got := matches(test.pattern, test.name); got != test.want {
			t.Errorf("%s matches %s: %v", test.pattern, test.name, got)
		}
	}
}

func TestUnion(t *testing.T) {
	var none *Schema
	if len(none.Union().Columns) != 0 {
		t.Error("no schema has columns")
	}
	s := &Schema{Format: Kusto, Tables: map[string]*Table{
		"A": {Columns: map[string]Column{"x": {Name: "x", Type: Int}, "y": {Name: "y", Type: Keyword}}},
		"B": {Columns: map[string]Column{"x": {Name: "x", Type: Keyword}, "z": {Name: "z", Type: Bool}}, Open: true},
	}}
	u := s.Union()
	if x, _ := u.Column("x"); x.Type != Unknown || x.Conflict != "integer, but keyword in B" {
		t.Errorf("x is %+v", x)
	}
	if z, ok := u.Column("z"); !ok || z.Type != Bool || !u.Open {
		t.Errorf("z is %+v, %v", z, ok)
	}
}

func TestStandsFor(t *testing.T) {
	base := &Table{Columns: map[string]Column{"args": {Name: "args", Type: Keyword, Array: true}, "old": {Name: "old"}}}
	own := &Table{Columns: map[string]Column{"args": {Name: "args", Type: Wildcard}}, StandsFor: base}
	if c, ok := own.Column("args"); !ok || c.Type != Wildcard || !c.Array {
		t.Errorf("args is %+v, %v", c, ok)
	}
	if _, ok := own.Column("old"); ok {
		t.Error("a column of the base is one of the table")
	}
}

// FuzzRead reads anything: there is no panic, and what is read holds what the
// printers rest on.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			for i := range uint8(4) {
				f.Add(i, file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, format uint8, data []byte) {
		s, err := Read(append(Formats(), "")[format%4], "fuzz.json", data)
		if (s == nil) == (err == nil) {
			t.Fatalf("a schema %v and an error %v", s, err)
		}
		for _, e := range sigma.Errors(err) {
			if e.Code != sigma.BadSchema && e.Code != sigma.Limit {
				t.Errorf("%v [%s]", e, e.Code)
			}
			_ = e.Snippet()
		}
		if s == nil {
			return
		}
		if s.Format == "" {
			t.Error("the format is not known")
		}
		for name, table := range s.Tables {
			for key, c := range table.Columns {
				checkColumn(t, table, name, key, c)
			}
		}
	})
}

func checkColumn(t *testing.T, table *Table, name, key string, c Column) {
	t.Helper()
	if c.Name != key {
		t.Errorf("%s has %q under %q", name, c.Name, key)
	}
	if c.Conflict != "" && c.Type != Unknown {
		t.Errorf("%q has a conflict and the type %v", key, c.Type)
	}
	for _, twin := range []string{c.Caseless, c.Whole} {
		if _, ok := table.Columns[twin]; twin != "" && !ok {
			t.Errorf("the twin %q of %q is no column", twin, key)
		}
	}
}
