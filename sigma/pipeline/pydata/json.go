package pydata

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendJSON appends a value as json.dumps() writes it, or as much of it as fits
// and ErrTooLong. All is on one line where indent is negative. Characters beyond ASCII are
// escaped, as Python does unless told otherwise.
func AppendJSON(b []byte, v any, indent, most int) ([]byte, error) {
	w := jsonWriter{writer: writer{b: b, most: len(b) + most}, indent: indent}
	w.value(v, 0)
	return w.b, w.err
}

type jsonWriter struct {
	writer
	indent int
}

func (w *jsonWriter) value(v any, depth int) {
	if w.err != nil {
		return
	}
	switch v := v.(type) {
	case nil:
		w.text("null")
	case bool:
		w.text(strconv.FormatBool(v))
	case string:
		w.str(v)
	case float64:
		w.float(v)
	case json.Number:
		w.text(v.String())
	case *Object:
		w.str(v.Text)
	case interface{ PlainText() string }:
		w.str(v.PlainText())
	case int64:
		w.repr(v)
	case List:
		w.deeper(func() {
			w.items("[", "]", len(v), depth, func(i int) { w.value(v[i], depth+1) })
		})
	case *Map:
		w.deeper(func() {
			w.items("{", "}", v.Len(), depth, func(i int) {
				w.str(v.keys[i])
				w.text(": ")
				w.value(v.values[v.keys[i]], depth+1)
			})
		})
	default:
		w.err = errors.New("there is something in it that JSON does not have")
	}
}

// float writes what Python does for the numbers that JSON does not have, too.
func (w *jsonWriter) float(f float64) {
	switch {
	case math.IsNaN(f):
		w.text("NaN")
	case math.IsInf(f, 0):
		w.text(map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0])
	default:
		w.repr(f)
	}
}

func (w *jsonWriter) items(open, closing string, n, depth int, item func(int)) {
	w.text(open)
	for i := range n {
		if i > 0 {
			w.text(",")
		}
		w.line(i > 0, depth+1)
		item(i)
		if w.err != nil {
			return
		}
	}
	if n > 0 {
		w.line(false, depth)
	}
	w.text(closing)
}

// line begins a line, or writes a space where all is on one.
func (w *jsonWriter) line(space bool, depth int) {
	switch {
	case w.indent >= 0:
		w.text("\n")
		for range depth {
			w.text(strings.Repeat(" ", w.indent))
		}
	case space:
		w.text(" ")
	}
}

func (w *jsonWriter) str(s string) {
	w.text(`"`)
	done := 0
	for i, r := range s {
		if r >= ' ' && r <= 0x7f && r != '"' && r != '\\' {
			continue
		}
		w.text(s[done:i])
		done = i + 1
		if r != utf8.RuneError {
			done = i + utf8.RuneLen(r)
		} else if strings.HasPrefix(s[i:], "\uFFFD") {
			done = i + len("\uFFFD")
		}
		w.text(escaped(r))
	}
	w.text(s[done:])
	w.text(`"`)
}

// escaped returns a character as JSON in ASCII has it.
func escaped(r rune) string {
	switch r {
	case '"', '\\':
		return `\` + string(r)
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	}
	if r >= 0x10000 {
		hi, lo := utf16.EncodeRune(r)
		return fmt.Sprintf(`\u%04x\u%04x`, hi, lo)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// FromJSON reads a JSON text. Numbers stay as they are written.
func FromJSON(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	v, err := readJSON(dec, 0)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something stands behind the value, at byte %d", dec.InputOffset())
	}
	return v, nil
}

func readJSON(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := List{}
		for dec.More() {
			v, err := readJSON(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = dec.Token()
		return list, err
	case json.Delim('{'):
		m := &Map{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := readJSON(dec, depth+1)
			if err != nil {
				return nil, err
			}
			m.Set(key.(string), v)
		}
		_, err = dec.Token()
		return m, err
	}
	return token, nil
}
