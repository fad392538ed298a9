package pipeline_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
)

// TestParseErrors reads wrong pipelines. The place is that of the mark ^^^,
// which is taken out; the message is matched as a regular expression.
func TestParseErrors(t *testing.T) {
	step := func(s string) string { return "transformations:\n  - " + s + "\n" }
	cond := func(kind, s string) string {
		return "transformations:\n  - type: drop_detection_item\n    " + kind + "_conditions: [" + s + "]\n"
	}
	for _, c := range []struct {
		name, yaml, want string
		code             sigma.Code
	}{
		{"empty", "", "the file is empty", sigma.BadPipeline},
		{"no YAML", "a: [b\n", "did not find expected", sigma.BadYAML},
		{"a list", "^^^[a]", "the pipeline must be a mapping, not a list", sigma.BadPipeline},
		{"two documents", "name: a\n^^^---\nname: b\n", "one YAML document", sigma.BadPipeline},
		{"unknown key", "^^^transformation: []\n", `no parameter "transformation" .*did you mean "transformations"`, sigma.BadPipeline},
		{"duplicate key", "name: a\n^^^name: b\n", `"name" stands twice .*line 1`, sigma.DuplicateKey},
		{"priority", "priority: ^^^high\n", "whole number", sigma.BadPipeline},
		{"name", "name: ^^^[a]\n", `"name" must be a string, not a list`, sigma.BadPipeline},
		{"vars", "vars: ^^^x\n", `"vars" must be a mapping, not "x"`, sigma.BadPipeline},
		{"steps are no list", "transformations: ^^^{a: b}\n", "must be a list, not a mapping", sigma.BadPipeline},
		{"step is no mapping", step("^^^x"), `the step must be a mapping, not "x"`, sigma.BadPipeline},
		{"no type", step("^^^id: x"), "the step has no type", sigma.BadPipeline},
		{"unknown type", step("type: ^^^field_name_maping"), `no transformation "field_name_maping" .*did you mean "field_name_mapping"`, sigma.BadPipeline},
		{"field_name_transform", step("type: ^^^field_name_transform"), "calls a function of a Python program.*field_name_mapping", sigma.Unsupported},
		{"regex", step("{type: regex, method: ^^^ignore_case_flags}"), `did you mean "ignore_case_flag"`, sigma.BadPipeline},
		{"extract_fields", step("{type: extract_fields, regex: ^^^'(a)'}"), "no group with a name", sigma.BadPipeline},
		{"extract_fields twice", step("{type: extract_fields, regex: ^^^'(?P<a>a)(?P<a>b)'}"), "two groups", sigma.BadPipeline},
		{"file_placeholders", step("^^^type: file_placeholders"), `needs the parameter "path"`, sigma.BadPipeline},
		{"http_placeholders", step("^^^type: http_placeholders"), `needs the parameter "url"`, sigma.BadPipeline},
		{"http two bodies", step("{type: http_placeholders, url: x, form_data: {a: b}, json_body: ^^^{a: b}}"), "exclude each other", sigma.BadPipeline},
		{"http headers", step("{type: http_placeholders, url: x, headers: ^^^[a]}"), `"headers" must be a mapping`, sigma.BadPipeline},
		{"http timeout", step("{type: http_placeholders, url: x, timeout: ^^^0}"), `"timeout" must be a whole number from 1 to 600`, sigma.BadPipeline},
		{"command_placeholders", step("{type: command_placeholders, cmd: ^^^[]}"), `"cmd" must not be empty`, sigma.BadPipeline},
		{"format", step("{type: file_placeholders, path: a, format: ^^^jsn}"), `did you mean "json"`, sigma.BadPipeline},
		{"csv", step("^^^{type: file_placeholders, path: a, format: csv}"), `needs the parameter "csv_column"`, sigma.BadPipeline},
		{"csv name", step("{type: file_placeholders, path: a, format: csv, csv_column: ^^^a, csv_has_header: false}"), "no name where csv_has_header is false", sigma.BadPipeline},
		{"json", step("^^^{type: file_placeholders, path: a, format: json}"), `needs the parameter "jq_expression"`, sigma.BadPipeline},
		{"jq", step("{type: file_placeholders, path: a, format: json, jq_expression: ^^^.a}"), "jq expressions are not read here .*Options.Select", sigma.Unsupported},
		{"filter", step("{type: file_placeholders, path: a, filter: ^^^'('}"), "no regular expression", sigma.BadPipeline},
		{"source parameter", step("{type: file_placeholders, path: a, ^^^jq: .a}"), `no parameter "jq"`, sigma.BadPipeline},
		{"parameter", step("{type: field_name_prefix, prefix: a, ^^^prefx: b}"), `field_name_prefix has no parameter "prefx" .*did you mean "prefix"`, sigma.BadPipeline},
		{"condition key", step("{type: drop_detection_item, ^^^rule_condition: []}"), `did you mean "rule_conditions"`, sigma.BadPipeline},
		{"missing parameter", step("^^^type: field_name_prefix"), `field_name_prefix needs the parameter "prefix"`, sigma.BadPipeline},
		{"empty mapping", step("{type: field_name_mapping, mapping: ^^^{}}"), "must not be empty", sigma.BadPipeline},
		{"mapping is a list", step("{type: field_name_mapping, mapping: ^^^[a]}"), `"mapping" must be a mapping`, sigma.BadPipeline},
		{"mapping to nothing", step("{type: field_name_mapping, mapping: {^^^A: []}}"), `"A" has no new name .*drop_detection_item`, sigma.BadPipeline},
		{"mapping to null", step("{type: field_name_mapping, mapping: {A: ^^^null}}"), `"A" must be a string, not null`, sigma.BadPipeline},
		{"null prefix", step("{type: field_name_prefix_mapping, mapping: {^^^null: a}}"), "null is no prefix", sigma.BadPipeline},
		{"map_string to nothing", step("{type: map_string, mapping: {^^^A: []}}"), "mapped to nothing", sigma.BadPipeline},
		{"replace_string", step("{type: replace_string, regex: ^^^'(', replacement: x}"), "no regular expression: missing closing", sigma.BadPipeline},
		{"look-ahead", step("{type: replace_string, regex: ^^^'(?=a)', replacement: x}"), "look-around and back-references", sigma.BadPipeline},
		{"group", step(`{type: replace_string, regex: '(a)', replacement: ^^^'\2'}`), `no group "2"`, sigma.BadPipeline},
		{"named group", step(`{type: replace_string, regex: '(?P<a>a)', replacement: ^^^'\g<b>'}`), `no group "b"`, sigma.BadPipeline},
		{"set_value", step("{type: set_value, value: ^^^[1]}"), "must be a single value, not a list", sigma.BadPipeline},
		{"force_type", step("{type: set_value, value: a, force_type: ^^^int}"), `cannot be "int"`, sigma.BadPipeline},
		{"force number", step("{type: set_value, value: ^^^a, force_type: num}"), `"a" is not a number`, sigma.BadPipeline},
		{"force boolean", step("{type: set_value, value: ^^^true, force_type: str}"), "goes with strings and numbers", sigma.BadPipeline},
		{"case", step("{type: case, method: ^^^uper}"), `did you mean "upper"`, sigma.BadPipeline},
		{"include and exclude", step("^^^{type: wildcard_placeholders, include: [a], exclude: [b]}"), "exclude each other", sigma.BadPipeline},
		{"add_condition", step("{type: add_condition, conditions: ^^^{}}"), `"conditions" must not be empty`, sigma.BadPipeline},
		{"add_condition modifier", step("{type: add_condition, conditions: {^^^a|contain: b}}"), `no modifier "contain" .*did you mean "contains"`, sigma.BadPipeline},
		{"add_condition nested", step("{type: add_condition, conditions: {a: ^^^{b: c}}}"), "must be a single value", sigma.BadPipeline},
		{"change_logsource", step("^^^type: change_logsource"), "needs a category, a product or a service", sigma.BadPipeline},
		{"hashes_fields", step("{type: hashes_fields, valid_hash_algos: ^^^[]}"), "must not be empty", sigma.BadPipeline},
		{"hashes_fields without a name", step("^^^{type: hashes_fields, valid_hash_algos: [MD5], drop_algo_prefix: true}"), "needs a field_prefix", sigma.BadPipeline},
		{"facts", step("{type: fact_mapping, facts: ^^^processx, column: xdr}"), `no table of facts "processx" .*did you mean "process"`, sigma.BadPipeline},
		{"item of facts", step("{type: fact_item, field: EventID, facts: windows-events, column: ^^^xdrr, to: ActionType}"), `no column "xdrr" .*did you mean "xdr"`, sigma.BadPipeline},
		{"parameter of a table", step("^^^{type: table_parameter, field: F}"), `needs the parameter "parameter"`, sigma.BadPipeline},
		{"only fields", step("{type: set_state, key: k, val: v, rule_conditions: [^^^{type: uses_only_fields}]}"), `needs the parameter "fields"`, sigma.BadPipeline},
		{"item of facts without a field", step("^^^{type: fact_item, field: EventID, facts: windows-events, column: xdr}"), `needs the parameter "to"`, sigma.BadPipeline},
		{"column of facts", step("{type: fact_mapping, facts: process, column: ^^^xdrr}"), `facts process has no column "xdrr" .*did you mean "xdr"`, sigma.BadPipeline},
		{"service of facts", step("{type: fact_condition, attribute: service, facts: windows-services, column: channel, field: Channel, service: ^^^chanel}"), `no column "chanel" .*did you mean "channel"`, sigma.BadPipeline},
		{"nest", step("{type: nest, items: [{type: ^^^nets}]}"), `did you mean "nest"`, sigma.BadPipeline},
		{"flag", step("{type: add_condition, conditions: {a: b}, negated: ^^^maybe}"), "must be true or false", sigma.BadPipeline},
		{"set_table schema", step("{type: set_table, schema: ^^^xdrr, table: a}"), `unknown schema "xdrr".*did you mean "xdr"`, sigma.BadPipeline},
		{"set_table table", step("^^^{type: set_table, schema: xdr, table: DeviceProcesEvents}"), `no table "DeviceProcesEvents" .*did you mean "DeviceProcessEvents"`, sigma.BadPipeline},
		{"column_type", step("{type: computed_field, field: a, expression: b, column_type: ^^^number}"), `cannot be "number"`, sigma.BadPipeline},
		{"split_field", step("{type: split_field, field: a, separator: b, into: ^^^[c]}"), "must be two fields", sigma.BadPipeline},
		{"map_item cases", step("{type: map_item, field: a, cases: ^^^{}}"), `"cases" must be a list`, sigma.BadPipeline},
		{"map_item to", step("{type: map_item, field: a, cases: [{values: b, to: ^^^[]}]}"), `"to" must be a list`, sigma.BadPipeline},
		{"map_item null", step("{type: map_item, field: a, cases: [{values: ^^^null, to: [{field: b, values: c}]}]}"), "null is no value", sigma.BadPipeline},
		{"map_item test", step("{type: map_item, field: a, cases: [{values: b, to: [^^^{field: 'c|x', values: d}]}]}"), `no modifier "x"`, sigma.BadPipeline},
		{"map_item key", step("{type: map_item, field: a, cases: [{values: b, to: [{field: c, ^^^value: d, values: e}]}]}"), `did you mean "values"`, sigma.BadPipeline},
		{"warning code", step("{type: rule_warning, message: m, code: ^^^match-less}"), `did you mean "matches-less"`, sigma.BadPipeline},

		{"conditions", step("{type: drop_detection_item, rule_conditions: ^^^x}"), "must be a list or a mapping", sigma.BadPipeline},
		{"condition type", cond("rule", "{type: ^^^logsorce, product: a}"), `no rule condition "logsorce" .*did you mean "logsource"`, sigma.BadPipeline},
		{"condition without type", cond("rule", "^^^{product: a}"), `needs the parameter "type"`, sigma.BadPipeline},
		{"condition of another kind", cond("rule", "{type: ^^^include_fields, fields: [a]}"), `no rule condition "include_fields"`, sigma.BadPipeline},
		{"condition parameter", cond("rule", "{type: logsource, ^^^produkt: a, product: b}"), `did you mean "product"`, sigma.BadPipeline},
		{"logsource", cond("rule", "^^^{type: logsource}"), "needs a category, a product or a service", sigma.BadPipeline},
		{"logsource_lacks", cond("rule", "{type: logsource_lacks, attributes: ^^^[servis]}"), `no attribute "servis"`, sigma.BadPipeline},
		{"level", cond("rule", "{type: rule_attribute, attribute: level, value: ^^^hihg}"), `no level "hihg" .*did you mean "high"`, sigma.BadPipeline},
		{"op", cond("rule", "{type: processing_state, key: a, val: b, op: ^^^equals}"), `"op" cannot be "equals"`, sigma.BadPipeline},
		{"match_string", cond("detection_item", "{type: match_string, cond: any, pattern: ^^^'['}"), "no regular expression", sigma.BadPipeline},
		{"cond", cond("detection_item", "^^^{type: is_null}"), `needs the parameter "cond"`, sigma.BadPipeline},
		{"cond value", cond("detection_item", "{type: is_null, cond: ^^^some}"), `one of any, all`, sigma.BadPipeline},
		{"match_value", cond("detection_item", "{type: match_value, cond: any, value: ^^^null}"), "use is_null", sigma.BadPipeline},
		{"include_fields", cond("field_name", "{type: include_fields, mode: re, fields: ^^^['(']}"), "no regular expression", sigma.BadPipeline},
		{"mode", cond("field_name", "{type: include_fields, mode: ^^^regex, fields: [a]}"), `"mode" cannot be "regex"`, sigma.BadPipeline},
		{"postprocessing", "postprocessing: ^^^{type: embed}\n", "must be a list", sigma.BadPipeline},
		{"postprocessing type", "postprocessing: [{type: ^^^embd}]\n", `no postprocessing item "embd" .*did you mean "embed"`, sigma.BadPipeline},
		{"postprocessing without type", "postprocessing: [^^^{prefix: a}]\n", "has no type", sigma.BadPipeline},
		{"postprocessing of another kind", "postprocessing: [{type: ^^^field_name_mapping}]\n", "one of the transformations", sigma.BadPipeline},
		{"postprocessing parameter", "postprocessing: [{type: embed, ^^^prefx: a}]\n", `did you mean "prefix"`, sigma.BadPipeline},
		{"postprocessing conditions", "postprocessing: [{type: embed, prefix: a, ^^^field_name_conditions: []}]\n", `no parameter "field_name_conditions"`, sigma.BadPipeline},
		{"postprocessing condition", "postprocessing: [{type: embed, rule_conditions: [{type: ^^^tags}]}]\n", `did you mean "tag"`, sigma.BadPipeline},
		{"simple_template", "postprocessing: [{type: simple_template, template: ^^^'{query'}]\n", "a single '{'", sigma.BadPipeline},
		{"simple_template name", "postprocessing: [{type: simple_template, template: ^^^'{qury}'}]\n", `did you mean "query"`, sigma.BadPipeline},
		{"simple_template brackets", "postprocessing: [{type: simple_template, template: ^^^'{rule.tags[0}'}]\n", "not closed", sigma.BadPipeline},
		{"simple_template format", "postprocessing: [{type: simple_template, template: ^^^'{query:%Y}'}]\n", `no format "%Y"`, sigma.BadPipeline},
		{"simple_template conversion", "postprocessing: [{type: simple_template, template: ^^^'{query!x}'}]\n", `no conversion "x"`, sigma.BadPipeline},
		{"template", "postprocessing: [{type: template, template: ^^^'{{ query }}'}]\n", "templates are not read here .*Options.Templates", sigma.Unsupported},
		{"json", "postprocessing: [{type: json, json_template: ^^^'{'}]\n", "is no JSON", sigma.BadPipeline},
		{"json without the query", "postprocessing: [{type: json, json_template: ^^^'{\"a\": \"x %QUERY%\"}'}]\n", "the query has no place", sigma.BadPipeline},
		{"json rest", "postprocessing: [{type: json, json_template: ^^^'\"%QUERY%\" 1'}]\n", "behind the value", sigma.BadPipeline},
		{"replace", "postprocessing: [{type: replace, pattern: ^^^'(', replacement: a}]\n", "no regular expression", sigma.BadPipeline},
		{"replace group", "postprocessing: [{type: replace, pattern: a, replacement: ^^^'\\1'}]\n", `no group "1"`, sigma.BadPipeline},
		{"nest in postprocessing", "postprocessing: [{type: nest, items: [{type: ^^^embd}]}]\n", `did you mean "embed"`, sigma.BadPipeline},
		{"finalizers", "finalizers: ^^^x\n", "must be a list", sigma.BadPipeline},
		{"finalizer type", "finalizers: [{type: ^^^jsn}]\n", `no finalizer "jsn" .*did you mean "json"`, sigma.BadPipeline},
		{"finalizer without type", "finalizers: [^^^{indent: 2}]\n", "has no type", sigma.BadPipeline},
		{"finalizer parameter", "finalizers: [{type: concat, ^^^sparator: a}]\n", `did you mean "separator"`, sigma.BadPipeline},
		{"finalizer conditions", "finalizers: [{type: concat, ^^^rule_conditions: []}]\n", "no parameter", sigma.BadPipeline},
		{"indent", "finalizers: [{type: json, indent: ^^^a}]\n", "whole number", sigma.BadPipeline},
		{"nested", "finalizers: [{type: nested, finalizers: ^^^[]}]\n", "must not be empty", sigma.BadPipeline},
		{"nested type", "finalizers: [{type: nested, finalizers: [{type: ^^^cncat}]}]\n", `did you mean "concat"`, sigma.BadPipeline},
		{"cond_op", step("{type: drop_detection_item, rule_cond_op: ^^^xor}"), `did you mean "or"`, sigma.BadPipeline},
		{"expr without conditions", step("{type: drop_detection_item, rule_cond_expr: ^^^a}"), "needs rule_conditions", sigma.BadPipeline},
		{"expr over a list", step("{type: drop_detection_item, rule_conditions: ^^^[{type: is_sigma_rule}], rule_cond_expr: a}"), "conditions with names", sigma.BadPipeline},
		{"expr and op", step("{type: drop_detection_item, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_op: or, rule_cond_expr: ^^^a}"), "exclude each other", sigma.BadPipeline},
		{"expr name", step("{type: drop_detection_item, rule_conditions: {abc: {type: is_sigma_rule}}, rule_cond_expr: ^^^abd}"), `no condition "abd" .*did you mean "abc"`, sigma.BadPipeline},
		{"expr unused", step("{type: drop_detection_item, rule_conditions: {a: {type: is_sigma_rule}, ^^^b: {type: is_sigma_rule}}, rule_cond_expr: a}"), `does not name the condition "b"`, sigma.BadPipeline},
		{"expr parenthesis", step("{type: drop_detection_item, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: ^^^(a}"), "not closed", sigma.BadPipeline},
		{"expr end", step("{type: drop_detection_item, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: ^^^a and}"), "ends where a name is expected", sigma.BadPipeline},
		{"expr rest", step("{type: drop_detection_item, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: ^^^a a}"), `"a" stands where`, sigma.BadPipeline},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after, marked := strings.Cut(c.yaml, "^^^")
			_, err := pipeline.Parse("p.yml", []byte(before+after))
			list := sigma.Errors(err)
			if len(list) != 1 {
				t.Fatalf("errors: %v", err)
			}
			e := list[0]
			if !regexp.MustCompile(c.want).MatchString(e.Text()) || !errors.Is(err, c.code) {
				t.Errorf("error %q [%s], want %q [%s]", e.Text(), e.Code, c.want, c.code)
			}
			place := fmt.Sprintf("p.yml:%d:%d", strings.Count(before, "\n")+1, len(before)-strings.LastIndex(before, "\n"))
			if marked && e.Pos.String() != place {
				t.Errorf("the error is at %s, want %s", e.Pos, place)
			}
		})
	}
}

