package lint

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A survey is what the rules show of a pipeline.
type survey struct {
	used     map[sigma.Pos]int // rules, by the place of what changed them: steps and entries
	unmapped map[string]*missing
	refused  map[reason]*refusal
	rules    int
}

// A missing is the fields of one log source that no step maps.
type missing struct {
	rules  int
	fields map[string]int
	first  sigma.Pos
}

// A reason is why rules are refused: names in it are left out.
type reason struct {
	step sigma.Pos
	code sigma.Code
	msg  string
}

// A refusal is the rules that are refused for one reason.
type refusal struct {
	step  pipeline.StepRef
	rules int
	names map[string]int // what the messages quote
	first sigma.Pos
}

// rules applies the pipeline to the rules and reports what they show.
func (c *checker) rules() {
	s := &survey{used: make(map[sigma.Pos]int), unmapped: make(map[string]*missing), refused: make(map[reason]*refusal)}
	for _, r := range c.options.Rules {
		s.rule(c.pipeline, r, c.options.Target)
	}
	c.unusedSteps(s)
	c.unusedMappings(s)
	c.unusedVariables()
	c.unmappedFields(s)
	c.refusedRules(s)
}

// rule notes what the pipeline does to a rule.
func (s *survey) rule(p *pipeline.Pipeline, r *ir.Rule, target string) {
	s.rules++
	out, changes, err := p.Trace(r, target)
	seen := make(map[sigma.Pos]bool)
	mapped := make(map[sigma.Pos]bool)
	for _, ch := range changes {
		for _, pos := range [...]sigma.Pos{ch.At, ch.Step.Pos} {
			if !seen[pos] {
				seen[pos] = true
				s.used[pos]++
			}
		}
		if renames(ch) {
			mapped[ch.Pos] = true
		}
	}
	if err != nil {
		s.refuse(r, changes, sigma.Errors(err)[0])
		return
	}
	s.missing(r, out, mapped)
}

// renames reports whether a change decided what a field is called.
func renames(c pipeline.Change) bool {
	switch c.Kind {
	case pipeline.ItemDropped, pipeline.ItemImplied:
		return true
	case pipeline.ItemChanged:
		if c.Same() {
			return true
		}
		m, ok := c.After.(*ir.Match)
		old, also := c.Before.(*ir.Match)
		return !ok || !also || m.Field != old.Field
	}
	return false
}

// missing notes the fields of a rule that stayed as they were, though the
// rule's table has no such column.
func (s *survey) missing(r, out *ir.Rule, mapped map[sigma.Pos]bool) {
	own := make(map[sigma.Pos]string)
	eachMatch(r, func(m *ir.Match) { own[m.Pos] = m.Field })
	fields := make(map[string]bool)
	var first sigma.Pos
	eachMatch(out, func(m *ir.Match) {
		if own[m.Pos] != m.Field || mapped[m.Pos] || known(out, m.Field) {
			return
		}
		fields[m.Field] = true
		if !first.IsValid() {
			first = m.Pos
		}
	})
	if len(fields) == 0 {
		return
	}
	name := pipeline.LogSourceText(&r.LogSource)
	m := s.unmapped[name]
	if m == nil {
		m = &missing{fields: make(map[string]int), first: first}
		s.unmapped[name] = m
	}
	m.rules++
	for f := range fields {
		m.fields[f]++
	}
}

// known reports whether a field is a column that the rule's events have.
func known(r *ir.Rule, field string) bool {
	if slices.ContainsFunc(r.Computed, func(c ir.Computed) bool { return c.Name == field }) {
		return true
	}
	_, ok := r.Table.Column(field)
	return ok
}

func eachMatch(r *ir.Rule, f func(*ir.Match)) {
	for _, e := range r.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok {
				f(m)
			}
			return true
		})
	}
}

// quotedName finds the names in messages.
var quotedName = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// refuse notes why a rule is refused.
func (s *survey) refuse(r *ir.Rule, changes []pipeline.Change, e *sigma.Error) {
	source := pipeline.LogSourceText(&r.LogSource)
	why := reason{code: e.Code, msg: strings.ReplaceAll(quotedName.ReplaceAllString(e.Msg, `"…"`), source, "…")}
	var step pipeline.StepRef
	for _, ch := range changes {
		if ch.Kind == pipeline.RuleRefused && ch.To == e.Msg && ch.Pos == e.Pos {
			step = ch.Step
		}
	}
	why.step = step.Pos
	f := s.refused[why]
	if f == nil {
		f = &refusal{step: step, names: make(map[string]int), first: e.Pos}
		s.refused[why] = f
	}
	f.rules++
	name := strings.Join(quotedName.FindAllString(e.Msg, -1), " ")
	if name == "" {
		name = source
	}
	f.names[strings.ReplaceAll(name, `"`, "")]++
}

