package pipeline

import (
	"errors"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// around is embed: it puts texts around the query.
type around struct{ prefix, suffix string }

func makeEmbed(p *params) postprocessor {
	return around{prefix: p.text("prefix"), suffix: p.text("suffix")}
}

func (t around) post(m *made) (string, error) { return t.prefix + m.query + t.suffix, nil }

// jsonPost puts the query into a JSON text.
type jsonPost struct{ value any }

// queryMark is the value that becomes the query.
const queryMark = "%QUERY%"

func makeJSONPost(p *params) postprocessor {
	n := p.need("json_template")
	text := p.scalar(n, "json_template")
	if text == "" {
		if n != nil {
			p.fail(p.at(n), sigma.BadPipeline, "", `"json_template" must not be empty`)
		}
		return nil
	}
	value, err := pydata.FromJSON([]byte(text))
	switch {
	case err != nil:
		p.fail(p.at(n), sigma.BadPipeline, "", `"json_template" is no JSON: %s`, err)
	case !marked(value):
		p.fail(p.at(n), sigma.BadPipeline, `a value that is "`+queryMark+`" and nothing else becomes the query`, `the query has no place in "json_template"`)
	}
	return jsonPost{value}
}

// marked reports whether the query has a place in the value.
func marked(v any) bool {
	switch v := v.(type) {
	case string:
		return v == queryMark
	case pydata.List:
		for _, x := range v {
			if marked(x) {
				return true
			}
		}
	case *pydata.Map:
		for _, k := range v.Keys() {
			if x, _ := v.Get(k); marked(x) {
				return true
			}
		}
	}
	return false
}

func (t jsonPost) post(m *made) (string, error) {
	text, err := pydata.AppendJSON(nil, filledJSON(t.value, m.query), -1, maxQuery)
	return string(text), err
}

// filledJSON returns the value with the query in its place.
func filledJSON(v any, query string) any {
	switch v := v.(type) {
	case string:
		if v == queryMark {
			return query
		}
	case pydata.List:
		out := make(pydata.List, len(v))
		for i, x := range v {
			out[i] = filledJSON(x, query)
		}
		return out
	case *pydata.Map:
		out := &pydata.Map{}
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			out.Set(k, filledJSON(x, query))
		}
		return out
	}
	return v
}

// replaceQuery replaces what an expression finds in the query.
type replaceQuery struct {
	re          *regexp.Regexp
	replacement []piece
}

func makeReplaceQuery(p *params) postprocessor {
	n, replacement := p.need("pattern"), p.need("replacement")
	source := p.scalar(n, "pattern")
	if n == nil || replacement == nil {
		return nil
	}
	if source == "" {
		p.fail(p.at(n), sigma.BadPipeline, "", `"pattern" must not be empty`)
		return nil
	}
	re := p.regexpOf(source, p.at(n), "pattern", false)
	if re == nil {
		return nil
	}
	return replaceQuery{re, p.pieces(re, p.scalar(replacement, "replacement"), p.at(replacement))}
}

func (t replaceQuery) post(m *made) (string, error) {
	var b strings.Builder
	last := 0
	for _, at := range t.re.FindAllStringSubmatchIndex(m.query, -1) {
		b.WriteString(m.query[last:at[0]])
		for _, r := range t.replacement {
			switch {
			case r.group < 0:
				b.WriteString(r.text)
			case at[2*r.group] >= 0:
				b.WriteString(m.query[at[2*r.group]:at[2*r.group+1]])
			}
			if b.Len() > maxQuery {
				return "", pydata.ErrTooLong
			}
		}
		last = at[1]
	}
	b.WriteString(m.query[last:])
	return b.String(), nil
}

// postNest is a list of items under the conditions of one.
type postNest []*post

func makePostNest(p *params) postprocessor {
	n := p.need("items")
	if n == nil {
		return nil
	}
	return postNest(p.postprocessing(n))
}

func (t postNest) post(m *made) (string, error) {
	m.items(t)
	return m.query, nil
}

// postTemplate is a template of Jinja2.
type postTemplate struct{ Template }

func makePostTemplate(p *params) postprocessor {
	t := p.template()
	if t == nil {
		return nil
	}
	return postTemplate{t}
}

func (t postTemplate) post(m *made) (string, error) {
	return t.Render(map[string]any{"query": m.query, "rule": ruleObject(m.rule), "pipeline": m.pipeline()}, maxQuery)
}

// template reads the parameters that templates of queries and of the output
// have in common.
func (p *params) template() Template {
	n, autoescape := p.need("template"), p.flag("autoescape")
	if vars := p.take("vars"); vars != nil && vars.Tag != "!!null" {
		p.fail(p.at(vars), sigma.Unsupported, "put values under the pipeline's own vars: {{ pipeline.vars.name }}", "the vars of a template are a Python program, which only pySigma can run")
	}
	path := p.take("path")
	source := p.scalar(n, "template")
	switch {
	case n == nil:
		return nil
	case p.options.Templates == nil:
		p.fail(p.at(n), sigma.Unsupported, "set Options.Templates, package jinja has one", "templates are not read here")
		return nil
	case path != nil && path.Tag != "!!null":
		return p.templateFile(n, p.scalar(path, "path")+"/"+source, autoescape)
	}
	t, err := p.options.Templates(source, autoescape)
	if err != nil {
		p.fail(p.within(n, err), sigma.BadPipeline, "", `"template" cannot be used: %s`, err)
		return nil
	}
	return t
}

// templateFile reads a template from a file in the folder of the pipeline.
func (p *params) templateFile(n *yaml.Node, path string, autoescape bool) Template {
	data, err := p.options.read(path)
	if err == nil && len(data) > maxBytes {
		err = errors.New("it is too long")
	}
	if err != nil {
		p.fail(p.at(n), sigma.BadPipeline, "", "the template %q cannot be read: %s", path, err)
		return nil
	}
	t, err := p.options.Templates(string(data), autoescape)
	if err != nil {
		pos := p.at(n)
		if e := (*TemplateError)(nil); errors.As(err, &e) {
			pos = sigma.Pos{File: &sigma.File{Name: path, Data: data}, Line: e.Line, Col: e.Col}
		}
		p.fail(pos, sigma.BadPipeline, "", "the template cannot be used: %s", err)
		return nil
	}
	return t
}

// within returns the place in the file of a mistake in a template: exactly
// where the template is a literal block, otherwise the template's.
func (p *params) within(n *yaml.Node, err error) sigma.Pos {
	pos := p.at(n)
	e := (*TemplateError)(nil)
	if !errors.As(err, &e) || e.Line < 1 || n.Style != yaml.LiteralStyle || pos.File == nil {
		return pos
	}
	pos.Line += e.Line
	indent := 0
	lines := strings.Split(string(pos.File.Data), "\n")
	for _, line := range lines[min(n.Line, len(lines)):] { // n.Line is that of the |
		if rest := strings.TrimLeft(line, " "); rest != "" {
			indent = len(line) - len(rest)
			break
		}
	}
	pos.Col = indent + max(e.Col, 1)
	return pos
}
