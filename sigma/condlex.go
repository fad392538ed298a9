package sigma

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"
)

// The classes of tokens of a condition.
const (
	tokAnd    lexer.TokenType = iota + 1
	tokOr                     // or
	tokNot                    // not
	tokOpen                   // (
	tokClose                  // )
	tokName                   // the name of a search
	tokQuant                  // 1, any, all or a number, where "of" and a name or pattern follow
	tokTarget                 // the name, the pattern or "them" behind "of"
	tokGlob                   // a pattern that no "of" stands before
	tokBad                    // a character that no condition has
)

// condSymbols are the names that the grammar uses for the classes.
func condSymbols() map[string]lexer.TokenType {
	return map[string]lexer.TokenType{
		"EOF": lexer.EOF, "And": tokAnd, "Or": tokOr, "Not": tokNot, "Open": tokOpen, "Close": tokClose,
		"Name": tokName, "Quant": tokQuant, "Target": tokTarget, "Glob": tokGlob, "Bad": tokBad,
	}
}

// condLexer makes tokens of a condition. It is exact about words: notsel is a
// name (N8), and "all" is a quantifier only where "of" and a name follow.
type condLexer struct {
	text   string
	off    int
	behind bool // the last token was a quantifier, so a target follows
}

// token returns the next token. It never fails: what no condition has is a
// token of its own class.
func (l *condLexer) token() lexer.Token {
	start := skipSpace(l.text, l.off)
	tok := lexer.Token{Pos: lexer.Position{Offset: start}}
	if start == len(l.text) {
		tok.Type = lexer.EOF
		return tok
	}
	end := wordEnd(l.text, start)
	switch c := l.text[start]; {
	case end > start:
		l.off = end
		tok.Type = l.word(l.text[start:end])
	case c == '(':
		tok.Type, end = tokOpen, start+1
	case c == ')':
		tok.Type, end = tokClose, start+1
	default:
		_, size := utf8.DecodeRuneInString(l.text[start:])
		tok.Type, end = tokBad, start+size
	}
	tok.Value = l.text[start:end]
	if tok.Type == tokQuant {
		end = wordEnd(l.text, skipSpace(l.text, end)) // "of"
	}
	l.off, l.behind = end, tok.Type == tokQuant
	return tok
}

// Next returns the next token, for participle.
func (l *condLexer) Next() (lexer.Token, error) { return l.token(), nil }

// word decides the class of a word that ends at the current offset.
func (l *condLexer) word(w string) lexer.TokenType {
	switch {
	case l.behind:
		return tokTarget
	case w == "and":
		return tokAnd
	case w == "or":
		return tokOr
	case w == "not":
		return tokNot
	case strings.IndexByte(w, '*') >= 0:
		return tokGlob
	case (w == "all" || w == "any" || isNumber(w)) && l.ofFollows():
		return tokQuant
	}
	return tokName
}

// ofFollows reports whether "of" and a name, a pattern or "them" follow.
func (l *condLexer) ofFollows() bool {
	of := skipSpace(l.text, l.off)
	end := wordEnd(l.text, of)
	if l.text[of:end] != "of" {
		return false
	}
	target := skipSpace(l.text, end)
	switch l.text[target:wordEnd(l.text, target)] {
	case "", "and", "or", "not":
		return false
	}
	return true
}

// skipSpace returns the offset of the first byte from off on that is no white
// space; line breaks are white space (N14).
func skipSpace(text string, off int) int {
	for off < len(text) {
		switch text[off] {
		case ' ', '\t', '\n', '\r':
			off++
		default:
			return off
		}
	}
	return off
}

// wordEnd returns the offset behind the name or pattern that begins at off.
func wordEnd(text string, off int) int {
	for off < len(text) && (isNameByte(text[off]) || text[off] == '*') {
		off++
	}
	return off
}

func isNumber(w string) bool {
	for i := range len(w) {
		if !isDigit(w[i]) {
			return false
		}
	}
	return w != ""
}

// condDefinition is the lexer as participle wants it.
type condDefinition struct{}

// Symbols returns the classes of tokens by name.
func (condDefinition) Symbols() map[string]lexer.TokenType { return condSymbols() }

// Lex reads a condition to its end and returns its lexer.
func (condDefinition) Lex(_ string, r io.Reader) (lexer.Lexer, error) {
	var b strings.Builder
	if _, err := io.Copy(&b, r); err != nil {
		return nil, err
	}
	return &condLexer{text: b.String()}, nil
}
