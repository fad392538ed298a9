package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// BenchmarkConvert converts all SigmaHQ rules, with all that the command does.
func BenchmarkConvert(b *testing.B) {
	dirs, err := filepath.Glob(filepath.Join(shared.Path(b, "corpus", "sigmahq"), "rules*"))
	if err != nil || len(dirs) == 0 {
		b.Fatalf("no rules: %v", err)
	}
	for _, targets := range []string{"splunk", "splunk,lucene,kql,eql,esql,kusto"} {
		b.Run(targets, func(b *testing.B) {
			b.ReportAllocs()
			rules := 0
			for b.Loop() {
				a := &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
				if code := a.run(append([]string{"convert", "-t", targets, "-o", os.DevNull}, dirs...)); code != exitRules {
					b.Fatalf("exit %d", code)
				}
				rules += 3780
			}
			b.ReportMetric(float64(rules)/b.Elapsed().Seconds(), "rules/s")
		})
	}
}
