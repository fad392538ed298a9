package luceneread

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A token is one word of a query.
type token struct {
	kind   tokenKind
	offset int
	end    int

	text    string     // of a term, phrase or regular expression, its escapes resolved
	pattern ir.Pattern // of a term, with its wildcards
	wild    bool       // the term has wildcards
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	termToken
	phraseToken
	regexpToken
	andToken
	orToken
	notToken
	plusToken
	minusToken
	openToken
	closeToken
	colonToken
	squareToken
)

// A lexer cuts a query into tokens.
type lexer struct {
	query string
	pos   int
}

func (l *lexer) fail(offset int, format string, args ...any) error {
	return &readback.Error{Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

// isSpace is the grammar's _WHITESPACE.
func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u3000' }

// next returns the next token.
func (l *lexer) next() (token, error) {
	for l.pos < len(l.query) {
		r, n := utf8.DecodeRuneInString(l.query[l.pos:])
		if !isSpace(r) {
			break
		}
		l.pos += n
	}
	t := token{offset: l.pos}
	rest := l.query[l.pos:]
	if rest == "" {
		return t, nil
	}
	kind, size := symbol(rest)
	switch {
	case size > 0:
		t.kind, t.text = kind, rest[:size]
		l.pos += size
	case rest[0] == '"':
		return l.phrase(t)
	case rest[0] == '/':
		return l.regexp(t)
	case strings.IndexByte("[]{}^~", rest[0]) >= 0:
		t.kind, t.text = squareToken, rest[:1]
		l.pos++
	default:
		return l.term(t)
	}
	t.end = l.pos
	return t, nil
}

// symbol returns the operator that the text begins with, and its length. The
// words of operators are told from others where words are read.
func symbol(rest string) (tokenKind, int) {
	switch rest[0] {
	case '(':
		return openToken, 1
	case ')':
		return closeToken, 1
	case ':':
		return colonToken, 1
	case '+':
		return plusToken, 1
	case '-':
		return minusToken, 1
	case '!':
		return notToken, 1
	}
	return endToken, 0
}

// phrase reads "<QUOTED: "\"" (<_QUOTED_CHAR>)* "\"">", in which a backslash
// makes the next character plain and no character is a wildcard.
func (l *lexer) phrase(t token) (token, error) {
	var b strings.Builder
	for i := l.pos + 1; i < len(l.query); i++ {
		switch c := l.query[i]; c {
		case '"':
			t.kind, t.text, t.end = phraseToken, b.String(), i+1
			l.pos = i + 1
			return t, nil
		case '\\':
			text, next, err := l.escape(i)
			if err != nil {
				return t, err
			}
			b.WriteString(text)
			i = next - 1
		default:
			b.WriteByte(c)
		}
	}
	return t, l.fail(t.offset, "the quotes are not closed")
}

// regexp reads "<REGEXPTERM: "/" (~["/"] | "\\/")* "/">", as long a token as
// can be: a slash with a backslash before it ends the expression only where
// none follows that has none.
func (l *lexer) regexp(t token) (token, error) {
	end := -1
	for i := l.pos + 1; i < len(l.query); i++ {
		if l.query[i] == '/' {
			end = i
			if l.query[i-1] != '\\' {
				break
			}
		}
	}
	if end < 0 {
		return t, l.fail(t.offset, "the regular expression is not closed by a slash")
	}
	t.kind, t.text, t.end = regexpToken, l.query[l.pos+1:end], end+1
	l.pos = t.end
	return t, nil
}

// escape reads an escape: \uXXXX is the character of that number, any other
// character is itself.
func (l *lexer) escape(i int) (text string, next int, err error) {
	if i+1 >= len(l.query) {
		return "", 0, l.fail(i, "nothing follows the backslash")
	}
	if l.query[i+1] == 'u' {
		n, ok := rune(0), i+6 <= len(l.query)
		for k := i + 2; ok && k < i+6; k++ {
			d := strings.IndexByte("0123456789abcdef", l.query[k]|0x20)
			ok = d >= 0
			n = n<<4 | rune(d)
		}
		if !ok {
			return "", 0, l.fail(i, `four hexadecimal digits must follow \u`)
		}
		return string(n), i + 6, nil
	}
	_, n := utf8.DecodeRuneInString(l.query[i+1:])
	return l.query[i+1 : i+1+n], i + 1 + n, nil
}

// notInTerm are the characters that end a term: _TERM_START_CHAR excludes
// more than _TERM_CHAR, which allows - and + inside of a word.
const notInTerm = "!():^[]\"{}~/"

// term reads a word, or the operators that are words.
func (l *lexer) term(t token) (token, error) {
	var elements []ir.Element
	add := func(text string) { elements = append(elements, ir.Element{Kind: ir.Literal, Text: text}) }
	i := l.pos
	for i < len(l.query) {
		r, n := utf8.DecodeRuneInString(l.query[i:])
		if isSpace(r) || strings.ContainsRune(notInTerm, r) {
			break
		}
		switch r {
		case '\\':
			text, next, err := l.escape(i)
			if err != nil {
				return t, err
			}
			add(text)
			i = next
			continue
		case '*':
			elements, t.wild = append(elements, ir.Element{Kind: ir.Star}), true
		case '?':
			elements, t.wild = append(elements, ir.Element{Kind: ir.Question}), true
		default:
			add(l.query[i : i+n])
		}
		i += n
	}
	if i == l.pos {
		return t, l.fail(i, "%q cannot begin a word", l.query[i:i+1])
	}
	t.kind, t.pattern, t.end = termToken, ir.NewPattern(elements...), i
	_, t.text = t.pattern.Shape()
	raw := l.query[l.pos:i]
	l.pos = i
	switch raw {
	case "AND", "&&":
		t.kind = andToken
	case "OR", "||":
		t.kind = orToken
	case "NOT":
		t.kind = notToken
	}
	return t, nil
}
