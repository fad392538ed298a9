package eval

import (
	"hash/maphash"
	"math/bits"
)

// A spans finds ranges of something by numbers. It is made once and only read
// afterwards.
type spans struct {
	slots []numbered // open addressing, at most half full
	shift uint8
}

// A numbered is one range. It is free where the range is empty.
type numbered struct {
	number   uint64
	from, to int32
}

const spanFactor = 0x9e3779b97f4a7c15

// newSpans makes the table of ranges with different numbers.
func newSpans(list []numbered) spans {
	if len(list) == 0 {
		return spans{}
	}
	log := bits.Len(uint(2*len(list) - 1))
	t := spans{make([]numbered, 1<<log), uint8(64 - log)}
	for _, n := range list {
		h := n.number * spanFactor >> t.shift
		for t.slots[h].to != t.slots[h].from {
			h = (h + 1) & uint64(len(t.slots)-1)
		}
		t.slots[h] = n
	}
	return t
}

// find returns the range of a number, an empty one where there is none.
func (t *spans) find(number uint64) (from, to int32) {
	if len(t.slots) == 0 {
		return 0, 0
	}
	h := number * spanFactor >> (t.shift & 63)
	for {
		s := &t.slots[h&uint64(len(t.slots)-1)]
		if s.number == number || s.from == s.to {
			return s.from, s.to
		}
		h++
	}
}

// A texts finds the marks of whole texts. Its seed is random, so that no rules
// can be made that lie in one place.
type texts struct {
	lists map[string][]uint32 // until build

	seed    maphash.Seed
	slots   []texted // open addressing, at most half full
	marks   []uint32
	lengths [4]uint64
}

// A texted is one text and its marks. It is free where there are none.
type texted struct {
	hash     uint64
	text     string
	from, to uint32 // in marks
}

// add adds a mark for a text.
func (t *texts) add(text string, mark uint32) {
	if t.lists == nil {
		t.lists = map[string][]uint32{}
	}
	t.lists[text] = append(t.lists[text], mark)
}

// lengthBit returns where the bit stands that says that texts of that length
// are there.
func (t *texts) lengthBit(n int) (word *uint64, bit uint64) {
	n = min(n, 64*len(t.lengths)-1)
	return &t.lengths[n>>6], 1 << (n & 63)
}

func (t *texts) build() {
	if t.lists == nil {
		return
	}
	t.seed = maphash.MakeSeed()
	t.slots = make([]texted, 1<<bits.Len(uint(2*len(t.lists)-1)))
	for text, marks := range t.lists {
		word, bit := t.lengthBit(len(text))
		*word |= bit
		hash := maphash.String(t.seed, text)
		h := hash & uint64(len(t.slots)-1)
		for t.slots[h].from != t.slots[h].to {
			h = (h + 1) & uint64(len(t.slots)-1)
		}
		from := uint32(len(t.marks))
		t.marks = append(t.marks, marks...)
		t.slots[h] = texted{hash, text, from, uint32(len(t.marks))}
	}
	t.lists = nil
}

// find returns the marks of a text.
func (t *texts) find(b []byte) []uint32 {
	if word, bit := t.lengthBit(len(b)); *word&bit == 0 {
		return nil
	}
	hash := maphash.Bytes(t.seed, b)
	for h := hash; ; h++ {
		s := &t.slots[h&uint64(len(t.slots)-1)]
		if s.from == s.to || s.hash == hash && s.text == string(b) {
			return t.marks[s.from:s.to]
		}
	}
}

// empty reports whether there are no texts.
func (t *texts) empty() bool { return t.lists == nil && t.slots == nil }
