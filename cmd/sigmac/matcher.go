package main

import (
	"strconv"
	"sync"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A matcher runs rules over portions of events. It is used by several
// goroutines at once.
type matcher struct {
	engine  *eval.Engine
	include bool
	rules   [][]byte // by rule: the begin of its matches, up to the file of the event
	header  []byte   // before the first match
	render  func(o *evalOutcome, rule int, ev *events.Event, fields []eval.Field)
	workers sync.Pool // of *worker
}

// A worker is what one goroutine needs.
type worker struct {
	session *eval.Session
	decoder events.Decoder
	matches []eval.Match
}

// An evalOutcome is what the rules said of a portion.
type evalOutcome struct {
	portion
	text     []byte // the matches, but for the numbers of the events
	holes    []hole
	events   int
	matches  int
	problems []events.Problem // the first of them
	bad      int
}

// A hole is where the number of an event goes. The number in the portion is
// known, how many events came before it only when these were read.
type hole struct {
	at, index int
	width     int // in characters, filled up with spaces
}

// newMatcher returns a matcher that writes JSON lines.
func newMatcher(e *eval.Engine, include bool) *matcher {
	m := &matcher{engine: e, include: include, rules: make([][]byte, len(e.Rules()))}
	for i, r := range e.Rules() {
		m.rules[i] = describeRule(r)
	}
	m.workers.New = func() any { return &worker{session: e.NewSession()} }
	m.render = m.line
	return m
}

// describeRule returns the begin of the rule's matches. The keys, their order
// and their types are a promise to programs.
func describeRule(r *ir.Rule) []byte {
	b := []byte(`{"rule":{"id":`)
	s := r.Source
	b = jsontext.AppendString(b, s.ID)
	b = jsontext.AppendString(append(b, `,"title":`...), s.Title)
	b = jsontext.AppendString(append(b, `,"level":`...), string(s.Level))
	b = jsontext.AppendString(append(b, `,"file":`...), s.Pos.Name())
	b = strconv.AppendInt(append(b, `,"line":`...), int64(s.Line), 10)
	return append(b, `},"event":{"file":`...)
}

// work runs the rules over the events of a portion.
func (m *matcher) work(p portion) *evalOutcome {
	o := &evalOutcome{portion: p}
	if p.end {
		return o
	}
	w, _ := m.workers.Get().(*worker)
	defer m.workers.Put(w)
	w.decoder.Each(p.batch, func(ev *events.Event) {
		w.matches = w.session.Match(ev, w.matches[:0])
		for _, match := range w.matches {
			m.render(o, match.Index, ev, eval.Fields(match.Rule, ev))
			o.matches++
		}
		o.events++
	}, func(p events.Problem) {
		if o.bad++; o.bad <= maxBroken {
			o.problems = append(o.problems, p)
		}
	})
	o.batch = nil // its memory is not needed any more
	return o
}

// line appends a match as a JSON object on a line.
func (m *matcher) line(o *evalOutcome, rule int, ev *events.Event, fields []eval.Field) {
	b := o.text
	b = append(b, m.rules[rule]...)
	b = jsontext.AppendString(b, o.file.path)
	b = append(b, `,"index":`...)
	o.holes = append(o.holes, hole{at: len(b), index: o.events})
	if ev.Line > 0 {
		b = strconv.AppendInt(append(b, `,"line":`...), int64(ev.Line), 10)
	}
	if m.include {
		b = ev.AppendJSON(append(b, `,"data":`...))
	}
	b = append(b, `},"fields":{`...)
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(jsontext.AppendString(b, f.Name), ':')
		b = appendValues(b, f.Values)
	}
	b = append(b, "}}\n"...)
	o.text = b
}

// appendValues appends the values of a field.
func appendValues(b []byte, values []string) []byte {
	switch len(values) {
	case 0:
		return append(b, "null"...)
	case 1:
		return jsontext.AppendString(b, values[0])
	}
	for i, v := range values {
		b = jsontext.AppendString(append(b, "[,"[min(i, 1)]), v)
	}
	return append(b, ']')
}
