package jinja

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

func (x *binary) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	w, err := r.eval(x.y)
	if err != nil {
		return nil, err
	}
	out, err := r.operate(x.text, v, w)
	return out, x.at(err)
}

// operate applies an operator to two values.
func (r *runner) operate(op string, v, w any) (any, error) {
	if op == "~" {
		return r.concat(v, w)
	}
	f, i, whole, ok := numeric(v)
	g, j, also, is := numeric(w)
	switch {
	case ok && is && whole && also:
		return integers(op, i, j)
	case ok && is:
		return floats(op, f, g)
	case op == "+":
		return r.add(v, w)
	case op == "*" && (is && also):
		return r.repeat(v, j)
	case op == "*" && (ok && whole):
		return r.repeat(w, i)
	}
	return nil, fmt.Errorf("%s %s %s means nothing", typeName(v), op, typeName(w))
}

// concat joins the texts of two values.
func (r *runner) concat(v, w any) (any, error) {
	_, safe := v.(markup)
	_, also := w.(markup)
	if r.autoescape && (safe || also) {
		a, err := r.escaped(v)
		if err != nil {
			return nil, err
		}
		b, err := r.escaped(w)
		if err != nil {
			return nil, err
		}
		return a + b, r.take(len(a) + len(b))
	}
	a, err := r.text(v)
	if err != nil {
		return nil, err
	}
	b, err := r.text(w)
	if err != nil {
		return nil, err
	}
	if err := r.take(len(a) + len(b)); err != nil {
		return nil, err
	}
	return a + b, nil
}

// add joins two texts or two lists.
func (r *runner) add(v, w any) (any, error) {
	_, ok := plain(v)
	if _, is := plain(w); ok && is {
		return r.concat(v, w)
	}
	a, ok := v.(pydata.List)
	b, is := w.(pydata.List)
	if !ok || !is {
		return nil, fmt.Errorf("%s + %s means nothing", typeName(v), typeName(w))
	}
	if err := r.take(16 * (len(a) + len(b))); err != nil {
		return nil, err
	}
	return append(append(pydata.List{}, a...), b...), nil
}

// repeat returns a text or a list as often.
func (r *runner) repeat(v any, n int64) (any, error) {
	n = max(n, 0)
	if s, ok := plain(v); ok {
		if err := r.product(len(s), n); err != nil {
			return nil, err
		}
		return strings.Repeat(s, int(n)), nil
	}
	l, ok := v.(pydata.List)
	if !ok {
		return nil, fmt.Errorf("%s cannot be repeated", typeName(v))
	}
	if err := r.product(16*len(l), n); err != nil {
		return nil, err
	}
	out := pydata.List{}
	for range n {
		if len(l) == 0 {
			break
		}
		out = append(out, l...)
	}
	return out, nil
}

// product pays for n pieces of a size.
func (b *budget) product(size int, n int64) error {
	hi, lo := bits.Mul64(uint64(size), uint64(n))
	if hi != 0 || lo > math.MaxInt32 {
		return errBytes
	}
	if size == 0 {
		return nil
	}
	return b.take(int(lo))
}

var errOverflow = errors.New("the number is too large")

// integers calculates with whole numbers, as Python does.
func integers(op string, i, j int64) (any, error) {
	switch op {
	case "+":
		if s := i + j; (s > i) == (j > 0) {
			return s, nil
		}
		return nil, errOverflow
	case "-":
		if s := i - j; (s < i) == (j > 0) {
			return s, nil
		}
		return nil, errOverflow
	case "*":
		return times(i, j)
	case "**":
		return power(i, j)
	}
	if j == 0 {
		return nil, errors.New("division by zero")
	}
	switch op {
	case "//":
		q := i / j
		if i%j != 0 && (i < 0) != (j < 0) {
			q--
		}
		return q, nil
	case "%":
		m := i % j
		if m != 0 && (m < 0) != (j < 0) {
			m += j
		}
		return m, nil
	}
	return float64(i) / float64(j), nil
}

func times(i, j int64) (any, error) {
	if i == 0 || j == 0 {
		return int64(0), nil
	}
	if p := i * j; p/j == i && (i != -1 || j != math.MinInt64) && (j != -1 || i != math.MinInt64) {
		return p, nil
	}
	return nil, errOverflow
}

func power(i, j int64) (any, error) {
	if j < 0 {
		return math.Pow(float64(i), float64(j)), nil
	}
	switch {
	case i == 0 && j > 0:
		return int64(0), nil
	case i == 1 || j == 0:
		return int64(1), nil
	case i == -1:
		return 1 - 2*(j%2), nil
	case j > 63:
		return nil, errOverflow
	}
	out := any(int64(1))
	for range j {
		var err error
		if out, err = times(out.(int64), i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// floats calculates with numbers that have a fraction.
func floats(op string, f, g float64) (any, error) {
	switch op {
	case "+":
		return f + g, nil
	case "-":
		return f - g, nil
	case "*":
		return f * g, nil
	case "**":
		return math.Pow(f, g), nil
	}
	if g == 0 {
		return nil, errors.New("division by zero")
	}
	switch op {
	case "//":
		return math.Floor(f / g), nil
	case "%":
		m := math.Mod(f, g)
		if m != 0 && (m < 0) != (g < 0) {
			m += g
		}
		return m, nil
	}
	return f / g, nil
}
