package main

import (
	"runtime"
	"sync"

	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// mappedOtherwise says why synthesised events say nothing of pySigma's queries
// with a pipeline; the notes have more.
const mappedOtherwise = "pipelines differ"

// A prover compares queries with events that are made from their rules.
type prover struct {
	mu      sync.Mutex // over the scores
	batches []*batch
}

// compareMade compares the queries of all batches, which have the same rules,
// with synthesised events, on all cores.
func compareMade(batches []*batch) error {
	for _, b := range batches {
		if !b.plain() {
			b.scores[pySigma].unmade = mappedOtherwise
		}
	}
	p := &prover{batches: batches}
	count := len(batches[0].units)
	workers := runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	var group sync.WaitGroup
	for k := range workers {
		group.Go(func() {
			for i := k; i < count && errs[k] == nil; i += workers {
				errs[k] = p.rule(i)
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// rule compares what one rule became. Where no pipeline maps it, all targets and
// both converters share its events.
func (p *prover) rule(i int) error {
	var shared *synth.Set
	for _, b := range p.batches {
		u := &b.units[i]
		set := shared
		if set == nil || !b.plain() {
			set = b.events(u)
		}
		if b.plain() {
			shared = set
		}
		for who := range converters {
			s := &b.scores[who]
			if s.absent != "" || s.unmade != "" {
				continue
			}
			if err := p.compare(b, u, who, set); err != nil {
				return err
			}
		}
	}
	return nil
}

// events makes the events of a rule in the names of the target; none where
// nothing was converted, or the rule cannot be evaluated, such as one with
// placeholders.
func (b *batch) events(u *unit) *synth.Set {
	rule := u.mapped
	if rule == nil && b.plain() {
		rule = u.rule.ir
	}
	if rule == nil {
		return nil
	}
	set, err := verify.Events(b.backend(), rule, verify.Options{})
	if err != nil {
		return nil
	}
	return set
}

// compare compares the queries of one converter with the events, and counts
// what comes of it.
func (p *prover) compare(b *batch, u *unit, who converter, set *synth.Set) error {
	for _, folds := range []bool{false, true} {
		if folds && !b.folding {
			continue
		}
		o := verify.Options{FoldsCase: folds}
		v, n, err := b.verdict(u, who, set, o)
		if err != nil {
			return err
		}
		p.mu.Lock()
		t := &b.scores[who].made
		if folds {
			t = &b.scores[who].madeFold
		}
		t.of[v]++
		t.events += n
		p.mu.Unlock()
	}
	return nil
}

// verdict judges the queries of a rule by a set of events, and also returns how
// many there were.
func (b *batch) verdict(u *unit, who converter, set *synth.Set, o verify.Options) (verdict, int, error) {
	queries := u.queries(who)
	switch {
	case queries == nil:
		return unwritten, 0, nil
	case set == nil:
		return untried, 0, nil
	}
	var report *verify.Report
	var err error
	if who == sigmac {
		report, err = verify.Result(b.compiler, u.result, set, o)
	} else {
		report, err = verify.Compare(b.backend(), set, queries, o)
	}
	if err != nil {
		return 0, 0, err
	}
	return judge(b.backend(), report, queries), len(report.Events), nil
}

// setOf returns recorded events as a set for a rule, with what the rule says.
func setOf(rule *ir.Rule, events []recordedEvent, matches map[int]bool) *synth.Set {
	set := &synth.Set{Rule: rule, Events: make([]synth.Event, len(events))}
	for i, e := range events {
		set.Events[i] = synth.Event{JSON: e.json, Expect: matches[e.id], Why: "recorded"}
	}
	return set
}
