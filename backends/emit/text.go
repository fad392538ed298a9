package emit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// runeLen returns how many bytes of s the rune r took that ranging over s
// gave: one for a byte that is no UTF-8.
func runeLen(s string, r rune) int {
	if r != utf8.RuneError {
		return utf8.RuneLen(r)
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// HasLetters reports whether a text has letters that come in two cases, so
// that ignoring case makes a difference.
func HasLetters(s string) bool {
	for i := range len(s) {
		if c := s[i]; c|0x20 >= 'a' && c|0x20 <= 'z' {
			return true
		}
	}
	return HasForeignLetters(s)
}

// HasForeignLetters reports whether a text has letters beyond ASCII that come
// in two cases.
func HasForeignLetters(s string) bool {
	if ascii(s) {
		return false
	}
	for _, r := range s {
		if r >= utf8.RuneSelf && unicode.SimpleFold(r) != r {
			return true
		}
	}
	return false
}

// PatternHas reports whether f holds for one of the literals of a pattern.
func PatternHas(p ir.Pattern, f func(string) bool) bool {
	for _, e := range p {
		if e.Kind == ir.Literal && f(e.Text) {
			return true
		}
	}
	return false
}

// HasControl reports whether a text has line breaks, tabs or other control
// characters.
func HasControl(s string) bool {
	return strings.ContainsFunc(s, unicode.IsControl)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Glob writes a pattern: its literals as literal gives them, its wildcards as
// star and question. Lower has replaced dashes and placeholders before.
func Glob(p ir.Pattern, star, question string, literal func(string) string) string {
	var b strings.Builder
	for _, e := range p {
		switch e.Kind {
		case ir.Star:
			b.WriteString(star)
		case ir.Question:
			b.WriteString(question)
		default:
			b.WriteString(literal(e.Text))
		}
	}
	return b.String()
}

// Map returns the pattern with f applied to its literals.
func Map(p ir.Pattern, f func(string) string) ir.Pattern {
	out := make(ir.Pattern, len(p))
	for i, e := range p {
		if e.Kind == ir.Literal {
			e.Text = f(e.Text)
		}
		out[i] = e
	}
	return out
}
