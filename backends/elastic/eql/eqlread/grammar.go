package eqlread

import (
	"errors"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/elastic/internal/lexical"
	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The grammar of a query, of what EqlBase.g4 calls eventFilter. The condition
// goes from what binds least to what binds most: "or", "and", "not", a
// comparison, arithmetic, and an operand with the predicate behind it.
type (
	queryGrammar struct {
		Category categoryGrammar `parser:"@@ Where"`
		Where    *orGrammar      `parser:"@@"`
	}
	orGrammar struct {
		Parts []*andGrammar `parser:"@@ ( Or @@ )*"`
	}
	andGrammar struct {
		Parts []*notGrammar `parser:"@@ ( And @@ )*"`
	}
	notGrammar struct {
		Nots  notsGrammar  `parser:"@@"`
		Left  *sumGrammar  `parser:"@@"`
		Op    *lexer.Token `parser:"( @Compare"`
		Right *sumGrammar  `parser:"@@ )?"`
	}
	// sumGrammar is arithmetic in the order of its operands; what it comes to
	// is never asked.
	sumGrammar struct {
		First *unaryGrammar   `parser:"@@"`
		Rest  []*unaryGrammar `parser:"( ( Plus | Times ) @@ )*"`
	}
	unaryGrammar struct {
		Signs   signsGrammar  `parser:"@@"`
		Value   valueGrammar  `parser:"( @@"`
		Call    *callGrammar  `parser:"| @@"`
		Group   *orGrammar    `parser:"| Open @@ Close )"`
		In      *inGrammar    `parser:"( @@"`
		Pattern *matchGrammar `parser:"| @@ )?"`
	}
	callGrammar struct {
		Name lexer.Token  `parser:"@Function Open"`
		Args []*orGrammar `parser:"( @@ ( Comma @@ )* )? Close"`
	}
	inGrammar struct {
		Not    bool         `parser:"@Not?"`
		Op     lexer.Token  `parser:"@In Open"`
		Values []*orGrammar `parser:"@@ ( Comma @@ )* Close"`
	}
	matchGrammar struct {
		Op     lexer.Token    `parser:"@Match"`
		Values []valueGrammar `parser:"( @@ | Open @@ ( Comma @@ )* Close )"`
	}
)

// Of these, participle need not look into the tokens.
type (
	categoryGrammar struct{ tok lexer.Token }
	notsGrammar     struct{ count int }
	signsGrammar    struct {
		minus, any bool
		off        int
	}
	// valueGrammar is a constant or the name of a field.
	valueGrammar struct {
		tok      lexer.Token // of a name its first part
		field    string
		optional bool
	}
)

// Parse reads the category of events: any, a word or a string.
func (g *categoryGrammar) Parse(lex *lexer.PeekingLexer) error {
	switch lex.Peek().Type {
	case tokAny, tokWord, tokString:
		g.tok = *lex.Next()
		return nil
	}
	return participle.NextMatch
}

// Parse reads any number of "not".
func (g *notsGrammar) Parse(lex *lexer.PeekingLexer) error {
	for lex.Peek().Type == tokNot {
		lex.Next()
		g.count++
	}
	return nil
}

// Parse reads any number of signs before a number.
func (g *signsGrammar) Parse(lex *lexer.PeekingLexer) error {
	for lex.Peek().Type == tokPlus {
		tok := lex.Next()
		if !g.any {
			g.any, g.off = true, tok.Pos.Offset
		}
		if tok.Value == "-" {
			g.minus = !g.minus
		}
	}
	return nil
}

// Parse reads a constant, or a name: words and quoted words with dots between.
func (g *valueGrammar) Parse(lex *lexer.PeekingLexer) error {
	tok := lex.Peek()
	switch tok.Type {
	case tokString, tokNumber, tokTrue, tokFalse, tokNull:
		g.tok = *lex.Next()
		return nil
	case tokOptional:
		lex.Next()
		g.optional = true
		tok = lex.Peek()
	}
	if tok.Type != tokWord && tok.Type != tokQuoted {
		if g.optional {
			return refuse(tok.Pos.Offset, "behind ? stands the name of a field")
		}
		return participle.NextMatch
	}
	g.tok = *tok
	g.field = segment(lex.Next())
	for lex.Peek().Type == tokDot {
		lex.Next()
		tok := lex.Peek()
		if tok.Type != tokWord && tok.Type != tokQuoted {
			return refuse(tok.Pos.Offset, "behind the dot stands the rest of a name; one that is no plain word stands in back-quotes")
		}
		g.field += "." + segment(lex.Next())
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

// grammar is built when the first query is read.
var grammar = sync.OnceValue(func() *participle.Parser[queryGrammar] {
	return participle.MustBuild[queryGrammar](participle.Lexer(definition{}), participle.UseLookahead(1))
})

// parse reads a query by the grammar.
func parse(query string) (*queryGrammar, error) {
	lex, err := lexer.Upgrade(&scanner{text: query})
	if err != nil {
		return nil, err
	}
	tree, err := grammar().ParseFromLexer(lex)
	if err != nil {
		return nil, explain(query, err)
	}
	return tree, nil
}

// explain returns the error of the grammar with an offset.
func explain(query string, err error) error {
	var known *readback.Error
	if errors.As(err, &known) {
		return known
	}
	var syntax participle.Error
	if !errors.As(err, &syntax) {
		return foreign(0, "%v", err)
	}
	s := scanner{text: query, off: min(syntax.Position().Offset, len(query))}
	tok, err := s.Next()
	switch {
	case err != nil:
		return err
	case tok.EOF():
		return refuse(tok.Pos.Offset, "the query ends too early")
	case tok.Type == tokOther:
		return foreign(tok.Pos.Offset, "only queries of single events are read, without pipes; %q begins something else", tok.Value)
	}
	return refuse(tok.Pos.Offset, "%q may not stand here; a name that is a keyword or no plain word stands in back-quotes", tok.Value)
}
