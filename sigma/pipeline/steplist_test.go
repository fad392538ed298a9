package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/manysteps"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// sameAsUnindexed compares what a pipeline makes of a rule with what its steps
// do one by one, and returns how many changes that were.
func sameAsUnindexed(t *testing.T, p, plain *pipeline.Pipeline, r *ir.Rule, target string) int {
	t.Helper()
	text := func(p *pipeline.Pipeline) (string, []pipeline.Change) {
		out, changes, err := p.Trace(r, target)
		if err != nil {
			return err.Error(), changes
		}
		return dump(out), changes
	}
	got, changes := text(p)
	want, wantChanges := text(plain)
	same := slices.EqualFunc(changes, wantChanges, func(a, b pipeline.Change) bool {
		return a.Kind == b.Kind && a.Step == b.Step && a.At == b.At && a.Pos == b.Pos && a.From == b.From && a.To == b.To
	})
	if got != want || !same {
		t.Errorf("%v: with an index:\n%s\n%v\nwithout:\n%s\n%v", r.Source.Pos, got, changes, want, wantChanges)
	}
	return len(changes)
}

// TestIndex compares long pipelines with themselves without an index.
func TestIndex(t *testing.T) {
	rules := corpusRules(t)
	var pipelines []*pipeline.Pipeline
	for seed := range uint64(3) {
		p, err := pipeline.Parse("many.yml", manysteps.YAML(rules, 1000, seed))
		if err != nil {
			t.Fatal(err)
		}
		pipelines = append(pipelines, p)
	}
	for _, names := range []string{"sysmon ecs_windows", "microsoft_xdr", "sentinel_asim"} {
		pipelines = append(pipelines, chain(t, names))
	}
	// A chain whose conditions ask what was applied to the rule.
	asking, err := pipeline.Parse("asking.yml", []byte(`
priority: 100
transformations:
- type: add_condition
  conditions: {asked: 1}
  rule_conditions: [{type: processing_item_applied, processing_item_id: step_5}]
`))
	if err != nil {
		t.Fatal(err)
	}
	pipelines = append(pipelines, pipeline.Chain(pipelines[0], asking))
	for _, p := range pipelines {
		plain, n := pipeline.Unindexed(p), 0
		for i, r := range rules {
			if i%3 == 0 {
				n += sameAsUnindexed(t, p, plain, r, "")
			}
		}
		if n < 1000 {
			t.Errorf("%s: only %d changes", p.Name, n)
		}
	}
}

// TestItemwise looks for transformations that do not exist any more.
func TestItemwise(t *testing.T) {
	for name := range pipeline.Itemwise() {
		if !slices.ContainsFunc(pipeline.Features(), func(f pipeline.Feature) bool { return f.Name == name && f.Kind == "transformation" }) {
			t.Errorf("there is no transformation %s", name)
		}
	}
}

// TestIndexSources applies a long pipeline to rules of more log sources than
// an index remembers.
func TestIndexSources(t *testing.T) {
	yaml := "transformations:\n"
	for i := range 20 {
		yaml += fmt.Sprintf("- {type: add_condition, conditions: {A: %d}, rule_conditions: [{type: logsource, service: s%d}]}\n", i, i*100)
	}
	p, err := pipeline.Parse("p.yml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		r := itemRule("F", "", "v")
		r.LogSource.Service = fmt.Sprintf("s%d", i)
		out, err := p.Apply(r, "")
		if err != nil {
			t.Fatal(err)
		}
		if changed := out != r; changed != (i%100 == 0) {
			t.Errorf("the rule of s%d: changed is %t", i, changed)
		}
	}
}

