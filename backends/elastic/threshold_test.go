package elastic_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A thresholdRule is what Kibana goes by when it runs a threshold rule.
type thresholdRule struct {
	From, Interval string
	Threshold      struct {
		Field       []string
		Value       int
		Cardinality []struct {
			Field string
			Value int
		}
	}
}

func (r *thresholdRule) seconds(t testing.TB) (window, every int64) {
	t.Helper()
	for i, text := range []string{strings.TrimPrefix(r.From, "now-"), r.Interval} {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			window = int64(d / time.Second)
		} else {
			every = int64(d / time.Second)
		}
	}
	return window, every
}

// fires returns the groups for which a rule fires of what is between two moments,
// as the aggregations of Kibana count: composite of its fields, and cardinality.
func (r *thresholdRule) fires(events []*happening, from, to int64) []string {
	counts := map[string]int{}
	values := map[string]map[string]bool{}
	for _, e := range events {
		if e.time < from || e.time > to {
			continue
		}
		for _, group := range tuplesOf(e, r.Threshold.Field) {
			counts[group]++
			for _, c := range r.Threshold.Cardinality {
				if values[group] == nil {
					values[group] = map[string]bool{}
				}
				for _, v := range e.fields[c.Field] {
					values[group][v] = true
				}
			}
		}
	}
	var out []string
	for group, n := range counts {
		enough := n >= r.Threshold.Value
		for _, c := range r.Threshold.Cardinality {
			enough = enough && len(values[group]) >= c.Value
		}
		if enough {
			out = append(out, group)
		}
	}
	slices.Sort(out)
	return out
}

// tuplesOf returns the groups that an event is in: one for each tuple of its
// values, none where it lacks a field.
func tuplesOf(e *happening, fields []string) []string {
	groups := []string{""}
	for _, f := range fields {
		var next []string
		for _, g := range groups {
			for _, v := range e.fields[f] {
				if more := g + v + "|"; !slices.Contains(next, more) {
					next = append(next, more)
				}
			}
		}
		groups = next
	}
	return groups
}

// TestThresholdMeaning runs threshold rules over random events. What a run finds, the
// correlation fires at in its window; and what the correlation fires at within a
// time that is shorter than its timespan by that between two runs, a run finds: so
// the warning says.
func TestThresholdMeaning(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	found, missed := 0, 0
	for range *correlations {
		events := randomHappenings(r, world{lists: true, overlap: true}, 60)
		members, timespan, n := "[a]", int64(3+r.IntN(20)), 1+r.IntN(4)
		kind, condition := "event_count", "gte: "+strconv.Itoa(n)
		if r.IntN(2) == 0 {
			members = "[a, b]"
		}
		if r.IntN(2) == 0 {
			kind, condition = "value_count", "field: v, gt: "+strconv.Itoa(n)
		}
		group := []string{"", ", group-by: [g]", ", group-by: [g, h]"}[r.IntN(3)]
		text := documents(correlationText("r", "type: "+kind+", rules: "+members+group+", timespan: "+strconv.FormatInt(timespan, 10)+"s, condition: {"+condition+"}"))
		x := linked(t, text)
		every := strconv.Itoa(1+r.IntN(8)) + "s"
		c, err := backends.New(backends.Options{Target: "lucene", Format: "rule", Settings: map[string]string{"every": every}})
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.Correlation(x)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !slices.ContainsFunc(out.Warnings, func(w *sigma.Error) bool { return w.Code == sigma.MatchesLess }) {
			t.Errorf("no warning\n%s", text)
		}
		var rule thresholdRule
		if err := json.Unmarshal([]byte(out.Queries[0].Text), &rule); err != nil {
			t.Fatal(err)
		}
		matched := slices.DeleteFunc(slices.Clone(events), func(e *happening) bool {
			return e.fields["is_a"] == nil && (members == "[a]" || e.fields["is_b"] == nil)
		})
		fired := evaluated(t, x, events)
		window, interval := rule.seconds(t)
		if window != timespan {
			t.Fatalf("from is %s\n%s", rule.From, text)
		}
		for at := events[0].time; at <= events[len(events)-1].time+interval; at += interval {
			for _, group := range rule.fires(matched, at-window, at) {
				if !slices.ContainsFunc(fired, func(m moment) bool { return m.group == group && at-window <= m.time && m.time <= at }) {
					t.Fatalf("the run at %d finds %q, and the correlation does not fire\n%s", at, group, text)
				}
			}
		}
		for _, m := range fired {
			run := events[0].time + (m.time-events[0].time+interval-1)/interval*interval
			near := slices.Contains(rule.fires(matched, m.time-(window-interval), m.time), m.group)
			finds := slices.Contains(rule.fires(matched, run-window, run), m.group)
			if near && !finds {
				t.Fatalf("the correlation fires at %d in %q, and the run at %d does not find it\n%s", m.time, m.group, run, text)
			}
			if finds {
				found++
			} else {
				missed++
			}
		}
	}
	if found < 1000 || missed < 100 {
		t.Errorf("runs found %d firings and missed %d: the test shows little", found, missed)
	}
}
