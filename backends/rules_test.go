package backends_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

var update = flag.Bool("update", false, "rewrite the wanted output of testdata/rules")

// TestRules compiles each rule of testdata/rules to every target and compares
// the queries, warnings and errors side by side. A line "pipeline: eql=a,b" in
// the comment above the first file names the pipelines of a target; "settings:
// splunk.widen=true" gives settings; "format: splunk=data_model" chooses a
// format; "targets: splunk eql" leaves the other targets out.
func TestRules(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared.Root(t), "testdata", "rules", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := compileArchive(t, ar)
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := make(map[string]string)
			for _, f := range ar.Files {
				want[f.Name] = string(f.Data)
			}
			for _, f := range got.Files {
				if want[f.Name] != string(f.Data) {
					t.Errorf("%s\ngot:\n%s\nwant:\n%s", f.Name, f.Data, want[f.Name])
				}
				delete(want, f.Name)
			}
			for name := range want {
				t.Errorf("%s: no target of that name", name)
			}
		})
	}
}

// caseOptions reads the comment of a case: the targets, and the pipelines,
// formats and settings of each.
func caseOptions(t *testing.T, comment string) (targets []string, pipelines map[string]*pipeline.Pipeline, formats map[string]string, settings map[string]map[string]string) {
	formats = make(map[string]string)
	settings = make(map[string]map[string]string)
	pipelines = make(map[string]*pipeline.Pipeline)
	for _, b := range backends.All() {
		targets = append(targets, b.Name)
	}
	for line := range strings.Lines(comment) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "targets":
			targets = strings.Fields(value)
		case "pipeline":
			for _, chain := range strings.Fields(value) {
				target, names, _ := strings.Cut(chain, "=")
				pipelines[target] = chainOf(t, strings.Split(names, ","))
			}
		case "format":
			for _, f := range strings.Fields(value) {
				target, name, _ := strings.Cut(f, "=")
				formats[target] = name
			}
		case "settings":
			for _, s := range strings.Fields(value) {
				target, kv, _ := strings.Cut(s, ".")
				k, v, _ := strings.Cut(kv, "=")
				if settings[target] == nil {
					settings[target] = make(map[string]string)
				}
				settings[target][k] = v
			}
		}
	}
	return targets, pipelines, formats, settings
}

// compileArchive returns the archive with the output that the targets give.
func compileArchive(t *testing.T, ar *txtar.Archive) *txtar.Archive {
	out := &txtar.Archive{Comment: ar.Comment, Files: ar.Files[:1:1]} // appending must not write over what is wanted
	rule, err := sigma.ParseRule("rule.yml", ar.Files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	targets, pipelines, formats, settings := caseOptions(t, string(ar.Comment))
	for _, target := range targets {
		c, err := backends.New(backends.Options{Target: target, Pipeline: pipelines[target], Format: formats[target], Settings: settings[target]})
		if err != nil {
			t.Fatal(err)
		}
		out.Files = append(out.Files, txtar.File{Name: target, Data: []byte(render(c.Compile(rule)))})
	}
	return out
}

// render writes a result as the cases show it.
func render(r *backends.Result, err error) string {
	var b strings.Builder
	for _, e := range sigma.Errors(err) {
		fmt.Fprintf(&b, "# error %s %d:%d: %s\n", e.Code, e.Line, e.Col, e.Text())
	}
	if r == nil {
		return b.String()
	}
	for _, q := range r.Queries {
		b.WriteString(q.Text + "\n")
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "# warning %s %d:%d: %s\n", w.Code, w.Line, w.Col, w.Text())
	}
	return b.String()
}
