package verify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// A run is a target with pipelines before it.
type run struct {
	target    string
	pipelines []string
	format    string
}

func (r run) String() string {
	return strings.TrimSpace(strings.Join(append([]string{r.target}, r.pipelines...), " ") + " " + r.format)
}

// runs are the conversions that are proved.
var runs = []run{
	{target: "splunk"}, {target: "lucene"}, {target: "kql"}, {target: "eql"}, {target: "esql"}, {target: "kusto"},
	{target: "splunk", pipelines: []string{"sysmon", "splunk_windows"}},
	{target: "lucene", pipelines: []string{"ecs_windows"}}, {target: "kql", pipelines: []string{"ecs_windows"}}, {target: "eql", pipelines: []string{"ecs_windows"}}, {target: "esql", pipelines: []string{"ecs_windows"}},
	{target: "lucene", pipelines: []string{"ecs"}}, {target: "kql", pipelines: []string{"ecs"}}, {target: "eql", pipelines: []string{"ecs"}}, {target: "esql", pipelines: []string{"ecs"}},
	{target: "kusto", pipelines: []string{"microsoft_xdr"}}, {target: "kusto", pipelines: []string{"sentinel_asim"}}, {target: "kusto", pipelines: []string{"azure_monitor"}},
	{target: "splunk", pipelines: []string{"splunk_cim"}}, {target: "splunk", pipelines: []string{"splunk_cim"}, format: "data_model"},
}

func (r run) compiler(tb testing.TB) *backends.Compiler {
	tb.Helper()
	chain, err := pipeline.ResolveAll(r.pipelines...)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: r.target, Format: r.format, Pipeline: chain})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// A tally is what came of a run.
type tally struct {
	rules, events, matched, left int
	unknown                      int // queries that the reader does not know: how analysed text is searched
	unread                       []string
	known                        map[sigma.Code]int // differences that a warning of the query tells of
	wrong                        []string
}

// prove compares rules with their queries in some runs, on all cores. The
// tallies are in the order of the runs.
func prove(tb testing.TB, runs []run, rules []*ir.Rule) []*tally {
	tb.Helper()
	compilers, sums := make([]*backends.Compiler, len(runs)), make([]*tally, len(runs))
	for i, r := range runs {
		compilers[i], sums[i] = r.compiler(tb), &tally{known: map[sigma.Code]int{}}
	}
	var mu sync.Mutex
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(rules); i = int(next.Add(1)) - 1 {
				made := made{reports: map[*emit.Backend][]*verify.Report{}}
				for k, c := range compilers {
					report, err := made.prove(c, rules[i])
					mu.Lock()
					sums[k].add(rules[i], report, err)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	for _, sum := range sums {
		slices.Sort(sum.unread)
		slices.Sort(sum.wrong)
	}
	return sums
}

// made is what was made of one rule already. The events of a rule as pipelines
// have mapped it are the same for targets for which it is the same, and what
// comes of a query is the same for pipelines that make the same of the rule.
type made struct {
	events  []*synth.Set
	reports map[*emit.Backend][]*verify.Report
}

// prove is verify.Rule.
func (m *made) prove(c *backends.Compiler, rule *ir.Rule) (*verify.Report, error) {
	mapped, err := c.Map(rule)
	if err != nil {
		return nil, err
	}
	result, err := c.Mapped(mapped)
	if err != nil {
		return nil, err
	}
	for _, r := range m.reports[c.Backend()] {
		if sameResult(r, mapped, result) {
			return r, nil
		}
	}
	set := m.set(mapped)
	if set == nil {
		if set, err = verify.Events(c.Backend(), mapped, verify.Options{}); err != nil {
			return nil, err
		}
		m.events = append(m.events, set)
	}
	report, err := verify.Result(c, result, set, verify.Options{})
	if err == nil {
		m.reports[c.Backend()] = append(m.reports[c.Backend()], report)
	}
	return report, err
}

// set returns the events of a rule that has the same ones.
func (m *made) set(mapped *ir.Rule) *synth.Set {
	for _, set := range m.events {
		if sameEvents(set.Rule, mapped) {
			return set
		}
	}
	return nil
}

// sameResult reports whether a report is about the same rule and the same
// queries, in the terms of the target.
func sameResult(r *verify.Report, mapped *ir.Rule, result *backends.Result) bool {
	old := r.Set.Rule
	return old.Table == mapped.Table && reflect.DeepEqual(old.Computed, mapped.Computed) &&
		slices.EqualFunc(old.Where, mapped.Where, func(a, b ir.Expr) bool { return ir.String(a) == ir.String(b) }) &&
		slices.EqualFunc(r.Result.Queries, result.Queries, func(a, b backends.Query) bool { return a.Text == b.Text }) &&
		slices.EqualFunc(r.Result.Warnings, result.Warnings, func(a, b *sigma.Error) bool { return a.Code == b.Code && a.Pos == b.Pos })
}

// sameEvents reports whether the events of a rule are those of another one
// whatever the target: nothing in them is of the target's language, and all
// that the events depend on is the same.
func sameEvents(a, b *ir.Rule) bool {
	return a.Source == b.Source && a.Table == b.Table && a.Computed == nil && b.Computed == nil &&
		reflect.DeepEqual(a.Where, b.Where) && !hasRaw(a)
}

// hasRaw reports whether a piece of a query is in a rule.
func hasRaw(rule *ir.Rule) (raw bool) {
	for _, e := range rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			_, is := e.(*ir.Raw)
			raw = raw || is
			return !raw
		})
	}
	return raw
}

