package readback

import (
	"fmt"
	"maps"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Truth is a value of three-valued logic.
type Truth uint8

// The values of three-valued logic, in the order in which "and" takes the
// least and "or" the greatest.
const (
	No Truth = iota
	Unknown
	Yes
)

// String returns "no", "unknown" or "yes".
func (t Truth) String() string { return [...]string{"no", "unknown", "yes"}[t] }

// An Expr is a condition of a query: And, Or, *Not, *Known, Const or *Leaf.
// An event is found where the whole condition is Yes.
type Expr interface{ expr() }

// And is the least of its parts; Yes where it has none.
type And []Expr

// Or is the greatest of its parts; No where it has none.
type Or []Expr

// Not is Yes where X is No, No where X is Yes, and Unknown where X is.
type Not struct{ X Expr }

// Known is X, with No for Unknown: what coalesce(x, false) and if(x, 1, 0) = 1
// are for.
type Known struct{ X Expr }

// Const is the same for every event.
type Const Truth

// A Leaf is the test of one field. It is Yes where one of the values of the
// field passes, No where it has values and none does, and Missing where the
// event has no value for it: the field is absent, null or an empty list.
type Leaf struct {
	// Field is the name as events have it, without the quotes of the language.
	// It is empty for a test of the whole event, of which any value may pass.
	Field string

	// Test is a single test, as package ir has them, of one value: *ir.Text,
	// *ir.Regexp, *ir.CIDR, *ir.Compare, *ir.Bool, *ir.TimePart, *ir.FieldRef;
	// or *ir.Null or *ir.Exists, for which Missing does not count.
	Test ir.Test

	// Missing is what the test is where there is no value to test. For a
	// *ir.FieldRef it is what the test is where one of both fields has none.
	Missing Truth
}

func (And) expr()    {}
func (Or) expr()     {}
func (*Not) expr()   {}
func (*Known) expr() {}
func (Const) expr()  {}
func (*Leaf) expr()  {}

// A Query is a query that was read.
type Query struct {
	// Table is the table, index pattern or data model that the query names, ""
	// where it names none.
	Table string

	// Where says which events the query finds.
	Where Expr

	// Computed are the fields that the query computes of others before it
	// tests them. No event has them: whoever runs Where adds them first, with
	// Complete.
	Computed []Computed

	// Given are the conditions that no event decides, such as whether a host
	// is among those of another table. Each is a field, named by its text in
	// the query, that is true or false; whoever runs Where may set it.
	Given []string
}

// A Computed is a field that a query computes.
type Computed struct {
	Name string // as leaves name it

	// Value returns the value of the field in an event, as JSON has values:
	// string, bool, json.Number; nil where it has none.
	Value func(event map[string]any) any
}

// Complete returns an event with the fields that the query computes. The event
// is not changed.
func (q *Query) Complete(event map[string]any) map[string]any {
	if len(q.Computed) == 0 {
		return event
	}
	out := make(map[string]any, len(event)+len(q.Computed))
	maps.Copy(out, event)
	for _, c := range q.Computed {
		out[c.Name] = c.Value(event)
	}
	return out
}

// Columns are columns that queries of a language compute. A rule tests them by
// name, but no event has them.
type Columns interface {
	// Fill returns an event whose columns have the values that they have in the
	// given one, as far as other fields can be found that give them these, and
	// the names of those that have another value. The event is not changed.
	Fill(event map[string]any) (out map[string]any, missed []string)
}

// Options say what is known of the other side.
type Options struct {
	// Column returns what is known of a column; the second result is false
	// where there is no such column, which is an error of the query. Where
	// Column is nil, nothing is known of any, and the literals of the query
	// decide.
	Column func(name string) (schema.Column, bool)

	// FoldsCase says that the index folds the case of all texts, as a keyword
	// field with a lowercase normalizer does. It is for the languages that
	// compare as the index does: Lucene and Kibana KQL.
	FoldsCase bool
}

// A Reader reads a query of one language. The error is an *Error.
type Reader func(query string, o Options) (*Query, error)

// An Error says why a query is not one of the language, or is one that the
// reader does not know.
type Error struct {
	Offset int    // in bytes from the begin of the query
	Msg    string // what is wrong, and what would be right

	// Foreign says that the query may be right, but has something that the
	// reader does not know. Otherwise the language itself refuses the query.
	Foreign bool
}

// Error returns the message with the offset.
func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.Msg) }
