package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A subject is a rule or a correlation that tests are about, ready to run.
type subject struct {
	*document
	rule        *ir.Rule // as the pipelines leave it; nil for a correlation
	correlation *ir.Correlation
	engine      *eval.Engine // of the rule, or of those of the correlation
	options     eval.Options
	times       []string
	tested      bool
}

// prepare makes the engine. The error says why the subject cannot run.
func (s *subject) prepare() error {
	rules := []*ir.Rule{s.rule}
	if s.correlation != nil {
		rules = rules[:0]
		seen := make(map[*ir.Rule]bool)
		for _, m := range s.correlation.Rules() {
			if !seen[m.Rule] {
				seen[m.Rule] = true
				rules = append(rules, m.Rule)
			}
		}
		if _, err := s.correlator(func(correlate.Alert) {}); err != nil {
			return err
		}
	}
	var err error
	s.engine, err = eval.Compile(rules, s.options)
	return err
}

func (s *subject) correlator(tell func(correlate.Alert)) (*correlate.Correlator, error) {
	return correlate.New([]*ir.Correlation{s.correlation}, tell, correlate.Options{Lateness: math.MaxInt64})
}

// An answer is what came of a test.
type answer struct {
	err  string // why it could not be run; "" where it was
	why  string // why it failed; "" where it passed
	more string // the same at length
}

// run runs a test.
func (s *subject) run(t *ruleTest) answer {
	engine := s.engine
	if t.source != nil {
		engine = engine.For(t.source.LogSource)
	}
	if s.correlation != nil {
		return s.runCorrelation(engine, t)
	}
	return s.runRule(engine, t)
}

// runRule runs a test of a rule.
func (s *subject) runRule(engine *eval.Engine, t *ruleTest) answer {
	session := engine.NewSession()
	var all, matched, open int
	var hit, miss *eval.Explanation // of the first event that matches, and of the first that does not
	var hitAt, missAt int
	var matches []eval.Match
	err := s.each(t, func(ev eval.Event) {
		all++
		matches = session.Match(ev, matches[:0])
		switch {
		case len(matches) == 0 && miss == nil:
			miss, _ = eval.Explain(s.rule, ev, s.options)
			missAt = all
		case len(matches) == 0:
		case matches[0].Err != nil:
			open++
		default:
			if matched++; hit == nil {
				hit, _ = eval.Explain(s.rule, ev, s.options)
				hitAt = all
			}
		}
	})
	switch {
	case err != "":
		return answer{err: err}
	case open > 0:
		return undecided(open)
	case t.want.met(matched, all):
		return answer{}
	}
	v := answer{why: fmt.Sprintf("%d of %s found, but %s expected", matched, count(all, "event is", "events are"), t.want)}
	runs := engine.Runs(0)
	switch {
	case !runs:
		v.why += "; the rule is not about the log source of the test"
	case tooFew(t.want, matched):
		v.explain(missAt, "would be found", miss)
	default:
		v.explain(hitAt, "would not be found", hit)
	}
	return v
}

// undecided is the answer where a regular expression was given up.
func undecided(n int) answer {
	return answer{err: "it is not known whether " + count(n, "event matches", "events match")}
}

// tooFew reports whether more events should match.
func tooFew(e expectation, matched int) bool {
	return e.kind == expectAll || matched < e.count
}

// explain adds which change of an event would turn the answer.
func (v *answer) explain(event int, turned string, x *eval.Explanation) {
	if x == nil {
		return
	}
	v.more = fmt.Sprintf("event %d: %s", event, x)
	var parts []string
	for _, c := range x.Changes {
		part := "the event: " + c.Want
		if c.Field != "" {
			part = c.Field + ": " + c.Want
		}
		if len(c.Seen) > 0 {
			part += fmt.Sprintf(" (is %s)", quotedValues(c.Seen))
		}
		parts = append(parts, part)
	}
	if len(parts) > 3 {
		parts = append(parts[:3], "and so on")
	}
	if len(parts) > 0 {
		v.why += fmt.Sprintf("; event %d %s with %s", event, turned, strings.Join(parts, ", "))
	}
}

