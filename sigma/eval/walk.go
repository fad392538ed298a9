package eval

import (
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A walker makes the tests of one rule over the fields of one event, one after
// the other: what Explain shows.
type walker struct {
	v     Visitor
	tests map[ir.Test]checker
	slots map[string]int32
	a, b  cell
}

// newWalker makes a walker for a rule that can run.
func newWalker(rule *ir.Rule, o *Options) (*walker, error) {
	if errs := checkRule(rule, o); len(errs) > 0 {
		return nil, errs
	}
	w := &walker{tests: map[ir.Test]checker{}, slots: map[string]int32{}}
	var fields []string
	add := func(name string) {
		if _, ok := w.slots[name]; !ok {
			w.slots[name] = int32(len(fields))
			fields = append(fields, name)
		}
	}
	fieldsOf(rule, add)
	single := func(t ir.Test) {
		if c, _ := newChecker(t, o); c != nil {
			w.tests[t] = c
		}
	}
	for _, x := range rule.Where {
		ir.Walk(x, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Match:
				ir.WalkTests(e.Test, single)
			case *ir.Keyword:
				ir.WalkTests(e.Test, single)
			}
			return true
		})
	}
	w.v.names, w.v.slots, w.v.all = newNames(fields), make([]slot, len(fields)), true
	return w, nil
}

// read takes the fields of an event.
func (w *walker) read(ev Event) {
	w.v.reset()
	ev.Visit(&w.v)
}

// field evaluates a single test of a field: one of its values must pass it
// (S14).
func (w *walker) field(t ir.Test, slot int32) bool {
	switch t := t.(type) {
	case *ir.Null:
		return w.v.isNull(slot)
	case *ir.Exists:
		return w.v.has(slot) == t.Want
	case *ir.FieldRef:
		return w.v.refers(t, slot, w.slots[t.Field], &w.a, &w.b)
	}
	check := w.tests[t]
	for i := w.v.first(slot); i >= 0; i = w.v.values[i].next {
		if w.v.load(i, &w.a); check.pass(&w.a) {
			return true
		}
	}
	return false
}

// keyword evaluates a single test of the whole event (K1, K5).
func (w *walker) keyword(t ir.Test) bool {
	check := w.tests[t]
	for i := range w.v.values {
		if w.v.load(int32(i), &w.a); check.pass(&w.a) {
			return true
		}
	}
	return false
}

// load prepares a value for its tests.
func (v *Visitor) load(i int32, c *cell) {
	x := &v.values[i]
	c.set(v.raw(x), x.flags)
}

// maxReferred is how many values of either field are compared where both have
// several: more than lists of events have, and few enough that an event with
// two lists made for it does not take hours. Equality has no such limit.
const maxReferred = 100

// refers compares two fields: one value of either must pass.
func (v *Visitor) refers(t *ir.FieldRef, slot, other int32, a, b *cell) bool {
	if t.Shape == ir.Exact && v.count(slot, maxReferred) == maxReferred {
		return v.share(t.Cased, slot, other, a)
	}
	n := 0
	for i := v.first(slot); i >= 0 && n < maxReferred; i = v.values[i].next {
		v.load(i, a)
		n++
		m := 0
		for k := v.first(other); k >= 0 && (m < maxReferred || t.Shape == ir.Exact); k = v.values[k].next {
			v.load(k, b)
			m++
			if refer(t.Shape, a.text(t.Cased), b.text(t.Cased)) {
				return true
			}
		}
	}
	return false
}

// count returns how many values a field has, most at the most.
func (v *Visitor) count(slot int32, most int) (n int) {
	for i := v.first(slot); i >= 0 && n < most; i = v.values[i].next {
		n++
	}
	return n
}

// share reports whether two fields have a value in common.
func (v *Visitor) share(cased bool, slot, other int32, c *cell) bool {
	texts := map[string]bool{}
	for i := v.first(slot); i >= 0; i = v.values[i].next {
		v.load(i, c)
		texts[string(c.text(cased))] = true
	}
	for i := v.first(other); i >= 0; i = v.values[i].next {
		if v.load(i, c); texts[string(c.text(cased))] {
			return true
		}
	}
	return false
}
