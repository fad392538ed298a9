package kql

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A caseCount counts the values of a query that are found in the case as
// written only.
type caseCount struct {
	*emit.Job
	first [2]*ir.Text // below an even and below an odd number of negations
	n     [2]int
}

// warnCase says once a query, and not for each of its values, that the
// language compares case as the index does.
func warnCase(j *emit.Job, e ir.Expr) {
	c := caseCount{Job: j}
	c.expr(e, 0)
	for odd, code := range [...]sigma.Code{sigma.MatchesLess, sigma.MatchesMore} {
		if c.n[odd] == 0 {
			continue
		}
		what := "the value is"
		if n := c.n[odd]; n > 1 {
			what = strconv.Itoa(n) + " values are"
		}
		if odd == 1 {
			what += " excluded"
		} else {
			what += " found"
		}
		j.Warn(c.first[odd].Pos, code, "fields whose index folds case find all; lucene, eql and esql ignore case by themselves",
			caseBegin+"%s as written only, unless the index folds case", what)
	}
}

// caseBegin is how the warnings of warnCase begin.
const caseBegin = "Kibana KQL compares case as the index does: "

// aboutCase reports whether a warning is one of warnCase.
func aboutCase(w *sigma.Error) bool { return strings.HasPrefix(w.Msg, caseBegin) }

// expr counts below odd negations: 0 or 1.
func (c *caseCount) expr(e ir.Expr, odd int) {
	switch e := e.(type) {
	case ir.And:
		for _, x := range e {
			c.expr(x, odd)
		}
	case ir.Or:
		for _, x := range e {
			c.expr(x, odd)
		}
	case *ir.Not:
		c.expr(e.X, 1-odd)
	case *ir.Keyword:
		c.test(e.Test, odd)
	case *ir.Match:
		if _, folds := elastic.Indexed(c.FieldOf(e), false); !folds {
			c.test(e.Test, odd)
		}
	}
}

func (c *caseCount) test(t ir.Test, odd int) {
	ir.WalkTests(t, func(t ir.Test) {
		text, ok := t.(*ir.Text)
		if !ok || !elastic.CaseMatters(text) {
			return
		}
		if c.n[odd]++; c.first[odd] == nil {
			c.first[odd] = text
		}
	})
}
