package pipeline

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A Step is what a pipeline's file says of one step.
type Step struct {
	StepRef
	Rule    *Condition // the rule must meet it; nil: every rule does
	Item    *Condition // so must an item
	Field   *Condition // so must the name of a field
	Params  []Param    // of the transformation, in the order of the file
	Entries []Entry    // of its table, where it has one
	Steps   []Step     // of nest
}

// A Condition is one condition of a step, or several that are joined.
type Condition struct {
	Op     string // and, or, not; "" for a single one
	Parts  []*Condition
	Type   string // of a single one
	Params []Param
	Pos    sigma.Pos // of a single one
}

// A Param is a parameter with its value.
type Param struct {
	Name  string
	Pos   sigma.Pos // of the name
	Value Value
}

// A Value is what YAML has as a value: a scalar, a list or a mapping.
type Value struct {
	Pos  sigma.Pos
	Kind ValueKind
	Text string // of a scalar
	Tag  string // of a scalar: !!str, !!int, !!bool, !!null ...
	List []Value
	Map  []Param
}

// A ValueKind says what a value is.
type ValueKind uint8

// The kinds of values.
const (
	Scalar ValueKind = iota
	List
	Map
)

// Texts returns the scalars of a value, which is one or a list of them.
func (v Value) Texts() []string {
	if v.Kind == Scalar {
		return []string{v.Text}
	}
	var out []string
	for _, u := range v.List {
		out = append(out, u.Texts()...)
	}
	return out
}

// find returns the value of a parameter.
func findParam(params []Param, name string) (Value, bool) {
	for _, p := range params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return Value{}, false
}

// Param returns the value of a parameter of the transformation.
func (s *Step) Param(name string) (Value, bool) { return findParam(s.Params, name) }

// Param returns the value of a parameter of the condition.
func (c *Condition) Param(name string) (Value, bool) { return findParam(c.Params, name) }

// Text returns the scalar of a parameter of the condition, or "".
func (c *Condition) Text(name string) string {
	v, _ := c.Param(name)
	return v.Text
}

// Text returns the scalar of a parameter of the transformation, or "".
func (s *Step) Text(name string) string {
	v, _ := s.Param(name)
	return v.Text
}

// Steps returns the steps of a pipeline or a chain as their files have them,
// in the order in which they run.
func (p *Pipeline) Steps() []Step {
	if p == nil {
		return nil
	}
	var d describer
	return d.steps(p.list.steps)
}

// Vars returns the values of the pipeline's variables.
func (p *Pipeline) Vars() map[string][]string {
	if p == nil {
		return nil
	}
	out := make(map[string][]string, len(p.vars))
	for name, values := range p.vars {
		out[name] = slices.Clone(values)
	}
	return out
}

// Variables returns what the files of the pipeline or the chain say of its
// variables, which may be more than the values that placeholders get. Of two
// with one name in a chain the last counts.
func (p *Pipeline) Variables() []Param {
	var out []Param
	for _, part := range p.Parts() {
		if part.varNode == nil {
			continue
		}
		d := describer{&parser{file: part.pos.File, fileOf: part.fileOf}}
		if m := d.mapping(part.varNode, "the variables"); m != nil {
			out = append(out, d.params(m, 0)...)
		}
	}
	return out
}

// Pos returns the beginning of the pipeline's file, or of the first file of a
// chain.
func (p *Pipeline) Pos() sigma.Pos {
	if p == nil {
		return sigma.Pos{}
	}
	for _, part := range p.Parts() {
		return sigma.Pos{File: part.pos.File, Line: 1, Col: 1}
	}
	return sigma.Pos{}
}

// Targets returns the backends that the pipeline is for, as its file names
// them; nil: all.
func (p *Pipeline) Targets() []string {
	if p == nil {
		return nil
	}
	return slices.Clone(p.backends)
}

// A describer copies YAML as far as it is bounded: aliases may stand for more
// than there is memory.
type describer struct{ *parser }

const maxValueDepth = 32

func (d *describer) steps(steps []*step) []Step {
	out := make([]Step, len(steps))
	for i, s := range steps {
		out[i] = d.step(s)
	}
	return out
}

// step describes a step of the transformations.
func (d *describer) step(s *step) Step {
	n, nested := s.do.(nest)
	out := d.whole(s, "items", nested)
	if nested {
		out.Steps = d.steps(n.steps)
	}
	if t, ok := s.do.(entered); ok {
		out.Entries = slices.Clone(t.entryList())
	}
	return out
}

// whole reads the step's part of the file once more, for what it says rather
// than for what it does. The steps in a nested one are behind a key that is no
// parameter.
func (d *describer) whole(s *step, items string, nested bool) Step {
	out, m := d.head(s)
	if m == nil {
		return out
	}
	m.take("id")
	m.take("type")
	if nested {
		m.take(items)
	}
	out.Params = d.params(m, 0)
	return out
}

// conditions reads only the conditions of a step.
func (d *describer) conditions(s *step) Step {
	out, _ := d.head(s)
	return out
}

// head reads the conditions, and returns the mapping with the rest.
func (d *describer) head(s *step) (Step, *params) {
	out := Step{StepRef: s.ref()}
	if d.parser == nil || d.file != s.pos.File {
		d.parser = &parser{file: s.pos.File, fileOf: s.fileOf}
	}
	m := d.mapping(s.node, "the step")
	if m == nil {
		return out, nil
	}
	out.Rule = describeConds(m, "rule", ruleConds.table)
	out.Item = describeConds(m, "detection_item", itemConds.table)
	out.Field = describeConds(m, "field_name", fieldConds.table)
	return out, m
}

// describeConds returns the conditions of one kind.
func describeConds[C any](m *params, kind string, table []condition[C]) *Condition {
	k := condKind[*Condition]{
		all: func(cs []*Condition) *Condition { return joined("and", cs) },
		any: func(cs []*Condition) *Condition { return joined("or", cs) },
		not: func(c *Condition) *Condition { return joined("not", []*Condition{c}) },
	}
	for _, def := range table {
		k.table = append(k.table, condition[*Condition]{name: def.name, make: func(p *params) *Condition {
			d := &describer{p.parser}
			return &Condition{Type: def.name, Params: d.params(p, 0), Pos: p.pos}
		}})
	}
	return readConds(m, kind, k)
}

func joined(op string, cs []*Condition) *Condition {
	return &Condition{Op: op, Parts: slices.Clone(cs)}
}

// params returns the parameters that nobody took yet.
func (d *describer) params(m *params, depth int) []Param {
	var out []Param
	for i := range m.keys {
		k := &m.keys[i]
		if k.used {
			continue
		}
		k.used = true
		out = append(out, Param{Name: k.name, Pos: k.pos, Value: d.value(k.node, depth+1)})
	}
	return out
}

// value copies a value. What is too deep or too much is three dots.
func (d *describer) value(n *yaml.Node, depth int) Value {
	n = d.deref(n)
	v := Value{Pos: d.at(n)}
	switch {
	case depth > maxValueDepth || d.nodes >= maxNodes:
		v.Text = "…"
	case n.Kind == yaml.SequenceNode:
		v.Kind = List
		for _, c := range n.Content {
			v.List = append(v.List, d.value(c, depth+1))
		}
	case n.Kind == yaml.MappingNode:
		v.Kind = Map
		if m := d.mapping(n, "the value"); m != nil {
			v.Map = d.params(m, depth)
		}
	default:
		v.Text, v.Tag = n.Value, n.Tag
	}
	return v
}
