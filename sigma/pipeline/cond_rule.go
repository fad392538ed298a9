package pipeline

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// ruleConditions are the conditions on a rule.
var ruleConditions = []condition[ruleCond]{
	{"logsource", "the log source has these attributes; others do not matter", makeLogSource},
	{"logsource_lacks", "the log source has none of these attributes (an extension)", makeLogSourceLacks},
	{"contains_detection_item", "some item tests that field for that value", makeContainsItem},
	{"contains_field", "some item tests that field", makeContainsField},
	{"requires_detection_item", "no event matches that has not that value in that field, or one of several (an extension)", makeRequiresItem},
	{"uses_only_fields", "the rule asks of an event nothing but those fields (an extension)", makeUsesOnly},
	{"processing_item_applied", "the step with that id was applied to the rule", makeRuleApplied},
	{"processing_state", "the state has a value that compares so", makeRuleState},
	{"is_sigma_rule", "the rule is a detection rule", func(*params) ruleCond { return func(w *run) bool { return w.members == nil } }},
	{"is_sigma_correlation_rule", "the rule is a correlation", func(*params) ruleCond { return func(w *run) bool { return w.members != nil } }},
	{"rule_attribute", "an attribute of the rule compares so", makeAttribute},
	{"tag", "the rule has that tag", makeTag},
	{"target", "the query is for one of these targets (an extension)", makeTarget},
}

func makeLogSource(p *params) ruleCond {
	category, product, service := p.text("category"), p.text("product"), p.text("service")
	if category == "" && product == "" && service == "" {
		p.fail(p.pos, sigma.BadPipeline, "", "%s needs a category, a product or a service", p.what)
	}
	holds := func(r *ir.Rule) bool {
		l := &r.LogSource
		return (category == "" || category == l.Category) && (product == "" || product == l.Product) &&
			(service == "" || service == l.Service)
	}
	return func(w *run) bool {
		if w.members != nil { // a correlation has the log sources of its rules
			return slices.ContainsFunc(w.members, holds)
		}
		return holds(w.rule)
	}
}

// makeLogSourceLacks makes the condition that a log source was not narrowed
// down yet, which pySigma cannot ask for.
func makeLogSourceLacks(p *params) ruleCond {
	n := p.need("attributes")
	var category, product, service bool
	for _, a := range p.texts(n, "attributes") {
		switch a {
		case "category":
			category = true
		case "product":
			product = true
		case "service":
			service = true
		default:
			p.fail(p.at(n), sigma.BadPipeline, "there are category, product, service", "a log source has no attribute %q", a)
		}
	}
	return func(w *run) bool {
		l := &w.rule.LogSource
		return !(category && l.Category != "" || product && l.Product != "" || service && l.Service != "")
	}
}

// hasItem reports whether f holds for an item of the rule.
func (w *run) hasItem(f func(item) bool) bool {
	found := false
	for _, e := range w.rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if it, ok := itemOf(e); ok && !found {
				found = f(it)
			}
			return !found
		})
	}
	return found
}

func makeContainsField(p *params) ruleCond {
	field := p.needText("field")
	return func(w *run) bool {
		return w.hasItem(func(it item) bool { return !it.keyword && it.field == field })
	}
}

func makeContainsItem(p *params) ruleCond {
	field := p.needText("field")
	n := p.need("value")
	if n == nil {
		return nil
	}
	v, _ := p.value(n, "value")
	want, _ := plainValue(testOf(v))
	return func(w *run) bool {
		return w.hasItem(func(it item) bool {
			return !it.keyword && it.field == field && anyTest(it.test, func(t ir.Test) bool {
				got, ok := plainValue(t)
				return ok && got == want
			})
		})
	}
}

func makeRuleApplied(p *params) ruleCond {
	id := p.needText("processing_item_id")
	p.asks = true
	return func(w *run) bool { return slices.Contains(w.applied, id) }
}

func makeTag(p *params) ruleCond {
	tag := p.needText("tag")
	return func(w *run) bool {
		if w.rule.Source == nil {
			return false
		}
		return slices.ContainsFunc(w.rule.Source.Tags, func(t sigma.Tag) bool { return t.Text == tag })
	}
}

// stateTest reads what the three processing_state conditions have in common.
// A key that was not set compares with nothing.
func stateTest(p *params) func(*run) bool {
	key, val := p.needText("key"), p.needText("val")
	holds := comparison(p.choice("op", "eq", "ne", "gte", "gt", "lte", "lt"))
	return func(w *run) bool {
		got, ok := w.rule.State[key]
		return ok && holds(compareText(got, val))
	}
}

