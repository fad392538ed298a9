package kusto

import (
	"math/bits"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// settle decides what a column is that the schema does not know and that the
// rule tests as text here and as a number or boolean there. It is text in the
// rule and the expression that come back: Kusto takes no text operator for a
// number and no number for a text ("The operator 'startswith' is not defined
// for the operand types int and string").
func settle(j *emit.Job, e ir.Expr) (*ir.Rule, ir.Expr) {
	if len(j.Errors) > 0 {
		return j.Rule, e
	}
	var texts []ir.Computed
	for _, u := range usesOf(e) {
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
	e = emit.Lower(&job, e)
	j.Errors, j.Warnings = job.Errors, job.Warnings
	return &rule, e
}

// A use is a field and the types that it is tested as, a bit each.
type use struct {
	field string
	as    uint8
}

const (
	asText = 1 << iota
	asNumber
	asBool
)

// usesOf returns the fields that an expression tests.
func usesOf(e ir.Expr) []use {
	var uses []use
	ir.Walk(e, func(e ir.Expr) bool {
		m, ok := e.(*ir.Match)
		if !ok {
			return true
		}
		i := slices.IndexFunc(uses, func(u use) bool { return u.field == m.Field })
		if i < 0 {
			i = len(uses)
			uses = append(uses, use{field: m.Field})
		}
		ir.WalkTests(m.Test, func(t ir.Test) {
			switch t.(type) {
			case *ir.Text, *ir.Regexp, *ir.CIDR:
				uses[i].as |= asText
			case *ir.Compare:
				uses[i].as |= asNumber
			case *ir.Bool:
				uses[i].as |= asBool
			}
		})
		return true
	})
	return uses
}
