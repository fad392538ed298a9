package engines

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// correlatedRules are rules whose events are told by a field of their name.
const correlatedRules = `title: a
name: a
logsource: {product: p}
detection: {s: {a: x}, condition: s}
---
title: b
name: b
logsource: {product: p}
detection: {s: {b: x}, condition: s}
---
title: c
name: c
logsource: {product: p}
detection: {s: {c: x}, condition: s}
`

// runCorrelations are correlations whose groups the fields of an event tell.
var runCorrelations = []string{
	"type: event_count, rules: a, group-by: [g, h], timespan: 5s, condition: {gte: 2}",
	"type: event_count, rules: [a, b], group-by: g, timespan: 6s, condition: {gt: 2}",
	"type: event_count, rules: a, timespan: 4s, condition: {gte: 3}",
	"type: event_count, rules: [a, b], group-by: v, timespan: 6s, condition: {gt: 1, lte: 3}",
	"type: event_count, rules: a, timespan: 4s, condition: {lt: 3}",
	"type: event_count, rules: b, group-by: h, timespan: 8s, condition: {eq: 2}",
	"type: event_count, rules: b, group-by: h, timespan: 8s, condition: {neq: 2}",
	"type: value_count, rules: a, group-by: g, timespan: 7s, condition: {field: h, gte: 2}",
	"type: value_count, rules: [a, c], timespan: 7s, condition: {field: [h, v], lte: 3}",
	"type: temporal, rules: [a, b], group-by: g, timespan: 3s",
	"type: temporal, rules: [a, b, c], timespan: 2s, condition: {lt: 3}",
	"type: temporal, rules: [a, b, c], group-by: h, timespan: 5s, condition: a and not (b or c)",
	"type: temporal_ordered, rules: [a, b], group-by: g, timespan: 3s",
	"type: temporal_ordered, rules: [c, a], timespan: 2s, condition: {lte: 1}",
	"type: value_sum, rules: a, group-by: g, timespan: 6s, condition: {field: v, gte: 5}",
	"type: value_sum, rules: [a, b], timespan: 6s, condition: {field: v, lt: 5}",
	"type: value_avg, rules: a, group-by: g, timespan: 6s, condition: {field: v, gt: 1.5}",
	"type: value_avg, rules: a, timespan: 6s, condition: {field: r, lte: 1.25}",
	"type: value_percentile, rules: a, group-by: g, timespan: 9s, condition: {field: v, percentile: 95, gte: 3}",
	"type: value_percentile, rules: [a, b], timespan: 9s, condition: {field: r, percentile: 12.5, lt: 0.5}",
	"type: value_median, rules: a, group-by: h, timespan: 9s, condition: {field: v, gt: 0, lte: 2}",
	"type: value_median, rules: b, timespan: 5s, condition: {field: v, eq: 2}",
	"type: value_median, rules: b, timespan: 5s, condition: {field: r, neq: 1}",
}

// chainedCorrelations are correlations of an inner one, x0, and other rules.
var chainedCorrelations = [][2]string{
	{"type: event_count, rules: a, group-by: [g, h], timespan: 5s, condition: {gte: 2}", "type: temporal_ordered, rules: [x0, b], group-by: [g, h], timespan: 5s"},
	{"type: value_sum, rules: a, group-by: g, timespan: 4s, condition: {field: v, lte: 4}", "type: event_count, rules: x0, group-by: g, timespan: 5s, condition: {gte: 1, lte: 2}"},
	{"type: temporal, rules: [a, b], group-by: g, timespan: 4s", "type: temporal, rules: [x0, c], group-by: g, timespan: 4s, condition: x0 and not c"},
	{"type: event_count, rules: a, timespan: 3s, condition: {gte: 2}", "type: event_count, rules: x0, timespan: 6s, condition: {gte: 3}"},
}

// correlatedEvent is an event of the tests.
type correlatedEvent struct {
	at     time.Time
	fields map[string]any
}

// Values implements correlate.Fields.
func (e *correlatedEvent) Values(field string, to []string) []string {
	if v, ok := e.fields[field]; ok {
		return append(to, fmt.Sprint(v))
	}
	return to
}

