package pipeline

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// drop leaves items out. What that does to the rule depends on where they
// stand: a conjunction that loses a part matches more, a disjunction less,
// and below a negation the other way round.
type drop struct{}

func makeDrop(*params, *step) transformation { return drop{} }

// A lost item is one that was left out. more is what that does: +1 the rule
// matches more, -1 less, 0 not known yet, because no list was reached that
// has other parts.
type lost struct {
	it   item
	more int
}

func (drop) apply(w *run) {
	var out []ir.Expr
	for i, e := range w.rule.Where {
		n, all := w.without(e)
		if len(all) == 0 {
			continue
		}
		if out == nil {
			out = append([]ir.Expr(nil), w.rule.Where...)
		}
		out[i] = n
		w.report(all)
	}
	if out != nil && len(w.errs) == 0 {
		w.mutable().Where = out
	}
}

// report warns of each lost item, or refuses the rule where nothing is left.
func (w *run) report(all []lost) {
	for _, l := range all {
		w.traceDropped(l.it)
		what := "the test of " + l.it.field
		if l.it.keyword {
			what = "the keyword"
		}
		switch {
		case l.more > 0:
			w.warn(l.it.pos, sigma.MatchesMore, "", "%s is left out: the query finds more events than the rule means", what)
		case l.more < 0:
			w.warn(l.it.pos, sigma.MatchesLess, "", "%s is left out: the query finds fewer events than the rule means", what)
		default:
			w.fail(l.it.pos, sigma.RuleRejected, "", "%s cannot be kept, and without it nothing is left of the condition", what)
		}
	}
}

// without returns e without the items that the step selects, nil where
// nothing is left, and the items.
func (w *run) without(e ir.Expr) (ir.Expr, []lost) {
	switch x := e.(type) {
	case *ir.Not:
		inner, all := w.without(x.X)
		for i := range all {
			all[i].more = -all[i].more
		}
		if inner == nil {
			return nil, all
		}
		if len(all) == 0 {
			return e, nil
		}
		return ir.Negate(inner), all
	case *ir.Named:
		inner, all := w.without(x.X)
		if inner == nil || len(all) == 0 {
			return unless(inner == nil, e), all
		}
		return &ir.Named{Name: x.Name, X: inner}, all
	case ir.And:
		parts, all := w.withoutParts(x, +1)
		if len(all) == 0 {
			return e, nil
		}
		return unless(len(parts) == 0, ir.All(parts...)), all
	case ir.Or:
		parts, all := w.withoutParts(x, -1)
		if len(all) == 0 {
			return e, nil
		}
		return unless(len(parts) == 0, ir.OneOf(parts...)), all
	}
	if it, ok := itemOf(e); ok && w.selects(it) {
		return nil, []lost{{it: it}}
	}
	return e, nil
}

// unless returns e, or nil.
func unless(empty bool, e ir.Expr) ir.Expr {
	if empty {
		return nil
	}
	return e
}

// withoutParts handles the parts of a list. more is what losing a part does
// where others stay.
func (w *run) withoutParts(xs []ir.Expr, more int) (parts []ir.Expr, all []lost) {
	for _, x := range xs {
		n, ls := w.without(x)
		all = append(all, ls...)
		if n != nil {
			parts = append(parts, n)
		}
	}
	if len(parts) == 0 {
		return nil, all
	}
	for i := range all {
		if all[i].more == 0 {
			all[i].more = more
		}
	}
	return parts, all
}
