package kustoread

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// The classes of tokens.
const (
	tokName     lexer.TokenType = iota + 1 // a name that needs no brackets
	tokSoft                                // a word that is a name only where one is given
	tokReserved                            // a word that is a name only in brackets
	tokString                              // a string with its quotes
	tokNumber                              // 5, 0x1F, 1.5, 1e9
	tokSpan                                // 1h
	tokBool                                // true
	tokTyped                               // datetime(2024-01-01)
	tokOperator                            // between two operands
	tokSign                                // + or -, which may stand before one operand, too
	tokStar                                // *
	tokIn                                  // an operator before a list
	tokBetween                             // between, !between
	tokOpen                                // (
	tokPipeline                            // the ( around a pipeline
	tokClose                               // )
	tokSquare                              // [
	tokUnsquare                            // ]
	tokBrace                               // {
	tokUnbrace                             // }
	tokComma                               // ,
	tokDot                                 // .
	tokRange                               // ..
	tokAssign                              // =
	tokColon                               // :
	tokBar                                 // |
	tokEnd                                 // ;
)

// symbols are the names that the grammar uses for the classes.
var symbols = map[string]lexer.TokenType{
	"EOF": lexer.EOF, "Name": tokName, "Soft": tokSoft, "Reserved": tokReserved, "String": tokString, "Number": tokNumber,
	"Span": tokSpan, "Bool": tokBool, "Typed": tokTyped, "Operator": tokOperator, "Sign": tokSign, "Star": tokStar,
	"In": tokIn, "Between": tokBetween, "Open": tokOpen, "Pipeline": tokPipeline, "Close": tokClose, "Square": tokSquare,
	"Unsquare": tokUnsquare, "Brace": tokBrace, "Unbrace": tokUnbrace, "Comma": tokComma, "Dot": tokDot,
	"Range": tokRange, "Assign": tokAssign, "Colon": tokColon, "Bar": tokBar, "End": tokEnd,
}

// signs are the signs that are tokens, longer ones first.
var signs = []struct {
	text  string
	class lexer.TokenType
}{
	{"==", tokOperator}, {"=~", tokOperator}, {"!=", tokOperator}, {"!~", tokOperator}, {"<=", tokOperator},
	{">=", tokOperator}, {"<>", tokOperator}, {"..", tokRange}, {"<", tokOperator}, {">", tokOperator},
	{"=", tokAssign}, {"+", tokSign}, {"-", tokSign}, {"*", tokStar}, {"/", tokOperator}, {"%", tokOperator},
	{"(", tokOpen}, {")", tokClose}, {"[", tokSquare}, {"]", tokUnsquare}, {"{", tokBrace}, {"}", tokUnbrace},
	{",", tokComma}, {".", tokDot}, {":", tokColon}, {"|", tokBar}, {";", tokEnd},
}

