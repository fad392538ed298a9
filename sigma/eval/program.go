package eval

import (
	"cmp"
	"math"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A need is a set of bits of which one is set wherever an expression is true.
type need struct {
	bits []uint32
	cost float64
}

// need returns the least likely such set, or nil where there is none.
func (b *builder) need(n *node) *need {
	switch n.op {
	case leafNode:
		return b.needLeaf(n)
	case andNode:
		var best *need
		for _, k := range n.kids {
			if x := b.need(k); x != nil && (best == nil || x.cost < best.cost) {
				best = x
			}
		}
		return best
	case orNode:
		all := &need{}
		for _, k := range n.kids {
			x := b.need(k)
			if x == nil {
				return nil
			}
			all.bits, all.cost = append(all.bits, x.bits...), all.cost+x.cost
		}
		return all
	case falseNode:
		return &need{}
	}
	return nil
}

// needLeaf is need for a leaf. Tests that are made late stand in a conjunction
// with what they cannot do without, where there is such a thing.
func (b *builder) needLeaf(n *node) *need {
	bit, ok, lazy := b.leaf(n)
	if !ok || len(lazy) > 0 {
		return nil
	}
	return &need{[]uint32{bit}, b.costs[bit]}
}

// rule compiles the alternatives of a rule, each behind its own bits.
func (b *builder) rule(tree *node, rule int32) {
	alternatives := []*node{tree}
	if tree.op == orNode {
		alternatives = tree.kids
	}
	for _, n := range alternatives {
		start := b.gen(n, accept, reject)
		if start == reject {
			continue
		}
		p := program{start, rule}
		trigger := b.need(n)
		if trigger == nil {
			b.always = append(b.always, p)
			continue
		}
		slices.Sort(trigger.bits)
		for _, bit := range slices.Compact(trigger.bits) {
			b.byBit[bit] = append(b.byBit[bit], entry{b.guard(n, trigger, bit), p})
		}
	}
}

// guard returns a second bit that the alternative cannot do without, the
// least likely one, or the first again where there is no other.
func (b *builder) guard(n *node, trigger *need, bit uint32) uint32 {
	if n.op != andNode {
		return bit
	}
	best := bit
	for _, k := range n.kids {
		x := b.need(k)
		if x == nil || len(x.bits) != 1 || slices.Contains(trigger.bits, x.bits[0]) {
			continue
		}
		if best == bit || b.costs[x.bits[0]] < b.costs[best] {
			best = x.bits[0]
		}
	}
	return best
}

// gen writes the instructions of an expression and returns the first: they go
// on to yes where it is true and to not where it is false.
func (b *builder) gen(n *node, yes, not int32) int32 {
	switch n.op {
	case leafNode:
		bit, ok, lazy := b.leaf(n)
		for _, id := range lazy {
			not = b.emit(uint32(b.bits)+b.late(id), yes, not)
		}
		if ok {
			not = b.emit(bit, yes, not)
		}
		return not
	case andNode:
		for _, k := range b.ordered(n.kids) {
			yes = b.gen(k, yes, not)
		}
		return yes
	case orNode:
		for _, k := range b.ordered(n.kids) {
			not = b.gen(k, yes, not)
		}
		return not
	case notNode:
		return b.gen(n.kids[0], not, yes)
	case trueNode:
		return yes
	}
	return not
}

// ordered returns the parts of a conjunction or disjunction with those last
// that are to be looked at first: single bits, the rarest of all.
func (b *builder) ordered(kids []*node) []*node {
	kids = slices.Clone(kids)
	slices.SortStableFunc(kids, func(x, y *node) int { return cmp.Compare(b.effort(y), b.effort(x)) })
	return kids
}

func (b *builder) effort(n *node) float64 {
	switch n.op {
	case leafNode:
		bit, ok, lazy := b.leaf(n)
		effort := 100 * float64(len(lazy))
		if ok {
			effort += b.costs[bit]
		}
		return effort
	case notNode:
		return b.effort(n.kids[0]) + 2
	}
	sum := 4.0
	for _, k := range n.kids {
		sum += b.effort(k)
	}
	return sum
}

func (b *builder) emit(bit uint32, yes, not int32) int32 {
	b.code = append(b.code, instruction{bit, yes, not})
	return int32(len(b.code) - 1)
}

// late returns the number of a lazy test.
func (b *builder) late(id int32) uint32 {
	n, ok := b.lazies[id]
	if !ok {
		n = uint32(len(b.lazy))
		b.lazies[id] = n
		b.lazy = append(b.lazy, b.plan.atoms[id])
	}
	return n
}

// likely estimates how often a value of the field passes the test. Short
// texts do often, and so do those that many rules name or that filters name.
func (a *atom) likely() float64 {
	p := 0.5
	switch t := a.test.(type) {
	case *ir.Text, *ir.Bool:
		if list := a.plain(); list != nil && list[0].shape == ir.Any {
			return 0.95
		}
		if list := a.needles(); list != nil {
			p = 0.5 * math.Pow(0.75, float64(shortest(list)))
		}
	case *ir.Regexp:
		if list := literals(t); list != nil {
			p = 0.5 * math.Pow(0.75, float64(shortest(list)))
		}
	case *ir.Compare:
		if t.Op == ir.Eq {
			p = 0.03
		}
	case *ir.Exists:
		return 0.95
	}
	if a.slot == wordSlot {
		p *= 4
	}
	p *= 1 + math.Sqrt(float64(a.uses))/2
	if a.noise > 0 {
		p *= 4
	}
	return min(p, 0.9)
}
