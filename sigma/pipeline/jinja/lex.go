package jinja

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A kind is what a token is.
type kind uint8

const (
	dataToken kind = iota // text between tags
	outputToken
	blockToken
	closeToken // of an output or a block
	nameToken
	intToken
	floatToken
	stringToken
	operatorToken
	endToken
)

// A token is a piece of a template.
type token struct {
	kind kind
	text string // of a string: what it means
	line int    // from 1
	col  int
}

// fail returns a mistake at the token.
func (t token) fail(format string, args ...any) error {
	return &pipeline.TemplateError{Line: t.line, Col: t.col, Msg: fmt.Sprintf("line %d: ", t.line) + fmt.Sprintf(format, args...)}
}

// String returns the token as messages print it.
func (t token) String() string {
	if t.kind == endToken {
		return "the end of the template"
	}
	return strconv.Quote(t.text)
}

// A lexer takes a template apart.
type lexer struct {
	source  string
	at      int
	seen    int // up to where lines were counted
	line    int // that seen is in
	begin   int // where that line begins
	out     []token
	trim    bool // whitespace before the next text is left out
	opening token
}

// lex returns the tokens of a template. One line break at its end is left out,
// as Jinja2 does.
func lex(source string) ([]token, error) {
	source = strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n")
	l := &lexer{source: strings.TrimSuffix(source, "\n"), line: 1}
	for l.at < len(l.source) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.add(endToken, "")
	return l.out, nil
}

// here returns a token at the place that was reached.
func (l *lexer) here(k kind, text string) token {
	passed := l.source[l.seen:l.at]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		l.line += strings.Count(passed, "\n")
		l.begin = l.seen + i + 1
	}
	l.seen = l.at
	return token{kind: k, text: text, line: l.line, col: l.at - l.begin + 1}
}

func (l *lexer) add(k kind, text string) { l.out = append(l.out, l.here(k, text)) }

// next reads the text before a tag, and the tag.
func (l *lexer) next() error {
	rest := l.source[l.at:]
	open := -1
	for i := 0; i+1 < len(rest); i++ {
		if rest[i] == '{' && strings.IndexByte("{%#", rest[i+1]) >= 0 {
			open = i
			break
		}
	}
	if open < 0 {
		l.data(rest, false)
		l.at = len(l.source)
		return nil
	}
	control := byte(0)
	if open+2 < len(rest) {
		control = rest[open+2]
	}
	l.data(rest[:open], control == '-')
	l.at += open
	l.opening = l.here(operatorToken, rest[open:open+2])
	l.at += 2
	if control == '-' || control == '+' {
		l.at++
	}
	switch rest[open+1] {
	case '#':
		return l.comment()
	case '{':
		l.out = append(l.out, token{outputToken, "{{", l.opening.line, l.opening.col})
		return l.tag("}}")
	}
	if found, err := l.raw(); found || err != nil {
		return err
	}
	l.out = append(l.out, token{blockToken, "{%", l.opening.line, l.opening.col})
	return l.tag("%}")
}

