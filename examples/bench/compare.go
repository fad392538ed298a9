package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

// compare measures the contenders one after the other and prints what it
// found.
func compare(list []contender, set *ruleSet, events []stream.Event, o *options, out, log io.Writer) error {
	hits, err := sigmacMatches(set, events)
	if err != nil {
		return err
	}
	var results []*result
	for i := range list {
		fmt.Fprintln(log, "measuring", list[i].name)
		r, err := measure(&list[i], set, events, o.budget)
		if err != nil {
			return fmt.Errorf("%s: %w", list[i].name, err)
		}
		r.SigmacHits = hits[r.JSON.Events]
		results = append(results, r)
		r.Ratio = r.JSON.CPU / results[0].JSON.CPU
	}
	if o.json {
		return printJSON(out, results)
	}
	return printTable(out, results)
}

// sigmacMatches returns how many matches the first n events have, for each n.
func sigmacMatches(set *ruleSet, events []stream.Event) ([]int, error) {
	l, err := loadSigmac(set)
	if err != nil {
		return nil, err
	}
	w := l.worker()
	hits := make([]int, len(events)+1)
	for i := range events {
		hits[i+1] = hits[i] + w.json(&events[i])
	}
	return hits, nil
}

func printJSON[T any](out io.Writer, results []T) error {
	e := json.NewEncoder(out)
	for _, r := range results {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// printTable prints a line for each way to match.
func printTable(out io.Writer, results []*result) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(cells ...any) {
		for _, c := range cells {
			fmt.Fprint(t, c, "\t")
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintf(t, "From the JSON of an event to its matches\n\n")
	row("", "rules", "refused", "failing", "load", "heap", "heap warm", "events", "ns/event", "CPU ns", "events/s", fmt.Sprintf("on %d cores", results[0].Cores), "allocs/event", "bytes/event", "matches", "sigmac's", "times sigmac")
	for _, r := range results {
		row(r.Name, r.Rules, r.Refused, r.Failing, fmt.Sprintf("%.2f s", r.Load), fmt.Sprintf("%.1f MB", r.LoadedMB), fmt.Sprintf("%.1f MB", r.WarmMB),
			r.JSON.Events, round(r.JSON.Nanoseconds), round(r.JSON.CPU), round(r.JSON.PerSecond), round(r.AllCores.PerSecond), fmt.Sprintf("%.1f", r.JSON.Allocations),
			round(r.JSON.Bytes), r.JSON.Matches, r.SigmacHits, fmt.Sprintf("%.1f", r.Ratio))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(t, "\nMatching alone, of events that are decoded\n\n")
	row("", "events", "ns/event", "CPU ns", "events/s", "allocs/event", "bytes/event", "matches", "fed")
	for _, r := range results {
		row(r.Name, r.Match.Events, round(r.Match.Nanoseconds), round(r.Match.CPU), round(r.Match.PerSecond), fmt.Sprintf("%.1f", r.Match.Allocations), round(r.Match.Bytes), r.Match.Matches, r.Fed)
	}
	return t.Flush()
}

// round writes a number without a fraction, its thousands apart.
func round(x float64) string {
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
