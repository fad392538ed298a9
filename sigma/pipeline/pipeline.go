package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Pipeline is a sequence of steps that change what a rule means in the
// words of a target: names, values, conditions, tables. It never changes
// after Parse or Chain returned it and may be applied by several goroutines
// at once. A nil Pipeline changes nothing.
type Pipeline struct {
	Name     string // as the file says, or the name that was given to Parse
	Priority int    // chains are ordered by it, the lowest first; 0 where absent
	Doc      string // the comment at the top of the file, one line

	pos      sigma.Pos  // of the file's mapping
	varNode  *yaml.Node // vars in the file, for Variables; nil where there are none
	fileOf   func(*yaml.Node) *sigma.File
	spec     string              // what a user named to get it: pySigma sorts by it
	backends []string            // allowed_backends; nil where every target is
	vars     map[string][]string // values of placeholders
	data     map[string]any      // all of vars, for templates
	list     *stepList
	posts    []*post
	finals   []*final
	parts    []*Pipeline // of a chain, in the order they run
	env      environment // what the user knows of the target
	tracks   bool        // some condition asks what was applied to an item or a field
	asks     bool        // some condition asks what was applied to the rule
}

// A step is one transformation with its conditions.
type step struct {
	pos  sigma.Pos
	id   string // "" where the file gives none
	kind string // the type of the transformation
	from string // the name of the pipeline

	node   *yaml.Node                   // what the file says; for describe
	fileOf func(*yaml.Node) *sigma.File // where nodes are from several files; nil: one

	rule  ruleCond  // nil: every rule
	item  itemCond  // nil: every item
	field fieldCond // nil: every field
	do    transformation
}

// A transformation does the work of a step.
type transformation interface {
	// apply changes the run's rule. It is called where the rule conditions
	// hold, and asks the run for the other conditions itself.
	apply(*run)
}

// Chain returns the pipelines as one, in the order in which pySigma's resolver
// has them: by priority, and where that is equal by what a user named them, the
// path of a file or the name of a shipped pipeline. Nil pipelines are left out;
// a chain of none is nil.
func Chain(ps ...*Pipeline) *Pipeline {
	var parts []*Pipeline
	for _, p := range ps {
		switch {
		case p == nil:
		case p.parts != nil:
			parts = append(parts, p.parts...)
		default:
			parts = append(parts, p)
		}
	}
	if len(parts) < 2 {
		if len(parts) == 0 {
			return nil
		}
		return parts[0]
	}
	slices.SortStableFunc(parts, func(a, b *Pipeline) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), strings.Compare(a.spec, b.spec))
	})
	chain := &Pipeline{Priority: parts[0].Priority, parts: parts, vars: make(map[string][]string), data: make(map[string]any), list: new(stepList)}
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name
		chain.list.steps = append(chain.list.steps, p.list.steps...)
		chain.posts = append(chain.posts, p.posts...)
		chain.finals = append(chain.finals, p.finals...)
		chain.tracks, chain.asks = chain.tracks || p.tracks, chain.asks || p.asks
		for name := range p.data {
			delete(chain.vars, name) // a later variable of that name may have no values
		}
		maps.Copy(chain.vars, p.vars)
		maps.Copy(chain.data, p.data)
	}
	chain.Name = strings.Join(names, ", ")
	return chain
}

// Parts returns the pipelines that a chain consists of, in the order they
// run, or the pipeline itself where it is no chain.
func (p *Pipeline) Parts() []*Pipeline {
	switch {
	case p == nil:
		return nil
	case p.parts != nil:
		return slices.Clone(p.parts)
	}
	return []*Pipeline{p}
}

// elastic are the targets that pySigma's elasticsearch plugin is.
var elastic = []string{"lucene", "kql", "eql", "esql"}

// Supports returns an error where a part of the pipeline is not meant for the
// target (allowed_backends). The target is the name of a backend: splunk,
// lucene, kql, eql, esql, kusto. In the file, pySigma's names elasticsearch
// and opensearch stand for every Elastic language and for lucene. The empty
// target is supported by all.
func (p *Pipeline) Supports(target string) error {
	if p == nil || target == "" {
		return nil
	}
	for _, part := range p.parts {
		if err := part.Supports(target); err != nil {
			return err
		}
	}
	if p.backends == nil {
		return nil
	}
	if includes(p.backends, target) {
		return nil
	}
	return sigma.ErrorList{{
		Code: sigma.BadPipeline,
		Msg:  fmt.Sprintf("the pipeline %q is not for the target %s", p.Name, target),
		Hint: "it is for " + strings.Join(p.backends, ", "),
	}}
}

// includes reports whether a list of targets has that one.
func includes(targets []string, target string) bool {
	return slices.ContainsFunc(targets, func(t string) bool {
		return t == target ||
			t == "elasticsearch" && slices.Contains(elastic, target) ||
			t == "opensearch" && target == "lucene" ||
			target == "elasticsearch" && slices.Contains(elastic, t)
	})
}

// Apply returns the rule as the steps of the pipeline make it for the target.
// The rule given is never changed; the result shares with it what stayed the
// same, and is the same rule where no step had anything to do. The error is
// an ErrorList with the places in the rule; its hints name the step. What
// the result finds more or less than the rule is in its Warnings.
func (p *Pipeline) Apply(r *ir.Rule, target string) (*ir.Rule, error) {
	return p.apply(r, target, nil)
}

// apply is Apply, and notes what the steps change where t is not nil.
func (p *Pipeline) apply(r *ir.Rule, target string, t *tracer) (*ir.Rule, error) {
	if p == nil {
		return r, nil
	}
	if err := p.Supports(target); err != nil {
		return nil, err
	}
	w := run{rule: r, target: target, vars: p.vars, env: &p.env, trace: t, asks: p.asks}
	if p.tracks {
		w.marks = make(map[ir.Expr]mark)
		w.fieldMarks = make(map[string]mark)
	}
	w.traced(w.begin)
	w.list(p.list)
	w.traced(w.end)
	if len(w.errs) > 0 {
		w.errs.Sort()
		return nil, w.errs
	}
	if p.posts != nil && w.applied != nil {
		w.mutable().Applied = w.applied
	}
	return w.rule, nil
}
