package verify_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
)

var update = flag.Bool("update", false, "write the sums into testdata/corpus.txt")

// TestCorpus compares SigmaHQ's rules with their queries in every language,
// with and without pipelines. No query may say something else than its rule
// without a warning that tells of it; the sums are those of
// testdata/corpus.txt.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or two")
	}
	rules := readbacktest.Corpus(t)
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
	golden.Compare(t, *update, file, b.String())
}
