package esqlread

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// folds reports whether the index keeps the values of the column in small
// letters only.
func (c *column) folds() bool { return c.schema.Type == schema.Caseless }

// pattern returns the test that the text of a column matches a pattern.
func (b *builder) pattern(v operand, p ir.Pattern, off int) (readback.Expr, error) {
	switch {
	case v.cast == asText && v.column.types == date:
		return nil, foreign(v.off, "how a value of %s is spelled is not read", v.column.name)
	case v.joined:
		return b.between(v, p, off)
	case v.lower && changes(p, unicode.ToLower), v.upper && changes(p, unicode.ToUpper):
		return leaf(v, nothing), nil // no text in small letters has a capital
	case v.lower || v.upper:
		return b.folded(v, p, off)
	case b.isAny(v, p):
		return notNull(v), nil
	case v.column.folds():
		if changes(p, unicode.ToLower) {
			return leaf(v, nothing), nil // no value has a capital
		}
		return leaf(v, &ir.Text{Pattern: p}), nil
	}
	return leaf(v, &ir.Text{Pattern: p, Cased: true}), nil
}

// nothing is the test that no value passes.
var nothing = &ir.Regexp{Source: `[^\x00-\x{10FFFF}]`, Tree: &syntax.Regexp{Op: syntax.OpNoMatch}}

// changes reports whether a change of case changes a letter of a pattern.
func changes(p ir.Pattern, to func(rune) rune) bool {
	return has(p, func(r rune) bool { return to(r) != r })
}

// has reports whether a literal of a pattern has such a character.
func has(p ir.Pattern, is func(rune) bool) bool {
	for _, e := range p {
		if e.Kind == ir.Literal && strings.ContainsFunc(e.Text, is) {
			return true
		}
	}
	return false
}

// foreignCase reports whether a character is a letter beyond ASCII that comes
// in two cases.
func foreignCase(r rune) bool { return r >= utf8.RuneSelf && unicode.SimpleFold(r) != r }

// folded returns the test of a text in small letters, or in capitals. The
// index ignores the case of the letters A to Z then.
func (b *builder) folded(v operand, p ir.Pattern, off int) (readback.Expr, error) {
	switch {
	case !b.rows || !has(p, foreignCase):
		return leaf(v, readback.FoldASCII(p)), nil
	case v.upper:
		return nil, foreign(off, "to_upper of other letters than A to Z is not read")
	}
	var s strings.Builder
	s.WriteString(`(?s)\A`)
	for _, e := range p {
		switch e.Kind {
		case ir.Star:
			s.WriteString(".*")
		case ir.Question:
			s.WriteByte('.')
		default:
			for _, r := range e.Text {
				writeLowered(&s, r)
			}
		}
	}
	s.WriteString(`\z`)
	test, err := readback.Regexp(s.String(), false)
	if err != nil {
		return nil, foreign(off, "the pattern is too long to be translated")
	}
	return leaf(v, test), nil
}

// writeLowered writes the class of the characters of which r is the small
// letter.
func writeLowered(s *strings.Builder, r rune) {
	class := regexp.QuoteMeta(string(r))
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if unicode.ToLower(f) == r {
			class += string(f)
		}
	}
	if unicode.SimpleFold(r) != r {
		class = "[" + class + "]"
	}
	s.WriteString(class)
}

// between returns the test that a text is found among the values of a column
// that stand between separators: of one value, that it has the text at its
// beginning, its end or anywhere, where a separator in the value itself counts
// as an end.
func (b *builder) between(v operand, p ir.Pattern, off int) (readback.Expr, error) {
	shape, literal := p.Shape()
	inner := strings.TrimSuffix(literal, separator)
	begins := strings.HasPrefix(inner, separator)
	ends := inner != literal
	inner = strings.TrimPrefix(inner, separator)
	switch {
	case shape != ir.Substring, strings.ContainsAny(inner, separator), literal == separator:
		return nil, foreign(off, "of texts that mv_concat joined only one between stars is read, with separators at its ends")
	case v.upper, v.lower && has(p, foreignCase):
		return nil, foreign(off, "the case of joined texts is only read of the letters A to Z")
	case v.lower && changes(p, unicode.ToLower):
		return leaf(v, nothing), nil
	}
	source := regexp.QuoteMeta(inner)
	if begins {
		source = `(?:\A|\n\t\r)` + source
	}
	if ends {
		source += `(?:\n\t\r|\z)`
	}
	test, err := readback.Regexp(source, v.lower)
	if err != nil {
		return nil, foreign(off, "the pattern is too long to be translated")
	}
	return leaf(v, test), nil
}