func makeRuleState(p *params) ruleCond { return stateTest(p) }

// comparison returns what an operator asks of the result of a comparison.
func comparison(op string) func(int) bool {
	switch op {
	case "ne", "not_in":
		return func(c int) bool { return c != 0 }
	case "gte":
		return func(c int) bool { return c >= 0 }
	case "gt":
		return func(c int) bool { return c > 0 }
	case "lte":
		return func(c int) bool { return c <= 0 }
	case "lt":
		return func(c int) bool { return c < 0 }
	}
	return func(c int) bool { return c == 0 }
}

// compareText compares as numbers where both are, and as texts otherwise.
func compareText(a, b string) int {
	n, ok := ir.ParseNumber(a)
	m, also := ir.ParseNumber(b)
	if ok && also {
		return n.Cmp(m)
	}
	return strings.Compare(a, b)
}

// ranks returns the values of an attribute that have an order, the lowest
// first; nil for others.
func ranks(attribute string) []string {
	switch attribute {
	case "level":
		return sigma.Levels()
	case "status":
		list := sigma.Statuses()
		slices.Reverse(list)
		return list
	}
	return nil
}

// makeAttribute compares an attribute of the rule: levels and statuses by
// their order, dates and numbers by value, lists by what they contain.
func makeAttribute(p *params) ruleCond {
	name, value := p.needText("attribute"), p.needText("value")
	op := p.choice("op", "eq", "ne", "gte", "gt", "lte", "lt", "in", "not_in")
	holds := comparison(op)
	order := ranks(name)
	rank := slices.Index(order, value)
	if order != nil && rank < 0 && value != "" {
		p.fail(p.at(p.take("value")), sigma.BadPipeline, near(value, order, "there are "+strings.Join(order, ", ")), "there is no %s %q", name, value)
	}
	return func(w *run) bool {
		one, list, ok := w.attribute(name)
		switch {
		case !ok:
			return false
		case list != nil:
			// A list equals no single value (pySigma).
			return op == "ne" || (op == "in" || op == "not_in") && slices.Contains(list, value) == (op == "in")
		case order != nil:
			return holds(slices.Index(order, one) - rank)
		case name == "date" || name == "modified":
			one = sigma.ISODate(one)
		}
		return holds(compareText(one, value))
	}
}

// attribute returns an attribute of the rule: a single value, or a list that
// is then not nil. Attributes that the rule does not have are not ok.
func (w *run) attribute(name string) (one string, list []string, ok bool) {
	if v, ok := w.rule.State[attributeKey+name]; ok {
		return v, nil, true
	}
	if w.rule.Source == nil {
		return "", nil, false
	}
	m := &w.rule.Source.Meta
	switch name {
	case "tags":
		list = []string{}
		for _, t := range m.Tags {
			list = append(list, t.Text)
		}
		return "", list, true
	case "references":
		return "", slices.Concat([]string{}, m.References), true
	case "falsepositives":
		return "", slices.Concat([]string{}, m.FalsePositives), true
	case "scope":
		return "", slices.Concat([]string{}, m.Scope), true
	case "fields":
		return "", slices.Concat([]string{}, w.rule.Fields), true
	}
	if one, ok = simpleAttribute(m, name); ok {
		return one, nil, one != ""
	}
	for _, c := range m.Custom {
		if c.Name != name || c.Value == nil {
			continue
		}
		switch c.Value.Kind {
		case yaml.ScalarNode:
			return c.Value.Value, nil, true
		case yaml.SequenceNode:
			list = []string{}
			for _, n := range c.Value.Content {
				list = append(list, n.Value)
			}
			return "", list, true
		}
	}
	return "", nil, false
}

// simpleAttribute returns an attribute that is one string.
func simpleAttribute(m *sigma.Meta, name string) (string, bool) {
	switch name {
	case "title":
		return m.Title, true
	case "id":
		return m.ID, true
	case "name":
		return m.Name, true
	case "taxonomy":
		return m.Taxonomy, true
	case "status":
		return string(m.Status), true
	case "level":
		return string(m.Level), true
	case "description":
		return m.Description, true
	case "license":
		return m.License, true
	case "author":
		return m.Author, true
	case "date":
		return m.Date, true
	case "modified":
		return m.Modified, true
	}
	return "", false
}
