package lint

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// boxOf returns the log sources for which a single condition holds. The second
// result is false where it is about something else.
func boxOf(c *pipeline.Condition) (box, bool) {
	b := anySource
	switch c.Type {
	case "logsource":
		for i, name := range attributes {
			if v := c.Text(name); v != "" {
				b[i] = set{names: []string{v}}
			}
		}
	case "logsource_lacks":
		v, _ := c.Param("attributes")
		for i, name := range attributes {
			if slices.Contains(v.Texts(), name) {
				b[i] = set{names: []string{""}}
			}
		}
	default:
		return b, c.Type == "is_sigma_rule"
	}
	return b, true
}

// sources returns the log sources for which a rule condition must hold and
// those for which it may. nil holds always.
func (e *effort) sources(c *pipeline.Condition) (must, may region) {
	if c == nil {
		return allSources, allSources
	}
	switch c.Op {
	case "":
		b, ok := boxOf(c)
		if !ok {
			return nil, allSources
		}
		return region{b}, region{b}
	case "not":
		must, may = e.sources(c.Parts[0])
		return e.minus(allSources, may), e.minus(allSources, must)
	}
	must, may = e.sources(c.Parts[0])
	for _, p := range c.Parts[1:] {
		m, n := e.sources(p)
		if c.Op == "and" {
			must, may = e.and(must, m), e.and(may, n)
		} else {
			must, may = e.or(must, m), e.or(may, n)
		}
	}
	return must, may
}

// A goal is a condition that must hold, or must not.
type goal struct {
	cond  *pipeline.Condition
	holds bool
	own   string // in front of conditions whose answer may be another at another step; "" where the log source does not count
}

// A solver looks for a rule that meets goals.
type solver struct {
	effort *effort
	tries  int
}

// maxTries bounds the search; what needs more is taken for possible.
const maxTries = 5000

// possible reports whether a rule with a log source of the region can meet all
// goals. Conditions on anything but the log source are met or not, each alike
// wherever it stands.
func (e *effort) possible(goals []goal, r region) bool {
	s := solver{effort: e}
	return s.solve(goals, r, nil)
}

// A literal is a condition that was decided.
type literal struct {
	key   string
	holds bool
}

func (s *solver) solve(goals []goal, r region, decided []literal) bool {
	if s.tries++; s.tries > maxTries {
		return true
	}
	if len(r) == 0 {
		return s.effort.left <= 0
	}
	if len(goals) == 0 {
		return true
	}
	g, rest := goals[0], goals[1:]
	switch c := g.cond; {
	case c == nil:
		return g.holds && s.solve(rest, r, decided)
	case c.Op == "not":
		return s.solve(with(rest, goal{c.Parts[0], !g.holds, g.own}), r, decided)
	case c.Op == "":
		return s.single(g, rest, r, decided)
	case (c.Op == "and") == g.holds: // all of them
		for _, p := range c.Parts {
			rest = with(rest, goal{p, g.holds, g.own})
		}
		return s.solve(rest, r, decided)
	}
	for _, p := range g.cond.Parts { // one of them
		if s.solve(with(rest, goal{p, g.holds, g.own}), r, decided) {
			return true
		}
	}
	return false
}

// with returns the goals with one more, before the others.
func with(goals []goal, g goal) []goal { return append([]goal{g}, goals...) }

// single decides a single condition.
func (s *solver) single(g goal, rest []goal, r region, decided []literal) bool {
	if b, ok := boxOf(g.cond); ok && g.own != "" {
		if g.holds {
			r = s.effort.and(r, region{b})
		} else {
			r = s.effort.minus(r, region{b})
		}
		return s.solve(rest, r, decided)
	} else if ok {
		return s.solve(rest, r, decided)
	}
	key := g.cond.Type + paramText(g.cond.Params)
	if !stable[g.cond.Type] {
		key = g.own + " " + key
	}
	for _, l := range decided {
		if l.key == key {
			return l.holds == g.holds && s.solve(rest, r, decided)
		}
	}
	return s.solve(rest, r, append(decided[:len(decided):len(decided)], literal{key, g.holds}))
}

// stable are the conditions that no step makes another answer of.
var stable = map[string]bool{"tag": true}

// paramText writes parameters so that equal ones are equal.
func paramText(params []pipeline.Param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = strconv.Quote(p.Name) + "=" + p.Value.Tag + p.Value.String()
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// An answer is what is known of a condition.
type answer uint8

const (
	no answer = iota
	perhaps
	yes
)

// fieldAnswer says whether a field name condition holds for a name. nil holds
// always.
func (e *effort) fieldAnswer(c *pipeline.Condition, name string) answer {
	if c == nil {
		return yes
	}
	switch c.Op {
	case "":
		return e.singleFieldAnswer(c, name)
	case "not":
		return yes - e.fieldAnswer(c.Parts[0], name)
	}
	out := e.fieldAnswer(c.Parts[0], name)
	for _, p := range c.Parts[1:] {
		if c.Op == "and" {
			out = min(out, e.fieldAnswer(p, name))
		} else {
			out = max(out, e.fieldAnswer(p, name))
		}
	}
	return out
}

func (e *effort) singleFieldAnswer(c *pipeline.Condition, name string) answer {
	if c.Type != "include_fields" && c.Type != "exclude_fields" {
		return perhaps
	}
	v, _ := c.Param("fields")
	if !e.spend(1 + len(v.List)) {
		return perhaps
	}
	in := slices.Contains(v.Texts(), name)
	if c.Text("mode") == "re" {
		in = slices.ContainsFunc(v.Texts(), func(source string) bool {
			re, err := regexp.Compile(`\A(?:` + source + `)`)
			return err == nil && re.MatchString(name)
		})
	}
	if name != "" && in == (c.Type == "include_fields") || name == "" && c.Type == "exclude_fields" {
		return yes
	}
	return no
}

// anyField reports whether a field name condition can hold for some name.
func (e *effort) anyField(c *pipeline.Condition) bool {
	names := []string{"", "\x00 any other field"}
	open := false
	var collect func(c *pipeline.Condition)
	collect = func(c *pipeline.Condition) {
		for _, p := range c.Parts {
			collect(p)
		}
		if c.Op == "" {
			v, _ := c.Param("fields")
			names = append(names, v.Texts()...)
			open = open || c.Text("mode") == "re"
		}
	}
	collect(c)
	return open || slices.ContainsFunc(names, func(n string) bool { return e.fieldAnswer(c, n) != no })
}