// quotedValues quotes the first of an event's values.
func quotedValues(list []string) string {
	text := strconv.Quote(cutOff(list[0], 100))
	if len(list) > 1 {
		text += " and others"
	}
	return text
}

// A streamRun counts what a correlation sees of a stream of events.
type streamRun struct {
	*correlate.Correlator
	reader                       *correlate.Reader
	session                      *eval.Session
	matches                      []eval.Match
	alerts, all, matched, noTime int
	open                         int // events of which it is not known what matches
}

// runCorrelation runs a test of a correlation: all of its events are one
// stream.
func (s *subject) runCorrelation(engine *eval.Engine, t *ruleTest) answer {
	run := &streamRun{session: engine.NewSession()}
	var err error
	if run.Correlator, err = s.correlator(func(correlate.Alert) { run.alerts++ }); err != nil {
		return answer{err: err.Error()}
	}
	if run.reader, err = run.NewReader(s.times); err != nil {
		return answer{err: err.Error()}
	}
	problem := s.each(t, run.event)
	run.Flush()
	want := t.want
	if want.kind == expectAll {
		want = expectation{expectLeast, 1}
	}
	switch {
	case problem != "":
		return answer{err: problem}
	case run.open > 0:
		return undecided(run.open)
	case run.timeless() > 0 && want.met(run.alerts, run.all):
		// Where nothing is told since nothing could be put in order, nothing is known.
		return answer{err: fmt.Sprintf("%s that the rules find, and no time in them; --time-field names the field that has it", count(run.timeless(), "event is there", "events are there"))}
	case want.met(run.alerts, run.all):
		return answer{}
	}
	return answer{why: run.why(want)}
}

// event takes the next event of the stream.
func (r *streamRun) event(ev eval.Event) {
	r.all++
	r.matches = r.session.Match(ev, r.matches[:0])
	var rules []*sigma.Rule
	for _, m := range r.matches {
		if m.Err != nil {
			r.open++
			continue
		}
		rules = append(rules, m.Rule.Source)
	}
	if len(rules) == 0 {
		return
	}
	r.matched++
	o := r.reader.Read(ev)
	if !o.Timed {
		r.noTime++
		return
	}
	_ = r.Add(correlate.Event{Time: o.Time, ID: uint64(r.all), Rules: rules, Fields: o}) // counted in Stats
}

// timeless returns how many of the events that the rules find have no time.
func (r *streamRun) timeless() int { return r.noTime + int(r.Stats().NoTime) }

// why says what was seen instead of what is expected.
func (r *streamRun) why(want expectation) string {
	text := fmt.Sprintf("%s told, but %s expected; its rules find %d of %s", count(r.alerts, "alert is", "alerts are"), want, r.matched, count(r.all, "event", "events"))
	stats := r.Stats()
	for _, part := range []struct {
		n    int
		what string
	}{{r.timeless(), "without a time"}, {int(stats.MissingKey), "without a field to group by"}, {int(stats.NoValue), "without a value to compute with"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	return text
}

// each calls f with each event of a test. It returns why not all can be read.
func (s *subject) each(t *ruleTest, f func(eval.Event)) (problem string) {
	if t.file != "" {
		return s.eachOf(t.file, f)
	}
	for i, text := range t.events {
		var ev eval.JSON
		if err := ev.Parse(text); err != nil {
			return fmt.Sprintf("event %d cannot be read: %v", i+1, err)
		}
		f(&ev)
	}
	if len(t.events) == 0 && s.correlation == nil {
		return "there are no events"
	}
	return ""
}

// eachOf calls f with each event of a file.
func (s *subject) eachOf(path string, f func(eval.Event)) (problem string) {
	file := &eventFile{path: path}
	var d events.Decoder
	var read atomic.Int64
	n := 0
	file.portions(s.app, &read, func(p portion) bool {
		switch {
		case p.err != nil:
			problem = file.unreadable(p.err).Error()
		case p.batch != nil:
			d.Each(p.batch, func(ev *events.Event) { n++; f(ev.Event) }, func(p events.Problem) {
				if problem == "" {
					problem = file.broken(p).Error()
				}
			})
		}
		return problem == ""
	})
	if n == 0 && problem == "" {
		problem = "there are no events in " + path
	}
	return problem
}
