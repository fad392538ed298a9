package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// params reads the parameters of a mapping. The keys that are asked for are
// the keys that there are: rest reports all others.
type params struct {
	*parser
	what  string // what the mapping is, for messages
	pos   sigma.Pos
	keys  []key
	names map[string]int // index in keys
	asked []string
}

// A key is one key of a mapping and its value.
type key struct {
	name string
	pos  sigma.Pos
	node *yaml.Node
	used bool
}

// take returns the value of a key, or nil where it is absent.
func (p *params) take(name string) *yaml.Node {
	if !slices.Contains(p.asked, name) {
		p.asked = append(p.asked, name)
	}
	i, ok := p.names[name]
	if !ok {
		return nil
	}
	p.keys[i].used = true
	return p.keys[i].node
}

// need is take, and an error where the key is absent.
func (p *params) need(name string) *yaml.Node {
	n := p.take(name)
	if n == nil {
		p.fail(p.pos, sigma.BadPipeline, "", "%s needs the parameter %q", p.what, name)
	}
	return n
}

// rest reports the keys that nobody asked for.
func (p *params) rest() {
	for _, k := range p.keys {
		if k.used {
			continue
		}
		hint := ""
		if near := sigma.Nearest(k.name, p.asked); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		} else if len(p.asked) > 0 {
			hint = "there are " + strings.Join(p.asked, ", ")
		}
		p.fail(k.pos, sigma.BadPipeline, hint, "%s has no parameter %q", p.what, k.name)
	}
}

// text returns the string of a key, or "" where it is absent.
func (p *params) text(name string) string { return p.scalar(p.take(name), name) }

// needText returns the string of a key that must be there.
func (p *params) needText(name string) string { return p.scalar(p.need(name), name) }

// scalar returns the text of a scalar node.
func (p *params) scalar(n *yaml.Node, name string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		p.fail(p.at(n), sigma.BadPipeline, "", "%q must be a string, not %s", name, kindOf(n))
		return ""
	}
	return n.Value
}

// flag returns the boolean of a key, false where it is absent.
func (p *params) flag(name string) bool {
	n := p.take(name)
	if n == nil {
		return false
	}
	v, err := strconv.ParseBool(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || err != nil {
		p.fail(p.at(n), sigma.BadPipeline, "", "%q must be true or false, not %s", name, kindOf(n))
		return false
	}
	return v
}

// choice returns the string of a key, which must be one of those given. The
// first is what an absent key means; "" there makes the key mandatory.
func (p *params) choice(name string, values ...string) string {
	n := p.take(name)
	if n == nil {
		if values[0] == "" {
			p.need(name)
		}
		return values[0]
	}
	text := p.scalar(n, name)
	for _, v := range values {
		if v == text && text != "" {
			return v
		}
	}
	if text != "" {
		named := strings.TrimPrefix(strings.Join(values, ", "), ", ")
		p.fail(p.at(n), sigma.BadPipeline, near(text, values, "it is one of "+named), "%q cannot be %q", name, text)
	}
	return values[0]
}

// near suggests the nearest of the candidates, or returns the other hint.
func near(word string, candidates []string, otherwise string) string {
	if n := sigma.Nearest(word, candidates); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return otherwise
}

// texts returns the strings of a node that is a string or a list of strings.
func (p *params) texts(n *yaml.Node, name string) []string {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			p.scalar(n, name) // reports it
			return nil
		}
		return []string{n.Value}
	}
	out := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		out = append(out, p.scalar(p.deref(c), name))
	}
	return out
}

// list returns the strings of a key.
func (p *params) list(name string) []string { return p.texts(p.take(name), name) }

// needList returns the strings of a key that must be there and not empty.
func (p *params) needList(name string) []string {
	n := p.need(name)
	out := p.texts(n, name)
	if n != nil && len(out) == 0 {
		p.fail(p.at(n), sigma.BadPipeline, "", "%q must not be empty", name)
	}
	return out
}

// A pair is one entry of a mapping from a string to strings. The null key has
// null set.
type pair struct {
	key    string
	null   bool
	pos    sigma.Pos
	values []string
	list   bool // the values were written as a list
}

// pairs returns the entries of the mandatory key "mapping", a mapping from strings to strings or
// lists of strings.
func (p *params) pairs() []pair {
	const name = "mapping"
	n := p.need(name)
	if n == nil {
		return nil
	}
	sub := p.mapping(n, fmt.Sprintf("%q", name))
	if sub == nil {
		return nil
	}
	if len(sub.keys) == 0 {
		p.fail(p.at(n), sigma.BadPipeline, "", "%q must not be empty", name)
	}
	out := make([]pair, 0, len(sub.keys))
	for _, k := range sub.keys {
		out = append(out, pair{
			key: k.name, null: k.name == "", pos: k.pos,
			values: p.texts(k.node, k.name), list: k.node.Kind == yaml.SequenceNode,
		})
	}
	return out
}

// value returns the scalar of a node as a value of a rule.
func (p *params) value(n *yaml.Node, name string) (sigma.Value, bool) {
	v := sigma.Value{Pos: p.at(n), Text: n.Value}
	if n.Kind != yaml.ScalarNode {
		p.fail(v.Pos, sigma.BadPipeline, "", "%q must be a single value, not %s", name, kindOf(n))
		return v, false
	}
	switch n.Tag {
	case "!!int":
		v.Kind = sigma.Int
	case "!!float":
		v.Kind = sigma.Float
	case "!!bool":
		v.Kind, v.Text = sigma.Bool, strings.ToLower(n.Value)
	case "!!null":
		v.Kind, v.Text = sigma.Null, ""
	}
	return v, true
}

// values returns the scalars of a node that is one or a list of them.
func (p *params) values(n *yaml.Node, name string) []sigma.Value {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	var out []sigma.Value
	for _, c := range nodes {
		if v, ok := p.value(p.deref(c), name); ok {
			out = append(out, v)
		}
	}
	return out
}

// kindOf names the kind of a node in messages.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "null"
	}
	return fmt.Sprintf("%q", n.Value)
}
