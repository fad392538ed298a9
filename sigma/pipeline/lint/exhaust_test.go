package lint_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/lint"
)

// values are the attributes of log sources that the random pipelines know, an
// absent one, and one that they do not know.
var values = []string{"", "a", "b", "other"}

// everyRule returns a rule for each log source, with all fields in its items
// and none in its list.
func everyRule(fields ...string) []*ir.Rule {
	var out []*ir.Rule
	for _, c := range values {
		for _, p := range values {
			for _, s := range values {
				var parts []ir.Expr
				for i, f := range fields {
					pos := sigma.Pos{Line: i + 1, Col: 1}
					parts = append(parts, &ir.Match{Pos: pos, Field: f, Test: &ir.Text{Pos: pos, Pattern: ir.Plain("v")}})
				}
				source := &sigma.Rule{}
				source.Pos = sigma.Pos{Line: 1, Col: 1}
				out = append(out, &ir.Rule{Source: source, LogSource: sigma.LogSource{Category: c, Product: p, Service: s}, Where: []ir.Expr{ir.All(parts...)}})
			}
		}
	}
	return out
}

// A randomizer writes random pipelines.
type randomizer struct {
	*rand.Rand
	b        strings.Builder
	prefixes bool // some mappings are of prefixes
}

func (r *randomizer) pick(of ...string) string { return of[r.IntN(len(of))] }

// condition writes a rule condition, joined ones included.
func (r *randomizer) condition(indent string) {
	n := r.IntN(4)
	if n == 0 {
		return
	}
	fmt.Fprintf(&r.b, "%s  rule_conditions:\n", indent)
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("c%d", i))
		if r.IntN(6) == 0 {
			fmt.Fprintf(&r.b, "%s    c%d: {type: logsource_lacks, attributes: [%s]}\n", indent, i, r.pick("category", "service", "product, service"))
			continue
		}
		fmt.Fprintf(&r.b, "%s    c%d: {type: logsource, %s: %s", indent, i, r.pick("category", "product"), r.pick("a", "b"))
		if r.IntN(3) == 0 {
			fmt.Fprintf(&r.b, ", service: %s", r.pick("a", "b"))
		}
		r.b.WriteString("}\n")
	}
	text := names[0]
	for _, name := range names[1:] {
		text = fmt.Sprintf("%s %s %s%s", text, r.pick("and", "or"), r.pick("", "not "), name)
	}
	fmt.Fprintf(&r.b, "%s  rule_cond_expr: %s%s\n", indent, r.pick("", "", "not "), text)
}

// steps writes steps.
func (r *randomizer) steps(n, depth int, indent string) {
	fields := []string{"F", "G", "H", "FG"}
	for range n {
		switch kind := r.IntN(12); {
		case kind < 2:
			fmt.Fprintf(&r.b, "%s- type: set_state\n%s  key: k%d\n%s  val: v\n", indent, indent, r.IntN(1e9), indent)
		case kind < 6:
			fmt.Fprintf(&r.b, "%s- type: field_name_mapping\n%s  mapping: {%s: %s}\n", indent, indent, r.pick(fields...), r.pick(fields...))
			if r.IntN(4) == 0 {
				fmt.Fprintf(&r.b, "%s  field_name_conditions: [{type: %s, fields: [%s, %s]}]\n", indent, r.pick("include_fields", "exclude_fields"), r.pick(fields...), r.pick(fields...))
			}
		case kind < 7 && r.prefixes:
			fmt.Fprintf(&r.b, "%s- type: field_name_prefix_mapping\n%s  mapping: {%s: %s}\n", indent, indent, r.pick("F", "FG", "H"), r.pick("x", "F", "G"))
		case kind < 8:
			fmt.Fprintf(&r.b, "%s- type: add_condition\n%s  conditions: {%s: v}\n", indent, indent, r.pick(fields...))
		case kind < 9:
			fmt.Fprintf(&r.b, "%s- type: change_logsource\n%s  %s: %s\n", indent, indent, r.pick("category", "product", "service"), r.pick("a", "b"))
		case kind < 10:
			fmt.Fprintf(&r.b, "%s- type: rule_failure\n%s  message: no\n", indent, indent)
			r.b.WriteString(indent + "  rule_conditions: [{type: logsource, category: " + r.pick("a", "b") + ", product: " + r.pick("a", "b") + "}]\n")
			continue
		case depth < 2:
			fmt.Fprintf(&r.b, "%s- type: nest\n", indent)
			r.condition(indent)
			fmt.Fprintf(&r.b, "%s  items:\n", indent)
			r.steps(1+r.IntN(3), depth+1, indent+"  ")
			continue
		default:
			fmt.Fprintf(&r.b, "%s- type: set_state\n%s  key: k%d\n%s  val: v\n", indent, indent, r.IntN(1e9), indent)
		}
		r.condition(indent)
	}
}

// used returns the places of the steps and entries that do something to a
// rule with any log source and any one field.
func used(t *testing.T, p *pipeline.Pipeline) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	for _, f := range []string{"F", "G", "H", "FG", "FX", "other"} {
		for _, r := range everyRule(f) {
			_, changes, _ := p.Trace(r, "") // some are refused
			for _, c := range changes {
				out[c.At.String()], out[c.Step.Pos.String()] = true, true
			}
		}
	}
	return out
}

// TestExhaustive compares what a check says of random pipelines with what they
// do to rules of every log source: nothing that it calls out of reach does
// anything, and everything that does nothing is found.
func TestExhaustive(t *testing.T) {
	found := 0
	for seed := range uint64(200) {
		r := &randomizer{Rand: rand.New(rand.NewPCG(seed, 7)), prefixes: seed%2 == 0}
		r.b.WriteString("transformations:\n")
		r.steps(3+r.IntN(10), 0, "")
		p, err := pipeline.Parse("p.yml", []byte(r.b.String()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, r.b.String())
		}
		said := make(map[string]bool)
		for _, f := range lint.Check(p, lint.Options{}) {
			if f.Code == lint.Unreachable || f.Code == lint.Shadowed {
				said[f.Pos.String()] = true
				found++
			}
		}
		does := used(t, p)
		for pos := range said {
			if does[pos] {
				t.Errorf("seed %d: %s is said to do nothing, but does, in\n%s", seed, pos, r.b.String())
			}
		}
		checkFound(t, seed, p.Steps(), said, does, r.b.String(), !r.prefixes)
	}
	if found < 250 {
		t.Errorf("only %d findings", found)
	}
}

// checkFound wants a finding for all that does nothing. Which names prefixes
// make is not known exactly, so that entries count only without those.
func checkFound(t *testing.T, seed uint64, steps []pipeline.Step, said, does map[string]bool, text string, entries bool) {
	t.Helper()
	for _, s := range steps {
		switch {
		case said[s.Pos.String()]:
		case s.Steps != nil:
			checkFound(t, seed, s.Steps, said, does, text, entries)
		case s.Type == "set_state" && !does[s.Pos.String()]:
			t.Errorf("seed %d: %v does nothing, which was not found, in\n%s", seed, s.Pos, text)
		}
		for _, e := range s.Entries {
			if entries && !said[s.Pos.String()] && !said[e.Pos.String()] && !does[e.Pos.String()] {
				t.Errorf("seed %d: the entry %v does nothing, which was not found, in\n%s", seed, e.Pos, text)
			}
		}
	}
}
