package synth_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

var update = flag.Bool("update", false, "rewrite the wanted events of testdata")

// cases returns the rules of testdata by the names of their files.
func cases(tb testing.TB) (names []string, archives []*txtar.Archive) {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		names, archives = append(names, file), append(archives, ar)
	}
	return names, archives
}

// caseRule builds the rule of a case. A line "pipeline: target=name" in the
// comment names what is applied to it.
func caseRule(tb testing.TB, ar *txtar.Archive) *ir.Rule {
	tb.Helper()
	rule := build(tb, ar.Files[0].Data)
	for line := range strings.Lines(string(ar.Comment)) {
		chain, ok := strings.CutPrefix(strings.TrimSpace(line), "pipeline: ")
		if !ok {
			continue
		}
		target, name, _ := strings.Cut(chain, "=")
		p, err := pipeline.Resolve(name)
		if err == nil {
			rule, err = p.Apply(rule, target)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	return rule
}

func build(tb testing.TB, text []byte) *ir.Rule {
	tb.Helper()
	source, err := sigma.ParseRule("rule.yml", text)
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	rule, err := ir.Build(source)
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return rule
}

func events(tb testing.TB, rule *ir.Rule, o synth.Options) *synth.Set {
	tb.Helper()
	set, err := synth.Events(rule, o)
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

// render writes a set as the cases show it.
func render(set *synth.Set) string {
	var b strings.Builder
	for _, f := range set.Fields {
		fmt.Fprintf(&b, "# %s: %s", f.Name, f.Type)
		if f.Declared {
			b.WriteString(", declared")
		}
		b.WriteByte('\n')
	}
	for _, text := range set.Assumed {
		fmt.Fprintf(&b, "# assumed: %s\n", text)
	}
	for _, c := range set.Computed {
		fmt.Fprintf(&b, "# computed: %s from %s\n", c.Name, strings.Join(c.Columns, ", "))
	}
	if set.Unmatched != nil {
		fmt.Fprintf(&b, "# unmatched: %s\n", set.Unmatched.Text())
	}
	for _, e := range set.Events {
		verdict := map[bool]string{true: "+", false: "-"}[e.Expect]
		fmt.Fprintf(&b, "%s %s\n    %s", verdict, e.Why, e.JSON)
		if e.Traits != 0 {
			fmt.Fprintf(&b, " # %s", e.Traits)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestCases compares the events of the rules in testdata with those that are
// wanted.
func TestCases(t *testing.T) {
	names, archives := cases(t)
	for i, ar := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(names[i]), ".txtar"), func(t *testing.T) {
			got := render(events(t, caseRule(t, ar), synth.Options{}))
			if *update {
				ar.Files = append(ar.Files[:1], txtar.File{Name: "events", Data: []byte(got)})
				if err := os.WriteFile(names[i], txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(ar.Files[len(ar.Files)-1].Data); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
