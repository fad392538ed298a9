package readback

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Exact returns the test of a whole value.
func Exact(text string, cased bool) *ir.Text {
	return &ir.Text{Pattern: ir.Plain(text), Cased: cased}
}

// Affix returns the test of a part of a value: one that begins with the text
// (ir.Prefix), ends with it (ir.Suffix) or contains it (ir.Substring).
func Affix(shape ir.Shape, text string, cased bool) *ir.Text {
	p := ir.Plain(text)
	star := ir.Element{Kind: ir.Star}
	if shape == ir.Suffix || shape == ir.Substring {
		p = append(ir.Pattern{star}, p...)
	}
	if shape == ir.Prefix || shape == ir.Substring {
		p = append(p, star)
	}
	return &ir.Text{Pattern: p, Cased: cased}
}

// Regexp returns the test of an expression in Go's syntax, which is looked for
// anywhere in the value.
func Regexp(source string, fold bool) (*ir.Regexp, error) {
	t := &ir.Regexp{Source: source, IgnoreCase: fold}
	if err := t.Parse(); err != nil {
		return nil, err
	}
	return t, nil
}

// Number returns the comparison with a number in decimal notation. The second
// result is false where the text is no number.
func Number(op ir.Op, text string) (*ir.Compare, bool) {
	n, ok := ir.ParseNumber(text)
	if !ok {
		return nil, false
	}
	return &ir.Compare{Op: op, Number: n}, true
}

// FoldASCII returns the test of a pattern that ignores the case of the letters
// A to Z alone, as most languages do. Patterns without other letters are texts
// as usual: ignoring all case is then the same, but for values with a long s
// or a Kelvin sign, which fold to ASCII letters.
func FoldASCII(p ir.Pattern) ir.Test {
	if !slices.ContainsFunc(p, func(e ir.Element) bool { return strings.ContainsFunc(e.Text, hasCaseBeyondASCII) }) {
		return &ir.Text{Pattern: p}
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, e := range p {
		switch e.Kind {
		case ir.Star:
			b.WriteString(".*")
		case ir.Question:
			b.WriteByte('.')
		default:
			for _, r := range e.Text {
				writeFolded(&b, r)
			}
		}
	}
	b.WriteString(`\z`)
	t, err := Regexp(b.String(), false)
	if err != nil {
		return &ir.Text{Pattern: p, Cased: true} // longer than expressions may be
	}
	return t
}

func hasCaseBeyondASCII(r rune) bool { return r >= utf8.RuneSelf && unicode.SimpleFold(r) != r }

// writeFolded writes a character, an ASCII letter in either case.
func writeFolded(b *strings.Builder, r rune) {
	if low := r | 0x20; 'a' <= low && low <= 'z' {
		b.WriteString("[" + string(low) + string(low-0x20) + "]")
		return
	}
	b.WriteString(regexp.QuoteMeta(string(r)))
}
