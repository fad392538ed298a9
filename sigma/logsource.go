package sigma

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// logSource reads a log source (L1). One of category, product and service must
// be there (L4).
func (p *parser) logSource(key, m *yaml.Node) LogSource {
	ls := LogSource{Pos: p.pos(key)}
	if m.Kind != yaml.MappingNode {
		p.fail(p.pos(key), BadType, "logsource must be a mapping, not "+kindOf(m), "give a category, product or service below it")
		return ls
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		name := m.Content[i].Value
		if slices.Contains(logSourceAttributes, name) {
			// nothing is wrong
		} else if near := Nearest(name, logSourceAttributes); near != "" {
			p.warn(p.pos(m.Content[i]), Style, "the log source has an attribute of its own, "+quoted(name), "did you mean "+near+"?")
		}
		p.logSourceAttribute(&ls, name, m.Content[i+1])
	}
	if ls.Category == "" && ls.Product == "" && ls.Service == "" {
		p.fail(p.pos(key), MissingKey, "logsource has no category, product or service", "")
	}
	return ls
}

// logSourceAttributes are the attributes that the specification names.
var logSourceAttributes = []string{"category", "product", "service", "definition"}

func (p *parser) logSourceAttribute(ls *LogSource, name string, n *yaml.Node) {
	switch name {
	case "category":
		ls.Category = p.text(n, name, 0)
	case "product":
		ls.Product = p.text(n, name, 0)
	case "service":
		ls.Service = p.text(n, name, 0)
	case "definition":
		ls.Definition = p.text(n, name, 0)
	default:
		text := p.text(n, "logsource attribute "+quoted(name), 0)
		if text == "" {
			return
		}
		if ls.Custom == nil {
			ls.Custom = map[string]string{}
		}
		ls.Custom[name] = text
	}
}
