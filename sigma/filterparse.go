package sigma

import "gopkg.in/yaml.v3"

// filter reads a filter document (G1, G2, G4).
func (p *parser) filter(root *yaml.Node) *Filter {
	f := &Filter{}
	p.meta(root, &f.Meta, filterDocument)
	if n := p.mandatory(root, &f.Meta, "logsource"); n != nil {
		f.LogSource = p.logSource(n, value(root, "logsource"))
	}
	f.Detection = p.detection(keyNode(root, "filter"), value(root, "filter"), f)
	for _, name := range []string{"level", "status"} {
		if n := keyNode(root, name); n != nil {
			p.warn(p.pos(n), Style, "a filter has no "+name, "leave it out") // G1
		}
	}
	return f
}

// filterRules reads which rules a filter is about: ids and names (G2), or any
// (G3).
func (p *parser) filterRules(f *Filter, n *yaml.Node) {
	if isText(n) && n.Value == "any" {
		f.Any = true
		return
	}
	f.Rules = p.refs(n)
}
