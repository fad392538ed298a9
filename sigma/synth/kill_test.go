package synth_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// killed reports of each mutant whether it says something else than the
// events expect.
func killed(tb testing.TB, ms []mutant, events []synth.Event) []bool {
	tb.Helper()
	rules := make([]*ir.Rule, len(ms))
	for i := range ms {
		rules[i] = ms[i].rule
	}
	engine, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	dead, got := make([]bool, len(ms)), make([]bool, len(ms))
	for _, e := range events {
		matches, err := engine.MatchJSON(e.JSON, nil)
		if err != nil {
			tb.Fatal(err)
		}
		clear(got)
		for _, m := range matches {
			got[m.Index] = true
		}
		for i := range ms {
			dead[i] = dead[i] || got[i] != e.Expect
		}
	}
	return dead
}

// A toll counts mutants.
type toll struct{ all, killed, same int }

// rate returns the part of the mutants that events told from their rules, of
// those that any event is known to.
func (c *toll) rate() float64 {
	if c.all == c.same {
		return 1
	}
	return float64(c.killed) / float64(c.all-c.same)
}

// tolls counts mutants by their kind.
type tolls map[string]*toll

// count mutates a rule and counts which mutants its events tell from it.
// Those that survive are looked at with thousands of events of the rule and of
// the mutant: where not one tells them apart, they are taken for the same. The
// traits in WITHOUT are left out, to see what an engine misses that has them not.
func (ts tolls) count(tb testing.TB, rule *ir.Rule, ms []mutant) {
	tb.Helper()
	set := events(tb, rule, synth.Options{})
	if without := os.Getenv("WITHOUT"); without != "" {
		set.Events = slices.DeleteFunc(set.Events, func(e synth.Event) bool {
			return slices.ContainsFunc(e.Traits.Names(), func(t string) bool { return strings.Contains(without, t) })
		})
	}
	var left []mutant
	for i, dead := range killed(tb, ms, set.Events) {
		c := ts[ms[i].kind]
		if c == nil {
			c = &toll{}
			ts[ms[i].kind] = c
		}
		c.all++
		if dead {
			c.killed++
		} else {
			left = append(left, ms[i])
		}
	}
	if len(left) == 0 {
		return
	}
	many := events(tb, rule, synth.Options{Max: 4000})
	for i, dead := range killed(tb, left, many.Events) {
		if !dead {
			dead = toldByOwn(tb, rule, left[i])
		}
		if !dead {
			ts[left[i].kind].same++
		} else if os.Getenv("SURVIVORS") != "" {
			tb.Logf("%s survives: %s", left[i].kind, left[i].what)
		}
	}
}

// toldByOwn reports whether events made of the mutant tell it from the rule.
func toldByOwn(tb testing.TB, rule *ir.Rule, m mutant) bool {
	tb.Helper()
	own, err := synth.Events(m.rule, synth.Options{Max: 1000})
	return err == nil && killed(tb, []mutant{{rule: rule}}, own.Events)[0]
}

// log prints the counts, a kind a line, and returns their sum.
func (ts tolls) log(tb testing.TB) (sum toll) {
	tb.Helper()
	var kinds []string
	for kind, c := range ts {
		kinds = append(kinds, kind)
		sum.all += c.all
		sum.killed += c.killed
		sum.same += c.same
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		c := ts[kind]
		tb.Logf("%6.1f %% of %4d, and %4d the same: %s", 100*c.rate(), c.all-c.same, c.same, kind)
	}
	tb.Logf("%6.1f %% of %4d, and %4d the same: all", 100*sum.rate(), sum.all-sum.same, sum.same)
	return sum
}

// TestMutants breaks rules of SigmaHQ in small ways, as a mistake in a
// translation would, and checks that some event tells the broken rule from the
// right one. RULES says how many rules, SURVIVORS=1 prints what was not told.
func TestMutants(t *testing.T) {
	rules := slices.Clone(corpusRules(t))
	n, err := strconv.Atoi(os.Getenv("RULES"))
	if err != nil {
		n = 120
	}
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(rules), func(i, k int) { rules[i], rules[k] = rules[k], rules[i] })
	ts := tolls{}
	for _, rule := range rules[:n] {
		if _, err := eval.Compile([]*ir.Rule{rule}, eval.Options{}); err != nil {
			continue // a placeholder
		}
		ts.count(t, rule, choose(mutants(rule), 2, r))
	}
	if sum := ts.log(t); sum.rate() < 0.97 {
		t.Errorf("%.1f %% of the mutants are told from their rules", 100*sum.rate())
	}
}

// TestMutantsOfCases does the same with all mutants of the rules in testdata,
// which have every kind of test.
func TestMutantsOfCases(t *testing.T) {
	_, archives := cases(t)
	ts := tolls{}
	for _, ar := range archives {
		if rule := caseRule(t, ar); len(rule.Computed) == 0 {
			ts.count(t, rule, mutants(rule))
		}
	}
	if sum := ts.log(t); sum.rate() < 0.97 {
		t.Errorf("%.1f %% of the mutants are told from their rules", 100*sum.rate())
	}
}

// TestMutantsByHand are mutants of which it is known that they differ.
func TestMutantsByHand(t *testing.T) {
	for _, c := range []struct{ right, wrong string }{
		{"a|contains: x", "a|startswith: x"},
		{"a: '*x*y*'", "a: '*y*x*'"},
		{"a: ['x', 'y']", "a: ['x*', 'y']"},
		{"a: '5'", "a: 5"},
		{"a|re: 'x.y'", "a|re|s: 'x.y'"},
		{"a|re: '^x$'", "a|re|m: '^x$'"},
		{"a|re: '^x{2,3}y'", "a|re: '^x{2,4}y'"},
		{"a|re: 'x[a-f]y'", "a|re: 'x[a-g]y'"},
		{"a|windash: 'x -y'", "a: ['x -y', 'x /y']"},
		{"a|fieldref: b", "a|fieldref|cased: b"},
		{"a|cidr: 10.0.0.0/9", "a|startswith: '10.'"},
		{"a|hour: 5", "a|minute: 5"},
		{"a|exists: true", "a: '*'"},
		{"a: null", "a: ['', null]"},
		{"a|wide|base64offset|contains: ping", "a|base64offset|contains: ping"},
	} {
		rule := func(item string) *ir.Rule {
			text := fmt.Sprintf("title: t\nlogsource: {category: test}\ndetection:\n    s:\n        %s\n    condition: s\n", item)
			return build(t, []byte(text))
		}
		right, wrong := rule(c.right), rule(c.wrong)
		if !killed(t, []mutant{{rule: wrong}}, events(t, right, synth.Options{}).Events)[0] {
			t.Errorf("no event of %q tells it from %q", c.right, c.wrong)
		}
	}
}

// TestErrors checks what is said of rules that cannot be evaluated.
func TestErrors(t *testing.T) {
	text := "title: t\nlogsource: {category: test}\ndetection:\n    s:\n        a|expand: '%x%'\n    condition: s\n"
	_, err := synth.Events(build(t, []byte(text)), synth.Options{})
	errs := sigma.Errors(err)
	if len(errs) != 1 || errs[0].Code != sigma.BadPlaceholder || errs[0].Line != 5 {
		t.Errorf("%v", err)
	}
}
