package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// A finalType is one type of finalizer, as lists of them print it.
type finalType struct {
	name, doc string
	make      func(*params) finalizer
}

// finalTypes returns the table of them. It is a function because nested names
// it.
func finalTypes() []finalType {
	return []finalType{
		{"concat", "all queries in one text, with a separator, a prefix and a suffix", makeConcat},
		{"json", "all queries as a list in JSON", makeJSONFinal},
		{"yaml", "all queries as a list in YAML", makeYAMLFinal},
		{"template", "a template of Jinja2 that sees all queries and the pipeline", makeFinalTemplate},
		{"nested", "a list of finalizers", makeNested},
	}
}

// A finalizer makes one text of all queries.
type finalizer interface {
	finish(*output) (string, error)
}

// A final is one finalizer and its place.
type final struct {
	pos    sigma.Pos
	kind   string
	from   string
	do     finalizer
	node   *yaml.Node // what the file says; for describe
	fileOf func(*yaml.Node) *sigma.File
}

// An output is all queries on their way through the finalizers: a list, or one
// text once a finalizer ran.
type output struct {
	queries []string
	text    string
	done    bool // text is what there is
	state   map[string]any
	differ  []string // what of the state is not the same for all rules
	vars    map[string]any
	at      *final
	bytes   int // that finalizers made so far
}

