package backends_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// corpusFiles returns the names and texts of SigmaHQ's rule files, those in
// folders whose name begins with "rules", in order.
func corpusFiles(tb testing.TB) (names []string, texts [][]byte) {
	tb.Helper()
	root := shared.Path(tb, "corpus", "sigmahq")
	folders, err := filepath.Glob(filepath.Join(root, "rules*"))
	if err != nil || len(folders) == 0 {
		tb.Fatalf("no rules in %s: %v", root, err)
	}
	paths, err := sigma.Files(folders...)
	if err != nil {
		tb.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			tb.Fatal(err)
		}
		names, texts = append(names, filepath.ToSlash(name)), append(texts, text)
	}
	return names, texts
}

// corpusRules returns the rules of SigmaHQ, built.
func corpusRules(tb testing.TB) []*ir.Rule {
	tb.Helper()
	var rules []*ir.Rule
	names, texts := corpusFiles(tb)
	for i, name := range names {
		docs, err := sigma.Parse(name, texts[i])
		if err != nil {
			tb.Errorf("%v", err)
		}
		for _, d := range docs {
			r, err := ir.Build(d.(*sigma.Rule))
			if err != nil {
				tb.Errorf("%v", err)
				continue
			}
			rules = append(rules, r)
		}
	}
	return rules
}

// corpusRuns are the conversions whose outcome testdata/corpus.txt keeps.
var corpusRuns = []struct {
	target    string
	pipelines []string
	format    string
}{
	{target: "splunk"},
	{target: "lucene"},
	{target: "kql"},
	{target: "eql"},
	{target: "esql"},
	{target: "kusto"},
	{target: "splunk", pipelines: []string{"sysmon", "splunk_windows"}},
	{target: "lucene", pipelines: []string{"ecs_windows"}},
	{target: "kql", pipelines: []string{"ecs_windows"}},
	{target: "eql", pipelines: []string{"ecs_windows"}},
	{target: "esql", pipelines: []string{"ecs_windows"}},
	{target: "kusto", pipelines: []string{"microsoft_xdr"}},
	{target: "kusto", pipelines: []string{"sentinel_asim"}},
	{target: "kusto", pipelines: []string{"azure_monitor"}},
	{target: "splunk", pipelines: []string{"splunk_cim"}},
	{target: "splunk", pipelines: []string{"splunk_cim"}, format: "data_model"},
}

// TestCorpus converts SigmaHQ's rules to every target and compares how many
// convert, and why the others do not, with testdata/corpus.txt. A reason is an
// error's code and message with names and values left out.
func TestCorpus(t *testing.T) {
	rules := corpusRules(t)
	var b strings.Builder
	for _, run := range corpusRuns {
		converted, reasons := convertCorpus(t, rules, run.target, run.pipelines, run.format)
		name := strings.TrimSpace(strings.Join(append([]string{run.target}, run.pipelines...), " ") + " " + run.format)
		fmt.Fprintf(&b, "%s: %d of %d\n", name, converted, len(rules))
		for _, reason := range slices.Sorted(mapKeys(reasons)) {
			fmt.Fprintf(&b, "    %4d %s\n", reasons[reason], reason)
		}
	}
	file := filepath.Join(shared.Root(t), "testdata", "corpus.txt")
	golden.Compare(t, *update, file, b.String())
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// convertCorpus counts the rules that convert, and the first error of each of
// the others by reason.
func convertCorpus(t *testing.T, rules []*ir.Rule, target string, pipelines []string, format string) (converted int, reasons map[string]int) {
	c := formatCompiler(t, target, pipelines, format)
	reasons = make(map[string]int)
	for _, r := range rules {
		res, err := c.Rule(r)
		if err != nil {
			reasons[reason(sigma.Errors(err)[0])]++
			continue
		}
		for _, q := range res.Queries {
			if strings.TrimSpace(q.Text) == "" {
				t.Errorf("%s: an empty query for %s", target, r.Source.Pos)
			}
		}
		converted++
	}
	return converted, reasons
}

func compiler(tb testing.TB, target string, pipelines []string) *backends.Compiler {
	tb.Helper()
	return formatCompiler(tb, target, pipelines, "")
}

func formatCompiler(tb testing.TB, target string, pipelines []string, format string) *backends.Compiler {
	tb.Helper()
	c, err := backends.New(backends.Options{Target: target, Pipeline: chainOf(tb, pipelines), Format: format})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// chainOf returns the pipelines of those names, chained; nil for none.
func chainOf(tb testing.TB, names []string) *pipeline.Pipeline {
	tb.Helper()
	var ps []*pipeline.Pipeline
	for _, name := range names {
		p, err := pipeline.Resolve(name)
		if err != nil {
			tb.Fatal(err)
		}
		ps = append(ps, p)
	}
	if ps == nil {
		return nil
	}
	return pipeline.Chain(ps...)
}

// reason returns an error's code and message without what is quoted.
func reason(e *sigma.Error) string {
	var b strings.Builder
	quoted := false
	for _, r := range e.Msg {
		if r == '"' || r == '%' && !quoted {
			quoted = !quoted && r == '"'
			b.WriteRune(r)
			continue
		}
		if !quoted {
			b.WriteRune(r)
		}
	}
	return string(e.Code) + ": " + b.String()
}

// BenchmarkCorpus measures the whole way of a rule, from the bytes of its file
// to its query, over SigmaHQ's rules, on one core.
func BenchmarkCorpus(b *testing.B) {
	names, texts := corpusFiles(b)
	for _, target := range backends.All() {
		b.Run(target.Name, func(b *testing.B) {
			c := compiler(b, target.Name, nil)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for i, name := range names {
					docs, err := sigma.Parse(name, texts[i])
					if err != nil {
						b.Fatal(err)
					}
					for _, d := range docs {
						_, _ = c.Compile(d)
						n++
					}
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rules/s")
		})
	}
}

// BenchmarkCompile measures what comes behind parsing.
func BenchmarkCompile(b *testing.B) {
	rules := corpusRules(b)
	for _, run := range corpusRuns {
		b.Run(strings.Join(append([]string{run.target}, run.pipelines...), "+"), func(b *testing.B) {
			c := compiler(b, run.target, run.pipelines)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for _, r := range rules {
					_, _ = c.Rule(r)
					n++
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rules/s")
		})
	}
}
