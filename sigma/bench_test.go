package sigma_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// corpusFiles reads all rules of the SigmaHQ corpus below the folders that
// match the pattern, or skips the test where the corpus is absent.
func corpusFiles(tb testing.TB, pattern string) []*sigma.File {
	tb.Helper()
	roots, err := filepath.Glob(filepath.Join("..", "..", "shared", "corpus", "sigmahq", pattern))
	if err != nil || len(roots) == 0 {
		tb.Skip("the SigmaHQ corpus is not there: ../shared/corpus/sigmahq")
	}
	var files []*sigma.File
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".yml") {
				return err
			}
			data, err := os.ReadFile(path)
			files = append(files, &sigma.File{Name: filepath.ToSlash(path), Data: data})
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return files
}

// BenchmarkYAML is what the YAML library alone needs for the corpus: more than
// BenchmarkParse, which reads nearly all rules without it.
func BenchmarkYAML(b *testing.B) {
	files := corpusFiles(b, "rules*")
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			var n yaml.Node
			if err := yaml.NewDecoder(bytes.NewReader(f.Data)).Decode(&n); err != nil {
				b.Fatal(err)
			}
		}
	}
	perRule(b, len(files))
}

// BenchmarkParse parses the corpus.
func BenchmarkParse(b *testing.B) {
	files := corpusFiles(b, "rules*")
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			if _, err := sigma.Parse(f.Name, f.Data); err != nil {
				b.Fatal(err)
			}
		}
	}
	perRule(b, len(files))
}

func perRule(b *testing.B, rules int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*rules), "us/rule")
}
