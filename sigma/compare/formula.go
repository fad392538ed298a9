package compare

import (
	"encoding/binary"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An operator is what a node of a formula is.
type operator uint8

const (
	constant operator = iota
	literal
	and
	or
)

// A node is a part of a formula in which negations stand before tests only.
type node struct {
	op   operator
	lit  lit   // of a literal
	kids []int // of and and or, sorted, each once
}

// The nodes of the constants.
const (
	falseNode = iota
	trueNode
)

// A lit is a test or its negation: twice its number, and one for the negation.
type lit int32

func (l lit) not() lit { return l ^ 1 }

// maxFormula bounds the formulas of two rules: their nodes and what these
// refer to.
const maxFormula = 1 << 19

// A table holds formulas. Equal parts are one node, whatever the order in which
// they were written, so that equal numbers are equal formulas.
type table struct {
	nodes   []node
	ids     map[string]int
	named   map[mention]int
	negated map[int]int
	tests   tests
	size    int
	key     []byte
}

// A mention is a search as it stands, or negated.
type mention struct {
	search *ir.Named
	negate bool
}

func newTable() *table {
	t := &table{ids: map[string]int{}, named: map[mention]int{}, negated: map[int]int{}, tests: newTests()}
	t.nodes = []node{{op: constant}, {op: constant}}
	return t
}

// full reports whether the formulas are too large to reason about. What was
// built then means nothing.
func (t *table) full() bool { return t.size > maxFormula }

// expr returns the node of an expression, or of its negation.
func (t *table) expr(e ir.Expr, negate bool) int {
	if t.full() {
		return falseNode
	}
	switch e := e.(type) {
	case ir.And:
		return t.list(and, negate, len(e), func(i int) int { return t.expr(e[i], negate) })
	case ir.Or:
		return t.list(or, negate, len(e), func(i int) int { return t.expr(e[i], negate) })
	case *ir.Not:
		return t.expr(e.X, !negate)
	case *ir.Named:
		m := mention{e, negate}
		id, ok := t.named[m]
		if !ok {
			id = t.expr(e.X, negate)
			t.named[m] = id
		}
		return id
	case *ir.Match:
		return t.test(e.Test, place{field: e.Field}, negate)
	case *ir.Keyword:
		return t.test(e.Test, place{keyword: true}, negate)
	case *ir.Raw:
		return t.literal(t.tests.number("raw "+e.Text, nil, place{}), negate)
	case ir.Const:
		return constantNode(bool(e) != negate)
	}
	t.size = maxFormula + 1 // of an expression that is not known nothing is said
	return falseNode
}

func constantNode(value bool) int {
	if value {
		return trueNode
	}
	return falseNode
}

// test returns the node of the tests of an item. Tests of one field that must
// all pass need not pass by the same of its values (M4).
func (t *table) test(x ir.Test, at place, negate bool) int {
	part := func(list []ir.Test) func(int) int {
		return func(i int) int { return t.test(list[i], at, negate) }
	}
	switch x := x.(type) {
	case ir.AnyOf:
		return t.list(or, negate, len(x), part(x))
	case ir.AllOf:
		return t.list(and, negate, len(x), part(x))
	}
	if e, ok := x.(*ir.Exists); ok && !e.Want {
		negate = !negate
	}
	return t.literal(t.tests.of(x, at), negate)
}

func (t *table) literal(test int, negate bool) int {
	l := lit(2 * test)
	if negate {
		l = l.not()
	}
	return t.node(literal, l, nil)
}

// list returns the node of a list: a negated one is the other one of negations.
func (t *table) list(op operator, negate bool, n int, kid func(int) int) int {
	if negate {
		op = and + or - op
	}
	var kids []int
	for i := range n {
		id := kid(i)
		if x := &t.nodes[id]; x.op == op {
			kids = append(kids, x.kids...)
		} else {
			kids = append(kids, id)
		}
		if t.size += 1; len(kids)+t.size > maxFormula {
			t.size = maxFormula + 1
			return falseNode
		}
	}
	return t.joined(op, kids)
}

// joined returns the node of a list whose parts are no lists of its kind.
func (t *table) joined(op operator, kids []int) int {
	neutral, other := trueNode, falseNode
	if op == or {
		neutral, other = other, neutral
	}
	slices.Sort(kids)
	kids = slices.DeleteFunc(slices.Compact(kids), func(id int) bool { return id == neutral })
	switch {
	case slices.Contains(kids, other):
		return other
	case len(kids) == 0:
		return neutral
	case len(kids) == 1:
		return kids[0]
	}
	return t.node(op, 0, kids)
}

// node returns the number of a node.
func (t *table) node(op operator, l lit, kids []int) int {
	t.key = binary.AppendVarint(append(t.key[:0], byte(op)), int64(l))
	for _, id := range kids {
		t.key = binary.AppendUvarint(t.key, uint64(id))
	}
	id, ok := t.ids[string(t.key)]
	if !ok {
		id = len(t.nodes)
		t.ids[string(t.key)] = id
		t.nodes = append(t.nodes, node{op, l, kids})
		t.size += 1 + len(kids)
	}
	return id
}
