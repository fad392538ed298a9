package synth

import (
	"math/big"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxBounds is how many numbers others are tried round of.
const maxBounds = 32

// numbers returns numbers round those that the rule compares the field with,
// where it compares it.
func (f *field) numbers(d demands) []value {
	var bounds []ir.Number
	for _, t := range slices.Concat(d.pass, d.fail) {
		if c, ok := t.(*ir.Compare); ok {
			bounds = append(bounds, c.Number)
		}
	}
	if bounds == nil {
		return nil
	}
	bounds = bounds[:min(len(bounds), maxBounds)]
	var values []value
	add := func(n ir.Number) {
		v := f.typed(string(n))
		if !slices.ContainsFunc(values, v.equal) {
			values = append(values, v)
		}
	}
	for _, by := range []string{"0", "1", "-1", "7", "-7"} {
		for _, n := range bounds {
			add(plus(n, by))
		}
	}
	for _, n := range bounds {
		for _, m := range bounds {
			add(between(n, m))
		}
	}
	for _, n := range bounds {
		add(plus(n, "0.5"))
		add(plus(n, "-0.5"))
	}
	return values
}

// plus returns the exact sum of a number and another in decimal notation.
func plus(n ir.Number, by string) ir.Number {
	a, _ := new(big.Rat).SetString(string(n))
	b, _ := new(big.Rat).SetString(by)
	return decimal(a.Add(a, b), max(fraction(string(n)), fraction(by)))
}

// times returns the exact product of a number and a whole one.
func times(n ir.Number, by int64) ir.Number {
	a, _ := new(big.Rat).SetString(string(n))
	return decimal(a.Mul(a, new(big.Rat).SetInt64(by)), fraction(string(n)))
}

// between returns the number in the middle of two, rounded towards the whole.
func between(n, m ir.Number) ir.Number {
	a, _ := new(big.Rat).SetString(string(n))
	b, _ := new(big.Rat).SetString(string(m))
	a.Add(a, b)
	a.Mul(a, big.NewRat(1, 2))
	digits := max(fraction(string(n)), fraction(string(m)))
	if digits > 0 {
		digits++
	}
	return decimal(a, digits)
}

// fraction returns how many digits a number has behind the point.
func fraction(n string) int {
	_, f, _ := strings.Cut(n, ".")
	return len(f)
}

func decimal(r *big.Rat, digits int) ir.Number {
	n, _ := ir.ParseNumber(r.FloatString(digits))
	return n
}