// unusedSteps reports steps that do nothing to any of the rules.
func (c *checker) unusedSteps(s *survey) {
	c.each(func(step *pipeline.Step, _ []*pipeline.Step) {
		if s.used[step.Pos] > 0 || isMapping(step) || len(step.Steps) > 0 {
			return
		}
		c.report(Note, step, step.Pos, UnusedStep, "", "%s does nothing to any of the %d rules", step.Type, s.rules)
	})
}

// unusedMappings reports the entries that change no rule, those of a step
// together.
func (c *checker) unusedMappings(s *survey) {
	c.each(func(step *pipeline.Step, _ []*pipeline.Step) {
		var unused []string
		var first sigma.Pos
		for _, n := range step.Entries {
			if !isMapping(step) || s.used[n.Pos] > 0 {
				continue
			}
			unused = append(unused, n.Key)
			if !first.IsValid() {
				first = n.Pos
			}
		}
		if unused == nil {
			return
		}
		what := fmt.Sprintf("%d of the %d mappings", len(unused), len(step.Entries))
		if len(step.Entries) == 1 {
			what = "the mapping"
		}
		f := c.report(Note, step, first, UnusedMapping, "", "none of the %d rules uses %s: %s", s.rules, what, most(unused))
		for _, name := range unused {
			f.Counts = append(f.Counts, Count{Name: name})
		}
	})
}

// unusedVariables reports variables that no rule has a placeholder for, and
// placeholders without a variable that rules have.
func (c *checker) unusedVariables() {
	used := make(map[string]int)
	for _, r := range c.options.Rules {
		names := make(map[string]bool)
		for _, e := range r.Where {
			ir.Walk(e, func(e ir.Expr) bool {
				for _, name := range placeholdersOf(e) {
					names[name] = true
				}
				return true
			})
		}
		for name := range names {
			used[name]++
		}
	}
	c.each(func(s *pipeline.Step, _ []*pipeline.Step) {
		eachAdded(s, func(_ pipeline.Value, name string) { used[name]++ })
	})
	for _, v := range c.pipeline.Variables() {
		if used[v.Name] == 0 && !c.templates {
			c.report(Note, nil, v.Pos, UnusedVariable, "", "none of the %d rules has a placeholder %q", len(c.options.Rules), v.Name)
		}
	}
}

// placeholdersOf returns the names of the placeholders of an item.
func placeholdersOf(e ir.Expr) (names []string) {
	var test ir.Test
	switch x := e.(type) {
	case *ir.Match:
		test = x.Test
	case *ir.Keyword:
		test = x.Test
	default:
		return nil
	}
	ir.WalkTests(test, func(t ir.Test) {
		switch t := t.(type) {
		case *ir.Text:
			for _, part := range t.Pattern {
				if part.Kind == ir.Placeholder {
					names = append(names, part.Text)
				}
			}
		case *ir.Regexp:
			names = append(names, t.Placeholders()...)
		}
	})
	return names
}

// unmappedFields reports the fields that no step mapped, by log source.
func (c *checker) unmappedFields(s *survey) {
	names := slices.SortedFunc(maps.Keys(s.unmapped), func(a, b string) int {
		return cmp.Or(s.unmapped[b].rules-s.unmapped[a].rules, strings.Compare(a, b))
	})
	for _, name := range names {
		m := s.unmapped[name]
		counts := sorted(m.fields)
		f := c.report(Note, nil, c.pipeline.Pos(), UnmappedField, "the first is "+m.first.String(), "%s: fields that no step maps, in %d of the rules: %s", name, m.rules, some(counts))
		f.Counts = counts
	}
}

// refusedRules reports why rules are refused.
func (c *checker) refusedRules(s *survey) {
	reasons := slices.SortedFunc(maps.Keys(s.refused), func(a, b reason) int {
		return cmp.Or(s.refused[b].rules-s.refused[a].rules, strings.Compare(a.msg, b.msg), strings.Compare(a.step.String(), b.step.String()))
	})
	for _, why := range reasons {
		r := s.refused[why]
		pos := why.step
		if !pos.IsValid() {
			pos = c.pipeline.Pos()
		}
		counts := sorted(r.names)
		f := c.report(Note, nil, pos, Refused, "the first is "+r.first.String(), "%d of the %d rules refused: %s: %s", r.rules, s.rules, why.msg, some(counts))
		f.Step, f.Counts = r.step, counts
	}
}

// sorted returns counts, the largest first.
func sorted(of map[string]int) []Count {
	var out []Count
	for name, n := range of {
		out = append(out, Count{name, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(b.Rules-a.Rules, strings.Compare(a.Name, b.Name)) })
	return out
}
