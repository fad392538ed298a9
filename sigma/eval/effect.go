package eval

import (
	"encoding/binary"
	"math/bits"
)

// What the index finds for a value is a mark: the bit to set, or, from
// core.bits on, an atom that sets several or needs a check.
//
// What a value does is remembered in units of four bytes: a bit, or, with wide
// set, the index of a word of which several bits are set, and the word in two
// units.
const (
	unitSize = 4
	wideSize = unitSize + 8
	wide     = 1 << 31
)

// A word is some of 64 bits.
type word struct {
	index uint32
	mask  uint64
}

// found marks all that the index found for the value at work.
func (s *Session) found(marks []uint32) {
	for _, m := range marks {
		s.mark(m)
	}
}

// mark notes what the value at work does.
func (s *Session) mark(m uint32) {
	if m < uint32(s.core.bits) {
		s.set(m>>6, 1<<(m&63))
		return
	}
	s.markAtom(m - uint32(s.core.bits))
}

// markAtom is mark for an atom: once for the value, and if its check passes.
func (s *Session) markAtom(i uint32) {
	if s.tried[i] == s.value {
		return
	}
	s.tried[i] = s.value
	a := &s.core.atoms[i]
	if a.check != nil && !a.check.pass(&s.cell) {
		return
	}
	for _, w := range s.core.masks[a.from:a.to] {
		s.set(w.index, w.mask)
	}
}

// set notes bits that the value at work sets.
func (s *Session) set(w uint32, mask uint64) {
	old := s.passed[w]
	if old == 0 {
		s.touched = append(s.touched, w)
	}
	s.passed[w] = old | mask
}

// settle sets the bits that were noted.
func (s *Session) settle() {
	for _, w := range s.touched {
		s.raise(w, s.passed[w])
		s.passed[w] = 0
	}
	s.touched = s.touched[:0]
}

// raise sets bits of the event. Those that were not set yet and lead to
// programs are pending.
func (s *Session) raise(w uint32, mask uint64) {
	old := s.bits[w]
	mask &^= old
	if mask == 0 {
		return
	}
	if old == 0 {
		s.dirty = append(s.dirty, w)
	}
	s.bits[w] = old | mask
	for leads := mask & s.core.leads[w]; leads != 0; leads &= leads - 1 {
		s.pending = append(s.pending, w<<6|uint32(bits.TrailingZeros64(leads)))
	}
}

// summarize writes what was noted, for the memory.
func (s *Session) summarize() {
	s.effect = s.effect[:0]
	for _, w := range s.touched {
		mask := s.passed[w]
		if mask&(mask-1) == 0 {
			s.effect = binary.LittleEndian.AppendUint32(s.effect, w<<6|uint32(bits.TrailingZeros64(mask)))
			continue
		}
		s.effect = binary.LittleEndian.AppendUint32(s.effect, w|wide)
		s.effect = binary.LittleEndian.AppendUint64(s.effect, mask)
	}
}

// apply does what the memory says of a value.
func (s *Session) apply(effect []byte) {
	for len(effect) >= unitSize {
		unit := binary.LittleEndian.Uint32(effect)
		if unit&wide == 0 {
			s.raise(unit>>6, 1<<(unit&63))
			effect = effect[unitSize:]
			continue
		}
		s.raise(unit&^wide, binary.LittleEndian.Uint64(effect[unitSize:]))
		effect = effect[wideSize:]
	}
}
