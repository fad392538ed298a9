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
	return !c.Type.IsNumeric() && c.NotRising() == nil && (c.Need == nil || positive(c.Need))
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

// Least returns the smallest whole number, from 1 on, from which on all bounds
// hold: a correlation fires at an event, which is in its window. The second
// result is false where NotRising has a bound, or the number does not fit 31
// bits.
func (c *Correlation) Least() (int, bool) {
	least, bad := c.least()
	if bad != nil || least.BitLen() > 31 {
		return 0, false
	}
	return max(int(least.Int64()), 1), true
}

// NotRising returns the bound because of which the bounds can hold of a number and
// not of a greater one; nil where they cannot. A number that may not be (neq) is no
// such bound where the lower ones leave it out as well.
func (c *Correlation) NotRising() *Bound {
	_, bad := c.least()
	return bad
}

// least returns the smallest number of events, values or rules from which on all
// bounds hold, or a bound of which that is not so.
func (c *Correlation) least() (*big.Int, *Bound) {
	// An event of the window is counted, and its rule occurs in it; values that it
	// does not have are not, nor rules that come before others in the order.
	least := big.NewInt(0)
	if c.Type == EventCount || c.Type == Temporal {
		least.SetInt64(1)
	}
	var not []*big.Int
	var where []*Bound
	for i := range c.Bounds {
		b := &c.Bounds[i]
		n, ok := new(big.Rat).SetString(string(b.Number))
		switch {
		case ok && b.Not:
			if n.IsInt() {
				not, where = append(not, n.Num()), append(where, b)
			}
		case ok && (b.Op == Gt || b.Op == Gte):
			// Div rounds down, whatever the sign.
			whole := new(big.Int).Div(n.Num(), n.Denom())
			if b.Op == Gt || !n.IsInt() {
				whole.Add(whole, big.NewInt(1))
			}
			if whole.Cmp(least) > 0 {
				least = whole
			}
		default:
			return nil, b
		}
	}
	for slices.ContainsFunc(not, func(n *big.Int) bool { return n.Cmp(least) == 0 }) {
		least.Add(least, big.NewInt(1))
	}
	if i := slices.IndexFunc(not, func(n *big.Int) bool { return n.Cmp(least) > 0 }); i >= 0 {
		return nil, where[i]
	}
	return least, nil
}
