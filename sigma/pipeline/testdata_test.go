package pipeline_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/external"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
)

var update = flag.Bool("update", false, "rewrite want.txt of testdata/pipelines")

// dump writes what a pipeline can change about a rule, a line each.
func dump(r *ir.Rule) string {
	var b strings.Builder
	l := r.LogSource
	fmt.Fprintf(&b, "logsource: category=%s product=%s service=%s\n", l.Category, l.Product, l.Service)
	if len(r.Fields) > 0 {
		fmt.Fprintf(&b, "fields: %s\n", strings.Join(r.Fields, " "))
	}
	for _, x := range r.Reads {
		fmt.Fprintf(&b, "reads: %s=%s\n", x.Name, strings.Join(x.Fields, "|"))
	}
	var state []string
	for k, v := range r.State {
		state = append(state, k+"="+v)
	}
	sort.Strings(state)
	for _, s := range state {
		fmt.Fprintf(&b, "state: %s\n", s)
	}
	if r.Table != nil {
		fmt.Fprintf(&b, "table: %s\n", r.Table.Name)
	}
	for _, c := range r.Computed {
		fmt.Fprintf(&b, "computed: %s %s = %s\n", c.Name, c.Type, c.Expr)
	}
	for _, e := range r.Where {
		fmt.Fprintf(&b, "where: %s\n", ir.String(e))
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", line(w))
	}
	return b.String()
}

// line writes an error or a warning with its code.
func line(e *sigma.Error) string { return fmt.Sprintf("%s [%s]", e.Error(), e.Code) }

// TestPipelines applies pipeline.yml of each file of testdata/pipelines to its
// rule.yml and compares with want.txt. A file may name shipped pipelines, one
// a line, in chain.txt, and the target in target.txt. The lines of queries.txt,
// if there are any, are queries of the rule that go through postprocessing and
// finalizers. answer.txt is what servers answer and commands print; other files
// are in the folder of the pipeline.
func TestPipelines(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/pipelines/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { testCase(t, path) })
	}
}

func testCase(t *testing.T, path string) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) []byte {
		for _, f := range a.Files {
			if f.Name == name {
				return f.Data
			}
		}
		return nil
	}
	files := fstest.MapFS{}
	for _, f := range a.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	got := applied(t, file, files)
	if want := string(file("want.txt")); got != want {
		if !*update {
			t.Fatalf("got:\n%s\nwant:\n%s", got, want)
		}
		a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want.txt" })
		a.Files = append(a.Files, txtar.File{Name: "want.txt", Data: []byte(got)})
		if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// applied returns the dump of the rule after the pipeline, or the errors.
func applied(t *testing.T, file func(string) []byte, files fs.FS) string {
	t.Helper()
	var ps []*pipeline.Pipeline
	for _, name := range strings.Fields(string(file("chain.txt"))) {
		p, err := pipeline.Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	if data := file("pipeline.yml"); data != nil {
		p, err := options(file, files).Parse("pipeline.yml", data)
		if err != nil {
			return errorLines(err)
		}
		ps = append(ps, p)
	}
	r := built(t, "rule.yml", file("rule.yml"))
	before := dump(r)
	out, err := pipeline.Chain(ps...).Apply(r, strings.TrimSpace(string(file("target.txt"))))
	if after := dump(r); after != before {
		t.Errorf("Apply changed its input:\n%s\nwas:\n%s", after, before)
	}
	if err != nil {
		return errorLines(err)
	}
	return dump(out) + queries(t, pipeline.Chain(ps...), out, string(file("queries.txt")))
}

// options returns what the pipeline of a case may use.
func options(file func(string) []byte, files fs.FS) pipeline.Options {
	o := pipeline.Options{Files: files, Select: external.Select, Templates: jinja.Compile}
	if answer := file("answer.txt"); answer != nil {
		o.HTTP = func(context.Context, pipeline.Request) ([]byte, error) { return answer, nil }
		o.Command = func(context.Context, pipeline.Command) ([]byte, error) { return answer, nil }
	}
	return o
}

// queries writes what becomes of queries of the rule.
func queries(t *testing.T, p *pipeline.Pipeline, r *ir.Rule, text string) string {
	t.Helper()
	var b strings.Builder
	vars := map[string]string{"backend": "splunk", "output_format": "default"}
	all := p.Collect(vars)
	for query := range strings.Lines(text) {
		out, err := p.Postprocess(r, strings.TrimSuffix(query, "\n"), vars)
		if err != nil {
			return b.String() + errorLines(err)
		}
		all.Add(r, out)
		fmt.Fprintf(&b, "query: %s\n", out)
	}
	if !p.Finalizes() || text == "" {
		return b.String()
	}
	out, err := all.Text()
	if err != nil {
		return b.String() + errorLines(err)
	}
	return b.String() + "output: " + out + "\n"
}

func errorLines(err error) string {
	var b strings.Builder
	for _, e := range sigma.Errors(err) {
		fmt.Fprintf(&b, "error: %s\n", line(e))
	}
	return b.String()
}

// built reads and builds a rule.
func built(t testing.TB, name string, data []byte) *ir.Rule {
	t.Helper()
	rule, err := sigma.ParseRule(name, data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ir.Build(rule)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
