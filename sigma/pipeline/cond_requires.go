package pipeline

import "github.com/sigma-compiler/sigmac/sigma/ir"

// makeRequiresItem is the condition that no event matches the rule unless it
// has that value in that field: what other steps do may rely on it.
func makeRequiresItem(p *params) ruleCond {
	field := p.needText("field")
	n := p.need("value")
	if n == nil {
		return nil
	}
	v, _ := p.value(n, "value")
	want, _ := plainValue(testOf(v))
	return func(w *run) bool {
		for _, e := range w.rule.Where {
			if !requires(e, field, want) {
				return false
			}
		}
		return len(w.rule.Where) > 0
	}
}

// requires reports whether e holds only where the field has the value. It may
// miss that, where a negation is in the way.
func requires(e ir.Expr, field, value string) bool {
	switch x := e.(type) {
	case ir.And:
		for _, y := range x {
			if requires(y, field, value) {
				return true
			}
		}
	case ir.Or:
		for _, y := range x {
			if !requires(y, field, value) {
				return false
			}
		}
		return true
	case *ir.Named:
		return requires(x.X, field, value)
	case *ir.Match:
		return x.Field == field && demands(x.Test, value)
	}
	return false
}

// demands reports whether only that value passes the test.
func demands(t ir.Test, value string) bool {
	switch t := t.(type) {
	case ir.AnyOf:
		for _, u := range t {
			if !demands(u, value) {
				return false
			}
		}
		return true
	case ir.AllOf:
		for _, u := range t {
			if demands(u, value) {
				return true
			}
		}
		return false
	}
	got, ok := plainValue(t)
	return ok && got == value
}