// TestParseAllErrors finds several mistakes in one run, in the order of the
// file.
func TestParseAllErrors(t *testing.T) {
	_, err := pipeline.Parse("p.yml", []byte("prority: 1\ntransformations:\n  - type: nothing\n  - type: field_name_prefix\n    sufix: a\n"))
	var lines []int
	for _, e := range sigma.Errors(err) {
		lines = append(lines, e.Line)
	}
	if fmt.Sprint(lines) != "[1 3 4 5]" {
		t.Errorf("errors in lines %v:\n%v", lines, err)
	}
}

// TestParseAliases reads anchors, aliases and merged mappings.
func TestParseAliases(t *testing.T) {
	p, err := pipeline.Parse("p.yml", []byte(`
transformations:
  - &base
    type: field_name_prefix
    prefix: a.
    rule_conditions: &conds [{type: logsource, product: windows}]
  - {<<: *base, prefix: b.}
  - {type: add_condition, conditions: {x: 1}, rule_conditions: *conds}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := built(t, "r.yml", []byte("title: t\nlogsource: {product: windows}\ndetection:\n  sel: {A: 1}\n  condition: sel\n"))
	out, err := p.Apply(r, "")
	if err != nil || !strings.Contains(dump(out), "and{x=1 sel{b.a.A=1}}") {
		t.Errorf("got %v, %v", out, err)
	}
}

// TestParseHostile reads input that must neither hang nor panic.
func TestParseHostile(t *testing.T) {
	nest := "transformations:\n"
	for i := range 12 {
		pad := strings.Repeat("  ", 2*i+1)
		nest += pad + "- type: nest\n" + pad + "  items:\n"
	}
	bomb := "transformations: &a\n  - {type: nest, items: *a}\n  - {type: nest, items: *a}\n  - {type: nest, items: *a}\n  - {type: nest, items: *a}\n"
	for name, yaml := range map[string]string{
		"nested":          nest,
		"recursive alias": bomb,
		"merge of itself": "a: &a\n  <<: *a\n",
		"brackets":        strings.Repeat("[", 100000),
		"parentheses":     "transformations: [{type: drop_detection_item, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: '" + strings.Repeat("(", 100000) + "'}]",
		"nots":            "transformations: [{type: drop_detection_item, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: '" + strings.Repeat("not ", 100000) + " a'}]",
		"long":            "# " + strings.Repeat("x", 9<<20),
		"NUL":             "name: \x00",
		"no UTF-8":        "name: \xff\xfe\xfa",
	} {
		if _, err := pipeline.Parse("p.yml", []byte(yaml)); err == nil {
			t.Errorf("%s: no error", name)
		} else if len(sigma.Errors(err)) > 100 {
			t.Errorf("%s: %d errors", name, len(sigma.Errors(err)))
		}
	}
}

// FuzzParse reads anything and applies what it has read: it must not panic,
// and errors must have a place.
func FuzzParse(f *testing.F) {
	f.Add("transformations:\n  - type: replace_string\n    regex: (a)\n    replacement: '\\1*'\n", "a*b")
	f.Add("transformations:\n  - {type: map_string, mapping: {a: [b, c]}}\n", "a")
	f.Add("transformations:\n  - {type: split_field, field: A, separator: b, into: [x, y]}\n", "*a?b*")
	f.Add("vars: {a: [b, 1]}\ntransformations:\n  - {type: value_placeholders}\n", "%a%%a%")
	f.Add("transformations: [{type: regex}, {type: extract_fields, regex: '(?P<a>.)(?P<b>.*)', preserve_unmatched: true}]\n", "a*b?")
	f.Add("vars: {a: {b: [c]}}\ntransformations: [{type: set_state, key: a, val: {b: [null]}}]\npostprocessing: [{type: template, template: '{{ pipeline.vars.a.b }}{{ rule.title }}'}]\n", "a")
	f.Add("postprocessing: [{type: nest, items: [{type: json, json_template: '[\"%QUERY%\"]'}, {type: replace, pattern: '(.)', replacement: '\\1\\1'}]}]\n", "a")
	f.Add("postprocessing: [{type: simple_template, template: '{query!r:*^9.3s}{{}}'}]\nfinalizers: [{type: nested, finalizers: [{type: json, indent: 2}, {type: yaml}]}, {type: concat}]\n", "a")
	f.Add("transformations: [{type: file_placeholders, path: a.csv, format: csv, csv_column: x}, {type: http_placeholders, url: x}]\n", "%a%")
	o := pipeline.Options{Files: fstest.MapFS{"a.csv": {Data: []byte("x\n1\n2*\n")}}, Templates: jinja.Compile}
	f.Fuzz(func(t *testing.T, yaml, value string) {
		p, err := o.Parse("p.yml", []byte(yaml))
		for _, e := range sigma.Errors(err) {
			if e.File == nil || e.Msg == "" {
				t.Errorf("an error without a place or a message: %#v", e)
			}
		}
		r := itemRule("A", "expand", value)
		if err != nil || r == nil {
			return
		}
		before := dump(r)
		out, err := p.Apply(r, "splunk")
		if err != nil && len(sigma.Errors(err)) == 0 {
			t.Error("an empty list of errors")
		}
		if err == nil {
			finish(t, p, out)
		}
		if dump(r) != before {
			t.Error("Apply changed its input")
		}
	})
}

// finish runs the postprocessing and the finalizers of a fuzzed pipeline.
func finish(t *testing.T, p *pipeline.Pipeline, r *ir.Rule) {
	t.Helper()
	query, err := p.Postprocess(r, "a=\"b\"", map[string]string{"backend": "splunk"})
	if err != nil && len(sigma.Errors(err)) == 0 {
		t.Error("an empty list of errors")
	}
	all := p.Collect(nil)
	all.Add(r, query)
	if _, err := all.Text(); err != nil && len(sigma.Errors(err)) == 0 {
		t.Error("an empty list of errors")
	}
}
