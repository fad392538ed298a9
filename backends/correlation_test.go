package backends_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// linked returns a correlation of that section over one or two rules.
func linked(t *testing.T, section string) *ir.Correlation {
	t.Helper()
	docs, err := sigma.Parse("r.yml", []byte(`title: a
name: a
logsource: {product: windows}
detection: {s: {F: a}, condition: s}
---
title: b
name: b
logsource: {product: windows}
detection: {s: {F: b}, condition: s}
---
title: c
correlation:
  group-by: g
  timespan: 5m
  `+strings.ReplaceAll(section, "; ", "\n  ")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return set.Correlations[0]
}

// TestCorrelationItems checks, for all targets, what the conformance list says
// of what a language cannot say.
func TestCorrelationItems(t *testing.T) {
	sections := []string{
		"type: event_count; rules: a; condition: {gte: 5}",
		"type: event_count; rules: a; condition: {lt: 5}",
		"type: value_count; rules: a; condition: {field: v, gte: 5}",
		"type: temporal; rules: [a, b]",
		"type: temporal_ordered; rules: [a, b]",
		"type: value_sum; rules: a; condition: {field: v, gt: 5}",
		"type: value_percentile; rules: a; condition: {field: v, gt: 5}",
	}
	run := func(item string, check func(t *testing.T, target, method, section string)) {
		t.Run(item, func(t *testing.T) {
			for _, b := range backends.All() {
				methods := []string{""}
				for _, m := range b.Methods {
					methods = append(methods, m.Name)
				}
				for _, m := range methods {
					for _, s := range sections {
						check(t, b.Name, m, s)
					}
				}
			}
		})
	}
	compile := func(t *testing.T, target, method, section string) (*backends.Result, sigma.ErrorList) {
		t.Helper()
		c, err := backends.New(backends.Options{Target: target, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Correlation(linked(t, section))
		return r, sigma.Errors(err)
	}
	run("C30 unsupported, with its place", func(t *testing.T, target, method, section string) {
		r, errs := compile(t, target, method, section)
		for _, e := range errs {
			if e.Code != sigma.Unsupported || !e.IsValid() {
				t.Errorf("%s %s %s: %v", target, method, section, e)
			}
		}
		if errs == nil && (len(r.Queries) == 0 || r.Queries[0].Text == "") {
			t.Errorf("%s %s %s: neither a query nor an error", target, method, section)
		}
	})
	run("C17 C31 buckets are warned of", func(t *testing.T, target, method, section string) {
		if method != emit.Buckets {
			return
		}
		r, errs := compile(t, target, method, section)
		warned := r != nil && slices.ContainsFunc(r.Warnings, func(w *sigma.Error) bool {
			return w.Code == sigma.MatchesLess || w.Code == sigma.MatchesMore
		})
		// The order of rules is nothing that buckets make cheaper.
		if errs == nil && !warned && !strings.Contains(section, "ordered") {
			t.Errorf("%s %s: no warning", target, section)
		}
	})
}
