package kustoread

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The bounds of expressions. Microsoft's language service refuses trees that
// are deeper than its MaxAnalysisDepth (KS245); maxDepth is where it did so in
// version 12.4.1 for the ways of nesting that depth() counts. maxSize bounds
// what derived columns that use each other grow to.
const (
	maxDepth = 493
	maxSize  = 2_000_000
)

// A builder makes expressions of the grammar's trees, with the names that a
// scope knows.
type builder struct {
	text  *string
	scope *scope
}

// node returns the node of an expression between two offsets: as deep as the
// deepest of its parts, and levels more.
func (b *builder) node(from, to, levels int, parts ...expr) (node, error) {
	n := b.span(from, to, parts...)
	n.depth += levels
	return n, n.check()
}

// span returns a node that is as deep as its parts.
func (b *builder) span(from, to int, parts ...expr) node {
	n := node{from: from, to: to, text: b.text, size: 1}
	for _, p := range parts {
		n.depth = max(n.depth, p.base().depth)
		n.size += p.base().size
	}
	return n
}

// check refuses what is too deep or too large.
func (n *node) check() error {
	if n.depth > maxDepth {
		return fail(n.from, "the query is nested deeper than the %d levels that are analysed (KS245): group long chains with parentheses, or write lists", maxDepth)
	}
	if n.size > maxSize {
		return unknown(n.from, "the columns that are computed here are too large to be read")
	}
	return nil
}

// operatorName returns the one name of an operator that has several.
func operatorName(op string) string {
	switch op {
	case "<>":
		return "!="
	case "notcontains":
		return "!contains"
	case "notcontainscs":
		return "!contains_cs"
	case "containscs":
		return "contains_cs"
	}
	return op
}

func (b *builder) binary(op lexer.Token, l, r expr) (expr, error) {
	name := operatorName(op.Value)
	for _, side := range []expr{l, r} {
		_, isStar := side.(*star)
		if isStar && (side == r || name != "==" && levels[name] != 0) {
			return nil, fail(side.base().from, "* is no operand of %s", op.Value)
		}
	}
	n, err := b.node(l.base().from, r.base().to, 1, l, r)
	return &binary{node: n, op: name, opAt: op.Pos.Offset, l: l, r: r}, err
}

func (b *builder) inList(x expr, g *inGrammar) (expr, error) {
	if _, ok := x.(*star); ok {
		return nil, fail(x.base().from, "* is no operand of %s", g.Op.Value)
	}
	e := &inList{op: g.Op.Value, opAt: g.Op.Pos.Offset, x: x}
	for _, item := range g.Items {
		i, err := b.item(item)
		if err != nil {
			return nil, err
		}
		e.items = append(e.items, i)
	}
	var err error
	e.node, err = b.node(x.base().from, g.End.Pos.Offset+1, 4, e.items...)
	e.depth = max(e.depth, x.base().depth+1)
	e.size += x.base().size
	return e, err
}

func (b *builder) item(g *itemGrammar) (expr, error) {
	if g.Table == nil {
		return b.expr(g.Value)
	}
	n, err := b.node(g.Table.open.Pos.Offset, g.Table.close.Pos.Offset+1, 1)
	return &subset{n}, err
}

func (b *builder) between(x expr, g *betweenGrammar) (expr, error) {
	low, err := b.expr(g.Low)
	if err != nil {
		return nil, err
	}
	high, err := b.expr(g.High)
	if err != nil {
		return nil, err
	}
	n, err := b.node(x.base().from, g.End.Pos.Offset+1, 2, x, low, high)
	return &between{node: n, opAt: g.Op.Pos.Offset, not: g.Op.Value[0] == '!', x: x, low: low, high: high}, err
}

// operand makes an expression of a primary one with what stands around it.
func (b *builder) operand(g *operandGrammar) (expr, error) {
	e, err := b.primary(g)
	if err != nil {
		return nil, err
	}
	for _, p := range g.Path {
		if e, err = b.path(e, p); err != nil {
			return nil, err
		}
	}
	if g.Sign == nil {
		return e, nil
	}
	return b.signed(g.Sign.Token, e)
}

