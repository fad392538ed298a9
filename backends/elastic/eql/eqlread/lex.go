package eqlread

import (
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/elastic/internal/lexical"
	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The classes of tokens.
const (
	tokWord     lexer.TokenType = iota + 1 // a name that is no keyword
	tokQuoted                              // a name between back-quotes
	tokFunction                            // a name that a parenthesis follows, with or without a tilde
	tokString
	tokNumber
	tokAny
	tokWhere
	tokAnd
	tokOr
	tokNot
	tokTrue
	tokFalse
	tokNull
	tokIn      // in, in~
	tokMatch   // : like like~ regex regex~
	tokCompare // == != < <= > >=
	tokPlus    // + or -, which may stand before an operand
	tokTimes   // * / %
	tokOpen
	tokClose
	tokComma
	tokDot
	tokOptional // ?
	tokOther    // keywords and signs of what is not read: sequences, joins, pipes
)

// symbols are the names that the grammar uses for the classes.
var symbols = map[string]lexer.TokenType{
	"EOF": lexer.EOF, "Word": tokWord, "Quoted": tokQuoted, "Function": tokFunction, "String": tokString, "Number": tokNumber,
	"Any": tokAny, "Where": tokWhere, "And": tokAnd, "Or": tokOr, "Not": tokNot, "True": tokTrue, "False": tokFalse, "Null": tokNull,
	"In": tokIn, "Match": tokMatch, "Compare": tokCompare, "Plus": tokPlus, "Times": tokTimes, "Open": tokOpen, "Close": tokClose,
	"Comma": tokComma, "Dot": tokDot, "Optional": tokOptional, "Other": tokOther,
}

// keywords are the words that are no names. They are all in small letters:
// AND is a name.
var keywords = map[string]lexer.TokenType{
	"and": tokAnd, "any": tokAny, "by": tokOther, "false": tokFalse, "in": tokIn, "in~": tokIn, "join": tokOther, "like": tokMatch,
	"like~": tokMatch, "maxspan": tokOther, "not": tokNot, "null": tokNull, "of": tokOther, "or": tokOr, "regex": tokMatch,
	"regex~": tokMatch, "sample": tokOther, "sequence": tokOther, "true": tokTrue, "until": tokOther, "where": tokWhere, "with": tokOther,
}

// maxDepth bounds how deep parentheses may lie in one another.
const maxDepth = 200

// A scanner makes tokens of a query (EqlBase.g4 of Elasticsearch).
type scanner struct {
	text  string
	off   int
	depth int
}

// Next returns the next token, for participle.
func (s *scanner) Next() (lexer.Token, error) {
	if err := s.skip(); err != nil {
		return lexer.Token{}, err
	}
	tok := lexer.Token{Pos: lexer.Position{Offset: s.off, Line: 1, Column: s.off + 1}}
	if s.off == len(s.text) {
		tok.Type = lexer.EOF
		return tok, nil
	}
	size, err := 0, error(nil)
	tok.Type, size, err = s.token()
	if err != nil {
		return tok, err
	}
	tok.Value = s.text[s.off : s.off+size]
	s.off += size
	return tok, nil
}

// token returns the class and the length of the token at the offset.
func (s *scanner) token() (lexer.TokenType, int, error) {
	rest := s.text[s.off:]
	switch c := rest[0]; {
	case lexical.IsLetter(c) || c == '_' || c == '@':
		return s.word(rest)
	case lexical.BeginsNumber(rest):
		return tokNumber, lexical.Number(rest), nil
	case c == '`':
		return s.quotedName(rest)
	case c == '"' || c == '\'' || c == '?' && len(rest) > 1 && (rest[1] == '"' || rest[1] == '\''):
		size, err := s.stringEnd(rest)
		return tokString, size, err
	}
	return s.sign(rest)
}

// word reads a keyword, or a name with the tilde that may end the name of a
// function. The longer token is the one: "in~" is no "in", and "f~" no name.
func (s *scanner) word(rest string) (lexer.TokenType, int, error) {
	n := 1
	for n < len(rest) && (lexical.IsLetter(rest[n]) || lexical.IsDigit(rest[n]) || rest[n] == '_') {
		n++
	}
	tilde := n < len(rest) && rest[n] == '~' && lexical.IsLetter(rest[0])
	if tilde {
		n++
	}
	if t, ok := keywords[rest[:n]]; ok {
		return t, n, nil
	}
	after := scanner{text: s.text, off: s.off + n}
	if err := after.skip(); err == nil && strings.HasPrefix(s.text[after.off:], "(") {
		return tokFunction, n, nil
	}
	if tilde {
		return 0, 0, s.refuse("%s is no name; only those of functions end with a tilde", rest[:n])
	}
	return tokWord, n, nil
}

func (s *scanner) quotedName(rest string) (lexer.TokenType, int, error) {
	n := lexical.QuotedName(rest)
	if n == 0 {
		return 0, 0, s.refuse("the back-quote is not closed")
	}
	return tokQuoted, n, nil
}

// signs are what stands for itself, longer ones first.
var signs = []struct {
	text string
	typ  lexer.TokenType
}{
	{"==", tokCompare}, {"!=", tokCompare}, {"<=", tokCompare}, {">=", tokCompare}, {"<", tokCompare}, {">", tokCompare},
	{":", tokMatch}, {"(", tokOpen}, {")", tokClose}, {",", tokComma}, {".", tokDot}, {"?", tokOptional},
	{"+", tokPlus}, {"-", tokPlus}, {"*", tokTimes}, {"/", tokTimes}, {"%", tokTimes},
	{"[", tokOther}, {"]", tokOther}, {"![", tokOther}, {"|", tokOther},
}

func (s *scanner) sign(rest string) (lexer.TokenType, int, error) {
	for _, sign := range signs {
		if !strings.HasPrefix(rest, sign.text) {
			continue
		}
		switch sign.typ {
		case tokOpen:
			if s.depth++; s.depth > maxDepth {
				return 0, 0, &readback.Error{Offset: s.off, Msg: "the parentheses lie too deep in one another", Foreign: true}
			}
		case tokClose:
			s.depth--
		}
		return sign.typ, len(sign.text), nil
	}
	if rest[0] == '=' {
		return 0, 0, s.refuse("= is no operator; write == or :")
	}
	_, size := utf8.DecodeRuneInString(rest)
	return 0, 0, s.refuse("the character %q has no meaning here", rest[:size])
}

// skip passes over white space and comments.
func (s *scanner) skip() error {
	off, ok := lexical.SkipSpace(s.text, s.off)
	s.off = off
	if !ok {
		return s.refuse("the comment is not closed")
	}
	return nil
}
