package eqlread

import (
	"net/netip"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// mirrored are the operators with their sides changed.
var mirrored = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// comparison returns a comparison of a field with a constant.
func (b *builder) comparison(g *notGrammar) (operand, error) {
	left, err := b.sum(g.Left)
	if err != nil || g.Op == nil {
		return left, err
	}
	right, err := b.sum(g.Right)
	if err != nil {
		return operand{}, err
	}
	op := g.Op.Value
	if left.kind != isField && right.kind == isField {
		left, right, op = right, left, mirrored[op]
	}
	switch {
	case left.kind != isField:
		return operand{}, foreign(left.off, "a comparison in which no side is the name of a field is not read")
	case right.kind == isField:
		return operand{}, refuse(right.off, "a field cannot be compared with a field")
	}
	x, err := b.compare(left.field, op, right)
	return operand{off: left.off, expr: x}, err
}

// compare returns a comparison. != is the "not" of ==: it becomes must_not.
func (b *builder) compare(f *field, op string, v operand) (readback.Expr, error) {
	if op != "==" && op != "!=" {
		return b.order(f, op, v)
	}
	x, err := b.equal(f, v)
	if err == nil && op == "!=" {
		x = &readback.Not{X: x}
	}
	return x, err
}

// equal returns that a field is a constant. "Wildcards are not supported", and
// any constant may be compared with a field of any type; the query fails as
// it runs where the type cannot hold it.
func (b *builder) equal(f *field, v operand) (readback.Expr, error) {
	switch {
	case v.kind == isNull:
		if f.absent {
			return readback.Const(readback.Yes), nil
		}
		return &readback.Leaf{Field: f.name, Test: &ir.Null{}}, nil
	case v.kind == isCall, v.kind == isCondition && !v.fixed:
		return nil, foreign(v.off, "a comparison with what a function or a condition gives is not read")
	}
	test, err := b.equalTest(f, v)
	if err != nil {
		return nil, err
	}
	return b.leaf(f, test), nil
}

func (b *builder) equalTest(f *field, v operand) (ir.Test, error) {
	text := v.text
	if v.kind == isCondition {
		if !f.known() || f.column.Type == schema.Bool {
			return &ir.Bool{Value: v.expr == readback.Const(readback.Yes)}, nil
		}
		text = "false"
		if v.expr == readback.Const(readback.Yes) {
			text = "true"
		}
	}
	switch f.column.Type {
	case schema.Int, schema.Float:
		return numberTest(f, ir.Eq, text, v.off)
	case schema.Bool:
		if v.kind == isText && (text == "true" || text == "false") {
			return &ir.Bool{Value: text == "true"}, nil
		}
		return nil, refuse(v.off, "%s is a boolean, which %q is not", f.name, text)
	case schema.IP:
		return address(f, text, v.off)
	case schema.Time:
		return nil, foreign(v.off, "a comparison of times is not read")
	case schema.Text:
		return nil, refuse(f.off, "%s is analysed text, which has no exact values", f.name)
	}
	if v.kind == isNumber && !f.known() {
		return numberTest(f, ir.Eq, text, v.off)
	}
	if v.kind == isNumber {
		if n, ok := ir.ParseNumber(text); !ok || string(n) != text {
			return nil, foreign(v.off, "how the number %s is spelled in %s, a field of strings, is not read", text, f.name)
		}
	}
	return b.exact(f, text), nil
}

// numberTest returns a comparison with a number.
func numberTest(f *field, op ir.Op, text string, off int) (ir.Test, error) {
	test, ok := readback.Number(op, text)
	if !ok {
		return nil, refuse(off, "%s is a number, which %q is not", f.name, text)
	}
	return test, nil
}

// address returns the test that a field of addresses is one, or lies in a
// network: a term of such a field may be either.
func address(f *field, text string, off int) (ir.Test, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return &ir.CIDR{Prefix: netip.PrefixFrom(addr, addr.BitLen())}, nil
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return &ir.CIDR{Prefix: prefix.Masked()}, nil
	}
	return nil, refuse(off, "%s is an address, which %q is not", f.name, text)
}

// orders are the operators of order.
var orders = map[string]ir.Op{"<": ir.Lt, "<=": ir.Lte, ">": ir.Gt, ">=": ir.Gte}

// order returns that a field is less or greater than a constant. Strings are
// compared by their characters, which is not read.
func (b *builder) order(f *field, op string, v operand) (readback.Expr, error) {
	switch {
	case v.kind == isNull:
		return readback.Const(readback.Unknown), nil
	case v.kind != isNumber:
		return nil, foreign(v.off, "only numbers are compared by their size")
	case f.known() && !f.column.Type.IsNumber():
		return nil, foreign(v.off, "%s is of type %s, whose order is not read", f.name, f.column.Type)
	}
	test, err := numberTest(f, orders[op], v.text, v.off)
	if err != nil {
		return nil, err
	}
	return b.leaf(f, test), nil
}
