package main

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// relate says of correlations which of the rules changed that they refer to. One
// that is as it was, but for that, is affected.
func relate(changes []*change, new *side) {
	if !new.links() {
		return
	}
	r := relater{of: make(map[sigma.Document]*change, len(changes)), done: make(map[*change]bool)}
	for _, c := range changes {
		if c.new != nil && c.new.doc != nil {
			r.of[c.new.doc] = c
		}
	}
	for _, c := range changes {
		if c.new != nil {
			r.settle(c)
		}
	}
}

// A relater knows what became of each document.
type relater struct {
	of   map[sigma.Document]*change
	done map[*change]bool
}

// settle looks at what a correlation refers to, and at that first. No
// correlation refers to itself: those that do are wrong and were not linked.
func (r *relater) settle(c *change) {
	if r.done[c] || c.new.correlation == nil {
		return
	}
	r.done[c] = true
	for _, m := range c.new.correlation.Members {
		inner := r.of[documentOf(m)]
		if inner == nil || inner == c {
			continue
		}
		if r.settle(inner); inner.kind.meant() && inner.kind != ruleAdded && !onlyHidden(inner) {
			c.refers = append(c.refers, m.Name)
			c.notes = append(c.notes, fmt.Sprintf("the %s %q that it refers to: %s", kindOfDocument(inner.new.doc), m.Name, inner.headline()))
		}
	}
	if len(c.refers) > 0 && c.kind >= ruleWords {
		c.kind = ruleAffected
	}
}

// onlyHidden reports whether nothing about a rule changed but whether it stands
// for itself.
func onlyHidden(c *change) bool { return c.kind == ruleAffected && len(c.refers) == 0 }

func documentOf(m *ir.Member) sigma.Document {
	if m.Correlation != nil {
		return m.Correlation.Source
	}
	return m.Rule.Source
}
