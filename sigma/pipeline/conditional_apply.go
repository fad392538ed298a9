package pipeline

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// apply gives the fields of items, those that values refer to, those that a
// correlation reads and the rule's list of fields their names. An item is read
// with what must hold beside it, so that two searches for different events have
// different names.
func (t *conditionalMapping) apply(w *run) {
	w.tracePlaces(t.place)
	whole := t.naming(w, given(nil).and(ir.Or(w.rule.Where), t.asked))
	w.renameFields(whole)
	w.renameReads(whole)
	w.replace(func(e ir.Expr) ir.Expr { return t.expr(w, e, nil) })
}

// naming returns all the names that a field may have where g is known.
func (t *conditionalMapping) naming(w *run, g given) naming {
	return func(name string, keyword bool) []string {
		c := t.fields[name]
		if c == nil || keyword {
			return nil
		}
		var out []string
		all, _ := c.among(w, g)
		for _, n := range all {
			if n.names == nil {
				n.names = []string{name}
			}
			out = union(out, n.names)
		}
		return out
	}
}

// expr returns e with the names that its fields have where g is known, or e
// itself.
func (t *conditionalMapping) expr(w *run, e ir.Expr, g given) ir.Expr {
	switch x := e.(type) {
	case ir.And:
		if xs := t.exprs(w, x, g.and(x, t.asked)); xs != nil {
			return ir.All(xs...)
		}
	case ir.Or:
		if xs := t.exprs(w, x, g); xs != nil {
			return ir.OneOf(xs...)
		}
	case *ir.Not:
		if y := t.expr(w, x.X, g); !sameExpr(y, x.X) {
			return ir.Negate(y)
		}
	case *ir.Named:
		if y := t.expr(w, x.X, g); !sameExpr(y, x.X) {
			return &ir.Named{Name: x.Name, X: y}
		}
	case *ir.Raw:
		y := w.renameRaw(t.naming(w, g), x)
		w.became(x, y)
		return y
	case *ir.Match:
		y := t.item(w, item{expr: x, pos: x.Pos, field: x.Field, test: x.Test}, g.and(x, t.asked))
		w.became(x, y)
		return y
	}
	return e
}

// exprs returns the parts of a list with their names, nil where nothing
// changes.
func (t *conditionalMapping) exprs(w *run, xs []ir.Expr, g given) []ir.Expr {
	var out []ir.Expr
	for i, x := range xs {
		y := t.expr(w, x, g)
		if out == nil && !sameExpr(y, x) {
			out = append(out, xs[:i]...)
		}
		if out != nil || !sameExpr(y, x) {
			out = append(out, y)
		}
	}
	return out
}

// item returns an item with the names that its field and those that it refers
// to have where g is known.
func (t *conditionalMapping) item(w *run, it item, g given) ir.Expr {
	if w.step.item != nil && !w.step.item(w, it) {
		return it.expr
	}
	test, referred := w.renameRefs(t.naming(w, g), it)
	n, renamed := t.renamed(w, it, test, g)
	if !renamed && !referred {
		return it.expr
	}
	if w.marks != nil {
		w.mark(it.expr, n, renamed)
	}
	return n
}

// renamed returns the test of an item's field by its names, and whether these
// are others than its own.
func (t *conditionalMapping) renamed(w *run, it item, test ir.Test, g given) (ir.Expr, bool) {
	c := t.fields[it.field]
	if c == nil || w.step.field != nil && !w.step.field(w, fieldName{name: it.field, item: it.expr}) {
		return it.with(test), false
	}
	all, ok := c.among(w, g)
	switch {
	case !ok:
		w.fail(it.pos, sigma.RuleRejected, "a rule for each of the values can be converted",
			"the name of %s depends on %s, and the rule has several values of them", it.field, strings.Join(c.fields, " and "))
		return it.expr, false
	case len(all) == 1 && all[0].names == nil:
		if len(c.fields) > 0 {
			w.warn(it.pos, sigma.Assumed, "", "the name of %s depends on %s; the rule has no value there for which the pipeline knows another name, so it stays as it is", it.field, strings.Join(c.fields, " and "))
		}
		return it.with(test), false
	}
	return t.either(w, it, test, all), true
}

// either returns the test of the field by its names, each with the condition
// under which the field has them.
func (t *conditionalMapping) either(w *run, it item, test ir.Test, all []named) ir.Expr {
	parts := make([]ir.Expr, len(all))
	for i, n := range all {
		if n.names == nil {
			n.names = []string{it.field}
		}
		parts[i] = spread(it.pos, n.names, test)
		if n.where != nil {
			names := t.naming(w, nil)(n.where.Field, false)
			if names == nil {
				names = []string{n.where.Field}
			}
			parts[i] = ir.All(spread(n.where.Pos, names, n.where.Test), parts[i])
		}
	}
	return ir.OneOf(parts...)
}
