package lint

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// eachCondition calls f for every single condition of a step.
func eachCondition(s *pipeline.Step, f func(*pipeline.Condition)) {
	var walk func(*pipeline.Condition)
	walk = func(c *pipeline.Condition) {
		if c == nil {
			return
		}
		if c.Op == "" {
			f(c)
		}
		for _, p := range c.Parts {
			walk(p)
		}
	}
	walk(s.Rule)
	walk(s.Item)
	walk(s.Field)
}

// ids checks the ids that conditions name: a step with that id must have run
// before. One that is around the condition has not run to its end.
func (c *checker) ids() {
	var all []string
	first := make(map[string]*pipeline.Step)
	c.ended(func(s *pipeline.Step) {
		if s.ID != "" && first[s.ID] == nil {
			first[s.ID] = s
			all = append(all, s.ID)
		}
	}, func(*pipeline.Step) {})
	ran := make(map[string]bool)
	c.ended(func(s *pipeline.Step) {
		eachCondition(s, func(cond *pipeline.Condition) {
			id := cond.Text("processing_item_id")
			if cond.Type != "processing_item_applied" || ran[id] {
				return
			}
			if first[id] == nil {
				c.report(Error, s, cond.Pos, UnknownStep, near(id, all), "no step has the id %q", id)
				return
			}
			c.report(Error, s, cond.Pos, UnknownStep, "see "+first[id].Pos.String(), "the step %q has not run yet when the condition asks for it", id)
		})
	}, func(s *pipeline.Step) {
		if s.ID != "" {
			ran[s.ID] = true
		}
	})
}

// ended calls begin for each step and each item of postprocessing, in the order
// in which they run, and end when it, with those in it, has run.
func (c *checker) ended(begin, end func(*pipeline.Step)) {
	var walk func(steps []pipeline.Step)
	walk = func(steps []pipeline.Step) {
		for i := range steps {
			begin(&steps[i])
			walk(steps[i].Steps)
			end(&steps[i])
		}
	}
	walk(c.steps)
	walk(c.posts)
}

// A setting is a value of the state that a step sets.
type setting struct {
	step  *pipeline.Step
	value string
}

// state checks what is set and what is asked for.
func (c *checker) state() {
	set, read := make(map[string][]setting), make(map[string]bool)
	for _, key := range c.options.StateRead {
		read[key] = true
	}
	c.ended(func(s *pipeline.Step) {
		for key, cond := range stateRead(s) {
			read[key] = true
			if cond != nil && !slices.Contains(c.options.StateSet, key) {
				c.asked(s, cond, key, set[key])
			}
		}
		for key, value := range stateSet(s) {
			set[key] = append(set[key], setting{s, value})
		}
	}, func(*pipeline.Step) {})
	for _, key := range slices.Sorted(maps.Keys(set)) {
		for _, st := range set[key] {
			if !read[key] && !c.templates && st.step.Type != "set_table" {
				c.report(Warning, st.step, st.step.Pos, StateNotRead, "what is read elsewhere: "+strings.Join(c.options.StateRead, ", "), "the state %q is set, and nothing reads it", key)
			}
		}
	}
}

// stateRead returns the keys of the state that a step asks for, with the
// condition that does, or nil where the step itself does.
func stateRead(s *pipeline.Step) iter.Seq2[string, *pipeline.Condition] {
	return func(yield func(string, *pipeline.Condition) bool) {
		done := false
		eachCondition(s, func(c *pipeline.Condition) {
			if c.Type == "processing_state" && !done {
				done = !yield(c.Text("key"), c)
			}
		})
		switch s.Type {
		case "add_index", "index_condition", "index_table":
			if !done {
				yield("index", nil)
			}
		}
	}
}

// State returns the keys of the state that the steps of a pipeline set and
// those that they ask for, sorted.
func State(p *pipeline.Pipeline) (set, read []string) {
	newChecker(p).ended(func(s *pipeline.Step) {
		for key := range stateRead(s) {
			read = append(read, key)
		}
		for key := range stateSet(s) {
			set = append(set, key)
		}
	}, func(*pipeline.Step) {})
	slices.Sort(set)
	slices.Sort(read)
	return slices.Compact(set), slices.Compact(read)
}

