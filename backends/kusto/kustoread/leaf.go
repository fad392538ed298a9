package kustoread

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A probe is a test of one operand.
type probe struct {
	leaf  func(field string, k kind) (readback.Expr, error) // of a field of that type
	holds func(v value) value                               // of a constant
}

// maxChoices bounds how many columns a test of iff() or case() is spread over.
const maxChoices = 8

// over returns the tree of a test of an operand. A column that the query made
// of others by iff() or case() alone is tested through them; anything else
// that is not a stored column is a computed field.
func (l *lowerer) over(e expr, p probe) (readback.Expr, error) {
	switch x := inner(e).(type) {
	case *column:
		if x.kind != dynamicKind {
			return p.leaf(x.name, x.kind)
		}
	case *star:
		l.starred = true
		return p.leaf("", stringKind)
	case *call:
		if c, ok := textOfColumn(x); ok {
			return p.leaf(c.name, stringKind)
		}
		if choices(x) <= maxChoices && x.fn != functions["coalesce"] {
			return l.choose(x.args, func(e expr) (readback.Expr, error) { return l.over(e, p) })
		}
	}
	if isConstant(e) {
		v, err := constantOf(e)
		return constant(p.holds(v)), err
	}
	name, err := l.compute(e)
	if err != nil {
		return nil, err
	}
	return p.leaf(name, e.base().kind)
}

// inner returns what a name stands for.
func inner(e expr) expr {
	for {
		d, ok := e.(*derived)
		if !ok {
			return e
		}
		e = d.def
	}
}

// textOfColumn returns the column whose text a call is: tostring(c), where the
// text of a value is that of the event.
func textOfColumn(e *call) (*column, bool) {
	if e.fn != functions["tostring"] {
		return nil, false
	}
	c, ok := inner(e.args[0]).(*column)
	return c, ok && c.kind != dynamicKind && c.kind != timeKind && c.kind != spanKind
}

// choices counts the values that an expression chooses from, where each is a
// stored column or a constant; otherwise it is large.
func choices(e expr) int {
	switch x := inner(e).(type) {
	case *column:
		if x.kind != dynamicKind {
			return 1
		}
	case *literal:
		return 1
	case *call:
		if _, ok := textOfColumn(x); ok {
			return 1
		}
		if x.fn != functions["iff"] && x.fn != functions["case"] {
			break
		}
		n := choices(x.args[len(x.args)-1])
		for i := 1; i < len(x.args)-1; i += 2 {
			n += choices(x.args[i])
		}
		return n
	}
	return maxChoices + 1
}

// binary returns the tree of an operator with two operands.
func (l *lowerer) binary(e *binary) (readback.Expr, error) {
	x, op, c := e.l, e.op, e.r
	if isConstant(x) && flipped[op] != "" {
		x, op, c = c, flipped[op], x
	}
	if _, ok := x.(*star); ok && l.apart {
		return l.truth(e)
	}
	if k := x.base().kind; op == ":" || strings.Contains(op, "like") || levels[op] >= sumLevel {
		return nil, unknown(e.opAt, "the operator %s is not read", op)
	} else if isConstant(c) && k == boolKind && levels[op] == equalLevel && !isColumn(x) {
		return l.equalsBool(x, op, c)
	} else if !isConstant(c) || (k == boolKind || k == timeKind || k == spanKind) && levels[op] == orderLevel || k == timeKind {
		return l.truth(e)
	}
	p, err := l.probe(e, op, c)
	if err != nil {
		return nil, err
	}
	return l.over(x, p)
}

// flipped are the operators that say the same with their operands exchanged.
var flipped = map[string]string{"==": "==", "!=": "!=", "=~": "=~", "!~": "!~", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

// equalsBool returns the tree of a condition that is compared with true or
// false: null is neither.
func (l *lowerer) equalsBool(x expr, op string, constant expr) (readback.Expr, error) {
	v, err := constantOf(constant)
	b, ok := v.(bool)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, unknown(x.base().from, "a condition that is compared with something else than true and false is not read")
	}
	c, err := l.cond(x)
	if !b {
		c = &readback.Not{X: c}
	}
	c = &readback.Known{X: c}
	if op == "!=" {
		c = &readback.Not{X: c}
	}
	return c, err
}

