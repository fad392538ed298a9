package ir

import (
	"net/netip"
	"regexp/syntax"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A Rule is what a detection rule means: one expression a condition. It is
// immutable once built; a pipeline makes a new Rule that shares what it did
// not change.
type Rule struct {
	Source    *sigma.Rule
	LogSource sigma.LogSource
	Where     []Expr            // one for each condition of the rule (N5)
	Fields    []string          // the rule's "fields" list, in the names of the target once a pipeline ran
	State     map[string]string // what pipelines noted for the backend: index, query_table ...
	Data      map[string]any    // what of State is no text, as package pydata has it, for templates
	Applied   []string          // ids of the pipeline steps that were applied, for what follows the conversion
	Table     *schema.Table     // the table of the target that the rule is about, nil where none was named
	Computed  []Computed        // columns that the query must compute before it tests them
	Reads     []Read            // fields that a correlation reads of the rule's events, nil where none refers to it
	Warnings  sigma.ErrorList   // what was noticed on the way here
}

// A Computed is a column that the target does not store, with the expression
// of the target's language that computes it.
type Computed struct {
	Name string
	Expr string // in the target's language, from a pipeline; trusted
	Type schema.Type
}

// Column returns what is known of a field of the rule's events: a computed
// column, a column of its table, or the zero Column, whose type is Unknown.
// The second result is false where the table is known and has no such column.
func (r *Rule) Column(field string) (schema.Column, bool) {
	for _, c := range r.Computed {
		if c.Name == field {
			return schema.Column{Name: field, Type: c.Type}, true
		}
	}
	if r.Table == nil {
		return schema.Column{Name: field}, true
	}
	c, ok := r.Table.Column(field)
	if !ok {
		return schema.Column{Name: field}, r.Table.Open
	}
	return c, true
}

// An Expr is a boolean expression over tests: And, Or, *Not, *Named, *Match,
// *Keyword, *Raw or Const. Logic is two-valued: a test of a field that an
// event lacks is false, and its negation true (N13).
type Expr interface{ expr() }

// And is true where all of its parts are. It has at least two.
type And []Expr

// Or is true where one of its parts is. It has at least two.
type Or []Expr

// Not is true where X is not.
type Not struct{ X Expr }

// Named is a search of the rule under its name, the same pointer wherever the
// condition refers to it. It means what X means.
type Named struct {
	Name string
	X    Expr
}

// Match tests one field of the event. Where the field has several values, one
// of them must pass each single test (S14).
type Match struct {
	sigma.Pos
	Field string
	Test  Test
}

// Keyword tests the whole event: one of its values must pass each single test
// (K1, K5). Patterns of keywords stand between stars already.
type Keyword struct {
	sigma.Pos
	Test Test
}

// Raw is a piece of a query in the target's own language, from a pipeline's
// query_expression_placeholders (P4). It is trusted and printed as it is,
// in parentheses where other parts stand beside it.
type Raw struct {
	sigma.Pos
	Text string
}

// Const is true or false for every event.
type Const bool

func (And) expr()      {}
func (Or) expr()       {}
func (*Not) expr()     {}
func (*Named) expr()   {}
func (*Match) expr()   {}
func (*Keyword) expr() {}
func (*Raw) expr()     {}
func (Const) expr()    {}

// A Test is what one value must be: *Text, *Regexp, *CIDR, *Compare, *Bool,
// *Null, *Exists, *FieldRef, *TimePart, AnyOf or AllOf. Modifiers are gone.
type Test interface {
	test()
	// Position returns where the value stands that the test was made from.
	Position() sigma.Pos
}

// Text is a string with wildcards that the whole value must equal (V1, W1).
// Case is ignored by Unicode simple folding unless Cased (V2, M9).
type Text struct {
	sigma.Pos
	Pattern Pattern
	Cased   bool
}

// Regexp is a regular expression that must match somewhere in the value
// (M17).
type Regexp struct {
	sigma.Pos
	Source                                string         // as written, without flags
	IgnoreCase, MultiLine, DotMatchesLine bool           // the sub-modifiers i, m, s (M18)
	Tree                                  *syntax.Regexp // as Go parses it with these flags; nil where only a backtracking engine could
	Why                                   string         // where Tree is nil: what Go has not, such as "look-ahead"
}

// CIDR is an IPv4 or IPv6 network that the value, read as an address, must
// lie in (M33). Host bits are masked.
type CIDR struct {
	sigma.Pos
	Prefix netip.Prefix
}

// Compare is a comparison with a number. With Op Eq it is what a number
// without modifiers means: the value equals it as a number or as its text
// (V3, M28).
type Compare struct {
	sigma.Pos
	Op     Op
	Number Number
}

// Bool is true or false; event text that spells it matches too (V8).
type Bool struct {
	sigma.Pos
	Value bool
}

// Null is the absence of a value: the field is missing or null (V6).
type Null struct{ sigma.Pos }

// Exists asks for the presence of the field, whatever its value (M7).
type Exists struct {
	sigma.Pos
	Want bool
}

// FieldRef compares with another field of the event: equal to it, or
// beginning or ending with it or containing it (M37, M38). Shape is one of
// Exact, Prefix, Suffix, Substring.
type FieldRef struct {
	sigma.Pos
	Field string
	Shape Shape
	Cased bool
}

// TimePart takes a part of the field's date and compares it (M30).
type TimePart struct {
	sigma.Pos
	Part   Part
	Op     Op
	Number Number
}

// AnyOf is passed where one of its tests is: the values of a list. It has at
// least two.
type AnyOf []Test

// AllOf is passed where all of its tests are, by the same field but not
// necessarily by the same of its values (M4). It has at least two.
type AllOf []Test

func (*Text) test()     {}
func (*Regexp) test()   {}
func (*CIDR) test()     {}
func (*Compare) test()  {}
func (*Bool) test()     {}
func (*Null) test()     {}
func (*Exists) test()   {}
func (*FieldRef) test() {}
func (*TimePart) test() {}
func (AnyOf) test()     {}
func (AllOf) test()     {}

// Position returns the place of the value.
func (t *Text) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *Regexp) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *CIDR) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *Compare) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *Bool) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *Null) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *Exists) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *FieldRef) Position() sigma.Pos { return t.Pos }

// Position returns the place of the value.
func (t *TimePart) Position() sigma.Pos { return t.Pos }

// Position returns the place of the first test.
func (t AnyOf) Position() sigma.Pos { return t[0].Position() }

// Position returns the place of the first test.
func (t AllOf) Position() sigma.Pos { return t[0].Position() }

// An Op is a comparison of numbers.
type Op uint8

// The comparisons.
const (
	Eq Op = iota
	Lt
	Lte
	Gt
	Gte
)

// String returns the operator as most languages write it.
func (o Op) String() string { return [...]string{"==", "<", "<=", ">", ">="}[o] }

// A Part is a part of a date (M30).
type Part uint8

// The parts of a date. Week is the week of ISO 8601 (M31).
const (
	Minute Part = iota
	Hour
	Day
	Week
	Month
	Year
)

// String returns the modifier that asks for the part.
func (p Part) String() string {
	return [...]string{"minute", "hour", "day", "week", "month", "year"}[p]
}
