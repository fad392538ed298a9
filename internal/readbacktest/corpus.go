package readbacktest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// corpus are SigmaHQ's rules, read once.
var corpus struct {
	once  sync.Once
	rules []*ir.Rule
}

// Corpus returns SigmaHQ's rules, of the folders whose name begins with
// "rules", built. Their File is relative to the corpus. They are shared and
// must not be changed.
func Corpus(tb testing.TB) []*ir.Rule {
	tb.Helper()
	root := shared.Path(tb, "corpus", "sigmahq")
	corpus.once.Do(func() { corpus.rules = read(tb, root) })
	if len(corpus.rules) == 0 {
		tb.Fatalf("no rules in %s", root)
	}
	// The rules stay, and with the usual percentage a quarter of the time of
	// such a test goes into finding that again and again.
	old := debug.SetGCPercent(collectLess)
	tb.Cleanup(func() { debug.SetGCPercent(old) })
	return corpus.rules
}

// collectLess is how much memory may be used until the next collection, in
// per cent of what is needed; the rules alone need 33 MB.
const collectLess = 400

// read returns the rules of the corpus.
func read(tb testing.TB, root string) (rules []*ir.Rule) {
	tb.Helper()
	folders, err := filepath.Glob(filepath.Join(root, "rules*"))
	if err != nil || len(folders) == 0 {
		tb.Fatalf("no rules in %s: %v", root, err)
	}
	paths, err := sigma.Files(folders...)
	if err != nil {
		tb.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			tb.Fatal(err)
		}
		rules = append(rules, build(tb, filepath.ToSlash(name), text)...)
	}
	return rules
}

// build returns the rules of a file.
func build(tb testing.TB, name string, text []byte) (rules []*ir.Rule) {
	tb.Helper()
	docs, err := sigma.Parse(name, text)
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
	return rules
}

// A Case is a rule of testdata/rules with the query that a target has there.
type Case struct {
	Name    string
	Comment string // the lines that choose pipelines and settings
	Rule    *ir.Rule
	Queries []string // one a condition; none where the target refuses the rule
}

// Cases returns the rules of testdata/rules for a target.
func Cases(tb testing.TB, target string) []Case {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(shared.Root(tb), "testdata", "rules", "*.txtar"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no cases: %v", err)
	}
	var out []Case
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		c := Case{Name: filepath.Base(file), Comment: string(ar.Comment), Rule: build(tb, "rule.yml", ar.Files[0].Data)[0]}
		for _, f := range ar.Files[1:] {
			if f.Name == target {
				c.Queries = queries(string(f.Data))
			}
		}
		out = append(out, c)
	}
	return out
}

// queries returns the lines of an answer that are no warnings or errors.
func queries(answer string) (out []string) {
	for line := range strings.Lines(answer) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "# ") {
			out = append(out, line)
		}
	}
	return out
}

// Recorded is what pySigma made of a rule.
type Recorded struct {
	File, ID string
	Queries  []string // none where it failed
}

// PySigma returns the recorded queries of a name such as "eql" or
// "eql.ecs_windows", for the rules of Corpus.
func PySigma(tb testing.TB, name string) []Recorded {
	tb.Helper()
	packed, err := os.ReadFile(shared.Path(tb, "oracle", "pysigma", name+".jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		tb.Fatal(err)
	}
	var out []Recorded
	s := bufio.NewScanner(z)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var r Recorded
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			tb.Fatal(err)
		}
		out = append(out, r)
	}
	if s.Err() != nil {
		tb.Fatal(s.Err())
	}
	return out
}

// Regression returns SigmaHQ's regression events.
func Regression(tb testing.TB) []eval.Event {
	tb.Helper()
	root := shared.Path(tb, "corpus", "sigmahq", "regression_data")
	var out []eval.Event
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
		d.UseNumber()
		for d.More() {
			var e map[string]any
			if err := d.Decode(&e); err != nil {
				return err
			}
			out = append(out, eval.Map(e))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}
