package splunkread_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/backtrack"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A comparison asks rules and what was read of their queries about events.
type comparison struct {
	pairs  []pair
	events [][]byte
	other  func(*ir.Rule) string // the class of a difference that none of the classes below has
	sparse bool                  // that most rules match no event is fine
}

// A class is a kind of difference that lies in the language. calm changes an
// event so that it is no longer one, and reports whether it changed anything.
type class struct {
	name string
	in   func(splunkread.Reading) bool
	calm func(event map[string]any) bool
}

// always is the in of a class of every reading.
func always(splunkread.Reading) bool { return true }

var classes = []class{
	// SR, search: "1 does not match 1.0"; to Sigma numbers are equal as numbers (V3).
	{"a number in another spelling", always, func(e map[string]any) bool {
		return change(e, func(s string) string {
			if n, ok := ir.ParseNumber(s); ok {
				return string(n)
			}
			return s
		})
	}},
	// To PCRE a vertical tab is white space, to Go's syntax it is not.
	{"a vertical tab", always, func(e map[string]any) bool {
		return change(e, func(s string) string { return strings.ReplaceAll(s, "\v", "x") })
	}},
	// To PCRE $ is before a line break at the end as well.
	{"a line break at the end", always, func(e map[string]any) bool {
		return change(e, func(s string) string { return strings.TrimRight(s, "\n") })
	}},
	// A field of Splunk's events has a value or is not there; to Sigma one that
	// is null exists (M7).
	{"a field that is null", always, func(e map[string]any) bool {
		n := len(e)
		maps.DeleteFunc(e, func(_ string, v any) bool { return v == nil })
		return len(e) < n
	}},
	{"an empty text and f=*", func(r splunkread.Reading) bool { return r.StarNeedsText }, func(e map[string]any) bool {
		return change(e, func(s string) string {
			if s == "" {
				return "x"
			}
			return s
		})
	}},
}

// change changes the texts of an event.
func change(e map[string]any, f func(string) string) bool {
	changed := false
	for name, v := range e {
		s, ok := v.(string)
		if n, isNum := v.(json.Number); isNum {
			s, ok = n.String(), true
		}
		if ok && f(s) != s {
			e[name], changed = f(s), true
		}
	}
	return changed
}

// compile makes a session of rules.
func compile(tb testing.TB, rules []*ir.Rule) *eval.Session {
	tb.Helper()
	e, err := eval.Compile(rules, eval.Options{Regexp: backtrack.New})
	if err != nil {
		tb.Fatal(err)
	}
	return e.NewSession()
}

// matching returns the rules that match an event, by index.
func matching(tb testing.TB, s *eval.Session, event []byte) []int {
	tb.Helper()
	ms, err := s.MatchJSON(event, nil)
	if err != nil {
		tb.Fatal(err)
	}
	out := make([]int, len(ms))
	for i, m := range ms {
		out[i] = m.Index
	}
	return out
}

// compare runs the chosen rules, and what was read for them, over all events.
func (c *comparison) compare(t *testing.T, r splunkread.Reading, read []*ir.Rule, chosen []int) {
	t.Helper()
	rules, reads := make([]*ir.Rule, len(chosen)), make([]*ir.Rule, len(chosen))
	for i, k := range chosen {
		rules[i], reads[i] = c.pairs[k].rule, read[k]
	}
	a, b := compile(t, rules), compile(t, reads)
	found := map[string]map[int]bool{}
	hit := map[int]bool{}
	for _, event := range c.events {
		want, got := matching(t, a, event), matching(t, b, event)
		for _, i := range want {
			hit[i] = true
		}
		if slices.Equal(want, got) {
			continue
		}
		for _, i := range differing(want, got) {
			name := c.classify(t, r, rules[i], a, b, i, event)
			if name == "" && !found[name][i] {
				t.Errorf("%+v: %s\n%s\n%s\nthe rule says %t", r, rules[i].Source.Pos, c.pairs[chosen[i]].queries, event, slices.Contains(want, i))
			}
			if found[name] == nil {
				found[name] = map[int]bool{}
			}
			found[name][i] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		t.Logf("  %d rules differ: %s", len(found[name]), name)
	}
	t.Logf("  %d of %d rules match one of %d events", len(hit), len(rules), len(c.events))
	if len(chosen) > 1000 && !c.sparse && len(hit) < len(chosen)*85/100 {
		t.Error("too few rules match an event for the comparison to mean much")
	}
}

// differing returns what is in one of two sorted lists.
func differing(a, b []int) []int {
	var out []int
	for _, k := range a {
		if !slices.Contains(b, k) {
			out = append(out, k)
		}
	}
	for _, k := range b {
		if !slices.Contains(a, k) {
			out = append(out, k)
		}
	}
	return out
}

// classify names the class that a difference is of, "" for none.
func (c *comparison) classify(t *testing.T, r splunkread.Reading, rule *ir.Rule, a, b *eval.Session, i int, event []byte) string {
	t.Helper()
	for _, cl := range classes {
		e, err := oracle.Parse(event)
		if err != nil {
			t.Fatal(err)
		}
		if !cl.in(r) || !cl.calm(e) {
			continue
		}
		calmed, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(matching(t, a, calmed), i) == slices.Contains(matching(t, b, calmed), i) {
			return cl.name
		}
	}
	if c.other != nil {
		return c.other(rule)
	}
	return ""
}
