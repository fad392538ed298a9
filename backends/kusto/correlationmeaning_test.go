package kusto_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An event is an event of the tests: a row of a table.
type event struct {
	at     time.Time
	table  string
	rules  string // that it matches
	fields map[string]any
}

// Values implements correlate.Fields.
func (e *event) Values(field string, to []string) []string {
	if v := textOf(e.fields[field]); v != "" {
		return append(to, v)
	}
	return to
}

// row returns the event as a row of its table.
func (e *event) row() row {
	x := row{}
	for name, c := range tables.Tables[e.table].Columns {
		x[name] = e.fields[name]
		if x[name] == nil && c.Type.IsString() {
			x[name] = ""
		}
	}
	x[map[string]string{"One": "TimeGenerated", "Two": "Timestamp"}[e.table]] = e.at
	return x
}

// randomEvents makes events in few groups, with few values, at few times.
func randomEvents(r *rand.Rand, n int) []*event {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var out []*event
	at := time.Date(2026, 5, 6, 7, 8, 0, 0, time.UTC)
	for range n {
		at = at.Add(time.Duration(r.IntN(4)) * time.Second)
		e := &event{at: at, table: "One", fields: map[string]any{}}
		if r.IntN(3) == 0 {
			e.table, e.rules = "Two", "d"
			e.fields["a"] = "x"
		} else {
			e.rules = pick("a", "a", "b", "c", "ab", "abc", "bc", "ac")
			for _, name := range e.rules {
				e.fields[string(name)] = "x"
			}
		}
		for _, f := range []string{"g", "h", "w"} {
			if r.IntN(10) > 0 {
				e.fields[f] = pick("1", "2", "2", "x")
			}
		}
		e.fields["s"] = pick("1", "2.5", "-1.5", "y", "")
		if r.IntN(8) > 0 {
			e.fields["v"] = int64(r.IntN(7) - 2)
		}
		if r.IntN(8) > 0 {
			e.fields["r"] = float64(r.IntN(12))/2 - 1
		}
		out = append(out, e)
	}
	return out
}

// randomSection makes a correlation of that type.
func randomSection(r *rand.Rand, kind string, members []string) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	parts := []string{"type: " + kind, "rules: [" + strings.Join(members, ", ") + "]", fmt.Sprintf("timespan: %ds", 1+r.IntN(9))}
	group := pick("", "[g]", "[g]", "[h]", "[g, h]", "[g, v]", "[k]")
	chained := strings.Contains(strings.Join(members, ""), "x")
	if group == "[k]" && chained {
		group = "[w]"
	}
	if group != "" {
		parts = append(parts, "group-by: "+group)
	}
	bound := pick("gte", "gte", "gt", "lte", "lt", "eq", "neq") + ": " + pick("1", "2", "2", "3", "4", "2.5")
	if r.IntN(4) == 0 {
		bound = "gt: 1, lte: 3"
	}
	switch {
	case kind == "value_count":
		parts = append(parts, "condition: {field: "+pick("h", "w", "v", "[w, v]", "[g, s]")+", "+bound+"}")
	case strings.HasPrefix(kind, "value"):
		field := pick("v", "v", "r", "s")
		if kind == "value_percentile" {
			field += ", percentile: " + pick("0", "1", "50", "95", "99.9", "100", "33.3")
		}
		parts = append(parts, "condition: {field: "+field+", "+bound+"}")
	case kind == "temporal" && r.IntN(3) == 0:
		condition := pick("1 and not 2", "1 or 2", "not 1 and 2", "1 and 2")
		parts = append(parts, "condition: "+strings.NewReplacer("1", members[0], "2", members[1]).Replace(condition))
	case strings.HasPrefix(kind, "temporal") && r.IntN(2) == 0:
	default:
		parts = append(parts, "condition: {"+bound+"}")
	}
	if group == "[k]" {
		var aliases []string
		for _, m := range members {
			aliases = append(aliases, m+": "+pick("g", "h", "v"))
		}
		parts = append(parts, "aliases: {k: {"+strings.Join(aliases, ", ")+"}}")
	}
	return strings.Join(parts, ", ")
}

