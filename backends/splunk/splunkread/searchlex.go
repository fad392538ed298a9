package splunkread

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// A term is one comparison or keyword of the search clause.
type term struct {
	off    int
	field  string // "" for a keyword
	op     string // a comparison, or "IN"
	values []literal
}

// A literal is a value of the search clause, decoded. Its stars are wildcards,
// between quotes, too.
type literal struct {
	off       int
	text      string
	quoted    bool
	directive string // CASE or TERM
}

// A searchLexer reads the tokens of a search clause. Terms are numbered: the
// token of a term has its index as a rune.
type searchLexer struct {
	text  string
	base  int // the offset of text in the query
	off   int
	terms []*term
	nest  nesting
}

// Next returns the next token, for participle.
func (l *searchLexer) Next() (lexer.Token, error) {
	l.off = skipSpace(l.text, l.off)
	start := l.off
	tok := lexer.Token{Pos: lexer.Position{Offset: l.base + start}}
	if start == len(l.text) {
		tok.Type = lexer.EOF
		return tok, nil
	}
	switch c := l.text[start]; c {
	case '(':
		tok.Type = tokOpen
		l.off++
	case ')':
		tok.Type = tokClose
		l.off++
	default:
		if tok.Type = l.operator(); tok.Type == 0 {
			if err := l.term(); err != nil {
				return tok, err
			}
			tok.Type = tokTerm
		}
	}
	tok.Value = l.text[start:l.off]
	return tok, l.nest.see(tok)
}

// operator reads a boolean operator, which "must be capitalized" (SM, "Boolean
// expressions with logical operators"), or returns 0.
func (l *searchLexer) operator() lexer.TokenType {
	end := bareEnd(l.text, l.off, "")
	class := tokenOfWord(l.text[l.off:end])
	if class == tokAnd || class == tokOr || class == tokNot {
		if next := skipSpace(l.text, end); next < len(l.text) && comparison(l.text[next:]) != "" {
			return 0 // a name; term says what is wrong with it
		}
		l.off = end
		return class
	}
	return 0
}

// term reads a comparison or a keyword:
//
//	<field><cmp><value> | <field> IN <value-list> | "<string>" | <term>
//
// (SPEC, searchbnf.conf). Spaces may stand round the comparison.
func (l *searchLexer) term() error {
	first, err := l.operand()
	if err != nil {
		return err
	}
	t := &term{off: first.off}
	l.terms = append(l.terms, t)
	next := skipSpace(l.text, l.off)
	op := comparison(l.text[next:])
	switch {
	case op != "" && first.directive != "":
		return refused(first.off, "%s() is no name of a field", first.directive)
	case op != "":
		t.field, t.op = first.text, op
		l.off = skipSpace(l.text, next+len(op))
		err = l.compared(t)
	case listFollows(l.text, next):
		t.field, t.op = first.text, "IN"
		err = l.list(t, skipSpace(l.text, next+len("IN")))
	default:
		t.values = []literal{first}
	}
	if bad := checkOperatorName(first); bad != nil {
		return bad
	}
	return err
}

// compared reads the value of a comparison.
func (l *searchLexer) compared(t *term) error {
	if l.off < len(l.text) && l.text[l.off] == '(' {
		return foreign(l.base+l.off, "a list of values behind %q is not read: write IN", t.op)
	}
	if op := comparison(l.text[l.off:]); op != "" {
		return foreign(l.base+l.off, "%s%s is not one of the comparisons that SR, search, lists", t.op, op)
	}
	if l.off == len(l.text) || l.text[l.off] == ')' {
		return refused(l.base+l.off, "a value is missing behind %q", t.op)
	}
	value, err := l.operand()
	if err != nil {
		return err
	}
	if op := comparison(l.text[l.off:]); op != "" {
		return foreign(l.base+l.off, "%q inside of a value is not read: put the value in quotes", op)
	}
	t.values = []literal{value}
	return checkOperatorName(value)
}

// listFollows reports whether "IN (" stands at off.
func listFollows(text string, off int) bool {
	if !strings.HasPrefix(text[off:], "IN") {
		return false
	}
	open := skipSpace(text, off+len("IN"))
	return open < len(text) && text[open] == '('
}

