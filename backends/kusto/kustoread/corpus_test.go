package kustoread_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/kusto/kustoread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var perRule = flag.Int("events", 5, "how many events are made of each rule")

// A pair is a rule of one condition in the terms of the target, and its query.
type pair struct {
	rule    *ir.Rule
	text    string
	query   *readback.Query
	columns *kustoread.Columns
	engine  *eval.Engine // of the rule and of what its query means
}

// options say what a rule's table is known to have.
func options(r *ir.Rule) readback.Options {
	if r.Table == nil {
		return readback.Options{}
	}
	stored := *r
	stored.Computed = nil
	return readback.Options{Column: stored.Column}
}

// pairs compiles rules with a pipeline and reads their queries back. Every
// query must be read.
func pairs(tb testing.TB, rules []*ir.Rule, name string) []*pair {
	tb.Helper()
	var p *pipeline.Pipeline
	if name != "" {
		var err error
		if p, err = pipeline.Resolve(name); err != nil {
			tb.Fatal(err)
		}
	}
	c, err := backends.New(backends.Options{Target: "kusto"})
	if err != nil {
		tb.Fatal(err)
	}
	var out []*pair
	for _, r := range rules {
		mapped, err := p.Apply(r, "kusto")
		if err != nil {
			continue
		}
		result, err := c.Rule(mapped)
		if err != nil {
			continue
		}
		for i, q := range result.Queries {
			if p := newPair(tb, mapped, i, q.Text); p != nil {
				out = append(out, p)
			}
		}
	}
	return out
}

// newPair reads a query. Pieces of the language in the rule become tests of
// fields with their text as the name, as conditions that no event decides do.
func newPair(tb testing.TB, rule *ir.Rule, i int, text string) *pair {
	tb.Helper()
	p := &pair{text: text}
	r := *rule
	r.Where = []ir.Expr{ir.Rewrite(rule.Where[i], func(e ir.Expr) ir.Expr {
		if raw, ok := e.(*ir.Raw); ok {
			return &ir.Match{Field: raw.Text, Test: &ir.Bool{Value: true}}
		}
		return e
	})}
	p.rule = &r
	var err error
	if p.query, err = kustoread.Read(text, options(rule)); err != nil {
		tb.Errorf("%s: %v\n%s", rule.Source.Pos, err, text)
		return nil
	}
	if p.columns, err = kustoread.NewColumns(rule.Computed, options(rule)); err != nil {
		tb.Errorf("%s: %v\n%v", rule.Source.Pos, err, rule.Computed)
		return nil
	}
	meaning := r
	meaning.Where = []ir.Expr{readback.Meaning(p.query.Where)}
	if p.engine, err = eval.Compile([]*ir.Rule{p.rule, &meaning}, eval.Options{}); err != nil {
		tb.Errorf("%s: %v", rule.Source.Pos, err)
		return nil
	}
	return p
}

// matches reports whether the rule, and whether its query, finds an event that
// has the stored columns and those that the rule computes.
func (p *pair) matches(ev map[string]any) (rule, query bool) {
	for _, m := range p.engine.Match(eval.Map(ev), nil) {
		rule = rule || m.Index == 0
	}
	for _, m := range p.engine.Match(eval.Map(p.query.Complete(ev)), nil) {
		query = query || m.Index == 1
	}
	return rule, query
}

// corpusRuns are the conversions that are read back.
var corpusRuns = []string{"", "microsoft_xdr", "sentinel_asim", "azure_monitor"}

// TestCorpus reads the queries of SigmaHQ's rules back and runs rule and query
// over events that are made from the rule. Where they differ, it must be for
// what the language cannot say: its strings have no null, so that the empty
// string is none; and it compares a number in a column of strings by its
// digits.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	rules := readbacktest.Corpus(t)
	for _, name := range corpusRuns {
		r := rand.New(rand.NewSource(1))
		counts := make(map[string]int)
		for _, p := range pairs(t, rules, name) {
			counts["queries"]++
			for _, ev := range events(r, p.rule, p.rule.Where[0], *perRule) {
				for _, c := range p.rule.Computed {
					if ev[c.Name] != nil {
						counts["computed values wanted"]++
					}
				}
				full, missed := p.columns.Fill(ev)
				counts["computed values missed"] += len(missed)
				class := compare(p, full)
				counts[class]++
				if class == "different" {
					t.Errorf("%s\n%s\n%s\nover %v", p.rule.Source.Title, p.text, ir.String(p.rule.Where[0]), full)
				}
			}
		}
		t.Logf("%q: %v", name, counts)
		if counts["queries"] < 2000 || counts["both"] < counts["neither"]/4 || counts["neither"] == 0 {
			t.Errorf("%q: one-sided: %v", name, counts)
		}
	}
}

// compare runs a rule and its query over an event and names the outcome.
func compare(p *pair, ev map[string]any) string {
	rule, query := p.matches(ev)
	switch {
	case rule && query:
		return "both"
	case !rule && !query:
		return "neither"
	}
	for _, c := range []struct {
		class string
		rule  *ir.Rule
	}{
		{"empty or absent", rewritten(p.rule, withoutNull)},
		{"number spelled otherwise", rewritten(p.rule, byDigits)},
		{"both of these", rewritten(rewritten(p.rule, withoutNull), byDigits)},
	} {
		engine, err := eval.Compile([]*ir.Rule{c.rule, p.engine.Rules()[1]}, eval.Options{})
		if err != nil {
			return err.Error()
		}
		other := *p
		other.engine = engine
		if rule, _ := other.matches(ev); rule == query {
			return c.class
		}
	}
	return "different"
}

