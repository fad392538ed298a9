package jinja

import (
	"errors"
	"fmt"
	"html"
	"math"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// Besides the values of package pydata, there are those of templates.
type (
	// undefined is what is not there: it prints nothing, and has nothing.
	undefined string

	// markup is a text that autoescape leaves alone.
	markup string

	// function is something that can be called.
	function func(*runner, values) (any, error)

	// namespace is a mapping that set can change.
	namespace struct{ *pydata.Map }
)

// Repr returns what stands for the value in a list that is printed.
func (undefined) Repr() string { return "Undefined" }

// PlainText returns the text as JSON has it.
func (m markup) PlainText() string { return string(m) }

// Repr returns what stands for the value in a list that is printed.
func (m markup) Repr() string {
	// What is longer than the text may be is not printed anyway.
	text, _ := pydata.AppendRepr(nil, string(m), 8*len(m)+2)
	return "Markup(" + string(text) + ")"
}

// values are the arguments of a call.
type values struct {
	list  []any
	named map[string]any
}

// truth returns whether a value counts as true.
func truth(v any) bool {
	switch v := v.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case markup:
		return v != ""
	case pydata.List:
		return len(v) > 0
	case *pydata.Map:
		return v.Len() > 0
	}
	return true
}

// typeName is what messages call a value.
func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "None"
	case undefined:
		return "something undefined"
	case bool:
		return "a boolean"
	case int64, float64:
		return "a number"
	case string, markup:
		return "a text"
	case pydata.List:
		return "a list"
	case *pydata.Map, namespace:
		return "a mapping"
	case function, *closure:
		return "a function"
	}
	return "an object"
}

// text returns the text of a value, as str() makes it, and pays for it.
func (b *budget) text(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, b.step(1 + len(v)/64)
	case markup:
		return string(v), b.step(1 + len(v)/64)
	case undefined:
		return "", nil
	case function, *closure:
		return "", errors.New("a function has no text")
	case namespace:
		return "", errors.New("a namespace has no text")
	}
	out, err := pydata.AppendString(nil, v, b.bytes)
	if errors.Is(err, pydata.ErrTooLong) {
		b.bytes, err = 0, errBytes
	}
	if err != nil {
		return "", err
	}
	return string(out), b.take(len(out))
}

// escaped returns the text of a value for HTML, as MarkupSafe escapes it.
func (b *budget) escaped(v any) (markup, error) {
	if m, ok := v.(markup); ok {
		return m, nil
	}
	s, err := b.text(v)
	if err != nil {
		return "", err
	}
	s = html.EscapeString(s)
	return markup(s), b.take(len(s))
}

// plain returns a text as a plain one.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case markup:
		return string(v), true
	}
	return "", false
}

// numeric returns a number as a float, and whether it is an integer.
func numeric(v any) (f float64, i int64, whole, ok bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, 1, true, true
		}
		return 0, 0, true, true
	case int64:
		return float64(v), v, true, true
	case float64:
		return v, 0, false, true
	}
	return 0, 0, false, false
}

// keyOf returns the key of a mapping that a value is.
func keyOf(v any) string {
	if s, ok := plain(v); ok {
		return s
	}
	switch v := v.(type) {
	case int64, float64, bool:
		text, err := pydata.AppendString(nil, v, 100)
		if err == nil {
			return string(text)
		}
	case *pydata.Object:
		return v.Text
	}
	return "\x00" // no key is that
}

// items returns what a loop over a value goes through.
func (b *budget) items(v any) (pydata.List, error) {
	switch v := v.(type) {
	case undefined:
		return nil, nil
	case pydata.List:
		return v, nil
	case *pydata.Map:
		out := make(pydata.List, v.Len())
		for i, k := range v.Keys() {
			out[i] = k
		}
		return out, b.take(16 * len(out))
	}
	s, ok := plain(v)
	if !ok {
		return nil, fmt.Errorf("%s cannot be looped over", typeName(v))
	}
	if err := b.take(32 * len(s)); err != nil {
		return nil, err
	}
	var out pydata.List
	for _, r := range s {
		out = append(out, string(r))
	}
	return out, nil
}

// length returns how many parts a value has.
func (b *budget) length(v any) (int64, error) {
	if s, ok := plain(v); ok {
		return int64(utf8.RuneCountInString(s)), b.step(len(s) / 64)
	}
	switch v := v.(type) {
	case undefined:
		return 0, nil
	case pydata.List:
		return int64(len(v)), nil
	case *pydata.Map:
		return int64(v.Len()), nil
	}
	return 0, fmt.Errorf("%s has no length", typeName(v))
}

// asInt returns a value as a whole number.
func asInt(v any) (int64, error) {
	f, i, whole, ok := numeric(v)
	switch {
	case ok && whole:
		return i, nil
	case ok && math.Abs(f) < 1<<62:
		return int64(f), nil
	}
	return 0, fmt.Errorf("%s stands where a whole number is expected", typeName(v))
}
