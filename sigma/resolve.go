package sigma

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// A resolver makes a document of the YAML library what the rest of the parser
// reads: a tree without aliases and merge keys, whose keys are different
// scalars, and whose nodes have their places in the file.
type resolver struct {
	p      *parser
	line   int                // what to add to line numbers
	sizes  map[*yaml.Node]int // of anchored nodes that are done
	broken bool               // the rest is not worth looking at
}

// resolve resolves a document. It returns false where nothing useful is left.
func (p *parser) resolve(root *yaml.Node, s segment) bool {
	r := &resolver{p: p, line: s.line}
	r.node(root, 1)
	return !r.broken
}

// node resolves a node and what is in it. It returns how many nodes these are,
// aliased ones counted each time.
func (r *resolver) node(n *yaml.Node, depth int) int {
	n.Line += r.line
	size, merge := 1, false
	if n.Kind != yaml.ScalarNode {
		if depth > MaxDepth {
			r.stop(n, "the YAML is nested deeper than "+strconv.Itoa(MaxDepth)+" levels")
			return 0
		}
		for i, c := range n.Content {
			if c.Kind == yaml.AliasNode {
				size += r.alias(n, i)
			} else {
				size += r.node(c, depth+1)
			}
			if r.broken {
				return 0
			}
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				merge = merge || c.Tag == tagMerge
				r.key(n.Content[i])
			}
		}
		if n.Kind == yaml.MappingNode {
			r.duplicates(n)
			if merge {
				r.merge(n)
			}
		}
	}
	if n.Anchor != "" {
		if r.sizes == nil {
			r.sizes = map[*yaml.Node]int{}
		}
		r.sizes[n] = size
	}
	return size
}

// stop reports an error after which the document is given up.
func (r *resolver) stop(n *yaml.Node, msg string) {
	r.broken = true
	r.p.fail(r.p.pos(n), Limit, msg, "")
}

// alias puts an anchored node in the place of the alias.
func (r *resolver) alias(parent *yaml.Node, i int) int {
	alias := parent.Content[i]
	alias.Line += r.line
	size, done := r.sizes[alias.Alias]
	if !done {
		r.broken = true
		r.p.fail(r.p.pos(alias), BadYAML, "the alias *"+alias.Value+" stands inside what it stands for", "")
		return 0
	}
	if r.p.budget -= size; r.p.budget < 0 {
		r.stop(alias, "aliases make the file larger than "+strconv.Itoa(MaxExpansion)+" YAML nodes")
		return 0
	}
	parent.Content[i] = alias.Alias
	return size
}

// key checks that a key is a scalar with a text.
func (r *resolver) key(k *yaml.Node) {
	switch {
	case k.Kind != yaml.ScalarNode:
		r.broken = true
		r.p.fail(r.p.pos(k), BadYAML, "a key must be a word, not "+kindOf(k), "")
	case k.Tag == tagNull:
		r.broken = true
		r.p.fail(r.p.pos(k), BadYAML, "a key must be a word, not null", "quote it where the text is meant")
	}
}

// duplicates reports keys that a mapping has twice (A8).
func (r *resolver) duplicates(m *yaml.Node) {
	if len(m.Content) <= 32 {
		for i := 2; i < len(m.Content); i += 2 {
			for j := 0; j < i; j += 2 {
				if m.Content[i].Value == m.Content[j].Value {
					r.duplicate(m.Content[j], m.Content[i])
					break
				}
			}
		}
		return
	}
	first := make(map[string]*yaml.Node, len(m.Content)/2)
	for i := 0; i < len(m.Content); i += 2 {
		k := m.Content[i]
		if f := first[k.Value]; f != nil {
			r.duplicate(f, k)
		} else {
			first[k.Value] = k
		}
	}
}

func (r *resolver) duplicate(first, again *yaml.Node) {
	r.p.fail(r.p.pos(again), DuplicateKey, "the key "+quoted(again.Value)+" stands here again, first in line "+strconv.Itoa(first.Line), "")
}

// merge replaces the keys "<<" of a mapping by the keys of the mappings that
// they name. The mapping's own keys go first, then those of the first mapping
// (YAML 1.1, "Merge Key Language-Independent Type").
func (r *resolver) merge(m *yaml.Node) {
	seen := make(map[string]bool, len(m.Content)/2)
	for i := 0; i < len(m.Content); i += 2 {
		if m.Content[i].Tag != tagMerge {
			seen[m.Content[i].Value] = true
		}
	}
	var content []*yaml.Node
	for i := 0; i < len(m.Content); i += 2 {
		k, n := m.Content[i], m.Content[i+1]
		if k.Tag != tagMerge {
			content = append(content, k, n)
			continue
		}
		sources := []*yaml.Node{n}
		if n.Kind == yaml.SequenceNode {
			sources = n.Content
		}
		for _, s := range sources {
			content = r.mergeOne(content, k, s, seen)
		}
	}
	m.Content = content
}

func (r *resolver) mergeOne(content []*yaml.Node, key, source *yaml.Node, seen map[string]bool) []*yaml.Node {
	if source.Kind != yaml.MappingNode {
		r.p.fail(r.p.pos(key), BadYAML, "a merge key << needs a mapping, not "+kindOf(source), "")
		return content
	}
	for i := 0; i < len(source.Content); i += 2 {
		if k := source.Content[i]; !seen[k.Value] {
			seen[k.Value] = true
			content = append(content, k, source.Content[i+1])
		}
	}
	return content
}