// sections returns a correlation of a type, and in a third of the cases one
// that refers to it.
func sections(r *rand.Rand, kind string, chains bool) []string {
	lists := [][]string{{"a"}, {"a", "b"}, {"b", "a"}, {"a", "d"}, {"d", "b"}, {"a", "b", "c"}, {"d", "a", "c"}}
	members := lists[r.IntN(len(lists))]
	if strings.HasPrefix(kind, "temporal") {
		members = lists[1+r.IntN(len(lists)-1)]
	}
	out := []string{randomSection(r, kind, members)}
	if chains && r.IntN(3) == 0 {
		outer := []string{"event_count", "value_count", "temporal", "temporal_ordered"}[r.IntN(4)]
		lists := [][]string{{"x0", "b"}, {"b", "x0"}, {"x0", "d"}, {"x0"}}
		n := len(lists)
		if strings.HasPrefix(outer, "temporal") {
			n--
		}
		out = append(out, randomSection(r, outer, lists[r.IntN(n)]))
		if r.IntN(3) == 0 {
			out = append(out, randomSection(r, "event_count", []string{"x1"}))
		}
	}
	return out
}

func document(sections []string) string {
	text := members()
	for i, s := range sections {
		text += fmt.Sprintf("title: x%d\nname: x%d\ncorrelation: {%s}\n---\n", i, i, s)
	}
	return strings.TrimSuffix(text, "---\n")
}

// evaluate returns the groups and times at which a correlation fires.
func evaluate(t *testing.T, c *ir.Correlation, events []*event) []string {
	t.Helper()
	found := map[string]bool{}
	run, err := correlate.New([]*ir.Correlation{c}, func(a correlate.Alert) {
		key := ""
		for _, v := range a.Group {
			key += v.Text + "|"
		}
		found[fmt.Sprint(a.To.Unix(), " ", key)] = true
	}, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]*sigma.Rule{}
	for _, m := range c.Rules() {
		rules[m.Rule.Source.Name] = m.Rule.Source
	}
	for i, e := range events {
		var matched []*sigma.Rule
		for _, name := range e.rules {
			if rule := rules[string(name)]; rule != nil {
				matched = append(matched, rule)
			}
		}
		if err := run.Add(correlate.Event{Time: e.at, ID: uint64(i + 1), Rules: matched, Fields: e}); err != nil {
			t.Fatal(err)
		}
	}
	run.Flush()
	return slices.Sorted(maps.Keys(found))
}

