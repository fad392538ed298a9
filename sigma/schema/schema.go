// Package schema says what a target's events look like: which tables there
// are, which columns a table has, and of which type each is. Pipelines name a
// schema; the printers of the languages ask it for operators and literals.
//
// [Builtin] has the schemas that come with the project. What a user has is
// read by [ReadFile] and [Read], put together by [Merge], and given to
// pipeline.WithSchema or backends.Options.
//
// # Schemas of users
//
// Files are recognised by what is in them. All of them are untrusted: they are
// bounded in size, depth and number of parts, and what is wrong is an error
// with its place. What is right but not understood is in the schema's Notes.
//
// Of Elasticsearch and OpenSearch ([Elastic]) there is one table without a
// name, with the fields of all indices in the file:
//
//   - GET INDEX/_mapping, GET INDEX, and the body that makes an index. Only the
//     latter two have the settings, and so what normalizers do.
//   - Templates: GET _index_template, _component_template and _template, the
//     body of one, and POST _index_template/_simulate_index/NAME, which alone
//     says what an index gets from all templates together.
//   - GET INDEX/_field_caps?fields=*, which does not tell a wildcard from a
//     keyword, nor what normalizers and ignore_above do.
//
// A keyword whose normalizer does nothing but lowercase is [Caseless], and a
// twin of the fields beside it; so is one named ".caseless", as Elastic calls
// them, where the file does not say what its normalizer does. Analysed text
// with a keyword beside it is sought there (Column.Whole). A field that indices
// have in several types is of the type that is queried alike in all, or has a
// Conflict. Dynamic templates with a path_match are patterns of names; fields
// that any other template or "dynamic" would make do not exist.
//
// Of Defender XDR, Sentinel and Data Explorer ([Kusto]) there is a table by
// name:
//
//   - TABLE | getschema, as CSV, separated by tabs, or as JSON; from a service,
//     its command line or its portal. The file is about one table and named after
//     it, or has a column TableName: union (A | getschema | extend
//     TableName="A"), (B | getschema | extend TableName="B").
//   - .show database schema, also "as json"; .show table T schema as json or
//     cslschema; the tables of the metadata of a Log Analytics workspace; the
//     columns of any answer of Advanced Hunting's API.
//
// Of Splunk ([Splunk]) there is one table without a name. Splunk's events have
// text only, so that there is nothing to ask it for types:
//
//   - SEARCH | fieldsummary, as CSV, says which fields there are. Their type stays
//     unknown, even where all values so far were numbers.
//   - Any CSV with a column field and, where the types are known, type: string,
//     number, int, ip or ipv4, time.
//   - Such a list of a dataset of a data model, which has to be named:
//     splunk.Endpoint.Processes:FILE. Where no dataset is listed, those of the
//     Common Information Model are taken for what they are there.
//
// The fields that the product gives every event, such as _index or sourcetype,
// need not be listed.
package schema

