package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/lint"
)

func parse(t testing.TB, yaml string) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.Parse("p.yml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lines writes findings, a line each.
func lines(found []lint.Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s: %s [%s]\n", f.Severity, f.Error.Error(), f.Code)
	}
	return b.String()
}

// TestCheck has a case for each kind of finding, beside what is all right.
func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"a contradiction", `
- type: set_state
  key: index
  val: x
  rule_conditions: [{type: logsource, category: a}, {type: logsource, category: b}]
- type: set_state
  key: index
  val: x
  rule_conditions: [{type: logsource, category: a}, {type: logsource, category: b}]
  rule_cond_op: or
- type: set_state
  key: index
  val: x
  rule_conditions: [{type: logsource, product: a}, {type: logsource, category: b, product: a}]
`, `
error: p.yml:2:3: the conditions of the step contradict each other, so it never runs: the log source has category a and the log source has category b [unreachable]
`},
		{"what is not about the log source", `
- type: set_state
  key: index
  val: x
  rule_conditions: {a: {type: tag, tag: t}, b: {type: contains_field, field: F}}
  rule_cond_expr: a and b and not a
- type: nest
  rule_conditions: [{type: tag, tag: t}]
  items:
  - {type: set_state, key: index, val: x, rule_cond_not: true, rule_conditions: [{type: tag, tag: t}]}
  - {type: set_state, key: index, val: x, rule_cond_not: true, rule_conditions: [{type: tag, tag: u}]}
- type: nest
  rule_conditions: [{type: contains_field, field: F}]
  items:
  - {type: field_name_mapping, mapping: {F: G}}
  - {type: set_state, key: index, val: x, rule_cond_not: true, rule_conditions: [{type: contains_field, field: F}]}
`, `
error: p.yml:2:3: the conditions of the step contradict each other, so it never runs: the rule has the tag t and an item tests F and not (the rule has the tag t) [unreachable]
error: p.yml:10:5: the condition of the step contradicts that of the step around it, so it never runs: not (the rule has the tag t) [unreachable]
`},
		{"below another condition", `
- type: nest
  rule_conditions: [{type: logsource, category: a}]
  items:
  - type: nest
    items:
    - {type: set_state, key: index, val: x, rule_conditions: [{type: logsource, category: b}]}
  - {type: set_state, key: index, val: x, rule_conditions: [{type: logsource_lacks, attributes: [category]}]}
`, `
error: p.yml:7:7: the condition of the step contradicts that of the step around it, so it never runs: the log source has category b [unreachable]
error: p.yml:8:5: the condition of the step contradicts that of the step around it, so it never runs: the log source has no category [unreachable]
`},
		{"behind a refusal and a change", `
- {type: rule_failure, message: no, rule_conditions: [{type: logsource, category: a}]}
- {type: set_state, key: index, val: x, rule_conditions: [{type: logsource, category: a, product: p}]}
- {type: change_logsource, category: d, rule_conditions: [{type: logsource, category: c}]}
- {type: set_state, key: index, val: x, rule_conditions: [{type: logsource, category: c}]}
- {type: set_state, key: index, val: x, rule_conditions: [{type: logsource, category: d}]}
- {id: all, type: rule_failure, message: no}
- {type: set_state, key: index, val: x}
`, `
warning: p.yml:3:3: the step never runs, since steps before it refuse such rules or change their log source: the log source has product p, category a (see rule_failure, p.yml:2:3) [unreachable]
warning: p.yml:5:3: the step never runs, since steps before it refuse such rules or change their log source: the log source has category c (see change_logsource, p.yml:4:3) [unreachable]
warning: p.yml:8:3: the step never runs, since steps before it refuse such rules or change their log source (see all, p.yml:7:3) [unreachable]
`},
		{"facts change the service", `
- {type: fact_condition, attribute: category, facts: sysmon-categories, field: EventID, column: event, service: service}
- {type: set_state, key: index, val: x, rule_conditions: [{type: logsource, category: dns_query, service: dns}]}
- {type: set_state, key: index, val: x, rule_conditions: [{type: logsource, category: dns_query, service: sysmon}]}
`, `
warning: p.yml:3:3: the step never runs, since steps before it refuse such rules or change their log source: the log source has category dns_query, service dns (see fact_condition, p.yml:2:3) [unreachable]
`},
		{"conditions on items and fields", `
- {type: set_value, value: 1, field_name_conditions: [{type: include_fields, fields: [A]}, {type: include_fields, fields: [B]}]}
- {type: set_value, value: 1, field_name_conditions: [{type: include_fields, fields: [A]}, {type: exclude_fields, fields: [B]}]}
- type: set_value
  value: 1
  detection_item_conditions: {a: {type: is_null, cond: any}}
  detection_item_cond_expr: a and not a
- {type: field_name_mapping, mapping: {A: a, B: b}, field_name_conditions: [{type: include_fields, fields: [B, C]}]}
- {type: field_name_mapping, mapping: {A: a, C: c}, field_name_conditions: [{type: exclude_fields, mode: re, fields: ['[CD]']}]}
`, `
error: p.yml:2:3: the conditions on field names contradict each other, so the step does nothing [unreachable]
error: p.yml:4:3: the conditions on items contradict each other, so the step does nothing [unreachable]
warning: p.yml:8:40: the conditions of the step leave out the field "A", so this has no effect [unreachable]
warning: p.yml:9:46: the conditions of the step leave out the field "C", so this has no effect [unreachable]
`},
		{"mappings", `
- {type: field_name_mapping, mapping: {A: x, B: B, C: [C, y]}}
- {type: field_name_mapping, mapping: {A: a, B: b, C: c}}
- {type: field_name_mapping, mapping: {D: d}, rule_conditions: [{type: logsource, category: a}]}
- {type: field_name_mapping, mapping: {D: d}, rule_conditions: [{type: logsource, category: a, product: p}]}
- {type: field_name_mapping, mapping: {D: d}, rule_conditions: [{type: logsource, product: p}]}
- {type: field_name_mapping, mapping: {E: e}, detection_item_conditions: [{type: is_null, cond: all}]}
- {type: field_name_mapping, mapping: {E: f}}
- {type: add_condition, conditions: {'E|startswith': x}}
- {type: field_name_mapping, mapping: {E: f}}
- {type: field_name_prefix_mapping, mapping: {x: X}}
- {type: field_name_prefix_mapping, mapping: {xy: X}}
- {type: field_name_prefix, prefix: pre}
- {type: field_name_mapping, mapping: {predator: p, other: o}}
`, `
warning: p.yml:3:40: the field "A" has another name by now, so this has no effect (see p.yml:2:40) [shadowed-mapping]
warning: p.yml:5:40: the field "D" has another name by now, so this has no effect (see p.yml:4:40) [shadowed-mapping]
warning: p.yml:12:47: the fields that begin with "xy" have another name by now, so this has no effect (see p.yml:11:47) [shadowed-mapping]
warning: p.yml:14:53: the field "other" has another name by now, so this has no effect (see p.yml:13:3) [shadowed-mapping]
`},
		{"mappings on two ways", `
- {type: field_name_mapping, mapping: {A: a}, rule_conditions: [{type: logsource, category: a}]}
- {type: field_name_mapping, mapping: {A: b}, rule_cond_not: true, rule_conditions: [{type: logsource, category: a}]}
- {type: field_name_mapping, mapping: {A: c}}
`, `
warning: p.yml:4:40: the field "A" has another name by now, so this has no effect (see p.yml:2:40 and p.yml:3:40) [shadowed-mapping]
`},
		{"ids", `
- id: outer
  type: nest
  items:
  - {id: inner, type: set_state, key: index, val: x, rule_conditions: [{type: processing_item_applied, processing_item_id: outer}]}
- {type: set_state, key: index, val: x, rule_conditions: [{type: processing_item_applied, processing_item_id: inner}]}
- {type: set_value, value: 1, detection_item_conditions: [{type: processing_item_applied, processing_item_id: iner}]}
- {type: set_value, value: 1, field_name_conditions: [{type: processing_item_applied, processing_item_id: later}]}
- {id: later, type: set_value, value: 1}
`, `
error: p.yml:5:72: the step "outer" has not run yet when the condition asks for it (see p.yml:2:3) [unknown-step]
error: p.yml:7:59: no step has the id "iner" (did you mean "inner"?) [unknown-step]
error: p.yml:8:55: the step "later" has not run yet when the condition asks for it (see p.yml:9:3) [unknown-step]
`},
		{"state", `
- {type: set_value, value: 1, detection_item_conditions: [{type: processing_state, key: a, val: 1}]}
- {type: set_state, key: a, val: 1}
- {type: set_value, value: 1, field_name_conditions: [{type: processing_state, key: a, val: 1}]}
- {type: set_state, key: unread, val: 1}
- {type: set_state, key: index, val: 1}
- {type: set_value, value: 1, rule_conditions: [{type: processing_state, key: b, val: 1}]}
`, `
error: p.yml:2:59: no step before sets the state "a", so the condition never holds (it is set later, by set_state, p.yml:3:3) [state-not-set]
warning: p.yml:5:3: the state "unread" is set, and nothing reads it (what is read elsewhere: index) [state-not-read]
error: p.yml:7:49: no step before sets the state "b", so the condition never holds [state-not-set]
`},
		{"postprocessing", `
- {id: one, type: set_state, key: seen, val: x}
- {type: set_state, key: unread, val: x}
postprocessing:
- type: nest
  rule_conditions: [{type: processing_item_applied, processing_item_id: one}, {type: processing_state, key: seen, val: x}]
  items:
  - {id: two, type: embed, prefix: a, rule_conditions: [{type: processing_item_applied, processing_item_id: three}]}
- {id: three, type: embed, prefix: b, rule_conditions: [{type: processing_item_applied, processing_item_id: two}]}
`, `
warning: p.yml:3:3: the state "unread" is set, and nothing reads it (what is read elsewhere: index) [state-not-read]
error: p.yml:8:57: the step "three" has not run yet when the condition asks for it (see p.yml:9:3) [unknown-step]
`},
		{"templates", `
- {type: set_state, key: unread, val: x}
vars: {v: [x]}
postprocessing:
- {type: nest, items: [{type: simple_template, template: '{query} {pipeline.state.unread}'}]}
`, ``},
		{"placeholders", `
- {type: value_placeholders, include: [usres, admins]}
- {type: add_condition, conditions: {'A|expand': '%early%'}}
- {type: query_expression_placeholders, exclude: [never], expression: x}
- {type: add_condition, conditions: {'A|expand': ['%late%', '%never%'], B: '%plain%'}}
- {type: wildcard_placeholders, include: [late]}
`, `
warning: p.yml:7:21: no step fills placeholders with the variable "users" (value_placeholders does that) [unused-variable]
error: p.yml:2:40: there is no variable "usres", so every rule with that placeholder is refused (did you mean "users"?) [unknown-variable]
error: p.yml:5:61: no step behind this one fills the placeholder "never" [unfilled]
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			yaml := "transformations:" + c.yaml
			if c.name == "placeholders" {
				yaml += "vars: {admins: [a], users: [b]}\n"
			}
			p := parse(t, yaml)
			if got := lines(lint.Check(p, lint.Options{StateRead: []string{"index"}})); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got:\n%s\nwant:%s", got, c.want)
			}
		})
	}
}

// TestShipped wants nothing to say of the pipelines that come with the
// project, alone and in the chains that people use.
func TestShipped(t *testing.T) {
	chains := [][]string{{"sysmon", "splunk_windows"}, {"sysmon", "ecs_windows"}, {"windows-audit", "ecs_windows"}, {"windows-audit", "splunk_windows"}}
	o := lint.Options{StateRead: []string{"index", "query_table", "data_model_set", "fields"}}
	for _, info := range pipeline.Builtins() {
		chains = append(chains, []string{info.Name})
		p, _ := pipeline.Builtin(info.Name)
		set, read := lint.State(p)
		o.StateSet, o.StateRead = append(o.StateSet, set...), append(o.StateRead, read...)
	}
	for _, names := range chains {
		var ps []*pipeline.Pipeline
		for _, name := range names {
			p, ok := pipeline.Builtin(name)
			if !ok {
				t.Fatalf("there is no pipeline %s", name)
			}
			ps = append(ps, p)
		}
		for _, f := range lint.Check(pipeline.Chain(ps...), o) {
			// That a chain leaves out what one of its pipelines does alone is worth a note.
			if f.Severity != lint.Note || len(names) == 1 {
				t.Errorf("%v: %s", names, lines([]lint.Finding{f}))
			}
		}
	}
}

// rule builds a rule of a log source with items.
func rule(t testing.TB, name, source, items string) *ir.Rule {
	t.Helper()
	r, err := sigma.ParseRule(name, []byte("title: t\nlogsource: {"+source+"}\nfields: [Listed]\ndetection:\n  sel:\n"+items+"\n  condition: sel\n"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ir.Build(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRules has what rules show of a pipeline.
func TestRules(t *testing.T) {
	p := parse(t, `
vars: {p: [1], unused: [2]}
transformations:
- {type: value_placeholders}
- {type: field_name_mapping, mapping: {A: a, Same: Same, Never: n, Listed: l, AsWell: w}}
- {type: set_state, key: index, val: x, rule_conditions: [{type: logsource, category: none}]}
- {type: replace_string, regex: v, replacement: w}
- {type: rule_failure, message: no home for $logsource, rule_conditions: [{type: logsource, category: homeless}]}
- {type: detection_item_failure, message: 'the field "F" is wrong', field_name_conditions: [{type: include_fields, fields: [F]}]}
`)
	rules := []*ir.Rule{
		rule(t, "1.yml", "category: one", "    A|expand: '%p%'\n    Same: v\n    Lost: v"),
		rule(t, "2.yml", "category: one", "    A: x\n    Lost: v\n    Other: v"),
		rule(t, "3.yml", "category: two, product: p", "    Lost: v"),
		rule(t, "4.yml", "category: homeless", "    A: v"),
		rule(t, "5.yml", "category: homeless, product: p", "    A: v"),
		rule(t, "6.yml", "category: one", "    F: v"),
	}
	found := lint.Check(p, lint.Options{Rules: rules, StateRead: []string{"index"}})
	want := `note: p.yml:6:3: set_state does nothing to any of the 6 rules [unused-step]
note: p.yml:5:58: none of the 6 rules uses 2 of the 5 mappings: Never, AsWell [unused-mapping]
note: p.yml:2:16: none of the 6 rules has a placeholder "unused" [unused-variable]
note: p.yml:1:1: category one: fields that no step maps, in 2 of the rules: Lost 2, Other 1 (the first is 1.yml:8:5) [unmapped-field]
note: p.yml:1:1: product p, category two: fields that no step maps, in 1 of the rules: Lost 1 (the first is 3.yml:6:5) [unmapped-field]
note: p.yml:8:3: 2 of the 6 rules refused: no home for …: category homeless 1, product p, category homeless 1 (the first is 4.yml:2:1) [refused-rules]
note: p.yml:9:3: 1 of the 6 rules refused: the field "…" is wrong: F 1 (the first is 6.yml:6:5) [refused-rules]
`
	if got := lines(found); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if c := found[1].Counts; len(c) != 2 || c[1].Name != "AsWell" {
		t.Errorf("the counts are %v", c)
	}
}

// TestColumns takes columns of the rule's table for fields that need no
// mapping.
func TestColumns(t *testing.T) {
	p := parse(t, "transformations:\n- {type: set_table, schema: xdr, table: DeviceProcessEvents}\n- {type: computed_field, field: Made, expression: now()}\n")
	r := rule(t, "1.yml", "category: one", "    FolderPath: x\n    Made: y\n    Lost: z")
	want := "note: p.yml:1:1: category one: fields that no step maps, in 1 of the rules: Lost 1 (the first is 1.yml:8:5) [unmapped-field]\n"
	if got := lines(lint.Check(p, lint.Options{Rules: []*ir.Rule{r}})); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestBounded checks a pipeline that would take hours.
func TestBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("transformations:\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "- {type: change_logsource, category: c%d, product: p%d, rule_conditions: [{type: logsource, category: c%d}, {type: logsource, product: p%d}], rule_cond_op: or}\n", i, i/2, i+7, i/3)
		fmt.Fprintf(&b, "- {type: field_name_mapping, mapping: {F%d: F%d}, rule_conditions: [{type: logsource, category: c%d}]}\n", i%50, i%49, i/2)
	}
	found := lint.Check(parse(t, b.String()), lint.Options{})
	last := len(found) - 1
	if last < 0 || !strings.Contains(lines(found), string(lint.NotWhollyChecked)) {
		t.Errorf("%d findings, and none that the check is not complete", len(found))
	}
}
