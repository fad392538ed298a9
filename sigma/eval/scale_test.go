package eval_test

import (
	"fmt"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// copies returns n rules: SigmaHQ's for Windows, then copies of them in whose
// texts of eight bytes and more a number stands, so that most of their tests
// are new ones, and the rest is shared with the originals.
func copies(tb testing.TB, n int) []*ir.Rule {
	rules := windowsRules(tb)
	var out []*ir.Rule
	for k := 0; len(out) < n; k++ {
		// In small sets the rules lie as far apart as they can.
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
	c := *r
	c.Where = nil
	test := func(t ir.Test) ir.Test {
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
	for _, x := range r.Where {
		c.Where = append(c.Where, ir.Rewrite(x, func(e ir.Expr) ir.Expr {
			switch e := e.(type) {
			case *ir.Match:
				return &ir.Match{Pos: e.Pos, Field: e.Field, Test: ir.RewriteTest(e.Test, test)}
			case *ir.Keyword:
				return &ir.Keyword{Pos: e.Pos, Test: ir.RewriteTest(e.Test, test)}
			}
			return e
		}))
	}
	return &c
}

// BenchmarkRules shows how the cost of an event grows with the rules.
func BenchmarkRules(b *testing.B) {
	events, _ := stream()
	for _, n := range []int{100, 1_000, 3_000, 10_000, 30_000} {
		rules := copies(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e, err := eval.Compile(rules, eval.Options{SkipErrors: true})
			onlyPlaceholders(b, err)
			benchmark(b, e, events)
		})
	}
}

// BenchmarkKnownSource matches process creations with the rules about them.
func BenchmarkKnownSource(b *testing.B) {
	e, err := eval.Compile(windowsRules(b), eval.Options{SkipErrors: true})
	onlyPlaceholders(b, err)
	all, _ := stream()
	for _, c := range []struct{ category, start string }{{"process_creation", `"EventID":1,`}, {"registry_set", `"EventID":13,`}, {"image_load", `"EventID":7,`}} {
		b.Run(c.category, func(b *testing.B) {
			var events [][]byte
			for _, ev := range all {
				if containsText(ev, c.start) {
					events = append(events, ev)
				}
			}
			benchmark(b, e.For(sigma.LogSource{Product: "windows", Category: c.category}), events)
		})
	}
}
