package luceneregexp

import (
	"math/rand"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestShortcut shows that a text is exactly what its expression is: the
// pattern, read as any pattern is, and the expression as Go has it answer
// alike, but for the Kelvin sign and the long s.
func TestShortcut(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	letters := []rune("aAkKsSéÉßẞµΜςΣσ1\\*. \n漢İıǅ")
	odd := strings.NewReplacer("\u212a", "k", "ſ", "s") // not among the values
	texts := 0
	for range 20_000 {
		var source strings.Builder
		for range 1 + r.Intn(4) {
			source.WriteString(part(r, letters))
		}
		p := parser{text: source.String(), fold: r.Intn(4) == 0}
		n, err := p.parse()
		if err != nil {
			t.Fatalf("%q: %v", source.String(), err)
		}
		text := asText(n)
		if text == nil {
			continue
		}
		texts++
		want, got := regexp.MustCompile(whole(n)), regexp.MustCompile(patternSource(text))
		for range 20 {
			value := odd.Replace(valueFor(r, text, letters))
			if want.MatchString(value) != got.MatchString(value) {
				t.Fatalf("%q (fold %t) is the text %q (cased %t), which differs on %q", source.String(), p.fold, text.Pattern, text.Cased, value)
			}
		}
	}
	if texts < 5000 {
		t.Errorf("only %d expressions were texts", texts)
	}
}

// part writes a character, a class of one, two or all cases, or wildcards.
func part(r *rand.Rand, letters []rune) string {
	c := letters[r.Intn(len(letters))]
	switch r.Intn(7) {
	case 0, 1:
		return regexp.QuoteMeta(string(c))
	case 2:
		return []string{".", ".*", ".+", ".{2}", "@"}[r.Intn(5)]
	case 3:
		return "[" + classChar(c) + classChar(unicode.SimpleFold(c)) + "]"
	}
	out := "[" + classChar(c)
	for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
		if c >= 0x80 || f < 0x80 {
			out += classChar(f)
		}
	}
	return out + "]"
}

func classChar(c rune) string {
	if c == '\\' || c == '.' || c == '*' || c == ' ' {
		return `\` + string(c)
	}
	return string(c)
}

// patternSource returns a text with wildcards as package ir describes it.
func patternSource(t *ir.Text) string {
	source := `(?s)\A`
	if !t.Cased {
		source = `(?is)\A`
	}
	for _, e := range t.Pattern {
		source += map[ir.ElementKind]string{ir.Literal: regexp.QuoteMeta(e.Text), ir.Star: ".*", ir.Question: "."}[e.Kind]
	}
	return source + `\z`
}

// valueFor returns a value that the text matches, with other cases and now and
// then another character.
func valueFor(r *rand.Rand, t *ir.Text, letters []rune) string {
	var b strings.Builder
	any := func() rune { return letters[r.Intn(len(letters))] }
	for _, e := range t.Pattern {
		switch e.Kind {
		case ir.Star:
			for range r.Intn(3) {
				b.WriteRune(any())
			}
		case ir.Question:
			b.WriteRune(any())
		default:
			for _, c := range e.Text {
				for range r.Intn(4) {
					c = unicode.SimpleFold(c)
				}
				if r.Intn(20) == 0 {
					c = any()
				}
				b.WriteRune(c)
			}
		}
	}
	return b.String()
}
