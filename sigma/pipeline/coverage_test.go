package pipeline_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// TestCoverage counts which of SigmaHQ's rules the larger shipped pipelines
// keep, by table or data set, and which they refuse, by reason. The counts are
// kept in testdata/coverage, and no rule may lose a part of its condition
// without a warning.
func TestCoverage(t *testing.T) {
	rules := corpusRules(t)
	for _, c := range []struct {
		name, target string
		least        int // more than pySigma's count of the same rules (K17); of ECS, where it has no schema, what is reached
	}{
		{"microsoft_xdr", "kusto", 2600},
		{"sentinel_asim", "kusto", 2800},
		{"azure_monitor", "kusto", 2800},
		{"splunk_cim", "splunk", 2200},
		{"ecs", "eql", 3400},
		{"ecs_windows", "eql", 3600},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, ok := pipeline.Builtin(c.name)
			if !ok {
				t.Fatal("there is no such pipeline")
			}
			kept, report := coverage(t, p, c.target, rules)
			if kept < c.least {
				t.Errorf("%d rules are kept, want %d at least", kept, c.least)
			}
			golden.Compare(t, *update, filepath.Join("..", "..", "testdata", "coverage", c.name+".txt"), report)
		})
	}
}

// coverage applies the pipeline to the rules and reports the counts.
func coverage(t *testing.T, p *pipeline.Pipeline, target string, rules []*ir.Rule) (kept int, report string) {
	t.Helper()
	tables, warnings, reasons := map[string]int{}, map[string]int{}, map[string]int{}
	for _, r := range rules {
		out, err := p.Apply(r, target)
		if err != nil {
			for _, e := range sigma.Errors(err) {
				if !e.IsValid() {
					t.Errorf("%s: an error without a place: %v", r.Source.Title, e)
				}
			}
			e := sigma.Errors(err)[0]
			reasons[fmt.Sprintf("%s: %s", e.Code, e.Msg)]++
			continue
		}
		kept++
		tables[place(out)]++
		for _, w := range out.Warnings[len(r.Warnings):] {
			if w.Code == sigma.MatchesMore && !strings.HasPrefix(w.Msg, "no condition chooses") { // of no log at all
				t.Errorf("%v", w)
			}
			warnings[fmt.Sprintf("%s: %s", w.Code, w.Msg)]++
		}
		checkNothingLost(t, r, out)
	}
	report = fmt.Sprintf("%d of %d rules\n", kept, len(rules)) +
		counted("\ntables:\n", tables) + counted("\nwarnings:\n", warnings) + counted("\nrefused, by the first reason:\n", reasons)
	return kept, report
}

// place names where a rule's events are: the table, or the data set where a
// schema has one table.
func place(r *ir.Rule) string {
	switch {
	case r.Table == nil:
		return "not mapped: " + r.LogSource.Product + " " + r.LogSource.Category + " " + r.LogSource.Service
	case r.State["data_set"] != "":
		return r.State["data_set"]
	case r.Table.Name != "":
		return r.Table.Name
	}
	return r.Table.Schema
}

// checkNothingLost reports items of the rule that nothing in the result stands
// for, and that no warning is about.
func checkNothingLost(t *testing.T, r, out *ir.Rule) {
	t.Helper()
	have := positions(out)
	for _, w := range out.Warnings {
		have[w.Pos] = true
	}
	for pos := range positions(r) {
		if !have[pos] {
			t.Errorf("%v: nothing is left of the item", pos)
		}
	}
}

// positions returns the places of the items of a rule.
func positions(r *ir.Rule) map[sigma.Pos]bool {
	out := make(map[sigma.Pos]bool)
	for _, e := range r.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			switch x := e.(type) {
			case *ir.Match:
				out[x.Pos] = true
			case *ir.Keyword:
				out[x.Pos] = true
			}
			return true
		})
	}
	return out
}

// counted lists counts, the largest first.
func counted(title string, counts map[string]int) string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "%6d %s\n", counts[k], k)
	}
	if b.Len() == 0 {
		return ""
	}
	return title + b.String()
}

// BenchmarkShipped measures what the larger shipped pipelines cost a rule.
func BenchmarkShipped(b *testing.B) {
	rules := corpusRules(b)
	for _, name := range []string{"microsoft_xdr", "sentinel_asim"} {
		p, _ := pipeline.Builtin(name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				_, _ = p.Apply(rules[i%len(rules)], "kusto")
			}
		})
	}
}
