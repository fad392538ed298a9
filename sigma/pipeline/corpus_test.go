package pipeline_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// corpusDir returns the folder of SigmaHQ's rules beside the repository.
func corpusDir(t testing.TB) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "corpus", "sigmahq")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the SigmaHQ corpus is not in ../shared/corpus/sigmahq")
	}
	return dir
}

// corpusRules returns the rules of SigmaHQ's main folders, built.
func corpusRules(t testing.TB) []*ir.Rule {
	t.Helper()
	rules, err := loadCorpus(corpusDir(t))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func loadCorpus(dir string) ([]*ir.Rule, error) {
	var rules []*ir.Rule
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if !strings.HasPrefix(rel, "rules") || filepath.Ext(path) != ".yml" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rule, err := sigma.ParseRule(rel, data)
		if err != nil {
			return nil // the parser's own tests count these
		}
		r, err := ir.Build(rule)
		if err == nil {
			rules = append(rules, r)
		}
		return nil
	})
	return rules, err
}

// TestCorpus applies chains of shipped pipelines to SigmaHQ's rules: which
// rules they refuse, and why, and what they warn of.
func TestCorpus(t *testing.T) {
	rules := corpusRules(t)
	if len(rules) < 3700 {
		t.Fatalf("only %d rules", len(rules))
	}
	for _, c := range []struct {
		chain, target string
		refused       int // rules, at most
		windows       int // rules of Windows that no condition limits to a log, at most
	}{
		{"sysmon splunk_windows", "splunk", 0, 60},
		{"sysmon ecs_windows", "eql", 63, 1}, // fields of PowerShell that Elastic keeps nowhere, file_access
		{"windows-audit splunk_windows", "splunk", 900, 2000},
		{"windows-logsources", "", 0, 0},
	} {
		t.Run(c.chain, func(t *testing.T) {
			p := chain(t, c.chain)
			refused, changed, open := 0, 0, 0
			reasons := make(map[string]int)
			for _, r := range rules {
				out, err := p.Apply(r, c.target)
				if err != nil {
					refused++
					for _, e := range sigma.Errors(err) {
						if e.File == nil || !e.IsValid() {
							t.Errorf("%s: an error without a place: %v", r.Source.Name, e)
						}
						reasons["error: "+e.Msg]++
					}
					continue
				}
				if out != r {
					changed++
				}
				// The RPC Firewall writes to Windows' Application log.
				if p := r.LogSource.Product; p != "windows" && p != "rpc_firewall" && out != r {
					t.Errorf("%s: a rule of %q was changed", r.Source.Title, r.LogSource.Product)
				}
				for _, w := range out.Warnings[len(r.Warnings):] {
					if strings.HasPrefix(w.Msg, "no condition") {
						open++
					}
					reasons["warning: "+w.Msg]++
				}
			}
			t.Logf("%d rules: %d changed, %d refused, %d without a log", len(rules), changed, refused, open)
			for reason, n := range reasons {
				t.Logf("%5d %s", n, reason)
			}
			if refused > c.refused || open > c.windows {
				t.Errorf("%d refused, %d without a log; %d and %d are the most", refused, open, c.refused, c.windows)
			}
		})
	}
}

func chain(t testing.TB, names string) *pipeline.Pipeline {
	t.Helper()
	var ps []*pipeline.Pipeline
	for _, name := range strings.Fields(names) {
		p, err := pipeline.Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	return pipeline.Chain(ps...)
}

// TestConcurrentApply applies one chain to the same rules from several
// goroutines; the race detector watches.
func TestConcurrentApply(t *testing.T) {
	p := chain(t, "sysmon ecs_windows")
	rule := []byte("title: t\nlogsource: {category: network_connection, product: windows}\ndetection:\n  sel: {Initiated: 'true', Image|endswith: x}\n  condition: sel\n")
	r := built(t, "rule.yml", rule)
	want, err := p.Apply(r, "eql")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				got, err := p.Apply(r, "eql")
				if err != nil || dump(got) != dump(want) {
					t.Errorf("got %v, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkApply applies a chain to every rule of SigmaHQ.
func BenchmarkApply(b *testing.B) {
	rules := corpusRules(b)
	for _, c := range []struct{ chain, target string }{{"sysmon splunk_windows", "splunk"}, {"sysmon ecs_windows", "eql"}} {
		p := chain(b, c.chain)
		b.Run(c.chain, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range rules {
					if _, err := p.Apply(r, c.target); err != nil && !errors.Is(err, sigma.RuleRejected) {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rules)), "ns/rule")
		})
	}
	runtime.KeepAlive(rules)
}
