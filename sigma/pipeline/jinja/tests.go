package jinja

import (
	"errors"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// A test says something about a value.
type test func(r *runner, v any, args values) (bool, error)

// tests are those that there are.
var tests = map[string]test{
	"boolean": is(func(v any) bool { _, ok := v.(bool); return ok }),
	"callable": is(func(v any) bool {
		switch v.(type) {
		case function, *closure:
			return true
		}
		return false
	}),
	"defined":   is(func(v any) bool { _, ok := v.(undefined); return !ok }),
	"undefined": is(func(v any) bool { _, ok := v.(undefined); return ok }),
	"none":      is(func(v any) bool { return v == nil }),
	"true":      is(func(v any) bool { return v == true }),
	"false":     is(func(v any) bool { return v == false }),
	"string":    is(func(v any) bool { _, ok := plain(v); return ok }),
	"number":    is(func(v any) bool { _, _, _, ok := numeric(v); return ok }),
	"integer":   is(func(v any) bool { _, ok := v.(int64); return ok }),
	"float":     is(func(v any) bool { _, ok := v.(float64); return ok }),
	"mapping":   is(func(v any) bool { _, ok := v.(*pydata.Map); return ok }),
	"sequence":  is(isSequence),
	"iterable":  is(func(v any) bool { _, ok := v.(undefined); return ok || isSequence(v) }),
	"escaped":   is(func(v any) bool { _, ok := v.(markup); return ok }),
	"lower":     cased(unicode.IsUpper),
	"upper":     cased(unicode.IsLower),
	"odd":       divisible(2, 1),
	"even":      divisible(2, 0),
	"divisibleby": func(_ *runner, v any, args values) (bool, error) {
		n, err := asInt(args.take(0, "num", nil))
		if err != nil || n == 0 {
			return false, errors.New("it takes a number that is not 0")
		}
		i, err := asInt(v)
		return err == nil && i%n == 0, err
	},
	"eq": comparing("=="), "==": comparing("=="), "equalto": comparing("=="),
	"ne": comparing("!="), "!=": comparing("!="),
	"lt": comparing("<"), "<": comparing("<"), "lessthan": comparing("<"),
	"le": comparing("<="), "<=": comparing("<="),
	"gt": comparing(">"), ">": comparing(">"), "greaterthan": comparing(">"),
	"ge": comparing(">="), ">=": comparing(">="),
	"in": comparing("in"), "sameas": comparing("=="),
}

// is makes a test of a function.
func is(f func(any) bool) test {
	return func(_ *runner, v any, args values) (bool, error) { return f(v), args.only() }
}

func isSequence(v any) bool {
	switch v.(type) {
	case pydata.List, *pydata.Map, string, markup:
		return true
	}
	return false
}

// cased makes a test for texts with letters, none of which is like that.
func cased(not func(rune) bool) test {
	return func(r *runner, v any, _ values) (bool, error) {
		s, err := r.text(v)
		return strings.IndexFunc(s, unicode.IsLetter) >= 0 && strings.IndexFunc(s, not) < 0, err
	}
}

func divisible(by, rest int64) test {
	return func(_ *runner, v any, _ values) (bool, error) {
		i, err := asInt(v)
		return err == nil && (i%by+by)%by == rest, err
	}
}

func comparing(op string) test {
	return func(r *runner, v any, args values) (bool, error) {
		if len(args.list) != 1 {
			return false, errors.New("it takes one value")
		}
		return r.holds(op, v, args.list[0])
	}
}
