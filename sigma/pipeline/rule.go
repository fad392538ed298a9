package pipeline

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// setState is set_state, and set_custom_attribute, whose values are in the
// state under a key of their own.
type setState struct {
	key, text string
	data      any // what the text is of
}

func (t setState) apply(w *run) {
	w.setData(t.key, t.text, t.data)
	if t.key == "query_table" {
		w.stateTable(t.text)
	}
}

// attributeKey is what the state's key of a custom attribute begins with.
const attributeKey = "attribute."

func makeSetState(p *params, _ *step) transformation {
	return stateOf(p, p.needText("key"), "val")
}

func makeSetAttribute(p *params, _ *step) transformation {
	return stateOf(p, attributeKey+p.needText("attribute"), "value")
}

// stateOf reads a value of the state. Its text is that of a scalar, the parts
// of a list joined by commas, and JSON for what is nested.
func stateOf(p *params, key, name string) transformation {
	t := setState{key: key, data: ""}
	n := p.need(name)
	if n == nil {
		return t
	}
	t.data = p.data(n)
	var parts []string
	switch {
	case n.Tag == "!!null":
	case n.Kind == yaml.ScalarNode:
		t.text = n.Value
	case flat(n):
		for _, c := range n.Content {
			parts = append(parts, p.deref(c).Value)
		}
		t.text = strings.Join(parts, ",")
	default:
		text, err := pydata.AppendJSON(nil, t.data, -1, maxBytes)
		if err != nil {
			p.fail(p.at(n), sigma.Limit, "", "%q is too long", name)
		}
		t.text = string(text)
	}
	return t
}

// flat reports whether a node is a list of scalars.
func flat(n *yaml.Node) bool {
	for _, c := range n.Content {
		if c.Kind == yaml.AliasNode {
			c = c.Alias
		}
		if c.Kind != yaml.ScalarNode {
			return false
		}
	}
	return n.Kind == yaml.SequenceNode
}

// data returns what a node is, for templates.
func (p *params) data(n *yaml.Node) any {
	v, err := pydata.FromYAML(n)
	if err != nil {
		p.fail(p.at(n), sigma.BadPipeline, "", "%s", err)
	}
	return v
}

// changeLogSource replaces the whole log source; what is not given is absent
// from then on, as in pySigma.
type changeLogSource sigma.LogSource

func (t changeLogSource) apply(w *run) {
	l := sigma.LogSource(t)
	l.Pos, l.Definition = w.rule.LogSource.Pos, w.rule.LogSource.Definition
	w.mutable().LogSource = l
}

func makeChangeLogSource(p *params, _ *step) transformation {
	t := changeLogSource{Category: p.text("category"), Product: p.text("product"), Service: p.text("service")}
	if t.Category == "" && t.Product == "" && t.Service == "" {
		p.fail(p.pos, sigma.BadPipeline, "", "%s needs a category, a product or a service", p.what)
	}
	return t
}

// nest is a list of steps under the conditions of one.
type nest struct{ *stepList }

func (t nest) apply(w *run) { w.list(t.stepList) }

func makeNest(p *params, _ *step) transformation {
	n := p.need("items")
	if n == nil {
		return nil
	}
	return nest{&stepList{steps: p.parser.list(n)}}
}

// addCondition requires further items of the rule.
type addCondition struct {
	expr     ir.Expr
	rule     *sigma.Rule // of a template: what expr is built from
	negated  bool
	template bool
}

func makeAddCondition(p *params, _ *step) transformation {
	t := &addCondition{negated: p.flag("negated"), template: p.flag("template")}
	p.take("name") // of the search in pySigma; the condition needs none here
	n := p.need("conditions")
	if n == nil {
		return nil
	}
	items := p.items(n, "conditions")
	if t.rule = ruleOf(items); len(items) == 0 {
		return t // reported
	}
	var err error
	if t.expr, err = build(t.rule, t.negated); err != nil {
		p.adopt(err)
	}
	return t
}

