package pipeline

import "github.com/sigma-compiler/sigmac/sigma/ir"

// makeRequiresItem is the condition that no event matches the rule unless it
// has that value in that field, or one of several: what other steps do may
// rely on it.
func makeRequiresItem(p *params) ruleCond {
	field := p.needText("field")
	n, name := p.take("values"), "values"
	if n == nil {
		n, name = p.need("value"), "value"
	}
	if n == nil {
		return nil
	}
	wanted := make(map[string]bool)
	for _, v := range p.values(n, name) {
		if k, ok := plainValue(testOf(v)); ok {
			wanted[k] = true
		}
	}
	return func(w *run) bool {
		for _, e := range w.rule.Where {
			if !requires(e, field, wanted) {
				return false
			}
		}
		return len(w.rule.Where) > 0
	}
}

// requires reports whether e holds only where the field has one of the values.
// It may miss that, where a negation is in the way.
func requires(e ir.Expr, field string, values map[string]bool) bool {
	switch x := e.(type) {
	case ir.And:
		for _, y := range x {
			if requires(y, field, values) {
				return true
			}
		}
	case ir.Or:
		for _, y := range x {
			if !requires(y, field, values) {
				return false
			}
		}
		return true
	case *ir.Named:
		return requires(x.X, field, values)
	case *ir.Match:
		return x.Field == field && demands(x.Test, values)
	}
	return false
}

// demands reports whether only those values pass the test.
func demands(t ir.Test, values map[string]bool) bool {
	switch t := t.(type) {
	case ir.AnyOf:
		for _, u := range t {
			if !demands(u, values) {
				return false
			}
		}
		return true
	case ir.AllOf:
		for _, u := range t {
			if demands(u, values) {
				return true
			}
		}
		return false
	}
	got, ok := plainValue(t)
	return ok && values[got]
}
