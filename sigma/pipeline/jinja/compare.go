package jinja

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// equal compares as Python's == does. Steps are paid for, since lists may hold
// lists many times over.
func (b *budget) equal(x, y any) (bool, error) {
	if err := b.step(1); err != nil {
		return false, err
	}
	if b.depth++; b.depth > 10*maxDepth {
		return false, pydata.ErrTooDeep
	}
	defer func() { b.depth-- }()
	if f, i, whole, ok := numeric(x); ok {
		g, j, also, is := numeric(y)
		return is && (whole && also && i == j || (!whole || !also) && f == g), nil
	}
	if s, ok := plain(x); ok {
		t, is := plain(y)
		return is && s == t, b.step(len(s) / 64)
	}
	switch x := x.(type) {
	case nil:
		return y == nil, nil
	case undefined:
		_, is := y.(undefined)
		return is, nil
	case pydata.List:
		l, is := y.(pydata.List)
		if !is || len(l) != len(x) {
			return false, nil
		}
		for i := range x {
			if same, err := b.equal(x[i], l[i]); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case *pydata.Map:
		m, is := y.(*pydata.Map)
		if !is || m.Len() != x.Len() {
			return false, nil
		}
		for _, k := range x.Keys() {
			v, _ := x.Get(k)
			w, there := m.Get(k)
			if !there {
				return false, nil
			}
			if same, err := b.equal(v, w); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case *pydata.Object:
		o, is := y.(*pydata.Object)
		return is && (o == x || o.Text == x.Text && o.Repr == x.Repr && reflect.DeepEqual(o.Attrs.Keys(), x.Attrs.Keys())), nil
	}
	return false, nil
}

// order compares as Python's < does: -1, 0 or 1.
func (b *budget) order(x, y any) (int, error) {
	if err := b.step(1); err != nil {
		return 0, err
	}
	if b.depth++; b.depth > 10*maxDepth {
		return 0, pydata.ErrTooDeep
	}
	defer func() { b.depth-- }()
	f, i, whole, ok := numeric(x)
	g, j, also, is := numeric(y)
	switch {
	case ok && is && whole && also:
		return cmp.Compare(i, j), nil
	case ok && is:
		return cmp.Compare(f, g), nil
	}
	s, ok := plain(x)
	t, is := plain(y)
	if ok && is {
		return strings.Compare(s, t), b.step(len(s) / 64)
	}
	l, ok := x.(pydata.List)
	m, is := y.(pydata.List)
	if !ok || !is {
		return 0, fmt.Errorf("%s cannot be compared with %s", typeName(x), typeName(y))
	}
	for n := range min(len(l), len(m)) {
		if c, err := b.order(l[n], m[n]); c != 0 || err != nil {
			return c, err
		}
	}
	return cmp.Compare(len(l), len(m)), nil
}

// contains reports whether y holds x, as Python's in does.
func (b *budget) contains(y, x any) (bool, error) {
	if s, ok := plain(y); ok {
		t, is := plain(x)
		if !is {
			return false, fmt.Errorf("%s cannot be in a text", typeName(x))
		}
		return strings.Contains(s, t), b.step(1 + len(s)/16)
	}
	switch y := y.(type) {
	case undefined:
		return false, nil
	case pydata.List:
		for _, v := range y {
			if same, err := b.equal(v, x); same || err != nil {
				return same, err
			}
		}
		return false, nil
	case *pydata.Map:
		_, there := y.Get(keyOf(x))
		return there, nil
	}
	return false, fmt.Errorf("nothing can be in %s", typeName(y))
}
