package pipeline

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// conditionalMapping is field_name_mapping with names that depend on the
// event, by the value of another field, or on the rule's log source.
type conditionalMapping struct {
	fields map[string]*choice
	asked  []string // the fields whose values choices depend on
}

// A choice is the names that one field has.
type choice struct {
	pos     sigma.Pos
	fields  []string                             // whose values it depends on, in the order of the file
	values  map[string]map[string][]string       // names by such a field and its value
	sources [len(attributes)]map[string][]string // names by an attribute of the log source
	names   []string                             // where nothing else holds; nil: the field keeps its own
}

// attributes are those of a log source that a choice may depend on, the most
// specific first: it decides where several hold.
var attributes = [...]string{"service", "category", "product"}

func makeConditionalMapping(p *params, _ *step) transformation {
	n := p.need("mapping")
	if n == nil {
		return nil
	}
	m := p.mapping(n, `"mapping"`)
	if m == nil {
		return nil
	}
	if len(m.keys) == 0 {
		p.fail(p.at(n), sigma.BadPipeline, "", `"mapping" must not be empty`)
	}
	t := &conditionalMapping{fields: make(map[string]*choice)}
	for _, k := range m.keys {
		if k.name == "" {
			p.fail(k.pos, sigma.BadPipeline, "", "keywords have no names that depend on anything")
			continue
		}
		c := &choice{pos: k.pos}
		if k.node.Kind == yaml.MappingNode {
			c.read(p, k)
		} else {
			c.names = namesOf(m, k)
		}
		t.fields[k.name] = c
		for _, f := range c.fields {
			if !slices.Contains(t.asked, f) {
				t.asked = append(t.asked, f)
			}
		}
	}
	return t
}

// namesOf reads the names behind a key.
func namesOf(p *params, k key) []string {
	names := p.texts(k.node, k.name)
	checkNames(p, pair{key: k.name, pos: k.pos, values: names, list: k.node.Kind == yaml.SequenceNode})
	return names
}

// read reads a mapping from conditions to names: field=value,
// service=value and so on, and default.
func (c *choice) read(p *params, k key) {
	m := p.mapping(k.node, "the names of "+k.name)
	if len(m.keys) == 0 {
		p.fail(k.pos, sigma.BadPipeline, "", "the field %q has no new name", k.name)
	}
	for _, cond := range m.keys {
		names := namesOf(m, cond)
		if cond.name == "default" {
			c.names = names
			continue
		}
		field, value, ok := strings.Cut(cond.name, "=")
		if !ok || field == "" || value == "" || strings.Contains(value, "=") {
			p.fail(cond.pos, sigma.BadPipeline, near(cond.name, []string{"default"}, "write field=value, service=value, category=value, product=value or default"), "%q is no condition on the names of a field", cond.name)
			continue
		}
		if i := slices.Index(attributes[:], field); i >= 0 {
			put(&c.sources[i], value, names)
			continue
		}
		if c.values == nil {
			c.values = make(map[string]map[string][]string)
		}
		of := c.values[field]
		if of == nil {
			c.fields = append(c.fields, field)
		}
		plain, _ := plainValue(testOf(sigma.Value{Text: value}))
		put(&of, plain, slices.Concat(of[plain], names)) // 1 and 01 are the same number
		c.values[field] = of
	}
}

func put(m *map[string][]string, key string, names []string) {
	if *m == nil {
		*m = make(map[string][]string)
	}
	(*m)[key] = names
}

// otherwise returns the names where no value decides: those for the log
// source as the rule says it, or as steps made it, or those for none.
func (c *choice) otherwise(w *run) []string {
	l := &w.rule.LogSource
	sources := []*sigma.LogSource{l}
	if w.rule.Source != nil {
		sources = []*sigma.LogSource{&w.rule.Source.LogSource, l}
	}
	for _, l := range sources {
		for i, value := range [len(attributes)]string{l.Service, l.Category, l.Product} {
			if names := c.sources[i][value]; names != nil {
				return names
			}
		}
	}
	return c.names
}

// A named is the names that a field has where a condition holds.
type named struct {
	names []string
	where *ir.Match // nil: everywhere
}

// among returns the names that the field may have where g is known. That
// it depends on two fields at once is not ok.
func (c *choice) among(w *run, g given) (all []named, ok bool) {
	rest := c.otherwise(w)
	for _, field := range c.fields {
		groups := c.groups(field, g[field], rest)
		if len(groups) == 1 && !c.hit(field, g[field]) {
			continue
		}
		if all != nil {
			if len(all) != 1 || len(groups) != 1 {
				return nil, false
			}
			all[0].names = union(all[0].names, groups[0].names)
			continue
		}
		all = groups
	}
	if all == nil {
		all = []named{{names: rest}}
	}
	return all, true
}

// hit reports whether some value of the field decides the name.
func (c *choice) hit(field string, tests []ir.Test) bool {
	return slices.ContainsFunc(tests, func(t ir.Test) bool {
		v, _ := plainValue(t)
		return c.values[field][v] != nil
	})
}

// groups puts together the values that give the same names.
func (c *choice) groups(field string, tests []ir.Test, rest []string) []named {
	var all []named
	for _, t := range tests {
		v, _ := plainValue(t)
		names := c.values[field][v]
		if names == nil {
			names = rest
		}
		i := slices.IndexFunc(all, func(n named) bool { return slices.Equal(n.names, names) })
		if i < 0 {
			i = len(all)
			all = append(all, named{names: names, where: &ir.Match{Pos: t.Position(), Field: field}})
		}
		if m := all[i].where; m.Test == nil {
			m.Test = t
		} else {
			m.Test = ir.AnyTest(m.Test, t)
		}
	}
	switch len(all) {
	case 0:
		return []named{{names: rest}}
	case 1:
		all[0].where = nil
	}
	return all
}

// union returns the names of both lists.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