// data adds text. trim says that whitespace at its end is left out.
func (l *lexer) data(text string, trim bool) {
	if l.trim {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	if trim {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	l.trim = false
	if text != "" {
		l.add(dataToken, text)
	}
}

// comment skips a comment.
func (l *lexer) comment() error {
	n := strings.Index(l.source[l.at:], "#}")
	if n < 0 {
		return l.opening.fail("the comment is not closed")
	}
	l.trim = n > 0 && l.source[l.at+n-1] == '-'
	l.at += n + 2
	return nil
}

var (
	rawOpen  = regexp.MustCompile(`^\s*raw\s*(-?)%\}`)
	rawClose = regexp.MustCompile(`\{%(-?)\s*endraw\s*(-?)%\}`)
)

// raw reads what is not read.
func (l *lexer) raw() (bool, error) {
	m := rawOpen.FindStringSubmatch(l.source[l.at:])
	if m == nil {
		return false, nil
	}
	l.at += len(m[0])
	l.trim = m[1] == "-"
	end := rawClose.FindStringSubmatchIndex(l.source[l.at:])
	if end == nil {
		return true, l.opening.fail("raw is not closed")
	}
	l.data(l.source[l.at:l.at+end[0]], end[2] < end[3])
	l.trim = end[4] < end[5]
	l.at += end[1]
	return true, nil
}

// operators are those of expressions, the longer before the shorter.
var operators = []string{"**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"}

// tag reads the tokens of an output or a block to its end.
func (l *lexer) tag(closing string) error {
	depth := 0
	for {
		rest := strings.TrimLeftFunc(l.source[l.at:], unicode.IsSpace)
		l.at = len(l.source) - len(rest)
		if rest == "" {
			return l.opening.fail("the tag is not closed")
		}
		if depth == 0 && (strings.HasPrefix(rest, closing) || (rest[0] == '-' || rest[0] == '+') && strings.HasPrefix(rest[1:], closing)) {
			l.add(closeToken, closing)
			l.trim = rest[0] == '-'
			l.at += strings.Index(rest, closing) + len(closing)
			return nil
		}
		n, err := l.word(rest)
		if err != nil {
			return err
		}
		switch t := l.out[len(l.out)-1]; {
		case t.kind != operatorToken:
		case t.text == "(" || t.text == "[" || t.text == "{":
			if depth++; depth > maxDepth {
				return t.fail("brackets are nested more than %d deep", maxDepth)
			}
		case t.text == ")" || t.text == "]" || t.text == "}":
			if depth--; depth < 0 {
				return t.fail("%s closes nothing", t)
			}
		}
		l.at += n
	}
}

// number is an integer or, with one of its groups, a float.
var number = regexp.MustCompile(`^(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?)`)

// word adds the token that the text begins with and returns its length.
func (l *lexer) word(rest string) (int, error) {
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == '_' || unicode.IsLetter(r):
		n := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if n < 0 {
			n = len(rest)
		}
		l.add(nameToken, rest[:n])
		return n, nil
	case r == '\'' || r == '"':
		return l.str(rest)
	}
	if m := number.FindStringSubmatch(rest); m != nil {
		k := intToken
		if m[1] != "" || m[2] != "" {
			k = floatToken
		}
		l.add(k, strings.ReplaceAll(m[0], "_", ""))
		return len(m[0]), nil
	}
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.add(operatorToken, op)
			return len(op), nil
		}
	}
	return 0, l.here(operatorToken, "").fail("%q means nothing here", r)
}

// simpleEscapes are those of Python's strings.
var simpleEscapes = map[byte]string{
	'\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\n': "",
}

// str adds the string that the text begins with.
func (l *lexer) str(rest string) (int, error) {
	var b strings.Builder
	for i := 1; i < len(rest); {
		switch {
		case rest[i] == rest[0]:
			l.add(stringToken, b.String())
			return i + 1, nil
		case rest[i] != '\\' || i+1 == len(rest):
			b.WriteByte(rest[i])
			i++
			continue
		}
		n, err := escape(&b, rest[i+1:])
		if err != nil {
			return 0, l.here(stringToken, "").fail("the string has an escape that is wrong")
		}
		i += 1 + n
	}
	return 0, l.here(stringToken, "").fail("the string is not closed")
}

// escape writes what a backslash and the text behind it are, and returns how
// much of that it is. What is no escape stays as it is.
func escape(b *strings.Builder, text string) (int, error) {
	if s, ok := simpleEscapes[text[0]]; ok {
		b.WriteString(s)
		return 1, nil
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[0]]
	switch {
	case digits == 0:
		b.WriteByte('\\')
		return 0, nil
	case len(text) <= digits:
		return 0, strconv.ErrSyntax
	}
	r, err := strconv.ParseUint(text[1:1+digits], 16, 32)
	if err != nil || r > utf8.MaxRune {
		return 0, strconv.ErrSyntax
	}
	b.WriteRune(rune(r))
	return 1 + digits, nil
}
