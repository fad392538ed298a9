package splunkread_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var cases = flag.Int("cases", 150, "how many random correlations of each type are compared with the evaluator")

// correlated are three rules: one that the search clause says, one that only
// where does (Q29), and one that both do in part.
const correlated = `title: a
name: a
logsource: {product: p}
detection: {s: {fa: y}, condition: s}
---
title: b
name: b
logsource: {product: p}
detection: {s: {fb|re: '^y$'}, condition: s}
---
title: c
name: c
logsource: {product: p}
detection: {s: {fc: y, f|endswith|cased: z}, condition: s}
`

// linked returns the last of some correlations, x0, x1 ...
func linked(t testing.TB, sections ...string) *ir.Correlation {
	t.Helper()
	text := correlated
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
	return set.Correlations[len(set.Correlations)-1]
}

// An occurrence is an event of the tests.
type occurrence struct {
	half  int64 // time, in half seconds
	rules string
	row   splunkread.Row
}

func (o *occurrence) time() time.Time { return time.UnixMilli(o.half * 500) }

// Values returns the values of a field, for the evaluator.
func (o *occurrence) Values(field string, to []string) []string { return append(to, o.row[field]...) }

// occurrences makes events in few groups, with few values, at few times.
func occurrences(r *rand.Rand, n int) []*occurrence {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	half := int64(2 * 1_700_000_000)
	var out []*occurrence
	for range n {
		half += int64(r.IntN(7))
		o := &occurrence{half: half, rules: pick("a", "a", "b", "c", "ab", "abc", "bc"), row: splunkread.Row{"f": {"xz"}}}
		o.row["_time"] = []string{strconv.FormatFloat(float64(half)/2, 'f', -1, 64)}
		for _, rule := range "abc" {
			o.row["f"+string(rule)] = []string{pick("n", "")}
			if strings.ContainsRune(o.rules, rule) {
				o.row["f"+string(rule)] = []string{"y"}
			} else if rule == 'c' && r.IntN(2) == 0 {
				o.row["fc"], o.row["f"] = []string{"y"}, []string{"xZ"}
			}
		}
		for _, f := range []string{"g", "h.i", "k"} {
			if r.IntN(12) > 0 {
				o.row[f] = []string{pick("1", "2")}
			}
			if r.IntN(12) == 0 {
				o.row[f] = append(o.row[f], pick("2", "3"))
			}
		}
		for _, f := range []string{"v", "w"} {
			if r.IntN(10) > 0 {
				o.row[f] = []string{pick("1", "2", "3", "-1.5", "0.1", "7", "x")}
			}
			if r.IntN(20) == 0 {
				o.row[f] = append(o.row[f], pick("2", "0.2"))
			}
		}
		out = append(out, o)
	}
	return out
}

// section makes a correlation of that type.
func section(r *rand.Rand, kind, members string) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	names := strings.FieldsFunc(members, func(r rune) bool { return strings.ContainsRune("[], ", r) })
	parts := []string{"type: " + kind, "rules: " + members, "timespan: " + fmt.Sprint(1+r.IntN(9)) + "s"}
	by := pick("", "[g]", "[g, h.i]", "[k]")
	if by != "" {
		parts = append(parts, "group-by: "+by)
	}
	bound := pick("gte", "gte", "gt", "lte", "lt", "eq", "neq") + ": " + pick("1", "2", "3", "4", "2.5")
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
	case kind == "temporal" && r.IntN(3) == 0 && len(names) > 1:
		condition := pick("1 and not 2", "1 or 2", "not 1 and 2", "1 and 2")
		parts = append(parts, "condition: "+strings.NewReplacer("1", names[0], "2", names[1]).Replace(condition))
	case strings.HasPrefix(kind, "temporal") && r.IntN(2) == 0:
	default:
		parts = append(parts, "condition: {"+bound+"}")
	}
	if by == "[k]" && r.IntN(2) == 0 {
		var aliases []string
		for _, name := range names {
			aliases = append(aliases, name+": "+pick("g", "h.i"))
		}
		parts = append(parts, "aliases: {k: {"+strings.Join(aliases, ", ")+"}}")
	}
	return strings.Join(parts, ", ")
}

