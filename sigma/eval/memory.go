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
	table []uint64 // the place of a record, and above it the top bits of its hash
	ring  []byte
	end   uint64 // bytes ever written to the ring
}

// A record is a header of eight bytes (tag, kind and length of the value,
// length of the answer), the value, and the answer.
const (
	recordHeader  = 8
	maxRemembered = 4095    // bytes of a value
	maxAnswer     = 1 << 14 // bytes of an answer
	placeBits     = 40
)

// The sizes of a memory, 600 KB in all, so that what comes often stays in the
// second cache of a processor core.
const (
	memoryRing   = 1 << 19
	memoryValues = 1 << 14
)

func (m *memory) init() {
	m.seed = maphash.MakeSeed()
	m.table = make([]uint64, memoryValues)
	m.ring = make([]byte, memoryRing)
	m.end = 2 * memoryRing // place 0 is behind the ring: free entries lead nowhere
}

// A memoKey is what a value is found by.
type memoKey struct {
	hash   uint64
	header uint64 // of the record, without the length of the answer
}

func (m *memory) key(raw []byte, tag uint32, flags valueFlags) memoKey {
	return memoKey{
		hash:   maphash.Bytes(m.seed, raw) ^ uint64(tag)*0x9e3779b97f4a7c15,
		header: uint64(tag) | uint64(len(raw)&maxRemembered)<<32 | uint64(flags&escaped)<<44,
	}
}

// find returns the answer for a value, valid until the next add.
func (m *memory) find(k *memoKey, raw []byte) (answer []byte, ok bool) {
	e := m.table[k.hash%memoryValues]
	place := e & (1<<placeBits - 1)
	if (e^k.hash)>>placeBits != 0 || m.end-place > memoryRing {
		return nil, false
	}
	r := m.ring[place%memoryRing:]
	header := binary.LittleEndian.Uint64(r)
	if header&(1<<48-1) != k.header || len(raw) > maxRemembered {
		return nil, false
	}
	r = r[recordHeader:]
	if string(r[:len(raw)]) != string(raw) {
		return nil, false
	}
	return r[len(raw) : len(raw)+int(header>>48)*4], true
}

// add remembers the answer for a value; its length is a multiple of four.
func (m *memory) add(k *memoKey, raw, answer []byte) {
	if len(raw) > maxRemembered || len(answer) > maxAnswer {
		return
	}
	size := (recordHeader + len(raw) + len(answer) + 7) &^ 7
	if left := memoryRing - m.end%memoryRing; left < uint64(size) {
		m.end += left // a record has no break in it
	}
	if m.end+uint64(size) >= 1<<placeBits {
		clear(m.table)
		m.end = 2 * memoryRing
	}
	place := m.end
	m.end += uint64(size)
	r := m.ring[place%memoryRing:]
	binary.LittleEndian.PutUint64(r, k.header|uint64(len(answer)/4)<<48)
	copy(r[recordHeader:], raw)
	copy(r[recordHeader+len(raw):], answer)
	m.table[k.hash%memoryValues] = place | k.hash>>placeBits<<placeBits
}
