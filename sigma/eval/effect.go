package eval

import "encoding/binary"

// An effect is what the atoms of one value do, in one piece: the number of
// bits that lead to programs, these bits, and the words to set with their
// indexes.

// summarize writes the effect of the atoms that the value at work passed.
func (s *Session) summarize() {
	s.effect, s.words = s.effect[:0], s.words[:0]
	if len(s.atoms) == 0 {
		return
	}
	s.effect = append(s.effect, 0, 0, 0, 0)
	for _, a := range s.atoms {
		atom := &s.core.atoms[a]
		for _, bit := range atom.triggers {
			s.effect = binary.LittleEndian.AppendUint32(s.effect, bit)
		}
		for _, w := range atom.words {
			s.merge(w)
		}
	}
	binary.LittleEndian.PutUint32(s.effect, uint32(len(s.effect)/4-1))
	for _, w := range s.words {
		s.effect = binary.LittleEndian.AppendUint32(s.effect, w.index)
		s.effect = binary.LittleEndian.AppendUint64(s.effect, w.mask)
	}
}

// merge adds a word to those of the effect. Of many it may leave one twice.
func (s *Session) merge(w word) {
	const most = 32
	for i := max(0, len(s.words)-most); i < len(s.words); i++ {
		if s.words[i].index == w.index {
			s.words[i].mask |= w.mask
			return
		}
	}
	s.words = append(s.words, w)
}

// apply does what summarize wrote.
func (s *Session) apply(effect []byte) {
	n := int(binary.LittleEndian.Uint32(effect))
	for effect = effect[4:]; n > 0; n-- {
		bit := binary.LittleEndian.Uint32(effect)
		if s.bits[bit>>6]>>(bit&63)&1 == 0 {
			s.pending = append(s.pending, bit)
		}
		effect = effect[4:]
	}
	for ; len(effect) >= 12; effect = effect[12:] {
		w := binary.LittleEndian.Uint32(effect)
		old := s.bits[w]
		if old == 0 {
			s.dirty = append(s.dirty, w)
		}
		s.bits[w] = old | binary.LittleEndian.Uint64(effect[4:])
	}
}
