package pack

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/yamldoc"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A reader reads a file and collects what is wrong with it.
type reader struct {
	file  *sigma.File
	errs  sigma.ErrorList
	left  int // nodes that may still be looked at
	depth int
	full  bool // the limit was told
}

func (r *reader) fail(pos sigma.Pos, hint, format string, args ...any) {
	if len(r.errs) > maxErrors {
		return
	}
	r.errs = append(r.errs, &sigma.Error{Pos: pos, Code: sigma.BadSetting, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// at returns the place of a node.
func (r *reader) at(n *yaml.Node) sigma.Pos {
	return sigma.Pos{File: r.file, Line: n.Line, Col: n.Column}
}

// document reads the one YAML document of the file.
func (r *reader) document() *yaml.Node {
	pos := sigma.Pos{File: r.file, Line: 1, Col: 1}
	if len(r.file.Data) > maxConfig {
		r.errs = append(r.errs, &sigma.Error{Pos: pos, Code: sigma.Limit, Msg: fmt.Sprintf("the file has more than %d bytes", maxConfig)})
		return nil
	}
	doc, wrong := yamldoc.Read(r.file.Data)
	if wrong != nil {
		pos.Line = wrong.Line
		if line, ok := r.file.Line(pos.Line); ok {
			pos.Col += len(line) - len(strings.TrimLeft(line, " "))
		}
		r.errs = append(r.errs, &sigma.Error{Pos: pos, Code: sigma.BadYAML, Msg: wrong.Msg})
		return nil
	}
	if doc == nil {
		r.fail(pos, "write name, rules and targets", "the file is empty")
		return nil
	}
	return doc.Content[0]
}

// node follows an alias and counts what is looked at. It returns nil where
// that is too much.
func (r *reader) node(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil && r.left > 0 {
		r.left--
		n = n.Alias
	}
	if r.left--; r.left > 0 && r.depth <= maxDepth {
		return n
	}
	if !r.full {
		r.full = true
		r.errs = append(r.errs, &sigma.Error{Pos: r.at(n), Code: sigma.Limit, Msg: fmt.Sprintf("the file has more than %d values, those of aliases counted, or is nested more than %d deep", maxNodes, maxDepth)})
	}
	return nil
}

// A mapping is a YAML mapping of which keys are taken.
type mapping struct {
	*reader
	what string // for messages
	root *yaml.Node
	keys []pair
}

// A pair is a key with its value.
type pair struct{ key, value *yaml.Node }

// kindOf names the kind of a node.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return fmt.Sprintf("%q", n.Value)
}

// mapping reads a mapping with its merge keys. It returns nil after an error.
func (r *reader) mapping(n *yaml.Node, what string) *mapping {
	if n = r.node(n); n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.fail(r.at(n), "", "%s must be a mapping, not %s", what, kindOf(n))
		return nil
	}
	m := &mapping{reader: r, what: what, root: n}
	seen := make(map[string]int)
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Tag == "!!merge":
			merged = append(merged, value)
		case key.Kind != yaml.ScalarNode:
			r.fail(r.at(key), "", "a key must be a text, not %s", kindOf(key))
		case seen[key.Value] > 0:
			r.fail(r.at(key), "", "%s has the key %q twice: it is in line %d, too", what, key.Value, seen[key.Value])
		default:
			seen[key.Value] = key.Line
			if value = r.node(value); value != nil {
				m.keys = append(m.keys, pair{key, value})
			}
		}
	}
	for _, value := range merged {
		m.merge(value, seen)
	}
	return m
}

// merge adds the pairs of a merge key whose keys the mapping does not have.
func (m *mapping) merge(n *yaml.Node, seen map[string]int) {
	if n = m.node(n); n == nil {
		return
	}
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	m.depth++
	defer func() { m.depth-- }()
	for _, n := range list {
		from := m.mapping(n, "what is merged")
		if from == nil {
			return
		}
		for _, p := range from.keys {
			if seen[p.key.Value] == 0 {
				seen[p.key.Value] = p.key.Line
				m.keys = append(m.keys, p)
			}
		}
	}
}

// only reports the keys that are none of those named.
func (m *mapping) only(names ...string) {
	for _, p := range m.keys {
		if slices.Contains(names, p.key.Value) {
			continue
		}
		if len(m.errs) > maxErrors {
			return
		}
		hint := "there are " + strings.Join(names, ", ")
		if near := sigma.Nearest(p.key.Value, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		m.fail(m.at(p.key), hint, "%s has no key %q", m.what, p.key.Value)
	}
}

// get returns the value of a key; nil where it is absent or null.
func (m *mapping) get(name string) *yaml.Node {
	for _, p := range m.keys {
		if p.key.Value == name && p.value.Tag != "!!null" {
			return p.value
		}
	}
	return nil
}

// text returns the text of a key, as written; "" where it is absent.
func (m *mapping) text(name string) string {
	n := m.get(name)
	if n == nil {
		return ""
	}
	return m.scalar(n, name)
}

// scalar returns the text of a node that must be one value.
func (r *reader) scalar(n *yaml.Node, what string) string {
	if n = r.node(n); n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		r.fail(r.at(n), "", "%s must be one value, not %s", what, kindOf(n))
		return ""
	}
	return n.Value
}

// bool returns whether a key is true.
func (m *mapping) bool(name string) bool {
	n := m.get(name)
	if n == nil || n.Kind == yaml.ScalarNode && n.Value == "false" {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.Value != "true" {
		m.fail(m.at(n), "", "%s must be true or false, not %s", name, kindOf(n))
	}
	return true
}

// list returns the nodes of a list, or of one value that stands for a list of
// one.
func (m *mapping) list(name string) []*yaml.Node {
	n := m.get(name)
	switch {
	case n == nil:
		return nil
	case n.Kind != yaml.SequenceNode:
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, item := range n.Content {
		if item = m.node(item); item != nil {
			out = append(out, item)
		}
	}
	return out
}

// texts returns the texts of a list, with their places.
func (m *mapping) texts(name string) []Path {
	var out []Path
	for _, n := range m.list(name) {
		if text := m.scalar(n, "an entry of "+name); text != "" {
			out = append(out, Path{m.at(n), text})
		} else if n.Kind == yaml.ScalarNode {
			m.fail(m.at(n), "", "an entry of %s is empty", name)
		}
	}
	return out
}

// pairs returns the names and values of a mapping of texts.
func (m *mapping) pairs(name string) map[string]string {
	n := m.get(name)
	if n == nil {
		return nil
	}
	sub := m.mapping(n, name)
	if sub == nil {
		return nil
	}
	out := make(map[string]string, len(sub.keys))
	for _, p := range sub.keys {
		out[p.key.Value] = m.scalar(p.value, p.key.Value)
	}
	return out
}
