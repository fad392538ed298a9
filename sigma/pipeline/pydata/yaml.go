package pydata

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"

	"gopkg.in/yaml.v3"
)

// maxNodes is how many nodes of YAML become data, aliases followed.
const maxNodes = 500000

// FromYAML returns what a node of YAML is.
func FromYAML(n *yaml.Node) (any, error) {
	r := yamlReader{left: maxNodes}
	return r.value(n)
}

type yamlReader struct{ left int }

func (r *yamlReader) value(n *yaml.Node) (any, error) {
	if r.left--; r.left < 0 {
		return nil, errors.New("it has too many nodes, aliases followed")
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return r.value(n.Content[0])
	case yaml.AliasNode:
		return r.value(n.Alias)
	case yaml.SequenceNode:
		list := make(List, len(n.Content))
		for i, c := range n.Content {
			v, err := r.value(c)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case yaml.MappingNode:
		return r.mapping(n)
	}
	return scalar(n), nil
}

func (r *yamlReader) mapping(n *yaml.Node) (any, error) {
	m := &Map{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return nil, errors.New("a key is a list or a mapping")
		}
		v, err := r.value(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		if merged, ok := v.(*Map); ok && k.Tag == "!!merge" {
			for _, key := range merged.keys {
				if _, there := m.Get(key); !there {
					m.Set(key, merged.values[key])
				}
			}
			continue
		}
		m.Set(k.Value, v)
	}
	return m, nil
}

// scalar returns a single value. What Go cannot hold stays text.
func scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case "!!int":
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return i
		}
		var i int64
		if n.Decode(&i) == nil {
			return i
		}
	case "!!float":
		var f float64
		if n.Decode(&f) == nil {
			return f
		}
	case "!!binary":
		if b, err := base64.StdEncoding.DecodeString(n.Value); err == nil {
			return string(b)
		}
	}
	return n.Value
}

// YAML returns a text or a list of texts in YAML, with the indentation given, or
// the usual one where that is not positive.
func YAML(v any, indent int) (string, error) {
	var root *yaml.Node
	switch v := v.(type) {
	case string:
		root = textNode(v)
	case List:
		root = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, x := range v {
			text, ok := x.(string)
			if !ok {
				return "", errors.New("only texts are written in YAML")
			}
			root.Content = append(root.Content, textNode(text))
		}
		if len(v) == 0 {
			root.Style = yaml.FlowStyle // [] is what an empty list looks like
		}
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if indent > 0 {
		enc.SetIndent(min(indent, 9)) // as much as YAML says there can be
	}
	if err := enc.Encode(root); err != nil {
		return "", err
	}
	return b.String(), enc.Close()
}

// textNode returns a text as YAML. A form that does not come back as the same
// text is not used.
func textNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	out, err := yaml.Marshal(n)
	var back any
	if err != nil || yaml.Unmarshal(out, &back) != nil || back != text {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}
	}
	return n
}