// rewritten returns a rule with every single test replaced.
func rewritten(r *ir.Rule, f func(schema.Column, *ir.Match, ir.Test) ir.Expr) *ir.Rule {
	out := *r
	out.Where = []ir.Expr{ir.Rewrite(r.Where[0], func(e ir.Expr) ir.Expr {
		m, ok := e.(*ir.Match)
		if !ok {
			return e
		}
		c, _ := r.Column(m.Field)
		var rewrite func(t ir.Test) ir.Expr
		all := func(ts []ir.Test) []ir.Expr {
			es := make([]ir.Expr, len(ts))
			for i, t := range ts {
				es[i] = rewrite(t)
			}
			return es
		}
		rewrite = func(t ir.Test) ir.Expr {
			switch t := t.(type) {
			case ir.AnyOf:
				return ir.OneOf(all(t)...)
			case ir.AllOf:
				return ir.All(all(t)...)
			}
			return f(c, m, t)
		}
		return rewrite(m.Test)
	})}
	return &out
}

// withoutNull returns what a test means where the empty string stands for a
// value that is not there.
func withoutNull(c schema.Column, m *ir.Match, t ir.Test) ir.Expr {
	plain := &ir.Match{Field: m.Field, Test: t}
	switch t := t.(type) {
	case *ir.Null:
		return empty(m.Field)
	case *ir.Exists:
		if t.Want {
			return ir.Negate(empty(m.Field))
		}
		return empty(m.Field)
	case *ir.Regexp:
		return ir.All(plain, ir.Negate(empty(m.Field)))
	case *ir.FieldRef:
		return ir.All(plain, ir.Negate(empty(t.Field)))
	case *ir.Text:
		switch shape, text := t.Pattern.Shape(); {
		case shape == ir.Any:
			return ir.Negate(empty(m.Field))
		case shape == ir.Exact && text == "" && !c.Type.IsNumber() && c.Type != schema.Bool:
			return empty(m.Field)
		}
	}
	return plain
}

func empty(field string) ir.Expr {
	return ir.OneOf(&ir.Match{Field: field, Test: &ir.Null{}}, &ir.Match{Field: field, Test: readback.Exact("", true)})
}

// byDigits returns what a test means where a number in a column of strings is
// its digits, and digits in a column of numbers are a number.
func byDigits(c schema.Column, m *ir.Match, t ir.Test) ir.Expr {
	switch u := t.(type) {
	case *ir.Compare:
		if u.Op == ir.Eq && !c.Type.IsNumber() {
			t = readback.Exact(string(u.Number), false)
		}
	case *ir.Text:
		shape, text := u.Pattern.Shape()
		if n, ok := ir.ParseNumber(text); ok && shape == ir.Exact && c.Type.IsNumber() {
			t = &ir.Compare{Number: n}
		}
	}
	return &ir.Match{Field: m.Field, Test: t}
}

// TestRegressionEvents runs all rules and all queries over SigmaHQ's own
// regression events.
func TestRegressionEvents(t *testing.T) {
	ps := pairs(t, readbacktest.Corpus(t), "")
	rules, queries := make([]*ir.Rule, len(ps)), make([]*ir.Rule, len(ps))
	var computed []readback.Computed
	for i, p := range ps {
		rules[i], queries[i] = p.engine.Rules()[0], p.engine.Rules()[1]
		computed = append(computed, p.query.Computed...)
	}
	a, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := eval.Compile(queries, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := readback.Query{Computed: computed}
	count, found := 0, 0
	for _, ev := range regressionEvents(t) {
		count++
		want, got := a.Match(eval.Map(ev), nil), b.Match(eval.Map(all.Complete(ev)), nil)
		found += len(want)
		seen := make(map[int]int)
		for _, m := range append(want, got...) {
			seen[m.Index]++
		}
		for i, n := range seen {
			if n == 1 && compare(ps[i], ev) == "different" {
				t.Errorf("%s\n%s\nover %v", rules[i].Source.Title, ps[i].text, ev)
			}
		}
	}
	t.Logf("%d events, %d matches", count, found)
	if count < 100 || found < count {
		t.Errorf("only %d events and %d matches", count, found)
	}
}

// regressionEvents returns SigmaHQ's regression events, each as one object.
func regressionEvents(t *testing.T) []map[string]any {
	var out []map[string]any
	root := shared.Path(t, "corpus", "sigmahq", "regression_data")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
		dec.UseNumber()
		for {
			var ev struct {
				Event struct {
					System    map[string]any
					EventData map[string]any
				}
			}
			if err := dec.Decode(&ev); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			flat := maps.Clone(ev.Event.EventData)
			if flat == nil {
				flat = make(map[string]any)
			}
			for _, name := range []string{"EventID", "Channel", "Computer"} {
				flat[name] = ev.Event.System[name]
			}
			out = append(out, flat)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
