package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

// A result is what was measured of a contender.
type result struct {
	Name       string  `json:"name"`
	Fed        string  `json:"fed"`
	Rules      int     `json:"rules"`
	Refused    int     `json:"refused"`
	Failing    int     `json:"failing"`
	Load       float64 `json:"load_seconds"`
	LoadedMB   float64 `json:"loaded_mb"`
	WarmMB     float64 `json:"warm_mb"`
	JSON       speed   `json:"json"`  // one core, from the bytes of the event to the matches
	Match      speed   `json:"match"` // one core, of decoded events
	AllCores   speed   `json:"all_cores"`
	Cores      int     `json:"cores"`
	SigmacHits int     `json:"sigmac_matches"` // in the events of JSON, with all rules
	Ratio      float64 `json:"ratio"`          // of the processors' work to that of sigmac, from JSON
}

// A speed is what one way of matching costs.
type speed struct {
	Events      int     `json:"events"`
	Nanoseconds float64 `json:"ns_per_event"`     // by the clock
	CPU         float64 `json:"cpu_ns_per_event"` // that the processors worked, collecting garbage included
	PerSecond   float64 `json:"events_per_second"`
	Allocations float64 `json:"allocations_per_event"`
	Bytes       float64 `json:"bytes_per_event"`
	Matches     int     `json:"matches"`
}

// measure loads a contender and runs it over the stream.
func measure(c *contender, set *ruleSet, events []stream.Event, budget time.Duration) (*result, error) {
	r := &result{Name: c.name, Fed: c.fed, Cores: runtime.NumCPU()}
	before := heap()
	start := time.Now()
	l, err := c.load(set)
	if err != nil {
		return nil, err
	}
	r.Load = time.Since(start).Seconds()
	r.LoadedMB = heap() - before
	r.Rules, r.Refused = l.rules, l.refused

	cores := runtime.GOMAXPROCS(1)
	w := l.worker()
	runOne(events[:max(1, len(events)/10)], budget/4, w.json) // what is made at the first events is made now
	r.JSON = runOne(events, budget, w.json)
	r.WarmMB = heap() - before
	r.Match = runDecoded(events, budget, &w)
	runtime.GOMAXPROCS(cores)
	r.AllCores = runAll(events, budget, l)
	if l.failing != nil {
		r.Failing = l.failing()
	}
	runtime.KeepAlive(l)
	runtime.KeepAlive(w)
	return r, nil
}

// heap returns how much memory is held, in megabytes.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools hold goes at the second time
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// runOne matches the events one after the other until the budget is used up.
func runOne(events []stream.Event, budget time.Duration, match func(*stream.Event) int) speed {
	return clocked(len(events), budget, func(i int) int { return match(&events[i]) })
}

// runDecoded matches events that are decoded already, as many as are matched
// within the budget and a gigabyte holds.
func runDecoded(events []stream.Event, budget time.Duration, w *worker) speed {
	forms := make([]any, min(len(events), 50_000))
	for i := range forms {
		forms[i] = w.form(&events[i])
	}
	return clocked(len(forms), budget, func(i int) int { return w.match(forms[i]) })
}

// clocked calls one for 0 to n-1, and looks at the clock at times that are
// far enough apart not to be measured.
func clocked(n int, budget time.Duration, one func(int) int) speed {
	var s speed
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, worked := time.Now(), cpuTime()
	elapsed := time.Duration(0)
	for step := 1; s.Events < n && elapsed < budget; {
		end := min(n, s.Events+step)
		for ; s.Events < end; s.Events++ {
			s.Matches += one(s.Events)
		}
		now := time.Since(start)
		if now-elapsed < time.Millisecond {
			step *= 2
		}
		elapsed = now
	}
	s.took(elapsed, cpuTime()-worked)
	runtime.ReadMemStats(&after)
	s.Allocations = float64(after.Mallocs-before.Mallocs) / float64(s.Events)
	s.Bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(s.Events)
	return s
}

func (s *speed) took(clock, cpu time.Duration) {
	s.Nanoseconds = float64(clock.Nanoseconds()) / float64(s.Events)
	s.CPU = float64(cpu.Nanoseconds()) / float64(s.Events)
	s.PerSecond = 1e9 / s.Nanoseconds
}

// runAll matches with a goroutine on each core, each of which takes a few
// events at a time.
func runAll(events []stream.Event, budget time.Duration, l *loaded) speed {
	const few = 16
	var next, done, matches atomic.Int64
	var wg sync.WaitGroup
	workers := make([]worker, runtime.GOMAXPROCS(0))
	for i := range workers {
		workers[i] = l.worker()
	}
	start, worked := time.Now(), cpuTime()
	for _, w := range workers {
		wg.Go(func() {
			for time.Since(start) < budget {
				from := int(next.Add(few)) - few
				if from >= len(events) {
					return
				}
				end := min(len(events), from+few)
				for i := from; i < end; i++ {
					matches.Add(int64(w.json(&events[i])))
				}
				done.Add(int64(end - from))
			}
		})
	}
	wg.Wait()
	s := speed{Events: int(done.Load()), Matches: int(matches.Load())}
	s.took(time.Since(start), cpuTime()-worked)
	return s
}
