package eval_test

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestCompileErrors checks that all rules that cannot run are named, and that
// the others run if asked to.
func TestCompileErrors(t *testing.T) {
	good := build(t, "s:\n  a: 1\ncondition: s")
	raw := &ir.Rule{Where: []ir.Expr{&ir.Raw{Text: "index=x"}}}
	rules := []*ir.Rule{
		build(t, "s:\n  a|expand: '%who%'\ncondition: s"), // P5
		good,
		build(t, "s:\n  a|re: '(?<=a)b'\n  b|re: '(a)\\1'\ncondition: s"),
		build(t, "s:\n  a|re|expand: 'x%who%'\ncondition: not s"),
		raw,
	}
	e, err := eval.Compile(rules, eval.Options{})
	if e != nil || err == nil {
		t.Fatal("rules that cannot run are accepted")
	}
	for _, want := range []string{"rule.yml:6:18: nothing filled the placeholder %who%", "needs look-behind", "needs back-references", "cannot be evaluated"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if n := len(sigma.Errors(err)); n != 5 || !errors.Is(err, sigma.BadPlaceholder) || !errors.Is(err, sigma.Unsupported) {
		t.Errorf("%d errors: %v", n, err)
	}
	e, err = eval.Compile(rules, eval.Options{SkipErrors: true})
	if e == nil || len(sigma.Errors(err)) != 5 {
		t.Fatalf("%v, %v", e, err)
	}
	if ms := e.Match(eval.Pairs{{"a", "1"}}, nil); len(ms) != 1 || ms[0].Index != 1 || ms[0].Rule != good {
		t.Errorf("%v", ms)
	}
}

// contains is an engine of another kind: it looks for the source.
type contains string

func (c contains) Match(text []byte) (bool, error) {
	return strings.Contains(string(text), string(c)), nil
}

func TestRegexpOption(t *testing.T) {
	r := build(t, "s:\n  a|re: '(?<=a)b'\ncondition: s")
	o := eval.Options{Regexp: func(re *ir.Regexp) (eval.Matcher, error) { return contains(re.Source), nil }}
	e, err := eval.Compile([]*ir.Rule{r}, o)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"x(?<=a)by": 1, "ab": 0} {
		for range 2 { // the second time from memory
			if ms := e.Match(eval.Pairs{{"a", text}}, nil); len(ms) != want {
				t.Errorf("%s: %v", text, ms)
			}
		}
	}
	o.Regexp = func(*ir.Regexp) (eval.Matcher, error) { return nil, errors.New("no") }
	if _, err := eval.Compile([]*ir.Rule{r}, o); !errors.Is(err, sigma.BadRegexp) {
		t.Errorf("%v", err)
	}
}

func TestLimit(t *testing.T) {
	x := ir.Expr(&ir.Match{Field: "a", Test: &ir.Text{Pattern: ir.Plain("x")}})
	for range 20 {
		x = ir.And{x, &ir.Not{X: x}}
	}
	if _, err := eval.Compile([]*ir.Rule{{Where: []ir.Expr{x}}}, eval.Options{}); !errors.Is(err, sigma.Limit) {
		t.Errorf("a condition of a million tests: %v", err)
	}
}

// TestOrder: matches come in the order of the rules, each once, behind what
// the slice held.
func TestOrder(t *testing.T) {
	var rules []*ir.Rule
	for i := range 50 {
		rules = append(rules, build(t, fmt.Sprintf("s:\n  - a: %d\n  - b: x\n  - c: y\ncondition: s", i%3)))
	}
	e, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ms := e.Match(eval.Pairs{{"c", "y"}, {"b", "x"}, {"a", "1"}}, []eval.Match{{Index: -1}})
	for i, m := range ms {
		if m.Index != i-1 {
			t.Fatalf("%v", indexes(ms))
		}
	}
	if len(ms) != 51 {
		t.Fatalf("%d matches", len(ms))
	}
	if e, _ := eval.Compile(nil, eval.Options{}); len(e.Match(eval.Pairs{{"a", "b"}}, nil)) != 0 {
		t.Error("no rules match")
	}
}

// sourced returns a rule of a log source that matches where x is 1.
func sourced(category, product, service string) *ir.Rule {
	return &ir.Rule{LogSource: sigma.LogSource{Category: category, Product: product, Service: service},
		Where: []ir.Expr{&ir.Match{Field: "x", Test: &ir.Compare{Number: "1"}}}}
}

