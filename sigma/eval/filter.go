package eval

import (
	"encoding/binary"
	"math/bits"
)

// A filter finds the places in a value at which one of many grams may stand:
// texts of up to four bytes. It is a set of hashes, and gives each its number.
type filter struct {
	words []uint64 // a bit for each hash; a power of two
	ranks []uint32 // by word: how many bits are set in the words before
	size  int      // bytes of a gram
}

// The filter has so many bits for each gram, and at most maxFilter.
const (
	filterBits = 32
	maxFilter  = 1 << 22
)

// newFilter returns a filter with room for n grams of that size in bytes.
func newFilter(n, size int) filter {
	bits := min(max(1<<bits.Len(uint(filterBits*n-1)), 1<<10), maxFilter)
	return filter{words: make([]uint64, bits/64), size: size}
}

// hash returns the bit for a gram.
func (f *filter) hash(gram uint32) uint32 {
	return uint32(uint64(gram)*spanFactor>>32) & uint32(64*len(f.words)-1)
}

// add adds a gram and reports whether its hash is new. Count must be called
// behind the last.
func (f *filter) add(gram uint32) (fresh bool) {
	h := f.hash(gram)
	fresh = f.words[h>>6]>>(h&63)&1 == 0
	f.words[h>>6] |= 1 << (h & 63)
	return fresh
}

func (f *filter) count() {
	f.ranks = make([]uint32, len(f.words))
	for w := range f.words[1:] {
		f.ranks[w+1] = f.ranks[w] + uint32(bits.OnesCount64(f.words[w]))
	}
}

// rank returns the number of a gram that passes the filter: how many smaller
// hashes there are.
func (f *filter) rank(gram uint32) int {
	h := f.hash(gram)
	w := h >> 6
	return int(f.ranks[w]) + bits.OnesCount64(f.words[w]&(1<<(h&63)-1))
}

// at returns the gram that stands at a place.
func (f *filter) at(b []byte, i int) uint32 {
	if i+4 <= len(b) {
		return binary.LittleEndian.Uint32(b[i:]) & f.mask()
	}
	return gather(b[i : i+f.size])
}

// gather returns up to four bytes as a number.
func gather(b []byte) (x uint32) {
	for i, c := range b {
		x |= uint32(c) << (8 * i)
	}
	return x
}

// mask returns that of the bytes of a gram.
func (f *filter) mask() uint32 { return 1<<(8*f.size) - 1 }

// places is how many places of a value are looked at in the filter before any
// of those that pass is looked at closer.
const places = 256

// find collects the places from the given one on at which a gram begins that
// passes the filter, and returns how many these are and where to go on. It does
// so without a branch, so that the processor need not guess which pass, and for
// four places at a time: it reads up to eight bytes behind the value, where the
// cell has room, and forgets what it found there.
func (f *filter) find(hits *[places]int32, b []byte, from int) (n, next int) {
	words, mask := f.words, uint64(f.mask())
	in := uint64(len(words) - 1)
	next = min(len(b)-f.size+1, from+places)
	for wide, i := withRoom(b), from; i < next; i += 4 {
		x := binary.LittleEndian.Uint64(wide[i : i+8])
		h := x & mask * spanFactor >> 32
		hits[n&(places-1)] = int32(i)
		n += int(words[h>>6&in] >> (h & 63) & 1)
		h = x >> 8 & mask * spanFactor >> 32
		hits[n&(places-1)] = int32(i + 1)
		n += int(words[h>>6&in] >> (h & 63) & 1)
		h = x >> 16 & mask * spanFactor >> 32
		hits[n&(places-1)] = int32(i + 2)
		n += int(words[h>>6&in] >> (h & 63) & 1)
		h = x >> 24 & mask * spanFactor >> 32
		hits[n&(places-1)] = int32(i + 3)
		n += int(words[h>>6&in] >> (h & 63) & 1)
	}
	for n > 0 && int(hits[n-1]) >= next {
		n--
	}
	return n, next
}

// withRoom returns the text with what lies in the eight bytes behind it.
func withRoom(b []byte) []byte {
	if cap(b) < len(b)+room {
		b = append(make([]byte, 0, len(b)+room), b...)
	}
	return b[:len(b)+room]
}
