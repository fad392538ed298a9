package ir

import (
	"math/big"
	"slices"
)

// IsNumeric reports whether the type computes with the numbers of a field: sums,
// means and percentiles.
func (t CorrelationType) IsNumeric() bool { return t >= ValueSum }

// Rising reports whether the condition, once it holds of a window, holds of any
// with more events in it: it asks for a least number of events, values or rules.
func (c *Correlation) Rising() bool {
	return !c.Type.IsNumeric() && c.lower() && (c.Need == nil || positive(c.Need))
}

// lower reports whether all bounds are lower ones.
func (c *Correlation) lower() bool {
	return !slices.ContainsFunc(c.Bounds, func(b Bound) bool { return b.Op != Gt && b.Op != Gte })
}

// positive reports whether an expression has no negation in it.
func positive(n Need) bool {
	negative := func(x Need) bool { return !positive(x) }
	switch n := n.(type) {
	case NeedAll:
		return !slices.ContainsFunc(n, negative)
	case NeedAny:
		return !slices.ContainsFunc(n, negative)
	case NeedNot:
		return false
	}
	return true
}

// Least returns the smallest whole number, from 1 on, for which all bounds hold,
// where they are lower ones: a correlation fires at an event, which is in its
// window. The second result is false where a bound is none, or the number does
// not fit 31 bits.
func (c *Correlation) Least() (int, bool) {
	if !c.lower() {
		return 0, false
	}
	least := big.NewInt(1)
	for _, b := range c.Bounds {
		n, ok := new(big.Rat).SetString(string(b.Number))
		if !ok {
			return 0, false
		}
		// Div rounds down, whatever the sign.
		whole := new(big.Int).Div(n.Num(), n.Denom())
		if b.Op == Gt || !n.IsInt() {
			whole.Add(whole, big.NewInt(1))
		}
		if whole.Cmp(least) > 0 {
			least = whole
		}
	}
	if least.BitLen() > 31 {
		return 0, false
	}
	return int(least.Int64()), true
}
