package main

import (
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// A verdict is what came of comparing the queries of a rule with the rule.
type verdict int

// The verdicts.
const (
	right     verdict = iota // they say of every event what the rule says
	barren                   // the same, but the rule matches none of the events that a store can hold
	warned                   // they do not, but of each event a warning tells of it
	caseOnly                 // they do not, but only of events with a text in another case than the rule's
	wrong                    // they say something else
	constant                 // the same, and a part of a query is the same for every event
	refused                  // the reader says that the language refuses a query
	unread                   // a query has something that the reader does not know
	untried                  // there are no events to compare with
	unwritten                // the rule is not converted
	verdicts
)

// A tally counts rules by their verdict.
type tally struct {
	of     [verdicts]int
	events int // that were compared, of all rules
}

// sum returns how many rules there are.
func (t *tally) sum() (n int) {
	for _, k := range t.of {
		n += k
	}
	return n
}

// judge returns the verdict about a rule.
func judge(b *emit.Backend, r *verify.Report, queries []string) verdict {
	switch {
	case r.Unread != nil && r.Unread.Err.Foreign:
		return unread
	case r.Unread != nil:
		return refused
	case len(r.Differences) == 0 && !slices.ContainsFunc(r.Events, func(e synth.Event) bool { return e.Expect }):
		return barren
	case len(r.Differences) == 0:
		return right
	}
	told, cased := true, true
	for _, d := range r.Differences {
		if d.Known == nil {
			told = false
			cased = cased && d.Event.Traits&(synth.OtherCase|synth.OddCase) != 0
		}
	}
	switch {
	case told:
		return warned
	case cased:
		return caseOnly
	case compareConstants(b, queries):
		return constant
	}
	return wrong
}

// compareConstants reports whether a part of one of the queries is the same for
// every event.
func compareConstants(b *emit.Backend, queries []string) bool {
	for _, q := range queries {
		if read, err := b.Read(q, readback.Options{}); err == nil && hasConstant(read.Where) {
			return true
		}
	}
	return false
}

func hasConstant(e readback.Expr) bool {
	switch e := e.(type) {
	case readback.And:
		return anyConstant(e)
	case readback.Or:
		return anyConstant(e)
	case *readback.Not:
		return hasConstant(e.X)
	case *readback.Known:
		return hasConstant(e.X)
	case readback.Const:
		return true
	}
	return false
}

func anyConstant(parts []readback.Expr) bool {
	for _, p := range parts {
		if hasConstant(p) {
			return true
		}
	}
	return false
}
