package pysigma_test

import (
	"flag"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var update = flag.Bool("update", false, "write the sums into testdata")

// TestCorpus compares what sigmac and pySigma make of SigmaHQ's rules in each
// run. A difference that no class explains fails the test; how many rules there
// are in each class is in testdata, a file for each run.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	rules := readbacktest.Corpus(t)
	for _, r := range runs {
		t.Run(r.recorded, func(t *testing.T) {
			outcomes := r.compareAll(t, rules)
			r.complain(t, outcomes)
			var b strings.Builder
			r.report(&b, rules, outcomes)
			golden.Compare(t, *update, "testdata/"+r.recorded+".txt", b.String())
		})
	}
}

// compareAll compares all rules, on all cores.
func (r *run) compareAll(t *testing.T, rules []*ir.Rule) []outcome {
	t.Helper()
	r.open(t)
	theirs := r.answers(t)
	out := make([]outcome, len(rules))
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(rules); i = int(next.Add(1)) - 1 {
				out[i] = r.compare(rules[i], theirs[rules[i].Source.Pos.File.Name])
			}
		})
	}
	group.Wait()
	return out
}

// complain fails the test for differences that no class explains, and shows
// some of them.
func (r *run) complain(t *testing.T, outcomes []outcome) {
	t.Helper()
	n := 0
	for _, o := range outcomes {
		if o.unknown != "" {
			if n++; n <= 3 {
				t.Errorf("%s: %s", r, o.unknown)
			}
		}
	}
	if n > 3 {
		t.Errorf("%s: %d differences have no class", r, n)
	}
}

// A sum is what was counted of one kind of outcome.
type sum struct {
	rules   int
	classes map[string]int
	first   map[string]string // by class: the first rule
}

// report writes the sums of a run.
func (r *run) report(b *strings.Builder, rules []*ir.Rule, outcomes []outcome) {
	var sums [kinds]sum
	only := map[string]int{}
	for i, o := range outcomes {
		s := &sums[o.kind]
		s.add(rules[i], o.classes)
		if o.kind == different {
			only[scope(o.classes)]++
		}
	}
	fmt.Fprintf(b, "%s\n", r)
	for k := range kinds {
		s := &sums[k]
		if s.rules == 0 {
			continue
		}
		fmt.Fprintf(b, "%6d %s\n", s.rules, k)
		if k == different {
			for _, what := range slices.Sorted(maps.Keys(only)) {
				fmt.Fprintf(b, "   %6d in %s\n", only[what], what)
			}
		}
		for _, c := range s.sorted() {
			fmt.Fprintf(b, "      %6d %s (%s)\n", s.classes[c], c, s.first[c])
		}
	}
}

func (s *sum) add(rule *ir.Rule, classes []string) {
	if s.classes == nil {
		s.classes, s.first = map[string]int{}, map[string]string{}
	}
	s.rules++
	for _, c := range classes {
		if s.classes[c]++; s.classes[c] == 1 {
			s.first[c] = strings.TrimSuffix(path.Base(rule.Source.Pos.File.Name), ".yml")
		}
	}
}

// sorted returns the classes, those with the most rules first.
func (s *sum) sorted() []string {
	return slices.SortedFunc(maps.Keys(s.classes), func(a, b string) int {
		if s.classes[a] != s.classes[b] {
			return s.classes[b] - s.classes[a]
		}
		return strings.Compare(a, b)
	})
}

// scope says what parts of a rule differences are about.
func scope(classes []string) string {
	var parts []string
	for _, name := range []string{"log source", "field", "table", "case"} {
		if slices.ContainsFunc(classes, func(c string) bool { return strings.HasPrefix(c, name+": ") }) {
			parts = append(parts, name)
		}
		classes = slices.DeleteFunc(slices.Clone(classes), func(c string) bool { return strings.HasPrefix(c, name+": ") })
	}
	if len(classes) > 0 {
		return "what items mean, among others"
	}
	return strings.Join(parts, " and ") + " alone"
}
