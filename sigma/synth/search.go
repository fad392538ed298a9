package synth

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A goal is a part of the condition that an event shall make true or false.
type goal struct {
	node int
	want bool
}

// A search looks for an event that reaches goals. It turns them into demands
// on single leaves, one alternative after the other, and keeps for each field
// a value that meets all demands on it so far.
type search struct {
	*maker
	states []state
	sign   []int8 // by leaf: 1 it shall pass, -1 it shall not
	trail  []int  // the leaves with a sign, in order
	forbid bits   // keywords that must not pass anywhere
	refs   []int  // leaves that refer to another field, with a sign
	steps  int    // that may still be taken
	turn   int    // which of several alternatives comes first
	goals  []goal
	found  event
	why    string // the last demands on a field that no value met
}

// A state is what is demanded of one field.
type state struct {
	leaves []int // with a sign
	value  value
	truth  bits
}

// maxSteps bounds how many alternatives one search tries.
const maxSteps = 4000

func (mk *maker) newSearch(turn int) *search {
	s := &search{maker: mk, states: make([]state, len(mk.m.fields)), sign: make([]int8, len(mk.m.leaves)),
		forbid: mk.m.newBits(), steps: maxSteps, turn: turn}
	for i := range s.states {
		s.states[i].truth = mk.judge.value(i, value{})
	}
	return s
}

// reach looks for an event that reaches all goals.
func (s *search) reach(goals []goal) (event, bool) {
	s.goals = goals
	ok := s.run(goals)
	return s.found, ok
}

// run reaches the goals, on top of what is demanded already. Where it cannot,
// nothing has changed.
func (s *search) run(goals []goal) bool {
	undo := s.mark()
	demands, choices, ok := s.spread(goals)
	if !ok || !s.demand(demands) {
		undo()
		return false
	}
	if len(choices) == 0 {
		if s.finish() {
			return true
		}
		undo()
		return false
	}
	for _, alternative := range s.order(choices[0]) {
		s.judge.budget -= len(choices) * choiceCost
		if s.steps--; s.steps < 0 || s.judge.spent() {
			break
		}
		if s.run(append([]goal{alternative}, choices[1:]...)) {
			return true
		}
	}
	undo()
	return false
}

// choiceCost is what each open choice costs of the judge's budget.
const choiceCost = 32

// mark returns what takes all later demands back.
func (s *search) mark() func() {
	states, forbid := slices.Clone(s.states), slices.Clone(s.forbid)
	trail, refs := len(s.trail), len(s.refs)
	return func() {
		s.states, s.forbid, s.refs = states, forbid, s.refs[:refs]
		for _, leaf := range s.trail[trail:] {
			s.sign[leaf] = 0
		}
		s.trail = s.trail[:trail]
	}
}

// demand adds demands on leaves and finds new values where the old ones do
// not meet them.
func (s *search) demand(demands []goal) bool {
	added := make([][]int, len(s.states))
	keywords := false
	for _, d := range demands {
		leaf, sign := s.f.nodes[d.node].leaf, int8(-1)
		if d.want {
			sign = 1
		}
		if s.sign[leaf] == sign {
			continue
		}
		if s.sign[leaf] != 0 {
			s.why = "the condition wants both that " + s.m.describe(leaf) + " and that it is not so"
			return false
		}
		s.sign[leaf] = sign
		s.trail = append(s.trail, leaf)
		l := &s.m.leaves[leaf]
		if _, ref := l.test.(*ir.FieldRef); ref {
			s.refs = append(s.refs, leaf)
		} else if l.field == "" && sign < 0 {
			s.forbid.set(leaf)
			keywords = true
		} else {
			added[l.slot] = append(added[l.slot], leaf)
		}
	}
	for slot, leaves := range added {
		st := &s.states[slot]
		if leaves != nil {
			st.leaves = slices.Concat(st.leaves, leaves)
		}
		if (leaves != nil || keywords) && !s.settle(slot) {
			return false
		}
	}
	return true
}

// settle makes sure that a field has a value that meets its demands.
func (s *search) settle(slot int) bool {
	st := &s.states[slot]
	if s.meets(slot, st.truth) {
		return true
	}
	for v := range s.candidates(slot, s.demands(slot), nil) {
		if s.judge.spent() {
			break
		}
		s.judge.budget -= len(st.leaves)
		if truth := s.judge.value(slot, v); s.meets(slot, truth) {
			st.value, st.truth = v, truth
			return true
		}
	}
	s.why = s.conflict(slot)
	return false
}

// meets reports whether a value with that truth meets the demands on a field.
func (s *search) meets(slot int, truth bits) bool {
	for _, leaf := range s.states[slot].leaves {
		if truth.has(leaf) != (s.sign[leaf] > 0) {
			return false
		}
	}
	return !truth.meets(s.forbid)
}

// demands returns the tests that a field must pass and must not pass.
func (s *search) demands(slot int) (d demands) {
	for _, leaf := range s.states[slot].leaves {
		if t := s.m.leaves[leaf].test; s.sign[leaf] > 0 {
			d.pass = append(d.pass, t)
		} else {
			d.fail = append(d.fail, t)
		}
	}
	return d
}

// demands are what the value of a field must and must not pass.
type demands struct{ pass, fail []ir.Test }

// conflict says in words what was demanded of a field in vain.
func (s *search) conflict(slot int) string {
	const most = 4
	var parts []string
	for _, leaf := range s.states[slot].leaves {
		part := eval.Describe(s.m.leaves[leaf].test, s.m.leaves[leaf].field)
		if s.sign[leaf] < 0 {
			part = "not: " + part
		}
		if len(parts) == most {
			parts = append(parts, "...")
			break
		}
		parts = append(parts, part)
	}
	return "no value was found of which all is true: " + s.m.fields[slot].name + " " + strings.Join(parts, "; ")
}

// finish makes references hold and checks that the event reaches all goals.
func (s *search) finish() bool {
	if !s.settleRefs() {
		return false
	}
	e := event{values: make([]value, len(s.states))}
	for i := range s.states {
		e.values[i] = s.states[i].value
	}
	truth, _ := s.judge.event(&e)
	if !s.reached(truth) {
		return false
	}
	s.found = e
	return true
}

// reached reports whether an event with that truth reaches the goals.
func (s *search) reached(truth bits) bool {
	s.f.forget()
	for _, g := range s.goals {
		if s.f.eval(g.node, truth) != g.want {
			return false
		}
	}
	return true
}
