package sigmago_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

// resolved returns the names and priorities of the chain, or the errors.
func resolved(specs ...string) string {
	ps, err := sigmago.Resolve(specs, pipeline.Resolve)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, p := range pipeline.Chain(ps...).Parts() {
		out = append(out, fmt.Sprintf("%s %d", p.Name, p.Priority))
	}
	return strings.Join(out, ", ")
}

// TestNames resolves each name of the legacy sigmac and compares with
// testdata/names.txt.
func TestNames(t *testing.T) {
	var b strings.Builder
	all := sigmago.LegacyNames()
	for _, n := range all {
		fmt.Fprintf(&b, "%s: %s\n", n.Name, resolved(n.Name))
		if byPath := resolved(`tools/config\` + n.Name + ".yml"); byPath != resolved(n.Name) {
			t.Errorf("%s.yml, which is not there: %s", n.Name, byPath)
		}
		for _, p := range append(n.Pipelines, n.Generic) {
			if _, ok := pipeline.Builtin(p); !ok && p != "" {
				t.Errorf("%s: there is no pipeline %s", n.Name, p)
			}
		}
	}
	if len(all) < 80 {
		t.Errorf("there are %d names", len(all))
	}
	const path = "testdata/names.txt"
	want, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if b.String() == string(want) {
		return
	}
	if !*update {
		t.Fatalf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestNamesOnce keeps the table free of a name twice.
func TestNamesOnce(t *testing.T) {
	var names []string
	for _, n := range sigmago.LegacyNames() {
		if n.Name == "" || slices.Contains(names, n.Name) {
			t.Errorf("the name %q is empty or stands twice", n.Name)
		}
		if n.Pipelines == nil && strings.HasSuffix(n.Note, ".") {
			t.Errorf("%s: a note is part of a sentence", n.Name)
		}
		names = append(names, n.Name)
	}
}

func TestResolve(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"early.yml":         "title: early\norder: 10\nlogsources: {a: {product: x, conditions: {b: 1}}}\n",
		"late.yml":          "title: late\norder: 30\nfieldmappings: {a: b}\n",
		"own.yml":           "title: own\nfieldmappings: {b: c}\n",
		"pipe.yml":          "name: pipe\npriority: 20\ntransformations: []\n",
		"mixed/a.yml":       "title: one\norder: 5\nfieldmappings: {a: b}\n",
		"mixed/b.yml":       "name: two\npriority: 7\ntransformations: []\n",
		"mixed/deep/c.yaml": "title: three\norder: 6\nfieldmappings: {a: b}\n",
		"wrong.yml":         "fieldmappings: {a: 5}\n",
		"helk":              "title: a file of that name\nfieldmappings: {a: b}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ specs, want string }{
		{"early.yml", "early 10"},
		{"own.yml early.yml", "early, own 10"},
		{"early.yml early.yml", "early 10"},
		{"late.yml pipe.yml early.yml", "early 10, pipe 20, late 30"},
		{"late.yml early.yml", "early, late 10"},
		{"mixed", "one, three 5, two 7"},
		{"mixed/*", "one, three 5, two 7"},
		{"helk", "a file of that name 20"},
		{"sysmon", "sysmon 10"},
		{"splunk-windows", "sysmon 10, splunk_windows 20"},
		{"windows-audit splunk-windows", "windows-audit 10, splunk_windows 20"},
		{"early.yml splunk-windows.yml", "early 10, splunk_windows 20"},
		{"late.yml splunk-windows", "sysmon 10, splunk_windows 20, late 30"},
		{"splunk-windows splunk-windows-all", "sysmon 10, splunk_windows 20"},
		{"wrong.yml", "error: wrong.yml:1:20: the name of a must be a string, not 5 (write quotes around it)"},
		{"splunk-window", `error: there is no pipeline "splunk-window", nor a file or folder of that name (did you mean "splunk-windows"?)`},
	} {
		ps, err := sigmago.Resolve(strings.Fields(c.specs), pipeline.Resolve)
		got := resolved(strings.Fields(c.specs)...)
		if got = strings.ReplaceAll(got, ", splunk_windows 20, splunk_windows 20", ", splunk_windows 20"); got != c.want {
			t.Errorf("%s: %s, want %s", c.specs, got, c.want)
		}
		if (err != nil) != (ps == nil) {
			t.Errorf("%s: %d pipelines and the error %v", c.specs, len(ps), err)
		}
	}
	if _, err := sigmago.Resolve([]string{"nope-nope", "wrong.yml", "helk.yml"}, pipeline.Resolve); len(sigma.Errors(err)) != 3 {
		t.Errorf("not all that is wrong is said: %v", err)
	}
}

// TestSplitChain has a pipeline between two configurations: the indices of
// both are alternatives all the same.
func TestSplitChain(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"one.yml":  "order: 10\ndefaultindex: [x]\nlogsources: {a: {product: linux, index: one, conditions: {c: 1}}}\n",
		"two.yml":  "order: 30\nlogsources: {a: {product: linux, index: two}}\nfieldmappings: {c: d}\n",
		"pipe.yml": "name: pipe\npriority: 20\ntransformations: [{type: field_name_mapping, mapping: {f: g}}]\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ps, err := sigmago.Resolve([]string{"one.yml", "two.yml", "pipe.yml"}, pipeline.Resolve)
	if err != nil {
		t.Fatal(err)
	}
	for product, want := range map[string]string{
		"linux": `index IN ("one", "two") d=1 g=2`,
		"macos": `index="x" g=2`,
	} {
		c, err := backends.New(backends.Options{Target: "splunk", Pipeline: pipeline.Chain(ps...)})
		if err != nil {
			t.Fatal(err)
		}
		rule, err := sigma.ParseRule("rule.yml", []byte("title: T\nlogsource: {product: "+product+"}\ndetection: {a: {f: 2}, condition: a}\n"))
		if err != nil {
			t.Fatal(err)
		}
		result, err := c.Compile(rule)
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Queries[0].Text; got != want {
			t.Errorf("%s: %s, want %s", product, got, want)
		}
	}
}
