package eval

import (
	"strconv"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A plan is what the rules ask for, before it is known which of them one core
// runs: their tests, interned, and a tree over these for each rule.
type plan struct {
	atoms  []*atom
	trees  []*node // by rule; nil for rules that cannot run
	chosen []int   // rules that can run
	names  *names
}

// A planner builds a plan.
type planner struct {
	*plan
	options  *Options
	slots    map[string]int32
	fields   []string
	interned map[string]int32
	key      []byte
	errs     sigma.ErrorList
	negative bool // below an odd number of negations
	leaves   int  // of the rule at work
}

// maxLeaves bounds how large the conditions of a rule may be once each name
// in them is replaced by what it stands for.
const maxLeaves = 1 << 18

// newPlan reads the rules. The errors say which cannot run and why.
func newPlan(rules []*ir.Rule, o *Options, extra []string) (*plan, sigma.ErrorList) {
	p := &planner{plan: &plan{trees: make([]*node, len(rules))}, options: o, slots: map[string]int32{}, interned: map[string]int32{}}
	for _, name := range extra {
		p.slot(name)
	}
	var errs sigma.ErrorList
	for i, r := range rules {
		if tree := p.rule(r); len(p.errs) > 0 {
			errs = append(errs, p.errs...)
		} else {
			p.trees[i] = tree
			p.chosen = append(p.chosen, i)
		}
	}
	p.names = newNames(p.fields)
	return p.plan, errs
}

// checkRule returns what keeps a rule from running.
func checkRule(r *ir.Rule, o *Options) sigma.ErrorList {
	_, errs := newPlan([]*ir.Rule{r}, o, nil)
	return errs
}

func (p *planner) rule(r *ir.Rule) *node {
	p.errs, p.leaves = nil, 0
	kids := make([]*node, len(r.Where))
	for i, x := range r.Where {
		kids[i] = p.expr(x)
	}
	return joinNodes(orNode, kids) // N5
}

func (p *planner) fail(pos sigma.Pos, code sigma.Code, msg, hint string) *node {
	p.errs = append(p.errs, &sigma.Error{Pos: pos, Code: code, Msg: msg, Hint: hint})
	return &node{op: falseNode}
}

func (p *planner) expr(e ir.Expr) *node {
	if p.leaves > maxLeaves {
		return &node{op: falseNode}
	}
	switch e := e.(type) {
	case ir.And:
		return joinNodes(andNode, p.exprs(e))
	case ir.Or:
		return joinNodes(orNode, p.exprs(e))
	case *ir.Not:
		p.negative = !p.negative
		x := p.expr(e.X)
		p.negative = !p.negative
		return negateNode(x)
	case *ir.Named:
		return p.expr(e.X)
	case *ir.Match:
		return p.test(e.Test, p.slot(e.Field))
	case *ir.Keyword:
		return p.test(e.Test, wordSlot)
	case *ir.Raw:
		return p.fail(e.Pos, sigma.Unsupported, "a piece of a query in a target's language cannot be evaluated",
			"leave out the pipeline that puts it there")
	case ir.Const:
		if e {
			return &node{op: trueNode}
		}
	}
	return &node{op: falseNode}
}

func (p *planner) exprs(xs []ir.Expr) []*node {
	kids := make([]*node, len(xs))
	for i, x := range xs {
		kids[i] = p.expr(x)
	}
	return kids
}

func (p *planner) slot(field string) int32 {
	s, ok := p.slots[field]
	if !ok {
		s = int32(len(p.fields))
		p.slots[field] = s
		p.fields = append(p.fields, field)
	}
	return s
}

// test plans the tests of an item.
func (p *planner) test(t ir.Test, slot int32) *node {
	var list []ir.Test
	op := orNode
	switch t := t.(type) {
	case ir.AnyOf:
		list = t
	case ir.AllOf:
		list, op = t, andNode
	default:
		return p.single(t, slot)
	}
	kids := make([]*node, len(list))
	for i, u := range list {
		kids[i] = p.test(u, slot)
	}
	return joinNodes(op, kids)
}

// single plans a single test.
func (p *planner) single(t ir.Test, slot int32) *node {
	if p.leaves++; p.leaves > maxLeaves {
		if p.leaves == maxLeaves+1 {
			p.fail(t.Position(), sigma.Limit, "the conditions stand for more than "+strconv.Itoa(maxLeaves)+" tests", "")
		}
		return &node{op: falseNode}
	}
	id, err := p.intern(t, slot, 0)
	if err != nil {
		p.errs = append(p.errs, err)
		return &node{op: falseNode}
	}
	leaf := p.leaf(id)
	switch p.atoms[id].kind {
	case referAtom: // neither field can be absent
		return joinNodes(andNode, []*node{p.present(slot), p.present(p.atoms[id].other), leaf})
	case slowAtom:
		if first := p.gate(t, slot); first != nil {
			return joinNodes(andNode, []*node{first, leaf})
		}
	}
	if x, ok := t.(*ir.Exists); ok && !x.Want {
		return negateNode(leaf)
	}
	return leaf
}

// leaf returns the node of an atom, and counts its use.
func (p *planner) leaf(id int32) *node {
	p.atoms[id].uses++
	if p.negative {
		p.atoms[id].noise++
	}
	return &node{atoms: []int32{id}}
}

// present returns the node that is true where the event has the field.
func (p *planner) present(slot int32) *node {
	id, _ := p.intern(&ir.Exists{Want: true}, slot, 0)
	return p.leaf(id)
}

// gate returns a node that the index answers and that is true wherever the
// regular expression matches, or nil where nothing is known of it.
func (p *planner) gate(t ir.Test, slot int32) *node {
	if literals(t.(*ir.Regexp)) != nil {
		id, _ := p.intern(t, slot, gateAtom)
		return p.leaf(id)
	}
	if slot == wordSlot {
		return nil
	}
	return p.present(slot)
}

// intern returns the atom of a test: of the kind that goes with the test, or
// of the kind given.
func (p *planner) intern(t ir.Test, slot int32, kind atomKind) (int32, *sigma.Error) {
	p.key = appendKey(append(p.key[:0], byte(kind)), t, slot)
	if id, ok := p.interned[string(p.key)]; ok {
		return id, nil
	}
	key := string(p.key)
	a := &atom{slot: slot, test: t, kind: kind}
	if kind == 0 {
		if err := p.complete(a); err != nil {
			return 0, err
		}
	}
	id := int32(len(p.atoms))
	p.atoms = append(p.atoms, a)
	p.interned[key] = id
	return id, nil
}

// complete sets the kind of an atom and what it is checked with.
func (p *planner) complete(a *atom) *sigma.Error {
	switch t := a.test.(type) {
	case *ir.Null:
		a.kind = nullAtom
	case *ir.Exists:
		a.kind = presentAtom
	case *ir.FieldRef:
		a.kind, a.other = referAtom, p.slot(t.Field)
	default:
		check, err := newChecker(t, p.options)
		if err != nil {
			return err
		}
		a.check = check
		if _, ok := t.(*ir.Regexp); ok {
			a.kind = slowAtom
		}
	}
	return nil
}
