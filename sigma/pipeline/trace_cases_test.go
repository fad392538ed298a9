package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// traceLines writes changes, a line each: where in the rule, by which part of
// which step, what, from what to what.
func traceLines(changes []pipeline.Change) string {
	var b strings.Builder
	for _, c := range changes {
		at := fmt.Sprintf("%d:%d", c.At.Line, c.At.Col)
		if strings.HasSuffix(c.At.Name(), ".csv") {
			at = tablePlace(c.At)
		}
		place := fmt.Sprintf("%d:%d", c.Pos.Line, c.Pos.Col)
		if c.Pos.Name() != "r.yml" {
			place = c.Pos.String()
		}
		fmt.Fprintf(&b, "%s %s %s", place, c.Kind, at)
		if c.From != "" {
			fmt.Fprintf(&b, " %s", c.From)
		}
		if c.To != "" {
			fmt.Fprintf(&b, " → %s", c.To)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestTrace traces one step after the other, on items from line 6 on. Steps
// begin in line 2.
func TestTrace(t *testing.T) {
	for _, c := range []struct{ name, steps, items, want string }{
		{"one to several", `
- type: field_name_mapping
  mapping:
    X: Y
    A: [B, C]
`, "    A: v\n    D: w", `
6:5 item 5:5 A="v" → or{B="v" C="v"}
`},
		{"absent in several", `
- type: field_name_mapping
  mapping: {A: [B, C]}
`, "    A: null", `
6:5 item 3:13 A=null → and{B=null C=null}
`},
		{"to its own name", `
- type: field_name_mapping
  mapping: {A: A}
`, "    A: v", `
6:5 item 3:13 A="v" → A="v"
`},
		{"a chain of names", `
- type: field_name_mapping
  mapping: {A: B}
- type: field_name_prefix
  prefix: p.
- {type: field_name_suffix, suffix: .s}
- type: field_name_prefix_mapping
  mapping: {p: q, p.: r.}
`, "    A: v", `
6:5 item 3:13 A="v" → B="v"
6:5 item 4:3 B="v" → p.B="v"
6:5 item 6:3 p.B="v" → p.B.s="v"
6:5 item 8:19 p.B.s="v" → r.B.s="v"
`},
		{"steps in steps", `
- type: nest
  items:
  - type: nest
    items:
    - {id: inner, type: field_name_mapping, mapping: {A: B}}
  - {type: set_state, key: k, val: v}
`, "    A: v", `
6:5 item 6:55 A="v" → B="v"
2:1 state 7:5 → k = v
`},
		{"a reference", `
- {type: field_name_mapping, mapping: {Z: z, R: r}}
`, "    A|fieldref: R", `
6:5 item 2:46 A=exact field R → A=exact field r
`},
		{"keywords", `
- {type: field_name_mapping, mapping: {null: raw}}
`, "    '': v", ``}, // replaced below: a field without a name is none
		{"map_item", `
- type: map_item
  field: A
  cases:
  - values: [one, two]
    to: [{field: B, values: [1, 2]}, {field: C, values: x}]
  otherwise: keep
`, "    A: [one, three]", `
6:5 item 5:14 A=any{"one" "three"} → or{and{B=any{1 2} C="x"} A="three"}
`},
		{"hashes_fields", `
- {type: hashes_fields, valid_hash_algos: [MD5, SHA1], field_prefix: File}
`, "    Hashes|contains: ['MD5=aa', 'SHA1=bb']", `
6:5 item 2:3 Hashes=any{"*MD5=aa*" "*SHA1=bb*"} → or{FileMD5="aa*" FileSHA1="bb*"}
`},
		{"add_condition, and what becomes of it", `
- type: add_condition
  conditions: {X: 1, Y: [2, 3]}
- {type: field_name_mapping, mapping: {X: Z}}
`, "    A: v", `
p.yml:3:16 added 2:3 → and{X=1 Y=any{2 3}}
p.yml:3:16 item 4:40 X=1 → Z=1
`},
		{"negated", `
- {type: add_condition, conditions: {X: 1}, negated: true}
`, "    A: v", `
p.yml:2:38 added 2:3 → not{X=1}
`},
		{"drop_detection_item", `
- {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [A]}]}
`, "    A: v\n    B: w", `
6:5 dropped 2:3 A="v"
6:5 warning 2:3 → the test of A is left out: the query finds more events than the rule means
`},
		{"nothing is left", `
- {type: drop_detection_item}
`, "    A: v", `
6:5 dropped 2:3 A="v"
6:5 refused 2:3 → the test of A cannot be kept, and without it nothing is left of the condition
`},
		{"absent_field, and what falls with it", `
- {type: absent_field, field_name_conditions: [{type: include_fields, fields: [A]}]}
`, "  - A: v\n    B: w\n  - C: x", `
6:5 item 2:3 A="v" → false
7:5 implied 2:3 B="w"
6:5 warning 2:3 → the target has no field for A, so this test never holds: the query finds fewer events than the rule means
`},
		{"replace_string", `
- {type: replace_string, regex: 'v', replacement: 'x'}
`, "    A: [v, w]\n    B: w", `
6:5 item 2:3 A=any{"v" "w"} → A=any{"x" "w"}
`},
		{"other values", `
- {type: map_string, mapping: {v: [1, 2]}}
- {type: set_value, value: 5}
- {type: convert_type, target_type: str}
`, "    A: v", `
6:5 item 2:3 A="v" → A=any{"1" "2"}
6:5 item 3:3 A=any{"1" "2"} → A=5
6:5 item 4:3 A=5 → A="5"
`},
		{"split_field", `
- {type: split_field, field: A, separator: \, into: [B, C]}
`, `    A: 'x\y'`, `
6:5 item 2:3 A="x\\y" → and{B="x" C="y"}
`},
		{"placeholders", `
- {type: value_placeholders, include: [p]}
- {type: query_expression_placeholders, include: [q], expression: '{field} in {id}'}
- {type: field_name_mapping, mapping: {B: C}}
- {type: wildcard_placeholders}
`, "    A|expand: '%p%'\n    B|expand: '%q%'\n    D|expand: '%r%'", `
6:5 item 2:3 A="%p%" → A=any{"1" "2"}
7:5 item 3:3 B="%q%" → raw{B in q}
7:5 item 4:40 raw{B in q} → raw{C in q}
8:5 item 5:3 D="%r%" → D="*"
8:5 warning 5:3 → a placeholder became a wildcard: the query finds more events than the rule means
`},
		{"the log source, state, table, columns", `
- {type: change_logsource, product: p, service: s}
- {type: set_state, key: k, val: one}
- {type: set_state, key: k, val: two}
- {type: set_state, key: k, val: two}
- {type: set_custom_attribute, attribute: a, value: b}
- {type: set_table, schema: xdr, table: DeviceProcessEvents}
- {type: computed_field, field: A, expression: now()}
`, "    A: v", `
2:1 log-source 2:3 category c → product p, service s
2:1 state 3:3 → k = one
2:1 state 4:3 k = one → k = two
2:1 state 6:3 → attribute.a = b
2:1 table 7:3 → DeviceProcessEvents
2:1 state 7:3 → query_table = DeviceProcessEvents
2:1 computed 8:3 → A = now()
`},
		{"a table of facts", `
- {type: fact_mapping, facts: file, column: xdr}
- {type: fact_condition, attribute: category, facts: sysmon-categories, field: EventID, column: event, service: service, rule_conditions: [{type: tag, tag: none}]}
`, "    TargetFilename: v", `
6:5 item a row of builtin/facts/file.csv TargetFilename="v" → FolderPath="v"
`},
		{"names that depend on the event", `
- type: conditional_field_mapping
  mapping:
    A: {B=1: one, B=2: two}
    C: {category=c: see, default: no}
    R: r
`, "    A: v\n    B: 1\n    C|fieldref: R", `
6:5 item 4:5 A="v" → one="v"
8:5 item 5:5 C=exact field R → see=exact field r
`},
		{"alternatives", `
- {type: add_alternative, conditions: {X: 1}}
- {type: add_alternative, conditions: {Y: 2}}
- {id: both, type: require_alternative}
- {type: field_name_mapping, mapping: {Y: Z}}
- {type: require_alternative}
`, "    A: v", `
p.yml:2:40 alternative 2:3 → X=1
p.yml:3:40 alternative 3:3 → Y=2
p.yml:2:40 added 4:3 → or{X=1 Y=2}
p.yml:3:40 item 5:40 Y=2 → Z=2
`},
		{"indices, pieces of query", `
- {type: add_index, index: [a, b]}
- {type: index_condition, field: idx}
- {type: add_query, query: x or y}
`, "    A: v", `
2:1 state 2:3 → index = a,b
p.yml:3:3 added 3:3 → idx=any{"a" "b"}
p.yml:4:3 added 4:3 → raw{x or y}
p.yml:4:3 warning 4:3 → "x or y" stands in the query as it is, and nothing checks it
`},
		{"warnings and failures", `
- {type: rule_warning, message: look out}
- {type: detection_item_warning, message: here, field_name_conditions: [{type: include_fields, fields: [A]}]}
- {type: detection_item_failure, message: no, field_name_conditions: [{type: include_fields, fields: [A]}]}
- {type: set_state, key: k, val: never}
`, "    A: v", `
2:1 warning 2:3 → look out
6:5 warning 3:3 → here
6:5 refused 4:3 → no
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "keywords" {
				c.items, c.want = "  - v", "6:5 item 2:40 *=\"*v*\" → raw=\"*v*\"\n"
			}
			p, err := pipeline.Parse("p.yml", []byte("transformations:"+c.steps+"vars: {p: [1, 2]}\n"))
			if err != nil {
				t.Fatal(err)
			}
			r := built(t, "r.yml", []byte("title: t\nlogsource: {category: c}\ndetection:\n  condition: sel\n  sel:\n"+c.items+"\n"))
			if got := traceLines(checkTrace(t, p, r, "")); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got:\n%s\nwant:%s", got, c.want)
			}
		})
	}
}

// TestTraceBounded traces more than a trace holds.
func TestTraceBounded(t *testing.T) {
	p, err := pipeline.Parse("p.yml", []byte("transformations:\n"+strings.Repeat("- {type: case, method: upper}\n- {type: case, method: lower}\n", 40)))
	if err != nil {
		t.Fatal(err)
	}
	r := itemRule("A", "", strings.Repeat("x", 1<<19))
	_, changes, err := p.Trace(r, "")
	if err != nil {
		t.Fatal(err)
	}
	last := changes[len(changes)-1]
	if last.Kind != pipeline.TraceCut || len(changes) > 20 {
		t.Errorf("%d changes, the last %s", len(changes), last.Kind)
	}
}

// TestTraceList traces the rule's list of fields and what correlations read.
func TestTraceList(t *testing.T) {
	p, err := pipeline.Parse("p.yml", []byte("transformations:\n- {type: field_name_mapping, mapping: {A: [B, C]}}\n- {type: add_field, field: D}\n- {type: split_field, field: E, separator: '@', into: [F, G]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := built(t, "r.yml", []byte("title: t\nlogsource: {category: c}\nfields: [A, X]\ndetection: {sel: {X: 1}, condition: sel}\n"))
	r.Reads = []ir.Read{{Pos: sigma.Pos{File: r.Source.File, Line: 9, Col: 9}, Name: "n", Fields: []string{"A"}}, {Pos: sigma.Pos{File: r.Source.File, Line: 9, Col: 9}, Name: "m", Fields: []string{"E"}}}
	want := `2:1 field-name 2:40 A → B, C
9:9 reads 2:40 n = A → n = B or C
2:1 fields 3:3 B, C, X → B, C, X, D
2:1 reads 4:3 n = B or C, m = E → n = B or C, m = F, m = G
`
	if got := traceLines(checkTrace(t, p, r, "")); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestTraceSchema traces what the user's schema does before and behind all
// steps.
func TestTraceSchema(t *testing.T) {
	s, err := schema.Read(schema.Splunk, "mine.csv", []byte("field\nkeep\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.Parse("p.yml", []byte("transformations:\n- {type: field_name_mapping, mapping: {A: keep}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := itemRule("A", "", "v")
	r.Where = []ir.Expr{ir.OneOf(r.Where[0], itemRule("Gone", "", "w").Where[0])}
	_, changes, err := p.WithSchema(s, schema.Absent).Trace(r, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s %s→%s", c.Step.Type, c.Kind, c.From, c.To))
	}
	want := `schema table →all of the schema
field_name_mapping item A="v"→keep="v"
schema item Gone="w"→false
schema warning →mine.csv has no field "Gone", so that no event has it`
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
