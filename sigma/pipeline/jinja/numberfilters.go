package jinja

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

func absolute(_ *runner, v any, _ values) (any, error) {
	f, i, whole, ok := numeric(v)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s has no absolute value", typeName(v))
	case whole && i == math.MinInt64:
		return nil, errOverflow
	case whole:
		return max(i, -i), nil
	}
	return math.Abs(f), nil
}

func toFloat(_ *runner, v any, args values) (any, error) {
	if f, _, _, ok := numeric(v); ok {
		return f, nil
	}
	if s, ok := plain(v); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			return f, nil
		}
	}
	return args.take(0, "default", 0.0), nil
}

func toInt(_ *runner, v any, args values) (any, error) {
	if s, ok := plain(v); ok {
		base, err := args.number(1, "base", 10, 36)
		if err != nil {
			return nil, err
		}
		s = strings.TrimSpace(s)
		if i, err := strconv.ParseInt(s, base, 64); err == nil {
			return i, nil
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 1<<62 {
			return int64(f), nil
		}
	} else if i, err := asInt(v); err == nil {
		return i, nil
	}
	return args.take(0, "default", int64(0)), nil
}

func round(_ *runner, v any, args values) (any, error) {
	f, _, _, ok := numeric(v)
	if !ok {
		return nil, fmt.Errorf("%s cannot be rounded", typeName(v))
	}
	n, err := args.number(0, "precision", 0, 15)
	if err != nil {
		return nil, err
	}
	scale := math.Pow10(n)
	switch s, _ := plain(args.take(1, "method", "common")); s {
	case "common":
		return math.RoundToEven(f*scale) / scale, nil
	case "ceil":
		return math.Ceil(f*scale) / scale, nil
	case "floor":
		return math.Floor(f*scale) / scale, nil
	}
	return nil, errors.New("the method must be common, ceil or floor")
}

func sum(r *runner, v any, args values) (any, error) {
	all, err := r.items(v)
	if err != nil {
		return nil, err
	}
	if a := args.take(0, "attribute", nil); a != nil {
		if all, err = r.attributes(all, a, nil); err != nil {
			return nil, err
		}
	}
	total := args.take(1, "start", int64(0))
	for _, x := range all {
		if err := r.step(1); err != nil {
			return nil, err
		}
		if total, err = r.operate("+", total, x); err != nil {
			return nil, err
		}
	}
	return total, nil
}
