package eval

import "strconv"

// A Visitor takes the fields of one event. A name that is given several times
// has several values, as an array has: a test passes where one of them does
// (S14). Names are flat, such as "Image", or dotted, such as "user.name";
// where an event has both the flat name and the nested one, the flat one
// counts. Windows events in the shapes of their exporters are read under the
// names that rules use; see the package comment.
type Visitor struct {
	names *names
	all   bool // keep the values of fields that no rule names: keywords ask for them

	line   []byte // what values with fromLine lie in
	arena  []byte // what the others lie in
	values []value
	slots  []slot
	active []int32 // slots that the event has
	epoch  uint32

	levels []level // objects that are open
	path   []byte  // name of the innermost object, its parts joined by dots
	alias  []byte  // what the names in an element of a Windows event begin with
	items  []ref   // texts of the Data elements that are open
	keybuf []byte
	ring   *keyring // whose keys are known
	known  []keyed  // by key of the ring
	num    [32]byte

	inside   []container        // that are being shown, where Go values are
	deep     map[container]bool // the same where they are many
	elements int                // of all that were shown
}

// A value is one value of the event, as text.
type value struct {
	slot     int32 // -1 where no rule names its field
	next     int32 // the next value of the slot, -1 at the end
	from, to int
	flags    valueFlags
}

type valueFlags uint8

const (
	fromLine valueFlags = 1 << iota // lies in line, else in the arena
	escaped                         // has JSON's escapes in it
	again                           // stands under another name too: keywords have seen it
	nothing                         // null
	literal                         // lies in the arena and is a number or a boolean, not a text
)

// A slot is one field that rules name, in the event being read.
type slot struct {
	epoch       uint32 // of the event that wrote it last
	rank        rank
	first, last int32 // its values, -1 where it has none
	object      bool  // a nested object has this name: the field exists and is not null
}

// A rank orders the ways in which one name can be found in an event. A rank
// below isAlias has a bit for each dot of the name that stands between an
// object and its member: 0 is the flat name.
type rank uint32

const isAlias rank = 1 << 31

// before reports whether what was found as r counts and what was found as s
// does not: the flat name before nested ones, and of those the one whose
// first object has the shorter name, as a reader from the left would try
// them; aliases come last.
func (r rank) before(s rank) bool {
	if (r|s)&isAlias != 0 {
		return r < s
	}
	for r != 0 && s != 0 {
		a, b := r&-r, s&-s
		if a != b {
			return a < b
		}
		r, s = r&^a, s&^b
	}
	return r == 0 && s != 0
}

// A level is one object that is open.
type level struct {
	path      int   // length of its name in Visitor.path; -1: no rule names anything in it
	dots      uint8 // how many dots the name has
	rank      rank
	alias     int // length of its part of Visitor.alias
	aliasRank rank
	context   context
	name      ref  // of a context item
	names     int  // how many names the item has
	texts     int  // where its texts begin in Visitor.items
	texted    bool // it has a text, if only null
}

// A ref is a text of the event.
type ref struct {
	from, to int
	flags    valueFlags
}

// reset prepares the visitor for the next event.
func (v *Visitor) reset() {
	v.epoch++
	if v.epoch == 0 { // wrapped: no old slot may look new
		clear(v.slots)
		v.epoch = 1
	}
	v.line, v.arena, v.values, v.active = nil, v.arena[:0], v.values[:0], v.active[:0]
	v.levels, v.items = v.levels[:0], v.items[:0]
	v.inside, v.deep, v.elements = v.inside[:0], nil, 0
}

// keepBytes is how large a buffer may be that is kept for the next event.
const keepBytes = 1 << 20

// trim lets go of what an unusually large event needed, and of the event.
func (v *Visitor) trim() {
	v.line = nil
	if cap(v.arena) > keepBytes {
		v.arena = nil
	}
	if cap(v.values) > keepBytes/64 {
		v.values = nil
	}
	if cap(v.levels) > keepBytes/64 {
		v.levels = nil
	}
	if cap(v.items) > keepBytes/64 {
		v.items = nil
	}
	if cap(v.keybuf) > keepBytes {
		v.keybuf = nil
	}
}

// String gives a field a text.
func (v *Visitor) String(name, text string) {
	from := len(v.arena)
	v.arena = append(v.arena, text...)
	v.leaf(v.key(name), ref{from: from, to: len(v.arena)})
}

// Int gives a field a whole number.
func (v *Visitor) Int(name string, n int64) {
	v.literal(name, strconv.AppendInt(v.num[:0], n, 10))
}

// Bool gives a field true or false.
func (v *Visitor) Bool(name string, b bool) {
	v.literal(name, strconv.AppendBool(v.num[:0], b))
}

// literal gives a field a number or a boolean.
func (v *Visitor) literal(name string, text []byte) {
	r := v.store(text)
	r.flags = literal
	v.leaf(v.key(name), r)
}

// Null says that the event has the field, but no value for it.
func (v *Visitor) Null(name string) { v.null(v.key(name)) }

