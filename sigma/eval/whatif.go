package eval

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A whatIf is what an event would be with some of its fields changed.
type whatIf struct {
	fields  map[int32]edit // by slot
	host    int32          // the field that answers to keywords, or wordSlot: then the following do
	added   []string       // values of fields that the rule does not name
	dropped []ir.Test      // of keywords: the values that pass one would be null
}

// An edit is what a field would be. Without values it is null.
type edit struct {
	values []string
	gone   bool // the event would not have the field
}

// edit returns what a field would be, false where it stays what it is.
func (x *whatIf) edit(slot int32) (edit, bool) {
	if x == nil {
		return edit{}, false
	}
	e, ok := x.fields[slot]
	return e, ok
}

// drops reports whether a value would be null.
func (w *walker) drops(c *cell) bool {
	return w.instead != nil && slices.ContainsFunc(w.instead.dropped, func(t ir.Test) bool { return w.pass(t, c) })
}

// some reports whether one of the values of a field passes.
func (w *walker) some(slot int32, pass func(*cell) bool) bool {
	if e, ok := w.instead.edit(slot); ok {
		return w.someOf(e.values, pass)
	}
	for i := w.v.first(slot); i >= 0; i = w.v.values[i].next {
		if w.v.load(i, &w.a); !w.drops(&w.a) && pass(&w.a) {
			return true
		}
	}
	return false
}

// someOfAll reports whether one of the values of the event passes.
func (w *walker) someOfAll(pass func(*cell) bool) bool {
	for i := range w.v.values {
		if slot := w.v.values[i].slot; slot >= 0 {
			if _, ok := w.instead.edit(slot); ok {
				continue
			}
		}
		if w.v.load(int32(i), &w.a); !w.drops(&w.a) && pass(&w.a) {
			return true
		}
	}
	if w.instead == nil {
		return false
	}
	for _, e := range w.instead.fields {
		if w.someOf(e.values, pass) {
			return true
		}
	}
	return w.someOf(w.instead.added, pass)
}

func (w *walker) someOf(values []string, pass func(*cell) bool) bool {
	for _, text := range values {
		if w.a.set([]byte(text), 0); pass(&w.a) {
			return true
		}
	}
	return false
}

// null reports whether the field is absent or null (V6).
func (w *walker) null(slot int32) bool {
	if w.instead == nil {
		return w.v.isNull(slot)
	}
	if w.some(slot, func(*cell) bool { return true }) {
		return false
	}
	_, edited := w.instead.edit(slot)
	return edited || !w.v.has(slot) || !w.v.slots[slot].object
}

// has reports whether the event has the field (M7).
func (w *walker) has(slot int32) bool {
	if e, ok := w.instead.edit(slot); ok {
		return !e.gone
	}
	return w.v.has(slot)
}

// texts returns the values of a field as they are compared.
func (w *walker) texts(slot int32, cased bool) (list [][]byte) {
	w.some(slot, func(c *cell) bool {
		list = append(list, slices.Clone(c.text(cased)))
		return false
	})
	return list
}
