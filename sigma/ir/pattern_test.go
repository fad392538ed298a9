package ir

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// dump writes a pattern unambiguously: literals in braces, wildcards bare.
func dump(p Pattern) string {
	out := ""
	for _, e := range p {
		switch e.Kind {
		case Literal:
			out += "{" + e.Text + "}"
		case Star:
			out += "*"
		case Question:
			out += "?"
		case Dash:
			out += "-"
		case Placeholder:
			out += "%" + e.Text + "%"
		}
	}
	return out
}

func TestParsePattern(t *testing.T) {
	for _, c := range []struct{ item, text, want string }{
		{"empty", ``, ``},
		{"W1 star", `a*b`, `{a}*{b}`},
		{"W1 question", `a?b`, `{a}?{b}`},
		{"W3 plain star", `a\*b`, `{a*b}`},
		{"W3 plain question", `a\?b`, `{a?b}`},
		{"W4 single backslash", `C:\Windows`, `{C:\Windows}`},
		{"W4 double backslash", `C:\\Windows`, `{C:\Windows}`},
		{"W4 at the end", `C:\`, `{C:\}`},
		{"W5 backslash and wildcard", `\\*`, `{\}*`},
		{"W6 backslash and plain star", `\\\*`, `{\*}`},
		{"W7 three", `\\\a`, `{\\a}`},
		{"W7 four", `\\\\a`, `{\\a}`},
		{"W8 other escapes", `\d\W`, `{\d\W}`},
		{"two stars are one", `a**b`, `{a}*{b}`},
		{"question before star", `a*?b`, `{a}?*{b}`},
		{"question between stars", `*?*`, `?*`},
		{"multi-byte", `ä*ö`, `{ä}*{ö}`},
	} {
		if got := dump(ParsePattern(c.text)); got != c.want {
			t.Errorf("%s: ParsePattern(%q) = %s, want %s", c.item, c.text, got, c.want)
		}
	}
}

// TestParsePatternOracle compares with the parts that pySigma gives for every
// string of up to four of the characters \ * ? a.
func TestParsePatternOracle(t *testing.T) {
	f, err := os.Open(shared.Path(t, "oracle", "pysigma", "string_parse.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		var c struct {
			Raw   string
			Parts []json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		var want Pattern
		for _, raw := range c.Parts {
			var text string
			var wild struct{ W string }
			if json.Unmarshal(raw, &text) == nil {
				want = append(want, Element{Kind: Literal, Text: text})
			} else if err := json.Unmarshal(raw, &wild); err != nil {
				t.Fatal(err)
			} else if wild.W == "*" {
				want = append(want, Element{Kind: Star})
			} else {
				want = append(want, Element{Kind: Question})
			}
		}
		if got, want := dump(ParsePattern(c.Raw)), dump(want.normalize()); got != want {
			t.Errorf("ParsePattern(%q) = %s, want %s", c.Raw, got, want)
		}
	}
	if n < 300 {
		t.Errorf("%d cases read; the oracle has 341", n)
	}
}

func TestShape(t *testing.T) {
	for _, c := range []struct {
		text  string
		shape Shape
		lit   string
	}{
		{``, Exact, ""}, {`a`, Exact, "a"}, {`*`, Any, ""}, {`a*`, Prefix, "a"}, {`*a`, Suffix, "a"},
		{`*a*`, Substring, "a"}, {`a*b`, Glob, ""}, {`?`, Glob, ""}, {`*a?`, Glob, ""}, {`**`, Any, ""}, {`\*`, Exact, "*"},
	} {
		shape, lit := ParsePattern(c.text).Shape()
		if shape != c.shape || lit != c.lit {
			t.Errorf("%q: shape %s %q, want %s %q", c.text, shape, lit, c.shape, c.lit)
		}
	}
}

func TestWindash(t *testing.T) {
	for _, c := range []struct{ item, text, want string }{
		{"M13 at the beginning", `-f`, `-{f}`},
		{"M13 behind a space", ` /f`, `{ }-{f}`},
		{"M13 not inside a word", `a-b`, `{a-b}`},
		{"M13 not before a space", `- f`, `{- f}`},
		{"M13 the second of two", `--f`, `{-}-{f}`},
		{"M13 behind a wildcard", `*-f`, `*-{f}`},
		{"M13 not at the end", `f -`, `{f -}`},
		{"several", ` -a /b`, `{ }-{a }-{b}`},
	} {
		if got := dump(ParsePattern(c.text).windash()); got != c.want {
			t.Errorf("%s: %q becomes %s, want %s", c.item, c.text, got, c.want)
		}
	}
}

func TestExpandDashes(t *testing.T) {
	all, ok := ParsePattern(` -a /b`).windash().ExpandDashes(25)
	if !ok || len(all) != 25 {
		t.Fatalf("two dashes give %d patterns (%t), want 25", len(all), ok)
	}
	seen := map[string]bool{}
	for _, p := range all {
		seen[dump(p)] = true
	}
	if len(seen) != 25 || !seen["{ -a /b}"] || !seen["{ ―a –b}"] {
		t.Errorf("patterns are missing: %v", seen)
	}
	if _, ok := ParsePattern(`-a -b -c -d`).windash().ExpandDashes(125); ok {
		t.Error("625 patterns pass a limit of 125")
	}
}

func TestPlaceholders(t *testing.T) {
	for _, c := range []struct{ item, text, want string }{
		{"P1 whole", `%admins%`, `%admins%`},
		{"P1 inside", `x%a_1%y`, `{x}%a_1%{y}`},
		{"P2 escaped", `\%plain\%`, `{%plain%}`},
		{"P1 no name", `100%`, `{100%}`},
		{"P1 two signs", `%%`, `{%%}`},
		{"P1 with a space", `%a b%`, `{%a b%}`},
		{"two", `%a%%b%`, `%a%%b%`},
		{"behind a backslash", `DOMAIN\\%a%`, `{DOMAIN\}%a%`},
		{"with wildcards", `*.%a%?`, `*{.}%a%?`},
	} {
		if got := dump(parsePattern(c.text, true)); got != c.want {
			t.Errorf("%s: %q becomes %s, want %s", c.item, c.text, got, c.want)
		}
	}
}

// FuzzPattern checks that a pattern written as a rule would write it is read
// back the same.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{``, `a*b`, `\*`, `\\*`, `\\\*`, `C:\`, `\\\\?`, `a\`, `*\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := ParsePattern(text)
		if again := ParsePattern(p.String()); dump(again) != dump(p) {
			t.Errorf("%q is %s, written %q, read back %s", text, dump(p), p.String(), dump(again))
		}
	})
}
