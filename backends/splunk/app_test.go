package splunk_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// entries compiles all that stands alone in files and folders. What the target
// cannot say is left out.
func entries(t *testing.T, c *backends.Compiler, paths ...string) (out []*emit.Entry, left int) {
	t.Helper()
	docs, err := sigma.Load(paths...)
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs.Documents, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	add := func(r *backends.Result, err error) {
		if err != nil {
			left++
			return
		}
		for _, q := range r.Queries {
			out = append(out, q.Entry)
		}
	}
	for _, r := range set.Rules {
		if set.Alone(r.Source) {
			add(c.Rule(r))
		}
	}
	for _, x := range set.Correlations {
		if set.Alone(x.Source) {
			add(c.Correlation(x))
		}
	}
	return out, left
}

// pack makes an app of entries and returns its files by their paths.
func pack(t *testing.T, c *backends.Compiler, p *emit.Pack) (names []string, files map[string]string) {
	t.Helper()
	list, err := c.Files(p)
	if err != nil {
		t.Fatal(err)
	}
	files = make(map[string]string)
	for _, f := range list {
		if _, twice := files[f.Path]; twice {
			t.Errorf("%s is there twice", f.Path)
		}
		names = append(names, f.Path)
		files[f.Path] = string(f.Data)
	}
	return names, files
}

