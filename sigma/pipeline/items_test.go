package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// TestItems checks the requirements of the conformance list that pipelines
// keep: the rule's log source, the item, the pipeline, and the condition that
// comes of it, or the text of the error behind "!".
func TestItems(t *testing.T) {
	const fill = "transformations: [{type: value_placeholders}]\n"
	for _, c := range []struct {
		item, category, yaml, pipeline, want string
	}{
		{"L3 a log source adds a condition", "process_creation", `f: v`,
			"transformations:\n  - type: add_condition\n    conditions: {index: proc}\n    rule_conditions: [{type: logsource, category: process_creation}]\n", `and{index="proc" sel{f="v"}}`},
		{"L3 another does not", "dns", `f: v`,
			"transformations:\n  - type: add_condition\n    conditions: {index: proc}\n    rule_conditions: [{type: logsource, category: process_creation}]\n", `sel{f="v"}`},
		{"P3 several values", "dns", `f|expand: 'x%who%'`, "vars: {who: [a, 'b*']}\n" + fill, `sel{f=any{"xa" "xb*"}}`},
		{"P3 of several placeholders", "dns", `f|expand: '%who%%who%'`, "vars: {who: [a, b]}\n" + fill, `sel{f=any{"aa" "ab" "ba" "bb"}}`},
		{"P3 in an expression", "dns", `f|re|expand: '^%who%$'`, "vars: {who: [a, b]}\n" + fill, `sel{f=/^(?:a|b)$/}`},
		{"P4 a piece of query", "dns", `f|expand: '%who%'`, "transformations: [{type: query_expression_placeholders, expression: '{field} in {id}'}]\n", `sel{raw{f in who}}`},
		{"P5 no values", "dns", `f|expand: '%who%'`, "vars: {what: [a]}\n" + fill, `!no variable "who" for the placeholder`},
		{"P6 standard names", "dns", `f|expand: ['%Administrators%', '%JumpServers%', '%Workstations%', '%Servers%', '%DomainControllers%']`,
			"vars: {Administrators: a, JumpServers: j, Workstations: w, Servers: s, DomainControllers: d}\n" + fill, `sel{f=any{"a" "j" "w" "s" "d"}}`},
		{"P7 as many as are accepted", "dns", `f|expand: '%who%%who%'`, "vars: {who: [" + strings.Repeat("a, ", 13) + "b]}\n" + fill, `sel{f=any{`},
		{"P7 too many", "dns", `f|expand: '%who%%who%'`, "vars: {who: [" + strings.Repeat("a, ", 14) + "b]}\n" + fill, `!more than 200`},
	} {
		t.Run(c.item, func(t *testing.T) {
			got, err := condition(t, c.category, c.yaml, parsed(t, c.pipeline))
			if want, wrong := strings.CutPrefix(c.want, "!"); wrong {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s, %v; want the error %q", got, err, want)
				}
				return
			}
			if err != nil || !strings.HasPrefix(got, c.want) {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// TestWindowsItems checks that the conditions of Windows' log sources are
// there as pipelines.
func TestWindowsItems(t *testing.T) {
	for _, c := range []struct{ item, pipeline, want string }{
		{"X4 the event of a category", "sysmon", `EventID=1`},
		{"X4 the channel of a category", "sysmon windows-logsources", `Channel="Microsoft-Windows-Sysmon/Operational"`},
		{"X4 the audit log", "windows-audit", `EventID=4688`},
	} {
		t.Run(c.item, func(t *testing.T) {
			got, err := condition(t, "process_creation", "f: v", chain(t, c.pipeline))
			if err != nil || !strings.Contains(got, c.want) {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// condition returns the condition that a pipeline makes of a rule with one item.
func condition(t *testing.T, category, item string, p *pipeline.Pipeline) (string, error) {
	t.Helper()
	text := "title: t\nlogsource: {category: " + category + ", product: windows}\ndetection:\n  sel:\n    " + item + "\n  condition: sel\n"
	rule, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	built, err := ir.Build(rule)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Apply(built, "")
	if err != nil {
		var place *sigma.Error
		if !errors.As(err, &place) || place.Line == 0 {
			t.Errorf("the error has no place: %v", err)
		}
		return "", err
	}
	return ir.String(out.Where[0]), nil
}
