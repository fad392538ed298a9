package kustoread

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// json looks for events in which a part of a JSON value is what patch makes of
// it.
func (s *solver) json(e expr, patch func(old any) any, ev state, next then) bool {
	switch e := inner(e).(type) {
	case *member:
		if !isConstant(e.key) {
			return false
		}
		key := plain(eval(e.key, nil))
		return s.json(e.x, func(old any) any { return patchKey(old, key, patch) }, ev, next)
	case *call:
		if e.fn != functions["parse_json"] {
			return false
		}
		c, ok := inner(e.args[0]).(*column)
		if !ok {
			return s.solve(e.args[0], dynamicOf(patch(nil)).text(), ev, next)
		}
		return s.patch(c, patch, ev, next, func(d *dynamic) any { return string(d.raw) })
	case *column:
		return s.patch(e, patch, ev, next, func(d *dynamic) any {
			var v any
			dec := json.NewDecoder(strings.NewReader(string(d.raw)))
			dec.UseNumber()
			if dec.Decode(&v) != nil {
				return nil
			}
			return v
		})
	}
	return false
}

// patch changes the JSON in a column.
func (s *solver) patch(c *column, patch func(old any) any, ev state, next then, as func(*dynamic) any) bool {
	old := lookup(ev, c.name)
	if _, fixed := s.fixed[c.name]; fixed {
		return next(ev) // what it has may do
	}
	var v any
	if old != nil {
		d := dynamicOf(old)
		if text, ok := old.(string); ok {
			d = parseJSON(text)
		}
		if d != nil {
			dec := json.NewDecoder(strings.NewReader(string(d.raw)))
			dec.UseNumber()
			_ = dec.Decode(&v)
		}
	}
	d := dynamicOf(patch(v))
	return d != nil && next(ev.with(c.name, as(d)))
}

// patchKey returns an object or array with a member changed.
func patchKey(old any, key value, patch func(any) any) any {
	switch k := key.(type) {
	case string:
		out := make(map[string]any)
		if m, ok := old.(map[string]any); ok {
			for name, v := range m {
				out[name] = v
			}
		}
		out[k] = patch(out[k])
		return out
	case ir.Number:
		i, err := strconv.Atoi(string(k))
		if err != nil || i < 0 || i > 100 {
			return old
		}
		list, _ := old.([]any)
		out := append([]any(nil), list...)
		for len(out) <= i {
			out = append(out, nil)
		}
		out[i] = patch(out[i])
		return out
	}
	return old
}
