package splunkread

import (
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"
)

// An evalLexer reads the tokens of an expression of where and eval.
type evalLexer struct {
	text string
	base int // the offset of text in the query
	off  int
	nest nesting
}

// Next returns the next token, for participle. The value of a field or string
// is what stands between its quotes.
func (l *evalLexer) Next() (lexer.Token, error) {
	l.off = skipSpace(l.text, l.off)
	start := l.off
	tok := lexer.Token{Pos: lexer.Position{Offset: l.base + start}}
	if start == len(l.text) {
		tok.Type = lexer.EOF
		return tok, nil
	}
	var err error
	switch c := l.text[start]; {
	case c == '"':
		tok.Type = tokString
		tok.Value, err = l.quoted('"')
	case c == '\'':
		tok.Type = tokField
		tok.Value, err = l.quoted('\'')
	case c >= '0' && c <= '9':
		tok.Type = tokNumber
		tok.Value, err = l.number()
	case isWordByte(c):
		tok.Value = l.word()
		tok.Type = l.classOf(tok.Value)
	default:
		if tok.Type, tok.Value = operatorAt(l.text[start:]); tok.Type == 0 {
			err = l.badCharacter(start)
		}
		l.off += len(tok.Value)
	}
	if err != nil {
		return tok, err
	}
	return tok, l.nest.see(tok)
}

// badCharacter refuses what no expression has.
func (l *evalLexer) badCharacter(start int) error {
	r, _ := utf8.DecodeRuneInString(l.text[start:])
	if r == '[' || r == '`' {
		return foreign(l.base+start, "a macro or subsearch is not read")
	}
	return refused(l.base+start, "%q stands for nothing in an expression; a field name with it stands in single quotes", r)
}

// operatorAt returns the operator that text begins with ([eval-compare-exp],
// [eval-math-exp] and [eval-bool-exp] of SPEC, searchbnf.conf).
func operatorAt(text string) (lexer.TokenType, string) {
	for _, op := range [...]string{"==", "!=", "<=", ">=", "=", "<", ">"} {
		if strings.HasPrefix(text, op) {
			return tokCompare, op
		}
	}
	switch text[0] {
	case '(':
		return tokOpen, text[:1]
	case ')':
		return tokClose, text[:1]
	case ',':
		return tokComma, text[:1]
	case '+', '-', '.':
		return tokAdd, text[:1]
	case '*', '/', '%':
		return tokMultiply, text[:1]
	case '!':
		return tokBang, text[:1]
	}
	return 0, ""
}

// quoted reads a string, or a name in single quotes, in which a backslash is
// not known to mean anything.
func (l *evalLexer) quoted(quote byte) (string, error) {
	start := l.off
	end, ok := stringEnd(l.text, start)
	if quote == '\'' {
		n := strings.IndexByte(l.text[start+1:], quote)
		end, ok = start+n+2, n >= 0
	}
	if !ok {
		return "", refused(l.base+start, "the quote is not closed")
	}
	l.off = end
	inner := l.text[start+1 : end-1]
	switch {
	case quote == '"':
		if strings.ContainsAny(inner, "\r\n") {
			return "", foreign(l.base+start, "what a line break in a string means is not documented")
		}
	case inner == "":
		return "", refused(l.base+start, "the name of the field is empty")
	case strings.ContainsAny(inner, "\\*"):
		return "", foreign(l.base+start, "a name with a backslash or star is not read: %q", inner)
	}
	return inner, nil
}

// number reads a number. "If the expression references a field name that
// starts with a numeric character, the field name must be surrounded by single
// quotation marks" (SR, where).
func (l *evalLexer) number() (string, error) {
	start := l.off
	digits := func() {
		for l.off < len(l.text) && l.text[l.off] >= '0' && l.text[l.off] <= '9' {
			l.off++
		}
	}
	digits()
	if l.off+1 < len(l.text) && l.text[l.off] == '.' && l.text[l.off+1] >= '0' && l.text[l.off+1] <= '9' {
		l.off++
		digits()
	}
	if l.off < len(l.text) && isWordByte(l.text[l.off]) {
		return "", refused(l.base+start, "a field name that begins with a digit stands in single quotes")
	}
	return l.text[start:l.off], nil
}

func (l *evalLexer) word() string {
	start := l.off
	for l.off < len(l.text) && isWordByte(l.text[l.off]) {
		l.off++
	}
	return l.text[start:l.off]
}

// classOf returns the class of a word: an operator, the name of a function
// where a parenthesis follows, a field.
func (l *evalLexer) classOf(word string) lexer.TokenType {
	next := skipSpace(l.text, l.off)
	open := next < len(l.text) && l.text[next] == '('
	switch strings.ToUpper(word) {
	case "AND", "OR", "NOT", "XOR":
		if class := tokenOfWord(word); class != 0 {
			return class
		}
	case "LIKE":
		if !open || l.behindOperand(word) {
			return tokCompare
		}
	case "IN":
		// Both where in(f, "a") and where f in("a") are in SR, in(); the list of
		// the latter stands behind a field.
		if open && l.behindOperand(word) {
			return tokIn
		}
	}
	if open {
		return tokFunction
	}
	return tokField
}

// behindOperand reports whether an operand ends where the word that was just
// read begins.
func (l *evalLexer) behindOperand(word string) bool {
	before := strings.TrimRight(l.text[:l.off-len(word)], " \t\r\n")
	if before == "" {
		return false
	}
	last := before[len(before)-1]
	if !isWordByte(last) {
		return last == '\'' || last == '"' || last == ')'
	}
	word = before[strings.LastIndexFunc(before, func(r rune) bool { return r >= utf8.RuneSelf || !isWordByte(byte(r)) })+1:]
	return tokenOfWord(word) == 0
}
