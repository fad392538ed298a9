package backends_test

import (
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/manysteps"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// BenchmarkThousandSteps converts SigmaHQ's rules with a pipeline of 1,000
// steps and without one. Both take turns over small portions of the rules, and
// it is processor time that counts, so that whatever else the machine does
// slows them alike. "x/convert" is the ratio of the conversions, from the text
// of a rule to its queries; "x/compile" leaves out the parsing, which is the
// same for both. "map-ns/rule" is what the pipeline alone costs,
// "changes/rule" how much it does to a rule.
func BenchmarkThousandSteps(b *testing.B) {
	var m manyRules
	m.names, m.texts = corpusFiles(b)
	m.rules = corpusRules(b)
	p := thousandSteps(b, m.rules)
	changes := 0
	for _, r := range m.rules {
		_, cs, _ := p.Trace(r, "") // some rules are refused
		changes += len(cs)
	}
	for _, target := range backends.All() {
		b.Run(target.Name, func(b *testing.B) {
			m.measure(b, compilerOf(b, target.Name, nil), compilerOf(b, target.Name, p))
			b.ReportMetric(float64(changes)/float64(len(m.rules)), "changes/rule")
		})
	}
}

// manyRules are SigmaHQ's rules, as text and built.
type manyRules struct {
	names []string
	texts [][]byte
	rules []*ir.Rule
}

// thousandSteps returns the pipeline.
func thousandSteps(tb testing.TB, rules []*ir.Rule) *pipeline.Pipeline {
	tb.Helper()
	p, err := pipeline.Parse("many.yml", manysteps.YAML(rules, 1000, 1))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func compilerOf(tb testing.TB, target string, p *pipeline.Pipeline) *backends.Compiler {
	tb.Helper()
	c, err := backends.New(backends.Options{Target: target, Pipeline: p})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// measure converts the rules with both compilers, a portion at a time.
func (m *manyRules) measure(b *testing.B, plain, long *backends.Compiler) {
	const portion = 252
	var t struct{ parse, plain, long, mapping time.Duration }
	n := 0
	for b.Loop() {
		for i := 0; i+portion <= len(m.rules); i += portion {
			t.parse += spent(func() {
				for k := i; k < i+portion; k++ {
					docs, err := sigma.Parse(m.names[k], m.texts[k])
					if err != nil {
						b.Fatal(err)
					}
					_, _ = ir.Build(docs[0].(*sigma.Rule))
				}
			})
			part := m.rules[i : i+portion]
			t.plain += spent(func() { eachRule(part, func(r *ir.Rule) { _, _ = plain.Rule(r) }) })
			t.long += spent(func() { eachRule(part, func(r *ir.Rule) { _, _ = long.Rule(r) }) })
			t.mapping += spent(func() { eachRule(part, func(r *ir.Rule) { _, _ = long.Map(r) }) })
			n += portion
		}
	}
	b.ReportMetric(float64(t.parse+t.long)/float64(t.parse+t.plain), "x/convert")
	b.ReportMetric(float64(t.long)/float64(t.plain), "x/compile")
	b.ReportMetric(float64(t.mapping.Nanoseconds())/float64(n), "map-ns/rule")
	b.ReportMetric(float64((t.parse+t.plain).Nanoseconds())/float64(n), "plain-ns/rule")
	b.ReportMetric(0, "ns/op") // several things
}

func eachRule(rules []*ir.Rule, f func(*ir.Rule)) {
	for _, r := range rules {
		f(r)
	}
}

// spent returns how long the processor works for f.
func spent(f func()) time.Duration {
	start := cpuTime()
	f()
	return cpuTime() - start
}

// TestThousandSteps converts SigmaHQ's rules with that pipeline: it must be
// one that converts most of them.
func TestThousandSteps(t *testing.T) {
	rules := corpusRules(t)
	c := compilerOf(t, "splunk", thousandSteps(t, rules))
	converted := 0
	for _, r := range rules {
		if _, err := c.Rule(r); err == nil {
			converted++
		}
	}
	if converted < len(rules)*9/10 {
		t.Errorf("only %d of %d rules are converted", converted, len(rules))
	}
}
