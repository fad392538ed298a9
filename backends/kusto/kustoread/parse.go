package kustoread

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The bounds of a query. Microsoft's parsers take more text; deeper nesting is
// refused anyway (see maxDepth).
const (
	maxQuery = 4 << 20
	maxNest  = 500
)

// queryParser and exprParser are built when they are first asked for.
var (
	queryParser = sync.OnceValue(func() *participle.Parser[queryGrammar] {
		return participle.MustBuild[queryGrammar](participle.Lexer(definition{}), participle.UseLookahead(2))
	})
	exprParser = sync.OnceValue(func() *participle.Parser[exprGrammar] {
		return participle.MustBuild[exprGrammar](participle.Lexer(definition{}), participle.UseLookahead(2))
	})
)

// definition is the lexer as participle wants it. Texts are made tokens of
// before participle sees them.
type definition struct{}

// Symbols returns the names of the classes of tokens.
func (definition) Symbols() map[string]lexer.TokenType { return symbols }

// Lex is never called.
func (definition) Lex(string, io.Reader) (lexer.Lexer, error) { return &tokenList{}, nil }

// tokenList hands tokens out.
type tokenList struct {
	tokens []lexer.Token
	size   int // of the text
}

// Next returns the next token.
func (l *tokenList) Next() (lexer.Token, error) {
	if len(l.tokens) == 0 {
		return lexer.Token{Type: lexer.EOF, Pos: lexer.Position{Offset: l.size}}, nil
	}
	t := l.tokens[0]
	l.tokens = l.tokens[1:]
	return t, nil
}

// parse makes a grammar's tree of a text.
func parse[G any](p *participle.Parser[G], text string) (*G, error) {
	if len(text) > maxQuery {
		return nil, unknown(maxQuery, "the query has %d bytes; %d are the most that is read", len(text), maxQuery)
	}
	if !utf8.ValidString(text) {
		at := 0
		for r, n := utf8.DecodeRuneInString(text); r != utf8.RuneError || n != 1; r, n = utf8.DecodeRuneInString(text[at:]) {
			at += n
		}
		return nil, fail(at, "the query is not UTF-8")
	}
	s := scanner{text: text}
	tokens, err := s.tokens()
	if err != nil {
		return nil, err
	}
	if err := survey(tokens); err != nil {
		return nil, err
	}
	lex, err := lexer.Upgrade(&tokenList{tokens, len(text)})
	if err != nil {
		return nil, err
	}
	tree, err := p.ParseFromLexer(lex)
	if err != nil {
		return nil, explain(tokens, len(text), err)
	}
	return tree, nil
}

// A nest is an open bracket.
type nest struct {
	token  int  // its index
	list   bool // of an operator such as in
	opaque bool // inside of a subquery, which is not read
	json   bool // inside of dynamic()
}

// survey looks over all tokens before they are parsed. It bounds the nesting,
// marks the parentheses around pipelines, and refuses the operators and
// statements that the grammar does not have.
func survey(tokens []lexer.Token) error {
	nests := []nest{{token: -1}}
	first := true // of a statement or pipeline
	for i := range tokens {
		t, top := &tokens[i], &nests[len(nests)-1]
		before := lexer.EOF
		if i > 0 {
			before = tokens[i-1].Type
		}
		switch t.Type {
		case tokOpen, tokSquare, tokBrace:
			open := nest{i, before == tokIn && t.Type == tokOpen, top.opaque || top.list && t.Type == tokOpen, top.json}
			open.json = open.json || before == tokReserved && tokens[i-1].Value == "dynamic"
			switch {
			case len(nests) > maxNest:
				return fail(t.Pos.Offset, "brackets are nested deeper than %d levels", maxNest)
			case t.Type == tokBrace && !open.json && !open.opaque:
				return unknown(t.Pos.Offset, "functions and parameters in braces are not read")
			}
			nests = append(nests, open)
		case tokClose, tokUnsquare, tokUnbrace:
			if len(nests) > 1 {
				nests = nests[:len(nests)-1]
			}
		case tokBar:
			if top.token >= 0 && tokens[top.token].Type == tokOpen {
				tokens[top.token].Type = tokPipeline
			}
		}
		if !top.opaque || tokens[top.token].Type != tokPipeline {
			if err := surveyWord(tokens, i, first || before == tokOpen, before == tokBar); err != nil {
				return err
			}
		}
		first = t.Type == tokEnd || first && t.Type == tokOpen
	}
	return nil
}

