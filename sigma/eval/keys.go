package eval

import "encoding/binary"

// A keyring holds the names that stand at the top of the events that one JSON
// reads, each with the name that followed it last. Events of one source have
// their names in the same order: the next name is then compared with the one
// expected, and neither looked through for its end nor looked up. What is
// not expected is only slower.
type keyring struct {
	keys  []key
	table []uint16 // index in keys plus one; 0 is free; open addressing
	first uint16   // the name that events begin with, as an index in keys plus one
}

// A key is one name.
type key struct {
	text string // as it stands in the event, with its quotes and the colon
	head uint64 // its first eight bytes
	tail uint64 // its last eight bytes
	next uint16 // the name that followed last, as an index in keys plus one
}

// begins reports whether a text begins with the key. Most keys are told by
// their outermost bytes alone.
func (k *key) begins(b []byte) bool {
	n := len(k.text)
	if n < 8 || n > len(b) {
		return n <= len(b) && string(b[:n]) == k.text
	}
	return binary.LittleEndian.Uint64(b) == k.head && binary.LittleEndian.Uint64(b[n-8:]) == k.tail &&
		(n <= 16 || string(b[8:n-8]) == k.text[8:n-8])
}

// The bounds of a keyring. Names for which it has no room are read as those of
// nested objects are.
const (
	maxKeys    = 1 << 10
	maxKeySize = 100
	keyBits    = 11 // of the table: half full at most
)

func newKeyring() *keyring { return &keyring{table: make([]uint16, 1<<keyBits)} }

// after returns the key that is expected behind another.
func (k *keyring) after(last uint16) uint16 {
	if last == 0 {
		return k.first
	}
	return k.keys[last-1].next
}

// expect notes which key followed another.
func (k *keyring) expect(last, next uint16) {
	if last == 0 {
		k.first = next
	} else {
		k.keys[last-1].next = next
	}
}

// find returns the index of a text plus one, and adds the text where it is
// new and there is room; 0 says that there is none.
func (k *keyring) find(text []byte) uint16 {
	h := hashName(text) >> (64 - keyBits)
	for k.table[h] != 0 {
		if k.keys[k.table[h]-1].text == string(text) {
			return k.table[h]
		}
		h = (h + 1) & (1<<keyBits - 1)
	}
	if len(k.keys) == maxKeys || len(text) > maxKeySize {
		return 0
	}
	added := key{text: string(text)}
	if len(text) >= 8 {
		added.head, added.tail = binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[len(text)-8:])
	}
	k.keys = append(k.keys, added)
	k.table[h] = uint16(len(k.keys))
	return uint16(len(k.keys))
}

// A keyed is what a visitor knows of a key: the slot of its value at the top of
// an event and the rank that the value has there.
type keyed struct {
	slot int32 // one of the following where it is negative
	rank rank
}

// What a keyed is that has no slot.
const (
	unnamed  = -1 // no rule names the field
	unsought = -2 // it was not looked for yet
	several  = -3 // it means more than one field
)

// keyed returns what the visitor knows of a key of the ring.
func (v *Visitor) keyed(ring *keyring, k uint16) keyed {
	if v.ring != ring {
		v.ring, v.known = ring, v.known[:0]
	}
	for len(v.known) < int(k) {
		v.known = append(v.known, keyed{slot: unsought})
	}
	e := &v.known[k-1]
	if e.slot == unsought {
		text := ring.keys[k-1].text
		name := v.key(text[1 : len(text)-2])
		if n := v.names.find(name); n != nil && n.slot >= 0 {
			if e.slot = n.slot; n.aliased {
				e.slot = several
			}
		} else {
			e.slot, e.rank = v.resolveFlat(name)
		}
	}
	return *e
}

// keyedLeaf gives the field of a key at the top of the event a value.
func (v *Visitor) keyedLeaf(e keyed, r ref) {
	if e.slot < 0 {
		if v.all {
			v.add(-1, r)
		}
		return
	}
	s := &v.slots[e.slot]
	if s.epoch == v.epoch {
		v.put(e.slot, e.rank, r)
		return
	}
	at := int32(len(v.values))
	s.epoch, s.rank, s.first, s.last, s.object = v.epoch, e.rank, at, at, false
	v.active = append(v.active, e.slot)
	v.add(e.slot, r)
}

// add adds a value, in place.
func (v *Visitor) add(slot int32, r ref) {
	n := len(v.values)
	if n == cap(v.values) {
		v.values = append(v.values, value{})
	}
	v.values = v.values[:n+1]
	x := &v.values[n]
	x.slot, x.next, x.from, x.to, x.flags = slot, -1, r.from, r.to, r.flags
}
