package readback

import "github.com/sigma-compiler/sigmac/sigma/ir"

// Meaning returns the expression that is true for the events that a condition
// finds: those for which it is Yes. Unknown is gone from it.
func Meaning(e Expr) ir.Expr { return is(e, Yes) }

// is returns the expression that is true where e has the value, Yes or No.
func is(e Expr, value Truth) ir.Expr {
	switch e := e.(type) {
	case And:
		if value == Yes {
			return ir.All(all(e, Yes)...)
		}
		return ir.OneOf(all(e, No)...)
	case Or:
		if value == Yes {
			return ir.OneOf(all(e, Yes)...)
		}
		return ir.All(all(e, No)...)
	case *Not:
		return is(e.X, Yes-value)
	case *Known:
		if value == Yes {
			return is(e.X, Yes)
		}
		return ir.Negate(is(e.X, Yes))
	case *Leaf:
		return leaf(e, value)
	case Const:
		return ir.Const(Truth(e) == value)
	}
	return ir.Const(false)
}

func all(es []Expr, value Truth) []ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = is(e, value)
	}
	return out
}

// leaf is is for a leaf.
func leaf(l *Leaf, value Truth) ir.Expr {
	passes := passed(l)
	switch l.Test.(type) {
	case *ir.Null, *ir.Exists:
		if value == Yes {
			return passes
		}
		return ir.Negate(passes)
	}
	there := present(l)
	switch {
	case value == Yes && l.Missing == Yes:
		return ir.OneOf(passes, ir.Negate(there))
	case value == Yes:
		return passes
	case l.Missing == No:
		return ir.Negate(passes)
	}
	return ir.All(there, ir.Negate(passes))
}

// passed returns the expression that is true where a value passes.
func passed(l *Leaf) ir.Expr {
	if l.Field == "" {
		return &ir.Keyword{Pos: l.Test.Position(), Test: l.Test}
	}
	return &ir.Match{Pos: l.Test.Position(), Field: l.Field, Test: l.Test}
}

// present returns the expression that is true where there is a value to test.
func present(l *Leaf) ir.Expr {
	if l.Field == "" {
		return ir.Const(true)
	}
	there := hasValue(l.Field)
	if ref, ok := l.Test.(*ir.FieldRef); ok {
		return ir.All(there, hasValue(ref.Field))
	}
	return there
}

func hasValue(field string) ir.Expr { return ir.Negate(&ir.Match{Field: field, Test: &ir.Null{}}) }