// surveyWord refuses a token that the grammar does not have there. first says
// that a pipeline may begin there, stage that a query operator stands there.
func surveyWord(tokens []lexer.Token, i int, first, stage bool) error {
	t := tokens[i]
	next := lexer.EOF
	if i+1 < len(tokens) {
		next = tokens[i+1].Type
	}
	isWord := t.Type == tokName || t.Type == tokSoft || t.Type == tokReserved
	switch {
	case stage && t.Value == "project" && hasWildcard(tokens[i:]):
		return unknown(t.Pos.Offset, "names with a star are not read")
	case stage && foreign[t.Value] != 0:
		return unknown(t.Pos.Offset, "the operator %s is not read", t.Value)
	case stage && operators[t.Value] == 0:
		return fail(t.Pos.Offset, "%s is no query operator (KS176)", quoted(t))
	case stage || !isWord:
		return nil
	case first && foreign[t.Value] != 0 && (next == tokName || next == tokSoft || next == tokIn || next == tokString || next == tokNumber):
		return unknown(t.Pos.Offset, "the statement %s is not read", t.Value)
	case first && operators[t.Value] != 0 && t.Value != "search" && t.Value != "union" && next != tokAssign:
		return fail(t.Pos.Offset, "%s cannot be the first operator of a query (KS174)", t.Value)
	case next == tokOpen && t.Type != tokName && foreign[t.Value] != 0:
		return unknown(t.Pos.Offset, "%s(...) is not read", t.Value)
	}
	return nil
}

// hasWildcard reports whether one of the other forms of project names columns
// with a star.
func hasWildcard(tokens []lexer.Token) bool {
	for i, t := range tokens {
		switch {
		case i == 1 && t.Type != tokSign, i > 0 && (t.Type == tokBar || t.Type == tokEnd):
			return false
		case t.Type == tokStar:
			return true
		}
	}
	return false
}

// quoted returns a token as messages name it.
func quoted(t lexer.Token) string {
	if t.Type == lexer.EOF {
		return "the end of the query"
	}
	if len(t.Value) > 40 {
		return strconv.Quote(t.Value[:40]) + "..."
	}
	return strconv.Quote(t.Value)
}

// explain says in our own words why the grammar does not match.
func explain(tokens []lexer.Token, size int, err error) error {
	var own *readback.Error
	if errors.As(err, &own) {
		return own
	}
	off := size
	var syntax participle.Error
	if errors.As(err, &syntax) {
		off = syntax.Position().Offset
	}
	i, _ := slices.BinarySearchFunc(tokens, off, func(t lexer.Token, off int) int { return t.Pos.Offset - off })
	found := lexer.Token{Type: lexer.EOF}
	if i < len(tokens) {
		found = tokens[i]
	}
	var before lexer.Token
	if i > 0 {
		before = tokens[i-1]
	}
	return unexpected(before, found, off)
}

// unexpected says what is wrong with a token that may not stand where it does.
func unexpected(before, found lexer.Token, off int) error {
	switch {
	case found.Type == tokReserved || found.Type == tokSoft:
		return fail(off, "the word %s is reserved: the column is ['%s'] (KS228)", found.Value, found.Value)
	case found.Type == tokPipeline:
		return fail(off, "a table stands where a value is expected")
	case before.Type == tokIn || before.Type == tokBetween:
		return fail(off, "expected ( behind %s, found %s", before.Value, quoted(found))
	}
	switch before.Type {
	case tokName, tokString, tokNumber, tokBool, tokSpan, tokTyped, tokClose, tokUnsquare:
		return fail(off, "expected an operator, a comma or the end, found %s", quoted(found))
	case lexer.EOF:
		return fail(off, "expected a query, found %s", quoted(found))
	}
	return fail(off, "expected an expression behind %s, found %s", quoted(before), quoted(found))
}

// Parse passes over a subquery, for participle.
func (s *subquery) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Type != tokPipeline {
		return participle.NextMatch
	}
	s.open = *lex.Peek()
	for depth := 0; ; {
		t := lex.Next()
		switch t.Type {
		case lexer.EOF:
			return fail(s.open.Pos.Offset, "the parenthesis is not closed")
		case tokOpen, tokPipeline:
			depth++
		case tokClose:
			if depth--; depth == 0 {
				s.close = *t
				return nil
			}
		}
	}
}

// Parse reads an alias, for participle.
func (a *alias) Parse(lex *lexer.PeekingLexer) error {
	start := lex.MakeCheckpoint()
	a.at = *lex.Next()
	switch a.at.Type {
	case tokName, tokSoft:
		a.name = a.at.Value
	case tokSquare:
		for lex.Peek().Type == tokString {
			a.name += unquote(lex.Next().Value)
		}
		if lex.Next().Type != tokUnsquare {
			a.at.Type = lexer.EOF
		}
	default:
		a.at.Type = lexer.EOF
	}
	if a.at.Type != lexer.EOF && lex.Next().Type == tokAssign {
		return nil
	}
	lex.LoadCheckpoint(start)
	return participle.NextMatch
}
