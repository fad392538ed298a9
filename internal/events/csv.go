package events

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// A header is the first record of a CSV text.
type header struct {
	names []string
	comma byte
}

// commas are what can separate the fields of a CSV text.
const commas = ",;\t"

// isCSV reports whether a text looks like CSV: it does not begin as JSON, its
// first line has several fields, and its second is no JSON either.
func isCSV(text []byte) bool {
	first, rest := firstRecord(text)
	if len(first) == 0 || isJSON(first[0]) {
		return false
	}
	if comma, _ := separator(text); comma == 0 {
		return false
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) == 0 || rest[0] != '{' && rest[0] != '['
}

// firstRecord returns the first record of a text and what follows it.
func firstRecord(text []byte) (first, rest []byte) {
	if n := recordEnd(text, ','); n >= 0 {
		return text[:n], text[n+1:]
	}
	first, rest, _ = bytes.Cut(text, []byte("\n"))
	return first, rest
}

// startCSV prepares for CSV: it reads the header.
func (r *Reader) startCSV(head []byte) error {
	s := &records{at: 1}
	s.comma, s.told = separator(head)
	r.format, r.splitter = csvFormat, s
	for len(r.rest) <= headSize {
		r.fill()
		last := r.err != nil
		spans, _ := s.split(r.rest, last, nil)
		if len(spans) == 0 && !last || s.told && len(spans) == 1 && !last {
			r.whole = len(r.rest)
			s.at = 1
			continue
		}
		if s.told {
			spans = spans[min(1, len(spans)):]
		}
		return r.takeHeader(s, spans)
	}
	return errors.New("the header of the CSV text is too long")
}

// separator returns what separates the fields of a CSV text, and whether a
// line before the header says so.
func separator(head []byte) (comma byte, told bool) {
	first, _ := firstRecord(bytes.TrimLeft(head, "\r\n"))
	if name, ok := bytes.CutPrefix(bytes.TrimRight(first, "\r"), []byte("sep=")); ok && len(name) == 1 {
		return name[0], true
	}
	most := 0
	for _, c := range []byte(commas) {
		if n := bytes.Count(first, []byte{c}); n > most {
			most, comma = n, c
		}
	}
	return comma, false
}

// takeHeader makes the first record the header.
func (r *Reader) takeHeader(s *records, spans []span) error {
	if len(spans) == 0 {
		return errors.New("the CSV text has no header")
	}
	h := spans[0]
	names, err := splitCSV(nil, r.rest[h.from:h.to], s.comma)
	if err != nil {
		return fmt.Errorf("the header of the CSV text cannot be read: %w", err)
	}
	r.header = &header{names: names, comma: s.comma}
	next := min(h.to+1, len(r.rest))
	s.at = 1 + bytes.Count(r.rest[:next], []byte("\n"))
	r.rest, r.whole = r.rest[next:], 0
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return r.err
	}
	return nil
}

// records finds the records of a CSV text: lines, but for those whose line
// break is in quotes.
type records struct {
	at    int
	comma byte
	told  bool // by a line before the header, as Excel writes it
}

func (s *records) tooLong() span { return span{line: s.at, bad: tooLong} }

func (s *records) split(data []byte, last bool, spans []span) ([]span, int) {
	from := 0
	for from < len(data) {
		to := recordEnd(data[from:], s.comma)
		if to < 0 && !last {
			break
		}
		if to < 0 {
			to = len(data) - from
		}
		to += from
		if len(bytes.TrimSpace(data[from:to])) > 0 {
			spans = append(spans, newSpan(from, to, s.at))
		}
		next := min(to+1, len(data))
		s.at += bytes.Count(data[from:next], []byte("\n"))
		from = next
	}
	return spans, from
}

// recordEnd returns the index of the line break that ends the first record,
// or -1. A quote counts where a field begins with it, as in splitCSV.
func recordEnd(data []byte, comma byte) int {
	begins := true // a field begins here
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\n':
			return i
		case c == '"' && begins:
			n := closingQuote(data[i+1:])
			if n < 0 {
				return -1
			}
			i += n + 1
		default:
			begins = c == comma
			continue
		}
		begins = false
	}
	return -1
}

// closingQuote returns the index of the quote that ends a field, or -1.
func closingQuote(data []byte) int {
	for i := 0; ; i += 2 {
		n := bytes.IndexByte(data[i:], '"')
		if n < 0 {
			return -1
		}
		if i += n; i+1 == len(data) || data[i+1] != '"' {
			return i
		}
	}
}

func (s *records) skip(data []byte) (int, bool) {
	n := bytes.IndexByte(data, '\n')
	if n < 0 {
		return len(data), false
	}
	s.at++
	return n + 1, true
}

// splitCSV appends the fields of a record (RFC 4180). A quote inside of a
// field that has none around it is itself.
func splitCSV(dst []string, text []byte, comma byte) ([]string, error) {
	text = bytes.TrimSuffix(text, []byte("\r"))
	for {
		if len(text) == 0 || text[0] != '"' {
			n := bytes.IndexByte(text, comma)
			if n < 0 {
				return append(dst, string(text)), nil
			}
			dst, text = append(dst, string(text[:n])), text[n+1:]
			continue
		}
		field, rest, ok := quotedField(text[1:])
		if !ok {
			return dst, errors.New("a quote is not closed")
		}
		dst = append(dst, field)
		if len(rest) == 0 {
			return dst, nil
		}
		if rest[0] != comma {
			return dst, errors.New("there is text behind a closing quote")
		}
		text = rest[1:]
	}
}

// quotedField reads a field up to its closing quote. Two quotes are one.
func quotedField(text []byte) (field string, rest []byte, ok bool) {
	var b []byte
	for {
		n := bytes.IndexByte(text, '"')
		if n < 0 {
			return "", nil, false
		}
		b = append(b, text[:n]...)
		if text = text[n+1:]; len(text) == 0 || text[0] != '"' {
			return string(b), text, true
		}
		b, text = append(b, '"'), text[1:]
	}
}

// pairs appends the fields of a record with their names.
func (h *header) pairs(dst eval.Pairs, values []string) (eval.Pairs, error) {
	if len(values) != len(h.names) {
		return dst, fmt.Errorf("the line and the header have %d and %d fields", len(values), len(h.names))
	}
	for i, v := range values {
		dst = append(dst, eval.Pair{Name: h.names[i], Value: v})
	}
	return dst, nil
}
