package kusto

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

func TestTable(t *testing.T) {
	computed := []ir.Computed{
		{Name: "PipeName", Expr: "tostring(parse_json(AdditionalFields).PipeName)", Type: schema.Keyword},
		{Name: "a-b", Expr: "1 + 1", Type: schema.Int},
	}
	for _, c := range []struct {
		name, detection string
		given           given
		want            string
	}{
		{"none", `{A: x}`, given{}, `A =~ "x"`},
		{"of a pipeline", `{A: x}`, given{state: map[string]string{"query_table": "DeviceEvents"}}, "DeviceEvents\n| where A =~ \"x\""},
		{"of the schema", `{A: x}`, given{columns: map[string]schema.Type{}}, `A =~ "x"`},
		{"of a setting", `{A: x}`, given{state: map[string]string{"query_table": "DeviceEvents"}, settings: map[string]string{"table": "T"}}, "T\n| where A =~ \"x\""},
		{"computed", `{PipeName: x, a-b: '2'}`, given{settings: map[string]string{"table": "T"}, computed: computed},
			"T\n| extend PipeName = tostring(parse_json(AdditionalFields).PipeName), ['a-b'] = 1 + 1\n| where PipeName =~ \"x\" and ['a-b'] == 2"},
		{"computed, without a table", `{PipeName: x}`, given{computed: computed[:1]},
			"| extend PipeName = tostring(parse_json(AdditionalFields).PipeName)\n| where PipeName =~ \"x\""},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, c.detection, c.given, c.want) })
	}
}

func TestRaw(t *testing.T) {
	raw := &ir.Raw{Text: `A in (L) or B`}
	match := &ir.Match{Field: "A", Test: &ir.Text{Pattern: ir.Plain("x")}}
	for want, e := range map[string]ir.Expr{
		`A in (L) or B`:                    raw,
		`not(A in (L) or B)`:               &ir.Not{X: raw},
		`(A in (L) or B) and A =~ "x"`:     ir.And{raw, match},
		`A =~ "x" or (A in (L) or B)`:      ir.Or{match, raw},
		`not(A =~ "x" or (A in (L) or B))`: &ir.Not{X: ir.Or{match, raw}},
	} {
		r := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{e}}
		if got, j := queries(r, nil); got[0] != want || len(j.Errors) > 0 {
			t.Errorf("got  %s %v\nwant %s", got[0], j.Errors, want)
		}
	}
}

// Kusto's editor refuses trees deeper than 500 and lists longer than 32,768.
func TestLongLists(t *testing.T) {
	long := func(n int, pattern string) string {
		test := make(ir.AnyOf, n)
		for i := range test {
			test[i] = &ir.Text{Pattern: ir.ParsePattern(fmt.Sprintf(pattern, i))}
		}
		r := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{&ir.Match{Field: "A", Test: test}}}
		got, j := queries(r, nil)
		if len(j.Errors) > 0 {
			t.Fatal(j.Errors)
		}
		return got[0]
	}
	if got := depth(long(20000, "*v%d*")); got > 300 {
		t.Errorf("20,000 values: a tree of depth %d", got)
	}
	var many ir.Or
	for i := range 10 {
		test := make(ir.AnyOf, 90)
		for k := range test {
			test[k] = &ir.Text{Pattern: ir.ParsePattern(fmt.Sprintf("*v%d*", k))}
		}
		many = append(many, &ir.Match{Field: fmt.Sprintf("A%d", i), Test: test})
	}
	got, _ := queries(&ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{many}}, nil)
	if got := depth(got[0]); got > 300 {
		t.Errorf("10 lists of 90 values: a tree of depth %d", got)
	}
	if got := strings.Count(long(20000, "*v%d*"), "contains"); got != 20000 {
		t.Errorf("%d of 20,000 values", got)
	}
	if got := strings.Count(long(25000, "v%d"), "in~"); got != 3 {
		t.Errorf("25,000 values: %d lists", got)
	}
	if got := strings.Count(long(1000, "v*%d"), "matches regex"); got < 2 || got > 10 {
		t.Errorf("1,000 patterns: %d expressions", got)
	}
}

// depth returns how deep a parser nests that reads chains from the left: each
// group is as deep as its chain is long and its deepest member.
func depth(query string) int {
	most, stack, here := 0, []int{}, 0
	for i := 0; i < len(query); i++ {
		switch {
		case query[i] == '(':
			stack = append(stack, here)
			here = 0
		case query[i] == ')':
			here = stack[len(stack)-1]
			stack = stack[:len(stack)-1]
		case strings.HasPrefix(query[i:], " or "):
			here++
		}
		sum := here
		for _, n := range stack {
			sum += n
		}
		most = max(most, sum)
	}
	return most
}

func TestWarnings(t *testing.T) {
	_, j := compile(t, `{D|contains: [a, b]}`, given{columns: columns})
	if len(j.Warnings) != 1 || j.Warnings[0].Code != sigma.Assumed || !j.Warnings[0].IsValid() {
		t.Errorf("dynamic: got %v", j.Warnings)
	}
	_, j = compile(t, `{S: [a, '']}`, given{columns: columns})
	if len(j.Warnings) != 1 || j.Warnings[0].Code != sigma.MatchesMore || !j.Warnings[0].IsValid() {
		t.Errorf("the empty text: got %v", j.Warnings)
	}
	for _, detection := range []string{`{S: [a, b]}`, `{I: 5}`, `{X|contains: b}`} {
		if _, j := compile(t, detection, given{columns: columns}); len(j.Warnings) > 0 {
			t.Errorf("%s: got %v", detection, j.Warnings)
		}
	}
}
