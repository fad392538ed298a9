package pipeline

import (
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// given is what is known of an event at a place of a condition, from what must
// hold too: for a field, the tests for single values of which one is passed. A
// field that is not in it may have every value.
type given map[string][]ir.Test

// and returns what is known of the fields where e holds as well.
func (g given) and(e ir.Expr, fields []string) given {
	out := g
	for _, field := range fields {
		tests := both(g[field], valuesIn(e, field))
		if tests == nil {
			continue
		}
		if len(out) == len(g) {
			out = maps.Clone(g)
		}
		if out == nil {
			out = make(given)
		}
		out[field] = tests
	}
	return out
}

// both returns the tests that are in each list, by their values. A list that
// is nil has all. Where they have none in common no event gets here, and
// either list will do.
func both(a, b []ir.Test) []ir.Test {
	if a == nil || b == nil {
		return append(slices.Clip(a), b...)
	}
	in := make(map[string]bool, len(b))
	for _, t := range b {
		v, _ := plainValue(t)
		in[v] = true
	}
	var out []ir.Test
	for _, t := range a {
		if v, _ := plainValue(t); in[v] {
			out = append(out, t)
		}
	}
	if out == nil {
		return a
	}
	return out
}

// valuesIn returns tests for single values of a field of which every event
// passes one for which e holds, or nil where e does not say.
func valuesIn(e ir.Expr, field string) []ir.Test {
	switch x := e.(type) {
	case *ir.Named:
		return valuesIn(x.X, field)
	case *ir.Match:
		if x.Field == field {
			return valuesOf(x.Test)
		}
	case ir.And:
		var out []ir.Test
		for _, y := range x {
			out = both(out, valuesIn(y, field))
		}
		return out
	case ir.Or:
		var out []ir.Test
		for _, y := range x {
			ts := valuesIn(y, field)
			if ts == nil {
				return nil
			}
			out = append(out, ts...)
		}
		return out
	}
	return nil
}

// valuesOf returns the single values of which the test demands one, or nil.
func valuesOf(t ir.Test) []ir.Test {
	switch t := t.(type) {
	case ir.AnyOf:
		var out []ir.Test
		for _, u := range t {
			ts := valuesOf(u)
			if ts == nil {
				return nil
			}
			out = append(out, ts...)
		}
		return out
	case ir.AllOf:
		for _, u := range t {
			if ts := valuesOf(u); ts != nil {
				return ts
			}
		}
		return nil
	}
	if _, ok := plainValue(t); ok {
		return []ir.Test{t}
	}
	return nil
}
