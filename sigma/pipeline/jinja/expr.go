package jinja

import (
	"errors"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// An expression gives a value.
type expression interface {
	eval(*runner) (any, error)
}

// The expressions.
type (
	literal     struct{ v any }
	name        struct{ token }
	list        struct{ parts []expression }
	conditional struct{ cond, then, otherwise expression } // otherwise may be nil
	not         struct{ x expression }
	logic       struct {
		x, y expression
		or   bool
	}
	dict struct {
		at           []token
		keys, values []expression
	}
	compare struct {
		first expression
		tests []comparison
	}
	comparison struct {
		token
		op string
		y  expression
	}
	binary struct {
		token
		x, y expression
	}
	sign struct {
		token
		x     expression
		minus bool
	}
	attribute struct {
		token
		x    expression
		name string
	}
	item struct {
		token
		x, key expression
	}
	slice struct {
		token
		x     expression
		parts [3]expression
	}
	arguments struct {
		parts []expression
		keys  []string
		named []expression
	}
	call struct {
		token
		f    expression
		args arguments
	}
	filtered struct {
		token
		x    expression
		f    filter
		args arguments
	}
	tested struct {
		token
		x    expression
		f    test
		args arguments
	}
)

// eval evaluates an expression, for which a step is paid.
func (r *runner) eval(x expression) (any, error) {
	if err := r.step(1); err != nil {
		return nil, err
	}
	return x.eval(r)
}

// at gives an error the place of a token, unless it has one already.
func (t token) at(err error) error {
	var known *pipeline.TemplateError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return t.fail("%s", err)
}

func (x literal) eval(*runner) (any, error) { return x.v, nil }

func (x *name) eval(r *runner) (any, error) {
	if v, ok := r.scope.get(x.text); ok {
		return v, nil
	}
	if f, ok := globals[x.text]; ok {
		return f, nil
	}
	return undefined(x.text), nil
}

func (x *list) eval(r *runner) (any, error) {
	out := make(pydata.List, len(x.parts))
	for i, y := range x.parts {
		v, err := r.eval(y)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, r.take(16 * len(out))
}

func (x *dict) eval(r *runner) (any, error) {
	m := &pydata.Map{}
	for i := range x.keys {
		k, err := r.eval(x.keys[i])
		if err != nil {
			return nil, err
		}
		v, err := r.eval(x.values[i])
		if err != nil {
			return nil, err
		}
		key, ok := plain(k)
		if !ok {
			return nil, x.at[i].fail("the keys of a mapping are texts, not %s", typeName(k))
		}
		m.Set(key, v)
	}
	return m, r.take(64 * len(x.keys))
}

func (x *conditional) eval(r *runner) (any, error) {
	v, err := r.eval(x.cond)
	switch {
	case err != nil:
		return nil, err
	case truth(v):
		return r.eval(x.then)
	case x.otherwise == nil:
		return undefined("the other part of an if"), nil
	}
	return r.eval(x.otherwise)
}

func (x *logic) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil || truth(v) == x.or {
		return v, err
	}
	return r.eval(x.y)
}

func (x *not) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	return !truth(v), err
}

func (x *compare) eval(r *runner) (any, error) {
	v, err := r.eval(x.first)
	if err != nil {
		return nil, err
	}
	for _, c := range x.tests {
		w, err := r.eval(c.y)
		if err != nil {
			return nil, err
		}
		holds, err := r.holds(c.op, v, w)
		if err != nil {
			return nil, c.at(err)
		}
		if !holds {
			return false, nil
		}
		v = w
	}
	return true, nil
}

// holds compares two values.
func (b *budget) holds(op string, v, w any) (bool, error) {
	switch op {
	case "==", "!=":
		same, err := b.equal(v, w)
		return same == (op == "=="), err
	case "in", "not in":
		there, err := b.contains(w, v)
		return there == (op == "in"), err
	}
	c, err := b.order(v, w)
	switch op {
	case "<":
		return c < 0, err
	case "<=":
		return c <= 0, err
	case ">":
		return c > 0, err
	}
	return c >= 0, err
}

func (x *sign) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	f, i, whole, ok := numeric(v)
	switch {
	case !ok:
		return nil, x.fail("%s has no sign", typeName(v))
	case !x.minus:
		return v, nil
	case whole:
		return -i, nil
	}
	return -f, nil
}
