package pipeline

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A polarity says where in a condition an item stands: what is wider below a
// negation makes the rule narrower.
type polarity uint8

const (
	positive polarity = 1 << iota // below an even number of negations
	negative                      // below an odd number; an item of a search may be both
)

// polarities returns that of every item of the rule.
func (w *run) polarities() map[ir.Expr]polarity {
	out := make(map[ir.Expr]polarity)
	for _, e := range w.rule.Where {
		note(out, e, positive)
	}
	return out
}

func note(out map[ir.Expr]polarity, e ir.Expr, p polarity) {
	switch x := e.(type) {
	case ir.And:
		for _, y := range x {
			note(out, y, p)
		}
	case ir.Or:
		for _, y := range x {
			note(out, y, p)
		}
	case *ir.Not:
		note(out, x.X, p^(positive|negative))
	case *ir.Named:
		note(out, x.X, p)
	case *ir.Match, *ir.Keyword:
		out[e] |= p
	}
}

// deviates warns that an item now finds more events than the rule means
// (wider), or fewer, and says what that makes of the rule.
func (w *run) deviates(p polarity, pos sigma.Pos, wider bool, what string) {
	if p == 0 {
		p = positive
	}
	if p&positive != 0 && wider || p&negative != 0 && !wider {
		w.warn(pos, sigma.MatchesMore, "", "%s: the query finds more events than the rule means", what)
	}
	if p&positive != 0 && !wider || p&negative != 0 && wider {
		w.warn(pos, sigma.MatchesLess, "", "%s: the query finds fewer events than the rule means", what)
	}
}
