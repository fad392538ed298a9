package pipeline

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/yamldoc"
	"github.com/sigma-compiler/sigmac/sigma"
)

// What a file may hold at most.
const (
	maxBytes = 8 << 20
	maxSteps = 10000
	maxNest  = 8      // nest in nest
	maxNodes = 500000 // YAML nodes that are looked at, aliases followed
)

// Parse reads a pipeline from YAML in pySigma's format with the zero Options.
func Parse(name string, data []byte) (*Pipeline, error) { return Options{}.Parse(name, data) }

// Parse reads a pipeline from YAML in pySigma's format. name is what errors
// call the file. The error is an ErrorList with everything that is wrong:
// BadPipeline for what cannot be right, Unsupported for what only pySigma can
// do, and for what the options do not have.
func (o Options) Parse(name string, data []byte) (*Pipeline, error) { return o.parse(name, data, "") }

// parse is Parse with another name for the pipeline than the file gives it.
func (o Options) parse(name string, data []byte, from string) (*Pipeline, error) {
	p := &parser{from: from, file: &sigma.File{Name: name, Data: data}, table: transformations, options: o}
	root := p.document(data)
	if root == nil {
		return nil, p.errs
	}
	out := p.pipeline(root, name)
	if len(p.errs) > 0 {
		p.errs.Sort()
		return nil, p.errs
	}
	out.tracks, out.asks, out.spec = p.tracks, p.asks, name
	return out, nil
}

// A parser reads one file.
type parser struct {
	file    *sigma.File
	fileOf  func(*yaml.Node) *sigma.File // of a tree whose nodes have several files
	errs    sigma.ErrorList
	nodes   int
	steps   int
	depth   int
	from    string // name of the pipeline
	head    string // comment of the document
	tracks  bool
	asks    bool
	table   []transformationType
	options Options
}