// correlatedEvents makes events in few groups, with few values, at few times.
func correlatedEvents(r *rand.Rand, n int) []*correlatedEvent {
	at := time.Date(2026, 5, 6, 7, 8, 0, 0, time.UTC)
	var out []*correlatedEvent
	for range n {
		at = at.Add(time.Duration(r.IntN(4)) * time.Second)
		e := &correlatedEvent{at, map[string]any{}}
		for _, name := range []string{"a", "b", "c"} {
			if r.IntN(2) == 0 {
				e.fields[name] = "x"
			}
		}
		for _, name := range []string{"g", "h"} {
			if r.IntN(8) > 0 {
				e.fields[name] = string("123"[r.IntN(3)])
			}
		}
		if r.IntN(8) > 0 {
			e.fields["v"] = int64(r.IntN(7) - 2)
		}
		if r.IntN(8) > 0 {
			e.fields["r"] = float64(r.IntN(8)-2)/2 + 0.25
		}
		out = append(out, e)
	}
	return out
}

// linked returns the last correlation of a text.
func linked(t *testing.T, text string) *ir.Correlation {
	t.Helper()
	docs, err := sigma.Parse("r.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return set.Correlations[len(set.Correlations)-1]
}

// fires returns at which times, and for which groups, a correlation fires.
func fires(t *testing.T, c *ir.Correlation, events []*correlatedEvent) []string {
	t.Helper()
	found := make(map[string]bool)
	run, err := correlate.New([]*ir.Correlation{c}, func(a correlate.Alert) {
		key := ""
		for _, v := range a.Group {
			key += v.Text + "|"
		}
		found[a.To.UTC().Format(time.TimeOnly)+" "+key] = true
	}, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		var matched []*sigma.Rule
		for _, m := range c.Rules() {
			if rule := m.Rule.Source; e.fields[rule.Name] == "x" && !slices.Contains(matched, rule) {
				matched = append(matched, rule)
			}
		}
		if err := run.Add(correlate.Event{Time: e.at, ID: uint64(i), Rules: matched, Fields: e}); err != nil {
			t.Fatal(err)
		}
	}
	run.Flush()
	return slices.Sorted(maps.Keys(found))
}

// correlatedSchema are the types of the events' fields.
var correlatedSchema = []schema.Column{
	{Name: "TimeGenerated", Type: schema.Time}, {Name: "a", Type: schema.Keyword}, {Name: "b", Type: schema.Keyword}, {Name: "c", Type: schema.Keyword},
	{Name: "g", Type: schema.Keyword}, {Name: "h", Type: schema.Keyword}, {Name: "v", Type: schema.Int}, {Name: "r", Type: schema.Float},
}

// TestDuckDBCorrelations runs queries of correlations over random events: they
// find those that lie where the evaluator says that the correlation fires.
func TestDuckDBCorrelations(t *testing.T) {
	e := Start(t, "duckdb-kql")
	compiler, err := backends.New(backends.Options{Target: "kusto", Settings: map[string]string{"table": "Events", "time_column": "TimeGenerated"}})
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, 0, len(runCorrelations)+len(chainedCorrelations))
	for _, section := range runCorrelations {
		texts = append(texts, correlatedRules+"---\ntitle: x0\nname: x0\ncorrelation: {"+section+"}\n")
	}
	for _, c := range chainedCorrelations {
		texts = append(texts, correlatedRules+"---\ntitle: x0\nname: x0\ncorrelation: {"+c[0]+"}\n---\ntitle: x1\ncorrelation: {"+c[1]+"}\n")
	}
	correlations, queries := make([]*ir.Correlation, len(texts)), make([]string, len(texts))
	for i, text := range texts {
		correlations[i] = linked(t, text)
		result, err := compiler.Correlation(correlations[i])
		if err != nil {
			t.Fatal(err)
		}
		queries[i] = result.Queries[0].Text
	}
	fired := make([]int, len(queries))
	const sets = 12
	for seed := range sets {
		events := correlatedEvents(rand.New(rand.NewPCG(uint64(seed), 5)), 30)
		loadCorrelated(t, e, events)
		answers, err := e.Run(queries)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range answers {
			want := fires(t, correlations[i], events)
			fired[i] += len(want)
			if got := foundAt(correlations[i], events, a.IDs); a.Refused != "" || !slices.Equal(got, want) {
				t.Errorf("set %d: %s\n%s\ngot  %v %s\nwant %v", seed, texts[i][len(correlatedRules):], queries[i], got, a.Refused, want)
			}
		}
	}
	if i := slices.Index(fired, 0); i >= 0 {
		t.Errorf("never fires: %s", texts[i])
	}
	record(t, "correlations", conversion{target: "kusto", pipelines: []string{"duckdb"}},
		[]string{fmt.Sprintf("kusto, %s: %d correlations over %d sets of events find what the evaluator does", e.Version(), len(queries), sets)})
}

