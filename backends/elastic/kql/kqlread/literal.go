package kqlread

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/elastic/indexread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A literal is a word or text of the query.
type literal struct {
	text    string
	pattern ir.Pattern // where it has stars, which are none in quotes
	quoted  bool
}

// literal reads "Literal = QuotedString / UnquotedLiteral".
func (r *reader) literal() (literal, error) {
	if r.at('"') {
		return r.quoted()
	}
	return r.unquoted()
}

// quoted reads "QuotedString = '"' QuotedCharacter* '"'" with
// "QuotedCharacter = EscapedWhitespace / EscapedUnicodeSequence / '\\' [\\"] /
// [^"]": any other backslash is itself.
func (r *reader) quoted() (literal, error) {
	begin := r.pos
	var b strings.Builder
	for i := begin + 1; i < len(r.query); i++ {
		c := r.query[i]
		if c == '"' {
			r.pos = i + 1
			return literal{text: b.String(), quoted: true}, nil
		}
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		text, n := escape(r.query[i:])
		if n == 0 && i+1 < len(r.query) && strings.IndexByte(`\"`, r.query[i+1]) >= 0 {
			text, n = r.query[i+1:i+2], 2
		}
		if n == 0 {
			text, n = `\`, 1
		}
		b.WriteString(text)
		i += n - 1
	}
	return literal{}, r.fail(begin, "the quotes are not closed")
}

// escape reads "EscapedWhitespace = '\\t' / '\\r' / '\\n'" and
// "EscapedUnicodeSequence = '\\' 'u' [0-9a-f]i{4}".
func escape(text string) (string, int) {
	if len(text) < 2 {
		return "", 0
	}
	switch text[1] {
	case 't':
		return "\t", 2
	case 'r':
		return "\r", 2
	case 'n':
		return "\n", 2
	case 'u':
		if len(text) < 6 {
			return "", 0
		}
		n := rune(0)
		for _, c := range []byte(text[2:6]) {
			d := strings.IndexByte("0123456789abcdef", c|0x20)
			if d < 0 {
				return "", 0
			}
			n = n<<4 | rune(d)
		}
		return string(n), 6
	}
	return "", 0
}

// special are the characters that end an unquoted literal, and that a
// backslash makes plain: "SpecialCharacter = [\\():<>"*{}]".
const special = `\():<>"*{}`

// unquoted reads "UnquotedLiteral = UnquotedCharacter+", which runs over
// spaces up to a special character or an operator, and is trimmed.
func (r *reader) unquoted() (literal, error) {
	begin := r.pos
	var elements []ir.Element
	add := func(text string) { elements = append(elements, ir.Element{Kind: ir.Literal, Text: text}) }
	wild := false
	for r.pos < len(r.query) {
		rest := r.query[r.pos:]
		_, n := utf8.DecodeRuneInString(rest)
		switch {
		case rest[0] == '\\':
			text, size := unquotedEscape(rest)
			if size == 0 {
				return literal{}, r.fail(r.pos, `\ stands before a character that needs no escape`)
			}
			add(text)
			n = size
		case rest[0] == '*':
			elements, wild = append(elements, ir.Element{Kind: ir.Star}), true
		case strings.IndexByte(special, rest[0]) >= 0 || operatorAt(rest, "or")+operatorAt(rest, "and")+notAt(rest) > 0:
			return r.trimmed(begin, elements, wild)
		default:
			add(rest[:n])
		}
		r.pos += n
	}
	return r.trimmed(begin, elements, wild)
}

// unquotedEscape reads the escapes of an unquoted literal: also those of
// special characters and of "EscapedKeyword = '\\' ('or'i / 'and'i / 'not'i)".
func unquotedEscape(rest string) (string, int) {
	if text, n := escape(rest); n > 0 {
		return text, n
	}
	if len(rest) > 1 && strings.IndexByte(special, rest[1]) >= 0 {
		return rest[1:2], 2
	}
	for _, word := range []string{"or", "and", "not"} {
		if len(rest) > len(word) && strings.EqualFold(rest[1:1+len(word)], word) {
			return rest[1 : 1+len(word)], 1 + len(word)
		}
	}
	return "", 0
}

// trimmed returns the literal without the white space at its ends:
// "const sequence = chars.join(”).trim()".
func (r *reader) trimmed(begin int, elements []ir.Element, wild bool) (literal, error) {
	p := ir.NewPattern(elements...)
	cut := func(c rune) bool { return unicode.IsSpace(c) || c == '\ufeff' }
	if n := len(p); n > 0 {
		if p[0].Kind == ir.Literal {
			p[0].Text = strings.TrimLeftFunc(p[0].Text, cut)
		}
		if p[n-1].Kind == ir.Literal {
			p[n-1].Text = strings.TrimRightFunc(p[n-1].Text, cut)
		}
	}
	p = ir.NewPattern(p...)
	if !wild {
		_, text := p.Shape()
		if text == "" {
			return literal{}, r.fail(begin, "a value is expected here")
		}
		return literal{text: text}, nil
	}
	return literal{pattern: p}, nil
}

// words returns what a query string of a pattern finds: its words, cut at
// white space, are alternatives.
func words(f indexread.Field, p ir.Pattern) (readback.Expr, string) {
	var all readback.Or
	var now []ir.Element
	flush := func() string {
		if now == nil {
			return ""
		}
		x, msg := f.Wildcard(ir.NewPattern(now...))
		all, now = append(all, x), nil
		return msg
	}
	for _, e := range p {
		if e.Kind != ir.Literal {
			now = append(now, e)
			continue
		}
		for i, part := range strings.FieldsFunc(e.Text, isSpace) {
			if i > 0 || isSpace(rune(e.Text[0])) {
				if msg := flush(); msg != "" {
					return nil, msg
				}
			}
			now = append(now, ir.Element{Kind: ir.Literal, Text: part})
		}
		if last, _ := utf8.DecodeLastRuneInString(e.Text); isSpace(last) {
			if msg := flush(); msg != "" {
				return nil, msg
			}
		}
	}
	if msg := flush(); msg != "" {
		return nil, msg
	}
	return all, ""
}

// isSpace is the white space of query strings.
func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u3000' }
