package kql

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var seeds = []string{
	"", "a", `C:\temp\`, `a"b`, "a and b", " or ", "cannot open", "NOT x", "not", "x NOT", "a or", "and", "f: (a)", "<b>", "{x}", "a\tb\nc\r",
	"*", "a*", "*\\*", "a?b", `\`, `\\`, `\u0041`, "*null", "5*", "é\u00a0and\u00a0x", "nOt\u00a0", "*a not ", "(not x)",
}

// readQuoted reads a quoted value as Kibana's grammar does: escapes of tabs and
// line breaks, of numbers, of the quote and of the backslash; any other
// backslash is itself.
func readQuoted(text string) (string, bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", false
	}
	var b strings.Builder
	for rest := text[1:]; rest != ""; {
		switch {
		case rest[0] == '"':
			return b.String(), rest == `"`
		case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte(`tnr"\`, rest[1]) >= 0:
			b.WriteString(strings.NewReplacer("t", "\t", "n", "\n", "r", "\r").Replace(rest[1:2]))
			rest = rest[2:]
		case rest[0] == '\\' && len(rest) > 1 && rest[1] == 'u':
			return "", false
		default:
			b.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	return "", false
}

// readWild reads an unquoted value at the beginning of a query by the rules of
// the grammar, in their order, and returns what is behind it.
func readWild(query string) (p ir.Pattern, rest string) {
	var out []ir.Element
	add := func(s string) { out = append(out, ir.Element{Kind: ir.Literal, Text: s}) }
	rest = query
	for rest != "" {
		_, n := utf8.DecodeRuneInString(rest)
		switch {
		case rest[0] == '\\':
			if len(rest) == 1 {
				return nil, rest
			}
			switch {
			case strings.IndexByte("tnr", rest[1]) >= 0:
				add(strings.NewReplacer("t", "\t", "n", "\n", "r", "\r").Replace(rest[1:2]))
				rest = rest[2:]
			case strings.IndexByte(`\():<>"*{}`, rest[1]) >= 0:
				add(rest[1:2])
				rest = rest[2:]
			case rest[1] == 'u':
				add(map[string]string{"006e": "n", "004e": "N"}[rest[2:6]])
				rest = rest[6:]
			default:
				add(rest[1:2]) // \or, \and
				rest = rest[2:]
			}
		case rest[0] == '*':
			out = append(out, ir.Element{Kind: ir.Star})
			rest = rest[1:]
		case strings.IndexByte(`():<>"{}`, rest[0]) >= 0 || operator(rest):
			return trimmedEnd(out), rest
		default:
			add(rest[:n])
			rest = rest[n:]
		}
	}
	return trimmedEnd(out), rest
}

// operator reports whether the text begins with an operator: "not" and space,
// or space, "and" or "or", and space.
func operator(text string) bool {
	blank := func(s string) string { return strings.TrimLeft(s, " \t\r\n\u00a0") }
	if after := strings.ToLower(text); strings.HasPrefix(after, "not") && blank(after[3:]) != after[3:] {
		return true
	}
	after := strings.ToLower(blank(text))
	if len(after) == len(text) {
		return false
	}
	for _, word := range []string{"and", "or"} {
		if s, ok := strings.CutPrefix(after, word); ok && blank(s) != s {
			return true
		}
	}
	return false
}

// trimmedEnd drops the space before what ends the value.
func trimmedEnd(out []ir.Element) ir.Pattern {
	p := ir.NewPattern(out...)
	if n := len(p); n > 0 && p[n-1].Kind == ir.Literal {
		p[n-1].Text = strings.TrimRight(p[n-1].Text, " ")
	}
	return p
}

// FuzzValue checks that Kibana's grammar reads each value back as it is, with
// an operator or a parenthesis behind it.
func FuzzValue(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		if got, ok := readQuoted(quoted(s)); !ok || got != s {
			t.Errorf("quoted %q: %s reads as %q, %t", s, quoted(s), got, ok)
		}
		p := stars(ir.ParsePattern(s))
		if shape, _ := p.Shape(); shape == ir.Exact || trimmed(p) {
			return
		}
		for _, behind := range []string{" or x: y", ")", ""} {
			if got, rest := readWild(wild(p) + behind); !slices.Equal(got, p) || rest != behind {
				t.Errorf("wild %q: %s reads as %q, with %q behind it", s, wild(p), got, rest)
			}
		}
	})
}

// TestTrim checks what widening does to white space.
func TestTrim(t *testing.T) {
	for in, want := range map[string]string{"*foo ": "*foo*", " foo*": "*foo*", "*a b": "*a b", "* a": "* a"} {
		if got := trim(ir.ParsePattern(in)).String(); got != want {
			t.Errorf("trim(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"*a b": "*a*b", "* a  b *": "*a*b*", "*ab": "*ab", "* *": "*", "a *": "a*"} {
		if got := spaceless(ir.ParsePattern(in)).String(); got != want {
			t.Errorf("spaceless(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestName checks which names need quotes.
func TestName(t *testing.T) {
	for in, want := range map[string]string{"a.b-c": "a.b-c", "my field": `"my field"`, "a:b": `"a:b"`, "@timestamp": "@timestamp", "a*": `"a*"`} {
		if got := name(in); got != want {
			t.Errorf("name(%q) = %s, want %s", in, got, want)
		}
	}
}
