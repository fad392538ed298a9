package correlate

import (
	"math/rand/v2"
	"slices"
	"unsafe"
)

// A record is an event that waits, or that lies at the point in time in hand.
type record struct {
	time   int64
	id     uint64
	rules  []*member
	values []fieldValue
}

// A fieldValue is a value of a field. A field with several has several.
type fieldValue struct {
	field int
	text  string
}

// each calls f with each value of the first of the fields that the record has.
func (r *record) each(fields []int, f func(text string)) bool {
	for _, field := range fields {
		found := false
		for _, v := range r.values {
			if v.field == field {
				found = true
				f(v.text)
			}
		}
		if found {
			return true
		}
	}
	return false
}

// record copies what correlations read of an event that the rules in scratch
// match.
func (c *Correlator) record(t int64, e *Event) *record {
	r := c.fresh()
	r.time, r.id = t, e.ID
	r.rules = append(r.rules, c.scratch.rules...)
	for i, m := range r.rules {
		for _, f := range m.reads {
			if i > 0 && r.has(f) {
				continue
			}
			c.scratch.values = e.Fields.Values(c.fields[f], c.scratch.values[:0])
			for i, text := range c.scratch.values {
				if i == maxValues {
					break
				}
				r.values = append(r.values, fieldValue{f, c.texts.copy(text)})
			}
		}
	}
	return r
}

// has reports whether the record has a value of a field.
func (r *record) has(field int) bool {
	return slices.ContainsFunc(r.values, func(v fieldValue) bool { return v.field == field })
}

// fresh returns an empty record.
func (c *Correlator) fresh() *record {
	last := len(c.scratch.free) - 1
	if last < 0 {
		return &record{}
	}
	r := c.scratch.free[last]
	c.scratch.free = c.scratch.free[:last]
	return r
}

// recycle empties records for others to come.
func (c *Correlator) recycle(batch []*record) {
	for _, r := range batch {
		if len(c.scratch.free) == batchSize {
			break
		}
		clear(r.values)
		r.values, r.rules = r.values[:0], r.rules[:0]
		c.scratch.free = append(c.scratch.free, r)
	}
	clear(batch)
}

// maxValues bounds the values of a field that is a list.
const maxValues = 1000

// An arena copies texts into large pieces of memory, which are freed when no
// text in them is used any more.
type arena struct {
	chunk []byte
	size  int // of all texts so far
}

const arenaChunk = 1 << 16

// copy returns a text with the same content that stays.
func (a *arena) copy(text string) string {
	if text == "" {
		return ""
	}
	if len(text) > arenaChunk/4 {
		return string([]byte(text))
	}
	if len(a.chunk)+len(text) > cap(a.chunk) {
		a.chunk = make([]byte, 0, arenaChunk)
	}
	at := len(a.chunk)
	a.chunk = append(a.chunk, text...)
	return unsafe.String(&a.chunk[at], len(text)) // never written again
}

// newKey returns a key for hashes that nobody can guess.
func newKey() [2]uint64 { return [2]uint64{rand.Uint64(), rand.Uint64()} }