// Begin opens an object: the fields that follow, up to the matching End, are
// its members. An object has no text of its own: tests of its name see that
// it exists and is not null.
func (v *Visitor) Begin(name string) { v.begin(v.key(name)) }

// End closes the object that was opened last. One End too many is ignored.
func (v *Visitor) End() {
	if len(v.levels) == 0 {
		return
	}
	l := &v.levels[len(v.levels)-1]
	v.levels = v.levels[:len(v.levels)-1]
	if l.context == inItem {
		v.item(l)
	}
}

// key copies a name to where names are looked up from.
func (v *Visitor) key(name string) []byte {
	v.keybuf = append(v.keybuf[:0], name...)
	return v.keybuf
}

// store copies a text to the arena.
func (v *Visitor) store(text []byte) ref {
	from := len(v.arena)
	v.arena = append(v.arena, text...)
	return ref{from: from, to: len(v.arena)}
}

// leaf gives the field with that name in the innermost object a value.
func (v *Visitor) leaf(key []byte, r ref) {
	e, rk := v.resolve(key)
	v.give(e, rk, key, r)
}

// give gives a value to the fields that the name in the event stands for.
func (v *Visitor) give(e *name, rk rank, key []byte, r ref) {
	named := e != nil && e.slot >= 0
	if named {
		v.put(e.slot, rk, r)
	}
	if slot, rk := v.resolveAlias(e, key, r); slot >= 0 {
		if named {
			r.flags |= again
		}
		v.put(slot, rk, r)
		named = true
	}
	if !named && v.all {
		v.add(-1, r)
	}
}

// null notes that the event has a field, without a value.
func (v *Visitor) null(key []byte) {
	e, rk := v.resolve(key)
	if e != nil && e.slot >= 0 {
		v.claim(e.slot, rk)
	}
	if slot, rk := v.resolveAlias(e, key, ref{flags: nothing}); slot >= 0 {
		v.claim(slot, rk)
	}
}

// begin opens an object.
func (v *Visitor) begin(key []byte) {
	e, rk := v.resolve(key)
	l := level{path: -1}
	if e != nil {
		if e.slot >= 0 {
			if s := v.claim(e.slot, rk); s != nil {
				s.object = true
			}
		}
		if e.path {
			v.path = append(v.path[:0], e.text...)
			l.path, l.dots, l.rank = len(e.text), e.dots, rk
		}
	}
	v.claimAlias(e, key)
	v.enter(&l, key)
	v.levels = append(v.levels, l)
}

// resolve finds the entry of a name in the innermost object.
func (v *Visitor) resolve(key []byte) (*name, rank) {
	if len(v.levels) == 0 {
		return v.names.find(key), 0
	}
	l := &v.levels[len(v.levels)-1]
	if l.path < 0 || l.path+1+len(key) > v.names.longest {
		return nil, 0
	}
	v.path = append(append(v.path[:l.path], '.'), key...)
	return v.names.find(v.path), l.rank | 1<<min(l.dots, maxDots)
}

// claim makes the slot one of the event's and returns it, or nil where
// something that goes before holds it.
func (v *Visitor) claim(i int32, r rank) *slot {
	s := &v.slots[i]
	switch {
	case s.epoch != v.epoch:
		v.active = append(v.active, i)
	case s.rank == r:
		return s
	case !r.before(s.rank):
		return nil
	}
	v.disown(s)
	*s = slot{epoch: v.epoch, rank: r, first: -1, last: -1}
	return s
}

// disown takes from a slot the values that turn out not to be its own. They
// are still values of the event.
func (v *Visitor) disown(s *slot) {
	if s.epoch != v.epoch {
		return
	}
	for i := s.first; i >= 0; i = v.values[i].next {
		v.values[i].slot = -1
	}
}

// put gives a slot a value.
func (v *Visitor) put(i int32, rk rank, r ref) {
	s := v.claim(i, rk)
	if s == nil {
		v.add(-1, r)
		return
	}
	at := int32(len(v.values))
	if s.last >= 0 {
		v.values[s.last].next = at
	} else {
		s.first = at
	}
	s.last = at
	v.add(i, r)
}

// has reports whether the event has the field at all (M7).
func (v *Visitor) has(i int32) bool { return v.slots[i].epoch == v.epoch }

// null reports whether the field is absent or null (V6).
func (v *Visitor) isNull(i int32) bool {
	s := &v.slots[i]
	return s.epoch != v.epoch || s.first < 0 && !s.object
}

// first returns the first value of a field, -1 where it has none.
func (v *Visitor) first(i int32) int32 {
	if s := &v.slots[i]; s.epoch == v.epoch {
		return s.first
	}
	return -1
}

// raw returns the bytes of a value as they stand in the event.
func (v *Visitor) raw(x *value) []byte {
	if x.flags&fromLine != 0 {
		return v.line[x.from:x.to]
	}
	return v.arena[x.from:x.to]
}
