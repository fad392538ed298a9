package compare

import "github.com/sigma-compiler/sigmac/sigma/ir"

// defaultSteps is what a proof may cost: far more than rules as people write
// them need, and less than a second.
const defaultSteps = 8 << 20

// A proof is two formulas and what is proven of them.
type proof struct {
	*table
	x, y   int // the formulas; where they are too large they mean nothing
	xy, yx bool
}

// prove finds out whether a implies b, and b implies a.
func prove(a, b ir.Expr, o *Options) *proof {
	t := newTable()
	p := &proof{table: t, x: t.expr(a, false), y: t.expr(b, false)}
	if t.full() {
		return p
	}
	if p.x == p.y {
		p.xy, p.yx = true, true
		return p
	}
	notX, notY := t.negation(p.x), t.negation(p.y)
	if t.full() {
		return p
	}
	steps := o.Steps
	if steps <= 0 {
		steps = defaultSteps
	}
	rest := steps / 2
	lemmas := t.tests.lemmas(&rest)
	p.xy = t.contradict(lemmas, notY, p.x, steps/4)
	p.yx = t.contradict(lemmas, notX, p.y, steps/4)
	return p
}

// proofs is prove where nothing but the outcome is wanted.
func proofs(a, b ir.Expr, o *Options) (ab, ba bool) {
	p := prove(a, b, o)
	return p.xy, p.yx
}

// contradict reports whether it is proven that no event makes both formulas
// true.
func (t *table) contradict(lemmas [][]lit, a, b, steps int) bool {
	s := newSolver(t, lemmas, steps)
	s.require(a)
	s.require(b)
	return s.contradiction()
}

// A solver tries whether clauses can be true together: it lets a literal of a
// clause that is open hold, follows what that means, and where that is a
// contradiction lets it not hold. Clauses are watched at two of their literals,
// since nothing follows from one while two may hold.
type solver struct {
	table   *table
	lemmas  [][]lit
	clauses [][]lit
	watched [][]int // by literal: the clauses that are watched at it
	state   []int8  // by literal: 1 holds, -1 does not, 0 is open
	trail   []lit   // that hold, in order
	next    int     // of the trail, whose consequences are not drawn
	choices []choice
	inner   map[int]lit // literals that stand for nodes
	failed  bool
	steps   int
}

// A choice is a literal that was let hold, and how long the trail was.
type choice struct {
	lit   lit
	trail int
}

func newSolver(t *table, lemmas [][]lit, steps int) *solver {
	n := len(lemmas)
	return &solver{table: t, lemmas: lemmas, watched: make([][]int, n), state: make([]int8, n), inner: map[int]lit{}, steps: steps}
}

// require lets a formula hold.
func (s *solver) require(id int) {
	x := &s.table.nodes[id]
	switch x.op {
	case constant:
		s.failed = s.failed || id == falseNode
	case literal:
		s.clause([]lit{x.lit})
	case and:
		for _, kid := range x.kids {
			s.require(kid)
		}
	case or:
		s.clause(s.literals(nil, x.kids))
	}
}

// literals appends literals that stand for nodes.
func (s *solver) literals(dst []lit, ids []int) []lit {
	for _, id := range ids {
		dst = append(dst, s.literal(id))
	}
	return dst
}

// literal returns a literal that, where it holds, lets the node hold. In a
// formula whose negations stand before tests only, the opposite is not needed.
func (s *solver) literal(id int) lit {
	x := &s.table.nodes[id]
	if x.op == literal {
		return x.lit
	}
	l, ok := s.inner[id]
	if ok {
		return l
	}
	l = lit(len(s.state))
	s.state = append(s.state, 0, 0)
	s.watched = append(s.watched, nil, nil)
	s.inner[id] = l
	if x.op == or {
		s.clause(s.literals([]lit{l.not()}, x.kids))
		return l
	}
	for _, kid := range x.kids {
		if k := &s.table.nodes[kid]; k.op == or {
			s.clause(s.literals([]lit{l.not()}, k.kids))
		} else {
			s.clause([]lit{l.not(), s.literal(kid)})
		}
	}
	return l
}

