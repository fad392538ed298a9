package splunkread

import (
	"errors"
	"io"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The grammar of the search clause, in either order of AND and OR. "The AND
// operator is always implied between terms. The NOT operator only applies to
// the term immediately following NOT" (SM, "Boolean expressions with logical
// operators").
type (
	orFirst struct {
		Parts []*orFirstAny `parser:"@@ ( And? @@ )*"`
	}
	orFirstAny struct {
		Parts []*factor[orFirst] `parser:"@@ ( Or @@ )*"`
	}
	andFirst struct {
		Parts []*andFirstAll `parser:"@@ ( Or @@ )*"`
	}
	andFirstAll struct {
		Parts []*factor[andFirst] `parser:"@@ ( And? @@ )*"`
	}
	factor[T any] struct {
		Nots  nots     `parser:"@@?"`
		Term  *operand `parser:"( @@"`
		Group *T       `parser:"| Open @@ Close )"`
	}
	nots    struct{ n int }
	operand struct{ tok lexer.Token }
)

// Parse reads any number of negations, for participle.
func (n *nots) Parse(lex *lexer.PeekingLexer) error {
	for t := lex.Peek().Type; t == tokNot || t == tokBang; t = lex.Peek().Type {
		n.n++
		lex.Next()
	}
	if n.n == 0 {
		return participle.NextMatch
	}
	return nil
}

// Parse reads a term, for participle.
func (o *operand) Parse(lex *lexer.PeekingLexer) error { return capture(lex, &o.tok, tokTerm) }

// capture reads a token of one of the classes.
func capture(lex *lexer.PeekingLexer, tok *lexer.Token, classes ...lexer.TokenType) error {
	found := lex.Peek()
	for _, c := range classes {
		if found.Type == c {
			*tok = *lex.Next()
			return nil
		}
	}
	return participle.NextMatch
}

// The parsers are built when the first query is read.
var (
	orFirstParser  = sync.OnceValue(build[orFirst])
	andFirstParser = sync.OnceValue(build[andFirst])
)

func build[T any]() *participle.Parser[T] {
	return participle.MustBuild[T](participle.Lexer(definition{}), participle.UseLookahead(1))
}

// search reads a search clause that stands at off.
func (rd *reader) search(text string, off int) (readback.Expr, error) {
	if skipSpace(text, 0) == len(text) {
		return readback.Const(readback.Yes), nil // <logical-expression>? (SPEC, searchbnf.conf)
	}
	l := &searchLexer{text: text, base: off}
	s := &searcher{reader: rd, lexer: l}
	if rd.AndFirst {
		tree, err := parse(rd, andFirstParser(), l)
		if err != nil {
			return nil, err
		}
		return s.andFirst(tree)
	}
	tree, err := parse(rd, orFirstParser(), l)
	if err != nil {
		return nil, err
	}
	return s.orFirst(tree)
}

// parse reads the tokens of a lexer with a grammar.
func parse[T any](rd *reader, p *participle.Parser[T], l lexer.Lexer) (*T, error) {
	seen := &recorder{Lexer: l, reader: rd}
	lex, err := lexer.Upgrade(seen)
	if err != nil {
		return nil, err
	}
	tree, err := p.ParseFromLexer(lex)
	var syntax participle.Error
	switch {
	case err == nil:
		return tree, nil
	case errors.As(err, &syntax):
		return nil, unexpected(seen.tokens, syntax.Position().Offset)
	}
	return nil, err
}

// A recorder counts the tokens that it hands on, and keeps them.
type recorder struct {
	lexer.Lexer
	reader *reader
	tokens []lexer.Token
}

// Next returns the next token, for participle.
func (r *recorder) Next() (lexer.Token, error) {
	tok, err := r.Lexer.Next()
	r.tokens = append(r.tokens, tok)
	if r.reader.tokens++; r.reader.tokens > maxTokens {
		return tok, foreign(tok.Pos.Offset, "the query has more than %d words and signs", maxTokens)
	}
	return tok, err
}

// unexpected says what is wrong with the token at an offset of the query, at
// which a grammar stopped.
func unexpected(tokens []lexer.Token, off int) error {
	var before, found lexer.Token
	open := 0
	for _, tok := range tokens {
		if found = tok; tok.EOF() || tok.Pos.Offset >= off {
			break
		}
		switch before = tok; tok.Type {
		case tokOpen:
			open++
		case tokClose:
			open--
		}
	}
	off = found.Pos.Offset
	switch {
	case found.EOF() && open > 0 && ends(before):
		return refused(off, "a parenthesis is not closed")
	case found.Type == tokClose && open <= 0:
		return refused(off, "a parenthesis is closed that was not opened")
	case found.EOF():
		return refused(off, "a term is missing behind %q", before.Value)
	case ends(before):
		return refused(off, "%q stands where an operator is expected", found.Value)
	}
	return refused(off, "%q stands where a term is expected", found.Value)
}

// ends reports whether an operand may end with the token.
func ends(tok lexer.Token) bool {
	switch tok.Type {
	case tokTerm, tokClose, tokField, tokString, tokNumber:
		return true
	}
	return false
}

// A searcher makes the tree of one search clause.
type searcher struct {
	*reader
	lexer *searchLexer
	next  int // the next term
}

func (s *searcher) orFirst(g *orFirst) (readback.Expr, error) {
	return join(g.Parts, all, func(p *orFirstAny) (readback.Expr, error) {
		return join(p.Parts, oneOf, func(f *factor[orFirst]) (readback.Expr, error) { return read(s, f, s.orFirst) })
	})
}

func (s *searcher) andFirst(g *andFirst) (readback.Expr, error) {
	return join(g.Parts, oneOf, func(p *andFirstAll) (readback.Expr, error) {
		return join(p.Parts, all, func(f *factor[andFirst]) (readback.Expr, error) { return read(s, f, s.andFirst) })
	})
}

// read returns a term or group with what negates it. Two negations cancel
// each other, since the search clause has two values: NOT f=v finds every
// event that f=v does not, those without the field included (SM, "Difference
// between != and NOT").
func read[T any](s *searcher, f *factor[T], group func(*T) (readback.Expr, error)) (readback.Expr, error) {
	var e readback.Expr
	var err error
	if f.Group != nil {
		e, err = group(f.Group)
	} else {
		s.next++ // the tree has the terms in the order of the text
		e, err = s.term(s.lexer.terms[s.next-1])
	}
	if err == nil && f.Nots.n%2 == 1 {
		e = &readback.Not{X: e}
	}
	return e, err
}

// join reads the parts of a chain and joins them.
func join[T any](parts []T, with func([]readback.Expr) readback.Expr, read func(T) (readback.Expr, error)) (readback.Expr, error) {
	out := make([]readback.Expr, len(parts))
	for i, p := range parts {
		e, err := read(p)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return with(out), nil
}

// definition is the lexers as participle wants them; each query brings its
// own.
type definition struct{}

// Symbols returns the classes of tokens by name.
func (definition) Symbols() map[string]lexer.TokenType { return symbols }

// Lex is not used: the tokens of a query depend on the command.
func (definition) Lex(string, io.Reader) (lexer.Lexer, error) {
	return nil, errors.New("a command has a lexer of its own")
}
