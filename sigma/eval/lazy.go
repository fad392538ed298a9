package eval

import "github.com/sigma-compiler/sigmac/sigma/ir"

// lazy makes a test that no index answers, once an event.
func (s *Session) lazy(i int) bool {
	if s.late[i]&^1 != s.event {
		s.late[i] = s.event
		if s.makeTest(i) {
			s.late[i]++
		}
	}
	return s.late[i]&1 != 0
}

// makeTest makes a test that is not remembered.
func (s *Session) makeTest(i int) bool {
	a := s.core.lazy[i]
	switch a.kind {
	case nullAtom:
		return s.v.isNull(a.slot)
	case referAtom:
		return s.v.refers(a.test.(*ir.FieldRef), a.slot, a.other, &s.cell, &s.other)
	}
	if a.slot == wordSlot {
		for at := range s.v.values {
			if s.v.load(int32(at), &s.cell); a.check.pass(&s.cell) {
				return true
			}
		}
		return false
	}
	for at := s.v.first(a.slot); at >= 0; at = s.v.values[at].next {
		if s.slow(&s.v.values[at], i, a.check) {
			return true
		}
	}
	return false
}

// slow makes a test of a value that no index answers, or remembers its
// outcome: an empty answer is no.
func (s *Session) slow(x *value, i int, check checker) bool {
	raw := s.v.raw(x)
	if e, ok := check.(*expression); ok && e.excludes(raw) {
		return false
	}
	key := s.memory.key(raw, s.core.tag+uint32(len(s.core.fields)+1+i), x.flags)
	if answer, ok := s.memory.find(&key, raw); ok {
		return len(answer) > 0
	}
	s.cell.set(raw, x.flags)
	s.effect = s.effect[:0]
	if check.pass(&s.cell) {
		s.effect = append(s.effect, 1, 0, 0, 0)
	}
	s.memory.add(&key, raw, s.effect)
	return len(s.effect) > 0
}
