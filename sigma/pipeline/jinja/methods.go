package jinja

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// A method is a function of a value, v.name().
type method func(r *runner, v any, args values) (any, error)

// methods returns the methods that a value has, as Python's values have them.
func methods(v any) map[string]method {
	switch v.(type) {
	case string, markup:
		return textMethods
	case *pydata.Map:
		return mapMethods
	}
	return nil
}

// The methods of mappings and of texts. They are filled by init, since some
// look up others.
var mapMethods, textMethods map[string]method

func init() {
	mapMethods, textMethods = methodsOfMaps(), methodsOfTexts()
}

func methodsOfMaps() map[string]method {
	return map[string]method{
		"items": itemsFilter,
		"keys":  func(r *runner, v any, _ values) (any, error) { return r.items(v) },
		"values": func(r *runner, v any, _ values) (any, error) {
			m := v.(*pydata.Map)
			out := make(pydata.List, m.Len())
			for i, k := range m.Keys() {
				out[i], _ = m.Get(k)
			}
			return out, r.take(16 * len(out))
		},
		"get": func(r *runner, v any, args values) (any, error) {
			if len(args.list) == 0 {
				return nil, errors.New("get takes a key")
			}
			x, err := r.item(v, args.list[0])
			if _, missing := x.(undefined); missing {
				x = args.take(1, "default", nil)
			}
			return x, err
		},
	}
}

func methodsOfTexts() map[string]method {
	return map[string]method{
		"capitalize": filterMethod(ofText(capitalize)),
		"casefold":   filterMethod(ofText(strings.ToLower)),
		"lower":      filterMethod(ofText(strings.ToLower)),
		"upper":      filterMethod(ofText(strings.ToUpper)),
		"title":      filterMethod(ofText(title)),
		"strip":      stripping(strings.Trim, strings.TrimFunc),
		"lstrip":     stripping(strings.TrimLeft, strings.TrimLeftFunc),
		"rstrip":     stripping(strings.TrimRight, strings.TrimRightFunc),
		"startswith": affix(strings.HasPrefix),
		"endswith":   affix(strings.HasSuffix),
		"isdigit":    every(unicode.IsDigit),
		"isnumeric":  every(unicode.IsNumber),
		"isalpha":    every(unicode.IsLetter),
		"isalnum":    every(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }),
		"isspace":    every(unicode.IsSpace),
		"join": func(r *runner, v any, args values) (any, error) {
			if len(args.list) != 1 {
				return nil, errors.New("join takes a list")
			}
			return join(r, args.list[0], values{list: []any{v}})
		},
		"replace": func(r *runner, v any, args values) (any, error) {
			if len(args.list) < 2 {
				return nil, errors.New("replace takes two texts")
			}
			return replace(r, v, args)
		},
		"split":      splitting(false),
		"rsplit":     splitting(true),
		"splitlines": splitlines,
		"count": func(r *runner, v any, args values) (any, error) {
			s, part, err := r.two(v, args)
			return int64(strings.Count(s, part)), err
		},
		"find": func(r *runner, v any, args values) (any, error) {
			s, part, err := r.two(v, args)
			at := strings.Index(s, part)
			if at > 0 {
				at = len([]rune(s[:at]))
			}
			return int64(at), err
		},
		"removeprefix": func(r *runner, v any, args values) (any, error) {
			s, part, err := r.two(v, args)
			return strings.TrimPrefix(s, part), err
		},
		"removesuffix": func(r *runner, v any, args values) (any, error) {
			s, part, err := r.two(v, args)
			return strings.TrimSuffix(s, part), err
		},
		"zfill": func(r *runner, v any, args values) (any, error) {
			s, err := r.text(v)
			if err != nil {
				return nil, err
			}
			n, err := args.number(0, "width", 0, maxWidth)
			if err != nil {
				return nil, err
			}
			sign := ""
			if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
				sign, s = s[:1], s[1:]
			}
			zeros := max(n-len([]rune(s))-len(sign), 0)
			return sign + strings.Repeat("0", zeros) + s, r.take(zeros + len(s))
		},
	}
}

func filterMethod(f filter) method { return method(f) }

// two returns a text and the text that is the argument.
func (r *runner) two(v any, args values) (s, part string, err error) {
	s, _ = plain(v)
	if len(args.list) != 1 {
		return "", "", errors.New("it takes one text")
	}
	part, err = args.str(0, "the text", "")
	if err == nil {
		err = r.step(1 + len(s)/16)
	}
	return s, part, err
}

