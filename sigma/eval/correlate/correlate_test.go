package correlate_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// rules are three detection rules, a, b and c. Which events match them is up
// to the tests.
const rules = `title: a
name: a
logsource: {product: p}
detection: {s: {f: a}, condition: s}
---
title: b
name: b
logsource: {product: p}
detection: {s: {f: b}, condition: s}
---
title: c
name: c
logsource: {product: p}
detection: {s: {f: c}, condition: s}
`

// link returns the correlations of sections, by the names x0, x1 ...
func link(t testing.TB, sections ...string) []*ir.Correlation {
	t.Helper()
	text := rules
	for i, s := range sections {
		text += fmt.Sprintf("---\ntitle: x%d\nname: x%d\ncorrelation: {%s}\n", i, i, s)
	}
	docs, err := sigma.Parse("r.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return set.Correlations
}

// matches returns the rules with those names.
func matches(cs []*ir.Correlation, names string) []*sigma.Rule {
	var out []*sigma.Rule
	for _, c := range cs {
		for _, m := range c.Rules() {
			if strings.Contains(names, m.Rule.Source.Name) && !slices.Contains(out, m.Rule.Source) {
				out = append(out, m.Rule.Source)
			}
		}
	}
	return out
}

// show writes an alert.
func show(a correlate.Alert) string {
	group := ""
	for _, v := range a.Group {
		group += v.Text + "|"
	}
	return fmt.Sprintf("%s %d %s %s %v %d", a.Correlation.Source.Name, a.To.Unix(), group, a.Value, a.Events, a.Total)
}

// run adds events in that order and returns the alerts.
func run(t testing.TB, cs, told []*ir.Correlation, events []*refEvent, o correlate.Options, saveAt int) []string {
	t.Helper()
	var out []string
	tell := func(a correlate.Alert) { out = append(out, show(a)) }
	c, err := correlate.New(told, tell, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		if i == saveAt {
			var state bytes.Buffer
			if err := c.Save(&state); err != nil {
				t.Fatal(err)
			}
			o.Shards = 1 + i%3
			if c, err = correlate.New(told, tell, o); err != nil {
				t.Fatal(err)
			}
			if err := c.Restore(&state); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Add(correlate.Event{Time: time.Unix(e.time, 0), ID: e.id, Rules: matches(cs, e.rules), Fields: e}); err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			c.Advance()
		}
	}
	c.Flush()
	return out
}

// randomEvents makes events in few groups, with few values, at few times.
func randomEvents(r *rand.Rand, n int) []*refEvent {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var out []*refEvent
	t := int64(1000)
	for i := range n {
		t += int64(r.IntN(4))
		e := &refEvent{time: t, id: uint64(i + 1), rules: pick("a", "a", "b", "c", "ab", "abc", "bc"), fields: map[string][]string{}}
		for _, f := range []string{"g", "h", "k"} {
			if r.IntN(12) > 0 {
				e.fields[f] = []string{pick("1", "2")}
			}
			if r.IntN(12) == 0 {
				e.fields[f] = append(e.fields[f], pick("2", "3"))
			}
		}
		for _, f := range []string{"v", "w"} {
			if r.IntN(10) > 0 {
				e.fields[f] = []string{pick("1", "2", "3", "-1.5", "7", "x", "9007199254740993")}
			}
		}
		out = append(out, e)
	}
	return out
}

// randomSection makes a correlation of that type.
func randomSection(r *rand.Rand, kind, members string) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	names := strings.FieldsFunc(members, func(r rune) bool { return strings.ContainsRune("[], ", r) })
	var parts []string
	parts = append(parts, "type: "+kind, "rules: "+members, "timespan: "+fmt.Sprint(1+r.IntN(9))+"s")
	if r.IntN(4) > 0 {
		parts = append(parts, "group-by: "+pick("[g]", "[g, h]", "[k]"))
	}
	bound := pick("gte", "gt", "lte", "lt", "eq", "neq") + ": " + fmt.Sprint(1+r.IntN(4))
	if r.IntN(4) == 0 {
		bound = "gt: 1, lte: 3"
	}
	switch {
	case strings.HasPrefix(kind, "value"):
		field := "field: v, "
		if kind == "value_count" && r.IntN(2) == 0 {
			field = "field: [v, w], "
		}
		if kind == "value_percentile" {
			field += "percentile: " + pick("0", "1", "50", "95", "99.9", "100") + ", "
		}
		parts = append(parts, "condition: {"+field+bound+"}")
	case kind == "temporal" && r.IntN(3) == 0 && strings.Contains(members, ","):
		condition := pick("1 and not 2", "1 or 2", "not 1 and 2", "1 and 2")
		parts = append(parts, "condition: "+strings.NewReplacer("1", names[0], "2", names[1]).Replace(condition))
	case strings.HasPrefix(kind, "temporal") && r.IntN(2) == 0:
	default:
		parts = append(parts, "condition: {"+bound+"}")
	}
	if r.IntN(4) == 0 && strings.Contains(strings.Join(parts, " "), "[k]") && !strings.Contains(members, "x") {
		aliases := []string{}
		for _, name := range names {
			aliases = append(aliases, name+": "+pick("g", "h"))
		}
		parts = append(parts, "aliases: {k: {"+strings.Join(aliases, ", ")+"}}")
	}
	return strings.Join(parts, ", ")
}

