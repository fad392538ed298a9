package jinja

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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

// maxWidth is what texts can be padded to.
const maxWidth = 10000

// ofText makes a filter of a function of a text.
func ofText(f func(string) string) filter {
	return func(r *runner, v any, args values) (any, error) {
		s, err := r.text(v)
		if err == nil {
			err = args.only()
		}
		if err == nil {
			err = r.take(3 * len(s)) // letters may become longer
		}
		return f(s), err
	}
}

func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.ToLower(s[n:])
}

// title writes each word with a capital.
func title(s string) string {
	var b strings.Builder
	begin := true
	for _, r := range s {
		if begin {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
		begin = strings.ContainsRune("-({[< \t\n\r\f\v", r)
	}
	return b.String()
}

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

func center(r *runner, v any, args values) (any, error) {
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	width, err := args.number(0, "width", 80, maxWidth)
	if err != nil {
		return nil, err
	}
	space := max(width-utf8.RuneCountInString(s), 0)
	left := space/2 + space&width&1 // as Python divides an odd space
	return strings.Repeat(" ", left) + s + strings.Repeat(" ", space-left), r.take(len(s) + space)
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

func escapeFilter(r *runner, v any, _ values) (any, error) { return r.escaped(v) }

func safe(r *runner, v any, _ values) (any, error) {
	s, err := r.text(v)
	return markup(s), err
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

// indent puts spaces before the lines of a text, but for the first.
func indent(r *runner, v any, args values) (any, error) {
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	width := args.take(0, "width", int64(4))
	space, isText := plain(width)
	if !isText {
		n, err := asInt(width)
		if err != nil || n > maxWidth {
			return nil, fmt.Errorf("the width must be a text or a number up to %d", maxWidth)
		}
		space = strings.Repeat(" ", int(max(n, 0)))
	}
	lines := strings.SplitAfter(s, "\n")
	if err := r.product(len(space), int64(len(lines))); err != nil {
		return nil, err
	}
	all, blank := truth(args.take(1, "first", false)), truth(args.take(2, "blank", false))
	var b strings.Builder
	for i, line := range lines {
		if (i > 0 || all) && (blank || strings.TrimRight(line, "\n") != "") {
			b.WriteString(space)
		}
		b.WriteString(line)
	}
	return b.String(), r.take(b.Len())
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

// replace replaces parts of a text.
func replace(r *runner, v any, args values) (any, error) {
	if err := args.only("old", "new", "count"); err != nil {
		return nil, err
	}
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	n := int64(-1)
	if c := args.take(2, "count", nil); c != nil {
		if n, err = asInt(c); err != nil {
			return nil, err
		}
	}
	old, err := r.text(args.take(0, "old", nil))
	if err != nil {
		return nil, err
	}
	with, err := r.text(args.take(1, "new", nil))
	if err != nil {
		return nil, err
	}
	return r.replaced(s, old, with, n)
}

// replaced pays for a text and returns it with parts replaced.
func (r *runner) replaced(s, old, with string, n int64) (any, error) {
	times := int64(strings.Count(s, old))
	if n >= 0 {
		times = min(times, n)
	}
	if err := r.product(len(with), times); err != nil {
		return nil, err
	}
	return strings.Replace(s, old, with, int(times)), r.take(len(s))
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

func toString(r *runner, v any, _ values) (any, error) {
	if m, ok := v.(markup); ok {
		return m, nil
	}
	return r.text(v)
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

func trim(r *runner, v any, args values) (any, error) {
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	if c := args.take(0, "chars", nil); c != nil {
		chars, err := r.text(c)
		return strings.Trim(s, chars), err
	}
	return strings.TrimSpace(s), nil
}

// truncate shortens a text, at a word unless told otherwise.
func truncate(r *runner, v any, args values) (any, error) {
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	n, err := args.number(0, "length", 255, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	end, err := args.str(2, "end", "...")
	if err != nil {
		return nil, err
	}
	leeway, err := args.number(3, "leeway", 5, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	rs := []rune(s)
	if len(rs) <= n+leeway {
		return s, nil
	}
	keep := n - utf8.RuneCountInString(end)
	if keep < 0 {
		return nil, errors.New("the length is less than that of the end")
	}
	out := string(rs[:keep])
	if !truth(args.take(1, "killwords", false)) {
		if i := strings.LastIndexByte(out, ' '); i >= 0 {
			out = out[:i]
		}
	}
	return out + end, r.take(len(out) + len(end))
}

func urlencode(r *runner, v any, _ values) (any, error) {
	s, err := r.text(v)
	if err == nil {
		err = r.take(3 * len(s))
	}
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(s)), err
}

func wordcount(r *runner, v any, _ values) (any, error) {
	s, err := r.text(v)
	if err == nil {
		err = r.take(16 * len(s))
	}
	return int64(len(strings.Fields(s))), err
}
