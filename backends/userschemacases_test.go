package backends_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// policies are the policies by their names on the command line.
var policies = map[string]schema.Policy{"error": schema.Refuse, "warn": schema.Warn, "pass": schema.Pass, "absent": schema.Absent}

// TestUserSchemaCases compiles rules with schemas of users. An archive has the
// schemas, a pipeline and the rules, whose names begin with "rule"; its comment
// says for which targets, with which policies and shipped pipelines. Its last
// file is what comes out.
func TestUserSchemaCases(t *testing.T) {
	paths, err := filepath.Glob("testdata/userschema/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { userSchemaCase(t, path) })
	}
}

func userSchemaCase(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var schemas []*schema.Schema
	var rules []sigma.Document
	chain := chainOf(t, option(archive, "pipelines"))
	last := len(archive.Files) - 1
	for _, f := range archive.Files[:last] {
		switch {
		case f.Name == "pipeline.yml":
			chain, err = pipeline.Parse(f.Name, f.Data)
		case strings.HasPrefix(f.Name, "rule"):
			var docs []sigma.Document
			docs, err = sigma.Parse(f.Name, f.Data)
			rules = append(rules, docs...)
		default:
			_, name, _ := strings.Cut(f.Name, ":")
			spec := filepath.Join(t.TempDir(), cmp.Or(name, f.Name))
			if err := os.WriteFile(spec, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			if name != "" {
				spec = strings.TrimSuffix(f.Name, name) + spec
			}
			var s *schema.Schema
			if s, err = schema.ReadFile(spec); s != nil {
				s.Name = cmp.Or(name, f.Name)
			}
			schemas = append(schemas, s)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	merged, err := schema.Merge(schemas...)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, target := range option(archive, "targets") {
		for _, policy := range option(archive, "unknown") {
			c, err := backends.New(backends.Options{Target: target, Pipeline: chain, Schema: merged, UnknownFields: policies[policy]})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "== %s, %s\n", target, policy)
			for _, r := range rules {
				b.WriteString(said(c, r))
			}
		}
	}
	if *update {
		archive.Files[last].Data = []byte(b.String())
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := string(archive.Files[last].Data); b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

// option returns the words of a line of an archive's comment.
func option(a *txtar.Archive, name string) []string {
	for _, line := range strings.Split(string(a.Comment), "\n") {
		if rest, ok := strings.CutPrefix(line, name+": "); ok {
			return strings.Fields(rest)
		}
	}
	return nil
}

// said is all that a compiler says of a document.
func said(c *backends.Compiler, doc sigma.Document) string {
	var b strings.Builder
	result, err := c.Compile(doc)
	for _, e := range sigma.Errors(err) {
		fmt.Fprintf(&b, "error: %v [%s]\n", e, e.Code)
	}
	if result == nil {
		return b.String()
	}
	for _, q := range result.Queries {
		b.WriteString(q.Text + "\n")
	}
	for _, w := range result.Warnings {
		fmt.Fprintf(&b, "  %v [%s]\n", w, w.Code)
	}
	return b.String()
}
