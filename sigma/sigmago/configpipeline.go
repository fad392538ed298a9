package sigmago

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// Pipeline returns what a chain of configurations says as one pipeline. They
// are taken by their order, and as they are given where that is equal. As in
// the legacy sigmac, the log sources of all of them come before the names of
// fields, so that names apply to the conditions of every log source. The error
// is an ErrorList with places in the files.
//
// A log source is matched by the attributes that the rule has, or that an
// earlier log source rewrote; the conditions of all that match are joined as
// logsourcemerging says. Indices become a condition on index for Splunk, the
// state index for Elastic, and tables for Kusto; defaultindex is the index of
// rules that no log source has one for.
//
// Some things are different, because the legacy sigmac's queries would not
// have meant what was written:
//
//   - A field with several names is absent where all of them are.
//   - A name under a condition such as EventID=1 is taken where what must hold
//     beside the item says so, lists of values and conditions of log sources
//     included. See conditional_field_mapping in package pipeline.
//   - Names under a condition may stand in every configuration of a chain, but
//     not on a field that an earlier one calls something else.
//   - Several log sources may rewrite the same rule, one after the other.
//   - The default index is the last that some configuration has.
func Pipeline(configs ...*Config) (*pipeline.Pipeline, error) {
	if len(configs) == 0 {
		return nil, nil
	}
	configs = slices.Clone(configs)
	slices.SortStableFunc(configs, func(a, b *Config) int { return cmp.Compare(a.Order, b.Order) })
	return pipelineOf(configs, configs)
}

// pipelineOf is Pipeline for a part of a chain. What indices are to the targets
// is in the pipeline of the last part, for all of the chain: all.
func pipelineOf(configs, all []*Config) (*pipeline.Pipeline, error) {
	b := &builder{files: make(map[*yaml.Node]*sigma.File), all: all}
	root := b.root(configs)
	if len(b.errs) > 0 {
		b.errs.Sort()
		return nil, b.errs
	}
	return pipeline.ParseTree(configs[0].Name, root, func(n *yaml.Node) *sigma.File {
		if f := b.files[n]; f != nil {
			return f
		}
		return configs[0].file
	})
}

// root writes the pipeline.
func (b *builder) root(configs []*Config) *yaml.Node {
	names := make([]string, len(configs))
	var steps []*yaml.Node
	for i, c := range configs {
		names[i] = c.Title
	}
	steps = append(steps, b.sources(configs)...)
	for _, c := range configs {
		steps = append(steps, b.values(c)...)
		steps = append(steps, b.fields(c)...)
	}
	if configs[len(configs)-1] == b.all[len(b.all)-1] {
		steps = append(steps, b.indices()...)
	}

	b.on(configs[0], nil)
	priority := b.text(strconv.Itoa(configs[0].Order))
	priority.Tag = "!!int"
	pairs := []pair{{"name", b.text(strings.Join(names, ", "))}, {"priority", priority}}
	if targets := b.targets(configs); targets != nil {
		pairs = append(pairs, pair{"allowed_backends", b.on(configs[0], nil).texts(targets)})
	}
	if vars := b.vars(configs); vars != nil {
		pairs = append(pairs, pair{"vars", vars})
	}
	return b.mapping(append(pairs, pair{"transformations", b.list(steps...)})...)
}

// sources writes the steps for the log sources of all configurations.
func (b *builder) sources(configs []*Config) []*yaml.Node {
	either := ""
	for _, c := range b.all {
		if m := c.merging.node; m != nil && either == "" {
			either = strings.ToLower(m.Value)
		}
	}
	var steps []*yaml.Node
	for _, c := range configs {
		for _, s := range c.sources {
			b.on(c, s.at)
			if items := b.source(c, s, either == "or"); items != nil {
				steps = append(steps, b.step("nest", pair{"id", b.text(s.name)}, pair{"rule_conditions", b.matches(c, s)}, pair{"items", b.list(items...)}))
			}
		}
	}
	if either == "or" && steps != nil {
		steps = append(steps, b.step("require_alternative"))
	}
	return steps
}

// matches writes the condition that a rule has the attributes of a log source.
func (b *builder) matches(c *Config, s source) *yaml.Node {
	l := c.read.Logsources[s.name]
	return b.list(b.step("logsource", b.attributes(l.Category, l.Product, l.Service)...))
}

// attributes writes those of a log source that are not empty.
func (b *builder) attributes(category, product, service string) []pair {
	var out []pair
	for _, a := range [...][2]string{{"category", category}, {"product", product}, {"service", service}} {
		if a[1] != "" {
			out = append(out, pair{a[0], b.text(a[1])})
		}
	}
	return out
}