func stripping(cutset func(string, string) string, space func(string, func(rune) bool) string) method {
	return func(r *runner, v any, args values) (any, error) {
		s, _ := plain(v)
		if err := r.step(1 + len(s)/16); err != nil {
			return nil, err
		}
		if c := args.take(0, "chars", nil); c != nil {
			chars, ok := plain(c)
			if !ok {
				return nil, fmt.Errorf("the characters must be a text, not %s", typeName(c))
			}
			return cutset(s, chars), r.step(len(chars))
		}
		return space(s, unicode.IsSpace), nil
	}
}

// affix makes startswith and endswith, which take a text or a list of some.
func affix(has func(s, part string) bool) method {
	return func(r *runner, v any, args values) (any, error) {
		s, _ := plain(v)
		if len(args.list) != 1 {
			return nil, errors.New("it takes one text")
		}
		parts, ok := args.list[0].(pydata.List)
		if !ok {
			parts = pydata.List{args.list[0]}
		}
		for _, p := range parts {
			part, ok := plain(p)
			if !ok {
				return nil, fmt.Errorf("it takes a text, not %s", typeName(p))
			}
			if err := r.step(1 + len(part)/16); err != nil {
				return nil, err
			}
			if has(s, part) {
				return true, nil
			}
		}
		return false, nil
	}
}

func every(is func(rune) bool) method {
	return func(r *runner, v any, _ values) (any, error) {
		s, _ := plain(v)
		return s != "" && strings.IndexFunc(s, func(r rune) bool { return !is(r) }) < 0, r.step(1 + len(s)/16)
	}
}

// splitting makes split and, from the right, rsplit.
func splitting(right bool) method {
	return func(r *runner, v any, args values) (any, error) {
		s, _ := plain(v)
		if err := r.take(16 + 17*len(s)); err != nil {
			return nil, err
		}
		most, err := asInt(args.take(1, "maxsplit", int64(-1)))
		if err != nil {
			return nil, err
		}
		separator := args.take(0, "sep", nil)
		var parts []string
		switch sep, ok := plain(separator); {
		case separator == nil && most < 0:
			parts = strings.Fields(s)
		case separator == nil:
			return nil, errors.New("a split at spaces is one at all of them")
		case !ok || sep == "":
			return nil, errors.New("the separator must be a text")
		default:
			parts = strings.Split(s, sep)
			if n := int(min(most, int64(len(parts)))); most >= 0 && n < len(parts)-1 {
				if right {
					parts = append([]string{strings.Join(parts[:len(parts)-n], sep)}, parts[len(parts)-n:]...)
				} else {
					parts = append(parts[:n:n], strings.Join(parts[n:], sep))
				}
			}
		}
		out := make(pydata.List, len(parts))
		for i, p := range parts {
			out[i] = p
		}
		return out, nil
	}
}

func splitlines(r *runner, v any, _ values) (any, error) {
	s, _ := plain(v)
	out := pydata.List{}
	for line := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		out = append(out, strings.TrimSuffix(line, "\n"))
	}
	return out, r.take(16 + 17*len(s))
}

// globals are the functions that all templates have.
var globals = map[string]function{
	"range": func(r *runner, args values) (any, error) {
		bounds := []int64{0, 0, 1}
		for i, v := range args.list {
			n, err := asInt(v)
			if err != nil || i > 2 {
				return nil, errors.New("range takes up to three whole numbers")
			}
			bounds[i] = n
		}
		if len(args.list) < 2 {
			bounds[0], bounds[1] = 0, bounds[0]
		}
		from, to, step := bounds[0], bounds[1], bounds[2]
		if step == 0 || len(args.list) == 0 {
			return nil, errors.New("range takes a number that is not 0 for its step")
		}
		out := pydata.List{}
		for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
			if err := r.take(32); err != nil {
				return nil, err
			}
			if out = append(out, i); i > 0 && i > (1<<62) || i < -(1<<62) {
				break
			}
		}
		return out, nil
	},
	"namespace": func(r *runner, args values) (any, error) {
		m, err := mappingOf(args)
		return namespace{m}, errors.Join(err, r.take(64*len(args.named)))
	},
	"dict": func(r *runner, args values) (any, error) {
		m, err := mappingOf(args)
		return m, errors.Join(err, r.take(64*len(args.named)))
	},
}

// mappingOf returns the mapping that arguments with names are, in the order of
// their names.
func mappingOf(args values) (*pydata.Map, error) {
	m := &pydata.Map{}
	if len(args.list) > 0 {
		return m, errors.New("it takes arguments with names")
	}
	for _, k := range sortedNames(args.named) {
		m.Set(k, args.named[k])
	}
	return m, nil
}

func sortedNames(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