var sourcedRules = []*ir.Rule{
	sourced("process_creation", "windows", ""), sourced("", "windows", "security"), sourced("", "windows", "sysmon"),
	sourced("process_creation", "linux", ""), sourced("", "windows", ""), sourced("proxy", "", ""), sourced("registry_set", "windows", ""),
	sourced("file_rename", "windows", ""),
}

// TestDerive checks which rules look at an event (L5).
func TestDerive(t *testing.T) {
	e, err := eval.Compile(sourcedRules, eval.Options{Derive: true})
	if err != nil {
		t.Fatal(err)
	}
	const sysmon = "Microsoft-Windows-Sysmon/Operational"
	for _, c := range []struct {
		event eval.Pairs
		want  string
	}{
		{eval.Pairs{{"x", "1"}}, "[0 1 2 3 4 5 6 7]"},
		{eval.Pairs{{"x", "1"}, {"Channel", sysmon}, {"EventID", "1"}}, "[0 2 4]"},
		{eval.Pairs{{"x", "1"}, {"Channel", strings.ToLower(sysmon)}, {"EventID", "01"}}, "[0 2 4]"},
		{eval.Pairs{{"x", "1"}, {"Channel", sysmon}, {"EventID", "13"}}, "[2 4 6]"},
		{eval.Pairs{{"x", "1"}, {"Channel", "Security"}, {"EventID", "4688"}}, "[0 1 4]"},
		{eval.Pairs{{"x", "1"}, {"Channel", "Security"}, {"EventID", "4624"}}, "[1 4 5 7]"},
		{eval.Pairs{{"x", "1"}, {"Channel", "Own/Operational"}, {"EventID", "1"}}, "[4 5 7]"},
		{eval.Pairs{{"x", "1"}, {"Provider_Name", "Microsoft-Windows-Sysmon"}, {"EventID", "1"}}, "[0 2 4]"},
		{eval.Pairs{{"x", "1"}, {"product", "linux"}}, "[3 5]"},
		{eval.Pairs{{"x", "1"}, {"product", "windows"}, {"category", "process_creation"}}, "[0 1 2 4]"},
		{eval.Pairs{{"x", "1"}, {"service", "security"}}, "[0 1 3 4 5 6 7]"},
		{eval.Pairs{{"x", "1"}, {"Channel", sysmon}, {"Channel", "Security"}, {"EventID", "1"}}, "[0 1 2 3 4 5 6 7]"},
	} {
		for range 2 {
			if got := fmt.Sprint(indexes(e.Match(c.event, nil))); got != c.want {
				t.Errorf("%v: %s, want %s", c.event, got, c.want)
			}
		}
	}
}

// TestDeriveMany matches events of more sources than are kept apart.
func TestDeriveMany(t *testing.T) {
	var rules []*ir.Rule
	for i := range 300 {
		rules = append(rules, sourced("", fmt.Sprint("p", i), ""))
	}
	e, err := eval.Compile(rules, eval.Options{Derive: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		want := i % 300
		ms := e.Match(eval.Pairs{{"x", "1"}, {"product", fmt.Sprint("p", want)}, {"service", fmt.Sprint(i)}}, nil)
		if len(ms) != 1 || ms[0].Index != want {
			t.Fatalf("%d: %v", want, indexes(ms))
		}
	}
}

func TestFor(t *testing.T) {
	e, err := eval.Compile(sourcedRules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ev := eval.Pairs{{"x", "1"}}
	if got := fmt.Sprint(indexes(e.Match(ev, nil))); got != "[0 1 2 3 4 5 6 7]" {
		t.Errorf("all: %s", got)
	}
	source := sigma.LogSource{Category: "process_creation", Product: "Windows"}
	if got := fmt.Sprint(indexes(e.For(source).Match(ev, nil))); got != "[0 1 2 4]" {
		t.Errorf("process creation on Windows: %s", got)
	}
	both := e.For(source, sigma.LogSource{Category: "REGISTRY_SET", Product: "windows"})
	if got := fmt.Sprint(indexes(both.Match(ev, nil))); got != "[0 1 2 4 6]" {
		t.Errorf("process creation and registry values on Windows: %s", got)
	}
	if got := len(e.For().Match(ev, nil)); got != 0 {
		t.Errorf("no source has rules: %d", got)
	}
	source = sigma.LogSource{Custom: map[string]string{"tenant": "a"}}
	if got := len(e.For(source).Match(ev, nil)); got != 8 {
		t.Errorf("an attribute that no rule has excludes rules: %d", got)
	}
}

// TestConcurrent matches with one engine in several goroutines while engines
// are exchanged; the race detector watches.
func TestConcurrent(t *testing.T) {
	m := &maker{r: rand.New(rand.NewSource(11))}
	engines := make([]*eval.Engine, 3)
	events := make([][]byte, 40)
	for i := range events {
		events[i] = m.event()
	}
	want := map[*eval.Engine][]string{}
	for i := range engines {
		e, err := eval.Compile(append(m.rules(30), sourcedRules...), eval.Options{Derive: i == 2})
		if err != nil {
			t.Fatal(err)
		}
		engines[i] = e
		for _, ev := range events {
			ms, err := e.MatchJSON(ev, nil)
			if err != nil {
				t.Fatal(err)
			}
			want[e] = append(want[e], fmt.Sprint(indexes(ms)))
		}
	}
	var now atomic.Pointer[eval.Engine]
	now.Store(engines[0])
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2000 {
				e := now.Load()
				ms, err := e.MatchJSON(events[i%len(events)], nil)
				if got := fmt.Sprint(indexes(ms)); err != nil || got != want[e][i%len(events)] {
					t.Errorf("%v: %s instead of %s", err, got, want[e][i%len(events)])
					return
				}
				now.Store(engines[i%3])
			}
		})
	}
	wg.Wait()
}

