package eval_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/copies"
	"github.com/sigma-compiler/sigmac/internal/stream"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// BenchmarkRules shows how the cost of an event grows with the rules.
func BenchmarkRules(b *testing.B) {
	events := benchEvents(b, streamSize)
	for _, n := range []int{100, 1_000, 3_000, 10_000, 30_000} {
		rules := copies.Of(windowsRules(b), n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e, err := eval.Compile(rules, eval.Options{SkipErrors: true})
			onlyPlaceholders(b, err)
			benchmark(b, e, events)
		})
	}
}

// BenchmarkKnownSource matches events of one kind with the rules about them.
func BenchmarkKnownSource(b *testing.B) {
	e, err := eval.Compile(windowsRules(b), eval.Options{SkipErrors: true})
	onlyPlaceholders(b, err)
	all := benchEvents(b, 5*streamSize)
	for _, c := range []struct {
		id         int
		categories []string
	}{{1, []string{"process_creation"}}, {13, []string{"registry_set", "registry_event"}}, {7, []string{"image_load"}}} {
		b.Run(c.categories[0], func(b *testing.B) {
			var sources []sigma.LogSource
			for _, category := range c.categories {
				sources = append(sources, sigma.LogSource{Product: "windows", Category: category, Service: "sysmon"})
			}
			events := slices.DeleteFunc(slices.Clone(all), func(e stream.Event) bool { return e.ID != c.id })
			benchmark(b, e.For(sources...), events)
		})
	}
}
