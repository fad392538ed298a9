package compare

import (
	"bytes"
	"cmp"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// directed is how many events are made of what one rule matches and the other
// does not: one is enough, and among some there is one without anything unusual.
const directed = 24

// A referee asks both rules about events.
type referee struct {
	session *eval.Session
	matches []eval.Match
	result  *Result
	seen    map[string]bool
	best    [2]*synth.Event // only the old one matches it, only the new one
}

// search looks for events that only one of the rules matches, where it is not
// proven that there is none.
func (r *Result) search(old, new *ir.Rule, p *proof, o *Options) {
	if r.Err = tooHeavy(old, new); r.Err != nil {
		return
	}
	a, b := *old, *new
	a.Computed, b.Computed = nil, nil // the events have these columns under their own names
	engine, err := eval.Compile([]*ir.Rule{&a, &b}, eval.Options{})
	if err != nil {
		r.Err = err
		return
	}
	f := &referee{session: engine.NewSession(), result: r, seen: map[string]bool{}}
	max := min(cmp.Or(o.Events, directed), directed)
	if !r.NewInOld {
		f.try(p.rule(new, p.y, p.x), max)
	}
	if !r.OldInNew {
		f.try(p.rule(old, p.x, p.y), max)
	}
	if !r.NewInOld && f.best[1] == nil || !r.OldInNew && f.best[0] == nil {
		f.try(&a, o.Events)
		f.try(&b, o.Events)
	}
	r.OnlyOld, r.OnlyNew = shown(f.best[0]), shown(f.best[1])
}

// rule returns a rule that matches what one formula says and the other does not,
// about the logs of a rule; nil where it is too large, or matches nothing.
func (p *proof) rule(of *ir.Rule, x, y int) *ir.Rule {
	if p.full() {
		return nil
	}
	d := p.difference(x, y)
	if p.full() || d == falseNode || p.tree(d, map[int]int{}) > maxTree {
		return nil
	}
	return &ir.Rule{Source: of.Source, LogSource: of.LogSource, Table: of.Table, Where: []ir.Expr{p.ir(d)}}
}

// try makes events from a rule and asks both rules about them.
func (f *referee) try(rule *ir.Rule, max int) {
	if rule == nil {
		return
	}
	set, err := synth.Events(rule, synth.Options{Max: max})
	if err != nil { // too many tests: both rules run, or search would have ended
		f.result.Err = err
		return
	}
	for i := range set.Events {
		f.ask(&set.Events[i])
	}
}

// ask asks both rules about an event, and keeps it where it is the best that
// only one of them matches: with least unusual about it, and short.
func (f *referee) ask(e *synth.Event) {
	if f.seen[string(e.JSON)] {
		return
	}
	f.seen[string(e.JSON)] = true
	f.result.Events++
	f.matches, _ = f.session.MatchJSON(e.JSON, f.matches[:0]) // it is JSON: there can be no error
	if len(f.matches) != 1 {
		return
	}
	best := &f.best[f.matches[0].Index]
	if *best == nil || plainer(e, *best) {
		*best = e
	}
}

// plainer reports whether an event shows more than another one. One without any
// field shows little.
func plainer(a, b *synth.Event) bool {
	odd := func(e *synth.Event) int {
		if n := len(e.Traits.Names()); string(e.JSON) != "{}" {
			return n
		}
		return 1
	}
	return cmp.Or(cmp.Compare(odd(a), odd(b)), cmp.Compare(len(a.JSON), len(b.JSON)), bytes.Compare(a.JSON, b.JSON)) < 0
}

func shown(e *synth.Event) *Event {
	if e == nil {
		return nil
	}
	return &Event{JSON: e.JSON, Traits: e.Traits.Names()}
}
