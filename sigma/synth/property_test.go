package synth_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// TestProperties checks the events of all cases.
func TestProperties(t *testing.T) {
	names, archives := cases(t)
	for i, ar := range archives {
		rule := caseRule(t, ar)
		set := events(t, rule, synth.Options{})
		if again := events(t, rule, synth.Options{}); !reflect.DeepEqual(set.Events, again.Events) {
			t.Errorf("%s: the same rule gives other events", names[i])
		}
		check(t, set)
		checkMisses(t, set)
		if missing := uncovered(t, set); len(missing) > 0 && set.Unmatched == nil {
			t.Errorf("%s: no event passes and none fails of %q", names[i], missing)
		}
		checkMax(t, rule, len(set.Events))
	}
}

// checkMax checks that the bound holds.
func checkMax(t *testing.T, rule *ir.Rule, usual int) {
	t.Helper()
	if few := events(t, rule, synth.Options{Max: 5}); len(few.Events) != 5 {
		t.Errorf("%s: %d events instead of 5", rule.Source.Title, len(few.Events))
	}
	if many := events(t, rule, synth.Options{Max: 4000}); len(many.Events) < usual {
		t.Errorf("%s: %d events, and %d where 4000 are allowed", rule.Source.Title, usual, len(many.Events))
	}
}

// check checks each event on its own: that it is what the plain walk over the
// rule says it is, that it comes once, and that its traits tell what is in it.
func check(tb testing.TB, set *synth.Set) {
	tb.Helper()
	seen := map[string]bool{}
	for _, e := range set.Events {
		if seen[string(e.JSON)] {
			tb.Errorf("%s: there twice: %s", set.Rule.Source.Title, e.JSON)
		}
		seen[string(e.JSON)] = true
		ev, err := oracle.Parse(e.JSON)
		if err != nil {
			tb.Fatalf("%s: %v: %s", set.Rule.Source.Title, err, e.JSON)
		}
		if want := truth(set.Rule, ev); want != e.Expect {
			tb.Errorf("%s: expected %t, and the plain walk says %t: %s", set.Rule.Source.Title, e.Expect, want, e.JSON)
		}
		if e.Why == "" {
			tb.Errorf("%s: nothing says what it is about: %s", set.Rule.Source.Title, e.JSON)
		}
		if lack := visible(map[string]any(ev), true) &^ e.Traits; lack != 0 {
			tb.Errorf("%s: lacks the traits %s: %s", set.Rule.Source.Title, lack, e.JSON)
		}
	}
}

// truth is what the plain walk says of a rule. Pieces of a query are true.
func truth(rule *ir.Rule, ev oracle.Event) bool {
	for _, e := range rule.Where {
		e = ir.Rewrite(e, func(e ir.Expr) ir.Expr {
			if _, ok := e.(*ir.Raw); ok {
				return ir.Const(true)
			}
			return e
		})
		if oracle.Match(e, ev) {
			return true
		}
	}
	return false
}

// visible returns the traits that a value shows by itself.
func visible(v any, top bool) (t synth.Trait) {
	switch v := v.(type) {
	case nil:
		return synth.Null
	case string:
		if v == "" {
			t |= synth.EmptyText
		}
		if strings.Contains(v, "\n") {
			t |= synth.LineBreak
		}
		if strings.TrimSpace(v) != v {
			t |= synth.OuterSpace
		}
		for _, r := range v {
			if r > 126 {
				t |= synth.BeyondASCII
			}
		}
	case []any:
		t = synth.List
		for _, x := range v {
			t |= visible(x, false)
		}
	case map[string]any:
		if !top {
			t = synth.Nested
		}
		for _, x := range v {
			t |= visible(x, false)
		}
	}
	return t
}

// checkMisses checks that each near miss differs in one field from an event
// of which the rule says the opposite, but for those that say that they are
// about two.
func checkMisses(tb testing.TB, set *synth.Set) {
	tb.Helper()
	for i := range set.Events {
		e := &set.Events[i]
		if !strings.HasPrefix(e.Why, "near miss: ") || strings.Contains(e.Why, " both ") || strings.Contains(e.Why, "field") && strings.Contains(e.Why, "as the name") {
			continue
		}
		near := false
		for k := range set.Events {
			near = near || set.Events[k].Expect != e.Expect && differing(tb, e.JSON, set.Events[k].JSON) == 1
		}
		if !near {
			tb.Errorf("%s: a near miss of nothing: %s: %s", set.Rule.Source.Title, e.Why, e.JSON)
		}
	}
}

// differing counts the fields in which two events differ.
func differing(tb testing.TB, a, b []byte) (n int) {
	tb.Helper()
	var x, y map[string]json.RawMessage
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		tb.Fatal("an event is no JSON object")
	}
	for name, v := range x {
		if w, ok := y[name]; !ok || string(v) != string(w) {
			n++
		}
	}
	for name := range y {
		if _, ok := x[name]; !ok {
			n++
		}
	}
	return n
}

// uncovered returns the single tests of a rule that all events pass or all
// fail.
func uncovered(tb testing.TB, set *synth.Set) (missing []string) {
	tb.Helper()
	rules, names := leaves(set.Rule)
	engine, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	passed := make([]int, len(rules))
	for _, e := range set.Events {
		matches, err := engine.MatchJSON(e.JSON, nil)
		if err != nil {
			tb.Fatal(err)
		}
		for _, m := range matches {
			passed[m.Index]++
		}
	}
	for i, n := range passed {
		if n == 0 || n == len(set.Events) {
			missing = append(missing, names[i])
		}
	}
	return missing
}

// leaves returns a rule for each single test of a rule.
func leaves(rule *ir.Rule) (rules []*ir.Rule, names []string) {
	add := func(t ir.Test, e ir.Expr) {
		rules = append(rules, &ir.Rule{Source: rule.Source, Where: []ir.Expr{e}})
		names = append(names, ir.TestString(t))
	}
	for _, e := range rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Match:
				ir.WalkTests(e.Test, func(t ir.Test) { add(t, &ir.Match{Field: e.Field, Test: t}) })
			case *ir.Keyword:
				ir.WalkTests(e.Test, func(t ir.Test) { add(t, &ir.Keyword{Test: t}) })
			}
			return true
		})
	}
	return rules, names
}
