package eval

import (
	"cmp"
	"slices"
)

// An unsure test is a lazy one whose answer is not known for the event.
type unsure struct {
	test int
	err  error
}

// The lengths of the answers of lazy tests that the memory holds.
const (
	answerYes     = 4
	answerUnknown = 8
)

// answer makes a lazy test of the value at work and returns what the memory
// is to hold of it.
func (s *Session) answer(i int, check checker) []byte {
	before := s.cell.err // of another value of the field
	s.cell.err = nil
	var zeros [answerUnknown]byte
	s.effect = s.effect[:0]
	switch yes := s.watch.pass(check, &s.cell, s.event); {
	case yes:
		s.effect = append(s.effect, zeros[:answerYes]...)
	case s.cell.err != nil:
		s.effect = append(s.effect, zeros[:]...)
		if s.reasons == nil {
			s.reasons = map[uint32]error{}
		}
		s.reasons[s.lazyTag(i)] = s.cell.err
	}
	if s.cell.err == nil {
		s.cell.err = before
	}
	return s.effect
}

// lazyTag returns what the values of a lazy test are remembered under.
func (s *Session) lazyTag(i int) uint32 { return s.core.tag + uint32(len(s.core.fields)+1+i) }

// doubt returns why the answer of a test is not known for the event, or nil.
func (s *Session) doubt(bit uint32) error {
	for i := range s.unsure {
		if s.unsure[i].test == int(bit)-s.core.bits {
			return s.unsure[i].err
		}
	}
	return nil
}

// unknown is the end of a program whose answer is not known.
const unknown = reject - 1

// maxForks is how many tests without an answer are tried both ways.
const maxForks = 6

// fork tries both answers of a test that has none: often they lead to the
// same end. Otherwise it notes that the rule is not decided.
func (s *Session) fork(p *program, in *instruction, err error) {
	switch s.both(in, maxForks) {
	case accept:
		s.matched[p.rule] = s.event
		s.rules = append(s.rules, p.rule)
	case unknown:
		s.undecided = append(s.undecided, Match{Rule: s.engine.rules[p.rule], Index: int(p.rule), Err: err})
	}
}

func (s *Session) both(in *instruction, forks int) int32 {
	if forks == 0 {
		return unknown
	}
	if end := s.follow(in.yes, forks-1); end == s.follow(in.not, forks-1) {
		return end
	}
	return unknown
}

// follow returns the end of a program from an instruction on.
func (s *Session) follow(at int32, forks int) int32 {
	for at >= 0 {
		in := &s.core.code[at]
		var yes bool
		if int(in.bit) < s.core.bits {
			yes = s.bits[in.bit>>6]>>(in.bit&63)&1 != 0
		} else {
			yes = s.lazy(int(in.bit) - s.core.bits)
			if s.doubt(in.bit) != nil {
				return s.both(in, forks)
			}
		}
		if at = in.not; yes {
			at = in.yes
		}
	}
	return at
}

// appendUndecided appends the rules that are not decided and matched in no
// other way, so that all are in order from that index on. from is nil or the
// source that they must be about.
func (s *Session) appendUndecided(dst []Match, begin int, from *source) []Match {
	for i, m := range s.undecided {
		again := slices.ContainsFunc(s.undecided[:i], func(x Match) bool { return x.Index == m.Index })
		if !again && s.matched[m.Index] != s.event && (from == nil || from.admits(&m.Rule.LogSource)) {
			dst = append(dst, m)
		}
	}
	slices.SortFunc(dst[begin:], func(x, y Match) int { return cmp.Compare(x.Index, y.Index) })
	clear(s.undecided)
	s.undecided, s.unsure = s.undecided[:0], s.unsure[:0]
	return dst
}

// undecided reports whether the answer of a step depends on tests whose answer
// is not known.
func (s *Step) undecided() bool {
	switch s.Kind {
	case TestStep:
		return s.Error != ""
	case AlwaysStep:
		return false
	}
	open := false
	for _, p := range s.Parts {
		switch {
		case p.undecided():
			open = true
		case s.Kind == AllStep && !p.Passed, s.Kind == AnyStep && p.Passed:
			return false
		}
	}
	return open
}
