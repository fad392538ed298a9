package synth_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// corpus are SigmaHQ's rules as they are meant, read once.
var corpus struct {
	once  sync.Once
	rules []*ir.Rule
}

// corpusRules returns the rules of SigmaHQ's folders whose names begin with
// "rules", or skips the test.
func corpusRules(tb testing.TB) []*ir.Rule {
	tb.Helper()
	root := shared.Path(tb, "corpus", "sigmahq")
	corpus.once.Do(func() {
		folders, err := filepath.Glob(filepath.Join(root, "rules*"))
		if err != nil {
			tb.Fatal(err)
		}
		c, err := sigma.Load(folders...)
		if err != nil {
			tb.Fatal(err)
		}
		for _, r := range c.Rules() {
			rule, err := ir.Build(r)
			if err != nil {
				tb.Fatal(err)
			}
			corpus.rules = append(corpus.rules, rule)
		}
	})
	return corpus.rules
}

// A count is what became of the rules of a corpus.
type count struct {
	rules, failed, matched, misses, events int
	reasons                                map[string]int // why there are no events, or none that the rule matches
}

// placeholder is a name in the message about it.
var placeholder = regexp.MustCompile(`%[^%]*%`)

// add counts a rule and returns its events.
func (c *count) add(rule *ir.Rule) *synth.Set {
	c.rules++
	set, err := synth.Events(rule, synth.Options{})
	if err != nil {
		c.failed++
		c.reasons[placeholder.ReplaceAllString(sigma.Errors(err)[0].Msg, "%name%")]++
		return nil
	}
	misses := 0
	for _, e := range set.Events {
		if !e.Expect {
			misses++
		}
	}
	c.events += len(set.Events)
	if misses >= 5 {
		c.misses++
	}
	if set.Unmatched == nil {
		c.matched++
	} else {
		c.reasons[set.Unmatched.Error()]++
	}
	return set
}

// log prints the counts.
func (c *count) log(tb testing.TB, name string) {
	tb.Helper()
	tb.Logf("%s: %d rules, %d without events; %d with a matching event, %d with five that do not match; %d events",
		name, c.rules, c.failed, c.matched, c.misses, c.events)
	for reason, n := range c.reasons {
		tb.Logf("%5d %s", n, reason)
	}
}

// sampled reports whether a rule is one of those whose events are all checked,
// which takes longer than to make them: one of n, or with FULL=1 all.
func sampled(i, n int) bool { return i%n == 0 || os.Getenv("FULL") != "" }

// TestCorpus makes the events of all SigmaHQ rules: all that can be evaluated
// must have one that they match, and five near misses.
func TestCorpus(t *testing.T) {
	c := count{reasons: map[string]int{}}
	leaves, lacking, few := 0, 0, 20
	for i, rule := range corpusRules(t) {
		if testing.Short() && i%10 != 0 {
			continue
		}
		set := c.add(rule)
		if set == nil || !sampled(i, 30) {
			continue
		}
		check(t, set)
		checkMisses(t, set)
		if n := tests(rule); n <= few {
			leaves += n
			missing := uncovered(t, set)
			lacking += len(missing)
			for _, m := range missing {
				t.Logf("%s: no event passes and none fails of %s", rule.Source.Pos.Name(), m)
			}
		}
	}
	c.log(t, "SigmaHQ")
	t.Logf("of rules with up to %d tests, %d of %d tests have events that pass and that fail", few, leaves-lacking, leaves)
	if can := c.rules - c.failed; c.matched < can || c.misses < can {
		t.Errorf("of %d rules only %d have a matching event and %d five near misses", can, c.matched, c.misses)
	}
	if 100*c.matched < 98*c.rules {
		t.Errorf("%d of %d is less than 98 %%", c.matched, c.rules)
	}
	if 100*lacking > leaves {
		t.Errorf("%d of %d tests lack events", lacking, leaves)
	}
}

// tests counts the single tests of a rule.
func tests(rule *ir.Rule) int {
	rules, _ := leaves(rule)
	return len(rules)
}

// TestPipelines makes the events of SigmaHQ's rules in the names and types of
// targets.
func TestPipelines(t *testing.T) {
	rules := corpusRules(t)
	for _, chain := range []struct{ target, pipelines string }{
		{"splunk", "sysmon splunk_windows"}, {"eql", "ecs_windows"}, {"kusto", "microsoft_xdr"}, {"kusto", "sentinel_asim"},
	} {
		var parts []*pipeline.Pipeline
		for _, name := range strings.Fields(chain.pipelines) {
			p, err := pipeline.Resolve(name)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, p)
		}
		p := pipeline.Chain(parts...)
		c := count{reasons: map[string]int{}}
		for i, rule := range rules {
			if !sampled(i, 40) {
				continue
			}
			adapted, err := p.Apply(rule, chain.target)
			if err != nil {
				continue // no table holds its events
			}
			if set := c.add(adapted); set != nil {
				checkTypes(t, set)
			}
		}
		c.log(t, chain.target+" "+chain.pipelines)
		if 100*c.matched < 99*(c.rules-c.failed) {
			t.Errorf("%s: %d of %d rules have a matching event", chain.pipelines, c.matched, c.rules-c.failed)
		}
	}
}

// checkTypes checks that a value of another type than its column's is told of
// in the traits, and that there is a matching event without any.
func checkTypes(tb testing.TB, set *synth.Set) {
	tb.Helper()
	const odd = synth.WrongType | synth.NumberAsText | synth.TextAsNumber | synth.Fraction
	plain := set.Unmatched != nil
	for _, e := range set.Events {
		plain = plain || e.Expect && e.Traits&odd == 0
	}
	if !plain {
		tb.Errorf("%s: each event that matches has values that its columns cannot hold", set.Rule.Source.Pos.Name())
	}
	check(tb, set)
}

func BenchmarkEvents(b *testing.B) {
	rules := corpusRules(b)
	b.ResetTimer()
	n := 0
	for b.Loop() {
		set, err := synth.Events(rules[n%len(rules)], synth.Options{})
		if err == nil && len(set.Events) == 0 {
			b.Fatal("no events")
		}
		n++
	}
}
