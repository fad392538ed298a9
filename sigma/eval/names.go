package eval

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// names is the table of the field names that rules ask for, and of the parts
// of them before a dot, which are objects on the way to a nested field. It is
// made once by Compile and only read afterwards.
type names struct {
	entries []name
	table   []int32 // index in entries plus one; 0 is free; open addressing
	shift   uint8
	slots   int
	longest int // bytes of the longest name
}

// A name is one entry of the table.
type name struct {
	text string
	slot int32 // of the field; -1 where the text is only a part of names
	dots uint8 // how many dots it has, 63 at most
	path bool  // longer names begin with it and a dot

	aliased bool // an event that has it at the top may mean another field by it, too
}

// newNames makes the table. Fields get the slots 0, 1, 2 ... in the order
// given; names that occur again keep their first slot.
func newNames(fields []string) *names {
	n := &names{}
	seen := make(map[string]int, 2*len(fields))
	add := func(text string) *name {
		i, ok := seen[text]
		if !ok {
			i = len(n.entries)
			seen[text] = i
			n.entries = append(n.entries, name{text: text, slot: -1, dots: uint8(min(strings.Count(text, "."), maxDots))})
			n.longest = max(n.longest, len(text))
		}
		return &n.entries[i]
	}
	for _, f := range fields {
		if e := add(f); e.slot < 0 {
			e.slot, e.aliased = int32(n.slots), isAliased(f)
			n.slots++
		}
		for i, dots := 0, 0; i < len(f) && dots < maxDots; i++ {
			if f[i] == '.' {
				add(f[:i]).path = true
				dots++
			}
		}
	}
	n.index()
	return n
}

// maxDots is how many levels of nesting a dotted name can address. Deeper
// fields are found under their flat name only.
const maxDots = 30

// index fills the hash table, which is at most a quarter full.
func (n *names) index() {
	size := 4 * max(len(n.entries), 16)
	log := bits.Len(uint(size - 1))
	n.table, n.shift = make([]int32, 1<<log), uint8(64-log)
	for i := range n.entries {
		h := hashName([]byte(n.entries[i].text)) >> n.shift
		for n.table[h] != 0 {
			h = (h + 1) & uint64(len(n.table)-1)
		}
		n.table[h] = int32(i + 1)
	}
}

// find returns the entry of a name, or nil.
func (n *names) find(text []byte) *name {
	h := hashName(text) >> n.shift
	for {
		i := n.table[h]
		if i == 0 {
			return nil
		}
		if e := &n.entries[i-1]; e.text == string(text) {
			return e
		}
		h = (h + 1) & uint64(len(n.table)-1)
	}
}

// hashName mixes the first and the last eight bytes of a name with its
// length, which tells the names of fields apart well enough. The table holds
// names of rules only, so that an event cannot make it slow.
func hashName(b []byte) uint64 {
	var x, y uint64
	switch n := len(b); {
	case n >= 8:
		x, y = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		x, y = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		x, y = uint64(b[0])|uint64(b[n/2])<<8, uint64(b[n-1])
	}
	return (x ^ bits.RotateLeft64(y, 29) ^ uint64(len(b))<<56) * 0x9e3779b97f4a7c15
}
