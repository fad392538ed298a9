package emit

import (
	"math/bits"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Settle decides what a column is that the schema does not know and that the
// rule tests as several types, for languages that refuse such a query. It is
// text in the rule and in the expression that come back, since only text can
// be all of them. as says which type a test takes its column for, as a bit, or
// 0 for any.
func Settle(j *Job, e ir.Expr, as func(ir.Test) uint8) (*ir.Rule, ir.Expr) {
	if len(j.Errors) > 0 {
		return j.Rule, e
	}
	var texts []ir.Computed
	for _, u := range usesOf(e, as) {
		if bits.OnesCount8(u.as) < 2 {
			continue
		}
		if c, _ := j.Rule.Column(u.field); c.Type == schema.Unknown {
			texts = append(texts, ir.Computed{Name: u.field, Type: schema.Keyword})
		}
	}
	if texts == nil {
		return j.Rule, e
	}
	rule := *j.Rule
	rule.Computed = slices.Concat(rule.Computed, texts)
	job := *j
	job.Rule = &rule
	e = Lower(&job, e)
	j.Errors, j.Warnings = job.Errors, job.Warnings
	return &rule, e
}

// A use is a field and the types that it is tested as, a bit each.
type use struct {
	field string
	as    uint8
}

// usesOf returns the fields that an expression tests, and those that it
// compares them with.
func usesOf(e ir.Expr, as func(ir.Test) uint8) []use {
	var uses []use
	note := func(field string, as uint8) {
		i := slices.IndexFunc(uses, func(u use) bool { return u.field == field })
		if i < 0 {
			i = len(uses)
			uses = append(uses, use{field: field})
		}
		uses[i].as |= as
	}
	ir.Walk(e, func(e ir.Expr) bool {
		if m, ok := e.(*ir.Match); ok {
			ir.WalkTests(m.Test, func(t ir.Test) {
				note(m.Field, as(t))
				if ref, ok := t.(*ir.FieldRef); ok {
					note(ref.Field, as(t))
				}
			})
		}
		return true
	})
	return uses
}
