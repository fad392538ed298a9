package eval

// pass sets the bits of the tests that a value passes, at once or, where the
// memory is to be asked, with the next recall.
func (s *Session) pass(x *value, fields, words *index) {
	raw := s.v.raw(x)
	if len(raw) > maxRemembered || !s.habits[x.slot+1].asks() {
		s.tell(raw, x.flags, fields, words)
		s.settle()
		return
	}
	if len(s.asked) == cap(s.asked) {
		s.recall()
	}
	header := memoHeader(raw, uint32(x.slot+1)+s.core.tag, x.flags)
	s.asked = append(s.asked, question{value: x, words: words, header: header, hash: s.memory.hash(header, raw)})
}

// maxAsked is how many questions the memory is asked at once.
const maxAsked = 32

// A question is a value that the memory is asked for.
type question struct {
	value        *value
	words        *index // that look at it, too
	header, hash uint64
	entry        uint64 // of the memory's table, for the hash
}

// recall answers the questions that were collected. The memory is larger than
// the near caches of a processor: the entries of all questions are fetched, and
// then all records, before any of them is looked at, so that the processor
// waits for all of them at once.
func (s *Session) recall() {
	m := &s.memory
	for i := range s.asked {
		s.asked[i].entry = m.entry(s.asked[i].hash)
	}
	for i := range s.asked {
		q := &s.asked[i]
		s.early ^= m.ring[q.entry&uint64(len(m.ring)-1)]
		s.early ^= m.ring[(q.entry+recordHeader+uint64(q.value.to-q.value.from))&uint64(len(m.ring)-1)]
	}
	for i := range s.asked {
		q := &s.asked[i]
		raw := s.v.raw(q.value)
		effect, ok := m.recall(q.entry, q.header, q.hash, raw)
		s.habits[q.value.slot+1].note(ok)
		if !ok {
			s.tell(raw, q.value.flags, s.fieldsOf(q.value), q.words)
			s.summarize()
			m.add(q.header, q.hash, raw, s.effect)
			s.settle()
			continue
		}
		s.apply(effect)
	}
	clear(s.asked) // they hold the event
	s.asked = s.asked[:0]
}
