package esqlread

import (
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/elastic/internal/lexical"
)

// The classes of tokens.
const (
	tokFrom lexer.TokenType = iota + 1
	tokMetadata
	tokSource // an index pattern or a metadata field without quotes
	tokPipe
	tokWhere
	tokEval
	tokWord     // a name that is no keyword
	tokQuoted   // a name between back-quotes
	tokFunction // a name that a parenthesis follows
	tokString
	tokNumber
	tokTrue
	tokFalse
	tokNull
	tokAnd
	tokOr
	tokNot
	tokIn
	tokLike // like or rlike
	tokIs
	tokCompare // == != < <= > >=
	tokAssign
	tokPlus  // + or -, which may stand before an operand
	tokTimes // * / %
	tokCast  // ::
	tokColon
	tokOpen
	tokClose
	tokComma
	tokDot
	tokOther // commands, keywords and signs of what is not read
)

// symbols are the names that the grammar uses for the classes.
var symbols = map[string]lexer.TokenType{
	"EOF": lexer.EOF, "From": tokFrom, "Metadata": tokMetadata, "Source": tokSource, "Pipe": tokPipe, "Where": tokWhere, "Eval": tokEval,
	"Word": tokWord, "Quoted": tokQuoted, "Function": tokFunction, "String": tokString, "Number": tokNumber, "True": tokTrue,
	"False": tokFalse, "Null": tokNull, "And": tokAnd, "Or": tokOr, "Not": tokNot, "In": tokIn, "Like": tokLike, "Is": tokIs,
	"Compare": tokCompare, "Assign": tokAssign, "Plus": tokPlus, "Times": tokTimes, "Cast": tokCast, "Colon": tokColon, "Open": tokOpen,
	"Close": tokClose, "Comma": tokComma, "Dot": tokDot, "Other": tokOther,
}

// keywords are the words of expressions that are no names, in either case.
var keywords = map[string]lexer.TokenType{
	"and": tokAnd, "asc": tokOther, "by": tokOther, "desc": tokOther, "false": tokFalse, "first": tokOther, "in": tokIn, "is": tokIs,
	"last": tokOther, "like": tokLike, "not": tokNot, "null": tokNull, "nulls": tokOther, "or": tokOr, "rlike": tokLike, "true": tokTrue,
	"where": tokOther,
}

// commands are the words that begin a query or stand behind a pipe.
var commands = map[string]lexer.TokenType{"from": tokFrom, "where": tokWhere, "eval": tokEval}

// others are the commands that are not read.
var others = map[string]bool{
	"change_point": true, "completion": true, "dissect": true, "drop": true, "enrich": true, "explain": true, "fork": true, "fuse": true,
	"grok": true, "inline": true, "inlinestats": true, "insist": true, "join": true, "keep": true, "limit": true, "lookup": true,
	"metrics": true, "mmr": true, "mv_expand": true, "promql": true, "rename": true, "rerank": true, "row": true, "sample": true,
	"set": true, "show": true, "sort": true, "stats": true, "ts": true,
}

// A mode is what a scanner is in, as the modes of EsqlBaseLexer.g4.
type mode uint8

const (
	inCommand mode = iota // where a command begins
	inSource              // behind from
	inExpression
)

// maxDepth bounds how deep parentheses may lie in one another.
const maxDepth = 200

// A scanner makes tokens of a query.
type scanner struct {
	text  string
	off   int
	depth int
	mode  mode
}

// Next returns the next token, for participle.
func (s *scanner) Next() (lexer.Token, error) {
	off, ok := lexical.SkipSpace(s.text, s.off)
	s.off = off
	tok := lexer.Token{Pos: lexer.Position{Offset: off, Line: 1, Column: off + 1}}
	if !ok {
		return tok, refuse(off, "the comment is not closed")
	}
	if off == len(s.text) {
		tok.Type = lexer.EOF
		return tok, nil
	}
	typ, size, err := s.token(s.text[off:])
	if err != nil {
		return tok, err
	}
	tok.Type, tok.Value = typ, s.text[off:off+size]
	s.off += size
	return tok, nil
}

