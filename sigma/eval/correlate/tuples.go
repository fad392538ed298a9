package correlate

import (
	"encoding/binary"

	"github.com/dchest/siphash"
)

// maxTuples bounds the groups that one event can be in, by lists in several of
// its fields.
const maxTuples = 256

// absentText stands for a field that an event lacks, where MissingKeys is set.
const absentText = "\x00absent"

// values calls f with the hash of each value, or tuple of values, that an item
// has in the fields of the node's condition.
func (t *tupler) values(n *node, it *item, f func(hash [2]uint64)) {
	t.walk(n, it, false, func(hash [2]uint64, _ []string) bool {
		f(hash)
		return true
	})
}

// tuples calls f for each group that an item lies in: with the hash of its
// values and, in the order of the reads of the member that are keys, the
// values themselves, which f must not keep. It stops where f returns false.
// The result is false where the item lacks a field.
func (t *tupler) tuples(n *node, it *item, f func(hash [2]uint64, values []string) bool) bool {
	return t.walk(n, it, true, f)
}

// walk calls f with each combination of values of the fields that are keys, or
// of those that are not.
func (t *tupler) walk(n *node, it *item, keys bool, f func(hash [2]uint64, values []string) bool) bool {
	t.f, t.stop, t.n = f, false, 0
	t.all, t.ends, t.one, t.bytes = t.all[:0], t.ends[:0], t.one[:0], t.bytes[:0]
	for i := range n.reads[it.member] {
		r := &n.reads[it.member][i]
		if keys && r.key < 0 || !keys && !r.value {
			continue
		}
		start := len(t.all)
		found := it.each(r.fields, func(text string) { t.all = append(t.all, text) })
		if !found {
			if !t.missing || !keys {
				return false
			}
			t.all = append(t.all, absentText)
		}
		t.ends = append(t.ends, start, len(t.all))
	}
	t.next(0)
	return true
}

// A tupler walks through all combinations of the values of several fields.
// It is used by one goroutine at a time.
type tupler struct {
	key     [2]uint64
	missing bool // events without a field are in a group, too
	f       func(hash [2]uint64, values []string) bool
	all     []string
	ends    []int // of each field: the first and the end of its values in all
	one     []string
	bytes   []byte
	n       int
	stop    bool
}

func newTupler(c *Correlator) *tupler { return &tupler{key: c.key, missing: c.options.MissingKeys} }

// next chooses a value for the field in place i of ends, and those behind it.
func (t *tupler) next(i int) {
	if i == len(t.ends) {
		h0, h1 := siphash.Hash128(t.key[0], t.key[1], t.bytes)
		t.n++
		t.stop = !t.f([2]uint64{h0, h1}, t.one) || t.n == maxTuples
		return
	}
	for v := t.ends[i]; v < t.ends[i+1] && !t.stop; v++ {
		before := len(t.bytes)
		// The length in front keeps "ab", "c" and "a", "bc" apart.
		t.bytes = binary.AppendUvarint(t.bytes, uint64(len(t.all[v])))
		t.bytes = append(t.bytes, t.all[v]...)
		t.one = append(t.one, t.all[v])
		t.next(i + 2)
		t.one = t.one[:len(t.one)-1]
		t.bytes = t.bytes[:before]
	}
}

// groupOf returns the values of the group with that hash that an item lies in.
func (t *tupler) groupOf(n *node, it *item, hash [2]uint64) []Value {
	var out []Value
	t.tuples(n, it, func(h [2]uint64, values []string) bool {
		if h != hash {
			return true
		}
		i := 0
		for _, r := range n.reads[it.member] {
			if r.key < 0 {
				continue
			}
			v := Value{Field: n.correlation.Keys[r.key].Text, Text: values[i], Absent: values[i] == absentText}
			if v.Absent {
				v.Text = ""
			}
			out = append(out, v)
			i++
		}
		return false
	})
	return out
}
