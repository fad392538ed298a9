package jinja

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

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
