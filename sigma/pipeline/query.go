package pipeline

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// queries is query_expression_placeholders: an item whose value is a
// placeholder becomes a piece of query (P4).
type queries struct {
	handled
	expression string
	mapping    map[string]string
}

// A raw is what a piece of query is made from, while its field can still get
// another name.
type raw struct {
	expression, field, id string
}

func (r raw) expr(pos sigma.Pos) *ir.Raw {
	text := strings.NewReplacer("{field}", r.field, "{id}", r.id, "{{", "{", "}}", "}").Replace(r.expression)
	return &ir.Raw{Pos: pos, Text: text}
}

func makeQueryPlaceholders(p *params, _ *step) transformation {
	t := queries{handled: readHandled(p), expression: p.needText("expression"), mapping: make(map[string]string)}
	if n := p.take("mapping"); n != nil {
		for _, e := range p.pairs() {
			t.mapping[e.key] = strings.Join(e.values, ",")
		}
	}
	return t
}

func (t queries) apply(w *run) {
	w.items(func(it item) ir.Expr {
		return splitItem(it, func(u ir.Test) ir.Expr {
			text, ok := u.(*ir.Text)
			if !ok || !text.Pattern.Has(ir.Placeholder) {
				return nil
			}
			if len(text.Pattern) > 1 || it.keyword {
				w.fail(text.Pos, sigma.RuleRejected, "", "only the value of a field that is nothing but a placeholder can become a query expression")
				return nil
			}
			name := text.Pattern[0].Text
			if !t.has(name) {
				return nil
			}
			r := raw{expression: t.expression, field: it.field, id: name}
			if id, ok := t.mapping[name]; ok {
				r.id = id
			}
			return w.addRaw(r, it.pos)
		})
	})
}

func (w *run) addRaw(r raw, pos sigma.Pos) *ir.Raw {
	e := r.expr(pos)
	if w.raws == nil {
		w.raws = make(map[*ir.Raw]raw)
	}
	w.raws[e] = r
	return e
}

// renameRaw gives a piece of query the new name of its field. A field that
// has several names becomes several pieces.
func (w *run) renameRaw(to naming, x *ir.Raw) ir.Expr {
	r, ok := w.raws[x]
	if !ok {
		return x
	}
	names := w.newNames(to, fieldName{name: r.field, item: x})
	if names == nil {
		return x
	}
	parts := make([]ir.Expr, len(names))
	for i, name := range names {
		r.field = name
		parts[i] = w.addRaw(r, x.Pos)
	}
	n := ir.OneOf(parts...)
	if w.marks != nil {
		w.mark(x, n, true)
	}
	return n
}
