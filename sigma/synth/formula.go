package synth

import "github.com/sigma-compiler/sigmac/sigma/ir"

// A formula is the condition of a rule as a graph over its leaves: a search
// that the condition names several times is there once.
type formula struct {
	nodes []node
	root  int
	roots []int // of each condition of the rule

	known []uint32 // by node: the evaluation that its value is of
	value []bool
	turn  uint32
}

// A node is one part of the condition.
type node struct {
	op      op
	kids    []int
	leaf    int    // of a leafNode
	yes     bool   // of a constNode
	name    string // of the search that the node is
	test    bool   // it joins the values of one item
	parents []int
}

type op uint8

const (
	andNode op = iota
	orNode
	notNode
	leafNode
	constNode
)

func newFormula(m *model) *formula {
	b := formulaBuilder{m: m, f: &formula{}, named: map[*ir.Named]int{}}
	for _, e := range m.rule.Where {
		b.f.roots = append(b.f.roots, b.expr(e))
	}
	b.f.root = b.f.roots[0]
	if len(b.f.roots) > 1 {
		b.f.root = b.group(orNode, b.f.roots)
	}
	b.f.known, b.f.value = make([]uint32, len(b.f.nodes)), make([]bool, len(b.f.nodes))
	return b.f
}

type formulaBuilder struct {
	m     *model
	f     *formula
	named map[*ir.Named]int
}

func (b *formulaBuilder) add(n node) int {
	id := len(b.f.nodes)
	b.f.nodes = append(b.f.nodes, n)
	for _, k := range n.kids {
		b.f.nodes[k].parents = append(b.f.nodes[k].parents, id)
	}
	return id
}

func (b *formulaBuilder) group(o op, kids []int) int { return b.add(node{op: o, kids: kids}) }

func (b *formulaBuilder) exprs(o op, xs []ir.Expr) int {
	kids := make([]int, len(xs))
	for i, x := range xs {
		kids[i] = b.expr(x)
	}
	return b.group(o, kids)
}

func (b *formulaBuilder) expr(e ir.Expr) int {
	switch e := e.(type) {
	case ir.And:
		return b.exprs(andNode, e)
	case ir.Or:
		return b.exprs(orNode, e)
	case *ir.Not:
		return b.exprs(notNode, []ir.Expr{e.X})
	case *ir.Named:
		id, ok := b.named[e]
		if !ok {
			id = b.expr(e.X)
			b.named[e] = id
			if b.f.nodes[id].name == "" {
				b.f.nodes[id].name = e.Name
			}
		}
		return id
	case *ir.Match:
		return b.test(e.Field, e.Test)
	case *ir.Keyword:
		return b.test("", e.Test)
	case ir.Const:
		return b.add(node{op: constNode, yes: bool(e)})
	}
	return b.add(node{op: constNode}) // *ir.Raw, which newJudge has refused
}

func (b *formulaBuilder) test(field string, t ir.Test) int {
	o, list := orNode, []ir.Test(nil)
	switch t := t.(type) {
	case ir.AnyOf:
		list = t
	case ir.AllOf:
		o, list = andNode, t
	default:
		return b.add(node{op: leafNode, leaf: b.m.number[leafKey{field, t}]})
	}
	kids := make([]int, len(list))
	for i, u := range list {
		kids[i] = b.test(field, u)
	}
	id := b.group(o, kids)
	b.f.nodes[id].test = true
	return id
}

// holds evaluates the condition where the leaves in truth pass.
func (f *formula) holds(truth bits) bool {
	f.forget()
	return f.eval(f.root, truth)
}

// forget makes eval look at a new truth.
func (f *formula) forget() {
	if f.turn++; f.turn == 0 {
		clear(f.known)
		f.turn = 1
	}
}

func (f *formula) eval(id int, truth bits) bool {
	if f.known[id] == f.turn {
		return f.value[id]
	}
	n := &f.nodes[id]
	v := false
	switch n.op {
	case leafNode:
		v = truth.has(n.leaf)
	case constNode:
		v = n.yes
	case notNode:
		v = !f.eval(n.kids[0], truth)
	default:
		v = n.op == andNode
		for _, k := range n.kids {
			if f.eval(k, truth) != v {
				v = !v
				break
			}
		}
	}
	f.known[id], f.value[id] = f.turn, v
	return v
}

// pivotal reports whether the condition would turn if the leaf did.
func (f *formula) pivotal(leaf int, truth bits) bool {
	before := f.holds(truth)
	truth.flip(leaf)
	after := f.holds(truth)
	truth.flip(leaf)
	return before != after
}

// leafNodes returns the node of each leaf, the first of several.
func (f *formula) leafNodes(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = -1
	}
	for id := range f.nodes {
		if x := &f.nodes[id]; x.op == leafNode && at[x.leaf] < 0 {
			at[x.leaf] = id
		}
	}
	return at
}

// search returns the name of the search that a node is in, "" where none has
// a name.
func (f *formula) search(id int) string {
	for {
		n := &f.nodes[id]
		if n.name != "" || len(n.parents) == 0 {
			return n.name
		}
		id = n.parents[0]
	}
}
