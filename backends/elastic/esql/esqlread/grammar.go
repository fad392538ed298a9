package esqlread

import (
	"errors"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/elastic/internal/lexical"
	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The grammar of a query. A condition goes from what binds least to what binds
// most: "or", "and", "not", a predicate, a comparison, arithmetic, an operand
// with its casts.
type (
	queryGrammar struct {
		Sources  []sourceGrammar   `parser:"From @@ ( Comma @@ )*"`
		Metadata []lexer.Token     `parser:"( Metadata @Source ( Comma @Source )* )?"`
		Commands []*commandGrammar `parser:"( Pipe @@ )*"`
	}
	sourceGrammar struct {
		Cluster lexer.Token `parser:"@( Source | String )"`
		Index   lexer.Token `parser:"( Colon @( Source | String ) )?"`
	}
	commandGrammar struct {
		Where *orGrammar        `parser:"Where @@"`
		Eval  []*columnsGrammar `parser:"| Eval @@ ( Comma @@ )*"`
	}
	columnsGrammar struct {
		Name  nameGrammar `parser:"@@ Assign"`
		Value *orGrammar  `parser:"@@"`
	}
	orGrammar struct {
		Parts []*andGrammar `parser:"@@ ( Or @@ )*"`
	}
	andGrammar struct {
		Parts []*notGrammar `parser:"@@ ( And @@ )*"`
	}
	notGrammar struct {
		Nots  notsGrammar     `parser:"@@"`
		Left  *sumGrammar     `parser:"@@"`
		Op    *lexer.Token    `parser:"( @Compare"`
		Right *sumGrammar     `parser:"@@ )?"`
		Plain *plainGrammar   `parser:"( @@"`
		In    *membersGrammar `parser:"| @@ )?"`
	}
	membersGrammar struct {
		Not    bool          `parser:"@Not? In Open"`
		Values []*sumGrammar `parser:"@@ ( Comma @@ )* Close"`
	}
	sumGrammar struct {
		First *unaryGrammar   `parser:"@@"`
		Rest  []*unaryGrammar `parser:"( ( Plus | Times ) @@ )*"`
	}
	unaryGrammar struct {
		Lead  leadGrammar   `parser:"@@"`
		Call  *callGrammar  `parser:"( @@"`
		Group *orGrammar    `parser:"| Open @@ Close )?"`
		Casts []lexer.Token `parser:"( Cast @Word )*"`
	}
	callGrammar struct {
		Name lexer.Token  `parser:"@Function Open"`
		Args []*orGrammar `parser:"( @@ ( Comma @@ )* )? Close"`
	}
)

// Of these, participle need not look into the tokens.
type (
	notsGrammar struct{ count int }
	// plainGrammar is a predicate without expressions: LIKE, RLIKE and IS NULL.
	plainGrammar struct {
		not, isNull, isNot bool
		like               lexer.Token
		patterns           []lexer.Token
		match              lexer.Token // the colon of a search for words
	}
	// leadGrammar is what an operand begins with: signs, and a constant or a
	// name where it is one.
	leadGrammar struct {
		minus, signed bool
		off           int // of the first sign
		constant      lexer.Token
		name          nameGrammar
	}
	nameGrammar struct {
		off  int
		name string
	}
)

// Parse reads any number of "not".
func (g *notsGrammar) Parse(lex *lexer.PeekingLexer) error {
	for lex.Peek().Type == tokNot {
		lex.Next()
		g.count++
	}
	return nil
}

// Parse reads the predicate, or nothing where none of these follows.
func (g *plainGrammar) Parse(lex *lexer.PeekingLexer) error {
	start := lex.MakeCheckpoint()
	if lex.Peek().Type == tokNot {
		lex.Next()
		g.not = true
	}
	switch tok := lex.Peek(); tok.Type {
	case tokLike:
		g.like = *lex.Next()
		return g.strings(lex)
	case tokIs:
		lex.Next()
		if lex.Peek().Type == tokNot {
			lex.Next()
			g.isNot = true
		}
		if null := lex.Next(); null.Type != tokNull {
			return refuse(null.Pos.Offset, `behind "is" stands null or not null`)
		}
		g.isNull = true
		return nil
	case tokColon:
		g.match = *lex.Next()
		lex.Next()
		return nil
	}
	lex.LoadCheckpoint(start)
	return participle.NextMatch
}

// strings reads a string, or a list of them in parentheses.
func (g *plainGrammar) strings(lex *lexer.PeekingLexer) error {
	list := lex.Peek().Type == tokOpen
	if list {
		lex.Next()
	}
	for {
		tok := lex.Next()
		if tok.Type != tokString {
			return refuse(tok.Pos.Offset, "behind %s stand strings", g.like.Value)
		}
		g.patterns = append(g.patterns, *tok)
		if !list {
			return nil
		}
		switch tok := lex.Next(); tok.Type {
		case tokClose:
			return nil
		case tokComma:
		default:
			return refuse(tok.Pos.Offset, "the list is not closed")
		}
	}
}

// Parse reads signs and a constant or a name, or nothing before a function or a
// parenthesis.
func (g *leadGrammar) Parse(lex *lexer.PeekingLexer) error {
	for lex.Peek().Type == tokPlus {
		tok := lex.Next()
		if !g.signed {
			g.signed, g.off = true, tok.Pos.Offset
		}
		if tok.Value == "-" {
			g.minus = !g.minus
		}
	}
	switch lex.Peek().Type {
	case tokString, tokNumber, tokTrue, tokFalse, tokNull:
		g.constant = *lex.Next()
		return nil
	case tokFunction, tokOpen:
		return nil
	}
	return g.name.Parse(lex)
}

// Parse reads a name: words and quoted words with dots between.
func (g *nameGrammar) Parse(lex *lexer.PeekingLexer) error {
	tok := lex.Peek()
	if tok.Type != tokWord && tok.Type != tokQuoted {
		return participle.NextMatch
	}
	g.off = tok.Pos.Offset
	g.name = segment(lex.Next())
	for lex.Peek().Type == tokDot {
		lex.Next()
		tok := lex.Peek()
		if tok.Type != tokWord && tok.Type != tokQuoted {
			return refuse(tok.Pos.Offset, "behind the dot stands the rest of a name; one that is no plain word stands in back-quotes")
		}
		g.name += "." + segment(lex.Next())
	}
	return nil
}

// segment returns a part of a name without back-quotes.
func segment(tok *lexer.Token) string {
	if tok.Type != tokQuoted {
		return tok.Value
	}
	return lexical.UnquoteName(tok.Value)
}

// definition is the lexer as participle wants it; queries go past it.
type definition struct{ lexer.Definition }

// Symbols returns the classes of tokens by name.
func (definition) Symbols() map[string]lexer.TokenType { return symbols }

// The grammars of a whole query and of a condition are built when the first is
// read.
var (
	grammar   = sync.OnceValue(build[queryGrammar])
	condition = sync.OnceValue(build[orGrammar])
)

func build[G any]() *participle.Parser[G] {
	return participle.MustBuild[G](participle.Lexer(definition{}), participle.UseLookahead(1))
}

// parse reads a text by a grammar, from a mode of the lexer on.
func parse[G any](p *participle.Parser[G], text string, m mode) (*G, error) {
	lex, err := lexer.Upgrade(&scanner{text: text, mode: m})
	if err != nil {
		return nil, err
	}
	at := lex.MakeCheckpoint()
	tree, err := p.ParseFromLexer(lex)
	if err != nil {
		lex.LoadCheckpoint(at)
		return nil, explain(lex, err)
	}
	return tree, nil
}

// explain returns the error of the grammar with an offset.
func explain(lex *lexer.PeekingLexer, err error) error {
	var known *readback.Error
	if errors.As(err, &known) {
		return known
	}
	var syntax participle.Error
	if !errors.As(err, &syntax) {
		return foreign(0, "%v", err)
	}
	tok := lex.Peek()
	for !tok.EOF() && tok.Pos.Offset < syntax.Position().Offset {
		lex.Next()
		tok = lex.Peek()
	}
	switch {
	case tok.EOF():
		return refuse(tok.Pos.Offset, "the query ends too early")
	case tok.Type == tokOther:
		return foreign(tok.Pos.Offset, "what %q begins is not read", tok.Value)
	}
	return refuse(tok.Pos.Offset, "%q may not stand here; a name that is a keyword or no plain word stands in back-quotes", tok.Value)
}
