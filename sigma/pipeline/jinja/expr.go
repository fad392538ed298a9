package jinja

import (
	"errors"
	"fmt"
	"slices"

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

func (x *attribute) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	out, err := r.attribute(v, x.name)
	return out, x.at(err)
}

func (x *item) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	k, err := r.eval(x.key)
	if err != nil {
		return nil, err
	}
	out, err := r.item(v, k)
	return out, x.at(err)
}

// attribute returns v.name: an attribute, a method, or else an item.
func (r *runner) attribute(v any, name string) (any, error) {
	switch v := v.(type) {
	case undefined:
		return nil, fmt.Errorf("%q is not defined, so it has no %q", string(v), name)
	case *pydata.Object:
		if f, ok := v.Methods[name]; ok {
			return function(func(_ *runner, args values) (any, error) { return f(args.list) }), nil
		}
		if x, ok := v.Attrs.Get(name); ok {
			return x, nil
		}
		if slices.Contains(v.Missing, name) {
			return nil, fmt.Errorf("pySigma has %q here, which is not supported", name)
		}
		return undefined(name), nil
	case *loopState:
		return v.attribute(name), nil
	case namespace:
		if x, ok := v.Get(name); ok {
			return x, nil
		}
		return undefined(name), nil
	}
	if f, ok := methods(v)[name]; ok {
		return function(func(r *runner, args values) (any, error) { return f(r, v, args) }), nil
	}
	return r.item(v, name)
}

// item returns v[k].
func (r *runner) item(v, k any) (any, error) {
	switch v := v.(type) {
	case undefined:
		return nil, fmt.Errorf("%q is not defined, so nothing is in it", string(v))
	case *pydata.Map:
		key := keyOf(k)
		if err := r.step(len(key) / 64); err != nil {
			return nil, err
		}
		if x, ok := v.Get(key); ok {
			return x, nil
		}
		if slices.Contains(v.Missing, key) {
			return nil, fmt.Errorf("%q is not the same for all rules", key)
		}
		if s, ok := k.(string); ok && methods(v)[s] != nil {
			return undefined(s), nil
		}
		return undefined(key), nil
	case *pydata.Object:
		if s, ok := plain(k); ok {
			return r.attribute(v, s)
		}
		return undefined(keyOf(k)), nil
	case pydata.List:
		i, err := index(k, len(v))
		if err != nil || i < 0 {
			return undefined(keyOf(k)), nil
		}
		return v[i], nil
	}
	if s, ok := plain(v); ok {
		rs := []rune(s)
		if err := r.step(1 + len(s)/16); err != nil {
			return nil, err
		}
		if i, err := index(k, len(rs)); err == nil && i >= 0 {
			return string(rs[i]), nil
		}
	}
	return undefined(keyOf(k)), nil
}

// index returns the place in a list of n that a number names, -1 where it is
// outside.
func index(k any, n int) (int, error) {
	i, ok := k.(int64)
	if !ok {
		return -1, errors.New("no whole number")
	}
	if i < 0 {
		i += int64(n)
	}
	if i < 0 || i >= int64(n) {
		return -1, nil
	}
	return int(i), nil
}

func (x *slice) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	var bounds [3]*int64
	for i, p := range x.parts {
		if p == nil {
			continue
		}
		k, err := r.eval(p)
		if err != nil {
			return nil, err
		}
		if k == nil {
			continue
		}
		n, err := asInt(k)
		if err != nil {
			return nil, x.at(err)
		}
		bounds[i] = &n
	}
	if s, ok := plain(v); ok {
		rs := []rune(s)
		if err := r.take(5 * len(s)); err != nil {
			return nil, x.at(err)
		}
		var out []rune
		err := sliced(len(rs), bounds, func(i int) { out = append(out, rs[i]) })
		return string(out), x.at(err)
	}
	l, ok := v.(pydata.List)
	if !ok {
		return nil, x.fail("%s has no slices", typeName(v))
	}
	if err := r.take(16 * len(l)); err != nil {
		return nil, x.at(err)
	}
	out := pydata.List{}
	err = sliced(len(l), bounds, func(i int) { out = append(out, l[i]) })
	return out, x.at(err)
}

// sliced calls f for the places of a list of n that from:to:step names.
func sliced(n int, bounds [3]*int64, f func(int)) error {
	step := int64(1)
	if bounds[2] != nil {
		step = *bounds[2]
	}
	if step == 0 {
		return errors.New("a slice's step is zero")
	}
	size := int64(n)
	low, high := int64(0), size // of places where a slice may begin or end
	if step < 0 {
		low, high = -1, size-1
	}
	bound := func(b *int64, otherwise int64) int64 {
		if b == nil {
			return otherwise
		}
		i := *b
		if i < 0 {
			i += size
		}
		return min(max(i, low), high)
	}
	from, to := bound(bounds[0], low), bound(bounds[1], high)
	if step < 0 {
		from, to = bound(bounds[0], high), bound(bounds[1], low)
	}
	for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
		f(int(i))
		if step > size || step < -size {
			break // the next would be outside, or not a number any more
		}
	}
	return nil
}

// values evaluates arguments.
func (a arguments) values(r *runner) (values, error) {
	var out values
	for _, x := range a.parts {
		v, err := r.eval(x)
		if err != nil {
			return out, err
		}
		out.list = append(out.list, v)
	}
	for i, x := range a.named {
		v, err := r.eval(x)
		if err != nil {
			return out, err
		}
		if out.named == nil {
			out.named = make(map[string]any, len(a.named))
		}
		out.named[a.keys[i]] = v
	}
	return out, r.take(16 * len(a.parts))
}

func (x *call) eval(r *runner) (any, error) {
	f, err := r.eval(x.f)
	if err != nil {
		return nil, err
	}
	args, err := x.args.values(r)
	if err != nil {
		return nil, err
	}
	switch f := f.(type) {
	case function:
		v, err := f(r, args)
		return v, x.at(err)
	case *closure:
		v, err := f.call(r, args)
		return v, x.at(err)
	case undefined:
		return nil, x.fail("%q is not defined, so it cannot be called", string(f))
	}
	return nil, x.fail("%s cannot be called", typeName(f))
}

func (x *filtered) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	return x.apply(r, v)
}

// apply returns what the filter makes of a value.
func (x *filtered) apply(r *runner, v any) (any, error) {
	args, err := x.args.values(r)
	if err != nil {
		return nil, err
	}
	out, err := x.f(r, v, args)
	return out, x.at(err)
}

func (x *tested) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	args, err := x.args.values(r)
	if err != nil {
		return nil, err
	}
	holds, err := x.f(r, v, args)
	return holds, x.at(err)
}