// shuffle returns the events in an order in which none is late.
func shuffle(r *rand.Rand, events []*refEvent, lateness int64) []*refEvent {
	type arrival struct {
		at int64
		e  *refEvent
	}
	var list []arrival
	for _, e := range events {
		list = append(list, arrival{e.time*1000 + r.Int64N(lateness*1000+1), e})
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	slices.SortStableFunc(list, func(a, b arrival) int { return int(a.at - b.at) })
	out := make([]*refEvent, len(list))
	for i, a := range list {
		out[i] = a.e
	}
	return out
}

var cases = flag.Int("cases", 1000, "how many random correlations of each type are compared with the reference")

// TestReference compares with the plain reference over all windows: for each
// type, alone and in chains (C14 to C26, C32), in any order of arrival within
// the lateness (C35), with any number of shards, and saved and restored at any
// point.
func TestReference(t *testing.T) {
	for _, kind := range sigma.CorrelationTypes() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			fired := 0
			for seed := range *cases {
				if testReference(t, kind, uint64(seed)) {
					fired++
				}
			}
			if fired < *cases/4 {
				t.Errorf("only %d of %d correlations fired", fired, *cases)
			}
		})
	}
}

// testReference reports whether the correlation of that seed fired.
func testReference(t *testing.T, kind string, seed uint64) bool {
	r := rand.New(rand.NewPCG(seed, 1))
	members := []string{"a", "[a, b]", "[a, b, c]", "[b, a]"}[r.IntN(4)]
	if strings.HasPrefix(kind, "temporal") && members == "a" {
		members = "[a, b]"
	}
	sections := []string{randomSection(r, kind, members)}
	if r.IntN(3) == 0 {
		outer := sigma.CorrelationTypes()[r.IntN(8)]
		sections = append(sections, randomSection(r, outer, []string{"[x0, b]", "[x0]", "[b, x0]"}[r.IntN(3)]))
	}
	cs := link(t, sections...)
	told := cs[len(cs)-1:]
	events := randomEvents(r, 4+r.IntN(12))
	var want []string
	for _, f := range reference(told[0], events) {
		want = append(want, fmt.Sprintf("%d %s %s", f.time, f.group, f.value))
	}
	lateness := int64(r.IntN(6))
	o := correlate.Options{Lateness: time.Duration(lateness) * time.Second, Shards: 1 + r.IntN(3)}
	plain := run(t, cs, told, events, correlate.Options{}, -1)
	var got []string
	for _, a := range plain {
		parts := strings.Split(a, " ")
		last := slices.IndexFunc(parts, func(p string) bool { return strings.HasPrefix(p, "[") })
		got = append(got, strings.Join(parts[1:last], " "))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("seed %d\n%s\n%s\ngot  %v\nwant %v", seed, strings.Join(sections, "\n"), dump(events), got, want)
	}
	o.Suppress = time.Duration(r.IntN(3)-1) * 3 * time.Second
	first := run(t, cs, told, events, o, -1)
	if again := run(t, cs, told, shuffle(r, events, lateness), o, r.IntN(len(events))); !slices.Equal(again, first) {
		t.Fatalf("seed %d, in another order\n%s\n%s\ngot  %v\nwant %v", seed, strings.Join(sections, "\n"), dump(events), again, first)
	}
	return len(want) > 0
}

func dump(events []*refEvent) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, e.id, e.time, e.rules, e.fields)
	}
	return b.String()
}
