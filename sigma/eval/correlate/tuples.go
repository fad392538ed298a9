package correlate

import (
	"encoding/binary"
	"slices"

	"github.com/dchest/siphash"
)

// maxTuples bounds the groups that one event can be in, by lists in several of
// its fields.
const maxTuples = 256

// absentText stands for a field that an event lacks, where MissingKeys is set.
const absentText = "\x00absent"

// A tupler walks through all combinations of the values of several fields. It
// is used by one goroutine at a time.
type tupler struct {
	key     [2]uint64
	missing bool // events without a field are in a group, too

	hashes [][2]uint64 // of the combinations
	wanted *[2]uint64  // the combination with this hash is to be found
	found  []string    // that one

	all   []string
	ends  []int // of each field: the first and the end of its values in all
	one   []string
	bytes []byte
}

func newTupler(c *Correlator) *tupler { return &tupler{key: c.key, missing: c.options.MissingKeys} }

// valueTupler returns a tupler for values, whose hashes have nothing to do with
// those of groups.
func valueTupler(c *Correlator) *tupler { return &tupler{key: [2]uint64{c.key[1], ^c.key[0]}} }

// groups returns the hash of each group that an item lies in: of the values of
// the fields that are keys. The result is false where the item lacks one. It is
// valid until the next call.
func (t *tupler) groups(n *node, it *item) ([][2]uint64, bool) {
	ok := t.walk(n, it, true)
	return t.hashes, ok
}

// values returns the hash of each value, or tuple of values, that an item has
// in the fields of the node's condition. It is valid until the next call.
func (t *tupler) values(n *node, it *item) [][2]uint64 {
	t.walk(n, it, false)
	return t.hashes
}

// walk goes through the fields that are keys, or those that are not.
func (t *tupler) walk(n *node, it *item, keys bool) bool {
	t.hashes, t.all, t.ends, t.one, t.bytes = t.hashes[:0], t.all[:0], t.ends[:0], t.one[:0], t.bytes[:0]
	for i := range n.reads[it.member] {
		r := &n.reads[it.member][i]
		if keys && r.key < 0 || !keys && !r.value {
			continue
		}
		start := len(t.all)
		if !it.each(r.fields, func(text string) { t.all = append(t.all, text) }) {
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

// next chooses a value for the field in place i of ends, and those behind it.
func (t *tupler) next(i int) {
	if i == len(t.ends) {
		h0, h1 := siphash.Hash128(t.key[0], t.key[1], t.bytes)
		t.hashes = append(t.hashes, [2]uint64{h0, h1})
		if t.wanted != nil && *t.wanted == t.hashes[len(t.hashes)-1] {
			t.found = slices.Clone(t.one)
		}
		return
	}
	for v := t.ends[i]; v < t.ends[i+1] && len(t.hashes) < maxTuples; v++ {
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
	t.wanted, t.found = &hash, nil
	t.walk(n, it, true)
	t.wanted = nil
	var out []Value
	for _, r := range n.reads[it.member] {
		if r.key < 0 || len(out) == len(t.found) {
			continue
		}
		v := Value{Field: n.correlation.Keys[r.key].Text, Text: t.found[len(out)]}
		if v.Text == absentText {
			v.Text, v.Absent = "", true
		}
		out = append(out, v)
	}
	return out
}
