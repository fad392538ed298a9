package ir

// Rewrite returns e with f applied to every part of it, children first. f
// returns the part it was given or what stands in its place. Nothing is
// changed: parts that stay the same are shared with e, and a *Named that e
// has in several places is rewritten once and stays shared. Where f replaces
// parts by constants or by expressions of the parent's kind, parents are
// simplified.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	r := rewriter{f: f}
	return r.expr(e)
}

type rewriter struct {
	f     func(Expr) Expr
	named [8]rewritten // the first n: most rules have few searches
	n     int
	more  map[*Named]Expr
}

// A rewritten is a search and what became of it.
type rewritten struct {
	from *Named
	to   Expr
}

// done returns what became of a search that was rewritten before.
func (r *rewriter) done(x *Named) (Expr, bool) {
	for i := range r.n {
		if r.named[i].from == x {
			return r.named[i].to, true
		}
	}
	e, ok := r.more[x]
	return e, ok
}

// remember notes what became of a search.
func (r *rewriter) remember(x *Named, e Expr) {
	switch {
	case r.n < len(r.named):
		r.named[r.n] = rewritten{x, e}
		r.n++
	case r.more == nil:
		r.more = map[*Named]Expr{x: e}
	default:
		r.more[x] = e
	}
}

func (r *rewriter) expr(e Expr) Expr {
	switch x := e.(type) {
	case And:
		if out, changed := r.list(x); changed {
			return r.f(All(out...))
		}
	case Or:
		if out, changed := r.list(x); changed {
			return r.f(OneOf(out...))
		}
	case *Not:
		if inner := r.expr(x.X); !same(inner, x.X) {
			return r.f(Negate(inner))
		}
	case *Named:
		return r.name(x)
	}
	return r.f(e)
}

func (r *rewriter) list(xs []Expr) (out []Expr, changed bool) {
	for i, x := range xs {
		y := r.expr(x)
		if !changed && !same(x, y) {
			out = append(make([]Expr, 0, len(xs)), xs[:i]...)
			changed = true
		}
		if changed {
			out = append(out, y)
		}
	}
	return out, changed
}

func (r *rewriter) name(x *Named) Expr {
	if done, ok := r.done(x); ok {
		return done
	}
	out := x
	if inner := r.expr(x.X); !same(inner, x.X) {
		out = &Named{Name: x.Name, X: inner}
	}
	e := Expr(out)
	if c, ok := out.X.(Const); ok {
		e = c
	}
	e = r.f(e)
	r.remember(x, e)
	return e
}

// same reports whether two expressions are one and the same. Lists are
// compared by their backing array, since slices are not comparable.
func same(a, b Expr) bool {
	switch a := a.(type) {
	case And:
		b, ok := b.(And)
		return ok && len(a) == len(b) && &a[0] == &b[0]
	case Or:
		b, ok := b.(Or)
		return ok && len(a) == len(b) && &a[0] == &b[0]
	}
	switch b.(type) {
	case And, Or:
		return false
	}
	return a == b
}

// RewriteTest returns t with f applied to every single test in it. f returns
// the test it was given or what stands in its place. Nothing is changed in t.
func RewriteTest(t Test, f func(Test) Test) Test {
	switch t := t.(type) {
	case AnyOf:
		if out, changed := rewriteTests(t, f); changed {
			return AnyTest(out...)
		}
		return t
	case AllOf:
		if out, changed := rewriteTests(t, f); changed {
			return AllTests(out...)
		}
		return t
	}
	return f(t)
}

func rewriteTests(ts []Test, f func(Test) Test) (out []Test, changed bool) {
	for i, t := range ts {
		u := RewriteTest(t, f)
		if !changed && !SameTest(t, u) {
			out = append(make([]Test, 0, len(ts)), ts[:i]...)
			changed = true
		}
		if changed {
			out = append(out, u)
		}
	}
	return out, changed
}

// SameTest reports whether two tests are one and the same, not whether they
// are equal. Lists are compared by their backing array.
func SameTest(a, b Test) bool {
	switch a := a.(type) {
	case AnyOf:
		b, ok := b.(AnyOf)
		return ok && len(a) == len(b) && &a[0] == &b[0]
	case AllOf:
		b, ok := b.(AllOf)
		return ok && len(a) == len(b) && &a[0] == &b[0]
	}
	switch b.(type) {
	case AnyOf, AllOf:
		return false
	}
	return a == b
}

// Walk calls f for e and every part of it, parents first. A *Named that
// stands in several places is walked in each. Where f returns false, the
// parts below are left out.
func Walk(e Expr, f func(Expr) bool) {
	if !f(e) {
		return
	}
	switch x := e.(type) {
	case And:
		for _, y := range x {
			Walk(y, f)
		}
	case Or:
		for _, y := range x {
			Walk(y, f)
		}
	case *Not:
		Walk(x.X, f)
	case *Named:
		Walk(x.X, f)
	}
}

// WalkTests calls f for every single test in t.
func WalkTests(t Test, f func(Test)) {
	switch t := t.(type) {
	case AnyOf:
		for _, u := range t {
			WalkTests(u, f)
		}
	case AllOf:
		for _, u := range t {
			WalkTests(u, f)
		}
	default:
		f(t)
	}
}