// asked reports a condition on state that cannot hold.
func (c *checker) asked(s *pipeline.Step, cond *pipeline.Condition, key string, before []setting) {
	if len(before) > 0 {
		return
	}
	later := ""
	c.each(func(o *pipeline.Step, _ []*pipeline.Step) {
		if _, ok := stateSet(o)[key]; ok && later == "" {
			later = "it is set later, by " + place(o)
		}
	})
	c.report(Error, s, cond.Pos, StateNotSet, later, "no step before sets the state %q, so the condition never holds", key)
}

// stateSet returns what a step puts into the state.
func stateSet(s *pipeline.Step) map[string]string {
	switch s.Type {
	case "set_state":
		v, _ := s.Param("val")
		return map[string]string{s.Text("key"): strings.Join(v.Texts(), ",")}
	case "add_index":
		v, _ := s.Param("index")
		return map[string]string{"index": strings.Join(v.Texts(), ",")}
	case "index_table":
		return map[string]string{"query_table": ""}
	case "set_table":
		return map[string]string{"query_table": s.Text("table")}
	}
	return nil
}

// variables checks placeholders: those that a step adds or asks for, and the
// variables that could fill them.
func (c *checker) variables() {
	vars := c.pipeline.Vars()
	all := slices.Sorted(maps.Keys(vars))
	filled := make(map[string]bool) // by variables
	everything := false
	c.each(func(s *pipeline.Step, _ []*pipeline.Step) {
		if s.Type != "value_placeholders" {
			return
		}
		names, ok := s.Param("include")
		everything = everything || !ok
		for _, v := range valuesOf(names) {
			if filled[v.Text] = true; vars[v.Text] == nil {
				c.report(Error, s, v.Pos, UnknownVariable, near(v.Text, all), "there is no variable %q, so every rule with that placeholder is refused", v.Text)
			}
		}
	})
	for _, v := range c.pipeline.Variables() {
		if !everything && !filled[v.Name] && !c.templates {
			c.report(Warning, nil, v.Pos, UnusedVariable, "value_placeholders does that", "no step fills placeholders with the variable %q", v.Name)
		}
	}
	c.unfilled()
}

// unfilled reports placeholders that add_condition adds and that no step
// behind it replaces.
func (c *checker) unfilled() {
	type added struct {
		step *pipeline.Step
		pos  sigma.Pos
		name string
	}
	var open []added
	c.each(func(s *pipeline.Step, _ []*pipeline.Step) {
		if strings.HasSuffix(s.Type, "_placeholders") {
			open = slices.DeleteFunc(open, func(a added) bool { return fills(s, a.name) })
		}
		eachAdded(s, func(v pipeline.Value, name string) { open = append(open, added{s, v.Pos, name}) })
	})
	for _, a := range open {
		c.report(Error, a.step, a.pos, NotFilled, "", "no step behind this one fills the placeholder %q", a.name)
	}
}

// eachAdded calls f for the placeholders that a step adds, with their values.
func eachAdded(s *pipeline.Step, f func(v pipeline.Value, name string)) {
	if s.Type != "add_condition" && s.Type != "add_alternative" {
		return
	}
	conditions, _ := s.Param("conditions")
	for _, p := range conditions.Map {
		if !strings.Contains(p.Name, "|expand") {
			continue
		}
		for _, v := range valuesOf(p.Value) {
			for _, name := range ir.PlaceholderNames(v.Text) {
				f(v, name)
			}
		}
	}
}

// fills reports whether a step replaces a placeholder.
func fills(s *pipeline.Step, name string) bool {
	if v, ok := s.Param("include"); ok {
		return slices.Contains(v.Texts(), name)
	}
	v, _ := s.Param("exclude")
	return !slices.Contains(v.Texts(), name)
}

// valuesOf returns the scalars of a value.
func valuesOf(v pipeline.Value) []pipeline.Value {
	if v.Kind == pipeline.Scalar {
		if v.Text == "" {
			return nil
		}
		return []pipeline.Value{v}
	}
	return v.List
}
