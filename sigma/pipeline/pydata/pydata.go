// Package pydata has data in the forms that Python gives it. The templates,
// JSON and lists of pySigma's pipelines print what Python prints, so a pipeline
// that is to make the same text has to as well.
//
// A value is nil, a bool, an int64, a float64, a json.Number, a string, a
// [List], a *[Map], an *[Object], or anything that has a method Repr;
// [FromYAML] and [FromJSON] read some. [AppendString] writes one
// as str() does, [AppendRepr] as repr() does, and [AppendJSON] as json.dumps()
// does. Each takes the most bytes that it may write, since lists that hold
// lists several times over are much longer than the memory they take.
package pydata

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A List is a list.
type List []any

// A Map is a mapping whose keys are strings, in the order in which they came.
// The zero Map is empty.
type Map struct {
	Missing []string // keys that are not there although pySigma has them

	keys   []string
	values map[string]any
}

// Set sets the value of a key. A new key stands behind the others.
func (m *Map) Set(key string, v any) {
	if m.values == nil {
		m.values = make(map[string]any)
	}
	if _, ok := m.values[key]; !ok {
		m.keys = append(m.keys, key)
	}
	m.values[key] = v
}

// Get returns the value of a key, and whether there is one.
func (m *Map) Get(key string) (any, bool) {
	v, ok := m.values[key]
	return v, ok
}

// Keys returns the keys in their order. They are not to be changed.
func (m *Map) Keys() []string { return m.keys }

// Len returns the number of keys.
func (m *Map) Len() int { return len(m.keys) }

// An Object is a value that has a text of its own, such as the level of a
// rule, and attributes.
type Object struct {
	Text    string // as str() writes it
	Repr    string // as repr() does, in lists; "" is the same as Text
	Attrs   Map
	Missing []string // attributes that pySigma's object has and this has not
	Methods map[string]func(args []any) (any, error)
}

// The errors of what cannot be written.
var (
	ErrTooLong = errors.New("the text is too long")
	ErrTooDeep = errors.New("lists are nested too deep")
)

// maxDepth is how deep lists and mappings may be nested that are written.
const maxDepth = 1000

// AppendString appends a value as str() writes it, or as much of it as fits and
// ErrTooLong.
func AppendString(b []byte, v any, most int) ([]byte, error) {
	w := writer{b: b, most: len(b) + most}
	switch v := v.(type) {
	case string:
		w.text(v)
	case *Object:
		w.text(v.Text)
	default:
		w.repr(v)
	}
	return w.b, w.err
}

// AppendRepr appends a value as repr() writes it, within the same bound.
func AppendRepr(b []byte, v any, most int) ([]byte, error) {
	w := writer{b: b, most: len(b) + most}
	w.repr(v)
	return w.b, w.err
}

// A writer appends until there is too much.
type writer struct {
	b     []byte
	most  int
	depth int
	err   error
}

// deeper calls f for what is inside of a list or a mapping.
func (w *writer) deeper(f func()) {
	if w.depth++; w.depth > maxDepth && w.err == nil {
		w.err = ErrTooDeep
	}
	if w.err == nil {
		f()
	}
	w.depth--
}

func (w *writer) text(s string) {
	if w.err == nil && len(w.b)+len(s) > w.most {
		w.err = ErrTooLong
	}
	if w.err == nil {
		w.b = append(w.b, s...)
	}
}

func (w *writer) repr(v any) {
	if w.err != nil {
		return
	}
	switch v := v.(type) {
	case nil:
		w.text("None")
	case bool:
		w.text(map[bool]string{true: "True", false: "False"}[v])
	case int64:
		w.text(strconv.FormatInt(v, 10))
	case float64:
		w.text(float(v))
	case string:
		w.quoted(v)
	case List:
		w.deeper(func() { w.list(v) })
	case *Map:
		w.deeper(func() { w.mapping(v) })
	case *Object:
		w.object(v)
	case json.Number:
		w.text(v.String())
	case interface{ Repr() string }:
		w.text(v.Repr())
	default:
		w.text("<object>")
	}
}

func (w *writer) object(o *Object) {
	if o.Repr == "" {
		w.text(o.Text)
		return
	}
	w.text(o.Repr)
}

func (w *writer) list(list List) {
	w.text("[")
	for i, x := range list {
		if i > 0 {
			w.text(", ")
		}
		w.repr(x)
	}
	w.text("]")
}

func (w *writer) mapping(m *Map) {
	w.text("{")
	for i, k := range m.keys {
		if i > 0 {
			w.text(", ")
		}
		w.quoted(k)
		w.text(": ")
		w.repr(m.values[k])
	}
	w.text("}")
}

// quoted writes a string as repr() does: between single quotes, unless it has
// some and no double quotes.
func (w *writer) quoted(s string) {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	w.text(quote)
	for i, r := range s {
		switch {
		case string(r) == quote || r == '\\':
			w.text(`\` + string(r))
		case r == '\n':
			w.text(`\n`)
		case r == '\r':
			w.text(`\r`)
		case r == '\t':
			w.text(`\t`)
		case r == utf8.RuneError && s[i] != "\uFFFD"[0]:
			w.text(fmt.Sprintf(`\x%02x`, s[i]))
		case r == ' ' || unicode.IsPrint(r):
			w.text(string(r))
		case r < 0x100:
			w.text(fmt.Sprintf(`\x%02x`, r))
		case r < 0x10000:
			w.text(fmt.Sprintf(`\u%04x`, r))
		default:
			w.text(fmt.Sprintf(`\U%08x`, r))
		}
	}
	w.text(quote)
}

// float writes a number as repr() does: the fewest digits that say it.
func float(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return map[bool]string{true: "inf", false: "-inf"}[f > 0]
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		s := strconv.FormatFloat(f, 'e', -1, 64)
		return s
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// Item returns the part of a list or a mapping that a key names, as it is
// written in a template, and whether there is one.
func Item(v any, key string) (any, bool) {
	switch v := v.(type) {
	case *Map:
		return v.Get(key)
	case List:
		i, err := strconv.Atoi(key)
		if i < 0 {
			i += len(v)
		}
		if err != nil || i < 0 || i >= len(v) {
			return nil, false
		}
		return v[i], true
	}
	return nil, false
}
