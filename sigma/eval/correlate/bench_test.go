package correlate_test

import (
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// twoFields is an event with a group and a value.
type twoFields struct{ group, value string }

func (f *twoFields) Values(field string, to []string) []string {
	if field == "g" {
		return append(to, f.group)
	}
	return append(to, f.value)
}

// BenchmarkCorrelate measures the stage behind the rules: events that match
// one, in the order of their time, a thousand in a second. Each has a number of
// groups in turn and of values in its window. "kept" is the heap that the state
// takes in the end.
func BenchmarkCorrelate(b *testing.B) {
	for _, c := range []struct {
		name, section  string
		groups, values int
	}{
		{"event_count/groups=100000", "type: event_count, rules: a, group-by: g, timespan: 5m, condition: {gte: 100}", 100_000, 1},
		{"event_count/groups=1000000", "type: event_count, rules: a, group-by: g, timespan: 1d, condition: {gte: 100}", 1_000_000, 1},
		{"value_count/values=100", "type: value_count, rules: a, group-by: g, timespan: 5m, condition: {field: v, gte: 1000000}", 1, 100},
		{"value_count/values=10000", "type: value_count, rules: a, group-by: g, timespan: 5m, condition: {field: v, gte: 1000000}", 1, 10_000},
		{"temporal", "type: temporal, rules: [a, b], group-by: g, timespan: 5m", 100_000, 1},
		{"temporal_ordered", "type: temporal_ordered, rules: [a, b], group-by: g, timespan: 5m", 100_000, 1},
		{"value_sum", "type: value_sum, rules: a, group-by: g, timespan: 5m, condition: {field: v, gte: 1000000000}", 100_000, 1000},
		{"value_percentile", "type: value_percentile, rules: a, group-by: g, timespan: 5m, condition: {field: v, percentile: 95, gte: 1000000}", 1000, 1000},
	} {
		b.Run(c.name, func(b *testing.B) {
			cs := link(b, c.section)
			texts := make([]string, max(c.groups, c.values))
			for i := range texts {
				texts[i] = strconv.Itoa(i)
			}
			benchmark(b, cs, texts, c.groups, c.values)
		})
	}
}

func benchmark(b *testing.B, cs []*ir.Correlation, texts []string, groups, values int) {
	before := heap()
	alerts := 0
	x, err := correlate.New(cs, func(correlate.Alert) { alerts++ }, correlate.Options{})
	if err != nil {
		b.Fatal(err)
	}
	rules := [][]*sigma.Rule{matches(cs, "a"), matches(cs, "b")}
	if len(rules[1]) == 0 {
		rules[1] = rules[0]
	}
	r := rand.New(rand.NewPCG(1, 1))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var f twoFields
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		f.group, f.value = texts[r.IntN(groups)], texts[r.IntN(values)]
		_ = x.Add(correlate.Event{Time: start.Add(time.Duration(i) * time.Millisecond), ID: uint64(i), Rules: rules[i%2], Fields: &f})
	}
	b.StopTimer()
	x.Flush()
	s := x.Stats()
	b.ReportMetric(float64(s.Groups), "groups")
	b.ReportMetric(float64(s.Kept), "events-kept")
	b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-kept")
	runtime.KeepAlive(x)
}

// heap returns how much memory is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
