package eval

import "github.com/sigma-compiler/sigmac/sigma/ir"

// A Field is one field that a rule tests, with its values in an event.
type Field struct {
	Name   string
	Values []string
}

// Fields returns the fields that a rule tests and the event has, in the order
// of the rule. The rule is one that Compile accepts.
func Fields(rule *ir.Rule, ev Event) []Field {
	w := &walker{slots: map[string]int32{}}
	var names []string
	add := func(name string) {
		if _, ok := w.slots[name]; !ok {
			w.slots[name] = int32(len(names))
			names = append(names, name)
		}
	}
	fieldsOf(rule, add)
	w.v.names = newNames(names)
	w.v.slots = make([]slot, len(names))
	w.read(ev)
	var out []Field
	for i, name := range names {
		if w.v.has(int32(i)) {
			out = append(out, Field{name, w.seen(int32(i))})
		}
	}
	return out
}

// fieldsOf calls f with the name of each field that a rule tests.
func fieldsOf(rule *ir.Rule, f func(string)) {
	for _, x := range rule.Where {
		ir.Walk(x, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok {
				f(m.Field)
				ir.WalkTests(m.Test, func(t ir.Test) {
					if ref, ok := t.(*ir.FieldRef); ok {
						f(ref.Field)
					}
				})
			}
			return true
		})
	}
}
