package luceneregexp

import "slices"

// Go's expressions have neither & nor ~. A part that has them is turned into
// one that has not: by its derivatives (Brzozowski 1964) it becomes a finite
// automaton, whose states are then taken out one by one until the expression
// between beginning and end is left (Kleene 1956). Both can grow without
// bounds, hence these limits.
const (
	maxStates = 200     // of the automaton
	maxNodes  = 20_000  // of the result
	maxSteps  = 200_000 // parts looked at on the way
)

// resolve returns an expression without intersections and complements: n
// itself where it has none. void says that it matches nothing, not even the
// empty string.
func resolve(n *node) (out *node, void bool, err error) {
	if n.op == opClass {
		return n, n.isNothing(), nil
	}
	out = n
	voids := 0
	for i, sub := range n.subs {
		plain, subVoid, err := resolve(sub)
		if err != nil {
			return nil, false, err
		}
		if subVoid {
			voids++
		}
		if plain == sub {
			continue
		}
		if out == n {
			c := *n
			c.subs = slices.Clone(n.subs)
			out = &c
		}
		out.subs[i] = plain
	}
	switch n.op {
	case opInter, opNot:
		out, err = rewrite(out)
		return out, out == nothing, err
	case opConcat:
		return out, voids > 0, nil
	case opUnion:
		return out, voids == len(n.subs), nil
	}
	// Nothing, repeated any number of times, is nothing to Lucene, where
	// elsewhere it is the empty string.
	if voids > 0 && (n.min > 0 || n.max == unlimited) {
		return nothing, true, nil
	}
	return out, false, nil
}

// errLarge is what resolve gives up with.
var errLarge = foreign("the operators & and ~ of the expression need more states than are tried")

// rewrite is resolve for an intersection or complement.
func rewrite(n *node) (*node, error) {
	d := deriver{made: make(map[string]*term), derived: make(map[derivative]*term), letters: partition(n)}
	a, ok := d.automaton(d.term(n))
	if !ok {
		return nil, errLarge
	}
	out, ok := a.expression()
	if !ok {
		return nil, errLarge
	}
	return out, nil
}

// partition returns the characters that the classes of an expression cannot
// tell apart, as ranges: each class has all or none of a range.
func partition(n *node) [][2]rune {
	edges := []rune{0}
	var walk func(n *node)
	walk = func(n *node) {
		if n.op == opClass {
			for i := 0; i < len(n.ranges); i += 2 {
				edges = append(edges, n.ranges[i], n.ranges[i+1]+1)
			}
		}
		for _, sub := range n.subs {
			walk(sub)
		}
	}
	walk(n)
	slices.Sort(edges)
	edges = slices.Compact(edges)
	out := make([][2]rune, 0, len(edges))
	for i, first := range edges {
		last := anyChar.ranges[1]
		if i+1 < len(edges) {
			last = edges[i+1] - 1
		}
		if first <= last {
			out = append(out, [2]rune{first, last})
		}
	}
	return out
}
