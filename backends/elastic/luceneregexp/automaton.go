package luceneregexp

// An automaton is a finite automaton whose first state is the beginning. Its
// edges are expressions.
type automaton struct {
	edges  []map[int]*node // by the state they lead from and to
	accept []bool
}

// automaton returns the automaton of a term: its derivatives are its states.
func (d *deriver) automaton(t *term) (*automaton, bool) {
	states, index := []*term{t}, map[*term]int{t: 0}
	a := &automaton{}
	for i := 0; i < len(states); i++ {
		a.accept = append(a.accept, states[i].nullable)
		ranges := make(map[int][]rune)
		for _, l := range d.letters {
			next := d.derive(states[i], l[0])
			if next.isNothing() {
				continue
			}
			k, ok := index[next]
			if !ok {
				k = len(states)
				index[next] = k
				states = append(states, next)
			}
			ranges[k] = append(ranges[k], l[0], l[1])
			if len(states) > maxStates || d.full() {
				return nil, false
			}
		}
		out := make(map[int]*node)
		for k, rs := range ranges {
			out[k] = class(rs)
		}
		a.edges = append(a.edges, out)
	}
	return a, true
}

// expression takes the states out, those first that have few edges, until one
// edge is left between a new beginning and a new end.
func (a *automaton) expression() (*node, bool) {
	begin, end := len(a.edges), len(a.edges)+1
	a.edges = append(a.edges, map[int]*node{0: empty}, map[int]*node{})
	for i, accept := range a.accept {
		if accept {
			a.edges[i][end] = empty
		}
	}
	left := make(map[int]bool, begin)
	for i := range begin {
		left[i] = true
	}
	for len(left) > 0 {
		i := a.cheapest(left)
		delete(left, i)
		if !a.remove(i) {
			return nil, false
		}
	}
	if n, ok := a.edges[begin][end]; ok {
		return n, true
	}
	return nothing, true
}

// cheapest returns the state that it costs least to take out: the one with the
// fewest ways through it, of equals the first.
func (a *automaton) cheapest(left map[int]bool) int {
	in := make([]int, len(a.edges))
	for _, edges := range a.edges {
		for k := range edges {
			in[k]++
		}
	}
	best, least := -1, 0
	for i := range left {
		cost := in[i] * len(a.edges[i])
		if best < 0 || cost < least || cost == least && i < best {
			best, least = i, cost
		}
	}
	return best
}

// remove takes a state out: each way through it becomes an edge.
func (a *automaton) remove(i int) bool {
	out := a.edges[i]
	a.edges[i] = nil
	loop := empty
	if n, ok := out[i]; ok {
		loop = &node{op: opRepeat, subs: []*node{n}, max: unlimited}
		delete(out, i)
	}
	size := 0
	for _, edges := range a.edges {
		into, ok := edges[i]
		if !ok {
			continue
		}
		delete(edges, i)
		for k, n := range out {
			way := sequence(into, loop, n)
			if old, ok := edges[k]; ok {
				way = either(old, way)
			}
			edges[k] = way
			if size += count(way, maxNodes); size > maxNodes {
				return false
			}
		}
	}
	return true
}

// sequence returns the parts one after the other, without those that are
// empty.
func sequence(parts ...*node) *node {
	var subs []*node
	for _, p := range parts {
		if !p.isEmpty() {
			subs = append(subs, p)
		}
	}
	return concat(subs)
}

// either returns the union of two parts: one class of two.
func either(a, b *node) *node {
	if a.op == opClass && b.op == opClass {
		return class(append(append([]rune(nil), a.ranges...), b.ranges...))
	}
	return branch(opUnion, []*node{a, b})
}

// count returns how many nodes an expression has, at most somewhat more than
// most.
func count(n *node, most int) int {
	total := 1
	for _, sub := range n.subs {
		if total > most {
			break
		}
		total += count(sub, most-total)
	}
	return total
}
