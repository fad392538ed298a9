package correlate

import (
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A number is exact: a whole number that fits 64 bits, or else a fraction.
type number struct {
	whole int64
	rat   *big.Rat // nil where whole is the number
}

// maxDigits bounds the numbers that are computed with: more digits than any
// measured value has, and few enough to compute with many of them.
const maxDigits = 64

// parseNumber reads the text of a value.
func parseNumber(text string) (number, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && text[0] != '+' {
		return number{whole: n}, true
	}
	n, ok := ir.ParseNumber(strings.TrimSpace(text))
	if !ok || len(n) > maxDigits {
		return number{}, false
	}
	return numberOf(n)
}

// numberOf returns the number that an ir.Number spells.
func numberOf(n ir.Number) (number, bool) {
	if w, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return number{whole: w}, true
	}
	r, ok := new(big.Rat).SetString(string(n))
	return number{rat: r}, ok
}

// fraction returns the number as a fraction, which must not be changed.
func (n number) fraction() *big.Rat {
	if n.rat != nil {
		return n.rat
	}
	return new(big.Rat).SetInt64(n.whole)
}

// compare returns a negative number where n is less than m, and so on.
func (n number) compare(m number) int {
	if n.rat == nil && m.rat == nil {
		switch {
		case n.whole < m.whole:
			return -1
		case n.whole > m.whole:
			return 1
		}
		return 0
	}
	return n.fraction().Cmp(m.fraction())
}

// String returns the number with as many digits as it has, or 20 behind the
// point where there is no end to them.
func (n number) String() string {
	if n.rat == nil {
		return strconv.FormatInt(n.whole, 10)
	}
	return decimal(n.rat)
}

// decimal writes a fraction as a decimal number.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	places, exact := r.FloatPrec()
	if !exact || places > 20 {
		places = 20
	}
	return strings.TrimRight(r.FloatString(places), "0")
}

// A sum adds and takes away numbers, without ever rounding: 128 bits for whole
// numbers, a fraction beside them for others.
type sum struct {
	high int64
	low  uint64
	rat  *big.Rat
	n    int // how many numbers
}

// add adds a number, or takes it away.
func (s *sum) add(n number, sign int) {
	s.n += sign
	if n.rat != nil {
		if s.rat == nil {
			s.rat = new(big.Rat)
		}
		if sign > 0 {
			s.rat.Add(s.rat, n.rat)
		} else {
			s.rat.Sub(s.rat, n.rat)
		}
		return
	}
	high, low := n.whole>>63, uint64(n.whole)
	if sign > 0 {
		var carry uint64
		s.low, carry = bits.Add64(s.low, low, 0)
		s.high += high + int64(carry)
		return
	}
	var borrow uint64
	s.low, borrow = bits.Sub64(s.low, low, 0)
	s.high -= high + int64(borrow)
}

// small returns the sum where it fits 64 bits and has no fraction.
func (s *sum) small() (int64, bool) {
	return int64(s.low), (s.rat == nil || s.rat.Sign() == 0) && s.high == int64(s.low)>>63
}

// fraction returns the sum.
func (s *sum) fraction() *big.Rat {
	whole := new(big.Int).SetInt64(s.high)
	whole.Lsh(whole, 64).Add(whole, new(big.Int).SetUint64(s.low))
	r := new(big.Rat).SetInt(whole)
	if s.rat != nil {
		r.Add(r, s.rat)
	}
	return r
}

// total returns the sum.
func (s *sum) total() number {
	if n, ok := s.small(); ok {
		return number{whole: n}
	}
	return number{rat: s.fraction()}
}

// mean returns the sum divided by how many numbers there are.
func (s *sum) mean() number {
	if n, ok := s.small(); ok && n%int64(s.n) == 0 {
		return number{whole: n / int64(s.n)}
	}
	return number{rat: new(big.Rat).Quo(s.fraction(), new(big.Rat).SetInt64(int64(s.n)))}
}

// A bound is a comparison with a number.
type bound struct {
	ir.Bound
	number number
}

// compileBounds reads the numbers of a correlation's bounds.
func compileBounds(c *ir.Correlation) []bound {
	out := make([]bound, len(c.Bounds))
	for i, b := range c.Bounds {
		n, _ := numberOf(b.Number)
		out[i] = bound{b, n}
	}
	return out
}

// hold reports whether all bounds hold of a number.
func hold(bounds []bound, n number) bool {
	for _, b := range bounds {
		if !b.Holds(n.compare(b.number)) {
			return false
		}
	}
	return true
}
