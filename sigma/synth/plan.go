package synth

import (
	"fmt"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A plan collects the events of a rule, the most telling first, until there
// are enough.
type plan struct {
	*maker
	events []Event
	bytes  int             // of the events
	seen   map[string]bool // the events that are there already
	used   map[string]int  // by kind of edit: how often it was made
	others int             // how many edits that any test could have were made
	drafts []*draft
	tests  []*planned
}

// planned is a leaf on its way to its events.
type planned struct {
	leaf   int
	draft  *draft
	edits  []edit
	listed bool // in a long list, whose edits were combined
}

// make makes the events.
func (mk *maker) make(rule *ir.Rule) *Set {
	p := &plan{maker: mk, seen: map[string]bool{}, used: map[string]int{}}
	why := p.matching()
	p.pivots()
	p.vary()
	for _, t := range p.tests {
		if p.judge.spent() {
			break
		}
		t.edits = p.edits(t.draft, t.leaf)
	}
	p.rounds()
	set := &Set{Rule: rule, Events: p.events, Assumed: mk.m.assumed, Computed: computed(rule)}
	for _, f := range mk.m.fields {
		set.Fields = append(set.Fields, Field{Name: f.name, Type: f.typ, Declared: f.declared})
	}
	if !p.matched() {
		set.Unmatched = why
	}
	return set
}

// matched reports whether there is an event that the rule matches.
func (p *plan) matched() bool {
	for i := range p.events {
		if p.events[i].Expect {
			return true
		}
	}
	return false
}

// full reports whether no more events are wanted.
func (p *plan) full() bool {
	return len(p.events) >= p.max || p.bytes > maxKept || p.judge.spent()
}

// maxKept bounds the events of a rule, in bytes.
const maxKept = 16 << 20

// put adds an event unless it is there already.
func (p *plan) put(e *event, match bool, t Trait, why string) bool {
	json := p.m.appendEvent(nil, e)
	if p.full() || p.seen[string(json)] {
		return false
	}
	p.seen[string(json)] = true
	p.bytes += len(json)
	p.events = append(p.events, Event{JSON: json, Expect: match, Why: why, Traits: t | p.traits(e)})
	return true
}

// matching adds an event for each condition of the rule, with the fields of
// the rule all there and with as few as possible. It returns why there is
// none.
func (p *plan) matching() *sigma.Error {
	why := ""
	for i, root := range p.f.roots {
		s := p.newSearch(0)
		e, ok := s.reach([]goal{{root, true}})
		if !ok {
			why = s.why
			continue
		}
		d := p.drafted(s, e, -1)
		p.dress(d, -1)
		p.drafts = append(p.drafts, d)
		d.why = "the condition"
		if len(p.f.roots) > 1 {
			d.why = fmt.Sprintf("condition %d", i+1)
		}
		p.put(&d.event, d.match, 0, d.why)
	}
	if p.matched() {
		return nil
	}
	if p.judge.spent() {
		why = "the rule is too large to try more"
	}
	return &sigma.Error{Pos: p.m.pos(), Code: sigma.RuleRejected, Msg: "no event was found that the rule matches", Hint: why}
}

// pivots adds for each chosen leaf an event in which it decides, unless it
// decides in one that is there.
func (p *plan) pivots() {
	chosen := p.sample(p.max)
	for _, leaf := range chosen {
		p.need.set(leaf)
	}
	for _, d := range p.drafts {
		p.met(d)
	}
	for _, leaf := range chosen {
		if d := p.decided(leaf); d != nil {
			p.tests = append(p.tests, &planned{leaf: leaf, draft: d})
			continue
		}
		if len(p.drafts) >= max(p.max*2/5, 1) || p.full() {
			continue
		}
		d, ok := p.pivot(leaf, len(p.drafts))
		if !ok {
			continue
		}
		if len(p.drafts)%2 == 0 {
			p.dress(d, leaf)
		}
		d.why = p.why(leaf)
		p.put(&d.event, d.match, 0, d.why)
		p.tests = append(p.tests, &planned{leaf: leaf, draft: d})
		p.drafts = append(p.drafts, d)
		p.met(d)
	}
}

// met notes which leaves decide in a draft.
func (p *plan) met(d *draft) {
	for leaf := range p.at {
		if p.need.has(leaf) && d.truth.has(leaf) && p.f.pivotal(leaf, d.truth) {
			p.need.flip(leaf)
		}
	}
}

// decided returns a draft in which the leaf passes and decides.
func (p *plan) decided(leaf int) *draft {
	if p.need.has(leaf) {
		return nil
	}
	for _, d := range p.drafts {
		if d.truth.has(leaf) && p.f.pivotal(leaf, d.truth) {
			return d
		}
	}
	return nil
}

// A turn is which edits are added in a round.
type turn uint8

const (
	first  turn = iota // those that show most, of the tests of short lists
	listed             // those that show most, of the values of long lists
	other              // those that any test could have
)

// takes reports whether an edit of a leaf is added in that turn.
func (u turn) takes(t *planned, e *edit) bool {
	switch u {
	case first:
		return e.first && !t.listed
	case listed:
		return e.first && t.listed
	}
	return !e.first
}

// The edits that any test could have: at least how many a rule gets, and how
// many in a row; a rule with few events gets more.
const (
	leastOther = 8
	otherRound = 4
	fewEvents  = 24
)

// rounds adds edits of the chosen leaves, one of each in a round: first those
// that show most of what each test asks for, and between them some others.
func (p *plan) rounds() {
	p.combine()
	others := p.round(other, min(otherRound, p.max/10))
	for _, u := range []turn{first, listed} {
		for !p.full() && p.left(u) {
			p.round(u, p.max)
			if others < leastOther {
				others += p.round(other, otherRound)
			}
		}
	}
	for !p.full() && p.left(other) && (!p.usual || others < leastOther || len(p.events) < fewEvents) {
		others += p.round(other, 1)
	}
}

// left reports whether there are edits left for that turn.
func (p *plan) left(u turn) bool {
	return slices.ContainsFunc(p.tests, func(t *planned) bool {
		return slices.ContainsFunc(t.edits, func(e edit) bool { return u.takes(t, &e) })
	})
}

// round adds an edit of each leaf, most at the most, and returns how many. The
// leaf that comes first is another one each time.
func (p *plan) round(u turn, most int) (n int) {
	for i := range p.tests {
		t := p.tests[i]
		if u == other {
			t = p.tests[(p.others+i)%len(p.tests)]
		}
		if p.full() || n >= most {
			break
		}
		for {
			e, ok := p.next(t, u)
			if !ok {
				break
			}
			if p.put(&e.event, e.match, e.trait, p.whyEdit(t, &e)) {
				n++
				break
			}
		}
	}
	if u == other {
		p.others += n
	}
	return n
}

// next takes the next edit of a leaf: of those that show most the next in
// order, of the others the one whose kind was made least.
func (p *plan) next(t *planned, u turn) (edit, bool) {
	best := -1
	t.edits = slices.DeleteFunc(t.edits, func(e edit) bool { return e.once && p.used[e.kind] > 0 })
	for i := range t.edits {
		e := &t.edits[i]
		if !u.takes(t, e) {
			continue
		}
		if best < 0 || p.rank(t, e) < p.rank(t, &t.edits[best]) {
			best = i
		}
		if u != other {
			break
		}
	}
	if best < 0 {
		return edit{}, false
	}
	e := t.edits[best]
	t.edits = slices.Delete(t.edits, best, best+1)
	p.used[e.kind]++
	return e, true
}

// rank orders edits: kinds that were not made yet, and of them, two times of
// three, those that turn the answer.
func (p *plan) rank(t *planned, e *edit) int {
	rank := 2 * p.used[e.kind]
	if (e.match == t.draft.match) == (p.others%3 > 0) {
		rank++
	}
	return rank
}

// whyEdit says what an edit is about.
func (p *plan) whyEdit(t *planned, e *edit) string {
	why := p.why(t.leaf) + ", " + e.what
	if e.match != t.draft.match {
		return "near miss: " + why
	}
	return why
}
