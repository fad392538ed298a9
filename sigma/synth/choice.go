package synth

import "slices"

// spread turns goals into the demands that they cannot do without, and the
// goals that can be reached in several ways. It is false where a goal cannot
// be reached at all.
func (s *search) spread(goals []goal) (demands []goal, choices []goal, ok bool) {
	work := slices.Clone(goals)
	slices.Reverse(work)
	for len(work) > 0 {
		g := work[len(work)-1]
		work = work[:len(work)-1]
		n := &s.f.nodes[g.node]
		switch n.op {
		case leafNode:
			demands = append(demands, g)
		case constNode:
			if n.yes != g.want {
				return nil, nil, false
			}
		case notNode:
			work = append(work, goal{n.kids[0], !g.want})
		default:
			if len(n.kids) > 1 && (n.op == orNode) == g.want {
				choices = append(choices, g)
				continue
			}
			for i := len(n.kids) - 1; i >= 0; i-- {
				work = append(work, goal{n.kids[i], g.want})
			}
		}
	}
	// What must be true decides more than what must not.
	slices.SortStableFunc(choices, func(a, b goal) int { return s.choiceRank(a) - s.choiceRank(b) })
	return demands, choices, true
}

func (s *search) choiceRank(g goal) int {
	if g.want {
		return 0
	}
	return 1
}

// order returns the alternatives of a choice: those first that have leaves
// which still need an event, then those that the event reaches already, then
// from that on whose turn it is.
func (s *search) order(g goal) []goal {
	kids := s.f.nodes[g.node].kids
	truth := s.m.newBits()
	for i := range s.states {
		truth.add(s.states[i].truth)
	}
	s.f.forget()
	var lists [3][]goal
	for i := range kids {
		k := kids[(i+s.turn)%len(kids)]
		rank := 2
		switch {
		case g.want && s.needed(k, needDepth):
			rank = 0
		case s.f.eval(k, truth) == g.want:
			rank = 1
		}
		lists[rank] = append(lists[rank], goal{k, g.want})
	}
	return slices.Concat(lists[0], lists[1], lists[2])
}

// needDepth is how far down needed looks.
const needDepth = 3

// needed reports whether a node has a leaf that still needs an event.
func (s *search) needed(id, depth int) bool {
	n := &s.f.nodes[id]
	if n.op == leafNode {
		return s.need.has(n.leaf)
	}
	if depth > 0 {
		for _, k := range n.kids[:min(len(n.kids), maxNeeded)] {
			if s.needed(k, depth-1) {
				return true
			}
		}
	}
	return false
}

// maxNeeded is at how many parts of a node needed looks.
const maxNeeded = 64
