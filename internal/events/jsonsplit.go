package events

import (
	"bytes"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// lines finds events that stand on lines of their own.
type lines struct{ at int }

func (l *lines) tooLong() span { return span{line: l.at, bad: tooLong} }

func (l *lines) split(data []byte, last bool, spans []span) ([]span, int) {
	from := 0
	for from < len(data) {
		n := bytes.IndexByte(data[from:], '\n')
		if n < 0 && !last {
			break
		}
		to := len(data)
		if n >= 0 {
			to = from + n
		}
		if len(bytes.TrimSpace(data[from:to])) > 0 {
			spans = append(spans, newSpan(from, to, l.at))
		}
		l.at++
		from = min(to+1, len(data))
	}
	return spans, from
}

// newSpan returns the span of an event, unless that is too long.
func newSpan(from, to, line int) span {
	s := span{from: from, to: to, line: line}
	if to-from > MaxRecord {
		s.bad = tooLong
	}
	return s
}

func (l *lines) skip(data []byte) (int, bool) {
	n := bytes.IndexByte(data, '\n')
	if n < 0 {
		return len(data), false
	}
	l.at++
	return n + 1, true
}

// documents finds objects that stand one behind the other or in lists, also
// lists of lists, over any number of lines.
type documents struct {
	at     int
	lists  int // how many lists are open
	opened int // the line on which the outermost of them begins
	before thing
}

// A thing is what the last thing in a list was.
type thing uint8

const (
	nothing thing = iota // or a comma
	element              // an object or a list
	rubbish              // what is neither
)

func (d *documents) tooLong() span {
	return span{line: d.at, bad: tooLong + ", with all up to the next line that begins with '{'"}
}

func (d *documents) split(data []byte, last bool, spans []span) ([]span, int) {
	i := 0
	for i < len(data) {
		switch c := data[i]; {
		case c == '\n':
			d.at++
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case (c == '{' || c == '[') && d.lists > 0 && d.before == element:
			spans = append(spans, span{line: d.at, bad: "two values of the list have no comma between them"})
			d.before = nothing
		case d.punctuation(c):
			i++
		default:
			n, kind := d.next(data[i:])
			if n < 0 && !last {
				return spans, i
			}
			if n < 0 {
				n = len(data) - i
			}
			spans = append(spans, newSpan(i, i+n, d.at))
			d.at += bytes.Count(data[i:i+n], []byte("\n"))
			d.before = kind
			i += n
		}
	}
	if last && d.lists > 0 {
		spans = append(spans, span{line: d.opened, bad: "the list that begins here has no end"})
		d.lists = 0
	}
	return spans, i
}

// next returns where the object ends with which data begins, or what is none;
// -1 where that is not in sight.
func (d *documents) next(data []byte) (int, thing) {
	switch {
	case data[0] == '{':
		return object(data), element
	case d.lists > 0:
		return scalar(data), rubbish
	}
	return garbage(data), rubbish
}

// punctuation takes the brackets and commas of lists where they may stand.
func (d *documents) punctuation(c byte) bool {
	switch {
	case c == '[':
		if d.lists++; d.lists == 1 {
			d.opened = d.at
		}
		d.before = nothing
	case c == ']' && d.lists > 0:
		d.lists--
		d.before = element
	case c == ',' && d.lists > 0 && d.before != nothing:
		d.before = nothing
	default:
		return false
	}
	return true
}

// skip goes on where a line begins with an object: what is indented may be a
// part of the event that is too long.
func (d *documents) skip(data []byte) (int, bool) {
	n := bytes.Index(data, []byte("\n{"))
	done := n >= 0
	if n++; !done {
		if n = len(data); n > 0 && data[n-1] == '\n' {
			n-- // the object may follow
		}
	}
	d.at += bytes.Count(data[:n], []byte("\n"))
	d.before = nothing
	return n, done
}

// scalar returns where an element of a list that is no object and no list ends,
// or -1.
func scalar(data []byte) int {
	if data[0] == '"' {
		return quoted(data)
	}
	for i, c := range data {
		if i > 0 && (c == ',' || c == ']' || c == '[' || c == '{' || c == '"' || c == '\n') {
			return i
		}
	}
	return -1
}

// garbage returns where what is no object ends: with the line, or before the
// next object. It is -1 where that is not in sight.
func garbage(data []byte) int {
	for i, c := range data {
		if c == '\n' || c == '{' && i > 0 {
			return i
		}
	}
	return -1
}

// object returns where the object with which data begins ends, or -1 where it
// is not complete. An object that is broken off ends where the next one
// begins: at the start of a line, where no value may stand.
func object(data []byte) int {
	depth := 0
	var before byte // the last byte that is no white space
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			n := quoted(data[i:])
			if n < 0 {
				return -1
			}
			i += n - 1
			if data[i] == '\n' { // no string has one
				return i
			}
		case '{', '[':
			if i > 0 && data[i-1] == '\n' && before != ':' && before != ',' && before != '[' {
				return i
			}
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		before = c
	}
	return -1
}

// quoted returns where the string with which data begins ends, or -1. One with
// a line break in it ends behind that.
func quoted(data []byte) int {
	for i := jsontext.StringEnd(data, 1); i < len(data); i = jsontext.StringEnd(data, i) {
		switch data[i] {
		case '"', '\n':
			return i + 1
		case '\\':
			if i++; i < len(data) && data[i] == '\n' {
				return i + 1
			}
		}
		i++
	}
	return -1
}