// source writes what a log source does to a rule.
func (b *builder) source(c *Config, s source, either bool) []*yaml.Node {
	var items []*yaml.Node
	l := c.read.Logsources[s.name]
	if n := s.conditions.node; n != nil && len(n.Content) > 0 {
		kind := "add_condition"
		if either {
			kind = "add_alternative"
		}
		// The values are those of the file: sigma-go would make an octal number of 010.
		items = append(items, b.on(c, s.conditions.at).step(kind, pair{"conditions", b.own(n)}))
	}
	if len(l.Index) > 0 {
		items = append(items, b.on(c, s.index.at).step("add_index", pair{"index", b.texts(l.Index)}))
	}
	if n := s.search.node; n != nil {
		items = append(items, b.on(c, s.search.at).step("add_query", pair{"query", b.own(n)}))
	}
	if s.rewrite.node != nil {
		b.on(c, s.rewrite.at)
		items = append(items, b.step("change_logsource", b.attributes(l.Rewrite.Category, l.Rewrite.Product, l.Rewrite.Service)...))
	}
	b.on(c, s.at)
	return items
}

// fields writes the step for the names of fields.
func (b *builder) fields(c *Config) []*yaml.Node {
	if len(c.fields) == 0 {
		return nil
	}
	kind := "field_name_mapping"
	b.on(c, c.fields[0].at)
	mapping := b.mapping()
	for _, f := range c.fields {
		b.on(c, f.at)
		names := b.texts(c.read.FieldMappings[f.name].TargetNames)
		if f.node.Kind == yaml.MappingNode {
			kind = "conditional_field_mapping"
			names = b.own(f.node)
			b.ask(f, b.all[:slices.Index(b.all, c)])
		}
		mapping.Content = append(mapping.Content, b.text(f.name), names)
	}
	return []*yaml.Node{b.on(c, c.fields[0].at).step(kind, pair{"mapping", mapping})}
}

// ask reports names that depend on a field which another configuration has
// already called something else.
func (b *builder) ask(f key, before []*Config) {
	for i := 0; i < len(f.node.Content); i += 2 {
		cond := f.node.Content[i]
		field, _, _ := strings.Cut(cond.Value, "=")
		for _, c := range before {
			j := slices.IndexFunc(c.fields, func(g key) bool { return g.name == field })
			if j < 0 {
				continue
			}
			b.errs = append(b.errs, &sigma.Error{
				Pos: sigma.Pos{File: b.file, Line: cond.Line, Col: cond.Column}, Code: sigma.BadPipeline,
				Msg:  fmt.Sprintf("the name depends on %s, which has another name by then", field),
				Hint: fmt.Sprintf("%s gives it one in line %d; name that one here", c.Name, c.fields[j].at.Line),
			})
		}
	}
}

// values writes the step that fills placeholders.
func (b *builder) values(c *Config) []*yaml.Node {
	n := c.values.node
	if n == nil || len(n.Content) == 0 {
		return nil
	}
	var names []string
	for i := 0; i < len(n.Content); i += 2 {
		names = append(names, n.Content[i].Value)
	}
	b.on(c, c.values.at)
	return []*yaml.Node{b.step("value_placeholders", pair{"include", b.texts(names)})}
}

// vars writes the values of placeholders; where several configurations have
// some for one, those of the last.
func (b *builder) vars(configs []*Config) *yaml.Node {
	var out *yaml.Node
	for _, c := range slices.Backward(configs) {
		if c.values.node == nil {
			continue
		}
		b.on(c, c.values.at)
		if out == nil {
			out = b.mapping()
		}
		n := b.own(c.values.node)
		for i := 0; i < len(n.Content); i += 2 {
			if find(out, n.Content[i].Value) == nil {
				out.Content = append(out.Content, n.Content[i], n.Content[i+1])
			}
		}
	}
	return out
}

// indices writes the steps for the default index, and for what the indices of
// the chain are to the targets.
func (b *builder) indices() []*yaml.Node {
	var steps []*yaml.Node
	for _, c := range slices.Backward(b.all) {
		if c.index != nil {
			b.on(c, c.indexKey.at)
			otherwise := b.text("true")
			otherwise.Tag = "!!bool"
			steps = append(steps, b.step("add_index", pair{"index", b.texts(c.index)}, pair{"otherwise", otherwise}))
			break
		}
	}
	found := steps != nil
	for _, c := range b.all {
		if i := slices.IndexFunc(c.sources, func(s source) bool { return s.index.node != nil }); i >= 0 && !found {
			b.on(c, c.sources[i].index.at)
			found = true
		}
	}
	if !found {
		return nil
	}
	only := func(target string) pair {
		return pair{"rule_conditions", b.list(b.step("target", pair{"targets", b.list(b.text(target))}))}
	}
	return append(steps, b.step("index_condition", pair{"field", b.text("index")}, only("splunk")), b.step("index_table", only("kusto")))
}
