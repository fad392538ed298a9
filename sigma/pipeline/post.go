package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// What may be made of queries at most, in bytes.
const (
	maxQuery  = 4 << 20  // of one query
	maxOutput = 64 << 20 // of all queries together
	maxPasses = 4        // as many times that much in all, by items that follow each other
)

// A postType is one type of postprocessing, as lists of them print it.
type postType struct {
	name, doc string
	make      func(*params) postprocessor
}

// postTypes returns the table of them. It is a function because nest names it.
func postTypes() []postType {
	return []postType{
		{"embed", "the query gets a prefix and a suffix", makeEmbed},
		{"simple_template", "a text with {query}, {rule.title} and the like", makeSimpleTemplate},
		{"template", "a template of Jinja2 that sees the query, the rule and the pipeline", makePostTemplate},
		{"json", "the query becomes a value of a JSON text", makeJSONPost},
		{"replace", "parts of the query are replaced by a regular expression", makeReplaceQuery},
		{"nest", "a list of items, under the conditions of this one", makePostNest},
	}
}

// A postprocessor changes the text of a query.
type postprocessor interface {
	post(*made) (string, error)
}

// A post is one item of postprocessing with its conditions.
type post struct {
	step // without a transformation
	do   postprocessor
}

// made is a query on its way through postprocessing.
type made struct {
	run
	query string
	vars  map[string]any // of the pipeline
	bytes int            // that items made so far
}

// postprocessing reads a list of items.
func (p *parser) postprocessing(n *yaml.Node) []*post {
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		p.fail(p.at(n), sigma.BadPipeline, "", "the postprocessing items must be a list, not %s", kindOf(n))
		return nil
	}
	if p.depth++; p.depth > maxNest {
		p.fail(p.at(n), sigma.Limit, "", "the items are nested more than %d deep", maxNest)
		return nil
	}
	defer func() { p.depth-- }()
	var out []*post
	for _, c := range n.Content {
		if p.steps++; p.steps > maxSteps {
			p.fail(p.at(c), sigma.Limit, "", "the pipeline has more than %d steps", maxSteps)
			return out
		}
		if item := p.post(c); item != nil {
			out = append(out, item)
		}
	}
	return out
}

// post reads one item.
func (p *parser) post(n *yaml.Node) *post {
	m := p.mapping(n, "the postprocessing item")
	if m == nil {
		return nil
	}
	out := &post{step: step{pos: m.pos, from: p.from, node: n, fileOf: p.fileOf, id: m.text("id"), kind: m.text("type")}}
	if out.kind == "" {
		p.fail(m.pos, sigma.BadPipeline, "", "the postprocessing item has no type")
		return nil
	}
	var names []string
	for _, t := range postTypes() {
		if names = append(names, t.name); t.name != out.kind {
			continue
		}
		m.what = "the postprocessing item " + t.name
		out.rule = readConds(m, "rule", ruleConds)
		out.do = t.make(m)
		m.rest()
		return out
	}
	p.fail(p.at(m.take("type")), sigma.BadPipeline, p.nearItem(out.kind, names), "there is no postprocessing item %q", out.kind)
	return nil
}

// nearItem suggests an item, or the list of the pipeline that the type is of.
func (p *parser) nearItem(kind string, names []string) string {
	if find(transformations, kind) != nil {
		return "it is one of the transformations"
	}
	return near(kind, names, fmt.Sprintf("there are %s", strings.Join(names, ", ")))
}

// Postprocess returns what the pipeline's postprocessing makes of a query of the
// rule, which is one that Apply returned. The query is in the format that was
// asked for. vars are added to the pipeline's variables for templates. The error
// is an ErrorList with the place of the rule; its hints name the item.
func (p *Pipeline) Postprocess(r *ir.Rule, query string, vars map[string]string) (string, error) {
	if p == nil || len(p.posts) == 0 {
		return query, nil
	}
	m := &made{run: run{rule: r, applied: slices.Clone(r.Applied)}, query: query, vars: p.variables(vars)}
	return m.finish(p.posts)
}

// PostprocessCorrelation is Postprocess for the query of a correlation. name
// has its attributes and the state, members are the rules that it refers to:
// it has their log sources, and the steps that were applied to one of them
// were applied to it.
func (p *Pipeline) PostprocessCorrelation(name *ir.Rule, members []*ir.Rule, query string, vars map[string]string) (string, error) {
	if p == nil || len(p.posts) == 0 {
		return query, nil
	}
	m := &made{run: run{rule: name, members: members}, query: query, vars: p.variables(vars)}
	for _, r := range members {
		m.applied = append(m.applied, r.Applied...)
	}
	return m.finish(p.posts)
}

// finish runs the items of a pipeline and returns what there is then.
func (m *made) finish(list []*post) (string, error) {
	m.items(list)
	if len(m.errs) > 0 {
		return "", m.errs
	}
	return m.query, nil
}

// items runs items in their order, until one of them fails.
func (m *made) items(list []*post) {
	for _, item := range list {
		m.step = &item.step
		if item.rule != nil && !item.rule(&m.run) {
			continue
		}
		text, err := item.do.post(m)
		m.step = &item.step // nest went through others
		if m.bytes += len(text); err == nil && (len(text) > maxQuery || m.bytes > maxPasses*maxQuery) {
			err = pydata.ErrTooLong
		}
		if err != nil {
			m.fail(m.rulePos(), sigma.BadPipeline, "", "%s cannot be used: %s", item.kind, err)
		}
		if len(m.errs) > 0 {
			return
		}
		m.query = text
		if item.id != "" {
			m.applied = append(m.applied, item.id)
		}
	}
}
