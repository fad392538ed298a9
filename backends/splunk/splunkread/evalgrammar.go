package splunkread

import (
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// The grammar of expressions, least to most binding. "The eval and where
// commands evaluate AND before OR operators", NOT before AND, XOR last (SM,
// "Boolean expressions with logical operators").
type (
	assignments struct {
		Parts []*assignment `parser:"@@ ( Comma @@ )*"`
	}
	assignment struct {
		Name *nameToken  `parser:"@@"`
		Op   *equalToken `parser:"@@"`
		X    *evalXor    `parser:"@@"`
	}
	evalXor struct {
		Parts []*evalOr `parser:"@@ ( Xor @@ )*"`
	}
	evalOr struct {
		Parts []*evalAnd `parser:"@@ ( Or @@ )*"`
	}
	evalAnd struct {
		Parts []*evalNot `parser:"@@ ( And @@ )*"`
	}
	evalNot struct {
		Nots nots         `parser:"@@?"`
		X    *evalCompare `parser:"@@"`
	}
	evalCompare struct {
		Left  *evalSum      `parser:"@@"`
		Op    *compareToken `parser:"( @@"`
		Right *evalSum      `parser:"  @@"`
		List  []*evalXor    `parser:"| In Open @@ ( Comma @@ )* Close )?"`
	}
	evalSum struct {
		First *evalProduct `parser:"@@"`
		Rest  []*sumTail   `parser:"@@*"`
	}
	sumTail struct {
		Op addToken     `parser:"@@"`
		X  *evalProduct `parser:"@@"`
	}
	evalProduct struct {
		First *evalUnary     `parser:"@@"`
		Rest  []*productTail `parser:"@@*"`
	}
	productTail struct {
		Op multiplyToken `parser:"@@"`
		X  *evalUnary    `parser:"@@"`
	}
	evalUnary struct {
		Minus   *minusToken   `parser:"@@?"`
		Literal *literalToken `parser:"( @@"`
		Call    *evalCall     `parser:"| @@"`
		Group   *evalXor      `parser:"| Open @@ Close )"`
	}
	evalCall struct {
		Name functionToken `parser:"@@ Open"`
		Args []*evalXor    `parser:"( @@ ( Comma @@ )* )? Close"`
	}
)

// Tokens that a grammar captures.
type (
	nameToken     struct{ tok lexer.Token }
	equalToken    struct{ tok lexer.Token }
	compareToken  struct{ tok lexer.Token }
	addToken      struct{ tok lexer.Token }
	multiplyToken struct{ tok lexer.Token }
	minusToken    struct{ tok lexer.Token }
	literalToken  struct{ tok lexer.Token }
	functionToken struct{ tok lexer.Token }
)

// Parse reads the token, for participle.
func (t *nameToken) Parse(lex *lexer.PeekingLexer) error {
	return capture(lex, &t.tok, tokField, tokString)
}

// Parse reads the token, for participle.
func (t *equalToken) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Value != "=" {
		return participle.NextMatch
	}
	return capture(lex, &t.tok, tokCompare)
}

// Parse reads the token, for participle.
func (t *compareToken) Parse(lex *lexer.PeekingLexer) error {
	return capture(lex, &t.tok, tokCompare)
}

// Parse reads the token, for participle.
func (t *addToken) Parse(lex *lexer.PeekingLexer) error { return capture(lex, &t.tok, tokAdd) }

// Parse reads the token, for participle.
func (t *multiplyToken) Parse(lex *lexer.PeekingLexer) error {
	return capture(lex, &t.tok, tokMultiply)
}

// Parse reads the token, for participle.
func (t *minusToken) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Value != "-" {
		return participle.NextMatch
	}
	return capture(lex, &t.tok, tokAdd)
}

// Parse reads the token, for participle.
func (t *literalToken) Parse(lex *lexer.PeekingLexer) error {
	return capture(lex, &t.tok, tokField, tokString, tokNumber)
}

