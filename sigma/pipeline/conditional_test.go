package pipeline_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

const conditional = `transformations:
  - type: conditional_field_mapping
    mapping:
      Kind: kind
      F: {Kind=1: a, Kind=2: [b, c], Kind=3: a, default: d}
      G: {Kind=1: e, Kind=4: f}
`

// names are what conditional calls the fields of an event by its kind; "" is
// every other.
var names = map[string]map[string][]string{
	"F": {"1": {"a"}, "2": {"b", "c"}, "3": {"a"}, "": {"d"}},
	"G": {"1": {"e"}, "4": {"f"}, "": {"G"}},
}

// TestConditionalMeaning applies the mapping to random rules, whose events are
// all of kinds that the rule names, and compares what rule and result say of
// random events: the rule of an event with its own names, the result of the
// same event with the names that its kind has.
func TestConditionalMeaning(t *testing.T) {
	p, err := pipeline.Parse("p.yml", []byte(conditional))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	matched, guarded := 0, 0
	for range 400 {
		text := randomRule(rnd)
		rule := built(t, "rule.yml", []byte(text))
		out, err := p.Apply(rule, "")
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		if strings.Contains(ir.String(out.Where[0]), "or{and{kind=") {
			guarded++
		}
		before, after := engine(t, rule), engine(t, out)
		for range 60 {
			event, renamed := randomEvent(rnd)
			want, got := matches(t, before, event), matches(t, after, renamed)
			if got != want {
				t.Fatalf("%s\n%s\nevent %v: %t, as %v: %t", text, ir.String(out.Where[0]), event, want, renamed, got)
			}
			if want {
				matched++
			}
		}
	}
	if matched < 1000 || guarded < 50 {
		t.Errorf("%d events match and %d rules have conditions on names: too few to show anything", matched, guarded)
	}
}

