package eval_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// streamSize is how many events the benchmarks go round in.
const streamSize = 20_000

func stream() (events [][]byte, size int) {
	g := newGenerator(1)
	for range streamSize {
		e := g.event()
		events = append(events, e)
		size += len(e)
	}
	return events, size
}

func containsText(b []byte, text string) bool { return bytes.Contains(b, []byte(text)) }

// benchmark matches events from their JSON with one session, which is warm.
func benchmark(b *testing.B, e *eval.Engine, events [][]byte) {
	b.Helper()
	s := e.NewSession()
	var dst []eval.Match
	var err error
	hits, size := 0, 0
	run := func(event []byte) {
		if dst, err = s.MatchJSON(event, dst[:0]); err != nil {
			b.Fatal(err)
		}
		hits += len(dst)
	}
	for _, event := range events {
		run(event)
		size += len(event)
	}
	warm := float64(hits) / float64(len(events))
	b.SetBytes(int64(size / len(events)))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		run(events[i%len(events)])
	}
	b.ReportMetric(warm, "matches/event")
}

// BenchmarkMatchJSON matches a stream of events with all of SigmaHQ's rules
// for Windows on one core, from the JSON line to the matches: with all rules,
// and with those of the log source that the event itself tells.
func BenchmarkMatchJSON(b *testing.B) {
	rules := windowsRules(b)
	events, _ := stream()
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
	events, size := stream()
	e, err := eval.Compile(windowsRules(b), eval.Options{SkipErrors: true})
	onlyPlaceholders(b, err)
	b.SetBytes(int64(size / len(events)))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var dst []eval.Match
		for i := 0; pb.Next(); i++ {
			var err error
			if dst, err = e.MatchJSON(events[i%len(events)], dst[:0]); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkJSON reads the events of the stream, and matches none.
func BenchmarkJSON(b *testing.B) {
	events, size := stream()
	var j eval.JSON
	b.SetBytes(int64(size / len(events)))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := j.Parse(events[i%len(events)]); err != nil {
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
