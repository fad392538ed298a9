package jinja

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

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

func escapeFilter(r *runner, v any, _ values) (any, error) { return r.escaped(v) }

func safe(r *runner, v any, _ values) (any, error) {
	s, err := r.text(v)
	return markup(s), err
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

func toString(r *runner, v any, _ values) (any, error) {
	if m, ok := v.(markup); ok {
		return m, nil
	}
	return r.text(v)
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
