package engines

import (
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A Types says what the tests of a rule tell of its fields' types.
type Types map[string]schema.Type

// TypesOf returns the fields that a rule tests: a number where it compares
// with numbers only, an address where with networks only, and so on; a keyword
// where it has texts, and Unknown where it only asks whether there is a value.
// A table that the rule has knows better.
func TypesOf(r *ir.Rule) Types {
	t := make(Types)
	for _, e := range r.Where {
		t.expr(e)
	}
	for name := range t {
		if c, ok := r.Column(name); ok && c.Type != schema.Unknown {
			t[name] = c.Type
		}
	}
	return t
}

func (t Types) expr(e ir.Expr) {
	switch e := e.(type) {
	case ir.And:
		for _, x := range e {
			t.expr(x)
		}
	case ir.Or:
		for _, x := range e {
			t.expr(x)
		}
	case *ir.Not:
		t.expr(e.X)
	case *ir.Named:
		t.expr(e.X)
	case *ir.Match:
		t.test(e.Field, e.Test)
	case *ir.Keyword:
		t.add("message", schema.Keyword) // the setting keyword_fields
	}
}

func (t Types) test(field string, test ir.Test) {
	switch test := test.(type) {
	case ir.AnyOf:
		for _, x := range test {
			t.test(field, x)
		}
	case ir.AllOf:
		for _, x := range test {
			t.test(field, x)
		}
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

func (t Types) add(field string, kind schema.Type) {
	switch have, ok := t[field]; {
	case !ok || have == schema.Unknown:
		t[field] = kind
	case have != kind && kind != schema.Unknown:
		t[field] = schema.Keyword
	}
}

// Merge adds the fields of another rule, and reports whether the types agree;
// where they do not it adds none. Names that differ only in case are not for
// one table either, as DuckDB has no such columns, nor is a field that is also
// an object.
func (t Types) Merge(other Types) bool {
	for name, kind := range other {
		for have := range t {
			if have != name && strings.EqualFold(have, name) || isParent(have, name) || isParent(name, have) {
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

// isParent reports whether a name is that of an object with the other in it.
func isParent(name, other string) bool {
	return len(other) > len(name) && other[:len(name)] == name && other[len(name)] == '.'
}

// Columns returns the fields as columns of a table, by name.
func (t Types) Columns() []schema.Column {
	var out []schema.Column
	for _, name := range slices.Sorted(maps.Keys(t)) {
		out = append(out, schema.Column{Name: name, Type: t[name]})
	}
	return out
}

// WithoutParents leaves out a field whose name is also that of an object:
// Elastic has no index with both.
func (t Types) WithoutParents() Types {
	out := make(Types)
	for name, kind := range t {
		object := false
		for other := range t {
			object = object || isParent(name, other)
		}
		if !object {
			out[name] = kind
		}
	}
	return out
}
