package kustoread

import (
	"strings"
)

// parts looks for events in which texts beside each other give a text. pieces
// are what is known so far of expressions of which substring() takes parts.
func (s *solver) parts(parts []expr, text string, pieces map[string]piece, ev state, next then) bool {
	if !s.step() {
		return false
	}
	if len(parts) == 0 {
		return text == "" && s.whole(pieces, ev, next)
	}
	part := parts[0]
	if isConstant(part) {
		lit := textOf(eval(part, nil))
		return len(lit) <= len(text) && strings.EqualFold(text[:len(lit)], lit) && s.parts(parts[1:], text[len(lit):], pieces, ev, next)
	}
	for _, at := range splits(parts, text) {
		if s.part(part, text[:at], pieces, ev, func(ev state, pieces map[string]piece) bool {
			return s.parts(parts[1:], text[at:], pieces, ev, next)
		}) {
			return true
		}
	}
	return false
}

// A piece is the beginning of the value of an expression.
type piece struct {
	of   expr
	text string
}

// part looks for events in which one part gives a text. Of substring() only
// the piece is remembered until the others are known.
func (s *solver) part(e expr, text string, pieces map[string]piece, ev state, next func(state, map[string]piece) bool) bool {
	c, ok := inner(e).(*call)
	if !ok || c.fn != functions["substring"] {
		return s.solve(e, text, ev, func(ev state) bool { return next(ev, pieces) })
	}
	from, ok := position(eval(c.args[1], nil))
	source := c.args[0].base().source()
	before := pieces[source]
	if !ok || from != len(before.text) {
		return false
	}
	if len(c.args) > 2 {
		if n, ok := position(eval(c.args[2], nil)); !ok || n < len(text) {
			return false
		}
	}
	all := map[string]piece{source: {c.args[0], before.text + text}}
	for k, p := range pieces {
		if k != source {
			all[k] = p
		}
	}
	return next(ev, all)
}

// whole looks for events in which expressions have the values that were put
// together of pieces.
func (s *solver) whole(pieces map[string]piece, ev state, next then) bool {
	for source, p := range pieces {
		rest := make(map[string]piece)
		for k, q := range pieces {
			if k != source {
				rest[k] = q
			}
		}
		return s.solve(p.of, p.text, ev, func(ev state) bool { return s.whole(rest, ev, next) })
	}
	return next(ev)
}

// splits returns where the first of some parts may end in a text: at the
// constant that follows it, the last place first; anywhere at all, or at the
// end, where none does.
func splits(parts []expr, text string) []int {
	if len(parts) == 1 {
		return []int{len(text)}
	}
	var out []int
	if isConstant(parts[1]) {
		sep := textOf(eval(parts[1], nil))
		for at := len(text) - len(sep); at >= 0; at-- {
			if strings.EqualFold(text[at:at+len(sep)], sep) {
				out = append(out, at)
			}
		}
		return out
	}
	for at := range text {
		out = append(out, at)
	}
	return append(out, len(text))
}

// anyOf looks for events in which the first argument of a call is one of some
// texts, where the call gives the text that is wanted.
func (s *solver) anyOf(e *call, texts []string, want string, ev state, next then) bool {
	for _, text := range texts {
		args := []value{text, nil, nil}
		for i, a := range e.args[1:] {
			args[i+1] = eval(a, nil)
		}
		if e.re != nil {
			args[1] = e.re.compiled()
		}
		if strings.EqualFold(textOf(e.fn.eval(args)), want) && s.solve(e.args[0], text, ev, next) {
			return true
		}
	}
	return false
}

// beforeString returns what a text may have been before replace_string().
func beforeString(e *call, text string) []string {
	if !isConstant(e.args[1]) || !isConstant(e.args[2]) {
		return nil
	}
	old, with := textOf(eval(e.args[1], nil)), textOf(eval(e.args[2], nil))
	if with == "" {
		return []string{old + text, text}
	}
	return []string{strings.ReplaceAll(text, with, old), text}
}

// beforeRegexp returns what a text may have been before replace_regex(): one
// that the expression matches stands where what it becomes stands.
func beforeRegexp(e *call, text string) []string {
	if !isConstant(e.args[2]) || e.re.compiled() == nil {
		return []string{text}
	}
	var out []string
	for _, example := range examples(e.re.source, -1, "") {
		becomes := textOf(replaceRegexp([]value{example, e.re.compiled(), eval(e.args[2], nil)}))
		for at := 0; becomes != "" && at+len(becomes) <= len(text); at++ {
			if strings.EqualFold(text[at:at+len(becomes)], becomes) {
				out = append(out, text[:at]+example+text[at+len(becomes):])
				break
			}
		}
	}
	return append(out, text)
}

// extract looks for events in which extract() gives a text: in texts that the
// expression matches with that text in its group. A column that the search
// gave a text before is given another behind it.
func (s *solver) extract(e *call, want string, ev state, next then) bool {
	group, ok := position(eval(e.args[1], nil))
	re := e.re.compiled()
	if !ok || re == nil || !isConstant(e.args[1]) {
		return false
	}
	c, isColumn := inner(e.args[2]).(*column)
	for _, example := range examples(e.re.source, group, want) {
		found := re.FindStringSubmatch(example)
		if group >= len(found) || found[group] != want {
			continue
		}
		if s.solve(e.args[2], example, ev, next) {
			return true
		}
		if _, fixed := s.fixed[columnName(c)]; isColumn && !fixed {
			if next(ev.with(c.name, textOf(valueOf(lookup(ev, c.name), stringKind))+example)) {
				return true
			}
		}
	}
	return want == "" && next(ev)
}

func columnName(c *column) string {
	if c == nil {
		return ""
	}
	return c.name
}
