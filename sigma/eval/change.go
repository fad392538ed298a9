package eval

import (
	"cmp"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Change is one thing about the event that would have to be otherwise. With
// all changes of an explanation made, the rule was found to give the other
// answer. That is about the fields by their names: where an event has one
// nested, or under another name, it is as if the change stood beside it as a
// flat field.
type Change struct {
	Field string   `json:"field"` // "" stands for any field, such as one that the rule does not name
	Seen  []string `json:"seen,omitempty"`
	Want  string   `json:"want"` // in words, such as `ends with "\cmd.exe"`
	Line  int      `json:"line,omitempty"`

	// Values are an example: what the field could be. Several changes of one
	// field have the same. Without values it is null, or, with Remove, not
	// there. For any field, Remove says that every value that is not as
	// wanted is null.
	Values []string `json:"values,omitempty"`
	Remove bool     `json:"remove,omitempty"`

	test ir.Test
}

// A goal is the answer that a test should give.
type goal struct {
	step *Step
	want bool
}

// An attempt is a changed event.
type attempt struct {
	goals   []goal
	instead *whatIf
	root    *Step // the rule's condition with it
	fields  int   // how many fields it changes
}

// The bounds of a search: how many changed events are looked at, and how many
// tests are made of their values, about.
const (
	maxAttempts = 300
	maxEffort   = 20_000_000
)

// A changer looks for the smallest change that turns a rule's answer.
type changer struct {
	*walker
	rule  *ir.Rule
	want  bool
	queue []*attempt
	left  int // attempts
}

// changes returns the smallest change that was found to turn the answer:
// that of the fewest fields, and of these the one that turns the fewest
// tests.
func (w *walker) changes(rule *ir.Rule, root *Step) []Change {
	size := 1 + len(w.v.values) + (len(w.v.line)+len(w.v.arena))/16
	effort := size * (1 + root.tests())
	x := &changer{walker: w, rule: rule, want: !root.Passed, left: max(2, min(maxAttempts, maxEffort/effort))}
	found := x.search(root)
	w.instead = nil
	if found == nil {
		return nil
	}
	return x.list(found)
}

// tests returns how many tests a step has.
func (s *Step) tests() int {
	n := 1
	for _, p := range s.Parts {
		n += p.tests()
	}
	return n
}

// search goes from the event to changed ones, the smallest change first. An
// answer that a change has turned beside those that it was made for is turned
// back by the next.
func (x *changer) search(root *Step) *attempt {
	x.queue = []*attempt{{instead: &whatIf{host: wordSlot}, root: root}}
	for len(x.queue) > 0 {
		a := x.queue[0]
		if a.root.Passed == x.want {
			return a
		}
		x.queue = x.queue[1:]
		for _, w := range ways(a.root) {
			x.follow(a, w)
		}
	}
	return nil
}

// follow makes the changed events of one way from an attempt.
func (x *changer) follow(a *attempt, w way) {
	goals := slices.Clone(a.goals)
	for _, s := range w {
		i := slices.IndexFunc(goals, func(g goal) bool { return g.step.slot == s.slot && g.step.test == s.test })
		if i >= 0 {
			return // it is to be as it is now
		}
		goals = append(goals, goal{s, !s.Passed})
	}
	for _, instead := range x.solve(goals) {
		if x.done(instead.size()) {
			continue
		}
		if x.left--; x.left < 0 {
			return
		}
		x.instead, x.unsure, x.a.err = instead, false, nil
		next := &attempt{goals: goals, instead: instead, root: x.root(x.rule), fields: instead.size()}
		if x.unsure {
			continue
		}
		at, _ := slices.BinarySearchFunc(x.queue, next, func(b, n *attempt) int {
			return cmp.Or(cmp.Compare(b.fields, n.fields), cmp.Compare(x.wrong(b), x.wrong(n)), cmp.Compare(len(b.goals), len(n.goals)), -1)
		})
		x.queue = slices.Insert(x.queue, at, next)
	}
}

// done reports whether a change of so few fields was found already that one
// of fields is no smaller.
func (x *changer) done(fields int) bool {
	return len(x.queue) > 0 && x.queue[0].root.Passed == x.want && x.queue[0].fields <= fields
}

// wrong orders attempts that turn the answer before others.
func (x *changer) wrong(a *attempt) int {
	if a.root.Passed == x.want {
		return 0
	}
	return 1
}

// size returns how many fields are changed.
func (x *whatIf) size() int {
	n := len(x.fields)
	if len(x.added)+len(x.dropped) > 0 {
		n++
	}
	return n
}

// name returns the name of a field.
func (x *changer) name(slot int32) string {
	for name, s := range x.slots {
		if s == slot {
			return name
		}
	}
	return ""
}

// list returns the changes of an attempt.
func (x *changer) list(a *attempt) []Change {
	out := make([]Change, 0, len(a.goals))
	add := func(g goal, slot int32, field string) {
		c := Change{Field: field, Want: Describe(g.step.test, field), Line: g.step.test.Position().Line, test: g.step.test}
		if !g.want {
			c.Want = "not: " + c.Want
		}
		if slot == wordSlot {
			c.Remove = !g.want
			if g.want {
				c.Values = a.instead.added
			}
		} else {
			e := a.instead.fields[slot]
			c.Seen, c.Values, c.Remove = x.seen(slot), e.values, e.gone
		}
		out = append(out, c)
	}
	for _, g := range a.goals {
		slot := g.step.slot
		if slot == wordSlot {
			slot = a.instead.host
		}
		if _, edited := a.instead.fields[slot]; edited || slot == wordSlot {
			add(g, slot, x.name(slot))
		}
		if ref, ok := g.step.test.(*ir.FieldRef); ok {
			if _, edited := a.instead.fields[x.slots[ref.Field]]; edited {
				x.reverse(g, ref, a, &out)
			}
		}
	}
	return out
}

// reverse lists the change of a field that another one is compared with.
func (x *changer) reverse(g goal, ref *ir.FieldRef, a *attempt, out *[]Change) {
	slot := x.slots[ref.Field]
	if slices.ContainsFunc(*out, func(c Change) bool { return c.Field == ref.Field }) {
		return
	}
	e := a.instead.fields[slot]
	want := "field " + g.step.Field + " " + Describe(ref, g.step.Field)
	if !g.want {
		want = "not: " + want
	}
	*out = append(*out, Change{Field: ref.Field, Seen: x.seen(slot), Want: want, Line: ref.Line, Values: e.values, Remove: e.gone, test: ref})
}
