package sigmago

import (
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/yamldoc"
	"github.com/sigma-compiler/sigmac/sigma"
)

// What a configuration may hold at most.
const (
	maxBytes = 8 << 20
	maxNodes = 200000 // aliases followed
	maxDepth = 20
)

// A reader reads a configuration and collects what is wrong.
type reader struct {
	file  *sigma.File
	errs  sigma.ErrorList
	nodes int
}

func (r *reader) fail(n *yaml.Node, code sigma.Code, hint, format string, args ...any) {
	r.errs = append(r.errs, &sigma.Error{Pos: r.at(n), Code: code, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// at returns the place of a node.
func (r *reader) at(n *yaml.Node) sigma.Pos {
	return sigma.Pos{File: r.file, Line: n.Line, Col: n.Column}
}

// document returns the tree of the file without aliases and merged mappings,
// nil where it cannot be read.
func (r *reader) document() *yaml.Node {
	top := &yaml.Node{Line: 1, Column: 1}
	if len(r.file.Data) > maxBytes {
		r.fail(top, sigma.Limit, "", "the file has more than %d bytes", maxBytes)
		return nil
	}
	doc, wrong := yamldoc.Read(r.file.Data)
	switch {
	case wrong != nil:
		top.Line = wrong.Line
		r.fail(top, sigma.BadYAML, "", "%s", wrong.Msg)
		return nil
	case doc == nil:
		r.fail(top, sigma.BadPipeline, "", "the file is empty")
		return nil
	}
	out := r.plain(doc.Content[0], 0)
	if len(r.errs) > 0 {
		return nil
	}
	return out
}

// tags are those of values that a configuration can have.
var tags = []string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!map", "!!seq"}

// plain returns a copy of the tree in which aliases and merged mappings are
// written out. After a Limit error it stops.
func (r *reader) plain(n *yaml.Node, depth int) *yaml.Node {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		if r.nodes = maxNodes; len(r.errs) == 0 || r.errs[len(r.errs)-1].Code != sigma.Limit {
			r.fail(n, sigma.Limit, "", "the file has too many nodes, or they are nested too deep")
		}
		return n
	}
	if n.Kind == yaml.AliasNode {
		return r.plain(n.Alias, depth+1)
	}
	if !slices.Contains(tags, n.Tag) {
		r.fail(n, sigma.BadYAML, "", "values of the type %s are no part of a configuration", n.Tag)
	}
	out := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Style: n.Style &^ yaml.TaggedStyle, Value: n.Value, Line: n.Line, Column: n.Column}
	switch n.Kind {
	case yaml.MappingNode:
		r.pairs(out, n, depth, nil)
	case yaml.SequenceNode:
		for _, c := range n.Content {
			out.Content = append(out.Content, r.plain(c, depth+1))
		}
	}
	return out
}

// pairs copies the keys of a mapping and their values, and behind them those
// that are merged in and that it does not have.
func (r *reader) pairs(out, n *yaml.Node, depth int, have map[string]int) {
	merged := have != nil
	if !merged {
		have = make(map[string]int)
	}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content) && r.nodes < maxNodes; i += 2 {
		if n.Content[i].Tag == "!!merge" {
			merges = append(merges, n.Content[i+1])
			continue
		}
		k := r.plain(n.Content[i], depth+1)
		if k.Kind != yaml.ScalarNode || k.Tag == "!!null" || k.Value == "" {
			r.fail(k, sigma.BadPipeline, "", "a key must be a string, not %s", kindOf(k))
			continue
		}
		if line, twice := have[k.Value]; twice {
			if !merged {
				r.fail(k, sigma.DuplicateKey, fmt.Sprintf("the first is in line %d", line), "the key %q stands twice", k.Value)
			}
			continue
		}
		have[k.Value] = k.Line
		k.Tag, k.Style = "!!str", yaml.DoubleQuotedStyle
		out.Content = append(out.Content, k, r.plain(n.Content[i+1], depth+1))
	}
	for _, m := range merges {
		r.merge(out, m, depth+1, have)
	}
}

// merge copies the keys of the mapping or mappings behind "<<".
func (r *reader) merge(out, m *yaml.Node, depth int, have map[string]int) {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		r.plain(m, depth) // reports it
		return
	}
	switch m.Kind {
	case yaml.AliasNode:
		r.merge(out, m.Alias, depth+1, have)
	case yaml.MappingNode:
		r.pairs(out, m, depth, have)
	case yaml.SequenceNode:
		for _, c := range m.Content {
			r.merge(out, c, depth+1, have)
		}
	default:
		r.fail(m, sigma.BadPipeline, "", "only a mapping can be merged")
	}
}

// kindOf names the kind of a node in messages.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "null"
	}
	return strconv.Quote(n.Value)
}
