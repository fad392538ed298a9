package lint

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A flow is what is known of the rules that come to a step.
type flow struct {
	sources region // the log sources that they can have
	fields  *names
}

// names says of fields which rules may have them. It does not change.
type names struct{ of map[string]*life }

// A life is where a field that had other names before is still to be met. A
// field without one may be in every rule.
type life struct {
	where region // the log sources of rules that may have it
	by    []loss
}

// A loss is what took the name from a field.
type loss struct {
	where region
	pos   sigma.Pos
}

// maxLosses is how much of what took the names from a field is remembered.
const maxLosses = 16

// prefixMark stands before a prefix in the names of tracked fields: the
// fields that begin with it.
const prefixMark = "\x00prefix\x00"

// maxEffort bounds what a check costs: about a second.
const maxEffort = 10_000_000

// walk follows the rules through the steps.
func (c *checker) walk() {
	e := &effort{left: maxEffort}
	w := &walker{checker: c, effort: e, tracked: make(map[string]bool)}
	c.each(func(s *pipeline.Step, _ []*pipeline.Step) {
		for _, n := range s.Entries {
			if isMapping(s) {
				w.tracked[mark(s, n.Key)] = true
			}
		}
	})
	w.list(c.steps, flow{sources: allSources, fields: new(names)}, nil)
	if e.left <= 0 && len(c.steps) > 0 {
		c.report(Note, nil, c.steps[0].Pos, NotWhollyChecked, "", "the pipeline is too large for all of its conditions to be checked")
	}
}

// isMapping reports whether the entries of a step give fields other names.
func isMapping(s *pipeline.Step) bool {
	switch s.Type {
	case "field_name_mapping", "field_name_prefix_mapping", "fact_mapping", "conditional_field_mapping":
		return true
	}
	return false
}

// mark returns the key of a mapping among the tracked fields.
func mark(s *pipeline.Step, key string) string {
	if s.Type == "field_name_prefix_mapping" {
		return prefixMark + key
	}
	return key
}

// A walker goes through the steps with what is known of the rules.
type walker struct {
	*checker
	*effort
	tracked map[string]bool // the fields that mappings are about, and the prefixes
	turns   []turn
}

// A turn is a step behind which rules have another log source, or are refused.
type turn struct {
	step  *pipeline.Step
	where region // the log sources that they had
}

// list follows rules through the steps of a list, and returns what is known
// behind it.
func (w *walker) list(steps []pipeline.Step, f flow, outer []*pipeline.Step) flow {
	for i := range steps {
		f = w.step(&steps[i], f, outer)
	}
	return f
}

// step checks one step and returns what is known behind it.
func (w *walker) step(s *pipeline.Step, f flow, outer []*pipeline.Step) flow {
	must, may := w.effort.sources(s.Rule)
	if !w.reachable(s, f, outer) || w.left <= 0 {
		return f
	}
	w.conditions(s)
	here := flow{sources: w.and(f.sources, may), fields: f.fields}
	in := here
	switch s.Type {
	case "nest":
		in = w.list(s.Steps, here, append(outer[:len(outer):len(outer)], s))
	case "rule_failure":
		w.turns = append(w.turns, turn{s, here.sources})
		in.sources = nil
	case "change_logsource":
		w.turns = append(w.turns, turn{s, here.sources})
		in = w.turned(here, func(r region) region {
			return w.mapped(r, func(b box) box {
				for i, name := range attributes {
					b[i] = set{names: []string{s.Text(name)}}
				}
				return b
			})
		})
	case "fact_condition":
		in = w.facts(s, here)
	default:
		w.entries(s, here)
		in = w.renamed(s, here)
	}
	if sameRegion(in.sources, here.sources) {
		return flow{sources: f.sources, fields: w.joined(w.minus(f.sources, must), f.fields, in)}
	}
	past := w.minus(f.sources, must)
	return flow{sources: w.or(past, in.sources), fields: w.joined(past, f.fields, in)}
}

// sameRegion reports whether two regions are one and the same.
func sameRegion(a, b region) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// reachable reports a step that no rule comes to.
func (w *walker) reachable(s *pipeline.Step, f flow, outer []*pipeline.Step) bool {
	own := goal{s.Rule, true, s.Pos.String()}
	goals, around := []goal{own}, allSources
	for _, o := range outer {
		goals = append(goals, goal{o.Rule, true, ""}) // what it says of the log source is in f
		_, may := w.effort.sources(o.Rule)
		around = w.and(around, may)
	}
	if w.possible(goals, f.sources) || w.left <= 0 {
		return true
	}
	words := ""
	if s.Rule != nil {
		words = ": " + s.Words()[0]
	}
	switch {
	case !w.possible([]goal{own}, allSources):
		w.report(Error, s, s.Pos, Unreachable, "", "the conditions of the step contradict each other, so it never runs%s", words)
	case !w.possible(goals, around):
		w.report(Error, s, s.Pos, Unreachable, "", "the condition of the step contradicts that of the step around it, so it never runs%s", words)
	default:
		_, may := w.effort.sources(s.Rule)
		hint, severity := "", Warning
		for _, t := range w.turns {
			if len(w.and(t.where, may)) == 0 {
				continue
			}
			hint, severity = "see "+place(t.step), Warning
			if t.step.Pipeline != s.Pipeline { // each may stand without the other
				severity = Note
			}
		}
		w.report(severity, s, s.Pos, Unreachable, hint, "the step never runs, since steps before it refuse such rules or change their log source%s", words)
	}
	return false
}

// conditions reports conditions on items and fields that never hold.
func (w *walker) conditions(s *pipeline.Step) {
	if s.Item != nil && !w.possible([]goal{{s.Item, true, "item"}}, allSources) {
		w.report(Error, s, s.Pos, Unreachable, "", "the conditions on items contradict each other, so the step does nothing")
	}
	if s.Field != nil && !w.anyField(s.Field) {
		w.report(Error, s, s.Pos, Unreachable, "", "the conditions on field names contradict each other, so the step does nothing")
	}
}

// entries reports the entries of a mapping that have no effect.
func (w *walker) entries(s *pipeline.Step, f flow) {
	if !isMapping(s) {
		return
	}
	for _, n := range s.Entries {
		if !isPrefix(s) && w.fieldAnswer(s.Field, n.Key) == no {
			w.report(Warning, s, n.Pos, Unreachable, "", "the conditions of the step leave out the field %q, so this has no effect", n.Key)
			continue
		}
		l := f.fields.of[mark(s, n.Key)]
		if l == nil || len(f.sources) == 0 || len(w.and(l.where, f.sources)) > 0 || w.left <= 0 {
			continue
		}
		what := "the field %q has"
		if isPrefix(s) {
			what = "the fields that begin with %q have"
		}
		w.report(Warning, s, n.Pos, Shadowed, "see "+w.culprits(l, f.sources), what+" another name by now, so this has no effect", n.Key)
	}
}

func isPrefix(s *pipeline.Step) bool { return s.Type == "field_name_prefix_mapping" }

// culprits names what took the name from a field, for rules of a region.
func (w *walker) culprits(gone *life, r region) string {
	var parts []string
	for _, l := range gone.by {
		text := l.pos.String()
		if len(w.and(l.where, r)) > 0 && !slices.Contains(parts, text) && len(parts) < 3 {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " and ")
}
