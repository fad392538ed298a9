package lucene

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// seeds are values that have broken queries.
var seeds = []string{
	"", "a", `C:\Temp\`, `\`, `\\`, `a\*b`, `"`, `a"b`, "AND", "or", "NOT x", "<5", ">=5", "-1", "/x/", `\u0041`, "a b", "a\tb\n", "ä",
	"*", "?", "a*?b", `\*\?`, "&&", "||", "a&&b", "(", "[1 TO 5]", "{}", "^2", "~", "+a", "!", "é\u3000x", "1e5", "_x", "x.y-z",
}

// A reader reads what stands behind "field:" by the rules of Lucene's query
// parser: a phrase, or a word in which a backslash makes any character plain.
type reader struct {
	text string
	out  []ir.Element
	ok   bool
}

func (r *reader) literal(c rune) {
	r.out = append(r.out, ir.Element{Kind: ir.Literal, Text: string(c)})
}

func readTerm(text string) (ir.Pattern, bool) {
	r := reader{text: text, ok: true}
	if strings.HasPrefix(text, `"`) {
		r.phrase()
	} else {
		r.word()
	}
	return ir.NewPattern(r.out...), r.ok
}

func (r *reader) phrase() {
	rest := r.text[1:]
	for rest != "" {
		c, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
		switch c {
		case '"':
			r.ok = rest == ""
			return
		case '\\':
			c, n = utf8.DecodeRuneInString(rest)
			rest = rest[n:]
			if c == 'u' {
				r.ok = false // would be a number of a character
			}
		}
		r.literal(c)
	}
	r.ok = false
}

func (r *reader) word() {
	switch r.text {
	case "", "AND", "OR", "NOT", "TO", "&&", "||":
		r.ok = false
	}
	if r.text != "" && strings.ContainsRune("<>+-", rune(r.text[0])) {
		r.ok = false
	}
	for rest := r.text; rest != ""; {
		c, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
		switch {
		case c == '*':
			r.out = append(r.out, ir.Element{Kind: ir.Star})
		case c == '?':
			r.out = append(r.out, ir.Element{Kind: ir.Question})
		case c == '\\':
			c, n = utf8.DecodeRuneInString(rest)
			rest = rest[n:]
			r.literal(c)
		case strings.ContainsRune(" \t\n\r\u3000!():^[]\"{}~/", c):
			r.ok = false
		default:
			r.literal(c)
		}
	}
}

// token returns the regular expression at the beginning of a query, as the
// parser's longest token: slash, anything but a slash or a slash behind a
// backslash, slash.
func token(query string) string {
	end := 0
	for i := 1; i < len(query); i++ {
		if query[i] == '/' {
			end = i
			if query[i-1] != '\\' {
				break
			}
		}
	}
	return query[:end+1]
}

// readRegexp reads a regular expression of the kind that patterns become, with
// letters in small.
func readRegexp(expr string) (ir.Pattern, bool) {
	r := reader{ok: true}
	for expr != "" && expr != "()" {
		c, n := utf8.DecodeRuneInString(expr)
		expr = expr[n:]
		switch {
		case c == '.' && strings.HasPrefix(expr, "*"):
			expr = expr[1:]
			r.out = append(r.out, ir.Element{Kind: ir.Star})
		case c == '.':
			r.out = append(r.out, ir.Element{Kind: ir.Question})
		case c == '\\':
			c, n = utf8.DecodeRuneInString(expr)
			expr = expr[n:]
			r.ok = r.ok && !unicode.IsLetter(c) && !unicode.IsDigit(c)
			r.literal(c)
		case c == '[':
			class, rest, ok := strings.Cut(expr, "]")
			first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(class, `\`))
			expr, r.ok = rest, r.ok && ok
			r.literal(small(first))
		case strings.ContainsRune(`]{}()*+?|"#@&<>~`, c):
			r.ok = false
		default:
			r.literal(small(c))
		}
	}
	return ir.NewPattern(r.out...), r.ok
}

// small returns one character for all that fold to the same.
func small(c rune) rune {
	least := c
	for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}

// FuzzValue checks that the parser reads each value back as it is, whatever
// is in it: no value leaves its place in the query.
func FuzzValue(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		if got, ok := readTerm(exact(s)); !ok || !slices.Equal(got, ir.Plain(s)) {
			t.Errorf("exact %q: %s reads as %q, %t", s, exact(s), got, ok)
		}
		p := ir.ParsePattern(s)
		if shape, _ := p.Shape(); shape != ir.Exact {
			if got, ok := readTerm(wild(p)); !ok || !slices.Equal(got, p) {
				t.Errorf("wild %q: %s reads as %q, %t", s, wild(p), got, ok)
			}
		}
		re := slashed(elastic.SlashRegexps.Pattern(p, false))
		if got := token(re + " OR f:/x/"); got != re {
			t.Fatalf("slashed %q: the token of %s is %s", s, re, got)
		}
		want := ir.NewPattern()
		for _, e := range p {
			e.Text = strings.Map(small, e.Text)
			want = append(want, e)
		}
		if got, ok := readRegexp(re[1 : len(re)-1]); !ok || !slices.Equal(got, want) {
			t.Errorf("regexp %q: %s reads as %q, %t", s, re, got, ok)
		}
	})
}

// TestName checks that names are read back, and what can be left as it is.
func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"a.b-c": "a.b-c", "my field": `my\ field`, "a:b": `a\:b`, "-a": `\-a`, "@timestamp": "@timestamp", `a\b`: `a\\b`, "ä": "ä",
	} {
		if got := name(in); got != want {
			t.Errorf("name(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestTrailingBackslash names the trap: the token of an expression that ends
// with an escaped backslash goes on to the next slash.
func TestTrailingBackslash(t *testing.T) {
	if got := token(`/a\\/ OR f:/b/`); got != `/a\\/ OR f:/` {
		t.Errorf("the reader does not know the trap: %s", got)
	}
	if got := slashed(`a\\`); got != `/a[\\]/` {
		t.Errorf("slashed = %s", got)
	}
}