// TestT1571App compares the app of the pack of T1571, of which the rules of the
// level high are for Enterprise Security, with testdata/t1571-app.txtar.
func TestT1571App(t *testing.T) {
	root := shared.Root(t)
	c, err := backends.New(backends.Options{
		Target: "splunk", Format: "app", Settings: map[string]string{"index": "main"},
		Pipeline:  chain(t, "sysmon", "splunk_windows", filepath.Join(root, "examples/t1571/placeholders.yml")),
		Overrides: backends.Overrides{Levels: map[sigma.Level]map[string]string{"high": {"es": "true", "every": "15m"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	list, left := entries(t, c, filepath.Join(root, "examples/t1571/rules"), filepath.Join(root, "testdata/t1571/seed.yml"))
	if left > 0 || len(list) < 40 {
		t.Errorf("%d searches, and %d rules are left out", len(list), left)
	}
	names, files := pack(t, c, &emit.Pack{
		Name: "sigma_t1571", Title: "Sigma T1571", Description: "Non-standard ports.", Author: "Sigma", License: "DRL-1.1", Version: "1.2.3", Entries: list,
		Macros: []emit.Macro{{Name: "sysmon", Definition: "index=main source=*Sysmon*"}},
		Lists:  []emit.List{{Name: "allowed_outbound_ports", Values: []string{"53", "443", `with "quotes", and a comma`}}},
	})
	var ar txtar.Archive
	for _, name := range names {
		ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(files[name])})
		if strings.HasSuffix(name, ".conf") || strings.HasSuffix(name, ".meta") {
			checkConf(t, name, files[name], list)
		}
	}
	golden.Compare(t, *update, "testdata/t1571-app.txtar", string(txtar.Format(&ar)))
}

// checkConf reads a file of the app back.
func checkConf(t *testing.T, name, text string, list []*emit.Entry) {
	t.Helper()
	got, err := readConf(strings.Replace(text, "[]\n", "[app]\n", 1))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !strings.HasSuffix(name, "savedsearches.conf") {
		return
	}
	if len(got) != len(list) {
		t.Fatalf("%d stanzas, %d searches", len(got), len(list))
	}
	for i, s := range got {
		if e := list[i]; e.Correlation == nil && s.values["search"] != "index=main ("+strings.Replace(e.Query, " | ", ") | ", 1) && s.values["search"] != "index=main ("+e.Query+")" {
			t.Errorf("%s: %s\nwant %s", s.name, s.values["search"], e.Query)
		}
	}
}

// TestAppFiles checks files of an app one by one.
func TestAppFiles(t *testing.T) {
	c := compiler(t, "app", map[string]string{"macro": "elsewhere"})
	queries, _, err := compile(c, flagship)
	if err != nil {
		t.Fatal(err)
	}
	p := &emit.Pack{
		Name: "my-app", Title: "Ab", Description: "Line one.\nLine [two] " + strings.Repeat("x", 300), Author: "A\n[B]", Version: "1.0.12", Entries: []*emit.Entry{queries[0].Entry, queries[0].Entry},
		Lists:  []emit.List{{Name: "a", Values: []string{"b", "c\nd", `"`}}, {Name: "none"}},
		Macros: []emit.Macro{{Name: "m", Definition: "index=a\n| b"}},
	}
	_, files := pack(t, c, p)
	conf := func(name string) map[string]map[string]string {
		list, err := readConf(files["my_app/default/"+name+".conf"])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out := make(map[string]map[string]string)
		for _, s := range list {
			out[s.name] = s.values
		}
		return out
	}
	app := conf("app")
	if app["package"]["id"] != "my_app" || app["install"]["build"] != "1000012" || app["launcher"]["author"] != "A [B]" || app["ui"]["label"] != "Ab Sigma rules" || len(app["launcher"]["description"]) != 200 {
		t.Errorf("app.conf %v", app)
	}
	if m := conf("macros"); m["m"]["definition"] != "index=a\n| b" {
		t.Errorf("macros.conf %v", m)
	}
	if l := conf("transforms"); l["a"]["filename"] != "a.csv" || l["none"]["filename"] != "none.csv" {
		t.Errorf("transforms.conf %v", l)
	}
	rows, err := csv.NewReader(strings.NewReader(files["my_app/lookups/a.csv"])).ReadAll()
	if err != nil || !slices.EqualFunc(rows, [][]string{{"value"}, {"b"}, {"c\nd"}, {`"`}}, slices.Equal) {
		t.Errorf("lookup %q, %v", rows, err)
	}
	var manifest struct {
		Info struct {
			ID struct{ Name, Version string }
		}
	}
	if err := json.Unmarshal([]byte(files["my_app/app.manifest"]), &manifest); err != nil || manifest.Info.ID.Name != "my_app" || manifest.Info.ID.Version != "1.0.12" {
		t.Errorf("app.manifest %v, %v", manifest, err)
	}
	for _, want := range []string{"| Odd Port \\(929a690e\\) | high | 1h |", "| Odd Port \\(929a690e.2\\) |", "`elsewhere`, which is not in this app", "lookups/a.csv`: 3 values", "\\[two\\]"} {
		if !strings.Contains(files["my_app/README.md"], want) {
			t.Errorf("README.md has no %q\n%s", want, files["my_app/README.md"])
		}
	}
}

// TestAppRefused checks what a Splunk app cannot be.
func TestAppRefused(t *testing.T) {
	c := compiler(t, "app", nil)
	for name, change := range map[string]func(p *emit.Pack){
		"the name of the pack":                    func(p *emit.Pack) { p.Name = "../x" },
		`the name of the pack is "9"`:             func(p *emit.Pack) { p.Name = "9" },
		`the name of the pack is "COM1"`:          func(p *emit.Pack) { p.Name = "COM1" },
		"the version of the pack":                 func(p *emit.Pack) { p.Version = "1.0" },
		"the title of the pack":                   func(p *emit.Pack) { p.Title = "Splunk for x" },
		"a macro of Splunk cannot be called":      func(p *emit.Pack) { p.Macros = []emit.Macro{{Name: "m]", Definition: "x"}} },
		`the macro m: the definition "x\\"`:       func(p *emit.Pack) { p.Macros = []emit.Macro{{Name: "m", Definition: `x\`}} },
		`the macro m: the definition "" is none`:  func(p *emit.Pack) { p.Macros = []emit.Macro{{Name: "m"}} },
		"a lookup of Splunk cannot be called":     func(p *emit.Pack) { p.Lists = []emit.List{{Name: "../a"}} },
		"which a lookup cannot hold":              func(p *emit.Pack) { p.Lists = []emit.List{{Name: "a", Values: []string{"\xff"}}} },
		`a lookup of Splunk cannot be called "A"`: func(p *emit.Pack) { p.Lists = []emit.List{{Name: "a"}, {Name: "A"}} },
	} {
		p := &emit.Pack{Name: "app", Title: "Title", Version: "1.0.0"}
		change(p)
		if _, err := c.Files(p); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLists reads the list of a placeholder from a lookup of the app.
func TestLists(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.yml")
	const steps = "transformations:\n- {type: query_expression_placeholders, expression: '[| inputlookup {id} | rename value as {field} | fields {field}]'}\n"
	if err := os.WriteFile(file, []byte(steps), 0o600); err != nil {
		t.Fatal(err)
	}
	const rule = "title: t\nlevel: low\nlogsource: {category: c}\ndetection: {s: {port|expand: '%ports%'}, f: {a: b}, condition: s and not f}\n"
	got, _ := deployed(t, compiler(t, "savedsearches", map[string]string{"index": "main"}, file), rule)
	if want := `index=main (([| inputlookup ports | rename value as port | fields port]) NOT a="b")`; got.values["search"] != want {
		t.Errorf("%s\nwant %s", got.values["search"], want)
	}
}

// TestCorpusConf makes one file of SigmaHQ's rules and reads it back.
func TestCorpusConf(t *testing.T) {
	folder := shared.Path(t, "corpus", "sigmahq", "rules")
	c := compiler(t, "savedsearches", map[string]string{"es": "true"}, "sysmon", "splunk_windows")
	list, left := entries(t, c, folder)
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = e.Text
	}
	got, err := readConf(c.Join(texts))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(list) || len(list) < 1000 {
		t.Fatalf("%d stanzas of %d searches", len(got), len(list))
	}
	minutes := make(map[string]int)
	for i, s := range got {
		if s.values["search"] != list[i].Query {
			t.Errorf("%s: %q\nwant %q", s.name, s.values["search"], list[i].Query)
		}
		minutes[s.values["cron_schedule"]]++
	}
	for schedule, n := range minutes {
		if n > 2*len(list)/60 {
			t.Errorf("%d of %d searches run at %s", n, len(list), schedule)
		}
	}
	t.Logf("%d searches, %d rules left out", len(list), left)
}
