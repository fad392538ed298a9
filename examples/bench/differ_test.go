package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var update = flag.Bool("update", false, "write the golden files")

// A tally counts the differences of a run.
type tally struct {
	mu      sync.Mutex
	rules   map[*class]map[string]bool // the rules that differ
	unknown map[string]*finding        // what falls in no class
	asked   atomic.Int64
}

func newTally() *tally {
	return &tally{rules: map[*class]map[string]bool{}, unknown: map[string]*finding{}}
}

// compare asks the peers about a rule and an event, and tallies what differs
// from our answer. A rule that a peer refuses is looked into once.
func (t *tally) compare(tb testing.TB, s *subject, name string, e *event, ours answer) {
	t.asked.Add(int64(len(readers)))
	for p := range readers {
		theirs := s.peers[p](e)
		if theirs == ours {
			continue
		}
		s.mu.Lock()
		if theirs != refused || !s.refused[p] {
			s.refused[p] = s.refused[p] || theirs == refused
			if right := s.oracle(e); right != ours {
				tb.Errorf("%s: sigmac itself is wrong: %v instead of %v: %s", name, ours, right, e.text)
			}
			for _, f := range s.shrink(p, e) {
				t.add(f, name)
			}
		}
		s.mu.Unlock()
	}
}

func (t *tally) add(f *finding, name string) {
	c := classOf(f)
	t.mu.Lock()
	defer t.mu.Unlock()
	if c == nil {
		t.unknown[fmt.Sprint(f.peer, name, f.search, f.item, f.value)] = f
		return
	}
	if t.rules[c] == nil {
		t.rules[c] = map[string]bool{}
	}
	t.rules[c][name] = true
}

// report fails for what falls in no class.
func (t *tally) report(tb testing.TB) {
	tb.Helper()
	n := 0
	for _, key := range slices.Sorted(maps.Keys(t.unknown)) {
		if n++; n <= 10 {
			tb.Errorf("a difference of no class: %v", t.unknown[key])
		}
	}
	if n > 10 {
		tb.Errorf("and %d more", n-10)
	}
}

// TestCases compares the libraries on cases that show each construct. Every
// class of differences is among them.
func TestCases(t *testing.T) {
	all := newTally()
	for _, c := range cases {
		text := "title: t\nlogsource:\n  category: test\ndetection:\n  " + strings.ReplaceAll(c.detection, "\n", "\n  ") + "\n"
		s := newSubject([]byte(text))
		if s == nil {
			t.Errorf("%s: sigmac refuses\n%s", c.item, text)
			continue
		}
		engine, err := eval.Compile([]*ir.Rule{s.ours}, eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for want, events := range [][]string{no: c.miss, yes: c.match} {
			for _, text := range events {
				ms, err := engine.MatchJSON([]byte(text), nil)
				if err != nil {
					t.Fatal(err)
				}
				ours := truth(len(ms) > 0)
				if ours != answer(want) {
					t.Errorf("%s: sigmac itself is wrong: %v instead of %v: %s", c.item, ours, answer(want), text)
				}
				all.compare(t, s, c.item, newEvent(t, []byte(text)), ours)
			}
		}
	}
	all.report(t)
	for i := range classes {
		if c := &classes[i]; len(all.rules[c]) == 0 {
			t.Errorf("%s: %s: no case shows this any more", c.peer, c.name)
		}
	}
}

// TestCorpus compares the libraries on all rules of SigmaHQ: on recorded
// events, on those of the stream, on changed ones, and on events made from
// what each rule looks for. testdata/differences.txt counts what differs.
func TestCorpus(t *testing.T) {
	subjects, refusedByUs := corpusSubjects(t)
	events := corpusEvents(t)
	rules := make([]*ir.Rule, len(subjects))
	for i, s := range subjects {
		rules[i] = s.ours
	}
	engine, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := newTally()
	every(events, func(e *event) {
		ms, err := engine.MatchJSON(e.text, nil)
		if err != nil {
			t.Errorf("%v: %s", err, e.text)
			return
		}
		matched := map[int]bool{}
		for _, m := range ms {
			matched[m.Index] = true
		}
		for i, s := range subjects {
			all.compare(t, s, s.rule.ID, e, truth(matched[i]))
		}
	})
	every(subjects, func(s *subject) { all.own(t, s) })
	all.report(t)
	all.golden(t, len(subjects), refusedByUs)
}

// own compares on events that are made from what the rule looks for.
func (t *tally) own(tb testing.TB, s *subject) {
	engine, err := eval.Compile([]*ir.Rule{s.ours}, eval.Options{})
	if err != nil {
		tb.Error(err)
		return
	}
	r := rand.New(rand.NewSource(int64(len(s.rule.Title))))
	for range 6 {
		text := madeFor(r, s)
		ms, err := engine.MatchJSON(text, nil)
		if err != nil {
			tb.Errorf("%v: %s", err, text)
			return
		}
		t.compare(tb, s, s.rule.ID, newEvent(tb, text), truth(len(ms) > 0))
	}
}

// every calls f for all elements, on all cores.
func every[T any](list []T, f func(T)) {
	work := make(chan T)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for x := range work {
				f(x)
			}
		})
	}
	for _, x := range list {
		work <- x
	}
	close(work)
	wg.Wait()
}

// golden compares the counts with those on record.
func (t *tally) golden(tb testing.TB, rules, refusedByUs int) {
	tb.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%d rules of SigmaHQ, %d more need values for placeholders.\n", rules, refusedByUs)
	fmt.Fprintf(&b, "%d answers of a library about a rule and an event were compared.\n", t.asked.Load())
	fmt.Fprintf(&b, "Of each class of differences: how many rules show it, and which items of the conformance list judge it.\n")
	for _, r := range readers {
		fmt.Fprintf(&b, "\n%s\n", r.name)
		for i := range classes {
			if c := &classes[i]; c.peer == r.name {
				fmt.Fprintf(&b, "%6d  %s (%s)\n", len(t.rules[c]), c.name, c.items)
			}
		}
	}
	const path = "testdata/differences.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if b.String() != string(want) {
		tb.Errorf("%s differs; -update writes it. Now:\n%s", path, b.String())
	}
}
