package pipeline

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// deref follows an alias, and counts the nodes that were looked at.
func (p *parser) deref(n *yaml.Node) *yaml.Node {
	if p.nodes++; p.nodes == maxNodes {
		p.fail(p.at(n), sigma.Limit, "", "the file has too many nodes, aliases followed")
	}
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// mapping reads a mapping, or reports that n is none and returns nil.
func (p *parser) mapping(n *yaml.Node, what string) *params {
	n = p.deref(n)
	if n.Kind != yaml.MappingNode {
		p.fail(p.at(n), sigma.BadPipeline, "", "%s must be a mapping, not %s", what, kindOf(n))
		return nil
	}
	out := &params{parser: p, what: what, pos: p.at(n)}
	if p.nodes < maxNodes {
		out.add(n, false)
	}
	return out
}

// add takes over the keys of a mapping. Those that are merged in (<<) stand
// behind those that are there.
func (p *params) add(n *yaml.Node, merged bool) {
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := p.deref(n.Content[i]), p.deref(n.Content[i+1])
		if k.Tag == "!!merge" {
			merges = append(merges, v)
			continue
		}
		if k.Kind != yaml.ScalarNode {
			p.fail(p.at(k), sigma.BadPipeline, "", "a key of %s is %s", p.what, kindOf(k))
			continue
		}
		name := k.Value
		if k.Tag == "!!null" {
			name = ""
		}
		if at := p.index(name); at < 0 {
			p.keys = append(p.keys, key{name: name, pos: p.at(k), node: v})
		} else if !merged {
			p.fail(p.at(k), sigma.DuplicateKey, fmt.Sprintf("the first is in line %d", p.keys[at].pos.Line), "the key %q stands twice", name)
		}
	}
	for _, v := range merges {
		p.merge(v)
	}
}

// merge takes over the keys of the mapping or mappings behind "<<".
func (p *params) merge(v *yaml.Node) {
	from := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		from = v.Content
	}
	for _, m := range from {
		if m = p.deref(m); m.Kind != yaml.MappingNode || p.nodes >= maxNodes {
			p.fail(p.at(m), sigma.BadPipeline, "", "only a mapping can be merged")
			return
		}
		for i := 0; i < len(m.Content); i += 2 {
			if m.Content[i].Tag == "!!merge" {
				p.fail(p.at(m.Content[i]), sigma.BadPipeline, "", "a merged mapping cannot merge another")
				return
			}
		}
		p.add(m, true)
	}
}

// index returns the place of a key that is there already, or notes where it
// will be and returns -1.
func (p *params) index(name string) int {
	if p.names == nil {
		p.names = make(map[string]int)
	}
	if i, ok := p.names[name]; ok {
		return i
	}
	p.names[name] = len(p.keys)
	return -1
}
