package sigma

import (
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The tags that YAML's core schema gives to nodes.
const (
	tagString = "!!str"
	tagInt    = "!!int"
	tagFloat  = "!!float"
	tagBool   = "!!bool"
	tagNull   = "!!null"
	tagTime   = "!!timestamp"
	tagMerge  = "!!merge"
)

// isEmpty reports whether a node is null: nothing behind the colon, ~ or null.
func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == tagNull
}

// isText reports whether a node is a string. An unquoted date is one (A10).
func isText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Tag == tagString || n.Tag == tagTime || n.Tag == tagMerge)
}

// kindOf names a node's type as error messages do.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case tagInt, tagFloat:
		return "a number"
	case tagBool:
		return "a boolean"
	case tagNull:
		return "empty"
	case tagString, tagTime, tagMerge:
		return "a string"
	}
	return "of the type " + n.Tag
}

// text reads an attribute that must be a string of at most so many characters;
// most is 0 where there is no limit. An empty attribute is an absent one.
func (p *parser) text(n *yaml.Node, what string, most int) string {
	switch {
	case isEmpty(n):
		p.warn(p.pos(n), Style, what+" is empty", "leave out what is unknown")
		return ""
	case !isText(n):
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = "quote it: '" + n.Value + "'"
		}
		p.fail(p.pos(n), BadType, what+" must be a string, not "+kindOf(n), hint)
		return ""
	case most > 0 && len(n.Value) > most && utf8.RuneCountInString(n.Value) > most:
		p.fail(p.pos(n), BadValue, what+" is longer than "+strconv.Itoa(most)+" characters", "")
	}
	return n.Value
}

// items returns the items of an attribute that must be a list. A string counts
// as a list of one where that is allowed.
func (p *parser) items(n *yaml.Node, what string, orString bool) []*yaml.Node {
	switch {
	case isEmpty(n):
		p.warn(p.pos(n), Style, what+" is empty", "leave out what is unknown")
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case orString && isText(n):
		return []*yaml.Node{n}
	}
	hint := ""
	if n.Kind == yaml.ScalarNode {
		hint = "write it as a list of one: - " + n.Value
	}
	p.fail(p.pos(n), BadType, what+" must be a list, not "+kindOf(n), hint)
	return nil
}

// texts reads an attribute that must be a list of different strings, each of
// at least so many characters.
func (p *parser) texts(n *yaml.Node, what string, least int, orString bool) []string {
	nodes := p.items(n, what, orString)
	if len(nodes) == 0 {
		return nil
	}
	list := make([]string, 0, len(nodes))
	p.unique(nodes, what)
	for _, item := range nodes {
		if !isText(item) {
			p.text(item, "an entry of "+what, 0)
			continue
		}
		if utf8.RuneCountInString(item.Value) < least {
			p.fail(p.pos(item), BadValue, "an entry of "+what+" must have at least "+strconv.Itoa(least)+" characters", "")
		}
		list = append(list, item.Value)
	}
	return list
}

// unique warns of entries of a list that stand in it twice (B12, B16, B17,
// B19): the specification's schema forbids them, and they mean nothing.
func (p *parser) unique(nodes []*yaml.Node, what string) {
	if len(nodes) < 2 {
		return
	}
	lines := make(map[string]int, len(nodes))
	for _, n := range nodes {
		if !isText(n) {
			continue
		}
		if line, ok := lines[n.Value]; ok {
			p.warn(p.pos(n), Style, "the entry "+quoted(n.Value)+" stands twice in "+what, "it is in line "+strconv.Itoa(line)+"; other tools may refuse it")
			continue
		}
		lines[n.Value] = n.Line
	}
}
