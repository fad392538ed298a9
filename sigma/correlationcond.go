package sigma

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// BoundOperators returns the comparisons of correlation conditions (C11).
func BoundOperators() []string {
	return []string{"lt", "lte", "gt", "gte", "eq", "neq"}
}

// correlationCondition reads the condition of a correlation and checks that it
// goes with its type.
func (p *parser) correlationCondition(c *Correlation, m *yaml.Node) {
	key, n := keyNode(m, "condition"), value(m, "condition")
	temporal := strings.HasPrefix(c.Type, "temporal")
	switch {
	case key == nil:
		if c.Type != "" && !temporal { // C19
			p.fail(p.pos(keyOf(m, "type")), MissingKey, "a correlation of type "+c.Type+" needs a condition", misspelt(m, "condition"))
		}
		return
	case isText(n):
		p.extendedCondition(c, n, temporal)
		return
	case n.Kind != yaml.MappingNode:
		p.fail(p.pos(n), BadType, "the condition of a correlation must be a mapping, not "+kindOf(n), "such as gte: 10 below condition")
		return
	}
	cc := &c.Condition
	cc.Pos = p.pos(key)
	for i := 0; i+1 < len(n.Content); i += 2 {
		p.criterion(cc, n.Content[i], n.Content[i+1])
	}
	if len(cc.Bounds) == 0 {
		p.fail(cc.Pos, MissingKey, "the condition compares with nothing", "give one of "+strings.Join(BoundOperators(), ", "))
	}
	if c.Type != "" {
		p.fieldsOfType(c, n)
	}
}

// keyOf returns a mapping's key, or the mapping where it has none.
func keyOf(m *yaml.Node, name string) *yaml.Node {
	if k := keyNode(m, name); k != nil {
		return k
	}
	return m
}

// extendedCondition reads a boolean expression over the names of rules (C20).
func (p *parser) extendedCondition(c *Correlation, n *yaml.Node, temporal bool) {
	c.Condition.Pos = p.pos(n)
	if c.Type != "" && !temporal {
		p.fail(p.pos(n), BadType, "the condition of a correlation of type "+c.Type+" must be a mapping, not a string",
			"expressions over rules go with temporal and temporal_ordered")
		return
	}
	rules := make([]string, len(c.Rules))
	for i, r := range c.Rules {
		rules[i] = r.Text
	}
	if cond := p.condition(n); cond != nil {
		set := newNameSet("rule of the correlation", rules)
		p.checkNames(cond.Expr, &set)
		c.Condition.Extended = cond
	}
}

// criterion reads one key of a condition.
func (p *parser) criterion(cc *CorrelationCondition, key, n *yaml.Node) {
	switch key.Value {
	case "field":
		cc.Fields = p.names(n, "field")
	case "percentile":
		if v, ok := p.number(n, "percentile"); ok {
			cc.Percentile = &v
			p.checkPercentile(v)
		}
	case "lt", "lte", "gt", "gte", "eq", "neq":
		if v, ok := p.number(n, key.Value); ok {
			cc.Bounds = append(cc.Bounds, Bound{Pos: p.pos(key), Op: key.Value, Value: v})
		}
	default:
		p.fail(p.pos(key), BadValue, "unknown key "+quoted(key.Value)+" in the condition of a correlation",
			meant(key.Value, append(BoundOperators(), "field", "percentile")))
	}
}

// number reads a threshold (C13).
func (p *parser) number(n *yaml.Node, what string) (Value, bool) {
	if n.Kind == yaml.ScalarNode && (n.Tag == tagInt || n.Tag == tagFloat) {
		before := p.failed
		if v, ok := p.value(n); ok && v.Kind != String {
			return v, p.failed == before
		}
	}
	hint := ""
	if n.Kind == yaml.ScalarNode && isNumber(n.Value) {
		hint = "leave the quotes out"
	}
	p.fail(p.pos(n), BadType, what+" must be a number, not "+kindOf(n), hint)
	return Value{}, false
}

// checkPercentile reports a percentile that is not between 0 and 100.
func (p *parser) checkPercentile(v Value) {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(v.Text, "+"), ".")
	ok := isNumber(whole) && (fraction == "" || isNumber(fraction))
	whole = strings.TrimLeft(whole, "0")
	if !ok || len(whole) > 2 && (whole != "100" || strings.Trim(fraction, "0") != "") {
		p.fail(v.Pos, BadValue, "a percentile lies between 0 and 100", "")
	}
}

// fieldsOfType checks that the condition has the fields that the type counts
// or computes with, and none that it ignores (C15, C22, C23).
func (p *parser) fieldsOfType(c *Correlation, n *yaml.Node) {
	cc := &c.Condition
	if c.Type != "value_percentile" && cc.Percentile != nil {
		p.fail(p.pos(keyNode(n, "percentile")), BadValue, "percentile has no meaning for the type "+c.Type, "it goes with value_percentile")
	}
	switch c.Type {
	case "event_count", "temporal", "temporal_ordered":
		if key := keyNode(n, "field"); key != nil {
			p.fail(p.pos(key), BadValue, "field has no meaning for the type "+c.Type, "value_count counts the values of a field")
		}
		return
	}
	switch {
	case keyNode(n, "field") == nil:
		p.fail(cc.Pos, MissingKey, "a correlation of type "+c.Type+" needs a field", misspelt(n, "field"))
	case len(cc.Fields) > 1 && c.Type != "value_count":
		p.fail(cc.Fields[1].Pos, BadValue, "a correlation of type "+c.Type+" computes with one field only", "")
	}
}
