package splunkread

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// number is the text of what is compared as a number. Exponents and signs
// other than minus are not documented.
var number = regexp.MustCompile(`\A-?[0-9]+(?:\.[0-9]+)?\z`)

func isNumber(text string) bool { return number.MatchString(text) }

// numberTest is passed by values that are numbers.
func numberTest() ir.Test {
	t, _ := readback.Regexp(number.String(), false) // which compiles
	return t
}

// column returns what is known of a field.
func (rd *reader) column(field string) (schema.Column, bool) {
	if rd.options.Column == nil {
		return schema.Column{}, false
	}
	return rd.options.Column(field)
}

// maxOrdered bounds the length of a text that others are compared with in
// lexicographic order, which is said by a regular expression.
const maxOrdered = 200

// lexicalTest returns the test of texts before or behind another one in
// lexicographic order, that of the code points. Splunk tells case apart there.
func lexicalTest(op ir.Op, v literal) (ir.Test, error) {
	if len(v.text) > maxOrdered {
		return nil, foreign(v.off, "a comparison with a text of more than %d bytes is not read", maxOrdered)
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	if op == ir.Lt || op == ir.Lte {
		writeLess(&b, v.text, op == ir.Lte)
	} else {
		writeGreater(&b, v.text, op == ir.Gte)
	}
	t, err := readback.Regexp(b.String(), false)
	if err != nil {
		return nil, foreign(v.off, "a comparison with this text is not read: %v", err)
	}
	return t, nil
}

// writeGreater writes the rest of an expression for texts behind s, or equal
// to it.
func writeGreater(b *strings.Builder, s string, equal bool) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case n == 0 && !equal:
		b.WriteByte('.')
	case n > 0:
		b.WriteString("(?:")
		if r < utf8.MaxRune {
			b.WriteString("[" + classRune(r+1) + `-\x{10FFFF}]|`)
		}
		b.WriteString(regexp.QuoteMeta(s[:n]))
		writeGreater(b, s[n:], equal)
		b.WriteByte(')')
	}
}

// writeLess writes the rest of an expression for texts before s, or equal to
// it.
func writeLess(b *strings.Builder, s string, equal bool) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case n == 0 && equal:
		b.WriteString(`\z`)
	case n == 0:
		b.WriteString(never)
	default:
		b.WriteString(`(?:\z|`)
		if r > 0 {
			b.WriteString(`[\x{0}-` + classRune(r-1) + "]|")
		}
		b.WriteString(regexp.QuoteMeta(s[:n]))
		writeLess(b, s[n:], equal)
		b.WriteByte(')')
	}
}

// never is an expression that no text matches.
const never = `[^\x{0}-\x{10FFFF}]`
