package pipeline

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// computedFields is for targets that keep the fields of an event in one
// column, as XML or JSON: every field that is no column of the table is
// computed by the same expression.
type computedFields struct {
	prefix     string // of the fields that it is about
	expression string
	kind       schema.Type
}

func makeComputedFields(p *params, _ *step) transformation {
	t := computedFields{prefix: p.text("prefix"), expression: p.needText("expression"), kind: columnType(p)}
	if t.expression != "" && !strings.Contains(t.expression, "{field}") && !strings.Contains(t.expression, "{path}") {
		p.fail(p.at(p.take("expression")), sigma.BadPipeline, "", `"expression" must have {field} or {path} in it`)
	}
	return t
}

func (t computedFields) apply(w *run) {
	for _, e := range w.rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			it, ok := itemOf(e)
			if !ok || !w.selects(it) {
				return true
			}
			if !it.keyword {
				t.compute(w, it.field)
			}
			ir.WalkTests(it.test, func(u ir.Test) {
				if ref, ok := u.(*ir.FieldRef); ok {
					t.compute(w, ref.Field)
				}
			})
			return true
		})
	}
	w.eachRead(func(field string, _ sigma.Pos) { t.compute(w, field) })
}

// compute adds the column for one field, unless the rule's table has it. The
// name becomes a part of the query, so that one that is no plain name is left
// to check_fields.
func (t computedFields) compute(w *run, field string) {
	name, ok := strings.CutPrefix(field, t.prefix)
	if !ok || !isPath(name) {
		return
	}
	if _, known := w.rule.Column(field); known {
		return
	}
	path := "['" + strings.ReplaceAll(name, ".", "']['") + "']"
	r := w.mutable()
	r.Computed = append(slices.Clip(r.Computed), ir.Computed{
		Name: field, Type: t.kind, Expr: strings.NewReplacer("{field}", name, "{path}", path).Replace(t.expression),
	})
}

// isPath reports whether s is ASCII names joined by dots.
func isPath(s string) bool {
	start := true
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
			start = false
		case c >= '0' && c <= '9' && !start:
		case c == '.' && !start:
			start = true
		default:
			return false
		}
	}
	return !start
}
