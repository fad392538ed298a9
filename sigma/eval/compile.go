package eval

import (
	"slices"
	"sync/atomic"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Compile makes an engine of rules as ir.Build made them, or a pipeline after
// it. A rule with several conditions matches where one of them does (N5). The
// error is a sigma.ErrorList of all that keeps rules from running: values
// that have placeholders still (P5), pieces of another language's query,
// regular expressions that need another engine. A column that a target's query
// would compute (ir.Computed) is a field that events have or have not.
func Compile(rules []*ir.Rule, o Options) (*Engine, error) {
	var extra []string
	if o.Derive {
		extra = sourceFields[:]
	}
	p, errs := newPlan(rules, &o, extra)
	if len(errs) > 0 && !o.SkipErrors {
		errs.Sort()
		return nil, errs
	}
	errs.Sort()
	e := &Engine{rules: rules, names: p.names, plan: p, tags: new(atomic.Uint32)}
	e.core = e.newCore(p.chosen)
	e.all = slices.ContainsFunc(p.atoms, func(a *atom) bool { return a.slot == wordSlot })
	if o.Derive {
		e.route = newRouter(e)
	}
	return e, errs.Err()
}

// newCore makes a core whose values have tags of their own.
func (e *Engine) newCore(chosen []int) *core {
	c := newCore(e.plan, chosen)
	tags := uint32(len(c.fields) + 1 + len(c.lazy))
	c.tag = e.tags.Add(tags) - tags
	return c
}

// subset returns the engine of some of the rules.
func (e *Engine) subset(chosen []int) *Engine {
	p := *e.plan
	p.chosen = chosen
	s := &Engine{rules: e.rules, names: e.names, plan: &p, tags: e.tags, all: e.all}
	s.core = s.newCore(chosen)
	return s
}
