package ir

import (
	"math/big"
	"strings"
	"testing"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0", "0"}, {"-0", "0"}, {"+7", "7"}, {"007", "7"}, {"1.50", "1.5"}, {"1.0", "1"}, {".5", "0.5"}, {"5.", "5"},
		{"0x10", "16"}, {"0o17", "15"}, {"-0x1F", "-31"},
		{"1e3", "1000"}, {"1.5e1", "15"}, {"15e-1", "1.5"}, {"1E-2", "0.01"}, {"-2.50e+2", "-250"},
		{"12345678901234567890", "12345678901234567890"}, {"9007199254740993", "9007199254740993"},
		{"", "?"}, {"-", "?"}, {".", "?"}, {"1e", "?"}, {"1e999999999", "?"}, {"abc", "?"}, {"1.2.3", "?"}, {".inf", "?"}, {".nan", "?"},
		{"0xZZ", "?"}, {"1 2", "?"}, {"--1", "?"}, {"e5", "?"}, {"0x-5", "?"}, {"1_000", "?"}, {"0x1_0", "?"}, {"0b11", "?"}, {strings.Repeat("9", 1001), "?"},
	} {
		got, ok := ParseNumber(c.text)
		if !ok {
			got = "?"
		}
		if string(got) != c.want {
			t.Errorf("ParseNumber(%q) = %s, want %s", c.text, got, c.want)
		}
	}
}

// FuzzNumberCmp compares V9's order of decimals with that of exact
// fractions.
func FuzzNumberCmp(f *testing.F) {
	f.Add("1.5", "1.50")
	f.Add("-3", "2e-1")
	f.Add("9007199254740993", "9007199254740992")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, okX := ParseNumber(a)
		y, okY := ParseNumber(b)
		if !okX || !okY {
			return
		}
		rx, _ := new(big.Rat).SetString(string(x))
		ry, _ := new(big.Rat).SetString(string(y))
		if rx == nil || ry == nil {
			t.Fatalf("%q or %q is no decimal", x, y)
		}
		if got, want := x.Cmp(y), rx.Cmp(ry); got != want {
			t.Errorf("%s cmp %s = %d, want %d", x, y, got, want)
		}
		if (x == y) != (rx.Cmp(ry) == 0) {
			t.Errorf("%q and %q are not spelled alike where they are equal", x, y)
		}
	})
}
