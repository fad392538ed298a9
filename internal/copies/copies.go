// Package copies makes large sets of rules of small ones, to measure how the
// cost of an event grows with the rules.
package copies

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Of returns n rules: those given, in sets smaller than theirs ones that lie
// as far apart as they can, then copies with other titles in whose texts of
// eight bytes and more a number stands, so that most of their tests are new
// ones, and the rest is shared with the originals.
func Of(rules []*ir.Rule, n int) []*ir.Rule {
	var out []*ir.Rule
	for k := 0; len(out) < n; k++ {
		step := max(1, len(rules)/n)
		for i := 0; i < len(rules) && len(out) < n; i += step {
			out = append(out, vary(rules[i], k))
		}
	}
	return out
}

// vary returns the k-th copy of a rule.
func vary(r *ir.Rule, k int) *ir.Rule {
	if k == 0 {
		return r
	}
	c, source := *r, *r.Source
	source.Title = fmt.Sprintf("%s (%d)", source.Title, k)
	c.Source, c.Where = &source, nil
	for _, x := range r.Where {
		c.Where = append(c.Where, ir.Rewrite(x, func(e ir.Expr) ir.Expr {
			switch e := e.(type) {
			case *ir.Match:
				return &ir.Match{Pos: e.Pos, Field: e.Field, Test: ir.RewriteTest(e.Test, number(k))}
			case *ir.Keyword:
				return &ir.Keyword{Pos: e.Pos, Test: ir.RewriteTest(e.Test, number(k))}
			}
			return e
		}))
	}
	return &c
}

// number returns a function that writes k into texts that are long enough.
func number(k int) func(ir.Test) ir.Test {
	return func(t ir.Test) ir.Test {
		x, ok := t.(*ir.Text)
		if !ok {
			return t
		}
		y := &ir.Text{Pos: x.Pos, Cased: x.Cased, Pattern: append(ir.Pattern(nil), x.Pattern...)}
		for i, e := range y.Pattern {
			if e.Kind == ir.Literal && len(e.Text) >= 8 {
				y.Pattern[i].Text = e.Text[:4] + fmt.Sprint(k) + e.Text[4:]
				break
			}
		}
		return y
	}
}
