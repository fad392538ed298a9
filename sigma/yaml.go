package sigma

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// A segment is the text of one YAML document in a file.
type segment struct {
	start, end int // offsets in the file's text
	line       int // 0-based line of the first byte
	directives int // lines such as %YAML 1.2
}

// segments cuts the text at the lines "---" and "...", which YAML reserves for
// this at the beginning of a line wherever they stand (YAML 1.2.2, 9.1.2). So
// a mistake in one document does not cost the others. Directives stay with the
// document that follows them. Segments of comments only are left out.
func (f *File) segments() []segment {
	f.index()
	segs := make([]segment, 0, 1)
	cur, empty := segment{}, true
	for i, at := range f.lines {
		line := f.Data[at:]
		if i == 0 {
			line = bytes.TrimPrefix(line, bom)
		}
		if len(line) == 0 {
			continue
		}
		switch c := line[0]; {
		case c == '-' && isMarker(line, "---") && (cur.directives == 0 || !empty):
			segs = cur.appendTo(segs, at, empty)
			cur, empty = segment{start: at, line: i}, isBlank(line[3:])
		case c == '-' && isMarker(line, "---"): // the directives' own
			empty = false
		case c == '.' && isMarker(line, "..."):
			segs = cur.appendTo(segs, at, empty && cur.directives == 0)
			cur, empty = segment{start: at, line: i}, isBlank(line[3:])
			if empty { // as it should be
				if _, next, ok := f.lineBounds(i + 1); ok {
					cur = segment{start: next, line: i + 1}
				}
			}
		case c == '%' && empty:
			cur.directives++
		case empty:
			empty = isBlank(line)
		}
	}
	return cur.appendTo(segs, len(f.Data), empty && cur.directives == 0)
}

// document returns the text of a segment as the YAML library reads it. The
// library refuses the directive %YAML 1.2, and rules are YAML 1.2 (A1): the
// directive becomes a comment.
func (f *File) document(s segment) []byte {
	text := f.Data[s.start:s.end]
	if s.directives == 0 {
		return text
	}
	text = bytes.Clone(text)
	for at := 0; ; {
		if bytes.HasPrefix(bytes.TrimPrefix(text[at:], bom), []byte("%YAML 1.2")) {
			text[at+bytes.IndexByte(text[at:], '%')] = '#'
		}
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 || isMarker(text[at:], "---") {
			return text
		}
		at += i + 1
	}
}

// appendTo adds the segment that ends at end to a list, unless it is empty.
func (s segment) appendTo(list []segment, end int, empty bool) []segment {
	if empty {
		return list
	}
	s.end = end
	return append(list, s)
}

// isMarker reports whether a line begins with a document marker.
func isMarker(line []byte, marker string) bool {
	if len(line) < 3 || line[0] != marker[0] || line[1] != marker[1] || line[2] != marker[2] {
		return false
	}
	return len(line) == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\n' || line[3] == '\r'
}

// isBlank reports whether the first line of a text holds only white space or a
// comment.
func isBlank(text []byte) bool {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\r':
		case '\n', '#':
			return true
		default:
			return false
		}
	}
	return true
}

// nodes reads the document of a segment.
func (f *File) nodes(s segment) (*yaml.Node, error) {
	text := f.document(s)
	if s.directives == 0 {
		if root := blockNodes(text); root != nil {
			return root, nil
		}
	}
	return decode(bytes.NewReader(text))
}

// decode reads the one document of a text. The node is nil where the document
// is empty. A panic of the YAML library is an error like its others.
func decode(r io.Reader) (root *yaml.Node, err error) {
	defer func() {
		if v := recover(); v != nil {
			root, err = nil, fmt.Errorf("yaml: %v", v)
		}
	}()
	dec := yaml.NewDecoder(r)
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	// A second read finds what stands behind the document and is no part of
	// it; the library would not say.
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		if err == nil {
			err = fmt.Errorf("yaml: line %d: there is text behind the end of the document", more.Line)
		}
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, nil
	}
	return doc.Content[0], nil
}
