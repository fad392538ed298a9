package pipeline

import (
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// makeUsesOnly is the condition that a rule asks of an event nothing but those
// fields, so that a table that has them is enough for it. Keywords do not
// matter.
func makeUsesOnly(p *params) ruleCond {
	n := p.need("fields")
	if n == nil {
		return nil
	}
	known := make(map[string]bool)
	for _, f := range p.texts(n, "fields") {
		known[f] = true
	}
	return func(w *run) bool {
		return !w.hasItem(func(it item) bool {
			return !it.keyword && !known[it.field] || anyTest(it.test, func(t ir.Test) bool {
				ref, ok := t.(*ir.FieldRef)
				return ok && !known[ref.Field]
			})
		})
	}
}
