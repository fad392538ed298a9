package sigmago_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	theirs "github.com/bradleyjkemp/sigma-go"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

var update = flag.Bool("update", false, "rewrite want.txt of testdata")

// TestConfigs converts the rule of each file of testdata with the pipeline
// that its configurations make, to the languages that use indices in
// different ways, and compares with want.txt.
func TestConfigs(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want string
			a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool {
				if f.Name == "want.txt" {
					want = string(f.Data)
				}
				return f.Name == "want.txt"
			})
			got := converted(t, a.Files)
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s\nwant:\n%s", got, want)
			}
			a.Files = append(a.Files, txtar.File{Name: "want.txt", Data: []byte(got)})
			if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// converted returns the queries for the rule, and the warnings of the pipeline.
func converted(t *testing.T, files []txtar.File) string {
	t.Helper()
	var configs []*sigmago.Config
	var rule *sigma.Rule
	for _, f := range files {
		if f.Name == "rule.yml" {
			r, err := sigma.ParseRule(f.Name, f.Data)
			if err != nil {
				t.Fatal(err)
			}
			rule = r
			continue
		}
		if !sigmago.IsConfig(f.Data) && !strings.Contains(string(f.Data), "placeholders") {
			t.Errorf("%s is not seen to be a configuration", f.Name)
		}
		configs = append(configs, parsed(t, f.Name, string(f.Data)))
	}
	p, err := sigmago.Pipeline(configs...)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%s, priority %d\n", p.Name, p.Priority)
	for _, target := range []string{"splunk", "esql", "kusto"} {
		if p.Supports(target) != nil {
			continue
		}
		c, err := backends.New(backends.Options{Target: target, Pipeline: p})
		if err != nil {
			t.Fatal(err)
		}
		result, err := c.Compile(rule)
		if err != nil {
			for _, e := range sigma.Errors(err) {
				out += fmt.Sprintf("%s error: %s [%s]\n", target, e, e.Code)
			}
			continue
		}
		out += target + ": " + strings.ReplaceAll(result.Queries[0].Text, "\n", " ") + "\n"
		for _, w := range result.Warnings {
			if strings.Contains(w.Error(), "step ") {
				out += fmt.Sprintf("%s warning: %s [%s]\n", target, w, w.Code)
			}
		}
	}
	return out
}

