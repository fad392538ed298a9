package splunkread_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// perRule is how many events are made of each rule.
const perRule = 8

// A pair is a rule, in the names of the target, and its queries.
type pair struct {
	rule    *ir.Rule
	queries []string
}

// chainOf returns the pipelines of those names, chained; nil for none.
func chainOf(tb testing.TB, names []string) *pipeline.Pipeline {
	tb.Helper()
	chain, err := pipeline.ResolveAll(names...)
	if err != nil {
		tb.Fatal(err)
	}
	return chain
}

// convert returns the rules that convert, with their queries.
func convert(tb testing.TB, rules []*ir.Rule, p *pipeline.Pipeline, format string) []pair {
	tb.Helper()
	c, err := backends.New(backends.Options{Target: "splunk", Pipeline: p, Format: format})
	if err != nil {
		tb.Fatal(err)
	}
	var out []pair
	for _, r := range rules {
		res, err := c.Rule(r)
		if err != nil {
			continue
		}
		mapped, err := p.Apply(r, "splunk")
		if err != nil {
			tb.Fatal(err)
		}
		one := pair{rule: mapped}
		for _, q := range res.Queries {
			one.queries = append(one.queries, q.Text)
		}
		out = append(out, one)
	}
	return out
}

// meaning reads the queries as a rule that finds what they find.
func (p *pair) meaning(r splunkread.Reading) (*ir.Rule, error) {
	out := &ir.Rule{Source: p.rule.Source, LogSource: p.rule.LogSource}
	for _, q := range p.queries {
		read, err := r.Read(q, readback.Options{Column: p.rule.Column})
		if err != nil {
			return nil, fmt.Errorf("%s\n%s\n%w", p.rule.Source.Pos, q, err)
		}
		out.Where = append(out.Where, readback.Meaning(read.Where))
	}
	return out, nil
}

// TestCorpus reads every query that SigmaHQ's rules are written as, in every
// reading, and compares what it finds with what its rule does: over events
// made of all rules, each of which all rules see. What differs has to be of a
// class that lies in the language.
func TestCorpus(t *testing.T) {
	rules := readbacktest.Corpus(t)
	for _, run := range []struct {
		names  []string
		format string
		least  int
	}{
		{nil, "", 3700},
		{[]string{"sysmon", "splunk_windows"}, "", 3700},
		{[]string{"splunk_cim"}, "", 2200},
		{[]string{"splunk_cim"}, "data_model", 2200},
	} {
		t.Run(strings.Join(append([]string{"splunk", run.format}, run.names...), "+"), func(t *testing.T) {
			ps := convert(t, rules, chainOf(t, run.names), run.format)
			if len(ps) < run.least {
				t.Errorf("only %d rules convert", len(ps))
			}
			c := &comparison{pairs: ps, events: eventsOf(ps)}
			if run.least < 3700 {
				c.sparse, c.other = true, emptyInModel // few of these events have a data model's conditions
			}
			first := make([]string, len(ps)) // what the queries mean in the zero reading
			for _, r := range splunkread.Readings() {
				var chosen []int
				read := make([]*ir.Rule, len(ps))
				for i := range ps {
					var err error
					if read[i], err = ps[i].meaning(r); err != nil {
						t.Errorf("%+v: %v", r, err)
						read[i] = ps[i].rule
					}
					text := dump(read[i])
					if r == (splunkread.Reading{}) {
						first[i] = text
					} else if text == first[i] {
						continue // compared before
					}
					chosen = append(chosen, i)
				}
				t.Logf("%+v: %d of %d queries are compared; the others are as in the first reading", r, len(chosen), len(ps))
				c.compare(t, r, read, chosen)
			}
		})
	}
}

// emptyInModel is the class of rules that test for an empty text, which a data
// model has no other value for than for a field that is missing: a warning
// says so.
func emptyInModel(r *ir.Rule) string {
	class := ""
	if r.Table == nil {
		return class
	}
	for _, e := range r.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok {
				ir.WalkTests(m.Test, func(t ir.Test) {
					if text, ok := t.(*ir.Text); ok && len(text.Pattern) == 0 {
						class = "an empty text in a data model"
					}
				})
			}
			return true
		})
	}
	return class
}

// dump returns the conditions of a rule as text.
func dump(r *ir.Rule) string {
	var b strings.Builder
	for _, e := range r.Where {
		b.WriteString(ir.String(e) + "\n")
	}
	return b.String()
}

// eventsOf makes events of the rules.
func eventsOf(ps []pair) [][]byte {
	m := &maker{r: rand.New(rand.NewSource(11))}
	var out [][]byte
	for i := range ps {
		out = append(out, m.events(ps[i].rule, perRule)...)
	}
	return out
}

// BenchmarkRead reads the queries of SigmaHQ's rules.
func BenchmarkRead(b *testing.B) {
	ps := convert(b, readbacktest.Corpus(b), nil, "")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for i := range ps {
			for _, q := range ps[i].queries {
				if _, err := splunkread.Read(q, readback.Options{}); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "queries/s")
}
