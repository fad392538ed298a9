package emit

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Method is a way in which a backend correlates events, for a correlation's
// type or its cost. The first of a backend is the default.
type Method struct {
	Name, Doc string
}

// The methods that several backends have.
const (
	// Sliding evaluates a correlation as it is meant: at each event, over the
	// window that ends with it (C17).
	Sliding = "sliding"
	// Buckets cuts time into windows that do not overlap, which is cheaper, and
	// misses what lies across a border. The query has a warning.
	Buckets = "buckets"
)

// A Correlating is the writing of one correlation in one language. Its Job
// collects errors and warnings and has the settings; the job's rule only names
// the correlation.
type Correlating struct {
	*Job
	Correlation *ir.Correlation // its rules are in the names of the target
	Method      string          // one of the backend's

	// Events are the queries of its rules, each as deep in the chain of
	// correlations as it stands.
	Events map[*ir.Member]*Event

	// Others are more queries, where one cannot say all of it: the correlation
	// fires where any of them finds something.
	Others []string
}

// An Event is the query of one rule that a correlation refers to.
type Event struct {
	*Job          // of the rule: its table, its computed columns
	Where ir.Expr // what its events must match, lowered
}

// EventsOf returns the query of a member that is a rule.
func (c *Correlating) EventsOf(m *ir.Member) *Event { return c.Events[m] }

// Inner returns the writing of a correlation that the one in hand refers to.
func (c *Correlating) Inner(m *ir.Member) *Correlating {
	in := *c
	in.Correlation = m.Correlation
	return &in
}

// WarnBuckets says what is missed where time is cut into windows that do not
// overlap (specification, "Compatibility").
func (c *Correlating) WarnBuckets() {
	c.Warn(c.Correlation.Source.Timespan.Pos, sigma.MatchesLess, "the method sliding finds them",
		"time is cut into windows of %s: events on both sides of a border are not seen together", c.Correlation.Source.Timespan.Text)
}
