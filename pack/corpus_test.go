package pack

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/external"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
)

// pipelinesFor are the pipelines of the corpus by language.
var pipelinesFor = map[string]string{"splunk": "sysmon, splunk_windows", "kusto": "azure_monitor", "defender": "microsoft_xdr"}

// corpusConfig writes a file that packs SigmaHQ's rules in all formats of
// content that there are.
func corpusConfig(tb testing.TB, dir, folder string) (string, int) {
	tb.Helper()
	var b strings.Builder
	root := filepath.ToSlash(shared.Path(tb, "corpus", "sigmahq"))
	fmt.Fprintf(&b, "name: sigmahq\noutside: true\nrules: ['%s/%s']\ntargets:\n", root, folder)
	n := 0
	for _, backend := range backends.All() {
		for _, f := range backend.Formats {
			if f.Content == nil || strings.HasPrefix(f.Name, "tiny") {
				continue
			}
			chain, ok := pipelinesFor[f.Name]
			if !ok {
				if chain, ok = pipelinesFor[backend.Name]; !ok {
					chain = "ecs"
				}
			}
			fmt.Fprintf(&b, "  %s-%s: {target: %s, format: %s, pipelines: [%s]}\n", backend.Name, f.Name, backend.Name, f.Name, chain)
			n++
		}
	}
	config := filepath.Join(dir, FileName)
	write(tb, config, b.String())
	return config, n
}

func corpusOptions() Options {
	return Options{Commit: "none", Pipelines: pipeline.Options{Select: external.Select, Templates: jinja.Compile}}
}

// A part of SigmaHQ's rules in all formats: built twice, and from nothing, all is
// the same.
func TestCorpus(t *testing.T) {
	dir := t.TempDir()
	config, n := corpusConfig(t, dir, "rules-emerging-threats")
	first := buildPacks(t, config, corpusOptions())
	if len(first) != n {
		t.Fatalf("%d packs of %d", len(first), n)
	}
	for _, b := range first {
		if b.Entries < 50 || b.Compiled == 0 {
			t.Errorf("%s: %+v", b.Target, b.Summary)
		}
	}
	before := snapshot(t, filepath.Join(dir, "dist"), true)
	o := corpusOptions()
	o.Jobs = 1
	if text := changes(buildPacks(t, config, o)); text != "" {
		t.Error(text)
	}
	if d := differ(before, snapshot(t, filepath.Join(dir, "dist"), true)); len(d) > 0 {
		t.Errorf("touched: %v", d)
	}
	o.Mode = Check
	if text := changes(buildPacks(t, config, o)); text != "" {
		t.Error(text)
	}
}

// BenchmarkCorpus builds packs of SigmaHQ's rules in all formats: from nothing,
// and once more.
func BenchmarkCorpus(b *testing.B) {
	for _, name := range []string{"first", "second"} {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			config, _ := corpusConfig(b, dir, "rules*")
			if name == "second" {
				buildPacks(b, config, corpusOptions())
			}
			var bytes int64
			var files int
			for b.Loop() {
				if name == "first" {
					if err := os.RemoveAll(filepath.Join(dir, "dist")); err != nil {
						b.Fatal(err)
					}
				}
				bytes, files = 0, 0
				for _, p := range buildPacks(b, config, corpusOptions()) {
					bytes, files = bytes+p.Bytes, files+p.Files
				}
			}
			b.ReportMetric(float64(bytes)/1e6, "MB")
			b.ReportMetric(float64(files), "files")
		})
	}
}
