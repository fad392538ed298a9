package engines

import (
	"bytes"
	"fmt"
	"maps"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// BenchmarkGroup runs a hundred queries over 1,500 events, which are loaded
// before: the load of one group of synthesised events. The processors' time is
// that of all processes.
func BenchmarkGroup(b *testing.B) {
	const size, number = 1500, 100
	events := manyEvents(b, size)
	rules := corpusRules(b)
	rows, err := decode(events)
	if err != nil {
		b.Fatal(err)
	}
	names := make(Types)
	for _, c := range (Table{}).shapeOf(rows).columns {
		names[c.Name] = schema.Unknown
	}
	for _, run := range regressionRuns {
		b.Run(run.engine+" "+run.conversion.target, func(b *testing.B) {
			e := Start(b, run.engine)
			queries := run.conversion.convert(b, rules)
			if err := e.Load(Table{Name: "Events"}, events[:10]); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			var load, ask int
			for n := 0; b.Loop(); n++ {
				from := n * number % (len(queries) - number)
				types, texts := maps.Clone(names), []string(nil)
				for _, q := range queries[from:] {
					if len(texts) < number && types.Merge(withoutTypes(TypesOf(q.mapped))) {
						texts = append(texts, q.text)
					}
				}
				ticks := cpuTicks()
				if err := e.Load(Table{Name: "Events", Columns: types.WithoutParents().Columns()}, events); err != nil {
					b.Fatal(err)
				}
				load, ticks = load+cpuTicks()-ticks, cpuTicks()
				if _, err := e.Run(texts); err != nil {
					b.Fatal(err)
				}
				ask += cpuTicks() - ticks
			}
			b.ReportMetric(float64(load)/100/float64(b.N)*10_000/size, "cpu-s/10k-events")
			b.ReportMetric(float64(ask)/100/float64(b.N)*1000/number, "cpu-s/1k-queries")
		})
	}
}

// manyEvents returns so many events, SigmaHQ's with a text changed in each.
func manyEvents(tb testing.TB, size int) []Event {
	tb.Helper()
	real, _ := regressions(tb)
	out := make([]Event, size)
	for i := range out {
		text := bytes.Replace(real[i%len(real)].Fields, []byte(`.exe`), fmt.Appendf(nil, "%d.exe", i), 1)
		out[i] = Event{i + 1, text}
	}
	return out
}
