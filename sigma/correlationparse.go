package sigma

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// CorrelationTypes returns the types of correlations (C2), and value_median,
// which other tools have (C3).
func CorrelationTypes() []string {
	return []string{"event_count", "value_count", "temporal", "temporal_ordered",
		"value_sum", "value_avg", "value_percentile", "value_median"}
}

// maxTimespan is the longest spelling of a timespan (C9).
const maxTimespan = 10

// correlation reads a correlation rule.
func (p *parser) correlation(root *yaml.Node) *Correlation {
	c := &Correlation{}
	p.meta(root, &c.Meta, correlationDocument)
	key, m := keyNode(root, "correlation"), value(root, "correlation")
	if m.Kind != yaml.MappingNode {
		p.fail(p.pos(key), BadType, "correlation must be a mapping, not "+kindOf(m), "")
		return c
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		p.correlationAttribute(c, m.Content[i], m.Content[i+1])
	}
	if n := value(root, "generate"); n != nil {
		p.generateTwice(c, m, n)
	}
	for _, name := range []string{"type", "rules", "timespan"} {
		if keyNode(m, name) == nil {
			p.fail(p.pos(key), MissingKey, "correlation has no "+name, misspelt(m, name))
		}
	}
	// C7: the specification demands group-by, other tools do not.
	if keyNode(m, "group-by") == nil {
		p.warn(p.pos(key), Style, "correlation has no group-by: all events are one group", "the specification demands it")
	}
	p.correlationCondition(c, m)
	return c
}

// correlationAttribute reads one attribute of the section correlation, but for
// the condition, which depends on the others.
func (p *parser) correlationAttribute(c *Correlation, key, n *yaml.Node) {
	switch key.Value {
	case "type":
		c.TypePos = p.pos(n)
		c.Type = p.oneOf(n, "correlation type", CorrelationTypes())
		if isEmpty(n) {
			p.fail(c.TypePos, MissingKey, "the correlation type is missing", "")
		}
	case "rules":
		c.Rules = p.refs(n)
	case "group-by":
		c.GroupBy = p.names(n, "group-by")
	case "timespan":
		c.Timespan = p.timespan(n)
	case "aliases":
		c.Aliases = p.aliases(n)
	case "generate":
		c.Generate = p.boolean(n, "generate")
	case "condition":
	default:
		known := []string{"type", "rules", "group-by", "timespan", "aliases", "condition", "generate"}
		p.fail(p.pos(key), BadValue, "unknown key "+quoted(key.Value)+" in correlation", meant(key.Value, known))
	}
}

// generateTwice reads the attribute generate of the document. The
// specification has it there, pySigma in the section correlation.
func (p *parser) generateTwice(c *Correlation, m, n *yaml.Node) {
	outer := p.boolean(n, "generate")
	if keyNode(m, "generate") != nil && outer != c.Generate {
		p.fail(p.pos(n), BadValue, "generate has two different values", "give it once")
		return
	}
	c.Generate = outer
}

// boolean reads an attribute that must be true or false.
func (p *parser) boolean(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != tagBool {
		p.fail(p.pos(n), BadType, what+" must be true or false, not "+kindOf(n), "")
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

// refs reads references to rules, at least one, all different (C4).
func (p *parser) refs(n *yaml.Node) []Ref {
	var refs []Ref
	seen := map[string]bool{}
	for _, name := range p.names(n, "rules") {
		if seen[name.Text] {
			p.fail(name.Pos, BadValue, "the rule "+quoted(name.Text)+" is named twice", "")
		}
		seen[name.Text] = true
		refs = append(refs, Ref(name))
	}
	return refs
}

// names reads a list of names, at least one. A single name is a list of one.
func (p *parser) names(n *yaml.Node, what string) []Name {
	nodes := p.items(n, what, true)
	if len(nodes) == 0 && !isEmpty(n) && n.Kind == yaml.SequenceNode || isEmpty(n) {
		p.fail(p.pos(n), MissingKey, what+" is empty", "")
		return nil
	}
	var names []Name
	for _, item := range nodes {
		if !isText(item) || item.Value == "" {
			p.fail(p.pos(item), BadType, "an entry of "+what+" must be a name, not "+kindOrEmpty(item), "")
			continue
		}
		names = append(names, Name{Pos: p.pos(item), Text: item.Value})
	}
	return names
}

func kindOrEmpty(n *yaml.Node) string {
	if isText(n) && n.Value == "" {
		return "empty"
	}
	return kindOf(n)
}

// timespan reads a length of time: a number and a unit (C9). Weeks, months and
// years are an extension (C10).
func (p *parser) timespan(n *yaml.Node) Timespan {
	t := Timespan{Pos: p.pos(n), Text: n.Value}
	const hint = "write a number and s, m, h or d, such as 90m"
	if !isText(n) {
		p.fail(t.Pos, BadType, "timespan must be a string, not "+kindOf(n), hint)
		return t
	}
	if len(n.Value) > maxTimespan {
		p.fail(t.Pos, BadValue, "timespan is longer than "+strconv.Itoa(maxTimespan)+" characters", hint)
		return t
	}
	last := max(len(n.Value)-1, 0)
	count, unit := n.Value[:last], n.Value[last:]
	number, err := strconv.ParseInt(count, 10, 64)
	switch {
	case err != nil || !isNumber(count) || !strings.ContainsAny(unit, "smhdwMy"):
		if low := strings.ToLower(unit); isNumber(count) && unit != low && strings.ContainsAny(low, "shdwy") {
			p.fail(t.Pos, BadValue, "bad timespan "+quoted(n.Value), "write "+count+low)
			return t
		}
		p.fail(t.Pos, BadValue, "bad timespan "+quoted(n.Value), hint)
		return t
	case number == 0:
		p.fail(t.Pos, BadValue, "a timespan of 0 holds no events", "")
		return t
	case strings.ContainsAny(unit, "wMy"):
		p.warn(t.Pos, Style, "the unit "+unit+" is not in the specification", "s, m, h and d are")
	}
	t.Count, t.Unit = number, unit[0]
	return t
}

// aliases reads field name aliases (C24).
func (p *parser) aliases(n *yaml.Node) []Alias {
	if n.Kind != yaml.MappingNode {
		p.fail(p.pos(n), BadType, "aliases must be a mapping, not "+kindOf(n), "")
		return nil
	}
	var aliases []Alias
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, m := n.Content[i], n.Content[i+1]
		a := Alias{Pos: p.pos(key), Name: key.Value}
		if m.Kind != yaml.MappingNode || len(m.Content) == 0 {
			p.fail(a.Pos, BadType, "the alias "+quoted(key.Value)+" must be a mapping from rules to fields, not "+kindOf(m), "")
			continue
		}
		for j := 0; j+1 < len(m.Content); j += 2 {
			rule, field := m.Content[j], m.Content[j+1]
			if !isText(field) || field.Value == "" {
				p.fail(p.pos(field), BadType, "a field must be a name, not "+kindOrEmpty(field), "")
				continue
			}
			a.Fields = append(a.Fields, AliasField{
				Rule:  Ref{Pos: p.pos(rule), Text: rule.Value},
				Field: Name{Pos: p.pos(field), Text: field.Value},
			})
		}
		aliases = append(aliases, a)
	}
	return aliases
}
