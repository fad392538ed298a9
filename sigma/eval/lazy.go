package eval

import (
	"errors"
	"fmt"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// lazy makes a test that no index answers, once an event.
func (s *Session) lazy(i int) bool {
	if s.late[i]&^1 != s.event {
		s.late[i] = s.event
		switch {
		case s.makeTest(i):
			s.late[i]++
		case s.cell.err != nil:
			s.unsure = append(s.unsure, unsure{i, s.cell.err})
		}
		s.cell.err = nil
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
			s.v.load(int32(at), &s.cell)
			if s.watch.pass(a.check, &s.cell, s.event) {
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
// outcome by the length of the answer; an empty one is no.
func (s *Session) slow(x *value, i int, check checker) bool {
	raw := s.v.raw(x)
	if e, ok := check.(*expression); ok && e.excludes(raw) {
		return false
	}
	header := memoHeader(raw, s.lazyTag(i), x.flags)
	answer, hash, ok := s.memory.find(header, raw)
	if ok {
		if len(answer) == answerUnknown {
			s.cell.err = s.reasons[s.lazyTag(i)]
		}
		return len(answer) == answerYes
	}
	s.cell.set(raw, x.flags)
	text := s.answer(i, check)
	if !errors.Is(s.cell.err, errSpent) {
		s.memory.add(header, hash, raw, text)
	}
	return len(s.effect) == answerYes
}

// maxForeign is how long the engines of Options.Regexp may take for one event.
// What they do with one value, they bound themselves.
const maxForeign = time.Second

var errSpent = fmt.Errorf("such regular expressions have taken more than %v for this event", maxForeign)

// A stopwatch measures the time that engines of Options.Regexp take for an
// event.
type stopwatch struct {
	event uint32
	spent time.Duration
}

// pass makes a test of a value. The cell has an error where the event's time
// for tests of that kind is up.
func (w *stopwatch) pass(check checker, c *cell, event uint32) bool {
	if _, ok := check.(foreign); !ok {
		return check.pass(c)
	}
	if w.event != event {
		w.event, w.spent = event, 0
	}
	if w.spent >= maxForeign {
		c.err = errSpent
		return false
	}
	start := time.Now()
	yes := check.pass(c)
	w.spent += time.Since(start)
	return yes
}
