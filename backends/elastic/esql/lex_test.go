package esql

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var seeds = []string{"", "a", `C:\Temp\`, `a"b`, `\`, `\\`, "a\nb\r\t", "*", `\*`, `\?\\*`, "ä", `"""`, "x`y", "_", "@", "a b"}

// readString reads a string of the language, in which any other escape than
// these five, and a line break, is an error.
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
		case len(rest) > 1 && strings.IndexByte(`nrt"\`, rest[1]) >= 0:
			b.WriteString(strings.NewReplacer("t", "\t", "n", "\n", "r", "\r").Replace(rest[1:2]))
			rest = rest[2:]
		default:
			return "", false
		}
	}
	return "", false
}

// readLike reads a pattern of LIKE: a backslash must stand before a wildcard
// or a backslash.
func readLike(text string) (ir.Pattern, bool) {
	var out []ir.Element
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '*':
			out = append(out, ir.Element{Kind: ir.Star})
		case '?':
			out = append(out, ir.Element{Kind: ir.Question})
		case '\\':
			if i++; i == len(text) || strings.IndexByte(`*?\`, text[i]) < 0 {
				return nil, false
			}
			out = append(out, ir.Element{Kind: ir.Literal, Text: text[i : i+1]})
		default:
			out = append(out, ir.Element{Kind: ir.Literal, Text: text[i : i+1]})
		}
	}
	return ir.NewPattern(out...), true
}

// FuzzValue checks that the language reads each string and each pattern back
// as it is.
func FuzzValue(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		if got, ok := readString(quoted(s)); !ok || got != s {
			t.Errorf("quoted %q: %s reads as %q, %t", s, quoted(s), got, ok)
		}
		p := ir.ParsePattern(s)
		text, ok := readString(quoted(wild(p)))
		got, like := readLike(text)
		if !ok || !like || !slices.Equal(got, p) {
			t.Errorf("wild %q: %s reads as %q, %t, %t", s, quoted(wild(p)), got, ok, like)
		}
		field := name(s)
		if inner, ok := strings.CutPrefix(field, "`"); ok {
			field = strings.ReplaceAll(strings.TrimSuffix(inner, "`"), "``", "`")
		}
		if field != s {
			t.Errorf("name %q: %s", s, name(s))
		}
	})
}

// TestName checks which names need back-quotes.
func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"a.b_c": "a.b_c", "c-uri": "`c-uri`", "1a": "`1a`", "@timestamp": "@timestamp", "a b": "`a b`", "a`b": "`a``b`", "Where": "`Where`",
		"x.by": "`x.by`", "": "``", "_": "`_`", "_a": "_a", "é": "`é`",
	} {
		if got := name(in); got != want {
			t.Errorf("name(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestSource checks that an index cannot leave its place.
func TestSource(t *testing.T) {
	for in, want := range map[string]string{"logs-*,winlogbeat-*": "logs-*,winlogbeat-*", "a | drop b": `"a | drop b"`, `a"b`: `"a\"b"`, "": "*"} {
		if got := source(in); got != want {
			t.Errorf("source(%q) = %s, want %s", in, got, want)
		}
	}
}