// token returns the class and the length of the token at the offset.
func (s *scanner) token(rest string) (lexer.TokenType, int, error) {
	c := rest[0]
	switch {
	case c == '|' && s.depth == 0:
		s.mode = inCommand
		return tokPipe, 1, nil
	case c == '"':
		size, err := s.stringEnd(rest)
		return tokString, size, err
	case s.mode == inSource:
		return s.source(rest)
	case s.mode == inCommand:
		return s.command(rest)
	case lexical.BeginsNumber(rest):
		return tokNumber, lexical.Number(rest), nil
	case lexical.IsLetter(c), c == '_', c == '@':
		return s.word(rest)
	case c == '`':
		if n := lexical.QuotedName(rest); n > 2 {
			return tokQuoted, n, nil
		}
		return 0, 0, refuse(s.off, "the back-quote is not closed, or nothing stands between two")
	}
	return s.sign(rest)
}

// wordEnd returns the length of the word that a text begins with.
func wordEnd(text string) int {
	n := 0
	for n < len(text) && (lexical.IsLetter(text[n]) || lexical.IsDigit(text[n]) || text[n] == '_') {
		n++
	}
	return n
}

// command reads the name of a command.
func (s *scanner) command(rest string) (lexer.TokenType, int, error) {
	n := wordEnd(rest)
	word := strings.ToLower(rest[:n])
	typ, ok := commands[word]
	switch {
	case ok && typ == tokFrom:
		s.mode = inSource
		return typ, n, nil
	case ok:
		s.mode = inExpression
		return typ, n, nil
	case others[word]:
		return 0, 0, foreign(s.off, "the command %s is not read", word)
	case n == 0:
		_, n = utf8.DecodeRuneInString(rest)
	}
	return 0, 0, refuse(s.off, "there is no command %q", rest[:n])
}

// source reads an index pattern, "metadata" or a field of metadata.
func (s *scanner) source(rest string) (lexer.TokenType, int, error) {
	switch rest[0] {
	case ',':
		return tokComma, 1, nil
	case ':':
		return tokColon, 1, nil
	case '[', '(':
		return 0, 0, foreign(s.off, "only index patterns are read behind from")
	}
	n := 0
	for n < len(rest) && strings.IndexByte(":\"=|,[]() \t\r\n", rest[n]) < 0 && (rest[n] != '/' || !strings.HasPrefix(rest[n:], "//") && !strings.HasPrefix(rest[n:], "/*")) {
		n++
	}
	if n == 0 {
		return 0, 0, refuse(s.off, "the character %q has no meaning in an index pattern", rest[:1])
	}
	if strings.EqualFold(rest[:n], "metadata") {
		return tokMetadata, n, nil
	}
	return tokSource, n, nil
}

// word reads a keyword or a name. A name is more than _ or @.
func (s *scanner) word(rest string) (lexer.TokenType, int, error) {
	n := 1 + wordEnd(rest[1:])
	if t, ok := keywords[strings.ToLower(rest[:n])]; ok {
		return t, n, nil
	}
	if n == 1 && !lexical.IsLetter(rest[0]) {
		return 0, 0, refuse(s.off, "%s alone is no name", rest[:1])
	}
	if after, ok := lexical.SkipSpace(s.text, s.off+n); ok && strings.HasPrefix(s.text[after:], "(") {
		return tokFunction, n, nil
	}
	return tokWord, n, nil
}

// signs are what stands for itself, longer ones first.
var signs = []struct {
	text string
	typ  lexer.TokenType
}{
	{"==", tokCompare}, {"!=", tokCompare}, {"<=", tokCompare}, {">=", tokCompare}, {"<", tokCompare}, {">", tokCompare},
	{"=", tokAssign}, {"::", tokCast}, {":", tokColon}, {"(", tokOpen}, {")", tokClose}, {",", tokComma}, {".", tokDot},
	{"+", tokPlus}, {"-", tokPlus}, {"*", tokTimes}, {"/", tokTimes}, {"%", tokTimes},
	{"[", tokOther}, {"]", tokOther}, {"{", tokOther}, {"}", tokOther}, {"?", tokOther}, {"|", tokOther},
}

func (s *scanner) sign(rest string) (lexer.TokenType, int, error) {
	if strings.HasPrefix(rest, "=~") {
		return 0, 0, refuse(s.off, "=~ is no operator; compare to_lower(...) with small letters")
	}
	for _, sign := range signs {
		if !strings.HasPrefix(rest, sign.text) {
			continue
		}
		switch sign.typ {
		case tokOpen:
			if s.depth++; s.depth > maxDepth {
				return 0, 0, foreign(s.off, "the parentheses lie too deep in one another")
			}
		case tokClose:
			s.depth = max(0, s.depth-1)
		}
		return sign.typ, len(sign.text), nil
	}
	_, size := utf8.DecodeRuneInString(rest)
	return 0, 0, refuse(s.off, "the character %q has no meaning here", rest[:size])
}
