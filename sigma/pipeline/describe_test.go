package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

func steps(t *testing.T, yaml string) []pipeline.Step {
	t.Helper()
	p, err := pipeline.Parse("p.yml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return p.Steps()
}

// described writes a step and the steps in it.
func described(s *pipeline.Step, indent string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%v %s %q\n", indent, s.Pos, s.Type, s.ID)
	for _, w := range s.Words() {
		fmt.Fprintf(&b, "%s  if %s\n", indent, w)
	}
	for _, p := range s.Params {
		fmt.Fprintf(&b, "%s  %v %s: %s\n", indent, p.Pos, p.Name, p.Value)
	}
	for _, e := range s.Entries {
		fmt.Fprintf(&b, "%s  entry %s %q %v\n", indent, tablePlace(e.Pos), e.Key, e.To)
	}
	for i := range s.Steps {
		b.WriteString(described(&s.Steps[i], indent+"  "))
	}
	return b.String()
}

// tablePlace writes a place; the rows of the tables of facts come and go.
func tablePlace(pos sigma.Pos) string {
	if strings.HasSuffix(pos.Name(), ".csv") && pos.IsValid() {
		return "a row of " + pos.Name()
	}
	return pos.String()
}

// TestSteps describes steps: merged keys, aliases, expressions, nesting.
func TestSteps(t *testing.T) {
	got := ""
	for _, s := range steps(t, `
transformations:
- id: names
  type: field_name_mapping
  mapping: &names
    A: a
    B: [b, '5', "t\t"]
    null: kw
  rule_conditions: &windows
  - {type: logsource, product: windows, category: x}
  - {type: tag, tag: attack.t1}
  rule_cond_not: true
- type: nest
  rule_conditions:
    one: {type: processing_state, key: k, val: 3, op: gte}
    two: {type: logsource_lacks, attributes: [service, category]}
    three: {type: rule_attribute, attribute: level, value: high}
  rule_cond_expr: one or not (two and three)
  items:
  - type: field_name_mapping
    field_name_conditions: [{type: include_fields, fields: [A, B]}, {type: exclude_fields, fields: ['x.*'], mode: re}]
    field_name_cond_op: or
    mapping: {<<: *names, C: c}
  - type: set_value
    detection_item_conditions: [{type: match_string, cond: any, pattern: a, negate: true}, {type: match_value, cond: all, value: '1'}]
    value: null
  - type: fact_mapping
    facts: file
    column: xdr
`) {
		got += described(&s, "")
	}
	want := `p.yml:3:3 field_name_mapping "names"
  if not (the log source has product windows, category x and the rule has the tag attack.t1)
  p.yml:5:3 mapping: {A: a, B: [b, '5', "t\t"], null: kw}
  entry p.yml:6:5 "A" [a]
  entry p.yml:7:5 "B" [b 5 t	]
  entry p.yml:8:5 "" [kw]
p.yml:13:3 nest ""
  if the state k is at least 3 or not (the log source has no service or category and the rule's level is high)
  p.yml:20:5 field_name_mapping ""
    if the field is A or B or not: the field begins with a match of x.*
    p.yml:23:5 mapping: {C: c, A: a, B: [b, '5', "t\t"], null: kw}
    entry p.yml:23:27 "C" [c]
    entry p.yml:6:5 "A" [a]
    entry p.yml:7:5 "B" [b 5 t	]
    entry p.yml:8:5 "" [kw]
  p.yml:24:5 set_value ""
    if any of the values do not match a and all of the values are '1'
    p.yml:26:5 value: null
  p.yml:27:5 fact_mapping ""
    p.yml:28:5 facts: file
    p.yml:29:5 column: xdr
    entry a row of builtin/facts/file.csv "TargetFilename" [FolderPath]
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestStepsBounded describes a file whose aliases stand for more than there
// is memory.
func TestStepsBounded(t *testing.T) {
	yaml := "transformations:\n- type: add_condition\n  conditions: {A: 1}\n  name:\n  - &x0 [a, a, a, a, a, a, a, a, a, a]\n"
	for i := 1; i < 12; i++ {
		yaml += fmt.Sprintf("  - &x%d [%s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", i-1), 10), ", "))
	}
	p, err := pipeline.Parse("p.yml", []byte(yaml))
	if err != nil {
		t.Fatal(err) // the name of a condition is not looked at
	}
	s := p.Steps()
	if v, ok := s[0].Param("name"); !ok || len(v.List) != 12 {
		t.Errorf("got %d values", len(v.List))
	}
}

// TestWords wants words for every condition that there is.
func TestWords(t *testing.T) {
	for _, f := range pipeline.Features() {
		kind, ok := strings.CutSuffix(f.Kind, " condition")
		if ok && !pipeline.HasWords(kind, f.Name) {
			t.Errorf("there are no words for the %s condition %s", kind, f.Name)
		}
	}
}
