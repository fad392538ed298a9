package eval

import (
	"encoding/binary"
	"hash/maphash"
)

// A memory remembers for values, by field, which tests they passed. It is a
// ring of records of fixed size, in which what is new overwrites what is
// oldest, and a table that leads from hashes to records: no stream of events
// can make it grow, and one that is made to have no value twice only makes it
// useless. The seed of the hash is random.
type memory struct {
	seed  maphash.Seed
	table []uint64 // pairs of entries: the place of a record, and above it the top bits of its hash
	ring  []byte
	end   uint64 // where the next record goes: bytes ever written to the ring, and twice its size
}

// A record is a header of eight bytes (tag, kind and length of the value,
// length of the answer), the value, and the answer.
const (
	recordHeader  = 8
	maxRemembered = 4095    // bytes of a value
	maxAnswer     = 1 << 14 // bytes of an answer
	placeBits     = 40
)

// The sizes of a memory in bytes, powers of two: with its table 9 MB in the
// end. With more, what comes again leaves the caches of the processor before
// it does; with less, it is overwritten. One that is used for few values stays
// small.
const (
	leastRing = 1 << 14
	mostRing  = 1 << 23
	ringEntry = 64 // bytes of the ring for each entry of the table
)

func (m *memory) init() {
	m.seed = maphash.MakeSeed()
	m.resize(leastRing)
}

// resize makes a ring of that size, and forgets everything.
func (m *memory) resize(size int) {
	m.ring, m.table = make([]byte, size), make([]uint64, size/ringEntry)
	m.end = 2 * uint64(size) // place 0 is behind the ring: free entries lead nowhere
}

// pair returns the two entries of the table for a hash, the newer one first.
func (m *memory) pair(hash uint64) *[2]uint64 {
	return (*[2]uint64)(m.table[hash&uint64(len(m.table)-2):])
}

// entry returns the entry of the table for a hash.
func (m *memory) entry(hash uint64) uint64 {
	pair := m.pair(hash)
	entry := pair[0]
	if (entry^hash)>>placeBits != 0 {
		entry = pair[1]
	}
	return entry
}

// enter makes the entry for a record. It replaces the older one of the pair, or
// one that leads to nothing.
func (m *memory) enter(hash, place uint64) {
	pair := m.pair(hash)
	if m.end-pair[0]&(1<<placeBits-1) <= uint64(len(m.ring)) {
		pair[1] = pair[0]
	}
	pair[0] = place | hash>>placeBits<<placeBits
}

// memoHeader returns that of a value's record, without the length of the answer.
func memoHeader(raw []byte, tag uint32, flags valueFlags) uint64 {
	return uint64(tag) | uint64(len(raw)&maxRemembered)<<32 | uint64(flags&(escaped|again))<<44
}

// find returns the answer for a value, valid until the next add, and the hash
// to add it with where there is none.
func (m *memory) find(header uint64, raw []byte) (answer []byte, hash uint64, ok bool) {
	if len(raw) > maxRemembered {
		return nil, 0, false
	}
	hash = m.hash(header, raw)
	answer, ok = m.recall(m.entry(hash), header, hash, raw)
	return answer, hash, ok
}

// hash returns that of a value and its header.
func (m *memory) hash(header uint64, raw []byte) uint64 {
	return maphash.Bytes(m.seed, raw) ^ header*0x9e3779b97f4a7c15
}

// recall returns the answer for a value to which an entry of the table leads.
// What was added since the entry was read does no harm: a record that is no
// longer there, or another one, answers nothing.
func (m *memory) recall(entry, header, hash uint64, raw []byte) (answer []byte, ok bool) {
	if (entry^hash)>>placeBits != 0 {
		return nil, false
	}
	return m.at(entry&(1<<placeBits-1), header, raw)
}

// at returns the answer in the record at a place, if the record is there
// still and is that of the value.
func (m *memory) at(place, header uint64, raw []byte) (answer []byte, ok bool) {
	size := uint64(len(m.ring))
	if m.end-place > size {
		return nil, false
	}
	r := m.ring[place&(size-1):]
	if len(r) < recordHeader+len(raw) {
		return nil, false
	}
	found := binary.LittleEndian.Uint64(r)
	if found&(1<<48-1) != header || string(r[recordHeader:recordHeader+len(raw)]) != string(raw) {
		return nil, false
	}
	return r[recordHeader+len(raw):][:int(found>>48)*4], true
}

// add remembers the answer for a value; its length is a multiple of four.
func (m *memory) add(header, hash uint64, raw, answer []byte) {
	if len(raw) > maxRemembered || len(answer) > maxAnswer {
		return
	}
	place := m.room((recordHeader + len(raw) + len(answer) + 7) &^ 7)
	r := m.ring[place&uint64(len(m.ring)-1):]
	binary.LittleEndian.PutUint64(r, header|uint64(len(answer)/4)<<48)
	copy(r[recordHeader:], raw)
	copy(r[recordHeader+len(raw):], answer)
	m.enter(hash, place)
}

// room returns the place of a new record.
func (m *memory) room(bytes int) (place uint64) {
	for len(m.ring) < mostRing && (bytes > len(m.ring)/2 || m.end-2*uint64(len(m.ring))+uint64(bytes) > uint64(len(m.ring))) {
		m.resize(min(16*len(m.ring), mostRing)) // it is full for the first time
	}
	size := uint64(len(m.ring))
	if left := size - m.end&(size-1); left < uint64(bytes) {
		m.end += left // a record has no break in it
	}
	if m.end+uint64(bytes) >= 1<<placeBits {
		clear(m.table)
		m.end = 2 * size
	}
	place = m.end
	m.end += uint64(bytes)
	return place
}

// A habit says whether the values of a field come again. Those of a field in
// which they hardly do would only push others out of the memory.
type habit struct {
	tries, hits uint8
	once        bool  // most values come once: only some are looked for
	passed      uint8 // how many of them were not
}

// The numbers of values after which a habit is reconsidered, of those that
// must have come again, and of those that are passed over before one is
// looked for where values come once.
const (
	habitTries = 128
	habitHits  = habitTries / 8
	habitSkips = 16
)

// asks reports whether the next value is to be looked for.
func (h *habit) asks() bool {
	if !h.once {
		return true
	}
	h.passed++
	return h.passed%habitSkips == 0
}

// note counts whether a value was remembered.
func (h *habit) note(hit bool) {
	if hit {
		h.hits++
	}
	if h.tries++; h.tries == habitTries {
		h.once = h.hits < habitHits
		h.tries, h.hits = 0, 0
	}
}
