package eval

import (
	"encoding/binary"
	"slices"
)

// A Session is what matching events needs to write to. One goroutine at a
// time may use it. It remembers, in bounded memory, what values it has seen
// and which tests they passed, since most come again; see the package comment.
type Session struct {
	engine *Engine
	v      Visitor
	json   JSON
	cell   cell
	other  cell
	memory memory
	habits []habit    // by slot, after that of no slot
	asked  []question // that the memory has not answered yet
	early  byte       // of what recall fetches: the compiler leaves out what nobody uses
	number []byte

	hits    [places]int32 // of a value at work, that may be the begin of a literal
	core    *core
	passed  []uint64 // the bits that the value at work sets; zero otherwise
	touched []uint32 // indexes of the words that are not zero
	effect  []byte   // the same, for the memory
	tried   []uint32 // by atom: the last value that it was found for
	value   uint32   // counts values
	bits    []uint64
	dirty   []uint32 // words of bits that are not zero
	pending []uint32 // bits that lead to programs
	late    []uint32 // by lazy test: the event it was made for, and its answer
	watch   stopwatch
	matched []uint32 // by rule: the event it matched
	event   uint32   // counts events, by twos
	rules   []int32

	unsure    []unsure         // lazy tests whose answer is not known
	undecided []Match          // rules that depend on them
	reasons   map[uint32]error // why the memory has no answers: by the tag of the lazy test

	recent   [recentRoutes]recent
	routeKey []byte
	routes   map[string]route
}

// NewSession returns a session of the engine, for the use of one goroutine.
func (e *Engine) NewSession() *Session {
	s := &Session{engine: e, matched: make([]uint32, len(e.rules)), event: 2}
	s.v.names = e.names
	s.v.slots = make([]slot, e.names.slots)
	s.memory.init()
	s.asked = make([]question, 0, maxAsked)
	s.habits = make([]habit, e.names.slots+1)
	return s
}

// MatchJSON is Match for an event as a JSON object. The error is a
// *SyntaxError; then nothing was matched.
func (s *Session) MatchJSON(text []byte, dst []Match) ([]Match, error) {
	err := s.json.Parse(text)
	if err == nil {
		dst = s.Match(&s.json, dst)
	}
	s.json.release()
	return dst, err
}

// Match appends the rules that match the event to dst, in the order of the
// rules.
func (s *Session) Match(ev Event, dst []Match) []Match {
	e := s.engine
	s.use(e.core)
	s.v.all = e.all
	s.v.reset()
	ev.Visit(&s.v)
	var from *source
	if e.route != nil {
		r := e.route.route(s)
		s.use(r.core)
		from = r.source
	}
	s.test()
	s.decide()
	slices.Sort(s.rules)
	begin := len(dst)
	for _, i := range s.rules {
		if from == nil || from.admits(&e.rules[i].LogSource) {
			dst = append(dst, Match{Rule: e.rules[i], Index: int(i)})
		}
	}
	if len(s.unsure) > 0 {
		dst = s.appendUndecided(dst, begin, from)
	}
	s.forget()
	return dst
}

// use makes room for what a core counts. What another core left there belongs
// to values and events that are past.
func (s *Session) use(c *core) {
	if s.core == c {
		return
	}
	s.core = c
	s.bits = grow(s.bits, (c.bits+63)/64)
	s.passed = grow(s.passed, (c.bits+63)/64)
	s.tried = grow(s.tried, len(c.atoms))
	s.late = grow(s.late, len(c.lazy))
}

func grow[T any](list []T, n int) []T {
	if n > len(list) {
		return append(list, make([]T, n-len(list))...)
	}
	return list
}

// forget makes the session ready for the next event.
func (s *Session) forget() {
	for _, w := range s.dirty {
		s.bits[w] = 0
	}
	s.dirty, s.pending, s.rules = s.dirty[:0], s.pending[:0], s.rules[:0]
	if s.event += 2; s.event == 0 {
		clear(s.late)
		clear(s.matched)
		s.event = 2
	}
	s.v.trim()
	s.cell.trim()
	s.other.trim()
}

// test sets the bits of all tests that the values of the event pass.
func (s *Session) test() {
	c := s.core
	s.count()
	for _, slot := range s.v.active {
		if m := c.present[slot]; m != 0 {
			s.mark(m - 1)
		}
	}
	s.settle()
	for i := range s.v.values {
		x := &s.v.values[i]
		fields, words := s.fieldsOf(x), c.words
		if words != nil && (x.flags&again != 0 || x.to-x.from < words.least && isASCII(s.v.raw(x))) {
			words = nil
		}
		if fields == nil && words == nil {
			continue
		}
		if fields == nil && x.to-x.from <= worthRemembering {
			if words.least > 0 && x.flags&escaped == 0 && words.scanner.excludes(s.v.raw(x)) {
				continue
			}
			s.tell(s.v.raw(x), x.flags, nil, words)
			s.settle()
			continue
		}
		s.pass(x, fields, words)
	}
	s.recall()
}

// fieldsOf returns the index of the field of a value, nil where no rule tests
// it.
func (s *Session) fieldsOf(x *value) *index {
	if x.slot < 0 {
		return nil
	}
	return s.core.fields[x.slot]
}

// isASCII reports whether the text has no other characters.
func isASCII(b []byte) bool {
	var all uint64
	for len(b) >= 8 {
		all |= binary.LittleEndian.Uint64(b)
		b = b[8:]
	}
	for _, c := range b {
		all |= uint64(c)
	}
	return all&highs == 0
}

// worthRemembering is how long a value must be, in bytes, that only keywords
// ask for, to be remembered: shorter ones are searched as quickly, and most
// of them are numbers, times and identifiers, which do not come again.
const worthRemembering = 100

// tell notes what a value does.
func (s *Session) tell(raw []byte, flags valueFlags, fields, words *index) {
	s.cell.set(raw, flags)
	s.count()
	if fields != nil {
		fields.match(s)
	}
	if words != nil {
		words.match(s)
	}
}

// count begins another value.
func (s *Session) count() {
	if s.value++; s.value == 0 {
		clear(s.tried)
		s.value = 1
	}
}

// decide runs the programs whose bits are set.
func (s *Session) decide() {
	c := s.core
	for i := range c.always {
		s.run(&c.always[i])
	}
	for _, bit := range s.pending {
		t := c.triggers[bit]
		for i := range c.entries[t.from:t.to] {
			e := &c.entries[int(t.from)+i]
			if s.bits[e.guard>>6]>>(e.guard&63)&1 != 0 {
				s.run(&e.program)
			}
		}
	}
}

// run decides one alternative of a rule.
func (s *Session) run(p *program) {
	if s.matched[p.rule] == s.event {
		return
	}
	c, at := s.core, p.start
	for at >= 0 {
		in := &c.code[at]
		var yes bool
		if int(in.bit) < c.bits {
			yes = s.bits[in.bit>>6]>>(in.bit&63)&1 != 0
		} else {
			yes = s.lazy(int(in.bit) - c.bits)
			if err := s.doubt(in.bit); err != nil {
				s.fork(p, in, err)
				return
			}
		}
		if yes {
			at = in.yes
		} else {
			at = in.not
		}
	}
	if at == accept {
		s.matched[p.rule] = s.event
		s.rules = append(s.rules, p.rule)
	}
}
