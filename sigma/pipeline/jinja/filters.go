package jinja

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// A filter makes another value of a value.
type filter func(r *runner, v any, args values) (any, error)

// filters are those that there are. It is filled by init, since map and select
// call others.
var filters map[string]filter

func init() {
	filters = map[string]filter{
		"abs": absolute, "batch": batch, "capitalize": ofText(capitalize), "center": center,
		"count": count, "length": count, "d": otherwise, "default": otherwise, "dictsort": dictsort,
		"e": escapeFilter, "escape": escapeFilter, "first": first, "float": toFloat, "indent": indent,
		"int": toInt, "items": itemsFilter, "join": join, "last": last, "list": toList, "lower": ofText(strings.ToLower),
		"map": mapFilter, "max": extreme(1), "min": extreme(-1), "reject": selecting(false, false),
		"rejectattr": selecting(false, true), "replace": replace, "reverse": reverse, "round": round, "safe": safe,
		"select": selecting(true, false), "selectattr": selecting(true, true), "sort": sortFilter, "string": toString,
		"sum": sum, "title": ofText(title), "tojson": toJSON, "trim": trim, "truncate": truncate, "unique": unique,
		"upper": ofText(strings.ToUpper), "urlencode": urlencode, "wordcount": wordcount,
	}
}

// take returns the argument at a place or with a name, or otherwise.
func (a values) take(i int, name string, otherwise any) any {
	if i < len(a.list) {
		return a.list[i]
	}
	if v, ok := a.named[name]; ok {
		return v
	}
	return otherwise
}

// only refuses arguments beyond those named.
func (a values) only(names ...string) error {
	if len(a.list) > len(names) {
		return fmt.Errorf("it takes %d arguments", len(names))
	}
	for k := range a.named {
		if i := slices.Index(names, k); i < 0 || i < len(a.list) {
			return fmt.Errorf("it has no argument %q, or has it twice", k)
		}
	}
	return nil
}

// str returns an argument that is a text.
func (a values) str(i int, name, otherwise string) (string, error) {
	v := a.take(i, name, otherwise)
	s, ok := plain(v)
	if !ok {
		return "", fmt.Errorf("the argument %q must be a text, not %s", name, typeName(v))
	}
	return s, nil
}

// number returns an argument that is a whole number from 0 to most.
func (a values) number(i int, name string, otherwise, most int64) (int, error) {
	n, err := asInt(a.take(i, name, otherwise))
	if err == nil && (n < 0 || n > most) {
		err = fmt.Errorf("the argument %q must be from 0 to %d", name, most)
	}
	if err != nil {
		return 0, err
	}
	return int(n), nil
}

// batch makes lists of as many items.
func batch(r *runner, v any, args values) (any, error) {
	all, err := r.items(v)
	if err != nil {
		return nil, err
	}
	n, err := args.number(0, "linecount", 1, maxWidth)
	if err != nil || n == 0 {
		return nil, cmp.Or(err, errors.New("linecount must not be 0"))
	}
	fill := args.take(1, "fill_with", nil)
	if err := r.take(16 * (2*len(all) + n)); err != nil {
		return nil, err
	}
	out := pydata.List{}
	for part := range slices.Chunk(all, n) {
		part = slices.Clone(part)
		for fill != nil && len(part) < n {
			part = append(part, fill)
		}
		out = append(out, part)
	}
	return out, nil
}

func count(r *runner, v any, _ values) (any, error) { return r.length(v) }

// otherwise is default: another value where there is none.
func otherwise(_ *runner, v any, args values) (any, error) {
	if err := args.only("default_value", "boolean"); err != nil {
		return nil, err
	}
	_, missing := v.(undefined)
	if missing || truth(args.take(1, "boolean", false)) && !truth(v) {
		return args.take(0, "default_value", ""), nil
	}
	return v, nil
}

