package sigma

import (
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// scalar reads a scalar that begins at a column, and goes to the line behind
// it. That must not be indented more than the parent, or the scalar would go on.
func (r *blockReader) scalar(at, parent int) *yaml.Node {
	var n *yaml.Node
	switch c := r.line[at]; {
	case c == '|':
		return r.literal(at, parent)
	case c == '\'' || c == '"':
		n = r.quoted(at, c)
	case plainStarts[c] || c >= utf8.RuneSelf:
		n = r.plain(at, r.plainEnd(at))
	}
	if n == nil {
		return nil
	}
	r.advance()
	if r.indent > parent {
		return nil
	}
	return n
}

// plain returns the plain scalar between two columns. What type it is of is
// the library's to say.
func (r *blockReader) plain(at, end int) *yaml.Node {
	if end < 0 {
		return nil
	}
	n := r.node(yaml.ScalarNode, "", at)
	n.Value = string(r.line[at:end])
	if isDay(n.Value) { // the library says so too, after three other forms
		n.Tag = tagTime
	} else {
		n.Tag = n.ShortTag()
	}
	return n
}

// isDay reports whether a text is a date such as 2006-01-02.
func isDay(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

// plainEnd returns the column behind a plain scalar, or -1 where it has a
// colon that could end a key.
func (r *blockReader) plainEnd(at int) int {
	end, line := at, r.line
	for i := at; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue
		case '#':
			if line[i-1] == ' ' {
				r.comments = true
				return end
			}
		case ':':
			if i+1 == len(line) || line[i+1] == ' ' {
				return -1
			}
		}
		end = i + 1
	}
	return end
}

// quoted reads a quoted scalar, which nothing but a comment may follow.
func (r *blockReader) quoted(at int, quote byte) *yaml.Node {
	end, doubled := at+1, false
	for ; ; end++ {
		if end >= len(r.line) || quote == '"' && r.line[end] == '\\' {
			return nil
		}
		if r.line[end] != quote {
			continue
		}
		if quote == '"' || end+1 == len(r.line) || r.line[end+1] != quote {
			break
		}
		end++
		doubled = true
	}
	rest := r.pastSpaces(end + 1)
	if rest < len(r.line) {
		if r.line[rest] != '#' || rest == end+1 {
			return nil
		}
		r.comments = true
	}
	n := r.node(yaml.ScalarNode, tagString, at)
	n.Value, n.Style = string(r.line[at+1:end]), yaml.DoubleQuotedStyle
	if quote == '\'' {
		n.Style = yaml.SingleQuotedStyle
		if doubled {
			n.Value = strings.ReplaceAll(n.Value, "''", "'")
		}
	}
	return n
}

// literal reads a literal block (YAML 1.2.2, 8.1).
func (r *blockReader) literal(at, parent int) *yaml.Node {
	header := string(r.line[at:])
	if header != "|" && header != "|-" {
		return nil
	}
	n := r.node(yaml.ScalarNode, tagString, at)
	n.Style = yaml.LiteralStyle
	if !r.raw() || r.indent == len(r.line) || r.indent <= parent {
		return nil
	}
	var b strings.Builder
	blank := 0 // lines that count only where text follows
	for indent := r.indent; ; {
		switch {
		case r.done || r.indent < len(r.line) && r.indent < indent:
			if header == "|" {
				b.WriteByte('\n')
			}
			n.Value = b.String()
			return r.behind(n, parent)
		case r.indent == len(r.line) && r.indent > indent: // spaces that are text
			return nil
		case r.indent == len(r.line):
			blank++
		default:
			if b.Len() > 0 {
				blank++
			}
			for ; blank > 0; blank-- {
				b.WriteByte('\n')
			}
			b.Write(r.line[indent:])
		}
		r.raw()
	}
}

// behind goes on behind a literal block, whose next line is in work already.
func (r *blockReader) behind(n *yaml.Node, parent int) *yaml.Node {
	if r.indent > parent {
		return nil
	}
	if !r.done && r.line[r.indent] == '#' {
		r.comments = true
		r.advance()
	}
	if r.indent > parent {
		return nil
	}
	return n
}
