package eval

import "slices"

// A node is a boolean expression over atoms. A leaf is true where one of its
// atoms is; it has one, or several that the index finds.
type node struct {
	op    nodeOp
	kids  []*node
	atoms []int32 // of a leaf, sorted
}

type nodeOp uint8

const (
	leafNode nodeOp = iota
	andNode
	orNode
	notNode
	trueNode
	falseNode
)

// joinNodes makes a conjunction or disjunction. Constants are folded, nested
// ones of the same kind joined, and the leaves of a disjunction that the
// index finds become one.
func joinNodes(op nodeOp, kids []*node) *node {
	neutral, final := trueNode, falseNode
	if op == orNode {
		neutral, final = final, neutral
	}
	var out []*node
	var any *node
	for len(kids) > 0 {
		k := kids[0]
		kids = kids[1:]
		switch {
		case k.op == final:
			return k
		case k.op == neutral:
		case k.op == op:
			kids = append(k.kids[:len(k.kids):len(k.kids)], kids...)
		case op == orNode && k.op == leafNode:
			if any == nil {
				any = &node{}
				out = append(out, any)
			}
			any.atoms = append(any.atoms, k.atoms...)
		default:
			out = append(out, k)
		}
	}
	if any != nil {
		slices.Sort(any.atoms)
		any.atoms = slices.Compact(any.atoms)
	}
	switch len(out) {
	case 0:
		return &node{op: neutral}
	case 1:
		return out[0]
	}
	return &node{op: op, kids: out}
}

func negateNode(x *node) *node {
	switch x.op {
	case notNode:
		return x.kids[0]
	case trueNode:
		return &node{op: falseNode}
	case falseNode:
		return &node{op: trueNode}
	}
	return &node{op: notNode, kids: []*node{x}}
}