// list reads the values of IN, behind the parenthesis at open.
func (l *searchLexer) list(t *term, open int) error {
	for l.off = open + 1; ; l.off++ {
		l.off = skipSpace(l.text, l.off)
		if l.off == len(l.text) || strings.IndexByte(",)", l.text[l.off]) >= 0 {
			return refused(l.base+l.off, "a value is missing in the list of IN")
		}
		value, err := l.value(",")
		if err == nil {
			err = checkOperatorName(value)
		}
		if err != nil {
			return err
		}
		t.values = append(t.values, value)
		l.off = skipSpace(l.text, l.off)
		switch {
		case l.off == len(l.text):
			return refused(l.base+open, "the list of IN is not closed")
		case l.text[l.off] == ')':
			l.off++
			return nil
		case l.text[l.off] != ',':
			return refused(l.base+l.off, "between the values of IN stands a comma")
		}
	}
}

// operand reads a string, a word or a directive outside of a list.
func (l *searchLexer) operand() (literal, error) { return l.value("") }

// value reads a value, of which a word ends at the characters of stop.
func (l *searchLexer) value(stop string) (literal, error) {
	start := l.off
	out := literal{off: l.base + start}
	if l.text[start] == '"' {
		end, ok := stringEnd(l.text, start)
		if !ok {
			return out, refused(out.off, "the quote is not closed; a backslash before a quote is written twice")
		}
		l.off, out.quoted = end, true
		out.text = decodeSearch(l.text[start+1 : end-1])
		if i := strings.IndexAny(out.text, "\r\n"); i >= 0 {
			return out, foreign(out.off, "what a line break in a string means is not documented")
		}
		return out, l.closeValue(stop)
	}
	end := bareEnd(l.text, start, stop)
	word := l.text[start:end]
	if (word == "CASE" || word == "TERM") && end < len(l.text) && l.text[end] == '(' {
		return l.directive(word, end)
	}
	if word == "" {
		if strings.IndexByte("[`", l.text[start]) >= 0 {
			return out, foreign(out.off, "a macro or subsearch is not read")
		}
		return out, refused(out.off, "%q stands where a word or string is expected", l.text[start:start+1])
	}
	l.off, out.text = end, decodeSearch(word)
	return out, l.closeValue(stop)
}

// closeValue checks that nothing touches the end of a value.
func (l *searchLexer) closeValue(stop string) error {
	if l.off == len(l.text) {
		return nil
	}
	switch c := l.text[l.off]; {
	case isSpace(c), c == ')', c == '(', strings.IndexByte(stop, c) >= 0, comparison(l.text[l.off:]) != "":
		return nil
	default:
		return foreign(l.base+l.off, "%q next to a value is not read: put the whole value in quotes", c)
	}
}

// directive reads what stands between the parentheses of CASE or TERM.
func (l *searchLexer) directive(word string, open int) (literal, error) {
	out := literal{off: l.base + l.off, directive: word}
	n := strings.IndexAny(l.text[open+1:], `() "\`)
	if n < 1 || l.text[open+1+n] != ')' {
		return out, foreign(l.base+open, "only a single term is documented for %s()", word)
	}
	out.text = l.text[open+1 : open+1+n]
	l.off = open + n + 2
	return out, nil
}

// bareEnd returns the offset behind the word at off: up to white space, a
// parenthesis, a quote, a comparison, a bracket, a backtick or a character of
// stop. A backslash takes along what it escapes.
func bareEnd(text string, off int, stop string) int {
	for off < len(text) {
		c := text[off]
		if isSpace(c) || strings.IndexByte("()\"[]`", c) >= 0 || strings.IndexByte(stop, c) >= 0 || comparison(text[off:]) != "" {
			break
		}
		if c == '\\' && off+1 < len(text) && strings.IndexByte(`\"|`, text[off+1]) >= 0 {
			off++
		}
		off++
	}
	return off
}

// comparison returns the comparison that text begins with, or "".
func comparison(text string) string {
	for _, op := range [...]string{"!=", "<=", ">=", "=", "<", ">"} {
		if strings.HasPrefix(text, op) {
			return op
		}
	}
	return ""
}

// checkOperatorName refuses an operator as a value: "country="IN"" has to be
// in quotes (SR, search).
func checkOperatorName(v literal) error {
	if class := tokenOfWord(v.text); !v.quoted && v.directive == "" && class != 0 {
		if class == tokXor {
			return foreign(v.off, "XOR in a search clause is not read") // "XOR is not supported" (SM)
		}
		return refused(v.off, "%s is an operator: as a name or value it stands in quotes", v.text)
	}
	return nil
}
