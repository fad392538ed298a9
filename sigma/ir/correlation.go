package ir

import (
	"slices"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A CorrelationType is what a correlation computes of the events in its window
// (C2, C3).
type CorrelationType uint8

// The types of correlations.
const (
	EventCount      CorrelationType = iota // how many events there are (C14)
	ValueCount                             // how many different values, or tuples of values, of fields (C15)
	Temporal                               // how many of the rules occur (C16), or a boolean expression over them (C20)
	TemporalOrdered                        // the same, in the order of the rules (C18)
	ValueSum                               // the sum of a field's numbers (C21)
	ValueAvg                               // their mean (C21)
	ValuePercentile                        // a percentile of them, by nearest rank (C22)
	ValueMedian                            // the 50th percentile of them (C3)
)

// String returns the type as correlations write it.
func (t CorrelationType) String() string { return sigma.CorrelationTypes()[correlationNames[t]] }

// correlationNames are the places of the types in sigma.CorrelationTypes.
var correlationNames = [...]int{EventCount: 0, ValueCount: 1, Temporal: 2, TemporalOrdered: 3, ValueSum: 4, ValueAvg: 5, ValuePercentile: 6, ValueMedian: 7}

// IsTemporal reports whether the type is about which rules occur, not about
// how often or with which values.
func (t CorrelationType) IsTemporal() bool { return t == Temporal || t == TemporalOrdered }

// A Correlation is what a correlation rule means, with all that it refers to.
// It is immutable once linked.
//
// A correlation is evaluated for each group of events, that is, for each tuple
// of values of its group-by fields, and for each point in time at which an
// event of the group lies: the window ends there, begins a timespan before and
// has its two ends in it (C32). Events of the same time are in the window
// together, whatever order they came in. Where the condition holds the
// correlation fires, at that time, with the fields of the events that lie
// there; which of several such firings are told is a policy of whoever runs it
// (C33). An event that lacks a group-by field is in no group (C8); one that
// has several values in such a field is in the group of each.
//
// Of a correlation that refers to another, the firings of the other are its
// events. They have the fields of the event that they fired at, so that each
// correlation groups by its own fields only (C25).
type Correlation struct {
	Source     *sigma.Correlation
	Type       CorrelationType
	Members    []*Member     // what it refers to, in the order of rules; at least one
	Keys       []Name        // group-by; none: all events are one group (C7)
	Window     time.Duration // the timespan
	Bounds     []Bound       // what the result is compared with; all must hold (C12)
	Values     []Name        // the field, or of ValueCount the fields, that it computes with
	Percentile Number        // of ValuePercentile and ValueMedian: between 0 and 100
	Need       Need          // of temporal types with a boolean condition, nil otherwise
	Warnings   sigma.ErrorList
}

// A Name is a name as the correlation writes it: of a field, or of an alias
// of fields (C24).
type Name = sigma.Name

// A Member is a rule, or another correlation, that a correlation refers to.
type Member struct {
	sigma.Pos                // of the reference
	Name        string       // as the correlation calls it: an id or a name
	Rule        *Rule        // with Reads, or nil
	Correlation *Correlation // or nil
	Reads       []Read       // of a correlation: what is read of the event that it fired at
}

// A Read is a field of events that a correlation reads, to group them or to
// compute with its value. The reads of a member are in the order of the
// correlation's keys and then its values. After a pipeline that keeps one
// value in several fields together, there are several in a row for one name:
// the value is the tuple of them.
type Read struct {
	sigma.Pos
	Name   string   // as the correlation calls it
	Fields []string // as the events call it; of several, the first that is there
	Value  bool     // it is computed with; otherwise it is grouped by

	// Outer is the correlation further out that reads it of what a correlation
	// of the rule fired at, nil for the one that refers to the rule. Map takes
	// these away when it has told the names to the members in between.
	Outer *sigma.Correlation
}

// A Bound is a comparison of what a correlation computes with a number.
type Bound struct {
	sigma.Pos
	Op     Op
	Not    bool // of neq: not equal
	Number Number
}

// Holds reports whether a comparison of the result with the bound's number
// turns out well: order is negative where the result is smaller, 0 where it is
// equal, positive where it is greater.
func (b Bound) Holds(order int) bool {
	switch b.Op {
	case Lt:
		return order < 0
	case Lte:
		return order <= 0
	case Gt:
		return order > 0
	case Gte:
		return order >= 0
	}
	return (order == 0) != b.Not
}

// A Need is a boolean expression over the members of a temporal correlation:
// NeedAll, NeedAny, NeedNot or NeedMember.
type Need interface{ need() }

// NeedAll holds where all of its parts do.
type NeedAll []Need

// NeedAny holds where one of its parts does.
type NeedAny []Need

// NeedNot holds where X does not.
type NeedNot struct{ X Need }

// NeedMember holds where the part with that index in Members occurs in the window.
type NeedMember int

func (NeedAll) need()    {}
func (NeedAny) need()    {}
func (NeedNot) need()    {}
func (NeedMember) need() {}

// Met reports whether the need is met where those members occur.
func Met(n Need, occurs func(member int) bool) bool {
	switch n := n.(type) {
	case NeedAll:
		for _, x := range n {
			if !Met(x, occurs) {
				return false
			}
		}
		return true
	case NeedAny:
		for _, x := range n {
			if Met(x, occurs) {
				return true
			}
		}
		return false
	case NeedNot:
		return !Met(n.X, occurs)
	case NeedMember:
		return occurs(int(n))
	}
	return false
}

// Rules returns the rules that the correlation refers to, by itself or by way
// of other correlations, each place in order.
func (c *Correlation) Rules() []*Member {
	var out []*Member
	for _, p := range c.Members {
		if p.Correlation != nil {
			out = append(out, p.Correlation.Rules()...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// Map returns the correlation with each of its rules replaced by what f makes
// of it, such as the rule in the names of a target, and with the names that
// the fields of its events have then. The error is an ErrorList of all that f
// returned.
func (c *Correlation) Map(f func(*Rule) (*Rule, error)) (*Correlation, error) {
	out, err := c.mapRules(f)
	if err != nil {
		return nil, err
	}
	return out.settleReads(), nil
}

// mapRules replaces the rules.
func (c *Correlation) mapRules(f func(*Rule) (*Rule, error)) (*Correlation, error) {
	out := *c
	out.Members = make([]*Member, len(c.Members))
	var errs sigma.ErrorList
	for i, p := range c.Members {
		q := *p
		var err error
		if p.Correlation != nil {
			q.Correlation, err = p.Correlation.mapRules(f)
		} else {
			q.Rule, err = f(p.Rule)
		}
		errs = append(errs, sigma.Errors(err)...)
		out.Members[i] = &q
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return &out, nil
}

// settleReads gives the members that are correlations the names that the rules
// below them have for what is read of their firings, and takes these from the
// rules. Of rules that have different names, an event has one or the other.
func (c *Correlation) settleReads() *Correlation {
	for _, m := range c.Members {
		if m.Correlation == nil {
			continue
		}
		var reads []Read
		for _, r := range m.Reads {
			for _, leaf := range m.Correlation.Rules() {
				reads = mergeReads(reads, leaf.Rule.readsFor(c.Source, r))
			}
		}
		m.Reads = reads
		m.Correlation = m.Correlation.settleReads()
	}
	for _, m := range c.Members {
		if m.Rule != nil {
			r := *m.Rule
			r.Reads = slices.DeleteFunc(slices.Clone(r.Reads), func(x Read) bool { return x.Outer != nil })
			m.Rule = &r
		}
	}
	return c
}

// readsFor returns what a rule has for a read of a correlation further out.
func (r *Rule) readsFor(outer *sigma.Correlation, read Read) []Read {
	var out []Read
	for _, x := range r.Reads {
		if x.Outer == outer && x.Name == read.Name && x.Value == read.Value {
			x.Outer = nil
			out = append(out, x)
		}
	}
	return out
}

// mergeReads adds the names that another rule has for the same.
func mergeReads(reads, more []Read) []Read {
	for i, x := range more {
		at := slices.IndexFunc(reads, func(r Read) bool { return r.Name == x.Name && r.Value == x.Value })
		if at < 0 || at+i >= len(reads) || reads[at+i].Name != x.Name || reads[at+i].Value != x.Value {
			reads = append(reads, x)
			continue
		}
		for _, f := range x.Fields {
			if !slices.Contains(reads[at+i].Fields, f) {
				reads[at+i].Fields = append(slices.Clip(reads[at+i].Fields), f)
			}
		}
	}
	return reads
}

// ReadsOf returns the reads of the member that stand for the name.
func (p *Member) ReadsOf(name string) []Read {
	reads := p.Reads
	if p.Rule != nil {
		reads = p.Rule.Reads
	}
	var out []Read
	for _, r := range reads {
		// A field that is grouped by and computed with is read twice.
		if r.Name == name && r.Outer == nil && (len(out) == 0 || out[0].Value == r.Value) {
			out = append(out, r)
		}
	}
	return out
}
