package elastic

import (
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Phrases says how a string is sought in analysed text. Its index has the
// words of the text, in small letters, each by itself: ok tells that the
// pattern is a part of one word and can be sought as it is; any other is
// sought as the phrases between its wildcards.
func Phrases(p *emit.Printer, f emit.Field, t *ir.Text) (phrases []string, ok bool) {
	if shape, _ := t.Pattern.Shape(); shape == ir.Substring && OneWord(t.Pattern) {
		return nil, true
	}
	for _, e := range t.Pattern {
		if e.Kind == ir.Literal && strings.ContainsFunc(e.Text, wordRune) {
			phrases = append(phrases, e.Text)
		}
	}
	if phrases == nil {
		p.Fail(t.Pos, sigma.Unsupported, "esql searches the whole text",
			"%s is analysed text, which %s searches by its words, and the value has none", f.Name, p.Backend.Title)
		return []string{""}, false
	}
	p.Warn(t.Pos, sigma.Assumed, "esql searches the whole text",
		"%s is analysed text: the value is taken to begin and end with whole words, of which only letters and digits are compared", f.Name)
	return phrases, false
}

// OneWord reports whether all literals of the pattern stand within one word,
// as the standard analyzer cuts text.
func OneWord(p ir.Pattern) bool {
	return !emit.PatternHas(p, func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return !wordRune(r) })
	})
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// NumberIn returns the whole number that a keyword is. Fields of numbers are
// not searched with wildcards: there the number alone is found.
func NumberIn(p ir.Pattern) (number string, ok bool) {
	shape, text := p.Shape()
	digits := strings.Trim(text, "0123456789") == ""
	if shape != ir.Substring || !digits || text == "" || len(text) > maxDigits || text[0] == '0' && text != "0" {
		return "", false
	}
	return text, true
}

// maxDigits is how many digits a number may have for a field of type long.
const maxDigits = 18
