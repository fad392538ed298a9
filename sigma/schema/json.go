package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A kind is what a part of a JSON document is.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	array
	object
)

// A node is a part of a JSON document with its place.
type node struct {
	kind  kind
	off   int      // of its first byte in the text
	text  string   // of a text, its value; of a number and a boolean, as written
	keys  []string // of an object, with the items beside them
	items []*node
}

// get returns the part under that key of an object, or nil. A nil node has no
// parts.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	if i := slices.Index(n.keys, key); i >= 0 {
		return n.items[i]
	}
	return nil
}

// getFold is get without regard to case: Kusto's tools do not agree on it.
func (n *node) getFold(key string) *node {
	if n == nil {
		return nil
	}
	for i, k := range n.keys {
		if strings.EqualFold(k, key) {
			return n.items[i]
		}
	}
	return nil
}

// path goes down several keys.
func (n *node) path(keys ...string) *node {
	for _, key := range keys {
		n = n.get(key)
	}
	return n
}

// word returns the text under a key, "" where there is none.
func (n *node) word(key string) string { return n.get(key).value() }

// value returns what a scalar says, "" of anything else.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	return n.text
}

// is reports whether there is a node of that kind.
func (n *node) is(k kind) bool { return n != nil && n.kind == k }

// maxNodes is how many parts a document may have.
const maxNodes = 2_000_000

// A jsonReader makes a tree of a text.
type jsonReader struct {
	*reader
	dec   *json.Decoder
	data  []byte
	fixed *int // where all places are, of a document inside a text
	nodes int
}

// parse returns the tree of the file, or nil where it is no JSON.
func (r *reader) parse() *node { return r.tree(r.file.Data, nil) }

// parseText returns the tree of a document that stands in a text at that
// offset. All of its parts are said to be there.
func (r *reader) parseText(doc string, off int) *node { return r.tree([]byte(doc), &off) }

func (r *reader) tree(data []byte, fixed *int) *node {
	j := &jsonReader{reader: r, dec: json.NewDecoder(bytes.NewReader(data)), fixed: fixed, data: data}
	j.dec.UseNumber()
	n, ok := j.node(0)
	if !ok {
		return nil
	}
	if off := j.next(); off < len(data) {
		r.failAt(j.at(off), sigma.BadSchema, "", "the JSON goes on behind its end")
		return nil
	}
	return n
}

// next returns the offset of the next token.
func (j *jsonReader) next() int {
	off := int(j.dec.InputOffset())
	for off < len(j.data) && strings.IndexByte(" \t\r\n,:", j.data[off]) >= 0 {
		off++
	}
	return off
}

// at returns the offset in the file of an offset in the document.
func (j *jsonReader) at(off int) int {
	if j.fixed != nil {
		return *j.fixed
	}
	return off
}

// node reads a value. It is false after an error.
func (j *jsonReader) node(depth int) (*node, bool) {
	n := &node{off: j.at(j.next())}
	token, err := j.dec.Token()
	if j.nodes++; err != nil {
		return nil, j.broken(err)
	}
	if depth > sigma.MaxDepth || j.nodes > maxNodes {
		j.failAt(n.off, sigma.Limit, "", "the JSON has more than %d levels or %d parts", sigma.MaxDepth, maxNodes)
		return nil, false
	}
	switch t := token.(type) {
	case json.Delim:
		return j.compound(n, t == '{', depth)
	case string:
		n.kind, n.text = text, t
	case json.Number:
		n.kind, n.text = number, t.String()
	case bool:
		n.kind, n.text = boolean, strconv.FormatBool(t)
	}
	return n, true
}

// compound reads the parts of an object or an array.
func (j *jsonReader) compound(n *node, isObject bool, depth int) (*node, bool) {
	n.kind = array
	var seen map[string]bool
	if isObject {
		n.kind, seen = object, make(map[string]bool)
	}
	for j.dec.More() {
		if isObject {
			off := j.at(j.next())
			token, err := j.dec.Token()
			if err != nil {
				return nil, j.broken(err)
			}
			key, _ := token.(string)
			if seen[key] {
				j.failAt(off, sigma.BadSchema, "", "the key %q is there twice", key)
				return nil, false
			}
			seen[key] = true
			n.keys = append(n.keys, key)
		}
		item, ok := j.node(depth + 1)
		if !ok {
			return nil, false
		}
		n.items = append(n.items, item)
	}
	if _, err := j.dec.Token(); err != nil { // the closing bracket
		return nil, j.broken(err)
	}
	return n, true
}

// wrongAt returns the offset of what a syntax error is about: the character that
// it names or, where that is in the middle of a value, of the value.
func (j *jsonReader) wrongAt(err *json.SyntaxError) int {
	off := int(err.Offset)
	if off < len(j.data) && strings.HasPrefix(err.Error(), fmt.Sprintf("invalid character %q", j.data[off])) {
		return off
	}
	return j.next()
}

// broken notes that the text is no JSON.
func (j *jsonReader) broken(err error) bool {
	off := int(j.dec.InputOffset())
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		off = j.wrongAt(syntax)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		off, err = len(j.data), errors.New("it ends too early")
	}
	j.failAt(j.at(min(off, len(j.data))), sigma.BadSchema, "", "the text is no JSON: %s", strings.TrimPrefix(err.Error(), "json: "))
	return false
}
