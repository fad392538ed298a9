package eval_test

import (
	"runtime"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/internal/stream"
	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// streamSize is how many events the benchmarks go round in.
const streamSize = 20_000

// benchEvents returns n events of the stream that internal/stream makes.
func benchEvents(tb testing.TB, n int) []stream.Event {
	tb.Helper()
	attacks, err := stream.Load(shared.Path(tb, "corpus", "sigmahq", "regression_data"))
	if err != nil {
		tb.Fatal(err)
	}
	events := make([]stream.Event, n)
	g := stream.New(attacks, 1)
	for i := range events {
		events[i] = g.Next()
	}
	return events
}

// meanSize is how long the JSON of an event is on average.
func meanSize(events []stream.Event) int64 {
	size := 0
	for i := range events {
		size += len(events[i].JSON)
	}
	return int64(size / len(events))
}

// benchmark matches events from their JSON with one session, which is warm.
func benchmark(b *testing.B, e *eval.Engine, events []stream.Event) {
	b.Helper()
	s := e.NewSession()
	var dst []eval.Match
	var err error
	hits := 0
	run := func(i int) {
		if dst, err = s.MatchJSON(events[i].JSON, dst[:0]); err != nil {
			b.Fatal(err)
		}
		hits += len(dst)
	}
	for i := range events {
		run(i)
	}
	warm := float64(hits) / float64(len(events))
	b.SetBytes(meanSize(events))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		run(i % len(events))
	}
	b.ReportMetric(warm, "matches/event")
}

// BenchmarkMatchJSON matches a stream of events with all of SigmaHQ's rules
// for Windows on one core, from the JSON line to the matches: with all rules,
// and with those of the log source that the event itself tells.
func BenchmarkMatchJSON(b *testing.B) {
	rules := windowsRules(b)
	events := benchEvents(b, streamSize)
	for _, derive := range []bool{false, true} {
		name := "all"
		if derive {
			name = "derived"
		}
		b.Run(name, func(b *testing.B) {
			e, err := eval.Compile(rules, eval.Options{SkipErrors: true, Derive: derive})
			onlyPlaceholders(b, err)
			benchmark(b, e, events)
		})
	}
}

// BenchmarkParallel matches on all cores.
func BenchmarkParallel(b *testing.B) {
	events := benchEvents(b, streamSize)
	e, err := eval.Compile(windowsRules(b), eval.Options{SkipErrors: true})
	onlyPlaceholders(b, err)
	b.SetBytes(meanSize(events))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var dst []eval.Match
		for i := 0; pb.Next(); i++ {
			var err error
			if dst, err = e.MatchJSON(events[i%len(events)].JSON, dst[:0]); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkJSON reads the events of the stream, and matches none.
func BenchmarkJSON(b *testing.B) {
	events := benchEvents(b, streamSize)
	var j eval.JSON
	b.SetBytes(meanSize(events))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := j.Parse(events[i%len(events)].JSON); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompile makes the engine, and reports how much memory it holds.
func BenchmarkCompile(b *testing.B) {
	rules := windowsRules(b)
	compile := func() any {
		e, err := eval.Compile(rules, eval.Options{SkipErrors: true})
		onlyPlaceholders(b, err)
		return e
	}
	b.ReportAllocs()
	for range b.N {
		compile()
	}
	b.StopTimer()
	b.ReportMetric(float64(held(compile))/1e6, "MB-held")
}

// held returns how many bytes what f makes holds.
func held(f func() any) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(x)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}
