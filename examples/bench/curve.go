package main

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/sigma-compiler/sigmac/internal/copies"
	"github.com/sigma-compiler/sigmac/internal/stream"
	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// A point is the cost of an event with so many rules.
type point struct {
	Rules   int     `json:"rules"`
	Load    float64 `json:"compile_seconds"` // of rules that are read already
	HeapMB  float64 `json:"heap_mb"`
	JSON    speed   `json:"json"`
	Derived speed   `json:"json_source_derived"`
}

// curve measures sigmac, on one core, with sets of rules of different sizes.
func curve(set *ruleSet, events []stream.Event, o *options, out, log io.Writer) error {
	rules, err := buildRules(set)
	if err != nil {
		return err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var points []*point
	for _, n := range []int{100, 1_000, 3_000, 10_000, 30_000} {
		fmt.Fprintln(log, "measuring", n, "rules")
		p := &point{Rules: n}
		many := copies.Of(rules, n)
		before := heap()
		start := time.Now()
		e, _, err := compile(many, eval.Options{})
		if err != nil {
			return err
		}
		p.Load = time.Since(start).Seconds()
		p.HeapMB = heap() - before
		p.JSON = runEngine(e, events, o.budget)
		derived, _, err := compile(many, eval.Options{Derive: true})
		if err != nil {
			return err
		}
		p.Derived = runEngine(derived, events, o.budget)
		points = append(points, p)
	}
	if o.json {
		return printJSON(out, points)
	}
	return printCurve(out, points)
}

func runEngine(e *eval.Engine, events []stream.Event, budget time.Duration) speed {
	w := sessionWorker(oneSession(e))
	runOne(events[:max(1, len(events)/10)], budget/4, w.json)
	return runOne(events, budget, w.json)
}

func printCurve(out io.Writer, points []*point) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "rules\tcompile\theap\tns/event\tCPU ns\tmatches\tns/event, source derived\tCPU ns\tmatches\t")
	for _, p := range points {
		fmt.Fprintf(t, "%s\t%.2f s\t%.1f MB\t%s\t%s\t%d\t%s\t%s\t%d\t\n", round(float64(p.Rules)), p.Load, p.HeapMB, round(p.JSON.Nanoseconds), round(p.JSON.CPU), p.JSON.Matches,
			round(p.Derived.Nanoseconds), round(p.Derived.CPU), p.Derived.Matches)
	}
	few, many := points[2], points[4]
	fmt.Fprintf(t, "30,000 / 3,000\t\t\t%.2f\t%.2f\t\t%.2f\t%.2f\t\t\n", many.JSON.Nanoseconds/few.JSON.Nanoseconds, many.JSON.CPU/few.JSON.CPU,
		many.Derived.Nanoseconds/few.Derived.Nanoseconds, many.Derived.CPU/few.Derived.CPU)
	return t.Flush()
}