// loadCorrelated loads events.
func loadCorrelated(t *testing.T, e Engine, events []*correlatedEvent) {
	t.Helper()
	rows := make([]Event, len(events))
	for i, x := range events {
		fields := maps.Clone(x.fields)
		fields["TimeGenerated"] = x.at.Format(time.RFC3339)
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		rows[i] = Event{i, text}
	}
	if err := e.Load(Table{Name: "Events", Columns: correlatedSchema}, rows); err != nil {
		t.Fatal(err)
	}
}

// foundAt returns the times and groups of events.
func foundAt(c *ir.Correlation, events []*correlatedEvent, ids []int) []string {
	found := make(map[string]bool)
	for _, id := range ids {
		key := ""
		for _, k := range c.Keys {
			key += fmt.Sprint(events[id].fields[k.Text]) + "|"
		}
		found[events[id].at.Format(time.TimeOnly)+" "+key] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// TestDuckDBPack runs the T1571 pack's correlations over their events.
func TestDuckDBPack(t *testing.T) {
	e := Start(t, "duckdb-kql")
	folder := filepath.Join("..", "..", "examples", "t1571")
	compiler, err := backends.New(backends.Options{Target: "kusto", Settings: map[string]string{"table": "Events", "time_column": "timestamp"}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "rules", "correlations", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		result, err := compiler.Correlation(linked(t, string(text)))
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		runPack(t, e, filepath.Join(folder, "events", "correlations", name+".jsonl"), result.Queries[0].Text)
	}
}

// packColumns are the columns that the pack's rules test, as a table has them.
func packColumns() []schema.Column {
	out := []schema.Column{{Name: "timestamp", Type: schema.Time}}
	for _, name := range []string{"DestinationPort", "BytesSent", "BytesReceived", "id.resp_p"} {
		out = append(out, schema.Column{Name: name, Type: schema.Int})
	}
	for _, name := range []string{"Computer", "Image", "Initiated", "Protocol", "SourceIp", "DestinationIp", "proto", "service", "id.orig_h", "id.resp_h"} {
		out = append(out, schema.Column{Name: name, Type: schema.Keyword})
	}
	return out
}

// hasList reports whether a field of an event has several values.
func hasList(event map[string]any) bool {
	for _, v := range event {
		if _, ok := v.([]any); ok {
			return true
		}
	}
	return false
}

// runPack runs a query over each list of events of a file.
func runPack(t *testing.T, e Engine, file, query string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	alerts := 0
	for lines.Scan() {
		var c struct {
			Expect bool   `json:"expect_alert"`
			Why    string `json:"why"`
			Events []map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(c.Events, hasList) {
			continue // a column of Kusto has one value
		}
		rows := make([]Event, len(c.Events))
		for i, x := range c.Events {
			delete(x, "Timestamp") // of the source; differs from the other in case alone
			text, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			rows[i] = Event{i, text}
		}
		if err := e.Load(Table{Name: "Events", Columns: packColumns()}, rows); err != nil {
			t.Fatal(err)
		}
		answers, err := e.Run([]string{query})
		if err != nil {
			t.Fatal(err)
		}
		if a := answers[0]; a.Refused != "" || len(a.IDs) > 0 != c.Expect {
			t.Errorf("%s, %s: found %v %s, alert wanted: %t", filepath.Base(file), c.Why, a.IDs, a.Refused, c.Expect)
		}
		if c.Expect {
			alerts++
		}
	}
	if err := lines.Err(); err != nil || alerts == 0 {
		t.Fatal(file, alerts, err)
	}
}