// sections makes a correlation of that type, alone, in a chain or with others
// in it.
func sections(r *rand.Rand, kind string) []string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	members := pick("[a]", "[a, b]", "[a, b, c]", "[b, a]", "[c, b]")
	numeric := strings.HasPrefix(kind, "value_") && kind != "value_count"
	kinds := sigma.CorrelationTypes()
	switch {
	case r.IntN(3) > 0 || numeric:
		return []string{section(r, kind, members)}
	case r.IntN(3) == 0:
		return []string{section(r, kinds[r.IntN(4)], members), section(r, kinds[r.IntN(4)], pick("[x0]", "[x0, c]", "[a, x0]")), section(r, kind, pick("[x1]", "[x1, b]", "[x1, x0]"))}
	}
	return []string{section(r, kinds[r.IntN(8)], members), section(r, kind, pick("[x0, b]", "[x0]", "[b, x0]", "[b, x0, a]"))}
}

// fire returns where the evaluator says that a correlation fires: the time and
// the group.
func fire(t testing.TB, c *ir.Correlation, events []*occurrence) []string {
	t.Helper()
	var out []string
	tell := func(a correlate.Alert) {
		at := strconv.FormatFloat(float64(a.To.UnixMilli())/1000, 'f', -1, 64)
		for _, v := range a.Group {
			at += " " + v.Text
		}
		out = append(out, at)
	}
	run, err := correlate.New([]*ir.Correlation{c}, tell, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		var rules []*sigma.Rule
		for _, m := range c.Rules() {
			if strings.Contains(e.rules, m.Rule.Source.Name) && !slices.Contains(rules, m.Rule.Source) {
				rules = append(rules, m.Rule.Source)
			}
		}
		if err := run.Add(correlate.Event{Time: e.time(), ID: uint64(i + 1), Rules: rules, Fields: e}); err != nil {
			t.Fatal(err)
		}
	}
	run.Flush()
	slices.Sort(out)
	return slices.Compact(out)
}

// found runs a query and returns where it fires.
func found(t testing.TB, r *rand.Rand, query string, events []*occurrence) ([]string, error) {
	t.Helper()
	rows := make([]splunkread.Row, len(events))
	for i, j := range r.Perm(len(events)) {
		rows[i] = events[j].row
	}
	run := &splunkread.Runner{Rand: r, NullSpreads: r.IntN(2) == 0, Capped: r.IntN(2) * 2, Match: matcher(t)}
	rows, err := run.Run(query, rows)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, row := range rows {
		at := row["_time"][0]
		for k := 1; len(row["sigma_key"+strconv.Itoa(k)]) > 0; k++ {
			at += " " + row["sigma_key"+strconv.Itoa(k)][0]
		}
		out = append(out, at)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// matcher asks the evaluator whether an event matches a search clause.
func matcher(t testing.TB) func(ir.Expr, splunkread.Row) bool {
	var session *eval.Session
	return func(clause ir.Expr, row splunkread.Row) bool {
		if session == nil { // a query has one search clause
			session = compile(t, []*ir.Rule{{Source: &sigma.Rule{}, Where: []ir.Expr{clause}}})
		}
		event := make(map[string]any, len(row))
		for name, values := range row {
			if event[name] = values; len(values) == 1 {
				event[name] = values[0]
			}
		}
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		return len(matching(t, session, text)) > 0
	}
}

// correlationQuery compiles a correlation.
func correlationQuery(t testing.TB, method string, c *ir.Correlation) *backends.Result {
	t.Helper()
	compiler, err := backends.New(backends.Options{Target: "splunk", Method: method})
	if err != nil {
		t.Fatal(err)
	}
	result, err := compiler.Correlation(c)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestSliding compares queries of random correlations with the evaluator over
// random events, in any order, for each type and each reading of the manuals.
func TestSliding(t *testing.T) {
	for _, kind := range sigma.CorrelationTypes() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			fires, differ := 0, 0
			for seed := range *cases {
				switch f := testSliding(t, kind, uint64(seed)); {
				case f.differs:
					differ++
				case f.fires:
					fires++
				}
			}
			t.Logf("%d correlations: %d fire, %d differ as a warning says", *cases, fires, differ)
			if fires < *cases/4 || differ > *cases/50 {
				t.Errorf("%d correlations: %d fire, %d differ as a warning says", *cases, fires, differ)
			}
		})
	}
}

