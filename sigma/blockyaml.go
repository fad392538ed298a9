package sigma

import (
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxBlockDepth bounds how deep a blockReader follows collections in one
// another.
const maxBlockDepth = 20

// blockNodes reads a document of the few forms of YAML that nearly all rules
// keep to, several times as fast as the library, which knows them all. It
// returns exactly the library's nodes, without the comments, or nil for any
// text that is not of these forms, or wrong: that is the library's to read.
//
// The forms are: printable characters; mappings and lists in block style, one entry
// a line; keys of ASCII letters, digits and _ - . |; scalars that end on their line,
// plain, in single quotes, or in double quotes without a backslash; literal
// blocks with the headers | and |- whose first line is not blank; blank lines;
// and comments. Empty values are not among them, nor anchors, aliases, tags,
// flow style, folding, and values that go on on the next line. What a rule has
// of its own is given to callers with its comments, so that only a document that
// isUsual may have some.
func blockNodes(text []byte) *yaml.Node {
	if len(text) == 0 || text[len(text)-1] != '\n' {
		return nil
	}
	if !isPrinted(text) {
		return nil
	}
	r := &blockReader{text: text, stack: make([]*yaml.Node, 0, 64)}
	if isMarker(text, "---") && text[3] == '\n' {
		r.next = 4
		r.number = 1
	}
	r.advance()
	if r.indent != 0 || r.done {
		return nil
	}
	root := r.mapping(0, 0)
	if root == nil || !r.done || r.comments && !isUsual(root) {
		return nil
	}
	for i := 0; i < len(root.Content); i += 2 {
		if !isRuleKey(root.Content[i].Value) {
			root.Content[i+1] = apart(root.Content[i+1])
		}
	}
	return root
}

// apart returns a copy of a node in memory of its own. Callers may keep the
// value of a key that a rule has of its own, and nodes that are allocated
// together keep all that any of them refers to: the root, and so the document.
func apart(n *yaml.Node) *yaml.Node {
	c := *n
	if n.Content != nil {
		c.Content = make([]*yaml.Node, len(n.Content))
		for i, child := range n.Content {
			c.Content[i] = apart(child)
		}
	}
	return &c
}

// isPrinted reports whether a text is UTF-8 of printable characters and line
// feeds, without those that YAML 1.1 takes for line breaks, or byte order marks.
func isPrinted(text []byte) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= ' ' && c <= '~' || c == '\n' {
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r >= utf8.RuneError && r <= 0xffff {
			return false
		}
		i += size - 1
	}
	return true
}

// isRuleKey reports whether a key is one of the usual ones of a detection rule,
// all of them the specification's.
func isRuleKey(key string) bool {
	switch key {
	case "title", "id", "related", "status", "description", "references", "author", "date", "modified",
		"tags", "logsource", "detection", "fields", "falsepositives", "level":
		return true
	}
	return false
}

// isUsual reports whether a document is a detection rule without other keys
// than those of isRuleKey.
func isUsual(root *yaml.Node) bool {
	for i := 0; i < len(root.Content); i += 2 {
		if !isRuleKey(root.Content[i].Value) {
			return false
		}
	}
	return keyNode(root, "detection") != nil
}

// nodesAtOnce is how many nodes are allocated together.
const nodesAtOnce = 16

// A blockReader reads line by line. Its methods return nil, and false, where
// the text is of no form that it knows.
type blockReader struct {
	text     []byte
	line     []byte // the line in work, without its line feed
	number   int    // of it, from 1
	indent   int    // of it: the spaces in front
	next     int    // the offset of the line behind it
	done     bool   // there is none in work, the text is at its end
	comments bool   // there are some
	nodes    []yaml.Node
	stack    []*yaml.Node // the content of the collections in work
}

// advance goes to the next line that is not blank and no comment.
func (r *blockReader) advance() {
	for r.raw() {
		if r.indent == len(r.line) {
			continue
		}
		if r.line[r.indent] != '#' {
			return
		}
		r.comments = true
	}
}

