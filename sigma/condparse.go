package sigma

import (
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
	"gopkg.in/yaml.v3"
)

// The grammar of conditions, least to most binding (N2).
type (
	orGrammar struct {
		Terms []*andGrammar `parser:"@@ ( Or @@ )*"`
	}
	andGrammar struct {
		Factors []*factorGrammar `parser:"@@ ( And @@ )*"`
	}
	factorGrammar struct {
		Leaf  leafGrammar `parser:"@@"`
		Group *orGrammar  `parser:"( Open @@ Close )?"`
	}
	// leafGrammar is what a group begins with: any number of "not" before a
	// name, a quantifier with its target, or a parenthesis. It reads tokens
	// itself, since captures of single tokens are half of the cost.
	leafGrammar struct {
		nots         []lexer.Token
		name, target lexer.Token // name may be a quantifier
	}
)

// Parse reads the leaf from the tokens, for participle.
func (l *leafGrammar) Parse(lex *lexer.PeekingLexer) error {
	for lex.Peek().Type == tokNot {
		l.nots = append(l.nots, *lex.Next())
	}
	switch lex.Peek().Type {
	case tokName:
		l.name = *lex.Next()
	case tokQuant:
		l.name = *lex.Next()
		l.target = *lex.Next()
	case tokOpen:
	default:
		return participle.NextMatch
	}
	return nil
}

// condGrammar is built when the first condition is parsed.
var condGrammar = sync.OnceValue(func() *participle.Parser[orGrammar] {
	return participle.MustBuild[orGrammar](participle.Lexer(condDefinition{}), participle.UseLookahead(1))
})

// conditions reads one condition or a list of them (N5).
func (p *parser) conditions(n *yaml.Node, searches []*Search) []*Condition {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
		if len(nodes) == 0 {
			p.fail(p.pos(n), BadCondition, "the list of conditions is empty", "")
		}
	}
	names := make([]string, len(searches))
	for i, s := range searches {
		names[i] = s.Name
	}
	set := newNameSet("search", names)
	list := make([]*Condition, 0, len(nodes))
	for _, n := range nodes {
		if c := p.condition(n); c != nil {
			p.checkNames(c.Expr, &set)
			list = append(list, c)
		}
	}
	return list
}

// condition parses one condition. It returns nil where it has errors.
func (p *parser) condition(n *yaml.Node) *Condition {
	switch {
	case n.Kind != yaml.ScalarNode:
		p.fail(p.pos(n), BadType, "a condition must be a string, not "+kindOf(n), "")
		return nil
	case isEmpty(n) || skipSpace(n.Value, 0) == len(n.Value):
		p.fail(p.pos(n), BadCondition, "the condition is empty", "name the searches, such as selection and not filter")
		return nil
	case len(n.Value) > MaxConditionLength:
		p.fail(p.pos(n), Limit, "the condition is longer than "+strconv.Itoa(MaxConditionLength)+" bytes", "")
		return nil
	case len(n.Value) > p.condLeft:
		p.fail(p.pos(n), Limit, "the conditions of the file are longer than "+strconv.Itoa(MaxConditions)+" bytes", "")
		return nil
	}
	p.condLeft -= len(n.Value)
	c := &condParser{p: p, places: p.places(n), condLexer: condLexer{text: n.Value}}
	first := skipSpace(n.Value, 0)
	expr := c.parse()
	if expr == nil {
		return nil
	}
	return &Condition{Pos: c.places.at(first), Text: n.Value, Expr: expr}
}

// A condParser turns the text of one condition into a tree.
type condParser struct {
	p      *parser
	places places
	condLexer
	depth int
	outer []int // the depth outside of each open parenthesis
	count int   // tokens so far
}

// errRefused says that a token was reported as an error.
var errRefused = errors.New("refused")

// fail reports an error at an offset in the condition.
func (c *condParser) fail(off int, code Code, msg, hint string) {
	c.p.fail(c.places.at(off), code, msg, hint)
}

// parse returns the tree, or nil after an error.
func (c *condParser) parse() CondExpr {
	lex, err := lexer.Upgrade(c)
	if err != nil {
		return nil
	}
	// Four of five conditions are one name or one quantifier. Those need no
	// more of the grammar than its leaf.
	start := lex.MakeCheckpoint()
	var leaf leafGrammar
	if leaf.Parse(lex) == nil && leaf.name.Type != 0 && lex.Peek().EOF() {
		return c.leaf(&leaf)
	}
	lex.LoadCheckpoint(start)
	tokens := lex.Range(0, lexer.RawCursor(c.count))
	tree, err := condGrammar().ParseFromLexer(lex)
	if err != nil {
		c.explain(tokens, err)
		return nil
	}
	return c.or(tree)
}

