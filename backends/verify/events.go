package verify

import (
	"fmt"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// Events makes the events to compare a rule with queries of the backend's
// language. The rule is in the names of the target; where a pipeline put
// pieces of queries into it, they are read, too. Two targets can share the
// events of a rule that no pipeline has changed. The error is that of
// synth.Events.
func Events(b *emit.Backend, mapped *ir.Rule, o Options) (*synth.Set, error) {
	set, err := synth.Events(withoutRaw(b, mapped), o.Synth)
	if err != nil || len(mapped.Computed) == 0 || b.Columns == nil {
		return set, err
	}
	return fill(b, set)
}

// fill gives the events the fields that the columns are computed of which the
// rule tests, and says anew what the rule says of them.
func fill(b *emit.Backend, set *synth.Set) (*synth.Set, error) {
	columns, err := b.Columns(set.Rule.Computed, options(set.Rule, false))
	if err != nil {
		return set, nil // the events stay as they are; the query will not be read either
	}
	plain := *set.Rule
	plain.Computed = nil // the events have them
	rule, err := newFinder(&plain)
	if err != nil {
		return nil, err
	}
	for i := range set.Events {
		e := &set.Events[i]
		fields, _ := columns.Fill(decode(e.JSON))
		e.JSON = encode(fields, e.JSON)
		e.Expect = rule.finds(e.JSON)
	}
	return set, nil
}

// withoutRaw returns the rule with what its pieces of queries mean, as far as
// they can be read.
func withoutRaw(b *emit.Backend, rule *ir.Rule) *ir.Rule {
	out := *rule
	out.Where = make([]ir.Expr, len(rule.Where))
	changed := false
	for i, e := range rule.Where {
		out.Where[i] = ir.Rewrite(e, func(e ir.Expr) ir.Expr {
			raw, ok := e.(*ir.Raw)
			if !ok || b.Read == nil {
				return e
			}
			q, err := b.Read(raw.Text, options(rule, false))
			if err != nil {
				return e
			}
			changed = true
			return readback.Meaning(q.Where)
		})
	}
	if !changed {
		return rule
	}
	return &out
}

// held returns the events of a set that the stores of a language can hold.
func held(events []synth.Event, cannot synth.Trait) []synth.Event {
	if cannot == 0 {
		return events
	}
	out := make([]synth.Event, 0, len(events))
	for _, e := range events {
		if e.Traits&cannot == 0 {
			out = append(out, e)
		}
	}
	return out
}

// cannot returns the traits of the events of a set that say nothing about
// queries: those named, and where the types of fields are declared, what that
// rules out.
func (o *Options) cannot(b *emit.Backend, set *synth.Set, names []string) (t synth.Trait, err error) {
	if o.All {
		return 0, nil
	}
	if slices.ContainsFunc(set.Fields, func(f synth.Field) bool { return f.Declared }) {
		names = slices.Concat(names, b.CannotTyped)
	}
	if o.FoldsCase {
		// Which letters beyond ASCII an index folds is its own: Lucene's filter
		// lowercase makes k of the Kelvin sign and leaves the long s.
		names = append(slices.Clone(names), "odd-case")
	}
	for _, name := range names {
		one, ok := synth.TraitNamed(name)
		if !ok {
			return 0, fmt.Errorf("%s: events have no trait %q", b.Name, name)
		}
		t |= one
	}
	return t, nil
}
