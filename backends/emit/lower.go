package emit

import (
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Lower prepares an expression for printing. What it leaves: And, Or, Not,
// Match, Keyword, Raw, or one Const for the whole. A Match tests one thing, or
// is an AnyOf of single tests. Tests fit the type of their column as far as
// that can be decided for all languages alike: a number for a text column is
// its digits, the text "443" for an integer column is the number, "true" for
// a boolean column is the boolean. A value that a column can never have is
// false, with a warning. Placeholders that no pipeline filled are errors (P5).
func Lower(j *Job, e ir.Expr) ir.Expr {
	switch e := e.(type) {
	case ir.And:
		return once(ir.All(lowerAll(j, e)...))
	case ir.Or:
		return ir.OneOf(lowerAll(j, e)...)
	case *ir.Not:
		return negate(Lower(j, e.X))
	case *ir.Named:
		return Lower(j, e.X)
	case *ir.Match:
		return lowerMatch(j, e)
	case *ir.Keyword:
		t, _ := lowerTest(j, Field{}, e.Test)
		if ir.SameTest(t, e.Test) {
			return e
		}
		return &ir.Keyword{Pos: e.Pos, Test: t}
	}
	return e
}

// maxOnce bounds the conjunctions in which once looks for repetitions.
const maxOnce = 100

// once leaves out of a conjunction the tests that stand in it already: pipelines
// add the condition of a log source, such as EventID=3, to rules that have it
// themselves.
func once(e ir.Expr) ir.Expr {
	and, ok := e.(ir.And)
	if !ok || len(and) > maxOnce {
		return e
	}
	out := and[:0:0]
	for i, x := range and {
		if !repeats(x, and[:i]) {
			out = append(out, x)
		}
	}
	return ir.All(out...)
}

// repeats reports whether x is a match that is among others.
func repeats(x ir.Expr, others []ir.Expr) bool {
	m, ok := x.(*ir.Match)
	if !ok {
		return false
	}
	for _, y := range others {
		if n, ok := y.(*ir.Match); ok && n.Field == m.Field && ir.TestString(n.Test) == ir.TestString(m.Test) {
			return true
		}
	}
	return false
}

// negate negates a lowered expression. To a query language null and missing
// are one, so "not null" and "exists" are too.
func negate(e ir.Expr) ir.Expr {
	if m, ok := e.(*ir.Match); ok {
		switch t := m.Test.(type) {
		case *ir.Null:
			return &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Exists{Pos: t.Pos, Want: true}}
		case *ir.Exists:
			return &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Exists{Pos: t.Pos, Want: !t.Want}}
		}
	}
	return ir.Negate(e)
}

func lowerAll(j *Job, es []ir.Expr) []ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = Lower(j, e)
	}
	return out
}

// lowerMatch lowers the test of a match and splits conjunctions of tests.
func lowerMatch(j *Job, m *ir.Match) ir.Expr {
	f := j.FieldOf(m)
	fit(j, f, m.Test)
	t, ok := lowerTest(j, f, m.Test)
	if !ok {
		return ir.Const(false)
	}
	return splitTest(m, t)
}

// splitTest makes expressions of the lists of tests that are not plain
// alternatives.
func splitTest(m *ir.Match, t ir.Test) ir.Expr {
	switch t := t.(type) {
	case ir.AllOf:
		parts := make([]ir.Expr, len(t))
		for i, u := range t {
			parts[i] = splitTest(m, u)
		}
		return ir.All(parts...)
	case ir.AnyOf:
		for _, u := range t {
			if _, ok := u.(ir.AllOf); ok {
				parts := make([]ir.Expr, len(t))
				for i, v := range t {
					parts[i] = splitTest(m, v)
				}
				return ir.OneOf(parts...)
			}
		}
	}
	if ir.SameTest(t, m.Test) {
		return m
	}
	return &ir.Match{Pos: m.Pos, Field: m.Field, Test: t}
}

// NoteNulls warns of the tests whether a field exists: to no language is a
// field that is null there, as it is to Sigma (M7).
func NoteNulls(j *Job, e ir.Expr) { noteNulls(&Printer{Job: j}, e) }

func noteNulls(p *Printer, e ir.Expr) {
	switch e := e.(type) {
	case ir.And:
		for _, x := range e {
			noteNulls(p, x)
		}
	case ir.Or:
		for _, x := range e {
			noteNulls(p, x)
		}
	case *ir.Not:
		p.Odd = !p.Odd
		noteNulls(p, e.X)
		p.Odd = !p.Odd
	case *ir.Named:
		noteNulls(p, e.X)
	case *ir.Match:
		ir.WalkTests(e.Test, func(t ir.Test) {
			x, ok := t.(*ir.Exists)
			if !ok {
				return
			}
			code := p.Less()
			if !x.Want {
				code = p.More()
			}
			p.Warn(x.Pos, code, "", "%s takes a field that is null for one that does not exist", p.Backend.Title)
		})
	}
}