func parsed(t testing.TB, name, text string) *sigmago.Config {
	t.Helper()
	c, err := sigmago.ParseConfig(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConfigErrors reads wrong configurations. The place is that of the mark
// ^^^, which is taken out; the message is matched as a regular expression.
func TestConfigErrors(t *testing.T) {
	source := func(s string) string { return "logsources:\n  a:\n    product: x\n    " + s + "\n" }
	for _, c := range []struct {
		name, yaml, want string
		code             sigma.Code
	}{
		{"empty", "", "the file is empty", sigma.BadPipeline},
		{"no YAML", "a: [b\n", "did not find expected", sigma.BadYAML},
		{"two documents", "title: a\n^^^---\ntitle: b\n", "one YAML document", sigma.BadYAML},
		{"a list", "^^^[a]", "must be a mapping, not a list", sigma.BadPipeline},
		{"a tag", "title: ^^^!x a\n", "type !x", sigma.BadYAML},
		{"unknown key", "^^^fieldmapping: {}\n", `no key "fieldmapping" .*did you mean "fieldmappings"`, sigma.BadPipeline},
		{"key twice", "order: 1\n^^^order: 2\n", `"order" stands twice .*line 1`, sigma.DuplicateKey},
		{"null key", "^^^~: 2\n", "must be a string, not null", sigma.BadPipeline},
		{"key is a list", "^^^[a]: 2\n", "must be a string, not a list", sigma.BadPipeline},
		{"merge", "<<: ^^^a\n", "only a mapping can be merged", sigma.BadPipeline},
		{"overrides", "^^^overrides: []\n", "overrides.* cannot be kept .*postprocessing item replace", sigma.Unsupported},
		{"excluded fields", "^^^excludedfields: []\n", "cannot be kept", sigma.Unsupported},
		{"title", "title: ^^^[a]\n", "title must be a string, not a list", sigma.BadPipeline},
		{"order", "order: ^^^first\n", `order must be a whole number, not "first"`, sigma.BadPipeline},
		{"large order", "order: ^^^99999999999999999999\n", "whole number", sigma.BadPipeline},
		{"targets", "backends: ^^^splunk\n", "backends must be a list", sigma.BadPipeline},
		{"target", "backends: [^^^1]\n", "a target must be a string, not 1 .*quotes", sigma.BadPipeline},
		{"fields", "fieldmappings: ^^^[a]\n", "fieldmappings must be a mapping", sigma.BadPipeline},
		{"field is a number", "fieldmappings: {a: ^^^5}\n", "the name of a must be a string, not 5 .*quotes", sigma.BadPipeline},
		{"field without a name", "fieldmappings: {a: ^^^''}\n", "the name of a must not be empty", sigma.BadPipeline},
		{"field with no names", "fieldmappings: {a: ^^^[]}\n", "the name of a must not be empty", sigma.BadPipeline},
		{"list of lists", "fieldmappings: {a: [^^^[b]]}\n", "the name of a must be a string, not a list", sigma.BadPipeline},
		{"conditional name", "fieldmappings: {a: {b=1: ^^^{c: d}}}\n", "the name of a must be a string, not a mapping", sigma.BadPipeline},
		{"sources", "logsources: ^^^[a]\n", "logsources must be a mapping", sigma.BadPipeline},
		{"source", "logsources: {a: ^^^b}\n", `the log source a must be a mapping, not "b"`, sigma.BadPipeline},
		{"source of no rule", "logsources: {^^^a: {index: b}}\n", "needs a category, a product or a service", sigma.BadPipeline},
		{"source key", source("^^^condition: {}"), `the log source a has no key "condition" .*did you mean "conditions"`, sigma.BadPipeline},
		{"names in a source", source("^^^fieldmappings: {}"), "for one log source cannot be kept", sigma.Unsupported},
		{"product is a number", "logsources: {a: {product: ^^^5}}\n", "product must be a string", sigma.BadPipeline},
		{"conditions", source("conditions: ^^^[a]"), "conditions must be a mapping", sigma.BadPipeline},
		{"condition on nothing", source("conditions: {^^^a: []}"), "the condition on a has no value", sigma.BadPipeline},
		{"condition", source("conditions: {a: ^^^{b: c}}"), "the condition on a must be a value or a list of values, not a mapping", sigma.BadPipeline},
		{"index", source("index: ^^^{b: c}"), "index must be a string, not a mapping", sigma.BadPipeline},
		{"search", source("search: ^^^[b]"), "search must be a string, not a list", sigma.BadPipeline},
		{"rewrite", source("rewrite: ^^^b"), "rewrite must be a mapping", sigma.BadPipeline},
		{"rewrite to nothing", source("^^^rewrite: {}"), "rewrite needs a category, a product or a service", sigma.BadPipeline},
		{"rewrite key", source("rewrite: {^^^index: a}"), `rewrite has no key "index"`, sigma.BadPipeline},
		{"default index", "defaultindex: ^^^{a: b}\n", "defaultindex must be a string", sigma.BadPipeline},
		{"merging", "logsourcemerging: ^^^xor\n", `logsourcemerging cannot be "xor" .*and or or`, sigma.BadPipeline},
		{"placeholders", "placeholders: {a: ^^^b}\n", "the values of a must be a list", sigma.BadPipeline},
		{"placeholder", "placeholders: {a: [^^^[b]]}\n", "a value of a must be a string, not a list", sigma.BadPipeline},
		// What the pipeline says of its parts has their places:
		{"conditional", "fieldmappings: {a: {^^^b: c}}\n", `"b" is no condition on the names of a field`, sigma.BadPipeline},
		{"no names", "fieldmappings: {^^^a: {}}\n", `"a" has no new name`, sigma.BadPipeline},
		{"modifier", source("conditions: {^^^a|nope: 1}"), `no modifier "nope"`, sigma.BadPipeline},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after, marked := strings.Cut(c.yaml, "^^^")
			config, err := sigmago.ParseConfig("c.yml", []byte(before+after))
			if err == nil {
				_, err = sigmago.Pipeline(config)
			}
			list := sigma.Errors(err)
			if len(list) != 1 {
				t.Fatalf("errors: %v", err)
			}
			e := list[0]
			if !regexp.MustCompile(c.want).MatchString(e.Text()) || e.Code != c.code {
				t.Errorf("error %q [%s], want %q [%s]", e.Text(), e.Code, c.want, c.code)
			}
			place := fmt.Sprintf("c.yml:%d:%d", strings.Count(before, "\n")+1, len(before)-strings.LastIndex(before, "\n"))
			if marked && e.Pos.String() != place {
				t.Errorf("the error is at %s, want %s", e.Pos, place)
			}
		})
	}
}

