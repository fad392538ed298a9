package pipeline

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// addAlternative notes items that may match in the place of others.
type addAlternative struct{ expr ir.Expr }

func makeAddAlternative(p *params, _ *step) transformation {
	n := p.need("conditions")
	if n == nil {
		return nil
	}
	items := p.items(n, "conditions")
	if len(items) == 0 {
		return addAlternative{} // reported
	}
	expr, err := build(ruleOf(items), false)
	if err != nil {
		p.adopt(err)
	}
	return addAlternative{expr}
}

func (t addAlternative) apply(w *run) { w.alternatives = append(w.alternatives, t.expr) }

// requireAlternative adds the alternatives to the rule. Without any it changes
// nothing.
type requireAlternative struct{}

func makeRequireAlternative(*params, *step) transformation { return requireAlternative{} }

func (requireAlternative) apply(w *run) {
	if len(w.alternatives) > 0 {
		w.require(ir.OneOf(w.alternatives...))
		w.alternatives = nil
	}
}

// addQuery adds a piece of a query in the target's language.
type addQuery struct{ text string }

func makeAddQuery(p *params, _ *step) transformation { return addQuery{p.needText("query")} }

func (t addQuery) apply(w *run) {
	w.require(&ir.Raw{Pos: w.step.pos, Text: t.text})
	w.warn(w.step.pos, sigma.Assumed, "", "%q stands in the query as it is, and nothing checks it", t.text)
}
