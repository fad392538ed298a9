package kustoread

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// list returns the tree of an operator with a list: that of its operator for
// each value (query/in-operator, has-any-operator).
func (l *lowerer) list(e *inList) (readback.Expr, error) {
	kindOp := listOps[strings.TrimPrefix(e.op, "!")]
	var parts []readback.Expr
	for _, item := range e.items {
		more, err := l.item(e, kindOp.op, item)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	var out readback.Expr = readback.Or(parts)
	switch {
	case len(parts) == 1:
		out = parts[0]
	case kindOp.all:
		out = readback.And(parts)
	}
	if e.op[0] == '!' {
		out = &readback.Not{X: out}
	}
	return out, nil
}

// item returns the trees of one item of a list: of each element, where it is
// an array.
func (l *lowerer) item(e *inList, op string, item expr) ([]readback.Expr, error) {
	n := node{from: e.from, to: e.to, text: e.text, depth: e.depth, size: e.size, kind: boolKind}
	if !isConstant(item) {
		x, err := l.binary(&binary{node: n, op: op, opAt: e.opAt, l: e.x, r: item})
		return []readback.Expr{x}, err
	}
	if _, err := constantOf(item); err != nil {
		return nil, err
	}
	var out []readback.Expr
	for _, v := range (&machine{left: maxWork}).elements([]expr{item}) {
		lit := &literal{*item.base(), v}
		if lit.kind == dynamicKind {
			lit.kind = kindOfValue(v)
		}
		if k := lit.kind; op != "==" && k != stringKind {
			return nil, unknown(item.base().from, "the manual does not say how a value of type %s is compared by %s", k, e.op)
		}
		x, err := l.binary(&binary{node: n, op: op, opAt: e.opAt, l: e.x, r: lit})
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// between returns the tree of a closed range.
func (l *lowerer) between(e *between) (readback.Expr, error) {
	if e.high.base().kind == spanKind || e.low.base().kind == dynamicKind || e.high.base().kind == dynamicKind {
		return nil, unknown(e.opAt, "such a range is not read")
	}
	n := node{from: e.from, to: e.to, text: e.text, depth: e.depth, size: e.size, kind: boolKind}
	low, err := l.cond(&binary{node: n, op: ">=", opAt: e.opAt, l: e.x, r: e.low})
	if err != nil {
		return nil, err
	}
	high, err := l.cond(&binary{node: n, op: "<=", opAt: e.opAt, l: e.x, r: e.high})
	var out readback.Expr = readback.And{low, high}
	if e.not {
		out = &readback.Not{X: out}
	}
	return out, err
}
