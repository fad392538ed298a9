package kustoread

import (
	"time"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// nullDynamic reports whether a value is a null that is no string.
func nullDynamic(e expr, v value) bool { return e.base().kind == dynamicKind && isNull(v) }

// plain returns what a dynamic value holds.
func plain(v value) value {
	if d, ok := v.(*dynamic); ok {
		if d == nil {
			return nil
		}
		return d.simple()
	}
	return v
}

// equal compares two values: a null is not equal to anything else, and null
// where both are (scalar-data-types/null-values).
func equal(l, r value) value {
	l, r = plain(l), plain(r)
	if l == nil && r == nil {
		return nil
	}
	switch x := l.(type) {
	case nil:
		return r == ""
	case string:
		if r == nil {
			return x == ""
		}
		return x == textOf(r)
	case ir.Number:
		if n, ok := plainNumber(r); ok {
			return x.Cmp(n) == 0
		}
		return false
	case bool:
		if s, ok := r.(string); ok {
			return parseBool(s) == x
		}
		return r == x
	case time.Time:
		t, ok := r.(time.Time)
		return ok && t.Equal(x)
	case *dynamic:
		return x.text() == textOf(r)
	}
	return l == r
}

// plainNumber reads a number, also from a text.
func plainNumber(v value) (ir.Number, bool) {
	switch v := plain(v).(type) {
	case ir.Number:
		return v, true
	case string:
		return ir.ParseNumber(v)
	case bool:
		n, ok := toNumber([]value{v}).(ir.Number)
		return n, ok
	}
	return "", false
}

// order compares two values for order; null where one has none.
func order(op string, l, r value) value {
	cmp := 0
	if x, ok := l.(time.Time); ok {
		y, ok := r.(time.Time)
		if !ok {
			return nil
		}
		cmp = x.Compare(y)
	} else {
		x, ok := plainNumber(l)
		y, ok2 := plainNumber(r)
		if !ok || !ok2 {
			return nil
		}
		cmp = x.Cmp(y)
	}
	switch op {
	case "<":
		return cmp < 0
	case "<=":
		return cmp <= 0
	case ">":
		return cmp > 0
	}
	return cmp >= 0
}
