package events

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/internal/evtx"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// A Decoder reads the events of batches. One goroutine at a time may use it.
type Decoder struct {
	json   eval.JSON
	log    evtx.Decoder
	fields []string
	pairs  eval.Pairs
	spans  []span
	event  Event
}

// An Event is one event of a batch, valid until the next one is read.
type Event struct {
	eval.Event
	Line int    // on which it begins, from 1; 0 in an event log, which has none
	text []byte // JSON; nil where the event is pairs
}

// A Problem says why an event cannot be read.
type Problem struct {
	Line, Col int    // from 1; 0 where not known. Col counts characters
	Chunk     int    // of an event log, from 1; else 0
	Record    uint64 // the number of the record in an event log; 0 where not known
	Msg       string
}

// Each calls event for each event of a batch and bad for each that cannot be
// read, in the order of the stream.
func (d *Decoder) Each(b *Batch, event func(*Event), bad func(Problem)) {
	if b.format == evtxFormat {
		d.chunks(b, event, bad)
		return
	}
	for _, s := range b.spans {
		text := b.data[s.from:s.to]
		switch {
		case s.bad != "":
			bad(Problem{Line: s.line, Msg: s.bad})
		case b.format == csvFormat:
			d.record(b.header, text, s.line, event, bad)
		case b.format == linesFormat:
			d.line(text, s.line, event, bad)
		default:
			d.object(text, s.line, event, bad)
		}
	}
}

// object reads one JSON object.
func (d *Decoder) object(text []byte, line int, event func(*Event), bad func(Problem)) {
	if err := d.json.Parse(text); err != nil {
		bad(problem(text, line, 0, err))
		return
	}
	d.event = Event{Event: &d.json, Line: line, text: text}
	event(&d.event)
}

// line reads the objects of a line: mostly one, but they may stand one behind
// the other or in a list.
func (d *Decoder) line(text []byte, line int, event func(*Event), bad func(Problem)) {
	rest, err := d.json.Next(text)
	if err == nil && len(bytes.TrimSpace(rest)) == 0 {
		d.event = Event{Event: &d.json, Line: line, text: text[:len(text)-len(rest)]}
		event(&d.event)
		return
	}
	if err != nil && bytes.TrimLeft(text, " \t\r")[0] != '[' {
		bad(problem(text, line, 1, err))
		return
	}
	split := documents{at: line}
	d.spans, _ = split.split(text, true, d.spans[:0])
	for _, s := range d.spans {
		if s.bad != "" {
			bad(Problem{Line: line, Msg: s.bad})
			continue
		}
		d.object(text[s.from:s.to], line, event, bad)
	}
}

// problem returns where in a text the mistake is. The text begins at that line
// and column, 0 where that is not known.
func problem(text []byte, line, col int, err error) Problem {
	p := Problem{Line: line, Col: col, Msg: "the event is not a JSON object"}
	var syntax *eval.SyntaxError
	if !errors.As(err, &syntax) {
		return p
	}
	p.Msg += ": " + syntax.Msg
	before := text[:min(syntax.Offset, len(text))]
	if n := bytes.Count(before, []byte("\n")); n > 0 {
		p.Line, p.Col = line+n, 1
		before = before[bytes.LastIndexByte(before, '\n')+1:]
	}
	if p.Col > 0 {
		p.Col += utf8.RuneCount(before)
	}
	return p
}

// record reads a record of a CSV text.
func (d *Decoder) record(h *header, text []byte, line int, event func(*Event), bad func(Problem)) {
	var err error
	if d.fields, err = splitCSV(d.fields[:0], text, h.comma); err == nil {
		d.pairs, err = h.pairs(d.pairs[:0], d.fields)
	}
	if err != nil {
		bad(Problem{Line: line, Msg: err.Error()})
		return
	}
	d.event = Event{Event: d.pairs, Line: line}
	event(&d.event)
}

// chunks reads the events of some chunks of an event log.
func (d *Decoder) chunks(b *Batch, event func(*Event), bad func(Problem)) {
	number := b.chunk
	report := func(record uint64, err error) {
		bad(Problem{Chunk: number, Record: record, Msg: err.Error()})
	}
	for data := range slices.Chunk(b.data, evtx.ChunkSize) {
		d.log.Chunk(data, func(record uint64, text []byte) {
			if err := d.json.Parse(text); err != nil {
				report(record, fmt.Errorf("the event cannot be read: %w", err))
				return
			}
			d.event = Event{Event: &d.json, text: text}
			event(&d.event)
		}, report)
		number++
	}
}

// AppendJSON appends the event as a JSON object on one line.
func (e *Event) AppendJSON(dst []byte) []byte {
	if e.text != nil {
		return jsontext.AppendValue(dst, e.text)
	}
	pairs, _ := e.Event.(eval.Pairs)
	return appendPairs(dst, pairs)
}

// appendPairs appends pairs as an object. The values of one name are a list.
func appendPairs(dst []byte, pairs eval.Pairs) []byte {
	values := make(map[string][]string, len(pairs))
	for _, p := range pairs {
		values[p.Name] = append(values[p.Name], p.Value)
	}
	dst = append(dst, '{')
	for i, p := range pairs {
		list := values[p.Name]
		if len(list) == 0 {
			continue // is there
		}
		delete(values, p.Name)
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, p.Name), ':')
		if len(list) == 1 {
			dst = jsontext.AppendString(dst, p.Value)
			continue
		}
		for k, v := range list {
			dst = jsontext.AppendString(append(dst, "[,"[min(k, 1)]), v)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}
