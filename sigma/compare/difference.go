package compare

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxTree bounds the tests of a formula in which each part is written as often
// as it is referred to.
const maxTree = 20_000

// difference returns the node of what x says and y does not. What both say is
// left out where that can be: an event for it is found sooner.
func (t *table) difference(x, y int) int {
	if x == y {
		return falseNode
	}
	if xs, ys, common := split(t.parts(and, x), t.parts(and, y)); len(common) > 0 {
		return t.join(and, append(common, t.difference(t.join(and, xs...), t.join(and, ys...)))...)
	}
	xs, _, _ := split(t.parts(or, x), t.parts(or, y))
	return t.join(and, t.join(or, xs...), t.negation(y))
}

// parts returns the parts of a list, or the node itself.
func (t *table) parts(op operator, id int) []int {
	switch x := &t.nodes[id]; {
	case x.op == op:
		return x.kids
	case op == and && id == trueNode, op == or && id == falseNode:
		return nil
	}
	return []int{id}
}

// split returns what only the one list has, what only the other has, and what
// both have. Both are sorted.
func split(xs, ys []int) (onlyX, onlyY, common []int) {
	for _, id := range xs {
		if _, found := slices.BinarySearch(ys, id); found {
			common = append(common, id)
		} else {
			onlyX = append(onlyX, id)
		}
	}
	for _, id := range ys {
		if _, found := slices.BinarySearch(xs, id); !found {
			onlyY = append(onlyY, id)
		}
	}
	return onlyX, onlyY, common
}

// join returns the node of a list of any nodes.
func (t *table) join(op operator, ids ...int) int {
	var kids []int
	for _, id := range ids {
		kids = append(kids, t.parts(op, id)...)
	}
	return t.joined(op, kids)
}

// negation returns the node of the opposite.
func (t *table) negation(id int) int {
	if not, ok := t.negated[id]; ok {
		return not
	}
	var not int
	switch x := t.nodes[id]; x.op {
	case constant:
		not = constantNode(id == falseNode)
	case literal:
		not = t.node(literal, x.lit.not(), nil)
	default:
		kids := make([]int, len(x.kids))
		for i, kid := range x.kids {
			kids[i] = t.negation(kid)
		}
		not = t.join(and+or-x.op, kids...)
	}
	t.negated[id], t.negated[not] = not, id
	return not
}

// tree counts the tests of a node, each part as often as it is referred to, up
// to a bound.
func (t *table) tree(id int, known map[int]int) int {
	x := &t.nodes[id]
	if x.op == literal {
		return 1
	}
	n, ok := known[id]
	if !ok {
		for _, kid := range x.kids {
			n = min(n+t.tree(kid, known), maxTree+1)
		}
		known[id] = n
	}
	return n
}

// ir returns the expression of a node.
func (t *table) ir(id int) ir.Expr {
	x := &t.nodes[id]
	switch x.op {
	case constant:
		return ir.Const(id == trueNode)
	case literal:
		return t.literalIR(x.lit)
	}
	parts := make([]ir.Expr, len(x.kids))
	for i, kid := range x.kids {
		parts[i] = t.ir(kid)
	}
	if x.op == and {
		return ir.All(parts...)
	}
	return ir.OneOf(parts...)
}

func (t *table) literalIR(l lit) ir.Expr {
	x := &t.tests.list[l/2]
	var e ir.Expr = &ir.Match{Pos: x.test.Position(), Field: x.at.field, Test: x.test}
	if x.at.keyword {
		e = &ir.Keyword{Pos: x.test.Position(), Test: x.test}
	}
	if l&1 != 0 {
		e = ir.Negate(e)
	}
	return e
}