func (p *parser) fail(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	p.errs = append(p.errs, &sigma.Error{Pos: pos, Code: code, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// at returns the place of a node.
func (p *parser) at(n *yaml.Node) sigma.Pos {
	file := p.file
	if p.fileOf != nil {
		file = p.fileOf(n)
	}
	return sigma.Pos{File: file, Line: n.Line, Col: n.Column}
}

// document reads the one YAML document of the file.
func (p *parser) document(data []byte) *yaml.Node {
	pos := sigma.Pos{File: p.file, Line: 1, Col: 1}
	if len(data) > maxBytes {
		p.fail(pos, sigma.Limit, "", "the file has more than %d bytes", maxBytes)
		return nil
	}
	doc, wrong := yamldoc.Read(data)
	switch {
	case wrong != nil && wrong.Second:
		pos.Line, pos.Col = wrong.Line, wrong.Col
		p.fail(pos, sigma.BadPipeline, "", "a pipeline file holds one YAML document")
		return nil
	case wrong != nil:
		pos.Line = wrong.Line
		p.fail(pos, sigma.BadYAML, "", "%s", wrong.Msg)
		return nil
	case doc == nil:
		p.fail(pos, sigma.BadPipeline, "", "the file is empty")
		return nil
	}
	p.head = doc.HeadComment
	return doc.Content[0]
}

// pipeline reads the top level.
func (p *parser) pipeline(root *yaml.Node, name string) *Pipeline {
	out := &Pipeline{Name: name, Doc: p.comment(root), list: new(stepList)}
	m := p.mapping(root, "the pipeline")
	if m == nil {
		return out
	}
	if n := m.text("name"); n != "" {
		out.Name = n
	}
	if p.from != "" {
		out.Name = p.from
	}
	p.from = out.Name
	if n := m.take("priority"); n != nil {
		v, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil {
			p.fail(p.at(n), sigma.BadPipeline, "10 for log sources, 20 for fields", "the priority must be a whole number, not %s", kindOf(n))
		}
		out.Priority = v
	}
	if list := m.list("allowed_backends"); len(list) > 0 {
		out.backends = list
	}
	out.pos, out.fileOf = m.pos, p.fileOf
	out.varNode = m.take("vars")
	out.vars, out.data = p.vars(out.varNode)
	if n := m.take("transformations"); n != nil {
		out.list.steps = p.list(n)
	}
	if n := m.take("postprocessing"); n != nil {
		out.posts = p.postprocessing(n)
	}
	if n := m.take("finalizers"); n != nil {
		out.finals = p.finalizers(n)
	}
	m.rest()
	return out
}

// comment returns the first paragraph of the comment at the top of the file as
// one line.
func (p *parser) comment(root *yaml.Node) string {
	text := p.head
	for n := root; text == "" && n != nil; {
		text = n.HeadComment
		if len(n.Content) == 0 {
			break
		}
		n = n.Content[0]
	}
	var words []string
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.TrimLeft(line, "#"))
		if line == "" {
			break
		}
		words = append(words, line)
	}
	return strings.Join(words, " ")
}

// vars reads the variables: the values that they have for placeholders, and
// what they are for templates. One that is neither a text nor a list of texts
// has no values.
func (p *parser) vars(n *yaml.Node) (values map[string][]string, data map[string]any) {
	if n == nil || n.Tag == "!!null" {
		return nil, nil
	}
	m := p.mapping(n, `"vars"`)
	if m == nil {
		return nil, nil
	}
	values, data = make(map[string][]string, len(m.keys)), make(map[string]any, len(m.keys))
	for _, k := range m.keys {
		data[k.name] = m.data(k.node)
		if flat(k.node) || k.node.Kind == yaml.ScalarNode && k.node.Tag != "!!null" {
			values[k.name] = m.texts(k.node, k.name)
		}
	}
	return values, data
}

// list reads a list of steps.
func (p *parser) list(n *yaml.Node) []*step {
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		p.fail(p.at(n), sigma.BadPipeline, "", "the steps must be a list, not %s", kindOf(n))
		return nil
	}
	if p.depth++; p.depth > maxNest {
		p.fail(p.at(n), sigma.Limit, "", "the steps are nested more than %d deep", maxNest)
		return nil
	}
	defer func() { p.depth-- }()
	var out []*step
	for _, c := range n.Content {
		if p.steps++; p.steps > maxSteps {
			p.fail(p.at(c), sigma.Limit, "", "the pipeline has more than %d steps", maxSteps)
			return out
		}
		if s := p.step(c); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// step reads one step: its transformation and its conditions.
func (p *parser) step(n *yaml.Node) *step {
	m := p.mapping(n, "the step")
	if m == nil {
		return nil
	}
	s := &step{pos: m.pos, from: p.from, node: n, fileOf: p.fileOf, id: m.text("id"), kind: m.text("type")}
	if s.kind == "" {
		p.fail(m.pos, sigma.BadPipeline, "", "the step has no type")
		return nil
	}
	t := find(p.table, s.kind)
	if t == nil {
		near := sigma.Nearest(s.kind, names(p.table))
		if near != "" {
			near = fmt.Sprintf("did you mean %q?", near)
		}
		p.fail(p.at(m.take("type")), sigma.BadPipeline, near, "there is no transformation %q", s.kind)
		return nil
	}
	m.what = "the transformation " + s.kind
	if t.make == nil {
		p.fail(p.at(m.take("type")), sigma.Unsupported, "write field_name_mapping, field_name_prefix_mapping, field_name_prefix or field_name_suffix",
			"%s calls a function of a Python program, which no file can hold", m.what)
		return nil
	}
	s.rule = readConds(m, "rule", ruleConds)
	s.item = readConds(m, "detection_item", itemConds)
	s.field = readConds(m, "field_name", fieldConds)
	before := len(p.errs)
	s.do = t.make(m, s)
	if s.do == nil && len(p.errs) == before {
		p.fail(m.pos, sigma.BadPipeline, "", "%s cannot be used so", m.what)
	}
	m.rest()
	return s
}
