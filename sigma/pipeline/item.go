package pipeline

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An item is a detection item: a test of a field, or of the whole event.
type item struct {
	expr    ir.Expr // the *ir.Match or *ir.Keyword
	pos     sigma.Pos
	field   string
	keyword bool
	test    ir.Test
}

// itemOf returns the item that e is.
func itemOf(e ir.Expr) (item, bool) {
	switch x := e.(type) {
	case *ir.Match:
		return item{expr: x, pos: x.Pos, field: x.Field, test: x.Test}, true
	case *ir.Keyword:
		return item{expr: x, pos: x.Pos, keyword: true, test: x.Test}, true
	}
	return item{}, false
}

// isItem reports whether e is an item, or a piece of query that was one.
func isItem(e ir.Expr) bool {
	switch e.(type) {
	case *ir.Match, *ir.Keyword, *ir.Raw:
		return true
	}
	return false
}

// with returns the item with another test.
func (it item) with(t ir.Test) ir.Expr {
	if it.keyword {
		return &ir.Keyword{Pos: it.pos, Test: t}
	}
	return &ir.Match{Pos: it.pos, Field: it.field, Test: t}
}

// items calls f for each item for which the conditions of the step hold, and
// puts what f returns in its place. f returns the item's own expr to leave it
// alone.
func (w *run) items(f func(item) ir.Expr) {
	w.rewrite(func(e ir.Expr) ir.Expr {
		it, ok := itemOf(e)
		if !ok || !w.selects(it) {
			return e
		}
		n := f(it)
		if w.marks != nil && n != e {
			w.mark(e, n, false)
		}
		return n
	})
}

// tests calls f for each single test of the items for which the conditions of
// the step hold, and puts what f returns in its place.
func (w *run) tests(f func(item, ir.Test) ir.Test) {
	w.items(func(it item) ir.Expr {
		changed := false
		t := ir.RewriteTest(it.test, func(t ir.Test) ir.Test {
			u := f(it, t)
			changed = changed || !sameTest(u, t)
			return u
		})
		if !changed {
			return it.expr
		}
		return it.with(t)
	})
}

// sameTest reports whether a single test was left alone.
func sameTest(a, b ir.Test) bool {
	switch a.(type) {
	case ir.AnyOf, ir.AllOf:
		return false
	}
	return a == b
}

// selects reports whether the item and field name conditions of the step hold
// for the item. A field name condition holds for an item where it does for
// the item's field or for a field that a value refers to.
func (w *run) selects(it item) bool {
	s := w.step
	if s.item != nil && !s.item(w, it) {
		return false
	}
	if s.field == nil || s.field(w, fieldName{name: it.field, keyword: it.keyword, item: it.expr}) {
		return true
	}
	found := false
	ir.WalkTests(it.test, func(t ir.Test) {
		if ref, ok := t.(*ir.FieldRef); ok && !found {
			found = s.field(w, fieldName{name: ref.Field, item: it.expr})
		}
	})
	return found
}

// splitItem returns the item with the tests replaced for which f returns an
// expression. The tests for which it returns nil stay together, in the same
// item. Without any the item's own expr is returned.
func splitItem(it item, f func(ir.Test) ir.Expr) ir.Expr {
	if e := splitTest(it, it.test, f); e != nil {
		return e
	}
	return it.expr
}

// splitTest is splitItem for a part of the item's test; nil where f replaces
// nothing in it.
func splitTest(it item, t ir.Test, f func(ir.Test) ir.Expr) ir.Expr {
	switch t := t.(type) {
	case ir.AnyOf:
		parts, rest := splitParts(it, t, f)
		if parts == nil {
			return nil
		}
		if rest != nil {
			parts = append(parts, it.with(ir.AnyTest(rest...)))
		}
		return ir.OneOf(join(parts)...)
	case ir.AllOf:
		parts, rest := splitParts(it, t, f)
		if parts == nil {
			return nil
		}
		if rest != nil {
			parts = append(parts, it.with(ir.AllTests(rest...)))
		}
		return ir.All(parts...)
	}
	return f(t)
}

func splitParts(it item, ts []ir.Test, f func(ir.Test) ir.Expr) (parts []ir.Expr, rest []ir.Test) {
	for _, u := range ts {
		if e := splitTest(it, u, f); e != nil {
			parts = append(parts, e)
		} else {
			rest = append(rest, u)
		}
	}
	return parts, rest
}

// join puts tests of the same field that are alternatives into one list, so
// that a backend can write it as one (IN).
func join(xs []ir.Expr) []ir.Expr {
	if or, ok := ir.OneOf(xs...).(ir.Or); ok {
		xs = or // lists in the list are joined, too
	}
	var out []ir.Expr
	at := make(map[string]int)       // where a field stands in out
	tests := make(map[int][]ir.Test) // all tests of what stands there
	for _, x := range xs {
		m, ok := x.(*ir.Match)
		if !ok {
			out = append(out, x)
			continue
		}
		i, seen := at[m.Field]
		if !seen {
			i = len(out)
			at[m.Field] = i
			out = append(out, x)
		}
		tests[i] = append(tests[i], m.Test)
	}
	for i, ts := range tests {
		if first := out[i].(*ir.Match); len(ts) > 1 {
			out[i] = &ir.Match{Pos: first.Pos, Field: first.Field, Test: distinct(ts)}
		}
	}
	return out
}

// distinct returns a test for any of the tests, each once: several values of a
// rule may have one form in the target.
func distinct(ts []ir.Test) ir.Test {
	all, ok := ir.AnyTest(ts...).(ir.AnyOf)
	if !ok {
		return ir.AnyTest(ts...)
	}
	seen := make(map[string]bool, len(all))
	return ir.AnyTest(slices.DeleteFunc(slices.Clone(all), func(t ir.Test) bool {
		s := ir.TestString(t)
		twice := seen[s]
		seen[s] = true
		return twice
	})...)
}
