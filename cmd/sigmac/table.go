package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A table writes matches for people: a row each, in columns whose widths are
// known before the first event is.
type table struct {
	rules        []*ir.Rule
	title, place int // widths, in characters
}

// The bounds of the columns, in characters.
const (
	levelWidth = 13 // of "informational"
	maxTitle   = 60
	numWidth   = 8 // of a line or an event's number
	maxCell    = 80
)

func newTable(rules []*ir.Rule, correlations []*ir.Correlation, files []*eventFile) *table {
	t := &table{rules: rules, title: len("RULE"), place: len("EVENT")}
	note := func(title string) { t.title = max(t.title, min(utf8.RuneCountInString(title), maxTitle)) }
	for _, r := range rules {
		note(r.Source.Title)
	}
	for _, c := range correlations {
		note(c.Source.Title)
	}
	for _, f := range files {
		t.place = max(t.place, utf8.RuneCountInString(f.path)+1+numWidth)
	}
	return t
}

// header returns the first row.
func (t *table) header() []byte {
	b := pad(nil, "LEVEL", levelWidth)
	b = pad(b, "RULE", t.title)
	b = pad(b, "EVENT", t.place)
	return append(b, "FIELDS\n"...)
}

// row appends a match. The event is file:line or, in an event log, file#index.
func (t *table) row(o *evalOutcome, rule int, ev *events.Event, fields []eval.Field) {
	r := t.rules[rule].Source
	b := pad(o.text, string(r.Level), levelWidth)
	b = pad(b, cell(r.Title, maxTitle), t.title)
	path := cell(o.file.path, utf8.RuneCountInString(o.file.path))
	if ev.Line > 0 {
		b = pad(b, path+":"+strconv.Itoa(ev.Line), t.place)
	} else {
		b = append(append(b, path...), '#')
		o.holes = append(o.holes, hole{len(b), o.events, t.place - utf8.RuneCountInString(path) - 1})
		b = append(b, "  "...)
	}
	for i, f := range fields {
		if i > 0 {
			b = append(b, "; "...)
		}
		b = append(b, cell(f.Name, maxCell)...)
		if string(f.Value) == "null" {
			b = append(b, " is null"...)
			continue
		}
		b = append(append(b, '='), cell(plainText(f.Value), maxCell)...)
	}
	b = append(b, '\n')
	o.text = b
}

// alert appends an alert of a correlation: the latest of its events, the group,
// and what holds of it in which window.
func (t *table) alert(b []byte, a correlate.Alert, c *correlating) []byte {
	source := a.Correlation.Source
	b = pad(b, string(source.Level), levelWidth)
	b = pad(b, cell(source.Title, maxTitle), t.title)
	place := ""
	if n := len(a.Events); n > 0 {
		file, index := c.place(a.Events[n-1])
		place = cell(file, max(utf8.RuneCountInString(file), 1)) + "#" + strconv.FormatUint(index, 10)
	}
	b = pad(b, place, t.place)
	for _, v := range a.Group {
		b = append(b, cell(v.Field, maxCell)...)
		if v.Absent {
			b = append(b, " is null; "...)
		} else {
			b = append(append(append(b, '='), cell(v.Text, maxCell)...), "; "...)
		}
	}
	b = append(append(b, a.Correlation.Type.String()...), '=')
	b = append(append(b, cell(a.Value, maxCell)...), " from "...)
	b = append(a.From.AppendFormat(b, time.RFC3339), " to "...)
	return append(a.To.AppendFormat(b, time.RFC3339), '\n')
}

// plainText returns a JSON value for people: a text, and a list of texts,
// without quotes. A long one is cut off, behind what a cell shows of it.
func plainText(value []byte) string {
	const most = 12 * maxCell // in bytes: a character can be two escapes
	var text string
	if len(value) <= most {
		var list []string
		switch {
		case json.Unmarshal(value, &text) == nil:
			return text
		case json.Unmarshal(value, &list) == nil && len(list) > 0 && !bytes.Contains(value, []byte("null")):
			return strings.Join(list, ", ")
		}
		return string(value)
	}
	value = value[:most:most]
	for end := len(value); value[0] == '"' && end > most-12; end-- { // not in an escape
		if json.Unmarshal(append(value[:end:end], '"'), &text) == nil {
			return text
		}
	}
	return string(value)
}

// pad appends a text and fills it up with spaces to the width of its column.
func pad(b []byte, text string, width int) []byte {
	b = append(b, text...)
	for n := utf8.RuneCountInString(text); n < width; n++ {
		b = append(b, ' ')
	}
	return append(b, "  "...)
}

// cell returns a text that keeps to its line and to a number of characters.
func cell(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, printable(text))
	if n := utf8.RuneCountInString(text); n > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	return text
}
