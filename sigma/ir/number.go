package ir

import (
	"math/big"
	"strings"
)

// A Number is a decimal number in its shortest plain spelling: "-12.5", no
// plus sign, no exponent, no needless zeros. Equal numbers are equal Numbers;
// nothing was ever rounded (V9).
type Number string

// maxExponent bounds how long a Number can become by an exponent.
const maxExponent = 400

// maxNumber bounds the text of a number in bytes; what is longer is text.
const maxNumber = 1000

// ParseNumber reads a number as YAML 1.2 and JSON write them: decimal
// integers and fractions with an exponent, 0x and 0o integers. The second
// result is false for everything else, infinity and NaN (V10), exponents
// beyond 400 and texts of more than a thousand bytes included.
func ParseNumber(text string) (Number, bool) {
	if len(text) > maxNumber {
		return "", false
	}
	s, sign := text, ""
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = "-", s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if len(s) > 2 && s[0] == '0' && strings.IndexByte("xo", s[1]) >= 0 {
		n, ok := new(big.Int).SetString(s, 0)
		if !ok || strings.IndexByte(s, '_') >= 0 {
			return "", false
		}
		return plain(sign, n.String(), ""), true
	}
	mantissa, exponent, hasExp := cutAny(s, "eE")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || !digits(whole) || !digits(fraction) {
		return "", false
	}
	if !hasExp {
		return plain(sign, whole, fraction), true
	}
	shift, ok := parseExponent(exponent)
	if !ok {
		return "", false
	}
	if shift > 0 {
		fraction += strings.Repeat("0", max(shift-len(fraction), 0))
		return plain(sign, whole+fraction[:shift], fraction[shift:]), true
	}
	whole = strings.Repeat("0", max(-shift-len(whole), 0)) + whole
	point := len(whole) + shift
	return plain(sign, whole[:point], whole[point:]+fraction), true
}

// IsInt reports whether the number has no fraction.
func (n Number) IsInt() bool { return !strings.Contains(string(n), ".") }

// Cmp compares two numbers exactly: -1, 0 or 1.
func (n Number) Cmp(m Number) int {
	negN, negM := strings.HasPrefix(string(n), "-"), strings.HasPrefix(string(m), "-")
	switch {
	case negN && !negM:
		return -1
	case !negN && negM:
		return 1
	case negN:
		return cmpPlain(string(m[1:]), string(n[1:]))
	}
	return cmpPlain(string(n), string(m))
}

// cmpPlain compares two numbers without sign.
func cmpPlain(a, b string) int {
	aw, af, _ := strings.Cut(a, ".")
	bw, bf, _ := strings.Cut(b, ".")
	if len(aw) != len(bw) {
		if len(aw) < len(bw) {
			return -1
		}
		return 1
	}
	if c := strings.Compare(aw, bw); c != 0 {
		return c
	}
	return strings.Compare(af, bf)
}

// plain puts a number together in its shortest spelling.
func plain(sign, whole, fraction string) Number {
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if whole == "0" {
		sign = ""
	}
	return Number(sign + whole)
}

// parseExponent reads a small signed integer.
func parseExponent(s string) (int, bool) {
	sign := 1
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = -1, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if s == "" || !digits(s) {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if n = n*10 + int(c-'0'); n > maxExponent {
			return 0, false
		}
	}
	return sign * n, true
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
