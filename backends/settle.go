package backends

import (
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A setting is one that a document has for itself.
type setting struct {
	sigma.Pos
	name, value string
}

// settings are those of the documents on the way from what is deployed to a rule
// of it: what documents say themselves, and what is said of them, which goes
// before all of it. Later ones go before earlier ones.
type settings struct {
	own, given []setting
}

// settle gives a job its settings: those of the compiler and, where the format
// has content, those of the document.
func (c *Compiler) settle(j *emit.Job, m *sigma.Meta) settings {
	j.Settings = c.settings
	if c.format.Content == nil {
		return settings{}
	}
	s := settings{c.own(j, m), c.given(m)}
	j.Settings = c.settled(m, s)
	return s
}

// settled returns what settings come to in what is deployed for a document.
func (c *Compiler) settled(deployed *sigma.Meta, s settings) map[string]string {
	out := maps.Clone(c.settings)
	if out == nil {
		out = make(map[string]string)
	}
	maps.Copy(out, c.override.Levels[deployed.EffectiveLevel()])
	for _, x := range slices.Concat(s.own, s.given) {
		out[x.name] = x.value
	}
	return out
}

// given returns the settings that are given for a document.
func (c *Compiler) given(m *sigma.Meta) []setting {
	var out []setting
	for _, name := range []string{m.Title, m.Name, m.ID} {
		if name == "" {
			continue
		}
		values := c.override.Rules[foldID(name)]
		for _, key := range slices.Sorted(maps.Keys(values)) {
			out = append(out, setting{m.Pos, key, values[key]})
		}
	}
	return out
}

// own returns the settings that the document has under the key of the target or
// its family. The other formats of the family share the key: what only they have
// is passed over.
func (c *Compiler) own(j *emit.Job, m *sigma.Meta) []setting {
	var out []setting
	for _, key := range m.Custom {
		if key.Name != c.backend.Name && key.Name != c.backend.Family || key.Value.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(key.Value.Content); i += 2 {
			name, value := key.Value.Content[i], key.Value.Content[i+1]
			pos := key.Pos
			pos.Line, pos.Col = name.Line, name.Column
			if value.Kind != yaml.ScalarNode {
				j.Fail(pos, sigma.BadSetting, "", "the setting %s must be one value", name.Value)
				continue
			}
			known := c.setting(name.Value)
			switch {
			case known == nil && familyHas(c.backend, name.Value):
				continue
			case known != nil && known.Given:
				j.Fail(pos, sigma.BadSetting, "give it with the other settings, or with those for this rule", "a rule cannot have the setting %s under its own key", name.Value)
				continue
			}
			if err := checkSetting(c.backend, c.format, name.Value, value.Value); err != nil {
				j.Fail(pos, err.Code, err.Hint, "%s", err.Msg)
				continue
			}
			out = append(out, setting{pos, name.Value, value.Value})
		}
	}
	return out
}

// setting returns a setting of the backend or the format, or nil.
func (c *Compiler) setting(name string) *emit.Setting {
	if s := c.backend.Setting(name); s != nil {
		return s
	}
	return c.format.Setting(name)
}

// events prepares the queries of the rules that a correlation refers to, by
// itself or by way of others. outer are the settings of what refers to it, and
// its own.
func (c *Compiler) events(j *emit.Correlating, x *ir.Correlation, outer settings) {
	for _, m := range x.Members {
		if m.Correlation != nil {
			meta := &m.Correlation.Source.Meta
			c.events(j, m.Correlation, c.inside(j, j.Job, meta, outer))
			continue
		}
		e := &emit.Event{Job: &emit.Job{Backend: c.backend, Rule: m.Rule, Format: c.format, Settings: j.Settings}}
		j.Events[m] = e
		if c.format.Content != nil {
			e.Settings = c.settled(&j.Correlation.Source.Meta, c.inside(j, e.Job, &m.Rule.Source.Meta, outer))
		}
		j.Inside[m] = e.Settings
		c.event(e)
	}
}

// inside adds to settings those of a document inside a correlation that say how
// its part of the query is written. Of those that are of the whole query it
// warns; the others are about how a document is deployed, which this one is not
// here. What is wrong goes to the job.
func (c *Compiler) inside(whole *emit.Correlating, j *emit.Job, m *sigma.Meta, outer settings) settings {
	if c.format.Content == nil {
		return outer
	}
	part := func(list []setting) []setting {
		var out []setting
		for _, s := range list {
			switch known := c.setting(s.name); {
			case known.Whole && s.value != whole.Setting(s.name):
				j.Warn(s.Pos, sigma.NotEvaluated, fmt.Sprintf("write it to %q for all of its rules", whole.Correlation.Source.Title),
					"inside the correlation the setting %s has no bearing: a query has one for all that it searches, here %q", s.name, whole.Setting(s.name))
			case !known.Whole && c.backend.Setting(s.name) != nil:
				out = append(out, s)
			}
		}
		return out
	}
	return settings{slices.Concat(outer.own, part(c.own(j, m))), slices.Concat(outer.given, part(c.given(m)))}
}