// signed makes a number of its digits and a sign, and a difference of
// anything else.
func (b *builder) signed(sign lexer.Token, e expr) (expr, error) {
	n, err := b.node(sign.Pos.Offset, e.base().to, 1, e)
	if err != nil {
		return nil, err
	}
	if lit, ok := e.(*literal); ok {
		if num, ok := lit.val.(ir.Number); ok {
			n.kind = lit.kind
			digits, negative := strings.CutPrefix(string(num), "-")
			if sign.Value == "-" && !negative {
				digits = "-" + digits
			}
			if num, ok = ir.ParseNumber(digits); ok {
				return &literal{n, num}, nil
			}
		}
	}
	zero := &literal{node{from: n.from, to: n.from, text: b.text, size: 1, kind: longKind}, ir.Number("0")}
	return &binary{node: n, op: sign.Value, opAt: sign.Pos.Offset, l: zero, r: e}, nil
}

func (b *builder) primary(g *operandGrammar) (expr, error) {
	switch {
	case g.Name != nil:
		return b.name(g.Name)
	case g.Strings != nil:
		return b.strings(g.Strings), nil
	case g.Literal != nil:
		return b.literal(g.Literal.Token)
	case g.Group != nil:
		return b.group(g.Group)
	case g.Quoted != nil:
		return b.scope.resolve(b, b.strings(g.Quoted.Name).val.(string), g.Quoted.Open.Pos.Offset, g.Quoted.Close.Pos.Offset+1)
	case g.Star != nil:
		n, err := b.node(g.Star.Token.Pos.Offset, g.Star.Token.Pos.Offset+1, 1)
		return &star{n}, err
	case g.Dynamic != nil:
		return b.dynamic(g.Dynamic)
	}
	n, err := b.node(g.Type.At.Pos.Offset, g.Type.Close.Pos.Offset+1, 1)
	return &literal{n, kindNamed[g.Type.Name]}, err
}

func (b *builder) group(g *groupGrammar) (expr, error) {
	e, err := b.expr(g.Expr)
	if err != nil {
		return nil, err
	}
	if _, ok := e.(*star); ok {
		return nil, fail(e.base().from, "* is no value")
	}
	n := e.base()
	n.from, n.to = g.Open.Pos.Offset, g.Close.Pos.Offset+1
	n.depth++
	return e, n.check()
}

// strings makes one literal of strings that stand side by side: the language
// joins them.
func (b *builder) strings(tokens []lexer.Token) *literal {
	var s strings.Builder
	for _, t := range tokens {
		s.WriteString(unquote(t.Value))
	}
	last := tokens[len(tokens)-1]
	n := node{from: tokens[0].Pos.Offset, to: last.Pos.Offset + len(last.Value), text: b.text, size: 1, kind: stringKind}
	return &literal{n, s.String()}
}

// name makes a column, a constant of a let statement or a call.
func (b *builder) name(g *refGrammar) (expr, error) {
	from := g.Name.Pos.Offset
	if g.Args == nil {
		return b.scope.resolve(b, g.Name.Value, from, from+len(g.Name.Value))
	}
	return b.call(g)
}

// path makes a part of a dynamic value.
func (b *builder) path(x expr, g *pathGrammar) (expr, error) {
	var key expr
	var err error
	switch {
	case g.Key != nil:
		t := g.Key.Token
		key = &literal{node{from: t.Pos.Offset, to: t.Pos.Offset + len(t.Value), text: b.text, size: 1, kind: stringKind}, t.Value}
	case g.Index != nil:
		key, err = b.expr(g.Index)
	default:
		key, err = b.expr(g.Plain)
	}
	if err != nil {
		return nil, err
	}
	n, err := b.node(x.base().from, b.closing(g, key), 1, x, key)
	return &member{n, x, key}, err
}

// closing returns the offset behind a part of a path.
func (b *builder) closing(g *pathGrammar, key expr) int {
	to := key.base().to
	if g.Key != nil {
		return to
	}
	return to + strings.IndexByte((*b.text)[to:], ']') + 1
}
