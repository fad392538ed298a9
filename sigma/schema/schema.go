// Package schema says what a target's events look like: which tables there
// are, which columns a table has, and of which type each is. Pipelines name a
// schema; the printers of the languages ask it for operators and literals.
package schema

import (
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
	Array    bool   // may hold several values

	// Filled is what the target itself puts where an event has no value, or an
	// empty one: such a column is never absent. It is "" where the target leaves
	// the column out.
	Filled string

	// What only the schemas of users say:

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
	Columns  map[string]Column
	Patterns []Column // columns whose names have stars for any text, such as "labels.*"
	Open     bool     // columns that are not listed may exist all the same

	// Base is the table of a schema that comes with the project and that this
	// one stands in for. It tells what users' schemas cannot: that a column
	// may hold several values. It is nil where there is none.
	Base *Table
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
// of the table gives. A nil Table knows no column.
func (t *Table) Column(name string) (Column, bool) {
	if t == nil {
		return Column{}, false
	}
	c, ok := t.column(name)
	if ok && t.Base != nil {
		base, _ := t.Base.column(name)
		c.Array = c.Array || base.Array
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
	return Column{}, false
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