// TestChainErrors joins configurations that do not go together.
func TestChainErrors(t *testing.T) {
	first := parsed(t, "first.yml", "order: 10\nbackends: [es-qs]\nfieldmappings:\n  EventID: code\n")
	for _, c := range []struct{ yaml, want string }{
		{"backends: [qradar, splunkxml]\n", "second.yml:1:12: the configuration is for qradar, splunk, and those before it are for elasticsearch (configurations of a chain are for the same target)"},
		{"fieldmappings:\n  A: {EventID=1: b}\n", "second.yml:2:7: the name depends on EventID, which has another name by then (first.yml gives it one in line 4; name that one here)"},
	} {
		if _, err := sigmago.Pipeline(first, parsed(t, "second.yml", c.yaml)); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// TestPlaces finds an error in the second of two configurations in that file.
func TestPlaces(t *testing.T) {
	one := parsed(t, "one.yml", "order: 10\nlogsources: {a: {product: x, conditions: {b: 1}}}\n")
	two := parsed(t, "two.yml", "logsources: {a: {product: x, conditions: {'b|no': 1}}}\n")
	if _, err := sigmago.Pipeline(one, two); err == nil || !strings.HasPrefix(err.Error(), "two.yml:1:43: ") {
		t.Errorf("error %v, want one in two.yml", err)
	}
}

func TestTargets(t *testing.T) {
	for _, c := range []struct{ backends, target, want string }{
		{"[]", "kusto", ""},
		{"[es-qs, kibana, elastalert]", "esql", ""},
		{"[es-qs, kibana, elastalert]", "splunk", `the pipeline "T" is not for the target splunk (it is for elasticsearch)`},
		{"[qradar]", "splunk", `the pipeline "T" is not for the target splunk (it is for qradar)`},
		{"[ala-rule]", "kusto", ""},
		{"[splunkdm, mdatp]", "kusto", ""},
	} {
		p, err := sigmago.Pipeline(parsed(t, "c.yml", "title: T\nbackends: "+c.backends+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := p.Supports(c.target); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s for %s: %q, want %q", c.backends, c.target, got, c.want)
		}
	}
}

// TestAliases compares the targets that configurations name with the aliases
// of the backends: a name that both know must be the same target.
func TestAliases(t *testing.T) {
	known := 0
	for _, name := range strings.Fields("splunk splunkxml splunkdm es-qs es-dsl es-rule es-eql kibana kibana-ndjson elastalert xpack-watcher ala ala-rule sentinel-rule mdatp elasticsearch opensearch lucene kql eql esql kusto") {
		p, err := sigmago.Pipeline(parsed(t, "c.yml", "backends: ["+name+"]\n"))
		if err != nil {
			t.Fatal(err)
		}
		if b := backends.Find(name); b != nil {
			known++
			if err := p.Supports(b.Name); err != nil {
				t.Errorf("%s is the backend %s, but not in a configuration: %v", name, b.Name, err)
			}
		}
	}
	if known < 10 {
		t.Errorf("only %d of the names are known", known)
	}
}

func TestIsConfig(t *testing.T) {
	for yaml, want := range map[string]bool{
		"fieldmappings: {a: b}\n":                        true,
		"title: x\nlogsources: {}\n":                     true,
		"defaultindex: a\n":                              true,
		"title: x\norder: 1\n":                           true,
		"title: x\norder: 1\nbackends: []\nfields: {}\n": true,
		"title: x\n":                                     false,
		"name: x\ntransformations: []\n":                 false,
		"fieldmappings: {a: b}\ntransformations: []\n":   false,
		"title: x\norder: 1\npriority: 2\n":              false,
		"[a]":                                            false,
		"":                                               false,
		"a: [":                                           false,
		"fieldmappings: {a: b}\n---\nlogsources: {a: b}\n": false,
	} {
		if got := sigmago.IsConfig([]byte(yaml)); got != want {
			t.Errorf("%q: %t, want %t", yaml, got, want)
		}
	}
}

// TestHostile reads files that are made to take long or to break the reader.
func TestHostile(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'm'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, yaml := range map[string]string{
		"aliases of aliases": bomb,
		"a cycle":            "logsources: &a {b: *a}\n",
		"a cycle of merges":  "logsources: &a {<<: *a}\n",
		"merges of merges":   "a: &a {x: 1}\nb: &b {<<: [*a, *a]}\nlogsources: {<<: [*b, *b]}\n",
		"nesting":            "fieldmappings: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n",
		"many keys":          "fieldmappings:\n" + strings.Repeat("  a: b\n", 100000),
		"large":              "title: " + strings.Repeat("x", 9<<20) + "\n",
		"many sources":       "logsources:\n" + sources(20000),
		"control characters": "title: \"\\0\"\nfieldmappings: {\"a\\n\": \"\\t\"}\nx: 1\n",
	} {
		c, err := sigmago.ParseConfig("c.yml", []byte(yaml))
		if err == nil {
			_, err = sigmago.Pipeline(c)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func sources(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  s%d: {product: a, index: b}\n", i)
	}
	return b.String()
}

// FuzzConfig reads any text: without a panic, with errors that have places,
// and what sigma-go reads of a configuration that is right is what the pipeline
// says.
func FuzzConfig(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if strings.HasSuffix(file.Name, ".yml") && file.Name != "rule.yml" {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		sigmago.IsConfig(data)
		c, err := sigmago.ParseConfig("c.yml", data)
		if err != nil {
			for _, e := range sigma.Errors(err) {
				if e.Pos.File == nil || e.Line < 1 || e.Col < 1 {
					t.Errorf("an error without a place: %v", e)
				}
			}
			return
		}
		read, err := theirs.ParseConfig(data)
		if err == nil && read.Title != "" && c.Title != read.Title {
			t.Errorf("the title is %q, sigma-go reads %q", c.Title, read.Title)
		}
		if err == nil && read.Order != 0 && c.Order != read.Order {
			t.Errorf("the order is %d, sigma-go reads %d", c.Order, read.Order)
		}
		p, err := sigmago.Pipeline(c)
		if err != nil {
			return
		}
		for field, mapping := range read.FieldMappings {
			if strings.ContainsAny(field, "|\"'\\") || len(mapping.TargetNames) != 1 {
				continue
			}
			checkName(t, p, field, mapping.TargetNames[0])
		}
	})
}

// checkName applies the pipeline to a rule of no log source that tests the
// field, which must have the name then.
func checkName(t *testing.T, p *pipeline.Pipeline, field, name string) {
	t.Helper()
	r := ruleFor(t, field)
	if r == nil {
		return
	}
	out, err := p.Apply(r, "")
	if err != nil {
		return
	}
	if got := fieldsOf(out); !slices.Contains(got, name) {
		t.Errorf("%q is called %q, sigma-go reads %q", field, got, name)
	}
}

// ruleFor returns a rule that tests one field.
func ruleFor(t *testing.T, field string) *ir.Rule {
	t.Helper()
	rule := &sigma.Rule{}
	item := &sigma.Item{Field: field, Values: []sigma.Value{{Kind: sigma.String, Text: "x"}}}
	rule.Detection.Searches = []*sigma.Search{{Name: "s", Node: sigma.AllOf{item}}}
	rule.Detection.Conditions = []*sigma.Condition{{Expr: &sigma.CondSearch{Name: "s"}}}
	r, err := ir.Build(rule)
	if err != nil {
		return nil
	}
	return r
}

// fieldsOf returns the fields that a rule tests.
func fieldsOf(r *ir.Rule) []string {
	var out []string
	for _, e := range r.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok {
				out = append(out, m.Field)
			}
			return true
		})
	}
	return out
}
