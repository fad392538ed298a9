package sigmago

import (
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A builder writes the tree of a pipeline. What it writes has the place of the
// part of a configuration that it stands for.
type builder struct {
	files map[*yaml.Node]*sigma.File
	errs  sigma.ErrorList
	all   []*Config   // of the chain
	file  *sigma.File // of the configuration at hand
	from  *yaml.Node  // the part of it
}

// on sets what is at hand.
func (b *builder) on(c *Config, from *yaml.Node) *builder {
	b.file, b.from = c.file, from
	return b
}

// made gives a node its place.
func (b *builder) made(n *yaml.Node) *yaml.Node {
	n.Line, n.Column = 1, 1
	if b.from != nil {
		n.Line, n.Column = b.from.Line, b.from.Column
	}
	b.files[n] = b.file
	return n
}

// own takes over a node of the configuration, which keeps its place.
func (b *builder) own(n *yaml.Node) *yaml.Node {
	b.files[n] = b.file
	for _, c := range n.Content {
		b.own(c)
	}
	return n
}

func (b *builder) text(s string) *yaml.Node {
	return b.made(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s})
}

func (b *builder) list(ns ...*yaml.Node) *yaml.Node {
	return b.made(&yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: ns})
}

func (b *builder) texts(ss []string) *yaml.Node {
	ns := make([]*yaml.Node, len(ss))
	for i, s := range ss {
		ns[i] = b.text(s)
	}
	return b.list(ns...)
}

// A pair is a key of a mapping that is written, and its value.
type pair struct {
	name string
	node *yaml.Node
}

func (b *builder) mapping(pairs ...pair) *yaml.Node {
	n := b.made(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
	for _, p := range pairs {
		n.Content = append(n.Content, b.text(p.name), p.node)
	}
	return n
}

// step writes a step.
func (b *builder) step(kind string, pairs ...pair) *yaml.Node {
	return b.mapping(append([]pair{{"type", b.text(kind)}}, pairs...)...)
}
