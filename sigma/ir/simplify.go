package ir

// All returns the expression that is true where all of xs are: nested
// conjunctions are joined, constants folded. No xs are true.
func All(xs ...Expr) Expr {
	return join(xs, true)
}

// OneOf returns the expression that is true where one of xs is: nested
// disjunctions are joined, constants folded. No xs are false.
func OneOf(xs ...Expr) Expr {
	return join(xs, false)
}

// join is All for neutral true and OneOf for neutral false.
func join(xs []Expr, neutral Const) Expr {
	out := make([]Expr, 0, len(xs))
	for _, x := range xs {
		switch x := x.(type) {
		case Const:
			if x != neutral {
				return x
			}
		case And:
			if neutral {
				out = append(out, x...)
			} else {
				out = append(out, x)
			}
		case Or:
			if neutral {
				out = append(out, x)
			} else {
				out = append(out, x...)
			}
		default:
			out = append(out, x)
		}
	}
	switch {
	case len(out) == 0:
		return neutral
	case len(out) == 1:
		return out[0]
	case bool(neutral):
		return And(out)
	}
	return Or(out)
}

// Negate returns the negation of x; two negations cancel each other, since
// logic is two-valued (N13).
func Negate(x Expr) Expr {
	switch x := x.(type) {
	case *Not:
		return x.X
	case Const:
		return !x
	case *Named:
		if inner, ok := x.X.(*Not); ok {
			return inner.X
		}
	}
	return &Not{X: x}
}

// AnyTest returns the test that is passed where one of ts is. ts must not be
// empty.
func AnyTest(ts ...Test) Test {
	if len(ts) == 1 {
		return ts[0]
	}
	return AnyOf(flattenTests(ts, false))
}

// AllTests returns the test that is passed where all of ts are. ts must not
// be empty.
func AllTests(ts ...Test) Test {
	if len(ts) == 1 {
		return ts[0]
	}
	return AllOf(flattenTests(ts, true))
}

// flattenTests joins nested lists of the same kind.
func flattenTests(ts []Test, all bool) []Test {
	nested := false
	for _, t := range ts {
		switch t.(type) {
		case AnyOf:
			nested = nested || !all
		case AllOf:
			nested = nested || all
		}
	}
	if !nested {
		return ts
	}
	var out []Test
	for _, t := range ts {
		switch t := t.(type) {
		case AnyOf:
			if !all {
				out = append(out, t...)
				continue
			}
		case AllOf:
			if all {
				out = append(out, t...)
				continue
			}
		}
		out = append(out, t)
	}
	return out
}
