package verify

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// foreignMax is how many events are made from another converter's query. Most
// of what it asks for, the events of the rule ask for as well.
const foreignMax = 40

// foreign makes events from the meaning of a query that came from elsewhere,
// with what the rule says of them. Those that were made from the rule already
// are left out, and those whose values have other types than the rule's. That
// none can be made is no error. Where the rule tests columns that queries
// compute, they are those of the compiler's queries; without these, what the
// rule says is not known.
func foreign(set *synth.Set, ours, other *finder, cannot synth.Trait, o Options) ([]Answer, error) {
	if !computes(ours, set.Rule) {
		return nil, nil
	}
	plain := *set.Rule
	plain.Computed = nil // ours computes them
	rule, err := newFinder(&plain)
	if err != nil {
		return nil, err
	}
	if ours != nil {
		rule.queries = ours.queries
	}
	so := o.Synth
	so.Max = foreignMax
	made, err := synth.Events(other.rule, so)
	if err != nil {
		return nil, nil
	}
	seen := make(map[string]bool, len(set.Events))
	for _, e := range set.Events {
		seen[string(e.JSON)] = true
	}
	types := typesOf(set)
	var out []Answer
	for _, e := range held(made.Events, cannot) {
		if seen[string(e.JSON)] || !types.allow(e.JSON) {
			continue
		}
		e.Expect = rule.finds(e.JSON)
		e.Why = "the other query: " + e.Why
		out = append(out, Answer{Event: e, foreign: true})
	}
	return out, nil
}

// computes reports whether queries compute all columns that a rule tests and
// no event has. A reader may have put the conditions of one in its place.
func computes(f *finder, rule *ir.Rule) bool {
	if len(rule.Computed) == 0 {
		return true
	}
	made := map[string]bool{}
	if f != nil {
		for _, q := range f.queries {
			for _, c := range q.Computed {
				made[c.Name] = true
			}
		}
	}
	tested := fields(rule)
	for _, c := range rule.Computed {
		if tested[c.Name] && !made[c.Name] {
			return false
		}
	}
	return true
}

// types are the types of a rule's fields, by name.
type types map[string]schema.Type

func typesOf(set *synth.Set) types {
	t := types{}
	for _, f := range set.Fields {
		t[f.Name] = f.Type
	}
	return t
}

// allow reports whether the values of an event have the types of the rule's
// fields: what another query takes for a text may be a whole number.
func (t types) allow(event []byte) bool {
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	if d.Decode(&fields) != nil {
		return false
	}
	for name, v := range fields {
		if typ, ok := t[name]; ok && !allows(typ, v) {
			return false
		}
	}
	return true
}

func allows(typ schema.Type, v any) bool {
	switch v := v.(type) {
	case string:
		return !typ.IsNumber() && typ != schema.Bool
	case json.Number:
		return typ == schema.Float || typ == schema.Int && !strings.ContainsAny(string(v), ".eE")
	case bool:
		return typ == schema.Bool
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !allows(typ, x) })
	}
	return true
}
