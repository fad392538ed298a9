package main

import (
	"strconv"
	"sync"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
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
	part    int       // how long the text of an outcome gets, about
	workers sync.Pool // of *worker

	inner        map[*sigma.Rule]bool // rules whose matches are not wanted by themselves
	correlations *correlating         // nil where there are none
}

// A worker is what one goroutine needs.
type worker struct {
	session *eval.Session
	reader  *eval.FieldReader
	decoder events.Decoder
	matches []eval.Match
	fields  []eval.Field
	size    int // of the last text

	correlated *correlate.Reader // of what correlations read; nil where there are none
}

// maxPart is how long the matches of a portion get, in bytes, before they are
// handed on: there can be thousands for each event, and each can be large.
const maxPart = 1 << 20

// An evalOutcome is what the rules said of a portion, or of a part of it.
type evalOutcome struct {
	portion
	text     []byte // the matches, but for the numbers of the events
	holes    []hole
	seen     []seen // events that rules of correlations match
	events   int
	matches  int
	problems []events.Problem // the first of them
	bad      int
	doubts   []doubt // the first of them
	doubtful int
}

// A doubt is a rule of which it is not known whether it matches an event.
type doubt struct {
	index, line int // of the event
	rule        *ir.Rule
	err         error
}

// A hole is where the number of an event goes. The number in the portion is
// known, how many events came before it only when these were read.
type hole struct {
	at, index int
	width     int // in characters, filled up with spaces
}

// newMatcher returns a matcher that writes JSON lines.
func newMatcher(e *eval.Engine, include bool) *matcher {
	m := &matcher{engine: e, include: include, rules: make([][]byte, len(e.Rules())), part: maxPart}
	for i, r := range e.Rules() {
		m.rules[i] = describeRule(r)
	}
	m.workers.New = func() any { return &worker{session: e.NewSession(), reader: e.NewFieldReader()} }
	m.render = m.line
	return m
}

// describeRule returns the begin of the rule's matches. The keys, their order
// and their types are a promise to programs.
func describeRule(r *ir.Rule) []byte {
	return append(appendRule([]byte{'{'}, r), `,"event":{"file":`...)
}

// appendRule appends the member of an object that says which rule is meant.
func appendRule(b []byte, r *ir.Rule) []byte {
	return appendMeta(b, &r.Source.Meta)
}

// appendMeta appends the same of any document.
func appendMeta(b []byte, s *sigma.Meta) []byte {
	b = jsontext.AppendString(append(b, `"rule":{"id":`...), s.ID)
	b = jsontext.AppendString(append(b, `,"title":`...), s.Title)
	b = jsontext.AppendString(append(b, `,"level":`...), string(s.Level))
	b = jsontext.AppendString(append(b, `,"file":`...), s.Pos.Name())
	b = strconv.AppendInt(append(b, `,"line":`...), int64(s.Line), 10)
	return append(b, '}')
}

// work runs the rules over the events of a portion.
func (m *matcher) work(p portion, emit func(*evalOutcome)) {
	o := &evalOutcome{portion: p}
	if p.end {
		emit(o)
		return
	}
	batch := p.batch
	p.batch = nil // its memory is not needed by those who write
	w, _ := m.workers.Get().(*worker)
	defer m.workers.Put(w)
	if m.correlations != nil && w.correlated == nil {
		w.correlated = m.correlations.reader()
	}
	o = w.outcome(p)
	w.decoder.Each(batch, func(ev *events.Event) {
		if w.matches = w.session.Match(ev.Event, w.matches[:0]); len(w.matches) > 0 {
			w.reader.Read(ev.Event)
			m.note(w, o, ev)
		}
		for _, match := range w.matches {
			if match.Err != nil {
				o.doubt(ev, match)
				continue
			}
			if m.inner[match.Rule.Source] {
				continue
			}
			w.fields = w.reader.Fields(match, w.fields[:0])
			m.render(o, match.Index, ev, w.fields)
			o.matches++
			if len(o.text) > m.part {
				emit(o)
				o = w.outcome(p)
			}
		}
		o.events++
	}, func(p events.Problem) { o.broken(p) })
	w.size = len(o.text)
	emit(o)
}

// note keeps what correlations need of an event.
func (m *matcher) note(w *worker, o *evalOutcome, ev *events.Event) {
	if m.correlations == nil {
		return
	}
	var rules []*sigma.Rule
	for _, match := range w.matches {
		if match.Err == nil && m.correlations.rules[match.Rule.Source] {
			rules = append(rules, match.Rule.Source)
		}
	}
	if rules != nil {
		o.seen = append(o.seen, seen{o.events, rules, w.correlated.Read(ev.Event)})
	}
}

// broken notes that an event cannot be read.
func (o *evalOutcome) broken(p events.Problem) {
	if o.bad++; o.bad <= maxBroken {
		o.problems = append(o.problems, p)
	}
}

// doubt notes that it is not known whether a rule matches.
func (o *evalOutcome) doubt(ev *events.Event, m eval.Match) {
	if o.doubtful++; o.doubtful <= maxBroken {
		o.doubts = append(o.doubts, doubt{o.events, ev.Line, m.Rule, m.Err})
	}
}

// outcome returns an empty outcome.
func (w *worker) outcome(p portion) *evalOutcome {
	return &evalOutcome{portion: p, text: make([]byte, 0, w.size+w.size/8)}
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
		b = append(b, f.Value...)
	}
	b = append(b, "}}\n"...)
	o.text = b
}