// Parse reads the token, for participle.
func (t *functionToken) Parse(lex *lexer.PeekingLexer) error {
	return capture(lex, &t.tok, tokFunction)
}

var (
	whereParser = sync.OnceValue(build[evalXor])
	evalParser  = sync.OnceValue(build[assignments])
)

// A node is one operation of an expression, and what it works on.
type node struct {
	off  int
	kind nodeKind
	text string // of a field, string, number or call; of a comparison or calculation its operator
	args []*node
}

// A nodeKind is what a node does.
type nodeKind uint8

// The kinds of nodes.
const (
	nodeField nodeKind = iota
	nodeString
	nodeNumber
	nodeCall
	nodeCompare
	nodeList // the first argument is in the list of the others
	nodeCalc
	nodeAnd
	nodeOr
	nodeXor
	nodeNot
)

func xorNode(g *evalXor) *node { return chain(nodeXor, "XOR", g.Parts, orNode) }

func orNode(g *evalOr) *node { return chain(nodeOr, "OR", g.Parts, andNode) }

func andNode(g *evalAnd) *node { return chain(nodeAnd, "AND", g.Parts, notNode) }

// chain makes a node of parts that are joined by one operator.
func chain[T any](kind nodeKind, op string, parts []T, each func(T) *node) *node {
	first := each(parts[0])
	if len(parts) == 1 {
		return first
	}
	n := &node{off: first.off, kind: kind, text: op, args: []*node{first}}
	for _, p := range parts[1:] {
		n.args = append(n.args, each(p))
	}
	return n
}

// notNode drops negations that cancel each other: NULL is left as it is by
// either.
func notNode(g *evalNot) *node {
	x := compareNode(g.X)
	if g.Nots.n%2 == 1 {
		return &node{off: x.off, kind: nodeNot, text: "NOT", args: []*node{x}}
	}
	return x
}

func compareNode(g *evalCompare) *node {
	left := sumNode(g.Left)
	switch {
	case g.Op != nil:
		return &node{off: left.off, kind: nodeCompare, text: g.Op.tok.Value, args: []*node{left, sumNode(g.Right)}}
	case g.List != nil:
		n := &node{off: left.off, kind: nodeList, text: "IN", args: []*node{left}}
		for _, x := range g.List {
			n.args = append(n.args, xorNode(x))
		}
		return n
	}
	return left
}

func sumNode(g *evalSum) *node {
	x := productNode(g.First)
	for _, t := range g.Rest {
		x = &node{off: x.off, kind: nodeCalc, text: t.Op.tok.Value, args: []*node{x, productNode(t.X)}}
	}
	return x
}

func productNode(g *evalProduct) *node {
	x := unaryNode(g.First)
	for _, t := range g.Rest {
		x = &node{off: x.off, kind: nodeCalc, text: t.Op.tok.Value, args: []*node{x, unaryNode(t.X)}}
	}
	return x
}

func unaryNode(g *evalUnary) *node {
	var x *node
	switch {
	case g.Literal != nil:
		tok := g.Literal.tok
		x = &node{off: tok.Pos.Offset, kind: literalKind(tok.Type), text: tok.Value}
	case g.Call != nil:
		x = &node{off: g.Call.Name.tok.Pos.Offset, kind: nodeCall, text: g.Call.Name.tok.Value}
		for _, a := range g.Call.Args {
			x.args = append(x.args, xorNode(a))
		}
	default:
		x = xorNode(g.Group)
	}
	switch {
	case g.Minus == nil:
		return x
	case x.kind == nodeNumber:
		return &node{off: g.Minus.tok.Pos.Offset, kind: nodeNumber, text: "-" + x.text}
	}
	return &node{off: g.Minus.tok.Pos.Offset, kind: nodeCalc, text: "-", args: []*node{x}}
}

func literalKind(class lexer.TokenType) nodeKind {
	switch class {
	case tokString:
		return nodeString
	case tokNumber:
		return nodeNumber
	}
	return nodeField
}
