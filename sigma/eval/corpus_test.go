package eval_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// corpus are SigmaHQ's rules for Windows as they are meant, read once.
var corpus struct {
	once  sync.Once
	rules []*ir.Rule
}

// windowsRules returns SigmaHQ's rules for Windows, without those that need
// values for placeholders, or skips the test.
func windowsRules(tb testing.TB) []*ir.Rule {
	tb.Helper()
	root := shared.Path(tb, "corpus", "sigmahq")
	corpus.once.Do(func() {
		var dirs []string
		for _, pattern := range []string{"rules/windows", "rules-emerging-threats", "rules-threat-hunting/windows"} {
			found, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
			dirs = append(dirs, found...)
		}
		c, err := sigma.Load(dirs...)
		if err != nil {
			tb.Fatal(err)
		}
		for _, r := range c.Rules() {
			if r.LogSource.Product != "windows" {
				continue
			}
			built, err := ir.Build(r)
			if err != nil {
				tb.Fatal(err)
			}
			corpus.rules = append(corpus.rules, built)
		}
	})
	return corpus.rules
}

// TestRegression checks that each rule with regression data matches its
// events, as the engine and as the explanation see it, and with the log source
// derived from the event.
func TestRegression(t *testing.T) {
	rules := windowsRules(t)
	e, err := eval.Compile(rules, eval.Options{SkipErrors: true})
	onlyPlaceholders(t, err)
	derived, err := eval.Compile(rules, eval.Options{SkipErrors: true, Derive: true})
	onlyPlaceholders(t, err)
	n := 0
	for _, path := range regressionFiles(t) {
		want := ruleIDs(t, filepath.Join(filepath.Dir(path), "info.yml"))
		for name, engine := range map[string]*eval.Engine{"all": e, "derived": derived} {
			got := map[string]bool{}
			for _, event := range readEvents(t, path) {
				matches, err := engine.MatchJSON(event, nil)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				for _, m := range matches {
					got[m.Rule.Source.ID] = true
				}
			}
			for _, id := range want {
				if !got[id] {
					t.Errorf("%s: rule %s does not match %s", name, id, path)
				}
			}
		}
		n++
	}
	t.Logf("%d files of events", n)
}

// onlyPlaceholders fails where rules cannot run for another reason than that
// nothing fills their placeholders.
func onlyPlaceholders(tb testing.TB, err error) {
	tb.Helper()
	for _, e := range sigma.Errors(err) {
		if e.Code != sigma.BadPlaceholder {
			tb.Errorf("%v", e)
		}
	}
}

func regressionFiles(tb testing.TB) []string {
	tb.Helper()
	var files []string
	root := shared.Path(tb, "corpus", "sigmahq", "regression_data")
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".json") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// ruleIDs reads the rules that an info.yml names.
func ruleIDs(tb testing.TB, path string) (ids []string) {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	_, list, _ := strings.Cut(string(data), "rule_metadata:")
	for line := range strings.Lines(list) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "- id: "); ok {
			ids = append(ids, strings.TrimSpace(id))
		}
	}
	return ids
}

// readEvents returns the objects of a file, one behind the other.
func readEvents(tb testing.TB, path string) (events [][]byte) {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var j eval.JSON
	for rest := []byte(strings.TrimPrefix(string(data), "\ufeff")); len(strings.TrimSpace(string(rest))) > 0; {
		next, err := j.Next(rest)
		if err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
		events = append(events, rest[:len(rest)-len(next)])
		rest = next
	}
	return events
}