// clause adds literals of which one must hold.
func (s *solver) clause(c []lit) {
	if len(c) == 1 {
		s.failed = s.failed || !s.hold(c[0])
		return
	}
	i := len(s.clauses)
	s.clauses = append(s.clauses, c)
	s.watched[c[0]] = append(s.watched[c[0]], i)
	s.watched[c[1]] = append(s.watched[c[1]], i)
}

// hold lets a literal hold. It reports false where it is known not to.
func (s *solver) hold(l lit) bool {
	if s.state[l] == 0 {
		s.state[l], s.state[l.not()] = 1, -1
		s.trail = append(s.trail, l)
	}
	return s.state[l] > 0
}

// contradiction reports whether the clauses cannot be true together. Where that
// would cost too much it reports false.
func (s *solver) contradiction() bool {
	for !s.failed {
		if s.follow() {
			l, open := s.choose()
			if !open || s.steps <= 0 {
				return false
			}
			s.choices = append(s.choices, choice{l, len(s.trail)})
			s.hold(l)
			continue
		}
		if len(s.choices) == 0 {
			return true
		}
		last := s.choices[len(s.choices)-1]
		s.choices = s.choices[:len(s.choices)-1]
		for _, l := range s.trail[last.trail:] {
			s.state[l], s.state[l.not()] = 0, 0
		}
		s.trail, s.next = s.trail[:last.trail], last.trail
		s.hold(last.lit.not())
	}
	return true
}

// follow draws the consequences of what holds. It reports false where they
// contradict each other.
func (s *solver) follow() bool {
	for ; s.next < len(s.trail); s.next++ {
		l := s.trail[s.next]
		if int(l) < len(s.lemmas) {
			s.steps -= len(s.lemmas[l])
			for _, m := range s.lemmas[l] {
				if !s.hold(m) {
					return false
				}
			}
		}
		if !s.visit(l.not()) {
			return false
		}
	}
	return true
}

// visit looks at the clauses that are watched at a literal which does not hold:
// they are watched at another one, or their last literal holds.
func (s *solver) visit(l lit) bool {
	list := s.watched[l]
	kept := list[:0]
	for n, i := range list {
		c := s.clauses[i]
		if c[0] == l {
			c[0], c[1] = c[1], c[0]
		}
		if s.state[c[0]] > 0 || !s.move(i) {
			kept = append(kept, i)
			if !s.hold(c[0]) {
				s.watched[l] = append(kept, list[n+1:]...)
				return false
			}
		}
	}
	s.watched[l] = kept
	return true
}

// move watches a clause at another literal than its second one.
func (s *solver) move(i int) bool {
	c := s.clauses[i]
	for k := 2; k < len(c); k++ {
		s.steps--
		if s.state[c[k]] >= 0 {
			c[1], c[k] = c[k], c[1]
			s.watched[c[1]] = append(s.watched[c[1]], i)
			return true
		}
	}
	s.steps--
	return false
}

// choose returns a literal of the first clause of which none holds; false where
// there is none. Clauses about nodes that nothing asks for can be left alone.
func (s *solver) choose() (lit, bool) {
	for _, c := range s.clauses {
		s.steps--
		if l, open := s.open(c); open {
			return l, true
		}
	}
	return 0, false
}

// open returns a literal of a clause that may hold, where none does.
func (s *solver) open(c []lit) (lit, bool) {
	chosen, found := lit(0), false
	for _, l := range c {
		if s.state[l] > 0 || s.state[l] == 0 && int(l) >= len(s.lemmas) && l&1 != 0 {
			return 0, false
		}
		if s.state[l] == 0 && !found {
			chosen, found = l, true
		}
	}
	return chosen, found
}
