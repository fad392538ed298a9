package eval

import (
	"encoding/json"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Field is a field that a rule tests, with its value in an event as JSON:
// null where it has none, a list where the event has several.
type Field struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// A FieldReader reads from events the fields that rules test: what a program
// shows beside a match. It reads an event once, however many rules match it:
//
//	reader.Read(event)
//	for _, match := range matches {
//		fields = reader.Fields(match, fields[:0])
//
// One goroutine at a time may use it.
type FieldReader struct {
	engine *Engine
	trace  trace
	rules  map[int][]fieldSlot
	values map[int32][]byte // of the event, by slot
	buf    []byte
}

// A fieldSlot is a field that a rule tests.
type fieldSlot struct {
	name string
	slot int32
}

// NewFieldReader returns a reader of the fields that the engine's rules test.
func (e *Engine) NewFieldReader() *FieldReader {
	r := &FieldReader{engine: e, rules: map[int][]fieldSlot{}, values: map[int32][]byte{}}
	r.trace.v.names, r.trace.v.slots = e.names, make([]slot, e.names.slots)
	return r
}

// Read takes the fields of an event, which must not change as long as Fields
// is called.
func (r *FieldReader) Read(ev Event) {
	r.trace.v.trim()
	r.trace.read(ev)
	clear(r.values)
	if cap(r.buf) > keepBytes {
		r.buf = nil
	}
	r.buf = r.buf[:0]
}

// Fields appends to dst the fields that the rule of a match tests and the
// event has, in the order of the rule. Of a JSON the values are as they stand
// there, on one line. They are valid until the next Read.
func (r *FieldReader) Fields(m Match, dst []Field) []Field {
	slots, ok := r.rules[m.Index]
	if !ok {
		slots = r.slots(m.Rule)
		r.rules[m.Index] = slots
	}
	for _, f := range slots {
		if r.trace.v.has(f.slot) {
			dst = append(dst, Field{f.name, r.value(f.slot)})
		}
	}
	return dst
}

// value returns the value of a field, which the event has.
func (r *FieldReader) value(slot int32) []byte {
	value, ok := r.values[slot]
	if !ok {
		from := len(r.buf)
		r.buf = r.trace.value(r.buf, slot)
		value = r.buf[from:len(r.buf):len(r.buf)]
		r.values[slot] = value
	}
	return value
}

// slots returns the fields of a rule.
func (r *FieldReader) slots(rule *ir.Rule) []fieldSlot {
	var list []fieldSlot
	seen := map[string]bool{}
	fieldsOf(rule, func(name string) {
		if e := r.engine.names.find([]byte(name)); !seen[name] && e != nil && e.slot >= 0 {
			seen[name] = true
			list = append(list, fieldSlot{name, e.slot})
		}
	})
	return list
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
