package kustoread

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxSteps bounds the search for the columns of one event.
const maxSteps = 5000

// A solver looks for stored columns that give computed ones the values that
// are wanted. It goes through the expressions from the outside to the
// columns, tries one choice after the other where there are several, and
// takes back what does not lead to the end.
type solver struct {
	fixed  map[string]any // columns that stay as they are
	wants  []value        // nil where nothing is wanted
	defs   []*Expression
	budget int
	best   map[string]any // the columns with which most values are as wanted
	most   int
}

// An event of the search. It is copied when a column is set.
type state map[string]any

func (s state) with(name string, v any) state {
	out := make(state, len(s)+1)
	maps.Copy(out, s)
	if v == nil || v == "" {
		delete(out, name)
	} else {
		out[name] = v
	}
	return out
}

// run returns the best event that was found.
func (s *solver) run() map[string]any {
	s.best, s.most = s.fixed, -1
	s.column(0, state(s.fixed))
	return s.best
}

// column looks for the values of the computed columns from number i on.
func (s *solver) column(i int, ev state) bool {
	for ; i < len(s.wants); i++ {
		rest := func(ev state) bool { return s.column(i+1, ev) }
		if s.wants[i] != nil && s.solve(s.defs[i].root, s.wants[i], ev, rest) {
			return true
		}
	}
	return s.note(ev)
}

// note remembers an event where more values are as wanted than before, and
// reports whether all are.
func (s *solver) note(ev state) bool {
	reached, wanted := 0, 0
	for i, want := range s.wants {
		if want == nil {
			continue
		}
		wanted++
		if alike(eval(s.defs[i].root, ev), want) {
			reached++
		}
	}
	if reached > s.most {
		s.best, s.most = ev, reached
	}
	return reached == wanted
}

// alike reports whether two values are the same but for case.
func alike(a, b value) bool {
	if n, ok := plain(a).(ir.Number); ok {
		m, ok := plainNumber(b)
		return ok && n.Cmp(m) == 0
	}
	return strings.EqualFold(textOf(a), textOf(b))
}

// A then goes on with an event; it returns true where the search is at its
// end.
type then func(ev state) bool

// step takes a step off the budget.
func (s *solver) step() bool {
	s.budget--
	return s.budget > 0
}

// solve looks for events in which an expression has a value.
func (s *solver) solve(e expr, want value, ev state, next then) bool {
	if !s.step() {
		return false
	}
	switch e := inner(e).(type) {
	case *literal:
		return alike(e.val, want) && next(ev)
	case *column:
		return s.set(e, want, ev, next)
	case *member:
		return s.json(e, func(any) any { return fieldOf(want) }, ev, next)
	case *call:
		return s.call(e, want, ev, next)
	default:
		if b, ok := toBool([]value{want}).(bool); ok && e.base().kind == boolKind {
			return s.truth(e, b, ev, next)
		}
	}
	return false
}

// set gives a stored column a value, unless it has another.
func (s *solver) set(c *column, want value, ev state, next then) bool {
	if old := lookup(ev, c.name); old != nil {
		return alike(valueOf(old, c.kind), want) && next(ev)
	}
	v := fieldOf(want)
	if c.kind.isNumber() {
		n, ok := plainNumber(want)
		if !ok && textOf(want) != "" {
			return false
		}
		v = any(json.Number(n))
		if n == "" {
			v = nil
		}
	} else if c.kind == stringKind {
		v = textOf(want)
	}
	return next(ev.with(c.name, v))
}

// call looks for events in which a call has a value.
func (s *solver) call(e *call, want value, ev state, next then) bool {
	text := textOf(want)
	switch e.fn {
	case functions["iff"], functions["case"]:
		return s.choose(e.args, want, ev, next)
	case functions["strcat"]:
		return s.parts(e.args, text, nil, ev, next)
	case functions["tostring"]:
		return s.solve(e.args[0], want, ev, next)
	case functions["tolower"], functions["toupper"], functions["tolong"], functions["toint"], functions["todouble"],
		functions["todecimal"], functions["todatetime"], functions["trim"]:
		return s.solve(e.args[len(e.args)-1], text, ev, next)
	case functions["coalesce"]:
		for _, a := range e.args {
			if s.solve(a, want, ev, next) {
				return true
			}
		}
		return false
	case functions["tohex"]:
		n, err := strconv.ParseUint(text, 16, 64)
		return err == nil && s.solve(e.args[0], ir.Number(strconv.FormatInt(int64(n), 10)), ev, next)
	case functions["replace_string"]:
		return s.anyOf(e, beforeString(e, text), text, ev, next)
	case functions["replace_regex"]:
		return s.anyOf(e, beforeRegexp(e, text), text, ev, next)
	case functions["extract"]:
		return s.extract(e, text, ev, next)
	case functions["substring"]:
		return s.parts([]expr{e}, text, nil, ev, next)
	case functions["parse_json"]:
		return s.json(e, func(any) any { return fieldOf(want) }, ev, next)
	}
	if b, ok := toBool([]value{want}).(bool); ok && e.kind == boolKind {
		return s.truth(e, b, ev, next)
	}
	return false
}