// query returns what the query of a correlation finds.
func query(c *ir.Correlation, text, column string, events []*event) []string {
	rows := make(map[string]rowset)
	for name, t := range tables.Tables {
		set := rowset{columns: make(map[string]bool)}
		for c := range t.Columns {
			set.columns[c] = true
		}
		for _, e := range events {
			if e.table == name {
				set.rows = append(set.rows, e.row())
			}
		}
		rows[name] = set
	}
	found := map[string]bool{}
	for _, x := range runQuery(text, rows) {
		key := ""
		for _, k := range c.Keys {
			key += textOf(keyOf(x, c, k.Text)) + "|"
		}
		found[fmt.Sprint(x[column].(time.Time).Unix(), " ", key)] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// keyOf returns the value of a group-by field: the outermost column that was
// computed for it, or the field itself.
func keyOf(x row, c *ir.Correlation, name string) any {
	for _, prefix := range []string{"_sigma_by_", "_sigma_1_by_", "_sigma_2_by_"} {
		if v, ok := x[prefix+name]; ok {
			return v
		}
	}
	return x[c.Members[0].ReadsOf(name)[0].Fields[0]]
}

var cases = flag.Int("cases", 400, "how many random correlations of each type are compared with the evaluator")

// TestCorrelationMeaning compares what queries find, by an interpreter of the
// operators that they are made of, with what the evaluator finds, for each
// type, alone and in chains, by a sliding window. They differ only as a warning
// says.
func TestCorrelationMeaning(t *testing.T) {
	compiler := compiler(t, backends.Options{})
	for _, kind := range sigma.CorrelationTypes() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			fired, less := 0, 0
			for seed := range *cases {
				r := rand.New(rand.NewPCG(uint64(seed), 2))
				list := sections(r, kind, true)
				c := link(t, document(list))
				result, err := compiler.Correlation(c)
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, list)
				}
				events := randomEvents(r, 4+r.IntN(12))
				want := evaluate(t, c, events)
				got := query(c, result.Queries[0].Text, "_sigma_to", events)
				if len(want) > 0 {
					fired++
				}
				if slices.Equal(got, want) {
					continue
				}
				if less++; lacks(want, got) && !warns(result, sigma.MatchesLess) || lacks(got, want) && !warns(result, sigma.MatchesMore) {
					t.Fatalf("seed %d\n%s\n%s\ngot  %v\nwant %v\n%s", seed, strings.Join(list, "\n"), result.Queries[0].Text, got, want, dump(events))
				}
			}
			if fired < *cases/4 || less > *cases/50 {
				t.Errorf("%d of %d correlations fired, %d of them differ as warned", fired, *cases, less)
			}
		})
	}
}

// lacks reports whether the second list lacks something of the first.
func lacks(all, some []string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return !slices.Contains(some, s) })
}

func warns(r *backends.Result, code sigma.Code) bool {
	return slices.ContainsFunc(r.Warnings, func(w *sigma.Error) bool { return w.Code == code })
}

// TestCorrelationBuckets compares queries by buckets with the evaluator, given
// the events of one bucket after the other: what holds at the last event of a
// group is what holds of the bucket.
func TestCorrelationBuckets(t *testing.T) {
	compiler := compiler(t, backends.Options{Method: emit.Buckets})
	for _, kind := range sigma.CorrelationTypes() {
		if kind == "temporal_ordered" {
			continue // the sliding window serves
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			fired := 0
			for seed := range *cases {
				r := rand.New(rand.NewPCG(uint64(seed), 3))
				list := sections(r, kind, false)
				c := link(t, document(list))
				result, err := compiler.Correlation(c)
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, list)
				}
				events := randomEvents(r, 4+r.IntN(12))
				want := inBuckets(t, c, events)
				got := query(c, result.Queries[0].Text, "_sigma_from", events)
				if len(want) > 0 {
					fired++
				}
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d\n%s\n%s\ngot  %v\nwant %v\n%s", seed, strings.Join(list, "\n"), result.Queries[0].Text, got, want, dump(events))
				}
			}
			if fired < *cases/4 {
				t.Errorf("%d of %d correlations fired", fired, *cases)
			}
		})
	}
}

// inBuckets returns the groups and the beginnings of the buckets in which a
// correlation holds.
func inBuckets(t *testing.T, c *ir.Correlation, events []*event) []string {
	t.Helper()
	always := *c
	always.Need, always.Bounds = nil, []ir.Bound{{Op: ir.Gte, Number: "-1000"}}
	buckets := map[time.Time][]*event{}
	for _, e := range events {
		at := e.at.Truncate(c.Window)
		buckets[at] = append(buckets[at], e)
	}
	var out []string
	for at, events := range buckets {
		last := map[string]string{}
		for _, f := range evaluate(t, &always, events) {
			sec, group, _ := strings.Cut(f, " ")
			last[group] = max(last[group], sec)
		}
		for _, f := range evaluate(t, c, events) {
			if sec, group, _ := strings.Cut(f, " "); last[group] == sec {
				out = append(out, fmt.Sprint(at.Unix(), " ", group))
			}
		}
	}
	slices.Sort(out)
	return out
}

func dump(events []*event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, e.at.Unix(), e.table, e.rules, row(e.fields))
	}
	return b.String()
}
