package main

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// A synthesizer makes events of rule files. It does not change while it works
// and is used by several goroutines.
type synthesizer struct {
	job     *job
	chain   *pipeline.Pipeline
	target  string // "" where the rules are for none
	options synth.Options
	several bool // there are several files
	skip    bool // what is wrong with a rule is no error
}

// synthesized is what became of one file.
type synthesized struct {
	*outcome
	sum   synthTally
	lines []byte
}

// A synthTally counts what was made.
type synthTally struct {
	rules, events, matching int
	bad, unmatched          int // rules without events, and without one that they match
}

func (t *synthTally) add(u *synthTally) {
	t.rules += u.rules
	t.events += u.events
	t.matching += u.matching
	t.bad += u.bad
	t.unmatched += u.unmatched
}

// String returns the summary.
func (t *synthTally) String() string {
	parts := []string{fmt.Sprintf("%s from %s, of which %d match", count(t.events, "event", "events"), rules(t.rules), t.matching)}
	if t.unmatched > 0 {
		parts = append(parts, fmt.Sprintf("%s without an event that matches", rules(t.unmatched)))
	}
	if t.bad > 0 {
		parts = append(parts, rules(t.bad)+" failed")
	}
	return strings.Join(parts, "; ")
}

// file makes the events of a file's rules.
func (s *synthesizer) file(in input) *synthesized {
	o := &synthesized{outcome: &outcome{}}
	f, err := read(s.job.app, in)
	if err != nil {
		o.sum.bad++
		o.notes = s.job.report.add(nil, kindError, "", sigma.Errors(err)[0])
		return o
	}
	us := split(sigma.ParseAll(f))
	for _, u := range us {
		d := document{job: s.job, outcome: o.outcome, unit: u, file: in.path}
		d.build()
		rule, errs := d.rule, d.errs
		if len(errs) == 0 {
			rule, errs = adapt(&d, s.chain, s.target)
		}
		if len(errs) == 0 {
			errs = s.rule(o, &d, rule, s.several || len(us) > 1)
		}
		if len(errs) > 0 {
			o.sum.bad++
			d.print(s.kind(), "", errs)
		}
	}
	return o
}

// kind returns what an error of a rule is here.
func (s *synthesizer) kind() kind {
	if s.skip {
		return kindSkipped
	}
	return kindError
}

// rule makes the events of one rule.
func (s *synthesizer) rule(o *synthesized, d *document, rule *ir.Rule, several bool) sigma.ErrorList {
	set, err := synth.Events(rule, s.options)
	if err != nil {
		return sigma.Errors(err)
	}
	o.sum.rules++
	if set.Unmatched != nil {
		o.sum.unmatched++
		d.print(s.kind(), "", sigma.ErrorList{set.Unmatched})
	}
	d.print(kindWarning, "", assumptions(set))
	begin := []byte{'{'}
	if several {
		begin = append(appendRule(begin, rule), ',')
	}
	computed := appendComputed(nil, set.Computed)
	for i := range set.Events {
		e := &set.Events[i]
		o.lines = append(o.lines, begin...)
		o.lines = appendSynthesized(o.lines, e, computed)
		o.sum.events++
		if e.Expect {
			o.sum.matching++
		}
	}
	return nil
}

// assumptions returns what the events of a rule cannot show.
func assumptions(set *synth.Set) (list sigma.ErrorList) {
	pos := set.Rule.Source.Pos
	for _, text := range set.Assumed {
		list = append(list, &sigma.Error{Pos: pos, Code: sigma.Assumed, Msg: "a part of the query cannot be evaluated and is taken for true: " + text,
			Hint: "it must hold where the events are"})
	}
	for _, c := range set.Computed {
		from := "no column"
		if len(c.Columns) > 0 {
			from = strings.Join(c.Columns, ", ")
		}
		list = append(list, &sigma.Error{Pos: pos, Code: sigma.Assumed, Msg: fmt.Sprintf("the query computes %s from %s; the events have %s itself", c.Name, from, c.Name)})
	}
	return list
}

// appendSynthesized appends a line. The keys, their order and their types are
// a promise to programs.
func appendSynthesized(b []byte, e *synth.Event, computed []byte) []byte {
	b = fmt.Appendf(b, `"expect":%t,"why":`, e.Expect)
	b = jsontext.AppendString(b, e.Why)
	if names := e.Traits.Names(); len(names) > 0 {
		b = appendStrings(append(b, `,"traits":`...), names)
	}
	b = append(b, computed...)
	b = append(append(b, `,"event":`...), e.JSON...)
	return append(b, '}', '\n')
}

// appendComputed appends the member that names the computed columns and what
// they are computed from.
func appendComputed(b []byte, list []synth.Computed) []byte {
	for i, c := range list {
		open := `,"computed":{`
		if i > 0 {
			open = ","
		}
		b = jsontext.AppendString(append(b, open...), c.Name)
		b = appendStrings(append(b, ':'), c.Columns)
	}
	if len(list) > 0 {
		b = append(b, '}')
	}
	return b
}

func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, s)
	}
	return append(b, ']')
}
