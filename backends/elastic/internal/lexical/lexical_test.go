package lexical_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/backends/elastic/internal/lexical"
)

func TestSkipSpace(t *testing.T) {
	for text, want := range map[string]int{"": 0, "a": 0, " \t\r\n a": 5, "// x\na": 5, "// x": 4, "/* a /* b */ */x": 15, "/* a": -1, " /* /* */": -1, "/**/ /a": 5} {
		off, ok := lexical.SkipSpace(text, 0)
		if !ok {
			off = -1
		}
		if off != want {
			t.Errorf("%q: %d, want %d", text, off, want)
		}
	}
}

func TestLengths(t *testing.T) {
	for _, c := range []struct {
		text              string
		number, raw, name int
	}{
		{"12.5e-3x", 7, 0, 0}, {"1.", 2, 0, 0}, {".5", 2, 0, 0}, {"5e", 1, 0, 0}, {"5e+", 1, 0, 0}, {"1E2", 3, 0, 0},
		{`"""a""" b`, 0, 7, 0}, {`"""a"""""" b`, 0, 9, 0}, {"\"\"\"a\n\"\"\"", 0, 0, 0}, {`"""`, 0, 0, 0}, {`""""""`, 0, 6, 0},
		{"`a``b` c", 0, 0, 6}, {"`a", 0, 0, 0}, {"`a``", 0, 0, 0}, {"``", 0, 0, 2},
	} {
		if c.number > 0 != lexical.BeginsNumber(c.text) || c.number > 0 && lexical.Number(c.text) != c.number {
			t.Errorf("%q: number %d, want %d", c.text, lexical.Number(c.text), c.number)
		}
		if got := lexical.RawString(c.text); got != c.raw {
			t.Errorf("%q: raw string %d, want %d", c.text, got, c.raw)
		}
		if c.text[0] == '`' && lexical.QuotedName(c.text) != c.name {
			t.Errorf("%q: name %d, want %d", c.text, lexical.QuotedName(c.text), c.name)
		}
	}
	if got := lexical.UnquoteName("`a``b`"); got != "a`b" {
		t.Errorf("got %q", got)
	}
}