// adopt takes over the errors of the rule compiler about a part of the
// pipeline.
func (p *params) adopt(err error) {
	for _, e := range sigma.Errors(err) {
		p.fail(e.Pos, sigma.BadPipeline, e.Hint, "%s", e.Msg)
	}
}

// items reads a mapping of fields with modifiers to values, as a search of a
// rule has it.
func (p *params) items(n *yaml.Node, name string) []*sigma.Item {
	m := p.mapping(n, `"`+name+`"`)
	if m == nil {
		return nil
	}
	if len(m.keys) == 0 {
		p.fail(m.pos, sigma.BadPipeline, "", "%q must not be empty", name)
	}
	before := len(p.errs)
	var out []*sigma.Item
	for _, k := range m.keys {
		out = append(out, itemFor(k.name, k.pos, p.values(k.node, k.name), k.node.Kind == yaml.SequenceNode))
	}
	if len(p.errs) > before {
		return nil
	}
	return out
}

// itemFor returns the item of a rule that the key and the values would be.
func itemFor(name string, pos sigma.Pos, values []sigma.Value, list bool) *sigma.Item {
	field, rest, _ := strings.Cut(name, "|")
	it := &sigma.Item{Pos: pos, Field: field, Values: values, List: list}
	for rest != "" {
		var m string
		m, rest, _ = strings.Cut(rest, "|")
		it.Modifiers = append(it.Modifiers, sigma.Modifier{Pos: pos, Name: m})
	}
	return it
}

// ruleOf returns a rule that is those items.
func ruleOf(items []*sigma.Item) *sigma.Rule {
	nodes := make(sigma.AllOf, len(items))
	for i, it := range items {
		nodes[i] = it
	}
	r := &sigma.Rule{}
	r.Detection.Searches = []*sigma.Search{{Name: "_", Node: nodes}}
	r.Detection.Conditions = []*sigma.Condition{{Expr: &sigma.CondSearch{Name: "_"}}}
	return r
}

// build returns what the items of such a rule mean.
func build(r *sigma.Rule, negated bool) (ir.Expr, error) {
	out, err := ir.Build(r)
	if err != nil {
		return nil, err
	}
	e := out.Where[0]
	if n, ok := e.(*ir.Named); ok {
		e = n.X
	}
	if negated {
		e = ir.Negate(e)
	}
	return e, nil
}

func (t *addCondition) apply(w *run) {
	e := t.expr
	if t.template {
		if e = t.filled(w); e == nil {
			return
		}
	}
	w.require(e)
}

// filled returns the condition with the attributes of the rule's log source
// in place of $category, $product and $service.
func (t *addCondition) filled(w *run) ir.Expr {
	l := &w.rule.LogSource
	items := slices.Clone(t.rule.Detection.Searches[0].Node.(sigma.AllOf))
	for i, n := range items {
		it := *n.(*sigma.Item)
		it.Values = slices.Clone(it.Values)
		for j, v := range it.Values {
			it.Values[j].Text = fill(v.Text, "category", escape(l.Category), "product", escape(l.Product), "service", escape(l.Service))
		}
		items[i] = &it
	}
	r := *t.rule
	r.Detection.Searches = []*sigma.Search{{Name: "_", Node: items}}
	e, err := build(&r, t.negated)
	for _, e := range sigma.Errors(err) {
		w.fail(w.rulePos(), sigma.RuleRejected, e.Hint, "the condition that is added cannot be built: %s", e.Msg)
	}
	return e
}

// escape writes a text so that it is plain in a value.
func escape(s string) string { return ir.Plain(s).String() }

// fill replaces $name and ${name} in a template; $$ is a dollar, and what is
// not known stays.
func fill(text string, pairs ...string) string {
	old := []string{"$$", "$"}
	for i := 0; i < len(pairs); i += 2 {
		old = append(old, "${"+pairs[i]+"}", pairs[i+1], "$"+pairs[i], pairs[i+1])
	}
	return strings.NewReplacer(old...).Replace(text)
}