// TestIndexCases is about what an index must not miss: each pipeline changes
// the rule by a step that another one, or a part of the rule that is easily
// forgotten, makes possible.
func TestIndexCases(t *testing.T) {
	const filler = "- {type: set_state, key: filler, val: x, rule_conditions: [{type: logsource, service: none}]}\n"
	for _, c := range []struct{ name, steps, rule, want string }{
		{"applied", `
- {id: a, type: field_name_mapping, mapping: {Nope: x}}
- {type: set_state, key: k, val: v, rule_conditions: [{type: processing_item_applied, processing_item_id: a}]}
`, "{F: 1}", "state: k=v"},
		{"renamed", `
- {type: field_name_mapping, mapping: {F: G}}
- {type: field_name_mapping, mapping: {G: H}}
`, "{F: 1}", "where: sel{H=1}"},
		{"added", `
- {type: add_condition, conditions: {A: 1}}
- {type: field_name_mapping, mapping: {A: B}}
`, "{F: 1}", "where: and{B=1 sel{F=1}}"},
		{"list", `
- {type: field_name_mapping, mapping: {Listed: L}}
`, "{F: 1}", "fields: L"},
		{"read by a correlation", `
- {type: field_name_mapping, mapping: {Read: L}}
- {type: field_name_mapping, mapping: {L: M}}
`, "{F: 1}", "reads: Read=M"},
		{"reference", `
- {type: field_name_mapping, mapping: {Other: L}}
`, "{'F|fieldref': Other}", "where: sel{F=exact field L}"},
		{"reference in a list", `
- {type: field_name_mapping, mapping: {Other: L}}
`, "{'F|fieldref': [X, Other]}", "where: sel{F=any{exact field X exact field L}}"},
		{"keyword", `
- {type: field_name_mapping, mapping: {null: raw}}
`, "[word]", `where: sel{raw="*word*"}`},
		{"log source", `
- {type: change_logsource, service: other}
- {type: set_state, key: k, val: v, rule_conditions: [{type: logsource, service: other}]}
`, "{F: 1}", "state: k=v"},
		{"query", `
- {type: query_expression_placeholders, expression: '{field} in {id}'}
- {type: field_name_mapping, mapping: {F: G}}
`, "{'F|expand': '%list%'}", "where: sel{raw{G in list}}"},
		{"a condition with or", `
- type: set_state
  key: k
  val: v
  rule_cond_op: or
  rule_conditions: [{type: contains_field, field: X}, {type: contains_field, field: F}, {type: logsource, service: none}]
`, "{F: 1}", "state: k=v"},
		{"not", `
- type: set_state
  key: k
  val: v
  rule_cond_not: true
  rule_conditions: [{type: contains_field, field: X}, {type: logsource, category: process_creation}]
`, "{F: 1}", "state: k=v"},
		{"excluded", `
- {type: set_value, value: 2, field_name_conditions: [{type: exclude_fields, fields: [X]}]}
`, "{F: 1}", "where: sel{F=2}"},
		{"an expression", `
- {type: set_value, value: 2, field_name_conditions: [{type: include_fields, mode: re, fields: [F]}]}
`, "{F: 1}", "where: sel{F=2}"},
		{"by the event", `
- {type: conditional_field_mapping, mapping: {F: {category=process_creation: G}}}
- {type: field_name_mapping, mapping: {G: H}}
`, "{F: 1}", "where: sel{H=1}"},
		{"alternatives", `
- {type: add_alternative, conditions: {A: 1}}
- {type: require_alternative}
- {type: field_name_mapping, mapping: {A: B}}
`, "{F: 1}", "where: and{B=1 sel{F=1}}"},
		{"a regular expression", `
- {type: regex, field_name_conditions: [{type: include_fields, fields: [F]}]}
`, "{F: a}", "where: sel{F=/^[aA]$/}"},
		{"computed", `
- {type: computed_field, field: F, expression: now()}
`, "{F: 1}", "computed: F keyword = now()"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := pipeline.Parse("p.yml", []byte("transformations:\n"+strings.Repeat(filler, 8)+c.steps+strings.Repeat(filler, 8)))
			if err != nil {
				t.Fatal(err)
			}
			r := built(t, "r.yml", []byte("title: t\nfields: [Listed]\nlogsource: {category: process_creation}\ndetection:\n  sel: "+c.rule+"\n  condition: sel\n"))
			r.Reads = []ir.Read{{Pos: r.LogSource.Pos, Name: "Read", Fields: []string{"Read"}}}
			sameAsUnindexed(t, p, pipeline.Unindexed(p), r, "")
			out, err := p.Apply(r, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(out); !strings.Contains(got, c.want+"\n") {
				t.Errorf("want %s, got:\n%s", c.want, got)
			}
		})
	}
}
