package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A typing says what the tests of rules tell of the types of fields. It is the
// table that engines are told of: the same for both converters.
type typing map[string]schema.Type

// typesOf returns the fields that a rule tests: a number where it compares with
// numbers only, an address where with networks only, and so on; a keyword where
// it has texts, and Unknown where it only asks whether there is a value. A table
// that the rule has knows better.
func typesOf(r *ir.Rule) typing {
	t := make(typing)
	for _, e := range r.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Match:
				ir.WalkTests(e.Test, func(test ir.Test) { t.test(e.Field, test) })
			case *ir.Keyword:
				t.add("message", schema.Keyword) // the setting keyword_fields
			}
			return true
		})
	}
	for name := range t {
		if c, ok := r.Column(name); ok && c.Type != schema.Unknown {
			t[name] = c.Type
		}
	}
	return t
}

func (t typing) test(field string, test ir.Test) {
	switch test := test.(type) {
	case ir.AnyOf, ir.AllOf: // their parts are walked
	case *ir.Compare:
		t.add(field, schema.Int)
	case *ir.Bool:
		t.add(field, schema.Bool)
	case *ir.CIDR:
		t.add(field, schema.IP)
	case *ir.TimePart:
		t.add(field, schema.Time)
	case *ir.Null, *ir.Exists:
		t.add(field, schema.Unknown)
	case *ir.FieldRef:
		t.add(field, schema.Keyword)
		t.add(test.Field, schema.Keyword)
	default:
		t.add(field, schema.Keyword)
	}
}

func (t typing) add(field string, kind schema.Type) {
	switch have, ok := t[field]; {
	case !ok || have == schema.Unknown:
		t[field] = kind
	case have != kind && kind != schema.Unknown:
		t[field] = schema.Keyword
	}
}

// merge adds the fields of another rule, and reports whether the types agree;
// where they do not it adds none. Names that differ only in case are not for
// one table either: DuckDB has no such columns.
func (t typing) merge(other typing) bool {
	for name, kind := range other {
		for have := range t {
			if have != name && strings.EqualFold(have, name) {
				return false
			}
		}
		if have := t[name]; have != kind && have != schema.Unknown && kind != schema.Unknown {
			return false
		}
	}
	for name, kind := range other {
		if t[name] == schema.Unknown {
			t[name] = kind
		}
	}
	return true
}

// columns returns the fields as columns of a table, but those whose name is also
// that of an object: Elastic has no index with both.
func (t typing) columns() []schema.Column {
	names := slices.Sorted(maps.Keys(t))
	var out []schema.Column
	for i, name := range names {
		parent := slices.ContainsFunc(names[i+1:], func(n string) bool { return strings.HasPrefix(n, name+".") })
		if !parent {
			out = append(out, schema.Column{Name: name, Type: t[name]})
		}
	}
	return out
}

// A group is rules that agree about the types of fields.
type group struct {
	types typing
	units []*unit
}

// groups puts rules into as few groups as come of themselves. Times are
// forgotten about: recorded events have them as texts.
func groups(units []*unit) []*group {
	var out []*group
	for _, u := range units {
		types := typesOf(u.rule.ir)
		for name, kind := range types {
			if kind == schema.Time {
				types[name] = schema.Unknown
			}
		}
		i := slices.IndexFunc(out, func(g *group) bool { return g.types.merge(types) })
		if i < 0 {
			i = len(out)
			out = append(out, &group{types: types})
		}
		out[i].units = append(out[i].units, u)
	}
	return out
}
