package engines

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// regressionRuns are the languages that can be run, and on what.
var regressionRuns = []struct {
	engine     string
	conversion conversion
}{
	{"opensearch", conversion{target: "lucene"}},
	{"opensearch-folded", conversion{target: "lucene"}},
	{"opensearch-folded", conversion{target: "lucene", settings: map[string]string{"case": "native"}}},
	{"kibana-kql", conversion{target: "kql"}},
	{"kibana-kql-folded", conversion{target: "kql"}},
	{"eql", conversion{target: "eql"}},
	{"duckdb-kql", conversion{target: "kusto", settings: map[string]string{"table": "Events"}}},
	{"chdb", conversion{target: "kusto", settings: map[string]string{"table": "Events"}}},
}

// TestRegression runs the queries of all rules that SigmaHQ has events for over
// all of these events. Each must find what the evaluator finds; what differs is
// kept in testdata/regression.
func TestRegression(t *testing.T) {
	events, tests := regressions(t)
	var rules []corpusRule
	for _, r := range corpusRules(t) {
		if slices.ContainsFunc(tests, func(x regression) bool { return x.ruleID == r.rule.Source.ID }) {
			rules = append(rules, r)
		}
	}
	expected := evaluate(t, rules, events)
	for _, x := range tests {
		checkEvaluator(t, x, expected[x.ruleID])
	}
	holdServer(t)
	for _, run := range regressionRuns {
		name := run.engine + " " + run.conversion.String()
		for _, key := range slices.Sorted(maps.Keys(run.conversion.settings)) {
			name += " " + key + "=" + run.conversion.settings[key]
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := Start(t, run.engine)
			begin := startClock()
			queries := run.conversion.convert(t, rules)
			o := runGroups(t, e, queries, events, expected, tests)
			t.Logf("%d queries over %d events in %s", len(queries), len(events), begin)
			slices.Sort(o.lines)
			head := fmt.Sprintf("%s, %s: of %d rules %d converted, %d find their events, %d exactly what the evaluator finds among %d events",
				run.conversion, e.Version(), len(rules), len(queries), o.hits, o.exact, len(events))
			record(t, "regression", conversion{target: name}, append([]string{head}, o.lines...))
		})
	}
}

// checkEvaluator expects the evaluator to find an event of each rule.
func checkEvaluator(t *testing.T, x regression, found []int) {
	t.Helper()
	for _, id := range x.events {
		if slices.Contains(found, id) {
			return
		}
	}
	t.Errorf("the evaluator finds no event of rule %s", x.ruleID)
}

// evaluate returns the events that each rule matches, by its id.
func evaluate(t *testing.T, rules []corpusRule, events []Event) map[string][]int {
	t.Helper()
	var irs []*ir.Rule
	for _, r := range rules {
		irs = append(irs, r.rule)
	}
	engine, err := eval.Compile(irs, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string][]int)
	for _, e := range events {
		matches, err := engine.MatchJSON(e.Fields, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range matches {
			id := m.Rule.Source.ID
			if !slices.Contains(found[id], e.ID) {
				found[id] = append(found[id], e.ID)
			}
		}
	}
	return found
}

// An outcome is how queries compare with the evaluator.
type outcome struct {
	hits, exact int
	lines       []string // a line for each difference
}

// runGroups runs queries in groups whose rules agree about the types of fields.
func runGroups(t *testing.T, e Engine, queries []query, events []Event, expected map[string][]int, tests []regression) outcome {
	t.Helper()
	var o outcome
	for _, g := range groups(queries) {
		if err := e.Load(Table{Name: "Events", Columns: g.types.Columns()}, events); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, q := range g.queries {
			texts = append(texts, q.text)
		}
		answers, err := e.Run(texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range g.queries {
			o.add(q, answers[i], expected[q.rule.Source.ID], tests)
		}
	}
	return o
}

// add compares the answer to one query.
func (o *outcome) add(q query, a Answer, want []int, tests []regression) {
	i := slices.IndexFunc(tests, func(x regression) bool { return x.ruleID == q.rule.Source.ID })
	hit := slices.ContainsFunc(tests[i].events, func(id int) bool { return slices.Contains(a.IDs, id) })
	if hit {
		o.hits++
	}
	if a.Refused == "" && slices.Equal(a.IDs, want) {
		o.exact++
		return
	}
	what := "refused: " + short(a.Refused)
	if a.Refused == "" {
		what = fmt.Sprintf("finds %d of %d, and %d more", common(a.IDs, want), len(want), len(a.IDs)-common(a.IDs, want))
		if !hit {
			what += ", none of its own"
		}
	}
	o.lines = append(o.lines, fmt.Sprintf("    %s: %s", q.file, what))
}

// common counts what two lists have both.
func common(a, b []int) (n int) {
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}

// A group is queries whose rules agree about the types of fields.
type group struct {
	types   Types
	queries []query
}

// groups puts queries into as few groups as come of themselves.
func groups(queries []query) []*group {
	var out []*group
	for _, q := range queries {
		types := withoutTypes(maps.Clone(q.types))
		i := slices.IndexFunc(out, func(g *group) bool { return g.types.Merge(types) })
		if i < 0 {
			i = len(out)
			out = append(out, &group{types: maps.Clone(types)})
		}
		out[i].queries = append(out[i].queries, q)
	}
	return out
}

// withoutTypes forgets about times, which SigmaHQ's events have as texts.
func withoutTypes(types Types) Types {
	for name, kind := range types {
		if kind == schema.Time {
			types[name] = schema.Unknown
		}
	}
	return types
}

// TestGroups keeps apart what types cannot hold together.
func TestGroups(t *testing.T) {
	a, b := Types{"x": schema.Int}, Types{"x": schema.Keyword}
	if !a.Merge(Types{"x": schema.Int, "y": schema.Bool}) || b.Merge(a) {
		t.Error("the merging is wrong")
	}
	if got := strings.TrimSpace(fmt.Sprint(common([]int{1, 2, 3}, []int{2, 3, 4}))); got != "2" {
		t.Errorf("common counts %s", got)
	}
}