// probe returns the test of an operator with a constant.
func (l *lowerer) probe(e *binary, op string, c expr) (probe, error) {
	v, err := constantOf(c)
	p := probe{}
	switch {
	case err != nil:
	case op == regexOp:
		p.leaf, err = textLeaf(func() (ir.Test, error) { return regexpTest(textOf(v), c.base().from) }, e.re.matches(""))
		p.holds = func(x value) value { return e.re.matches(textOf(x)) }
		return p, err
	case op == "==" || op == "!=":
		p.holds = func(x value) value { return equal(x, v) }
		p.leaf = equalLeaf(v, c)
	case levels[op] == orderLevel:
		p.holds = func(x value) value { return order(op, x, v) }
		p.leaf, err = orderLeaf(op, v, c)
	default:
		return textProbe(textOps[op], textOf(v), c.base().from)
	}
	if op == "!=" {
		p = p.not()
	}
	return p, err
}

// not returns the negation of a test.
func (p probe) not() probe {
	return probe{
		leaf:  func(field string, k kind) (readback.Expr, error) { return negate(p.leaf(field, k)) },
		holds: func(v value) value { return not(p.holds(v)) },
	}
}

// textProbe returns the test of an operator of strings.
func textProbe(op textOp, needle string, at int) (probe, error) {
	if op.term && !isTerm(needle) {
		return probe{}, unknown(at, "the manual does not say how %q is sought, which is not one term of letters and digits", needle)
	}
	positive := op
	positive.negated = false
	leaf, err := textLeaf(func() (ir.Test, error) {
		if t := op.test(needle, op.cased); t != nil {
			return t, nil
		}
		return nil, unknown(at, "a term of %d bytes is not read", len(needle))
	}, positive.apply("", needle))
	p := probe{leaf: leaf, holds: func(v value) value { return positive.apply(textOf(v), needle) }}
	if op.negated {
		p = p.not()
	}
	return p, err
}

// textLeaf returns what makes the leaf of a test of a string. A string that is
// missing is the empty one; a dynamic value that is missing makes the test
// null.
func textLeaf(make func() (ir.Test, error), empty bool) (func(string, kind) (readback.Expr, error), error) {
	t, err := make()
	if err != nil {
		return nil, err
	}
	return func(field string, k kind) (readback.Expr, error) {
		leaf := &readback.Leaf{Field: field, Test: t}
		switch {
		case k == dynamicKind:
			leaf.Missing = readback.Unknown
		case empty:
			leaf.Missing = readback.Yes
		}
		return leaf, nil
	}, nil
}

// equalLeaf returns what makes the leaf of a value that equals a constant. A
// null does not.
func equalLeaf(v value, c expr) func(string, kind) (readback.Expr, error) {
	return func(field string, k kind) (readback.Expr, error) {
		ck := c.base().kind
		if ck == dynamicKind {
			ck = kindOfValue(v)
		}
		if v == nil {
			return nil, unknown(c.base().from, "the manual does not say what a comparison with this constant gives")
		}
		if k != anyKind && k != dynamicKind && k != ck && !(k.isNumber() && ck.isNumber()) {
			return nil, unknown(c.base().from, "the manual does not say how a value of type %s is compared with one of type %s", k, ck)
		}
		leaf := &readback.Leaf{Field: field}
		switch v := v.(type) {
		case string:
			leaf.Test = readback.Exact(v, true)
			if v == "" && k != dynamicKind {
				leaf.Missing = readback.Yes
			}
		case ir.Number:
			leaf.Test = &ir.Compare{Op: ir.Eq, Number: v}
		case bool:
			leaf.Test = &ir.Bool{Value: v}
		case guid:
			leaf.Test = readback.Exact(string(v), false)
		default:
			return nil, unknown(c.base().from, "a comparison with such a constant is not read")
		}
		return leaf, nil
	}
}

// kindOfValue returns the type of a value.
func kindOfValue(v value) kind {
	switch v.(type) {
	case string:
		return stringKind
	case ir.Number:
		return longKind
	case bool:
		return boolKind
	case guid:
		return guidKind
	}
	return dynamicKind
}

// orders are the operators of order by name.
var orders = map[string]ir.Op{"<": ir.Lt, "<=": ir.Lte, ">": ir.Gt, ">=": ir.Gte}

// orderLeaf returns what makes the leaf of a comparison with a number, which
// is null for a number that is missing.
func orderLeaf(op string, v value, c expr) (func(string, kind) (readback.Expr, error), error) {
	n, ok := v.(ir.Number)
	if !ok {
		return nil, unknown(c.base().from, "an order with a constant that is no number is not read")
	}
	return func(field string, _ kind) (readback.Expr, error) {
		return &readback.Leaf{Field: field, Test: &ir.Compare{Op: orders[op], Number: n}, Missing: readback.Unknown}, nil
	}, nil
}