// TestConditionalReads: a correlation reads a field by the names that it has
// for the events of the rule.
func TestConditionalReads(t *testing.T) {
	p, err := pipeline.Parse("p.yml", []byte(conditional))
	if err != nil {
		t.Fatal(err)
	}
	docs, err := sigma.Parse("r.yml", []byte("title: a\nname: a\nlogsource: {product: x}\ndetection: {s: {Kind: [1, 2]}, condition: s}\n---\n"+
		"title: c\ncorrelation: {type: value_count, rules: a, timespan: 1m, group-by: [F], condition: {field: G, gte: 3}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := set.Correlations[0].Map(func(r *ir.Rule) (*ir.Rule, error) { return p.Apply(r, "") })
	if err != nil {
		t.Fatal(err)
	}
	if got, want := reads(mapped.Members[0].Rule), "F=a|b|c G=e|G"; got != want {
		t.Errorf("it reads %s, want %s", got, want)
	}
}

func randomRule(rnd *rand.Rand) string {
	var b strings.Builder
	b.WriteString("title: T\nlogsource: {product: windows}\ndetection:\n  all: {Kind: " + randomKinds(rnd) + "}\n")
	for i := range 4 {
		fmt.Fprintf(&b, "  s%d:\n", i)
		if rnd.IntN(3) == 0 {
			fmt.Fprintf(&b, "    Kind: %s\n", randomKinds(rnd))
		}
		for _, f := range []string{"F", "G"} {
			fmt.Fprintf(&b, "    %s\n", []string{f + ": x", f + ": [x, y]", f + ": null", f + "|exists: true", f + ": [null, y]", f + "|startswith: x"}[rnd.IntN(6)])
			if rnd.IntN(2) == 0 {
				break
			}
		}
	}
	conditions := []string{"s0 and not s1 or s2", "not (s0 or s1)", "1 of s* and not s3", "s0 or not s1 and s2", "all of s* or s1", "not s0"}
	fmt.Fprintf(&b, "  condition: all and (%s)\n", conditions[rnd.IntN(len(conditions))])
	return b.String()
}

func randomKinds(rnd *rand.Rand) string {
	var kinds []string
	for len(kinds) == 0 {
		for k := 1; k <= 6; k++ {
			if rnd.IntN(3) == 0 {
				kinds = append(kinds, fmt.Sprint(k))
			}
		}
	}
	return "[" + strings.Join(kinds, ", ") + "]"
}

// randomEvent returns an event with its own names, and with those for its
// kind: in one of several.
func randomEvent(rnd *rand.Rand) (event, renamed map[string]string) {
	kind := fmt.Sprint(1 + rnd.IntN(6))
	event, renamed = map[string]string{"Kind": kind}, map[string]string{"kind": kind}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "F", "G"} {
		if rnd.IntN(3) == 0 && !slices.Contains(namesFor("F", kind), name) && !slices.Contains(namesFor("G", kind), name) {
			renamed[name] = "x" // something else, in events of this kind
		}
	}
	for _, f := range []string{"F", "G"} {
		to := namesFor(f, kind)
		if v := []string{"", "x", "y", "z"}[rnd.IntN(4)]; v != "" {
			event[f], renamed[to[rnd.IntN(len(to))]] = v, v
		}
	}
	return event, renamed
}

func namesFor(field, kind string) []string {
	if to, ok := names[field][kind]; ok {
		return to
	}
	return names[field][""]
}

func engine(t *testing.T, r *ir.Rule) *eval.Engine {
	t.Helper()
	e, err := eval.Compile([]*ir.Rule{r}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func matches(t *testing.T, e *eval.Engine, event map[string]string) bool {
	t.Helper()
	line, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	found, err := e.MatchJSON(line, nil)
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}

// TestExtensionErrors reads wrong steps of the project's own types, as
// TestParseErrors does.
func TestExtensionErrors(t *testing.T) {
	for _, c := range []struct{ step, want string }{
		{"{type: conditional_field_mapping, mapping: ^^^{}}", "must not be empty"},
		{"{type: conditional_field_mapping, mapping: ^^^[a]}", `"mapping" must be a mapping`},
		{"{type: conditional_field_mapping, mapping: {^^^A: {}}}", `"A" has no new name`},
		{"{type: conditional_field_mapping, mapping: {^^^A: []}}", `"A" has no new name`},
		{"{type: conditional_field_mapping, mapping: {^^^null: a}}", "keywords have no names"},
		{"{type: conditional_field_mapping, mapping: {A: {^^^defalt: a}}}", `"defalt" is no condition .*did you mean "default"`},
		{"{type: conditional_field_mapping, mapping: {A: {^^^a=b=c: a}}}", "is no condition .*write field=value"},
		{"{type: conditional_field_mapping, mapping: {A: {^^^=b: a}}}", "is no condition"},
		{"{type: conditional_field_mapping, mapping: {A: {a=b: ^^^{c: d}}}}", `"a=b" must be a string, not a mapping`},
		{"{type: conditional_field_mapping, mapping: {A: {^^^a=b: []}}}", `"a=b" has no new name`},
		{"^^^type: add_alternative", `needs the parameter "conditions"`},
		{"{type: add_alternative, conditions: ^^^{}}", "must not be empty"},
		{"{type: add_alternative, conditions: {^^^A|nope: 1}}", `no modifier "nope"`},
		{"^^^type: add_index", `needs the parameter "index"`},
		{"{type: add_index, index: ^^^[]}", "must not be empty"},
		{"{type: add_index, index: a, otherwise: ^^^maybe}", "must be true or false"},
		{"^^^type: index_condition", `needs the parameter "field"`},
		{"{type: index_table, ^^^field: a}", `has no parameter "field"`},
		{"^^^type: add_query", `needs the parameter "query"`},
		{"{type: index_table, rule_conditions: [^^^{type: target}]}", `needs the parameter "targets"`},
	} {
		before, after, _ := strings.Cut("transformations:\n  - "+c.step+"\n", "^^^")
		_, err := pipeline.Parse("p.yml", []byte(before+after))
		list := sigma.Errors(err)
		if len(list) != 1 {
			t.Errorf("%s: errors: %v", c.step, err)
			continue
		}
		place := fmt.Sprintf("p.yml:%d:%d", strings.Count(before, "\n")+1, len(before)-strings.LastIndex(before, "\n"))
		if e := list[0]; e.Code != sigma.BadPipeline || e.Pos.String() != place || !regexp.MustCompile(c.want).MatchString(e.Text()) {
			t.Errorf("%s: %s [%s], want %q at %s", c.step, e, e.Code, c.want, place)
		}
	}
}
