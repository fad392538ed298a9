// Package schema says what a target's events look like: which tables there
// are, which columns a table has, and of which type each is. Pipelines name a
// schema; the printers of the languages ask it for operators and literals.
package schema

import "iter"

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
	Array    bool   // may hold several values

	// Filled is what the target itself puts where an event has no value, or an
	// empty one: such a column is never absent. It is "" where the target leaves
	// the column out.
	Filled string
}

// A Schema is the tables of one target. The zero Schema knows no table.
type Schema struct {
	Name   string            // as pipelines name it: xdr, sentinel, asim, ecs ...
	Tables map[string]*Table // by name; a schema without tables proper has one, named ""
}

// A Table is the columns of one table.
type Table struct {
	Name     string
	Schema   string // the name of the schema
	Columns  map[string]Column
	Patterns []Column // columns whose name ends in ".*": everything below that prefix
	Open     bool     // columns that are not listed may exist all the same
	Base     *Table   // has the columns that are neither here nor below a pattern, or nil
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
	if c, ok := t.Columns[name]; ok {
		return c, true
	}
	for _, p := range t.Patterns {
		prefix := p.Name[:len(p.Name)-1]
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
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
