package readbacktest

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Pair is a condition of a rule and what its query means.
type Pair struct {
	Rule  *ir.Rule
	Where ir.Expr
	Query string
	Means ir.Expr
}

// A Difference is an event that a rule and its query do not agree on.
type Difference struct {
	*Pair
	Event eval.Event
	Found bool // by the query; the rule says the opposite
}

// String returns the rule, its query and the event.
func (d *Difference) String() string {
	who, other := "the rule", "the query"
	if d.Found {
		who, other = other, who
	}
	event, err := json.Marshal(d.Event)
	if err != nil {
		event = []byte(fmt.Sprintf("%#v", d.Event))
	}
	return fmt.Sprintf("%s: %s finds what %s does not\n query: %.600s\n rule:  %.600s\n event: %.600s", d.Rule.Source.Pos, who, other,
		d.Query, ir.String(d.Where), event)
}

// Differences matches every event with all conditions and all queries at once
// and returns where they differ, at most one for each pair and direction.
func Differences(tb testing.TB, pairs []Pair, events []eval.Event) []Difference {
	tb.Helper()
	rules := engineOf(tb, pairs, func(p *Pair) ir.Expr { return p.Where }).NewSession()
	queries := engineOf(tb, pairs, func(p *Pair) ir.Expr { return p.Means }).NewSession()
	var out []Difference
	seen := make(map[[2]int]bool)
	var a, b []eval.Match
	note := func(i, found int, e eval.Event) {
		if at := [2]int{i, found}; !seen[at] {
			seen[at] = true
			out = append(out, Difference{Pair: &pairs[i], Event: e, Found: found == 1})
		}
	}
	for _, e := range events {
		a, b = rules.Match(e, a[:0]), queries.Match(e, b[:0])
		for i, k := 0, 0; i < len(a) || k < len(b); {
			switch {
			case k == len(b) || i < len(a) && a[i].Index < b[k].Index:
				note(a[i].Index, 0, e)
				i++
			case i == len(a) || b[k].Index < a[i].Index:
				note(b[k].Index, 1, e)
				k++
			default:
				i, k = i+1, k+1
			}
		}
	}
	return out
}

// engineOf returns the engine of one expression of each pair.
func engineOf(tb testing.TB, pairs []Pair, of func(*Pair) ir.Expr) *eval.Engine {
	tb.Helper()
	rules := make([]*ir.Rule, len(pairs))
	for i := range pairs {
		r := *pairs[i].Rule
		r.Where = []ir.Expr{of(&pairs[i])}
		rules[i] = &r
	}
	e, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}