// finalizers reads a list of finalizers.
func (p *parser) finalizers(n *yaml.Node) []*final {
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		p.fail(p.at(n), sigma.BadPipeline, "", "the finalizers must be a list, not %s", kindOf(n))
		return nil
	}
	if p.depth++; p.depth > maxNest {
		p.fail(p.at(n), sigma.Limit, "", "the finalizers are nested more than %d deep", maxNest)
		return nil
	}
	defer func() { p.depth-- }()
	var out []*final
	for _, c := range n.Content {
		if p.steps++; p.steps > maxSteps {
			p.fail(p.at(c), sigma.Limit, "", "the pipeline has more than %d steps", maxSteps)
			return out
		}
		if f := p.finalizer(c); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// finalizer reads one finalizer.
func (p *parser) finalizer(n *yaml.Node) *final {
	m := p.mapping(n, "the finalizer")
	if m == nil {
		return nil
	}
	out := &final{pos: m.pos, from: p.from, node: n, fileOf: p.fileOf, kind: m.text("type")}
	if out.kind == "" {
		p.fail(m.pos, sigma.BadPipeline, "", "the finalizer has no type")
		return nil
	}
	var names []string
	for _, t := range finalTypes() {
		if names = append(names, t.name); t.name != out.kind {
			continue
		}
		m.what = "the finalizer " + t.name
		out.do = t.make(m)
		m.rest()
		return out
	}
	p.fail(p.at(m.take("type")), sigma.BadPipeline, p.nearItem(out.kind, names), "there is no finalizer %q", out.kind)
	return nil
}

// Finalizes reports whether the pipeline makes one text of all queries.
func (p *Pipeline) Finalizes() bool { return p != nil && len(p.finals) > 0 }

// A Collection collects queries for a pipeline's finalizers.
type Collection struct {
	p      *Pipeline
	vars   map[string]string
	texts  []string
	bytes  int
	state  map[string]any
	differ []string
	some   bool
}

// Collect returns a Collection without queries. vars are added to the
// pipeline's variables for templates.
func (p *Pipeline) Collect(vars map[string]string) *Collection {
	return &Collection{p: p, vars: maps.Clone(vars)}
}

// Add adds the queries of a rule, which is one that Apply returned, as
// Postprocess left them.
func (c *Collection) Add(r *ir.Rule, queries ...string) {
	for _, q := range queries {
		if c.bytes += len(q); c.bytes <= maxOutput {
			c.texts = append(c.texts, q)
		}
	}
	state := stateOfRule(r)
	if !c.some {
		c.state, c.some = state, true
		return
	}
	// What rules differ in has no one value behind all of them. pySigma takes
	// that of the last rule.
	differ := func(k string) {
		delete(c.state, k)
		c.differ = append(c.differ, k)
	}
	for k, v := range c.state {
		if w, ok := state[k]; !ok || !reflect.DeepEqual(v, w) {
			differ(k)
		}
	}
	for k := range state {
		if _, ok := c.state[k]; !ok && !slices.Contains(c.differ, k) {
			differ(k)
		}
	}
}

// Text returns what the finalizers make of the queries. The error is an
// ErrorList with the place of the finalizer.
func (c *Collection) Text() (string, error) {
	o := &output{queries: c.texts, state: c.state, differ: c.differ, vars: c.p.variables(c.vars)}
	if c.bytes > maxOutput {
		return "", sigma.ErrorList{{Pos: c.p.finals[0].pos, Code: sigma.Limit, Msg: fmt.Sprintf("the queries have more than %d bytes together, too many for finalizers", maxOutput)}}
	}
	if err := o.finish(c.p.finals); err != nil {
		return "", err
	}
	return o.text, nil
}

// finish runs finalizers in their order.
func (o *output) finish(list []*final) error {
	for _, f := range list {
		outer := o.at
		o.at = f
		text, err := f.do.finish(o)
		o.at = outer
		if o.bytes += len(text); err == nil && (len(text) > maxOutput || o.bytes > maxPasses*maxOutput) {
			err = pydata.ErrTooLong
		}
		if inner := (sigma.ErrorList)(nil); errors.As(err, &inner) {
			return inner
		}
		if err != nil {
			return sigma.ErrorList{{Pos: f.pos, Code: sigma.BadPipeline, Msg: fmt.Sprintf("the finalizer %s of pipeline %q cannot be used: %s", f.kind, f.from, err)}}
		}
		o.text, o.done = text, true
	}
	return nil
}

// concat joins the queries.
type concat struct{ separator, prefix, suffix string }

func makeConcat(p *params) finalizer {
	t := concat{separator: "\n", prefix: p.text("prefix"), suffix: p.text("suffix")}
	if n := p.take("separator"); n != nil {
		t.separator = p.scalar(n, "separator")
	}
	return t
}

func (t concat) finish(o *output) (string, error) {
	if o.done { // pySigma joins its characters
		return t.prefix + o.text + t.suffix, nil
	}
	size := len(t.prefix) + len(t.suffix)
	for _, q := range o.queries {
		size += len(q) + len(t.separator)
	}
	if size > maxOutput {
		return "", pydata.ErrTooLong
	}
	return t.prefix + strings.Join(o.queries, t.separator) + t.suffix, nil
}

// jsonFinal writes JSON.
type jsonFinal struct{ indent int }

func makeJSONFinal(p *params) finalizer { return jsonFinal{p.indent(-1)} }

// indent reads the indentation, which may be null.
func (p *params) indent(otherwise int) int {
	n := p.take("indent")
	if n == nil || n.Tag == "!!null" {
		return otherwise
	}
	if n.Value == "0" && n.Tag == "!!int" {
		return 0
	}
	return p.number("indent", otherwise, 64)
}

func (t jsonFinal) finish(o *output) (string, error) {
	text, err := pydata.AppendJSON(nil, o.value(), t.indent, maxOutput)
	return string(text), err
}

// value returns what there is, as templates see it.
func (o *output) value() any {
	if o.done {
		return o.text
	}
	return texts(o.queries)
}

// yamlFinal writes YAML.
type yamlFinal struct{ indent int }

func makeYAMLFinal(p *params) finalizer { return yamlFinal{p.indent(0)} }

func (t yamlFinal) finish(o *output) (string, error) {
	return pydata.YAML(o.value(), t.indent)
}

// finalTemplate is a template of Jinja2.
type finalTemplate struct{ Template }

func makeFinalTemplate(p *params) finalizer {
	t := p.template()
	if t == nil {
		return nil
	}
	return finalTemplate{t}
}

func (t finalTemplate) finish(o *output) (string, error) {
	p := pipelineObject(o.at.from, nil, o.vars)
	state := sorted(o.state)
	state.Missing = o.differ
	p.Attrs.Set("state", state)
	return t.Render(map[string]any{"queries": o.value(), "pipeline": p}, maxOutput)
}

// nested is a list of finalizers.
type nested []*final

func makeNested(p *params) finalizer {
	n := p.need("finalizers")
	if n == nil {
		return nil
	}
	list := p.finalizers(n)
	if len(list) == 0 && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		p.fail(p.at(n), sigma.BadPipeline, "", `"finalizers" must not be empty`)
	}
	return nested(list)
}

func (t nested) finish(o *output) (string, error) {
	err := o.finish(t)
	return o.text, err
}