// Next returns the next token, for participle. It refuses what the grammar
// need not see: characters that no condition has, numbers above one, and
// nesting without end.
func (c *condParser) Next() (lexer.Token, error) {
	tok := c.token()
	c.count++
	switch tok.Type {
	case tokBad:
		c.badCharacter(tok)
		return tok, errRefused
	case tokQuant:
		if tok.Value != "1" && tok.Value != "any" && tok.Value != "all" { // N7
			c.fail(tok.Pos.Offset, BadCondition, "'"+tok.Value+" of' is not in the specification",
				"write 1 of, all of, or the combinations")
			return tok, errRefused
		}
	case tokNot:
		c.depth++
	case tokOpen:
		c.outer = append(c.outer, c.depth)
		c.depth++
	case tokClose:
		if last := len(c.outer) - 1; last >= 0 {
			c.depth, c.outer = c.outer[last], c.outer[:last]
		}
	case tokAnd, tokOr:
		c.depth = 0
		if last := len(c.outer) - 1; last >= 0 {
			c.depth = c.outer[last] + 1
		}
	}
	if c.depth > MaxConditionDepth {
		c.fail(tok.Pos.Offset, Limit, "the condition is nested deeper than "+strconv.Itoa(MaxConditionDepth)+" levels", "")
		return tok, errRefused
	}
	return tok, nil
}

// badCharacter reports a character that no condition has.
func (c *condParser) badCharacter(tok lexer.Token) {
	switch {
	case strings.HasPrefix(c.text[tok.Pos.Offset:], "||"):
		c.fail(tok.Pos.Offset, BadCondition, "'||' has no meaning in a condition", "write or")
	case tok.Value == "|": // N11
		c.fail(tok.Pos.Offset, BadCondition, "aggregations behind '|' are no longer part of Sigma", "write a correlation rule")
	default:
		hint := map[string]string{"&": "write and", "!": "write not", ",": "write and or or"}[tok.Value]
		c.fail(tok.Pos.Offset, BadCondition, "the character "+quoted(tok.Value)+" has no meaning in a condition", hint)
	}
}

// explain says in our own words why the grammar does not match.
func (c *condParser) explain(tokens []lexer.Token, err error) {
	var syntax participle.Error
	off := len(c.text)
	if errors.As(err, &syntax) {
		off = syntax.Position().Offset
	}
	var before lexer.Token
	open := 0
	for _, tok := range tokens {
		if tok.Pos.Offset >= off {
			c.unexpected(before, tok, open)
			return
		}
		switch before = tok; tok.Type {
		case tokOpen:
			open++
		case tokClose:
			open--
		}
	}
}

// unexpected reports a token that may not stand where it does.
func (c *condParser) unexpected(before, found lexer.Token, open int) {
	for _, t := range []lexer.Token{before, found} {
		if t.Type == tokName && isUpperOperator(t.Value) { // N12
			c.fail(t.Pos.Offset, BadCondition, "the operator "+quoted(t.Value)+" must be lower case", "write "+strings.ToLower(t.Value))
			return
		}
	}
	if low := strings.ToLower(before.Value); found.Value == "of" && low != before.Value && (low == "all" || low == "any") {
		c.fail(before.Pos.Offset, BadCondition, "the quantifier "+quoted(before.Value)+" must be lower case", "write "+low)
		return
	}
	what := "the end of the condition"
	if found.Type != lexer.EOF {
		what = quoted(found.Value)
	}
	expected, hint := "", ""
	switch before.Type {
	case tokName, tokTarget, tokClose:
		expected = "'and', 'or' or the end"
		if open > 0 {
			expected = "'and', 'or' or ')'"
		}
		if before.Type == tokName && found.Value == "of" {
			hint = "behind of stands a name, a pattern such as selection_*, or them"
		}
	default:
		expected = "the name of a search"
	}
	if found.Type == tokGlob {
		hint = "write 1 of " + found.Value + " or all of " + found.Value
	}
	c.fail(found.Pos.Offset, BadCondition, "expected "+expected+", found "+what, hint)
}

// isUpperOperator reports whether a word is an operator of version 1, which
// did not care about case.
func isUpperOperator(w string) bool {
	switch strings.ToLower(w) {
	case "and", "or", "not":
		return true
	case "of":
		return w != "of"
	}
	return false
}

func (c *condParser) or(g *orGrammar) CondExpr {
	if len(g.Terms) == 1 {
		return c.and(g.Terms[0])
	}
	or := make(CondOr, len(g.Terms))
	for i, t := range g.Terms {
		or[i] = c.and(t)
	}
	return or
}

func (c *condParser) and(g *andGrammar) CondExpr {
	if len(g.Factors) == 1 {
		return c.factor(g.Factors[0])
	}
	and := make(CondAnd, len(g.Factors))
	for i, f := range g.Factors {
		and[i] = c.factor(f)
	}
	return and
}

func (c *condParser) factor(g *factorGrammar) CondExpr {
	if g.Group != nil {
		return c.not(&g.Leaf, c.or(g.Group))
	}
	return c.leaf(&g.Leaf)
}

// leaf returns a name or quantifier with what negates it.
func (c *condParser) leaf(g *leafGrammar) CondExpr {
	if g.name.Type == tokName {
		return c.not(g, &CondSearch{Pos: c.at(g.name), Name: g.name.Value})
	}
	of := &CondOf{Pos: c.at(g.name), All: g.name.Value == "all", Pattern: g.target.Value, PatternPos: c.at(g.target)}
	if of.Pattern == "them" {
		of.Pattern = ""
	}
	return c.not(g, of)
}

// not returns an expression with what negates it.
func (c *condParser) not(g *leafGrammar, x CondExpr) CondExpr {
	for i := len(g.nots) - 1; i >= 0; i-- {
		x = &CondNot{Pos: c.at(g.nots[i]), X: x}
	}
	return x
}

func (c *condParser) at(t lexer.Token) Pos { return c.places.at(t.Pos.Offset) }
