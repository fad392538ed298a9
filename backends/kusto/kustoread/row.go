package kustoread

import "github.com/alecthomas/participle/v2/lexer"

// levels are the binary operators by how tightly they bind; those of one
// level do not stand side by side but for + - and * / % (Kql.g4).
var levels = map[string]int{
	"or": 1, "and": 2, "==": 3, "!=": 3, "<>": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}

// The levels that the grammar knows by name.
const (
	orLevel = iota + 1
	andLevel
	equalLevel
	orderLevel
	sumLevel
	productLevel
	textLevel
)

// level returns how tightly the operator of a tail binds.
func (t *tailGrammar) level() int {
	if t.Binary == nil {
		return equalLevel
	}
	if l := levels[t.Binary.Op.Value]; l != 0 {
		return l
	}
	return textLevel // all operators of strings
}

// expr makes an expression.
func (b *builder) expr(g *exprGrammar) (expr, error) {
	row := &row{b: b, first: &g.First, rest: g.Rest}
	e, err := row.logic(orLevel)
	if err != nil {
		return nil, err
	}
	if len(row.rest) > 0 {
		op, at := row.rest[0].operator()
		return nil, fail(at, "%s cannot follow a comparison: group it with parentheses", op)
	}
	return e, nil
}

// operator returns the operator of a tail and where it stands.
func (t *tailGrammar) operator() (op string, at int) {
	tok := t.op()
	return tok.Value, tok.Pos.Offset
}

func (t *tailGrammar) op() lexer.Token {
	switch {
	case t.Binary != nil:
		return t.Binary.Op
	case t.In != nil:
		return t.In.Op
	}
	return t.Between.Op
}

// A row is what is left of a row of operands and operators.
type row struct {
	b     *builder
	first *operandGrammar // nil once it was taken
	rest  []*tailGrammar
}

// next returns the next operator where it binds at that level.
func (r *row) next(level int) *tailGrammar {
	if len(r.rest) > 0 && r.rest[0].level() == level {
		return r.rest[0]
	}
	return nil
}

// take returns the operand behind the operator that was just taken.
func (r *row) take() (expr, error) {
	if r.first != nil {
		g := r.first
		r.first = nil
		return r.b.operand(g)
	}
	g := &r.rest[0].Binary.Right
	r.rest = r.rest[1:]
	return r.b.operand(g)
}

// logic reads a chain of or, or of and.
func (r *row) logic(level int) (expr, error) {
	sub := func() (expr, error) { return r.logic(level + 1) }
	if level == andLevel {
		sub = r.equality
	}
	first, err := sub()
	if err != nil || r.next(level) == nil {
		return first, err
	}
	parts := []expr{first}
	deepest := first.base().depth
	for r.next(level) != nil {
		p, err := sub()
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
		deepest = max(deepest+1, p.base().depth+1) // a chain is a tree that leans left
	}
	n := r.b.span(first.base().from, parts[len(parts)-1].base().to, parts...)
	n.depth = deepest
	return &logic{node: n, or: level == orLevel, parts: parts}, n.check()
}

// equality reads a comparison for equality, or with a list or range.
func (r *row) equality() (expr, error) {
	l, err := r.order()
	t := r.next(equalLevel)
	if err != nil || t == nil {
		return l, err
	}
	switch {
	case t.In != nil:
		r.rest = r.rest[1:]
		return r.b.inList(l, t.In)
	case t.Between != nil:
		r.rest = r.rest[1:]
		return r.b.between(l, t.Between)
	}
	right, err := r.order()
	if err != nil {
		return nil, err
	}
	return r.b.binary(t.Binary.Op, l, right)
}

// order reads a comparison for order.
func (r *row) order() (expr, error) {
	l, err := r.arithmetic(sumLevel)
	t := r.next(orderLevel)
	if err != nil || t == nil {
		return l, err
	}
	right, err := r.arithmetic(sumLevel)
	if err != nil {
		return nil, err
	}
	return r.b.binary(t.Binary.Op, l, right)
}

// arithmetic reads a chain of sums or products, from the left.
func (r *row) arithmetic(level int) (expr, error) {
	sub := func() (expr, error) { return r.arithmetic(level + 1) }
	if level == productLevel {
		sub = r.texts
	}
	l, err := sub()
	for t := r.next(level); t != nil && err == nil; t = r.next(level) {
		var right expr
		if right, err = sub(); err == nil {
			l, err = r.b.binary(t.Binary.Op, l, right)
		}
	}
	return l, err
}

// texts reads a comparison of strings.
func (r *row) texts() (expr, error) {
	l, err := r.take()
	t := r.next(textLevel)
	if err != nil || t == nil {
		return l, err
	}
	right, err := r.take()
	if err != nil {
		return nil, err
	}
	return r.b.binary(t.Binary.Op, l, right)
}