func (t *tally) add(rule *ir.Rule, report *verify.Report, err error) {
	if err != nil {
		return // the language cannot say it, or nothing filled a placeholder
	}
	t.rules++
	t.events += len(report.Events)
	t.left += report.LeftOut
	for _, e := range report.Events {
		if e.Expect {
			t.matched++
		}
	}
	if report.Unread != nil && report.Unread.Err.Foreign {
		t.unknown++
	} else if report.Unread != nil {
		t.unread = append(t.unread, fmt.Sprintf("%s: %.400s", rule.Source.Pos, report.Unread))
	}
	for _, d := range report.Differences {
		if d.Known != nil {
			t.known[d.Known.Code]++
			continue
		}
		t.wrong = append(t.wrong, fmt.Sprintf("%s: %s\n%.600s", rule.Source.Pos, d, report.Result.Queries[0].Text))
	}
}

// report fails the test for what is wrong, and shows some of it.
func (t *tally) report(tb testing.TB, r run) {
	tb.Helper()
	for what, list := range map[string][]string{"differs from its rule": t.wrong, "cannot be read back": t.unread} {
		for i, text := range list {
			if i == 5 {
				tb.Errorf("%s: %d in all: a query %s", r, len(list), what)
				break
			}
			tb.Errorf("%s: a query %s: %s", r, what, text)
		}
	}
}

// constructs returns the rules of testdata/constructs.yml, of testdata/rules
// of the repository, and of the T1571 pack.
func constructs(tb testing.TB) []*ir.Rule {
	tb.Helper()
	var rules []*ir.Rule
	add := func(name string, text []byte) {
		docs, err := sigma.Parse(name, text)
		if err != nil {
			tb.Fatal(err)
		}
		for _, d := range docs {
			r, ok := d.(*sigma.Rule)
			if !ok {
				continue
			}
			if built, err := ir.Build(r); err == nil {
				rules = append(rules, built)
			} else if name == "constructs.yml" {
				tb.Fatal(err)
			}
		}
	}
	text, err := os.ReadFile("testdata/constructs.yml")
	if err != nil {
		tb.Fatal(err)
	}
	add("constructs.yml", text)
	root := shared.Root(tb)
	cases, err := filepath.Glob(filepath.Join(root, "testdata", "rules", "*.txtar"))
	if err != nil || len(cases) == 0 {
		tb.Fatal("no cases", err)
	}
	for _, file := range cases {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		add(filepath.Base(file), ar.Files[0].Data)
	}
	pack, err := sigma.Files(filepath.Join(root, "examples", "t1571", "rules"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, file := range pack {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		add(filepath.Base(file), text)
	}
	return rules
}

// TestProof compares a rule for each construct with its queries in every
// language: the quick part of the proof, which needs nothing but the
// repository.
func TestProof(t *testing.T) {
	rules := constructs(t)
	only := os.Getenv("SIGMAC_PROOF_TARGET") // one target, for who works on it
	chosen := slices.DeleteFunc(slices.Clone(runs), func(r run) bool {
		return testing.Short() && r.pipelines != nil || only != "" && r.target != only
	})
	for i, sum := range prove(t, chosen, rules) {
		r := chosen[i]
		sum.report(t, r)
		t.Logf("%s: %d rules, %d events, of which %d match; differences that warnings tell of: %v", r, sum.rules, sum.events, sum.matched, sum.known)
		if sum.rules < 40 || sum.events < 10*sum.rules || sum.unknown > 2 {
			t.Errorf("%s: only %d rules and %d events; %d queries are not known to the reader", r, sum.rules, sum.events, sum.unknown)
		}
	}
}
