package kustoread

import (
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An Expression is a scalar expression of the language, such as a pipeline
// gives for a column that the target does not store.
type Expression struct {
	root    expr
	columns []string
}

// Compute reads an expression. The options say what is known of the columns
// that it reads. The error is a *readback.Error.
func Compute(text string, o readback.Options) (*Expression, error) {
	g, err := parse(exprParser(), text)
	if err != nil {
		return nil, err
	}
	q := newQuery(text, o)
	e, err := q.value(&branch{}, g)
	if err != nil {
		return nil, err
	}
	stored, err := q.check(nil)
	if err != nil {
		return nil, err
	}
	if !computable(e) {
		return nil, unknown(0, "the expression cannot be evaluated over one event")
	}
	return &Expression{root: e, columns: slices.Sorted(maps.Keys(stored))}, nil
}

// Columns returns the names of the columns that the expression reads, sorted.
func (x *Expression) Columns() []string { return x.columns }

// Of returns the value of the expression over an event, as JSON has values:
// string, bool, json.Number; nil for null. A string is never null.
func (x *Expression) Of(event map[string]any) any { return fieldOf(eval(x.root, event)) }

// Columns are the computed columns of a rule. A rule tests them by name, but
// events have what they are computed of. So whoever makes events of a rule
// needs both ways: [Columns.Complete] computes the columns of an event that
// has the stored ones; [Columns.Fill] goes back, from an event that was made
// to satisfy the rule's tests to the stored columns that give it these values.
type Columns struct {
	list []ir.Computed
	defs []*Expression
}

// NewColumns reads the expressions of computed columns. The error is a
// *readback.Error, whose offset is in the expression.
func NewColumns(list []ir.Computed, o readback.Options) (*Columns, error) {
	c := &Columns{list: list}
	for _, column := range list {
		x, err := Compute(column.Expr, o)
		if err != nil {
			return nil, err
		}
		c.defs = append(c.defs, x)
	}
	return c, nil
}

// Complete returns an event in which each computed column has the value that
// the other columns give it. One that is null or the empty string, which the
// language takes for one, is left out. The event that was given is not
// changed.
func (c *Columns) Complete(event map[string]any) map[string]any {
	out := maps.Clone(event)
	if out == nil {
		out = make(map[string]any)
	}
	for i, column := range c.list {
		if v := c.defs[i].Of(event); v != nil && v != "" {
			out[column.Name] = v
		} else {
			delete(out, column.Name)
		}
	}
	return out
}

// Fill returns an event whose computed columns have the values that they have
// in the given event, as far as other columns can be found that give them
// these values. Columns that the given event has besides stay as they are.
// All computed columns of the result are those that Complete computes, so that
// a rule and its query may be run over it whatever was reached; missed names
// those that have another value than was wanted, but for case.
func (c *Columns) Fill(event map[string]any) (out map[string]any, missed []string) {
	fixed := maps.Clone(event)
	if fixed == nil {
		fixed = make(map[string]any)
	}
	for _, column := range c.list {
		delete(fixed, column.Name)
	}
	wants := make([]value, len(c.list))
	for i, column := range c.list {
		wants[i] = valueOf(lookup(event, column.Name), anyKind)
	}
	s := solver{fixed: fixed, wants: wants, defs: c.defs, budget: maxSteps}
	out = c.Complete(s.run())
	for i, column := range c.list {
		if wants[i] != nil && !alike(valueOf(out[column.Name], anyKind), wants[i]) {
			missed = append(missed, column.Name)
		}
	}
	return out, missed
}
