package pipeline_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
)

// withTemplates reads a pipeline that has templates.
func withTemplates(t testing.TB, yaml string) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.Options{Templates: jinja.Compile}.Parse("p.yml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestResolverOrder puts pipelines of equal priority into the order of what a
// user names, wherever they stand on the command line, as pySigma does.
func TestResolverOrder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, priority := range map[string]string{"b.yml": "10", "a.yml": "10", "sub/c.yml": "10", "first.yml": "5", "zz.yml": ""} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		text := "name: x\ntransformations: [{type: field_name_suffix, suffix: '." + strings.TrimSuffix(filepath.Base(name), ".yml") + "'}]\n"
		if priority != "" {
			text += "priority: " + priority + "\n"
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ specs, want string }{
		{"b.yml a.yml", "F.a.b"},
		{"./b.yml a.yml", "F.b.a"}, // by the text of the path
		{"sub/c.yml b.yml first.yml zz.yml", "F.zz.first.b.c"},
		{".", "F.zz.first.a.b.c"},
		{"sub/*", "F.c"},
		{"sub/ b.yml", "F.b.c"},
	} {
		var ps []*pipeline.Pipeline
		for spec := range strings.FieldsSeq(c.specs) {
			p, err := pipeline.Resolve(spec)
			if err != nil {
				t.Fatal(err)
			}
			ps = append(ps, p)
		}
		out, err := pipeline.Chain(ps...).Apply(itemRule("F", "", "v"), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := ir.String(out.Where[0]); got != "sel{"+c.want+`="v"}` {
			t.Errorf("%s: got %s, want %s", c.specs, got, c.want)
		}
	}
}

// TestChainOutput runs the postprocessing and the finalizers of all parts of a
// chain, in its order, with all of their variables.
func TestChainOutput(t *testing.T) {
	a := withTemplates(t, "priority: 2\nvars: {x: 1, y: 2}\npostprocessing: [{type: embed, suffix: a}]\nfinalizers: [{type: concat, separator: ','}]\n")
	b := withTemplates(t, "priority: 1\nvars: {x: 3}\npostprocessing: [{type: embed, suffix: b}]\n")
	c := withTemplates(t, "priority: 3\nfinalizers: [{type: template, template: '{{ queries }} {{ pipeline.vars.x }} {{ pipeline.vars.y }} {{ pipeline.vars.more }}'}]\n")
	p := pipeline.Chain(c, pipeline.Chain(a, b))
	r := itemRule("F", "", "v")
	all := p.Collect(map[string]string{"more": "m"})
	for _, q := range []string{"1", "2"} {
		out, err := p.Postprocess(r, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		all.Add(r, out)
	}
	if got, err := all.Text(); got != "1ba,2ba 1 2 m" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if !p.Finalizes() || b.Finalizes() || (*pipeline.Pipeline)(nil).Finalizes() {
		t.Error("Finalizes is wrong")
	}
	if got, err := (*pipeline.Pipeline)(nil).Postprocess(r, "q", nil); got != "q" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestFinalState shows finalizers what of the state is the same for all rules.
func TestFinalState(t *testing.T) {
	p := withTemplates(t, `
transformations:
  - {type: set_state, key: same, val: [1]}
  - {type: set_state, key: differs, val: a}
  - {type: set_state, key: differs, val: b, rule_conditions: [{type: contains_field, field: G}]}
  - {type: set_state, key: some, val: c, rule_conditions: [{type: contains_field, field: G}]}
finalizers: [{type: template, template: '{{ pipeline.state.same }}{{ pipeline.state.none }}{{ pipeline.state[pipeline.vars.key] }}'}]
`)
	for key, want := range map[string]string{"same": "[1][1]", "other": "[1]", "differs": "not the same for all rules", "some": "not the same for all rules"} {
		all := p.Collect(map[string]string{"key": key})
		for _, field := range []string{"F", "G", "F"} {
			r, err := p.Apply(itemRule(field, "", "v"), "")
			if err != nil {
				t.Fatal(err)
			}
			all.Add(r, "q")
		}
		got, err := all.Text()
		if got != want && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %q, %v, want %q", key, got, err, want)
		}
		for _, e := range sigma.Errors(err) {
			if e.Pos.String() != "p.yml:7:14" {
				t.Errorf("%s: the place is %s", key, e.Pos)
			}
		}
	}
}

// TestEmptyOutput finalizes nothing.
func TestEmptyOutput(t *testing.T) {
	for yaml, want := range map[string]string{
		"{type: json}": "[]", "{type: yaml}": "[]\n", "{type: concat, prefix: a, suffix: b}": "ab",
		"{type: template, template: '{{ queries|length }}{{ pipeline.state.x }}'}": "0",
	} {
		if got, err := withTemplates(t, "finalizers: ["+yaml+"]").Collect(nil).Text(); got != want || err != nil {
			t.Errorf("%s: got %q, %v", yaml, got, err)
		}
	}
}

// TestOutputBombs makes queries and outputs that would be too long.
func TestOutputBombs(t *testing.T) {
	repeat := func(item string, n int) string {
		return "postprocessing: [" + strings.Repeat(item+", ", n) + "]"
	}
	query := strings.Repeat("a", 100000)
	for name, yaml := range map[string]string{
		"replace":         `postprocessing: [{type: replace, pattern: 'a', replacement: '` + strings.Repeat("b", 10000) + `'}]`,
		"replace all":     repeat(`{type: replace, pattern: '.*', replacement: '\g<0>\g<0>'}`, 60),
		"simple_template": repeat(`{type: simple_template, template: '{query}{query}'}`, 60),
		"width":           `postprocessing: [{type: simple_template, template: '` + strings.Repeat("{query:>65535}", 5000) + `'}]`,
		"json":            `postprocessing: [{type: json, json_template: '["%QUERY%"` + strings.Repeat(`, "%QUERY%"`, 100) + `]'}]`,
		"json quotes":     repeat(`{type: json, json_template: '["%QUERY%", "%QUERY%"]'}`, 60),
		"embed":           repeat(`{type: embed, prefix: '`+strings.Repeat("a", 1000)+`'}`, 5000),
		"template":        repeat(`{type: template, template: '{{ query }}{{ query }}'}`, 60),
		"nest":            `postprocessing: [{type: nest, items: [{type: simple_template, template: '` + strings.Repeat("{query}", 100) + `'}]}]`,
	} {
		p := withTemplates(t, yaml)
		out, err := p.Postprocess(itemRule("F", "", "v"), query, nil)
		if err == nil || !errors.Is(err, sigma.BadPipeline) {
			t.Errorf("%s: made %d bytes, %v", name, len(out), err)
		}
	}
	big := strings.Repeat("a", 1<<20)
	for name, yaml := range map[string]string{
		"queries":  "finalizers: [{type: concat}]",
		"concat":   "finalizers: [{type: concat, separator: '" + strings.Repeat("b", 3<<20) + "'}]",
		"template": "finalizers: [{type: template, template: '{% for q in queries %}{{ queries|join }}{% endfor %}'}]",
		"json":     "finalizers: [{type: json}, " + strings.Repeat("{type: json}, ", 100) + "]",
	} {
		all := withTemplates(t, yaml).Collect(nil)
		n := 30
		if name == "queries" {
			n = 65
		}
		for range n {
			all.Add(itemRule("F", "", "v"), big+`"`)
		}
		if out, err := all.Text(); err == nil {
			t.Errorf("%s: made %d bytes", name, len(out))
		}
	}
}

// TestAppliedUntouched keeps the rule as it was where no postprocessing may ask
// what was applied.
func TestAppliedUntouched(t *testing.T) {
	const steps = "transformations: [{id: x, type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [Z]}]}]\n"
	r := itemRule("F", "", "v")
	if out, err := parsed(t, steps).Apply(r, ""); out != r || err != nil {
		t.Errorf("the rule was copied, %v", err)
	}
	p := parsed(t, steps+"postprocessing: [{type: embed, suffix: s, rule_conditions: [{type: processing_item_applied, processing_item_id: x}]}]")
	out, err := p.Apply(r, "")
	if err != nil || len(out.Applied) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	if got, err := p.Postprocess(out, "q", nil); got != "qs" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestPostprocessCorrelation changes the query of a correlation, which has the
// log sources of its rules and what was applied to them.
func TestPostprocessCorrelation(t *testing.T) {
	p := withTemplates(t, `
transformations:
  - {id: step, type: set_state, key: a, val: b, rule_conditions: [{type: contains_field, field: G}]}
postprocessing:
  - {type: embed, suffix: " correlation", rule_conditions: [{type: is_sigma_correlation_rule}]}
  - {type: embed, suffix: " rule", rule_conditions: [{type: is_sigma_rule}]}
  - {type: embed, suffix: " linux", rule_conditions: [{type: logsource, product: linux}]}
  - {type: embed, suffix: " macos", rule_conditions: [{type: logsource, product: macos}]}
  - {type: embed, suffix: " field", rule_conditions: [{type: contains_field, field: G}]}
  - {type: embed, suffix: " step", rule_conditions: [{type: processing_item_applied, processing_item_id: step}]}
  - {type: template, template: "{{ query }} {{ rule.title }}"}
`)
	var members []*ir.Rule
	for field, product := range map[string]string{"F": "windows", "G": "linux"} {
		r := itemRule(field, "", "v")
		r.LogSource.Product = product
		out, err := p.Apply(r, "")
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, out)
	}
	name := &ir.Rule{Source: &sigma.Rule{Meta: sigma.Meta{Title: "Many"}}}
	got, err := p.PostprocessCorrelation(name, members, "q", nil)
	if want := "q correlation linux step Many"; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if got, err := (*pipeline.Pipeline)(nil).PostprocessCorrelation(name, members, "q", nil); got != "q" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