// fired is what came of one comparison.
type fired struct{ fires, differs bool }

func testSliding(t *testing.T, kind string, seed uint64) fired {
	r := rand.New(rand.NewPCG(seed, 2))
	list := sections(r, kind)
	c := linked(t, list...)
	events := occurrences(r, 4+r.IntN(12))
	result := correlationQuery(t, "sliding", c)
	query := result.Queries[0].Text
	want := fire(t, c, events)
	got, err := found(t, r, query, events)
	if err != nil {
		t.Fatalf("seed %d\n%s\n%s\n%v", seed, strings.Join(list, "\n"), query, err)
	}
	if !slices.Equal(got, want) {
		if excused(result, events) {
			return fired{differs: true}
		}
		t.Fatalf("seed %d\n%s\n%s\n%s\ngot  %q\nwant %q", seed, strings.Join(list, "\n"), query, dumpEvents(events), got, want)
	}
	return fired{fires: len(want) > 0}
}

// excused reports whether a difference is what the warning of ordered
// correlations says: events match several of the rules, and there is something
// else at their time.
func excused(result *backends.Result, events []*occurrence) bool {
	if !slices.ContainsFunc(result.Warnings, func(w *sigma.Error) bool { return w.Code == sigma.MatchesLess }) {
		return false
	}
	return slices.ContainsFunc(events, func(e *occurrence) bool { return len(e.rules) > 1 })
}

// TestBuckets compares the queries of the method buckets with the evaluator,
// which is given the events of each piece of time as if they were of one time.
func TestBuckets(t *testing.T) {
	for _, kind := range sigma.CorrelationTypes() {
		if kind == "temporal_ordered" {
			continue // there it is the query of the other method
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			fires := 0
			for seed := range *cases / 3 {
				if testBuckets(t, kind, uint64(seed)) {
					fires++
				}
			}
			if fires < *cases/12 {
				t.Errorf("only %d correlations fire", fires)
			}
		})
	}
}

func testBuckets(t *testing.T, kind string, seed uint64) bool {
	r := rand.New(rand.NewPCG(seed, 3))
	list := section(r, kind, []string{"[a]", "[a, b]", "[c, b, a]"}[r.IntN(3)])
	c := linked(t, list)
	events := occurrences(r, 4+r.IntN(12))
	var want []string
	width := int64(2 * c.Window.Seconds())
	buckets := make(map[int64][]*occurrence)
	for _, e := range events {
		at := *e
		at.half -= e.half % width
		buckets[at.half] = append(buckets[at.half], &at)
	}
	for _, bucket := range buckets {
		want = append(want, fire(t, c, bucket)...)
	}
	slices.Sort(want)
	result := correlationQuery(t, "buckets", c)
	got, err := found(t, r, result.Queries[0].Text+" | eval _time=sigma_bucket", events)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("seed %d\n%s\n%s\n%s\ngot  %q %v\nwant %q", seed, list, result.Queries[0].Text, dumpEvents(events), got, err, want)
	}
	return len(want) > 0
}

func dumpEvents(events []*occurrence) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, e.rules, e.row)
	}
	return b.String()
}