// raw goes to the next line, whatever it is.
func (r *blockReader) raw() bool {
	if r.next == len(r.text) {
		r.done, r.line, r.indent = true, nil, -1
		return false
	}
	end := r.next
	for r.text[end] != '\n' {
		end++
	}
	r.line = r.text[r.next:end]
	r.next = end + 1
	r.number++
	r.indent = r.pastSpaces(0)
	return true
}

// pastSpaces returns the first column from one on that is no space.
func (r *blockReader) pastSpaces(at int) int {
	for at < len(r.line) && r.line[at] == ' ' {
		at++
	}
	return at
}

// node returns a new node at a column, from 0, of the line in work.
func (r *blockReader) node(kind yaml.Kind, tag string, col int) *yaml.Node {
	if len(r.nodes) == 0 {
		r.nodes = make([]yaml.Node, nodesAtOnce)
	}
	n := &r.nodes[0]
	r.nodes = r.nodes[1:]
	n.Kind, n.Tag, n.Line, n.Column = kind, tag, r.number, col+1
	return n
}

// collect gives a collection the nodes that came onto the stack behind start.
func (r *blockReader) collect(n *yaml.Node, start int) *yaml.Node {
	n.Content = append(make([]*yaml.Node, 0, len(r.stack)-start), r.stack[start:]...)
	r.stack = r.stack[:start]
	return n
}

// mapping reads a mapping whose first key stands at a column of the line in
// work, and the others at the same column.
func (r *blockReader) mapping(col, depth int) *yaml.Node {
	n, start := r.node(yaml.MappingNode, "!!map", col), len(r.stack)
	for first := true; first || r.indent == col; first = false {
		end := keyEnd(r.line, col)
		if end < 0 {
			return nil
		}
		key := r.plain(col, end)
		r.stack = append(r.stack, key)
		value := r.value(end+1, col, depth)
		if value == nil {
			return nil
		}
		r.stack = append(r.stack, value)
	}
	if r.indent > col {
		return nil
	}
	return r.collect(n, start)
}

// value reads what stands behind a key and its colon.
func (r *blockReader) value(at, parent, depth int) *yaml.Node {
	if at = r.pastSpaces(at); at < len(r.line) {
		if r.line[at] != '#' {
			return r.scalar(at, parent)
		}
		r.comments = true
	}
	r.advance()
	isItem := !r.done && r.line[r.indent] == '-'
	switch {
	case r.done || depth == maxBlockDepth:
		return nil
	case isItem && r.indent >= parent:
		return r.list(r.indent, parent, depth+1)
	case r.indent > parent:
		return r.mapping(r.indent, depth+1)
	}
	return nil
}

// list reads a list whose items stand at a column. Behind it comes a line that
// is indented as much as its parent, or less.
func (r *blockReader) list(col, parent, depth int) *yaml.Node {
	n, start := r.node(yaml.SequenceNode, "!!seq", col), len(r.stack)
	for r.indent == col && r.line[col] == '-' {
		at := r.pastSpaces(col + 1)
		if at == col+1 || at == len(r.line) {
			return nil
		}
		var item *yaml.Node
		if keyEnd(r.line, at) >= 0 && depth < maxBlockDepth {
			item = r.mapping(at, depth+1)
		} else {
			item = r.scalar(at, col)
		}
		if item == nil {
			return nil
		}
		r.stack = append(r.stack, item)
	}
	if r.indent > parent {
		return nil
	}
	return r.collect(n, start)
}

// keyEnd returns the column of the colon behind a key that begins at a column,
// or -1 where no key does.
func keyEnd(line []byte, col int) int {
	end := col
	for end < len(line) && keyBytes[line[end]] {
		end++
	}
	isKey := end > col && end-col <= 200 && line[col] != '-' && line[col] != '|' &&
		end < len(line) && line[end] == ':' && (end+1 == len(line) || line[end+1] == ' ')
	if !isKey {
		return -1
	}
	return end
}

// keyBytes has the characters of keys, plainStarts those that begin plain
// scalars: most of those that are no indicators (YAML 1.2.2, 5.3 and 7.3.3).
var keyBytes, plainStarts = byteSet(`_-.|`), byteSet(`_./\(+^;=~$`)

// byteSet returns the set of the characters, the letters and the digits.
func byteSet(more string) (set [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + more {
		set[c] = true
	}
	return set
}
