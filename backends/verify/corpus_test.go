package verify_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var update = flag.Bool("update", false, "write the sums into testdata/corpus.txt")

// corpus returns SigmaHQ's rules, built.
func corpus(tb testing.TB) []*ir.Rule {
	tb.Helper()
	folders, err := filepath.Glob(filepath.Join(shared.Path(tb, "corpus", "sigmahq"), "rules*"))
	if err != nil {
		tb.Fatal(err)
	}
	files, err := sigma.Files(folders...)
	if err != nil {
		tb.Fatal(err)
	}
	var rules []*ir.Rule
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		docs, err := sigma.Parse(filepath.Base(file), text)
		if err != nil {
			tb.Fatal(err)
		}
		for _, d := range docs {
			r, err := ir.Build(d.(*sigma.Rule))
			if err != nil {
				tb.Fatal(err)
			}
			rules = append(rules, r)
		}
	}
	return rules
}

// TestCorpus compares SigmaHQ's rules with their queries in every language,
// with and without pipelines. No query may say something else than its rule
// without a warning that tells of it; the sums are those of
// testdata/corpus.txt.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or two")
	}
	rules := corpus(t)
	var b strings.Builder
	for i, sum := range prove(t, runs, rules) {
		r := runs[i]
		sum.report(t, r)
		fmt.Fprintf(&b, "%s: %d rules, %d events, of which %d match; %d left out", r, sum.rules, sum.events, sum.matched, sum.left)
		if sum.unknown > 0 {
			fmt.Fprintf(&b, "; %d queries are not known to the reader", sum.unknown)
		}
		for _, code := range slices.Sorted(maps.Keys(sum.known)) {
			fmt.Fprintf(&b, "; %d differ as a warning (%s) says", sum.known[code], code)
		}
		b.WriteByte('\n')
	}
	const file = "testdata/corpus.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the sums differ from %s; -update rewrites it\n%s", file, b.String())
	}
}
