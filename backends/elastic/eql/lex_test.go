package eql

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var seeds = []string{"", "a", `C:\Temp\`, `a"b`, `\`, "a\nb\r\t", "\x00\x1f\x7f", "\u2028", "*", `\*`, `a\/b`, "ä", `\u{41}`, `"""`}

// readString reads a string of the language: the escapes are n, r, t, the
// quote, the backslash, and a number in braces; any other is an error, and so
// is a line break.
func readString(text string) (string, bool) {
	if !strings.HasPrefix(text, `"`) || strings.HasPrefix(text, `"""`) {
		return "", false
	}
	var b strings.Builder
	for rest := text[1:]; rest != ""; {
		switch {
		case rest[0] == '"':
			return b.String(), rest == `"`
		case rest[0] == '\n' || rest[0] == '\r':
			return "", false
		case rest[0] != '\\':
			b.WriteByte(rest[0])
			rest = rest[1:]
		case strings.HasPrefix(rest, `\u{`):
			digits, after, ok := strings.Cut(rest[3:], "}")
			n, err := strconv.ParseInt(digits, 16, 32)
			if !ok || err != nil || len(digits) < 2 {
				return "", false
			}
			b.WriteRune(rune(n))
			rest = after
		case len(rest) > 1 && strings.IndexByte(`nrt"\`, rest[1]) >= 0:
			b.WriteString(strings.NewReplacer("t", "\t", "n", "\n", "r", "\r").Replace(rest[1:2]))
			rest = rest[2:]
		default:
			return "", false
		}
	}
	return "", false
}

// FuzzValue checks that the language reads each string back as it is, and
// that a pattern is written by : and like only where its stars are wildcards.
func FuzzValue(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		// An empty string before another quote would begin a raw string; the
		// language never has two strings side by side.
		if got, ok := readString(quoted(s)); !ok || got != s {
			t.Errorf("quoted %q: %s reads as %q, %t", s, quoted(s), got, ok)
		}
		p := ir.ParsePattern(s)
		literals := 0
		for _, e := range p {
			if e.Kind == ir.Literal {
				literals += strings.Count(e.Text, "*") + strings.Count(e.Text, "?")
			}
		}
		if got := wild(p); literals == 0 && strings.Count(got, "*")+strings.Count(got, "?") != wildcards(p) {
			t.Errorf("wild %q = %q", s, got)
		}
		field := name(s)
		if read, ok := readName(field); !ok || read != s {
			t.Errorf("name %q: %s reads as %q, %t", s, field, read, ok)
		}
	})
}

func wildcards(p ir.Pattern) int {
	n := 0
	for _, e := range p {
		if e.Kind == ir.Star || e.Kind == ir.Question {
			n++
		}
	}
	return n
}

// readName reads the name of a field: between back-quotes, doubled inside, or
// words and dots.
func readName(text string) (string, bool) {
	if inner, ok := strings.CutPrefix(text, "`"); ok {
		inner, ok = strings.CutSuffix(inner, "`")
		plain := strings.ReplaceAll(inner, "``", "")
		return strings.ReplaceAll(inner, "``", "`"), ok && !strings.Contains(plain, "`")
	}
	for i, r := range text {
		if !(r == '_' || r == '.' || r == '@' || r >= '0' && r <= '9' && i > 0 || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return "", false
		}
	}
	return text, text != ""
}

// TestName checks which names need back-quotes.
func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"a.b_c": "a.b_c", "c-uri": "`c-uri`", "1a": "`1a`", "a.1": "`a.1`", "@timestamp": "@timestamp", "a@b": "`a@b`", "a b": "`a b`",
		"a`b": "`a``b`", "where": "`where`", "x.by": "`x.by`", "whereas": "whereas", "": "``", "a..b": "`a..b`", "é": "`é`",
	} {
		if got := name(in); got != want {
			t.Errorf("name(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestFitting checks that lists of regular expressions stay within what an
// index reads at once.
func TestFitting(t *testing.T) {
	half := strings.Repeat("a", 500)
	for _, c := range []struct {
		values []string
		want   int
	}{{[]string{half}, 1}, {[]string{half, half}, 1}, {[]string{half, half[:499]}, 2}, {[]string{"a", "b", half + half}, 2}} {
		if got := fitting(c.values); got != c.want {
			t.Errorf("fitting of %d values = %d, want %d", len(c.values), got, c.want)
		}
	}
}
