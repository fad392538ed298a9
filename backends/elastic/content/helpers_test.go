package content_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var languages = []string{"lucene", "kql", "eql", "esql"}

// newCompiler returns a compiler of a format, with pipelines.
func newCompiler(t testing.TB, target, format string, settings map[string]string, pipelines ...string) *backends.Compiler {
	t.Helper()
	chain, err := pipeline.ResolveAll(pipelines...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: target, Format: format, Settings: settings, Pipeline: chain})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ecs are the pipelines of the pack.
func ecs(t testing.TB) []string {
	return []string{"ecs", filepath.Join(shared.Root(t), "examples", "t1571", "placeholders.yml")}
}

// A unit is a rule or a correlation.
type unit struct {
	name        string
	rule        *ir.Rule
	correlation *ir.Correlation
}

func (u unit) compile(c *backends.Compiler) (*backends.Result, error) {
	if u.correlation != nil {
		return c.Correlation(u.correlation)
	}
	return c.Rule(u.rule)
}

// units reads the rules and correlations of a text; of rules, those only that no
// correlation is about.
func units(t testing.TB, name, text string) []unit {
	t.Helper()
	docs, err := sigma.Parse(name, []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var out []unit
	if len(set.Correlations) == 0 {
		for _, r := range set.Rules {
			out = append(out, unit{name: name, rule: r})
		}
	}
	for _, c := range set.Correlations {
		out = append(out, unit{name: name, correlation: c})
	}
	return out
}

// pack returns the rules of T1571: those of the pack and the seed.
func pack(t testing.TB) []unit {
	t.Helper()
	root := shared.Root(t)
	paths, err := sigma.Files(filepath.Join(root, "examples", "t1571", "rules"), filepath.Join(root, "testdata", "t1571", "seed.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var out []unit
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, units(t, filepath.Base(path), string(text))...)
	}
	if len(out) < 20 {
		t.Fatalf("the pack has %d rules", len(out))
	}
	return out
}

// corpus returns the rules of SigmaHQ.
func corpus(t testing.TB) []unit {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "sigmahq"), "rules*"))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := sigma.Files(folders...)
	if err != nil {
		t.Fatal(err)
	}
	var out []unit
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := sigma.Parse(filepath.Base(path), text)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			r, err := ir.Build(d.(*sigma.Rule))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, unit{name: filepath.Base(path), rule: r})
		}
	}
	return out
}

// one compiles the only unit of a text.
func one(t testing.TB, text, target, format string, settings map[string]string) (string, sigma.ErrorList, error) {
	t.Helper()
	list := units(t, "case.yml", text)
	if len(list) != 1 {
		t.Fatalf("%d units\n%s", len(list), text)
	}
	out, err := list[0].compile(newCompiler(t, target, format, settings))
	if err != nil {
		return "", nil, err
	}
	return out.Queries[0].Text, out.Warnings, nil
}

// object reads a line of JSON.
func object(t testing.TB, line string) map[string]any {
	t.Helper()
	if strings.Contains(strings.TrimSuffix(line, "\n"), "\n") {
		t.Errorf("more than a line:\n%s", line)
	}
	var o map[string]any
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		t.Fatalf("%v\n%s", err, line)
	}
	return o
}

// compare compares a text with the file of the pack in that language or format.
func compare(t testing.TB, name, got string) {
	t.Helper()
	golden.Compare(t, *update, filepath.Join("testdata", "t1571", name), got)
}

// logRule is a rule about a log source with some attributes.
func logRule(source, attributes string) string {
	return fmt.Sprintf("title: t\n%slogsource: {%s}\ndetection: {sel: {A: v}, condition: sel}\n", attributes, source)
}
