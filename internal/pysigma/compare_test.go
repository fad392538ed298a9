package pysigma_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// An outcome is what came of comparing what both make of a rule.
type outcome struct {
	kind    kind
	classes []string // of what differs, or why a query is missing
	unknown string   // a difference that no class explains
}

// A kind of outcome.
type kind int

// The kinds of outcome.
const (
	same kind = iota
	different
	onlyOurs
	onlyTheirs
	refused
	untried
	neither
	kinds
)

// String returns what rules of the kind are called.
func (k kind) String() string {
	return [...]string{"mean the same", "mean different things", "only sigmac converts", "only pySigma converts",
		"pySigma's query is none of the language", "not compared", "neither converts"}[k]
}

// eventsMax bounds the events that are made of each of both queries.
const eventsMax = 30

// A pair is a rule as both convert it.
type pair struct {
	run      *run
	rule     *ir.Rule        // as written
	mapped   *ir.Rule        // sigmac's
	other    *ir.Rule        // pySigma's, as its language reads it
	computed map[string]bool // fields that pySigma's queries compute

	atoms
	ours, theirs *tree
	events       []synth.Event
	classes      []string // that no atom has
}

// compare compares what both make of a rule.
func (r *run) compare(rule *ir.Rule, theirs *recorded) outcome {
	mapped, err := r.compiler.Map(rule)
	if err == nil {
		_, err = r.compiler.Mapped(mapped)
	}
	converts := theirs != nil && len(theirs.Queries) > 0
	switch {
	case err != nil && !converts:
		return outcome{kind: neither}
	case err != nil:
		return outcome{kind: onlyTheirs, classes: []string{because(err)}}
	case !converts:
		return outcome{kind: onlyOurs, classes: []string{theirs.reason()}}
	}
	p := &pair{run: r, rule: rule, mapped: mapped, computed: map[string]bool{}}
	found, err := p.read(theirs.Queries, r.folds)
	if err != nil {
		return unread(err)
	}
	p.other = p.named(found)
	if err := p.prepare(); err != nil {
		return outcome{kind: untried, classes: []string{because(err)}}
	}
	if r.folds {
		p.compareCase(theirs.Queries)
	}
	p.compareTables(theirs.Queries)
	return p.judge()
}

// because returns why sigmac does not convert a rule.
func because(err error) string {
	e := sigma.Errors(err)[0]
	return fmt.Sprintf("%s: %s", e.Code, e.Msg)
}

// unread returns the outcome of a query that is not read.
func unread(err error) outcome {
	var e *readback.Error
	if !errors.As(err, &e) {
		return outcome{kind: untried, classes: []string{err.Error()}}
	}
	k := refused
	if e.Foreign {
		k = untried
	}
	return outcome{kind: k, classes: []string{general(e.Msg)}}
}

// read reads the queries of pySigma.
func (p *pair) read(queries []string, folds bool) (ir.Expr, error) {
	var found []ir.Expr
	for _, text := range queries {
		q, err := p.run.read(text, p.mapped, folds)
		if err != nil {
			return nil, err
		}
		for _, c := range q.Computed {
			p.computed[c.Name] = true
		}
		found = append(found, readback.Meaning(q.Where))
	}
	return ir.OneOf(found...), nil
}

// named returns what pySigma's queries find, in the names of sigmac's fields as
// far as these can be told.
func (p *pair) named(found ir.Expr) *ir.Rule {
	names := p.rename(found)
	found = ir.Rewrite(found, func(e ir.Expr) ir.Expr {
		if m, ok := e.(*ir.Match); ok && names[m.Field] != "" {
			return &ir.Match{Pos: m.Pos, Field: names[m.Field], Test: m.Test}
		}
		return e
	})
	return &ir.Rule{Source: p.mapped.Source, Where: []ir.Expr{found}, Table: p.mapped.Table}
}

// prepare makes events from the rule and from pySigma's queries, and asks all
// tests of both about them.
func (p *pair) prepare() error {
	o := verify.Options{Synth: synth.Options{Max: eventsMax}}
	set, err := verify.Events(p.run.compiler.Backend(), p.mapped, o)
	if err != nil {
		return err
	}
	p.events = set.Events
	// That none can be made of pySigma's is no error: those of the rule stay.
	if more, err := synth.Events(p.other, o.Synth); err == nil {
		p.events = append(slices.Clip(p.events), more.Events...)
	}
	p.by = map[[2]string]*atom{}
	p.ours = p.grow(ir.OneOf(set.Rule.Where...), true)
	p.theirs = p.grow(p.other.Where[0], false)
	return p.ask(set.Rule, p.events)
}

// compareCase notes that pySigma's queries find other events on an index that
// does not fold case.
func (p *pair) compareCase(queries []string) {
	plain, err := p.read(queries, false)
	if err != nil {
		return // it is read where the index folds case, and compared there
	}
	engine, err := eval.Compile([]*ir.Rule{p.named(plain), p.other}, eval.Options{})
	if err != nil {
		return
	}
	session := engine.NewSession()
	for _, e := range p.events {
		if found, err := session.MatchJSON(e.JSON, nil); err == nil && len(found) == 1 {
			p.note("case: counts, unless the index folds it")
			return
		}
	}
}

// compareTables notes that the queries name different tables.
func (p *pair) compareTables(queries []string) {
	if t := p.run.table(queries[0]); t != nil && p.mapped.Table != nil && t.Name != p.mapped.Table.Name {
		p.note("table: " + t.Name + " for " + p.mapped.Table.Name)
	}
}

// judge compares both on the events. Where they differ, it finds classes such
// that both agree where what these tell of is undone, and none too many.
func (p *pair) judge() outcome {
	if p.differ(nil) < 0 {
		if p.classes == nil {
			return outcome{kind: same}
		}
		return outcome{kind: different, classes: p.classes}
	}
	chosen, used := p.classify()
	if i := p.differ(append(chosen, used...)); i >= 0 {
		return outcome{kind: different, unknown: fmt.Sprintf("%s: %q does not explain what they say of %s\nsigmac:  %.900s\npySigma: %.900s",
			p.rule.Source.Pos, slices.Concat(p.classes, chosen, used), p.events[i].JSON, ir.String(ir.OneOf(p.mapped.Where...)), ir.String(p.other.Where[0]))}
	}
	for i := 0; i < len(used); {
		if without := slices.Delete(slices.Clone(used), i, i+1); p.differ(slices.Concat(chosen, without)) < 0 {
			used = without
		} else {
			i++
		}
	}
	all := slices.Concat(p.classes, chosen, used)
	slices.Sort(all)
	return outcome{kind: different, classes: all}
}

// differ returns the first event about which both certainly say different
// things where what some classes tell of is undone, -1 for none.
func (p *pair) differ(classes []string) int {
	size := (len(p.events) + 63) / 64
	undone := func(class string) bool { return slices.Contains(classes, class) }
	a, b := p.ours.bound(undone, size), p.theirs.bound(undone, size)
	for i := range p.events {
		if a.least.get(i) && !b.most.get(i) || b.least.get(i) && !a.most.get(i) {
			return i
		}
	}
	return -1
}
