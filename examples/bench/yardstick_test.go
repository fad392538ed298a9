package main

import (
	"math"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

// turnSize is how many events each way to read them has before it is the turn
// of the next.
const turnSize = 1000

// A yardstick is something that is done with events, and how long it took at
// best with those of each turn, in nanoseconds of the processor.
type yardstick struct {
	name string
	do   func(*stream.Event)
	best []float64
}

// yardsticks returns sigmac with all rules and with the log source derived,
// and two readers of JSON, which say how fast the machine is.
func yardsticks(b *testing.B, set *ruleSet, turns int) []*yardstick {
	var list []*yardstick
	for _, c := range sigmacs[:2] {
		l, err := c.load(set)
		if err != nil {
			b.Fatal(err)
		}
		w := l.worker()
		list = append(list, &yardstick{name: c.name, do: func(e *stream.Event) { w.json(e) }})
	}
	var p fastjson.Parser
	list = append(list, &yardstick{name: "fastjson", do: func(e *stream.Event) {
		if _, err := p.ParseBytes(e.JSON); err != nil {
			b.Fatal(err)
		}
	}}, &yardstick{name: "encoding/json", do: func(e *stream.Event) { decode(e.JSON) }})
	for _, y := range list {
		y.best = make([]float64, turns)
		for i := range y.best {
			y.best[i] = math.Inf(1)
		}
	}
	return list
}

// take gives the yardstick its turn. No garbage is collected meanwhile, neither
// its own nor that of others.
func (y *yardstick) take(turn int, events []stream.Event) {
	start := cpuTime()
	for i := range events {
		y.do(&events[i])
	}
	y.best[turn] = min(y.best[turn], float64(cpuTime()-start)/float64(len(events)))
}

// mean returns the nanoseconds an event of the first turns.
func (y *yardstick) mean(turns int) float64 {
	sum := 0.0
	for _, ns := range y.best[:turns] {
		sum += ns
	}
	return sum / float64(turns)
}

// BenchmarkYardstick says how long sigmac needs for an event as a multiple of
// what readers of JSON need for the same event: they take turns, so that a
// machine that is slow, or busy for a while, is so for all of them. Of each turn
// the best time counts. Run it with -cpu 1 -benchtime 400x: a step is a turn of
// each, twenty are a round.
func BenchmarkYardstick(b *testing.B) {
	dir := corpus(b)
	set, err := loadRules(dir)
	if err != nil {
		b.Fatal(err)
	}
	const turns = 20
	events, err := makeEvents(filepath.Join(dir, "regression_data"), turns*turnSize, 1)
	if err != nil {
		b.Fatal(err)
	}
	list := yardsticks(b, set, turns)
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for i := range turns + b.N { // the first round is for the memory of the sessions
		turn := i % turns
		for _, y := range list {
			y.take(turn, events[turn*turnSize:][:turnSize])
		}
		runtime.GC()
	}
	report(b, list, turns)
}

// report reports the times, and those of sigmac as multiples of the readers'.
func report(b *testing.B, list []*yardstick, turns int) {
	all, derived := list[0].mean(turns), list[1].mean(turns)
	b.ReportMetric(0, "ns/op") // of a step, which says nothing
	b.ReportMetric(all, "all-ns/event")
	b.ReportMetric(derived, "derived-ns/event")
	for _, y := range list[2:] {
		ns := y.mean(turns)
		b.ReportMetric(ns, y.name+"-ns/event")
		b.ReportMetric(all/ns, "all/"+y.name)
		b.ReportMetric(derived/ns, "derived/"+y.name)
	}
}
