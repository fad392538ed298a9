package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// yamlEvent returns an event that is written in YAML as JSON. Numbers keep
// their digits; what JSON cannot say of YAML's numbers is a text as it stands.
func yamlEvent(n *yaml.Node) ([]byte, error) {
	if n.Kind != yaml.MappingNode {
		return nil, errors.New("it is no mapping")
	}
	w := yamlWriter{}
	w.value(n, 0)
	return w.text, w.err
}

// maxEventDepth is how deep an event of a test may be nested.
const maxEventDepth = 100

// A yamlWriter writes a node as JSON. Its text is bounded: aliases can make a
// small file mean a large one.
type yamlWriter struct {
	text []byte
	err  error
}

func (w *yamlWriter) value(n *yaml.Node, depth int) {
	switch {
	case w.err != nil:
		return
	case depth > maxEventDepth:
		w.err = fmt.Errorf("it is nested more than %d deep", maxEventDepth)
		return
	case len(w.text) > events.MaxRecord:
		w.err = fmt.Errorf("it is longer than %d MiB", events.MaxRecord>>20)
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		w.value(n.Alias, depth+1)
	case yaml.MappingNode:
		w.mapping(n, depth)
	case yaml.SequenceNode:
		w.text = append(w.text, '[')
		for i, item := range n.Content {
			w.comma(i)
			w.value(item, depth+1)
		}
		w.text = append(w.text, ']')
	default:
		w.scalar(n)
	}
}

func (w *yamlWriter) comma(i int) {
	if i > 0 {
		w.text = append(w.text, ',')
	}
}

func (w *yamlWriter) mapping(n *yaml.Node, depth int) {
	w.text = append(w.text, '{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			w.err = fmt.Errorf("line %d: a field's name is a text", key.Line)
			return
		}
		w.comma(i)
		w.text = append(jsontext.AppendString(w.text, key.Value), ':')
		w.value(n.Content[i+1], depth+1)
	}
	w.text = append(w.text, '}')
}

func (w *yamlWriter) scalar(n *yaml.Node) {
	switch n.ShortTag() {
	case "!!null":
		w.text = append(w.text, "null"...)
		return
	case "!!bool":
		if b, err := strconv.ParseBool(n.Value); err == nil {
			w.text = strconv.AppendBool(w.text, b)
			return
		}
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			w.text = append(w.text, n.Value...)
			return
		}
	}
	w.text = jsontext.AppendString(w.text, n.Value)
}