// choose looks for events in which iff() or case() gives a value: through each
// of its values in turn, with the conditions that lead there.
func (s *solver) choose(args []expr, want value, ev state, next then) bool {
	for i := 1; i <= len(args); i += 2 {
		v, conds := min(i, len(args)-1), args[:0:0]
		for k := 0; k < v && k < len(args)-1; k += 2 {
			conds = append(conds, args[k])
		}
		last := v == len(args)-1
		if s.solve(args[v], want, ev, func(ev state) bool { return s.conds(conds, last, ev, next) }) {
			return true
		}
	}
	return false
}

// conds looks for events in which the last of some conditions is true and the
// others are not; none is where none is to be.
func (s *solver) conds(conds []expr, none bool, ev state, next then) bool {
	if len(conds) == 0 {
		return next(ev)
	}
	want := len(conds) == 1 && !none
	return s.truth(conds[0], want, ev, func(ev state) bool { return s.conds(conds[1:], none, ev, next) })
}

// truth looks for events in which a condition is true, or is not.
func (s *solver) truth(e expr, want bool, ev state, next then) bool {
	if !s.step() {
		return false
	}
	if (eval(e, ev) == true) == want && next(ev) {
		return true
	}
	switch e := inner(e).(type) {
	case *logic:
		return s.logic(e.parts, e.or, want, ev, next)
	case *binary:
		return s.comparison(e, want, ev, next)
	case *inList:
		for _, item := range e.items {
			if want && isConstant(item) && s.solve(e.x, plain(eval(item, nil)), ev, next) {
				return true
			}
		}
	case *column:
		return s.set(e, want, ev, next)
	case *call:
		return s.test(e, want, ev, next)
	}
	return false
}

// logic looks for events in which and, or or are true, or are not. Where one
// part decides, each is tried.
func (s *solver) logic(parts []expr, or, want bool, ev state, next then) bool {
	if or == want {
		for _, p := range parts {
			if s.truth(p, want, ev, next) {
				return true
			}
		}
		return false
	}
	if len(parts) == 0 {
		return next(ev)
	}
	return s.truth(parts[0], want, ev, func(ev state) bool { return s.logic(parts[1:], or, want, ev, next) })
}

// comparison looks for events in which a comparison with a constant is true,
// or is not: with its constant, or with something else in its place.
func (s *solver) comparison(e *binary, want bool, ev state, next then) bool {
	if !isConstant(e.r) {
		return false
	}
	v := plain(eval(e.r, nil))
	for _, candidate := range []value{v, textOf(v) + "x", "x"} {
		holds := s.solve(e.l, candidate, ev, func(ev state) bool {
			return (eval(e, ev) == true) == want && next(ev)
		})
		if holds {
			return true
		}
	}
	return false
}

// test looks for events in which a function that is a condition is true, or is
// not.
func (s *solver) test(e *call, want bool, ev state, next then) bool {
	switch e.fn {
	case functions["not"]:
		return s.truth(e.args[0], !want, ev, next)
	case functions["isempty"], functions["isnull"]:
		return !want && s.something(e.args[0], ev, next)
	case functions["isnotempty"], functions["isnotnull"]:
		return want && s.something(e.args[0], ev, next)
	case functions["iff"], functions["case"]:
		return s.choose(e.args, want, ev, next)
	}
	return false
}

// something looks for events in which an expression has any value.
func (s *solver) something(e expr, ev state, next then) bool {
	for _, v := range []value{"x", ir.Number("1")} {
		if s.solve(e, v, ev, next) {
			return true
		}
	}
	return false
}