func dictsort(r *runner, v any, args values) (any, error) {
	pairs, err := itemsFilter(r, v, values{})
	if err != nil {
		return nil, err
	}
	by := int64(0)
	if s, _ := plain(args.take(1, "by", "key")); s == "value" {
		by = 1
	}
	return sortFilter(r, pairs, values{named: map[string]any{
		"attribute": by, "case_sensitive": args.take(0, "case_sensitive", false), "reverse": args.take(2, "reverse", false),
	}})
}

func first(r *runner, v any, _ values) (any, error) {
	all, err := r.items(v)
	if err != nil || len(all) == 0 {
		return undefined("the first item"), err
	}
	return all[0], nil
}

func last(r *runner, v any, _ values) (any, error) {
	all, err := r.items(v)
	if err != nil || len(all) == 0 {
		return undefined("the last item"), err
	}
	return all[len(all)-1], nil
}

func itemsFilter(r *runner, v any, _ values) (any, error) {
	switch v := v.(type) {
	case undefined:
		return pydata.List{}, nil
	case *pydata.Map:
		out := make(pydata.List, v.Len())
		for i, k := range v.Keys() {
			x, _ := v.Get(k)
			out[i] = pydata.List{k, x}
		}
		return out, r.take(64 * len(out))
	}
	return nil, fmt.Errorf("%s has no items", typeName(v))
}

// join joins the texts of values.
func join(r *runner, v any, args values) (any, error) {
	if err := args.only("d", "attribute"); err != nil {
		return nil, err
	}
	all, err := r.items(v)
	if err != nil {
		return nil, err
	}
	separator := args.take(0, "d", "")
	if a := args.take(1, "attribute", nil); a != nil {
		if all, err = r.attributes(all, a, nil); err != nil {
			return nil, err
		}
	}
	_, safe := separator.(markup)
	for _, x := range all {
		_, is := x.(markup)
		safe = safe || is
	}
	write := r.text
	if safe = safe && r.autoescape; safe {
		write = func(v any) (string, error) {
			m, err := r.escaped(v)
			return string(m), err
		}
	}
	sep, err := write(separator)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for i, x := range all {
		s, err := write(x)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			s = sep + s
		}
		if err := r.take(len(s)); err != nil {
			return nil, err
		}
		b.WriteString(s)
	}
	if safe {
		return markup(b.String()), nil
	}
	return b.String(), nil
}

func toList(r *runner, v any, _ values) (any, error) {
	all, err := r.items(v)
	if err == nil {
		err = r.take(16 * len(all))
	}
	return append(pydata.List{}, all...), err
}

func reverse(r *runner, v any, _ values) (any, error) {
	if s, ok := plain(v); ok {
		rs := []rune(s)
		slices.Reverse(rs)
		return string(rs), r.take(5 * len(s))
	}
	all, err := toList(r, v, values{})
	if err != nil {
		return nil, err
	}
	slices.Reverse(all.(pydata.List))
	return all, nil
}

// toJSON writes JSON that HTML can hold, with its keys sorted, as Jinja2 does.
func toJSON(r *runner, v any, args values) (any, error) {
	indent := int64(-1)
	if n := args.take(0, "indent", nil); n != nil {
		var err error
		if indent, err = asInt(n); err != nil || indent > 64 {
			return nil, errors.New("the indentation must be a number up to 64")
		}
	}
	text, err := pydata.AppendJSON(nil, sortedKeys(v, 0), int(indent), r.bytes)
	if errors.Is(err, pydata.ErrTooLong) {
		r.bytes, err = 0, errBytes
	}
	if err != nil {
		return nil, err
	}
	s := strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(string(text))
	return markup(s), r.take(len(text) + len(s))
}

// sortedKeys returns a value whose mappings are sorted.
func sortedKeys(v any, depth int) any {
	m, ok := v.(*pydata.Map)
	if !ok || depth > maxDepth {
		return v
	}
	out := &pydata.Map{}
	for _, k := range slices.Sorted(slices.Values(m.Keys())) {
		x, _ := m.Get(k)
		out.Set(k, sortedKeys(x, depth+1))
	}
	return out
}
