package eval

import "encoding/binary"

// An effect is what atoms do: the bits that lead to programs, and all bits, as
// words. It is kept in one piece: the number of the former, these, and the
// words with their indexes.
type effect struct {
	triggers []uint32
	words    []word
}

// A word is some of 64 bits.
type word struct {
	index uint32
	mask  uint64
}

// The sizes of the parts of an effect in bytes.
const (
	triggerSize = 4
	wordSize    = 12
)

// set adds a bit; bits come in their order.
func (e *effect) set(bit uint32, t span) {
	n := len(e.words)
	if n == 0 || e.words[n-1].index != bit>>6 {
		e.words = append(e.words, word{index: bit >> 6})
		n++
	}
	e.words[n-1].mask |= 1 << (bit & 63)
	if t.from != t.to {
		e.triggers = append(e.triggers, bit)
	}
}

// append appends the effect in one piece.
func (e *effect) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(e.triggers)))
	for _, bit := range e.triggers {
		dst = binary.LittleEndian.AppendUint32(dst, bit)
	}
	for _, w := range e.words {
		dst = binary.LittleEndian.AppendUint32(dst, w.index)
		dst = binary.LittleEndian.AppendUint64(dst, w.mask)
	}
	return dst
}

// effectOf returns the effect of an atom.
func (c *core) effectOf(a uint32) []byte { return c.effects[c.atoms[a].from:c.atoms[a].to] }

// summarize writes the effect of the atoms that the value at work passed.
func (s *Session) summarize() {
	s.effect = s.effect[:0]
	switch len(s.atoms) {
	case 0:
		return
	case 1:
		s.effect = append(s.effect, s.core.effectOf(s.atoms[0])...)
		return
	}
	s.effect = append(s.effect, 0, 0, 0, 0)
	for _, a := range s.atoms {
		s.merge(s.core.effectOf(a))
	}
	binary.LittleEndian.PutUint32(s.effect, uint32(len(s.effect)/triggerSize-1))
	for _, w := range s.words {
		s.effect = binary.LittleEndian.AppendUint32(s.effect, w)
		s.effect = binary.LittleEndian.AppendUint64(s.effect, s.merged[w])
		s.merged[w] = 0
	}
	s.words = s.words[:0]
}

// merge appends the triggers of an effect, and adds its words to those of the
// other atoms.
func (s *Session) merge(effect []byte) {
	words := triggerSize * (1 + int(binary.LittleEndian.Uint32(effect)))
	s.effect = append(s.effect, effect[triggerSize:words]...)
	for effect = effect[words:]; len(effect) >= wordSize; effect = effect[wordSize:] {
		w := binary.LittleEndian.Uint32(effect)
		if s.merged[w] == 0 {
			s.words = append(s.words, w)
		}
		s.merged[w] |= binary.LittleEndian.Uint64(effect[4:])
	}
}

// apply does what an effect says.
func (s *Session) apply(effect []byte) {
	n := int(binary.LittleEndian.Uint32(effect))
	for effect = effect[triggerSize:]; n > 0; n-- {
		bit := binary.LittleEndian.Uint32(effect)
		if s.bits[bit>>6]>>(bit&63)&1 == 0 {
			s.pending = append(s.pending, bit)
		}
		effect = effect[triggerSize:]
	}
	for ; len(effect) >= wordSize; effect = effect[wordSize:] {
		w := binary.LittleEndian.Uint32(effect)
		old := s.bits[w]
		if old == 0 {
			s.dirty = append(s.dirty, w)
		}
		s.bits[w] = old | binary.LittleEndian.Uint64(effect[4:])
	}
}
