package jinja

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// lookup returns the attribute of a value that a filter names: a name, a path
// with dots, or a number.
func (r *runner) lookup(v, path any) (any, error) {
	if i, ok := path.(int64); ok {
		return r.item(v, i)
	}
	s, ok := plain(path)
	if !ok {
		return nil, fmt.Errorf("%s names no attribute", typeName(path))
	}
	for part := range strings.SplitSeq(s, ".") {
		if err := r.step(1); err != nil {
			return nil, err
		}
		var err error
		if n, no := strconv.ParseInt(part, 10, 64); no == nil {
			v, err = r.item(v, n)
		} else {
			// Filters look for items, which methods do not hide.
			v, err = r.item(v, part)
		}
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

// attributes returns an attribute of each item. otherwise stands for those
// that are not there, unless it is nil.
func (r *runner) attributes(all pydata.List, path, otherwise any) (pydata.List, error) {
	if err := r.take(16 * len(all)); err != nil {
		return nil, err
	}
	out := make(pydata.List, len(all))
	for i, v := range all {
		x, err := r.lookup(v, path)
		if err != nil {
			return nil, err
		}
		if _, missing := x.(undefined); missing && otherwise != nil {
			x = otherwise
		}
		out[i] = x
	}
	return out, nil
}

// mapFilter applies a filter to each item, or takes an attribute of each.
func mapFilter(r *runner, v any, args values) (any, error) {
	all, err := r.items(v)
	if err != nil {
		return nil, err
	}
	if a, ok := args.named["attribute"]; ok && len(args.list) == 0 {
		return r.attributes(all, a, args.named["default"])
	}
	if len(args.list) == 0 {
		return nil, errors.New("map takes the name of a filter, or attribute=")
	}
	name, _ := plain(args.list[0])
	f, ok := filters[name]
	if !ok {
		return nil, fmt.Errorf("there is no filter %q%s", name, suggestion(name, filters))
	}
	if err := r.take(16 * len(all)); err != nil {
		return nil, err
	}
	out := make(pydata.List, len(all))
	for i, x := range all {
		if err := r.step(1); err != nil {
			return nil, err
		}
		if out[i], err = f(r, x, values{args.list[1:], args.named}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// selecting makes select, reject, selectattr and rejectattr: the items that
// pass a test, or that do not.
func selecting(want, attribute bool) filter {
	return func(r *runner, v any, args values) (any, error) {
		all, err := r.items(v)
		if err != nil {
			return nil, err
		}
		rest := args.list
		var path any
		if attribute {
			if len(rest) == 0 {
				return nil, errors.New("it takes the name of an attribute")
			}
			path, rest = rest[0], rest[1:]
		}
		holds := func(_ *runner, v any, _ values) (bool, error) { return truth(v), nil }
		if len(rest) > 0 {
			name, _ := plain(rest[0])
			f, ok := tests[name]
			if !ok {
				return nil, fmt.Errorf("there is no test %q%s", name, suggestion(name, tests))
			}
			holds, rest = f, rest[1:]
		}
		out := pydata.List{}
		for _, x := range all {
			if err := r.step(1); err != nil {
				return nil, err
			}
			y := x
			if attribute {
				if y, err = r.lookup(x, path); err != nil {
					return nil, err
				}
			}
			is, err := holds(r, y, values{rest, args.named})
			if err != nil {
				return nil, err
			}
			if is == want {
				out = append(out, x)
			}
		}
		return out, r.take(16 * len(out))
	}
}

// sortKeys returns what items are sorted by: themselves or attributes, texts
// without regard to case unless told otherwise.
func (r *runner) sortKeys(all pydata.List, attribute any, cased bool) ([]pydata.List, error) {
	keys := make([]pydata.List, len(all))
	paths := []any{attribute}
	if s, ok := plain(attribute); ok {
		paths = nil
		for p := range strings.SplitSeq(s, ",") {
			paths = append(paths, strings.TrimSpace(p))
		}
	}
	for i, v := range all {
		for _, path := range paths {
			x := v
			var err error
			if path != nil {
				if x, err = r.lookup(v, path); err != nil {
					return nil, err
				}
			}
			if o, ok := x.(*pydata.Object); ok {
				x = o.Text
			}
			if s, ok := plain(x); ok && !cased {
				if err := r.take(len(s)); err != nil {
					return nil, err
				}
				x = strings.ToLower(s)
			}
			keys[i] = append(keys[i], x)
		}
	}
	return keys, r.take(64 * len(all))
}

func sortFilter(r *runner, v any, args values) (any, error) {
	if err := args.only("reverse", "case_sensitive", "attribute"); err != nil {
		return nil, err
	}
	all, err := r.items(v)
	if err != nil {
		return nil, err
	}
	keys, err := r.sortKeys(all, args.take(2, "attribute", nil), truth(args.take(1, "case_sensitive", false)))
	if err != nil {
		return nil, err
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	down := truth(args.take(0, "reverse", false))
	slices.SortStableFunc(order, func(i, k int) int {
		c, problem := r.order(keys[i], keys[k])
		if problem != nil && err == nil {
			err = problem
		}
		if down {
			return -c
		}
		return c
	})
	out := make(pydata.List, len(all))
	for i, k := range order {
		out[i] = all[k]
	}
	return out, err
}

// extreme makes min, where sign is -1, and max.
func extreme(sign int) filter {
	return func(r *runner, v any, args values) (any, error) {
		if err := args.only("case_sensitive", "attribute"); err != nil {
			return nil, err
		}
		all, err := r.items(v)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			return undefined("an item of an empty list"), nil
		}
		keys, err := r.sortKeys(all, args.take(1, "attribute", nil), truth(args.take(0, "case_sensitive", false)))
		if err != nil {
			return nil, err
		}
		best := 0
		for i := range all {
			c, err := r.order(keys[i], keys[best])
			if err != nil {
				return nil, err
			}
			if c*sign > 0 {
				best = i
			}
		}
		return all[best], nil
	}
}

func unique(r *runner, v any, args values) (any, error) {
	if err := args.only("case_sensitive", "attribute"); err != nil {
		return nil, err
	}
	all, err := r.items(v)
	if err != nil {
		return nil, err
	}
	keys, err := r.sortKeys(all, args.take(1, "attribute", nil), truth(args.take(0, "case_sensitive", false)))
	if err != nil {
		return nil, err
	}
	out, seen := pydata.List{}, make(map[string]bool)
	for i, k := range keys {
		text, err := r.text(k)
		if err != nil {
			return nil, err
		}
		if !seen[text] {
			seen[text] = true
			out = append(out, all[i])
		}
	}
	return out, r.take(16 * len(out))
}