// fail returns an error of the query.
func fail(offset int, format string, args ...any) *readback.Error {
	return &readback.Error{Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

// unknown returns an error of the reader.
func unknown(offset int, format string, args ...any) *readback.Error {
	return &readback.Error{Offset: offset, Msg: fmt.Sprintf(format, args...), Foreign: true}
}

// A scanner makes tokens of a query by the rules of TokenParser.cs and
// KqlTokens.g4 of Microsoft/Kusto-Query-Language.
type scanner struct {
	text string
	off  int
}

// tokens returns all tokens of a query, without the end.
func (s *scanner) tokens() ([]lexer.Token, error) {
	out := make([]lexer.Token, 0, len(s.text)/6+8)
	for {
		s.skip()
		if s.off == len(s.text) {
			return out, nil
		}
		start := s.off
		class, err := s.token()
		if err != nil {
			return nil, err
		}
		out = append(out, lexer.Token{Type: class, Value: s.text[start:s.off], Pos: lexer.Position{Offset: start}})
	}
}

// skip goes to the next character that is neither white space nor in a
// comment.
func (s *scanner) skip() {
	for s.off < len(s.text) {
		r, size := rune(s.text[s.off]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s.text[s.off:])
		}
		switch {
		case isSpace(r):
			s.off += size
		case strings.HasPrefix(s.text[s.off:], "//"):
			end := strings.IndexAny(s.text[s.off:], "\r\n\u2028\u2029")
			if end < 0 {
				end = len(s.text) - s.off
			}
			s.off += end
		default:
			return
		}
	}
}

// isSpace reports whether a character is white space (WHITESPACE in
// KqlTokens.g4).
func isSpace(r rune) bool {
	switch {
	case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f':
		return true
	case r < 0xa0:
		return false
	}
	return r >= 0x2000 && r <= 0x200b || strings.ContainsRune("\u00a0\u1680\u180e\u2028\u2029\u202f\u205f\u3000\ufeff", r)
}

// token passes over one token and returns its class.
func (s *scanner) token() (lexer.TokenType, error) {
	c := s.text[s.off]
	if n := s.stringEnd(); n != 0 {
		if n < 0 {
			return 0, s.badString()
		}
		s.off = n
		return tokString, nil
	}
	switch {
	case isDigit(c):
		return s.number()
	case isLetter(c) || c == '$':
		return s.word()
	case c == '!' && s.off+1 < len(s.text) && isLetter(s.text[s.off+1]):
		return s.negation()
	}
	for i := range signs {
		if strings.HasPrefix(s.text[s.off:], signs[i].text) {
			s.off += len(signs[i].text)
			return signs[i].class, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.off:])
	return 0, fail(s.off, "the character %q is not part of the language", r)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isLetter reports whether a name may begin with the byte. Other letters than
// those of ASCII stand in brackets only.
func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// wordEnd returns the offset behind the word that begins at off.
func (s *scanner) wordEnd(off int) int {
	for off < len(s.text) && (isLetter(s.text[off]) || isDigit(s.text[off]) || s.text[off] == '$') {
		if s.text[off] == '$' && off > s.off {
			break
		}
		off++
	}
	return off
}

// word passes over a name, a keyword, an operator that is a word or a literal
// such as datetime(2024-01-01).
func (s *scanner) word() (lexer.TokenType, error) {
	end := s.wordEnd(s.off)
	w := s.text[s.off:end]
	rest := s.text[end:]
	switch {
	case typed[w] != 0 && strings.HasPrefix(rest, "("):
		n := strings.IndexAny(rest, ")\r\n")
		if n < 0 || rest[n] != ')' {
			return 0, fail(end, "the literal has no )")
		}
		s.off = end + n + 1
		return tokTyped, nil
	case w == "matches" && strings.HasPrefix(rest, " regex") && s.wordEnd(end+1) == end+len(" regex"):
		s.off = end + len(" regex") // one token with one blank in it
		return tokOperator, nil
	case w == "in" && strings.HasPrefix(rest, "~"):
		end++
	}
	s.off = end
	if class := wordClass[w]; class != 0 {
		return class, nil
	}
	return tokName, nil
}

// negation passes over an operator with an exclamation mark.
func (s *scanner) negation() (lexer.TokenType, error) {
	end := s.wordEnd(s.off + 1)
	if strings.HasPrefix(s.text[end:], "~") {
		end++
	}
	class := negated[s.text[s.off+1:end]]
	if class == 0 {
		return 0, fail(s.off, "there is no operator %s", s.text[s.off:end])
	}
	s.off = end
	return class, nil
}

// number passes over a number, a timespan or a name that begins with digits.
func (s *scanner) number() (lexer.TokenType, error) {
	end := s.wordEnd(s.off)
	digits := s.digits(s.off)
	if n := s.realEnd(digits); n > 0 {
		s.off = n
		return tokNumber, nil
	}
	fraction := digits
	if fraction+1 < len(s.text) && s.text[fraction] == '.' && isDigit(s.text[fraction+1]) {
		fraction = s.digits(fraction + 1)
	}
	if unit := s.wordEnd(fraction); units[s.text[fraction:unit]] != 0 {
		s.off = unit
		return tokSpan, nil
	}
	hex := s.text[s.off:end]
	if digits == end || len(hex) > 2 && hex[1]|0x20 == 'x' && hex[0] == '0' && isHex(hex[2:]) {
		s.off = end
		return tokNumber, nil
	}
	s.off = end
	return tokName, nil
}

// digits returns the offset behind the digits that begin at off.
func (s *scanner) digits(off int) int {
	for off < len(s.text) && isDigit(s.text[off]) {
		off++
	}
	return off
}

// realEnd returns the offset behind a number with a fraction or an exponent,
// of which the whole part ends at off; 0 where there is none.
func (s *scanner) realEnd(off int) int {
	rest := s.text[off:]
	dot := strings.HasPrefix(rest, ".") && (!strings.HasPrefix(rest, "..") || strings.HasPrefix(rest, "..."))
	if dot {
		off = s.digits(off + 1)
	}
	if exp := s.exponentEnd(off); exp > 0 {
		off = exp
	} else if !dot {
		return 0
	}
	if off < len(s.text) && (isLetter(s.text[off]) || isDigit(s.text[off])) {
		return 0
	}
	return off
}

func (s *scanner) exponentEnd(off int) int {
	if off >= len(s.text) || s.text[off]|0x20 != 'e' {
		return 0
	}
	off++
	if off < len(s.text) && (s.text[off] == '+' || s.text[off] == '-') {
		off++
	}
	if end := s.digits(off); end > off {
		return end
	}
	return 0
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return s != ""
}