// TestNoAllocation: once warm, an event costs no allocation.
func TestNoAllocation(t *testing.T) {
	rules := windowsRules(t)
	for _, derive := range []bool{false, true} {
		e, err := eval.Compile(rules, eval.Options{SkipErrors: true, Derive: derive})
		onlyPlaceholders(t, err)
		events := benchEvents(t, 3000)
		s := e.NewSession()
		dst := make([]eval.Match, 0, 100)
		i := 0
		run := func() {
			dst, _ = s.MatchJSON(events[i%len(events)].JSON, dst[:0])
			i++
		}
		for range events {
			run()
		}
		if n := testing.AllocsPerRun(len(events), run); n > 0 {
			t.Errorf("derive %t: %v allocations an event", derive, n)
		}
	}
}

// TestMemoryBounded: a stream of values that never come again does not make a
// session grow.
func TestMemoryBounded(t *testing.T) {
	e, err := eval.Compile([]*ir.Rule{build(t, "s:\n  a|contains: x\ncondition: s")}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := e.NewSession()
	var dst []eval.Match
	n := 0
	one := func() {
		n++
		dst = s.Match(eval.Pairs{{"a", fmt.Sprint("value ", n, strings.Repeat("y", n%3000))}}, dst[:0])
		if len(dst) != 0 {
			t.Fatal("a match")
		}
	}
	for range 100_000 { // until its memory is as large as it becomes
		one()
	}
	grown := held(func() any {
		for range 40_000 {
			one()
		}
		return s
	})
	if grown > 1<<20 {
		t.Errorf("the session has grown by %d bytes", grown)
	}
	if ms := s.Match(eval.Pairs{{"a", strings.Repeat("z", 5000) + "x"}}, nil); len(ms) != 1 {
		t.Error("a long value does not match")
	}
}

// TestManyValues: an event with more values than the memory is asked for at
// once passes all their tests, when they are new and when they come again.
func TestManyValues(t *testing.T) {
	const n = 100
	var rules []*ir.Rule
	list := make([]any, n)
	event := eval.Map{"list": list}
	for i := range n {
		list[i] = fmt.Sprintf("value %d.", i)
		event[fmt.Sprint("field", i)] = fmt.Sprintf("text %d.", i)
		rules = append(rules, build(t, fmt.Sprintf("s:\n  list|contains: ' %d.'\n  field%d|endswith: ' %d.'\ncondition: s", i, i, i)))
	}
	e, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := e.NewSession()
	for round := range 3 {
		matches := s.Match(event, nil)
		if len(matches) != n {
			t.Fatalf("round %d: %d matches", round, len(matches))
		}
		for i := range matches {
			if matches[i].Index != i {
				t.Fatalf("match %d is of rule %d", i, matches[i].Index)
			}
		}
	}
}
