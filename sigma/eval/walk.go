package eval

import (
	"index/suffixarray"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A walker makes the tests of one rule over the fields of one event, one after
// the other: what Explain shows.
type walker struct {
	trace
	tests  map[ir.Test]checker
	fields []string // by slot
	slots  map[string]int32
	a, b   cell
	watch  stopwatch
	event  uint32 // counts events

	instead *whatIf // the event as it would be; nil for the event as it is
	unsure  bool    // the answer of a test was not known
}

// newWalker makes a walker for a rule that can run.
func newWalker(rule *ir.Rule, o *Options) (*walker, error) {
	if errs := checkRule(rule, o); len(errs) > 0 {
		return nil, errs
	}
	w := &walker{tests: map[ir.Test]checker{}, slots: map[string]int32{}}
	fieldsOf(rule, func(name string) {
		if _, ok := w.slots[name]; !ok {
			w.slots[name] = int32(len(w.fields))
			w.fields = append(w.fields, name)
		}
	})
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
	w.v.names, w.v.slots, w.v.all = newNames(w.fields), make([]slot, len(w.fields)), true
	return w, nil
}

// read takes the fields of an event.
func (w *walker) read(ev Event) {
	w.event++
	w.trace.read(ev)
}

// list returns the fields that the event has.
func (w *walker) list() []Field {
	fields := []Field{}
	for i, name := range w.fields {
		if w.v.has(int32(i)) {
			fields = append(fields, Field{name, w.value(nil, int32(i))})
		}
	}
	return fields
}

// field evaluates a single test of a field: one of its values must pass it
// (S14).
func (w *walker) field(t ir.Test, slot int32) bool {
	switch t := t.(type) {
	case *ir.Null:
		return w.null(slot)
	case *ir.Exists:
		return w.has(slot) == t.Want
	case *ir.FieldRef:
		if w.instead == nil {
			return w.v.refers(t, slot, w.slots[t.Field], &w.a, &w.b)
		}
		return referAny(t.Shape, w.texts(slot, t.Cased), w.texts(w.slots[t.Field], t.Cased))
	}
	return w.some(slot, func(c *cell) bool { return w.pass(t, c) })
}

// keyword evaluates a single test of the whole event (K1, K5).
func (w *walker) keyword(t ir.Test) bool {
	return w.someOfAll(func(c *cell) bool { return w.pass(t, c) })
}

// pass makes a single test of a value.
func (w *walker) pass(t ir.Test, c *cell) bool {
	yes := w.watch.pass(w.tests[t], c, w.event)
	w.unsure = w.unsure || c.err != nil
	return yes
}

// load prepares a value for its tests.
func (v *Visitor) load(i int32, c *cell) {
	x := &v.values[i]
	c.set(v.raw(x), x.flags)
}

// fewReferred is how many values of either field are compared one by one.
// Where both have as many, they are compared all at once: no event can make
// that take a time that grows with the square of its size.
const fewReferred = 100

// refers compares two fields: one value of either must pass.
func (v *Visitor) refers(t *ir.FieldRef, slot, other int32, a, b *cell) bool {
	if v.count(slot, fewReferred) == fewReferred && v.count(other, fewReferred) == fewReferred {
		return v.referMany(t, slot, other, a)
	}
	for i := v.first(slot); i >= 0; i = v.values[i].next {
		v.load(i, a)
		for k := v.first(other); k >= 0; k = v.values[k].next {
			v.load(k, b)
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

// referMany is refers for fields of many values.
func (v *Visitor) referMany(t *ir.FieldRef, slot, other int32, c *cell) bool {
	texts := func(slot int32) (list [][]byte) {
		for i := v.first(slot); i >= 0; i = v.values[i].next {
			v.load(i, c)
			list = append(list, slices.Clone(c.text(t.Cased)))
		}
		return list
	}
	return referAny(t.Shape, texts(slot), texts(other))
}

// referAny compares the texts of two fields. Those of the first stand one
// behind the other, between bytes that no text has; an index of all that
// begins in them, in linear time, finds those of the second.
func referAny(shape ir.Shape, first, second [][]byte) bool {
	const bound = 0xff // no byte of UTF-8
	if len(first) == 0 || len(second) == 0 {
		return false
	}
	all := []byte{bound}
	for _, text := range first {
		all = append(append(all, text...), bound)
	}
	index := suffixarray.New(all)
	var text []byte
	for _, w := range second {
		text = text[:0]
		if shape == ir.Exact || shape == ir.Prefix {
			text = append(text, bound)
		}
		text = append(text, w...)
		if shape == ir.Exact || shape == ir.Suffix {
			text = append(text, bound)
		}
		if len(text) == 0 || len(index.Lookup(text, 1)) > 0 {
			return true
		}
	}
	return false
}
