package eval_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

const explained = `selection:
  Image|endswith: '\cmd.exe'
  CommandLine|contains|all:
    - ' /c '
    - whoami
filter_main:
  User: SYSTEM
filter_other:
  ParentImage: null
condition: selection and not 1 of filter_*`

// TestExplain compares explanations with what people should read.
func TestExplain(t *testing.T) {
	for _, c := range []struct{ event, want string }{
		{`{"Image":"C:\\cmd.exe","CommandLine":"cmd /c whoami","ParentImage":"x","User":"bob"}`, `the rule "t" matches
  + all of
    + selection
      + all of
        + Image ends with "\\cmd.exe"; it is "C:\\cmd.exe" (rule.yml:6:21)
        + all of
          + CommandLine contains " /c "; it is "cmd /c whoami" (rule.yml:8:9)
          + CommandLine contains "whoami"; it is "cmd /c whoami" (rule.yml:9:9)
    + not
      - any of
        - filter_main
          - User equals "SYSTEM"; it is "bob" (rule.yml:11:11)
        - filter_other
          - ParentImage is absent or null; it is "x" (rule.yml:13:18)

it would turn with
  Image: not: ends with "\\cmd.exe" (rule.yml:6), such as "other"
`},
		{`{"Image":"C:\\cmd.exe","CommandLine":"cmd /c dir","User":"system"}`, `the rule "t" does not match
  - all of
    - selection
      - all of
        + Image ends with "\\cmd.exe"; it is "C:\\cmd.exe" (rule.yml:6:21)
        - all of
          + CommandLine contains " /c "; it is "cmd /c dir" (rule.yml:8:9)
          - CommandLine contains "whoami"; it is "cmd /c dir" (rule.yml:9:9)
    - not
      + any of
        + filter_main
          + User equals "SYSTEM"; it is "system" (rule.yml:11:11)
        + filter_other
          + ParentImage is absent or null; the event has no such field (rule.yml:13:18)

it would turn with
  CommandLine: contains "whoami" (rule.yml:9), such as "cmd /c dir whoami"
  User: not: equals "SYSTEM" (rule.yml:11), such as "other"
  ParentImage: not: is absent or null (rule.yml:13), such as "other"
`},
	} {
		x, err := eval.Explain(build(t, explained), parsed(t, c.event), eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := x.String(); got != c.want {
			t.Errorf("%s\n%s\nwant\n%s", c.event, got, c.want)
		}
		text, err := json.Marshal(x)
		if err != nil || !json.Valid(text) || !strings.Contains(string(text), `"want":"contains \"whoami\""`) {
			t.Errorf("%s, %v", text, err)
		}
	}
}

// TestExplainWords checks how each kind of test is described.
func TestExplainWords(t *testing.T) {
	for item, want := range map[string]string{
		"a: x":                        `a equals "x"`,
		"a: ''":                       `a is the empty text`,
		"a: '*'":                      `a has a value`,
		"a: 'x*y'":                    `a is like "x*y"`,
		"a|startswith|cased: x":       `a begins with "x", case as written`,
		"a|re|i: x+":                  `a matches /x+/i`,
		"a|cidr: 10.0.0.0/8":          `a lies in 10.0.0.0/8`,
		"a: 5":                        `a is the number 5`,
		"a|gt: 5":                     `a is a number > 5`,
		"a: true":                     `a is true`,
		"a|exists: true":              `a exists`,
		"a|exists: false":             `a does not exist`,
		"a|fieldref|contains: b":      `a contains the value of field b`,
		"a|hour|gte: 5":               `a is a time whose hour >= 5`,
		"'|all':\n    - x\n    - 'y'": `the event has a value that contains "x"`,
	} {
		x, err := eval.Explain(build(t, "s:\n  "+item+"\ncondition: s"), eval.Pairs{}, eval.Options{})
		if err != nil || !strings.Contains(x.String(), want) {
			t.Errorf("%s: %v, %v", item, x, err)
		}
	}
}

// TestExplainLong shortens long lists and long values.
func TestExplainLong(t *testing.T) {
	var values []string
	for i := range 500 {
		values = append(values, fmt.Sprint("value", i))
	}
	r := build(t, "s:\n  a: ["+strings.Join(values, ", ")+"]\ncondition: s")
	ev := eval.Pairs{{"a", strings.Repeat("x", 5000)}}
	for range 50 {
		ev = append(ev, eval.Pair{Name: "a", Value: "y"})
	}
	x, err := eval.Explain(r, ev, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if text := x.String(); len(text) > 20_000 || !strings.Contains(text, "- and 492 more") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
	if len(x.Changes) != 1 {
		t.Errorf("%d changes", len(x.Changes))
	}
}

func TestExplainErrors(t *testing.T) {
	if _, err := eval.Explain(build(t, "s:\n  a|expand: '%x%'\ncondition: s"), eval.Pairs{}, eval.Options{}); err == nil {
		t.Error("a placeholder is explained")
	}
	x, err := eval.Explain(&ir.Rule{Where: []ir.Expr{ir.Const(true)}}, eval.Pairs{}, eval.Options{})
	if err != nil || !x.Matched || len(x.Changes) != 0 {
		t.Errorf("%v, %v", x, err)
	}
}
