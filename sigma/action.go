package sigma

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// action does what the attribute action of version 1 asks for (A7), and what
// earlier documents of the file asked for: it returns the document with the
// defaults of the global ones, or nil where it is no rule of its own.
func (p *parser) action(root *yaml.Node) *yaml.Node {
	n := value(root, "action")
	if n == nil {
		p.previous = root
		return p.withGlobal(root)
	}
	p.warn(p.pos(n), Deprecated, "action is not part of Sigma since version 2", "repeat in each document what it needs")
	rest := without(root, "action")
	switch n.Value {
	case "global":
		if p.global = p.merged(p.global, rest); p.global == nil {
			p.global = rest
		}
	case "reset":
		p.global = nil
		if len(rest.Content) > 0 {
			p.fail(p.pos(rest.Content[0]), BadValue, "a document with action: reset has nothing else", "begin a new document with ---")
		}
	case "repeat":
		if p.previous == nil {
			p.fail(p.pos(n), BadValue, "there is no document before this one to repeat", "")
			return nil
		}
		p.previous = p.merged(p.previous, rest)
		return p.withGlobal(p.previous)
	default:
		p.fail(p.pos(n), BadValue, "unknown action "+quoted(n.Value), meant(n.Value, []string{"global", "reset", "repeat"}))
	}
	return nil
}

// withGlobal returns the document with the defaults of the global ones.
func (p *parser) withGlobal(root *yaml.Node) *yaml.Node {
	if p.global == nil {
		return root
	}
	return p.merged(p.global, root)
}

// merged returns a mapping with the keys of both, deeply; where both have a
// value that is no mapping, that of over holds. It changes neither.
func (p *parser) merged(base, over *yaml.Node) *yaml.Node {
	if base == nil {
		return over
	}
	if p.budget -= len(base.Content) + len(over.Content); p.budget < 0 {
		if p.budget+len(base.Content)+len(over.Content) >= 0 {
			p.fail(p.pos(over), Limit, "action makes the file larger than "+strconv.Itoa(MaxExpansion)+" YAML nodes", "")
		}
		return over
	}
	m := *over
	m.Content = make([]*yaml.Node, 0, len(base.Content)+len(over.Content))
	at := make(map[string]int, len(base.Content)/2)
	for i := 0; i < len(base.Content); i += 2 {
		at[base.Content[i].Value] = len(m.Content)
		m.Content = append(m.Content, base.Content[i], base.Content[i+1])
	}
	for i := 0; i < len(over.Content); i += 2 {
		k, n := over.Content[i], over.Content[i+1]
		j, both := at[k.Value]
		switch {
		case !both:
			m.Content = append(m.Content, k, n)
		case n.Kind == yaml.MappingNode && m.Content[j+1].Kind == yaml.MappingNode:
			m.Content[j], m.Content[j+1] = k, p.merged(m.Content[j+1], n)
		default:
			m.Content[j], m.Content[j+1] = k, n
		}
	}
	return &m
}

// without returns a mapping without one of its keys.
func without(m *yaml.Node, name string) *yaml.Node {
	c := *m
	c.Content = nil
	for i := 0; i < len(m.Content); i += 2 {
		if m.Content[i].Value != name {
			c.Content = append(c.Content, m.Content[i], m.Content[i+1])
		}
	}
	return &c
}
