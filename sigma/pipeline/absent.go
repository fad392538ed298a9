package pipeline

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// absentField is for fields that no event of the target has: a test of one is
// what it is for an event without the field, false but for null and exists
// (V6, M7), and is folded into the condition.
type absentField struct{}

func makeAbsentField(*params, *step) transformation { return absentField{} }

func (t absentField) apply(w *run) {
	t.rejectReads(w)
	p := w.polarities()
	w.items(func(it item) ir.Expr {
		if it.keyword {
			return it.expr
		}
		return splitItem(it, func(t ir.Test) ir.Expr { return w.absent(it, p[it.expr], t) })
	})
	w.rejectConstant()
}

// absent returns what a test is for an event without its field, with a
// warning where the event may have been meant to have it.
func (w *run) absent(it item, p polarity, t ir.Test) ir.Expr {
	if u, ok := t.(*ir.Exists); ok {
		return ir.Const(!u.Want)
	}
	if _, ok := t.(*ir.Null); ok {
		return ir.Const(true)
	}
	w.deviates(p, it.pos, false, fmt.Sprintf("the target has no field for %s, so this test never holds", it.field))
	return ir.Const(false)
}

// rejectConstant refuses a rule of which nothing is left to ask.
func (w *run) rejectConstant() {
	for _, e := range w.rule.Where {
		if c, ok := e.(ir.Const); ok {
			how := "never matches"
			if c {
				how = "matches every event"
			}
			w.fail(w.rulePos(), sigma.RuleRejected, "", "without the fields that the target does not have, the rule %s", how)
		}
	}
}