import (
	"iter"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A Type is the type of a column, as far as it decides how a query is
// written.
type Type uint8

// The types of columns.
const (
	Unknown  Type = iota // not declared: written by the type of the rule's value
	Keyword              // a string, compared case-sensitively by the index
	Caseless             // a string that the index folds, so that every comparison ignores case
	Wildcard             // Elastic's wildcard type: a string, case-sensitive, any length
	Text                 // analysed text: matched by token, not as a whole
	Int                  // a whole number
	Float                // a number with a fraction
	Bool                 // true or false
	IP                   // an address type of its own
	Time                 // a point in time
	GUID                 // a globally unique identifier with a type of its own (Kusto)
	Dynamic              // an object, an array, or anything
)

// String returns the type's name as messages use it.
func (t Type) String() string {
	return [...]string{"unknown", "keyword", "caseless keyword", "wildcard", "text", "integer", "float", "boolean",
		"ip", "time", "guid", "dynamic"}[t]
}

// IsString reports whether values of the type are strings that wildcards and
// regular expressions can be matched against.
func (t Type) IsString() bool {
	return t == Unknown || t == Keyword || t == Caseless || t == Wildcard || t == Text
}

// IsNumber reports whether values of the type are numbers.
func (t Type) IsNumber() bool { return t == Int || t == Float }

// A Column is one column or field of a table.
type Column struct {
	Name     string
	Type     Type
	Caseless string // a twin of the column that folds case (process.name.caseless), "" where there is none
	Whole    string // of analysed text, a twin that holds the whole text as one (message.keyword), "" where there is none
	Twin     string // of such a twin, the column that it is one of, "" of any other column
	Array    bool   // may hold several values

	// Filled is what the target itself puts where an event has no value, or an
	// empty one: such a column is never absent. It is "" where the target leaves
	// the column out.
	Filled string

	// What only the schemas of users say:

	Alias     string // the column that this is another name of, "" where it is none
	Limit     int    // the length of the longest value that the index has, in UTF-16 units (ignore_above); 0 where there is no limit
	Object    bool   // holds other fields, and no value of its own
	Flattened bool   // of Elastic's type flattened, or a part of such a field
	Barred    string // why no query finds the values that events have there, "" where queries do
	Conflict  string // the types that tables or indices have the column in, where it is not one type; Type is Unknown then
}

// A Schema is the tables of one target. The zero Schema knows no table.
type Schema struct {
	Name   string            // as pipelines name it: xdr, sentinel, asim, ecs ...; of a user's schema the file's name
	Tables map[string]*Table // by name; a schema without tables proper has one, named ""

	Format Format          // the form in which the user has it; "" of the schemas that come with the project
	Notes  sigma.ErrorList // what a user's file says that is not understood or does not go together
}

// A Table is the columns of one table.
type Table struct {
	Name     string
	Schema   string // the name of the schema
	Columns  map[string]Column
	Patterns []Column // columns whose names have stars for any text, such as "labels.*"
	Open     bool     // columns that are not listed may exist all the same
	Base     *Table   // has the columns that are neither here nor below a pattern, or nil

	// StandsFor is the table of a schema that comes with the project and that
	// this one of a user's stands in for. It tells what users' schemas cannot:
	// that a column may hold several values, and what fills it. It is nil where
	// there is none.
	StandsFor *Table
}

// Table returns the named table. A nil Schema has none.
func (s *Schema) Table(name string) (*Table, bool) {
	if s == nil {
		return nil, false
	}
	t, ok := s.Tables[name]
	return t, ok
}

// Column returns the column with that exact name, or the one that a pattern
// of the table or its base gives. A nil Table knows no column.
func (t *Table) Column(name string) (Column, bool) {
	if t == nil {
		return Column{}, false
	}
	c, ok := t.column(name)
	if ok && t.StandsFor != nil {
		other, _ := t.StandsFor.Column(name)
		c.Array, c.Filled = c.Array || other.Array, other.Filled
	}
	return c, ok
}

func (t *Table) column(name string) (Column, bool) {
	if c, ok := t.Columns[name]; ok {
		return c, true
	}
	for _, p := range t.Patterns {
		if matches(p.Name, name) {
			p.Name = name
			return p, true
		}
	}
	return t.Base.Column(name)
}

// All returns the columns of the table and of its base, in no order; a column
// of both is that of the table.
func (t *Table) All() iter.Seq[Column] {
	return func(yield func(Column) bool) {
		for base := t; base != nil; base = base.Base {
			for name, c := range base.Columns {
				if _, own := t.Columns[name]; own && base != t {
					continue
				}
				if !yield(c) {
					return
				}
			}
		}
	}
}

// matches reports whether a name is what a pattern with stars says. A star is
// not nothing at the end of a pattern: "labels." is no field.
func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok && !strings.Contains(prefix, "*") {
		return len(name) > len(prefix) && strings.HasPrefix(name, prefix)
	}
	first, rest, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, first)
	for ok && found {
		first, rest, found = strings.Cut(rest, "*")
		if !found {
			return strings.HasSuffix(name, first)
		}
		_, name, ok = strings.Cut(name, first)
	}
	return false
}
