package synth

import "slices"

// A draft is an event with what the evaluator says of it, and how it was made.
type draft struct {
	event    event
	truth    bits
	match    bool
	pass     [][]int // by field: the leaves that its value was made for
	pivotal  bool    // the answer would turn if the leaf did that the draft is about
	searched *search // that found it
	why      string  // what it is about
}

// pivot looks for an event in which a leaf passes and decides: all beside it
// on its way to the condition is as it must be for the answer to turn with it.
// Where that cannot be, as with "foo" beside "foobar", the event is one in
// which the leaf passes and the condition needs it as far as possible.
func (mk *maker) pivot(leaf, turn int) (*draft, bool) {
	const ways = 3
	var best *draft
	for way := range ways {
		hard, soft := mk.beside(mk.at[leaf], way)
		self := goal{mk.at[leaf], true}
		for _, goals := range [][]goal{
			append(append([]goal{self}, hard...), soft...),
			append([]goal{self}, hard...),
			{self},
		} {
			d, ok := mk.draft(leaf, goals, turn)
			if ok && d.pivotal {
				return d, true
			}
			if ok && best == nil {
				best = d
			}
		}
		if !mk.shared(mk.at[leaf]) {
			break
		}
	}
	return best, best != nil
}

// draft looks for an event that reaches the goals.
func (mk *maker) draft(leaf int, goals []goal, turn int) (*draft, bool) {
	s := mk.newSearch(turn)
	e, ok := s.reach(goals)
	if !ok {
		return nil, false
	}
	return mk.drafted(s, e, leaf), true
}

// drafted returns the draft of an event that a search found.
func (mk *maker) drafted(s *search, e event, leaf int) *draft {
	d := mk.judged(e)
	d.searched = s
	d.pass = make([][]int, len(s.states))
	for i := range s.states {
		for _, l := range s.states[i].leaves {
			if s.sign[l] > 0 {
				d.pass[i] = append(d.pass[i], l)
			}
		}
	}
	if leaf >= 0 {
		d.pivotal = mk.f.pivotal(leaf, d.truth)
	}
	return d
}

// judged returns the draft of an event.
func (mk *maker) judged(e event) *draft {
	d := &draft{event: e}
	d.truth, d.match = mk.judge.event(&e)
	return d
}

// beside returns what must hold beside a node for the condition to turn with
// it: the other parts of each conjunction above it, and none of each
// disjunction. Where a search is named several times, way chooses the place.
func (mk *maker) beside(id, way int) (hard, soft []goal) {
	for len(mk.f.nodes[id].parents) > 0 {
		parents := mk.f.nodes[id].parents
		up := parents[way%len(parents)]
		for _, k := range mk.f.nodes[up].kids {
			if k == id {
				continue
			}
			if mk.f.nodes[up].op == andNode {
				hard = append(hard, goal{k, true})
			} else {
				soft = append(soft, goal{k, false})
			}
		}
		id = up
	}
	return hard, soft
}

// shared reports whether a node, or one above it, stands in several places.
func (mk *maker) shared(id int) bool {
	for {
		parents := mk.f.nodes[id].parents
		if len(parents) != 1 {
			return len(parents) > 1
		}
		id = parents[0]
	}
}

// dress gives the fields that the event lacks values that change nothing, as
// real events have them.
func (mk *maker) dress(d *draft, leaf int) {
	for slot := range mk.m.fields {
		if d.event.values[slot].kind != absent || slot == mk.m.wordSlots[1] {
			continue
		}
		for _, v := range mk.m.fields[slot].ordinary() {
			if !d.searched.meets(slot, mk.judge.value(slot, v)) {
				continue
			}
			next := mk.judged(d.event.with(slot, v))
			if next.match != d.match || leaf >= 0 && (next.truth.has(leaf) != d.truth.has(leaf) || mk.f.pivotal(leaf, next.truth) != d.pivotal) {
				continue
			}
			d.event, d.truth = next.event, next.truth
			break
		}
	}
}

// sample chooses which leaves get events of their own, n at most: of each list
// the first and the last, then values of every other form, then any.
func (mk *maker) sample(n int) []int {
	var order []int
	lists := map[int][]int{}
	for leaf, id := range mk.at {
		up := id
		if parents := mk.f.nodes[id].parents; len(parents) > 0 {
			up = parents[0]
		}
		if lists[up] == nil {
			order = append(order, up)
		}
		lists[up] = append(lists[up], leaf)
	}
	for up, list := range lists {
		lists[up] = mk.ranked(list)
	}
	var chosen []int
	for round := 0; len(chosen) < min(n, len(mk.at)); round++ {
		for _, up := range order {
			if list := lists[up]; round < len(list) && len(chosen) < n {
				chosen = append(chosen, list[round])
			}
		}
	}
	return chosen
}

// ranked orders the leaves of a list: those that stand for the others first.
func (mk *maker) ranked(list []int) []int {
	if len(list) < 3 {
		return list
	}
	out := []int{list[0], list[len(list)-1]}
	middle := slices.Clone(list[1 : len(list)-1])
	mk.random().Shuffle(len(middle), func(i, k int) { middle[i], middle[k] = middle[k], middle[i] })
	forms := map[string]bool{mk.form(out[0]): true, mk.form(out[1]): true}
	var rest []int
	for _, leaf := range middle {
		if f := mk.form(leaf); forms[f] {
			rest = append(rest, leaf)
		} else {
			forms[f] = true
			out = append(out, leaf)
		}
	}
	return append(out, rest...)
}
