// Package verify checks queries against the rules that they were compiled
// from. Each query is read back by the reader of its language, and what it
// means is compared with what the rule means, on events that are made to tell
// the two apart:
//
//	report, err := verify.Rule(compiler, rule, verify.Options{})
//	...
//	if wrong := report.Err(); wrong != nil {
//		fmt.Println(wrong)
//	}
//	for _, d := range report.Differences {
//		fmt.Println(d)
//	}
//
// The readers know their languages from the vendors' manuals and share nothing
// with the backends that write them; the events are those of package synth,
// made from the rule alone. What is equal on all of them need not be equal on
// every event there is.
//
// [Diff] compares the queries of another converter with the compiler's.
package verify

import (
	"errors"
	"fmt"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// Options say how much is tried. The zero Options are the common ones.
type Options struct {
	Synth synth.Options // which events are made

	// All compares events that the stores of the language do not hold, too
	// (emit.Backend.Cannot). Differences in them are no mistakes of a query.
	All bool

	// FoldsCase says that the index folds the case of all texts, for the
	// languages that compare as the index does (readback.Options).
	FoldsCase bool
}

// A Report says how the queries of one rule compare with the rule.
type Report struct {
	Result *backends.Result // what the rule compiled to; nil for queries from elsewhere
	Set    *synth.Set       // the events that were made

	Events  []synth.Event // those that were compared, with what the rule says of them
	LeftOut int           // how many were not, since no store of the language holds them

	// Unread says which query could not be read back and why; nil where all
	// were read.
	Unread *Unread

	Differences []Difference
}

// A Difference is an event of which the rule and its queries say different
// things.
type Difference struct {
	Event synth.Event
	Found bool // by one of the queries; the rule says the opposite

	// Known is the warning of the query that tells of it, nil where nothing
	// does.
	Known *sigma.Error
}

// String returns what is different, with the event.
func (d Difference) String() string {
	what := "the rule matches it, the query does not find it"
	if d.Found {
		what = "the query finds it, the rule does not match it"
	}
	return fmt.Sprintf("%s (%s): %s", what, d.Event.Why, d.Event.JSON)
}

// ErrNoReader says that there is no reader for the language of a target.
var ErrNoReader = errors.New("queries of this target cannot be read back")

// Rule compiles a rule that ir.Build made and compares it with its queries.
// The error is that of the compiler, or of package synth, or ErrNoReader.
func Rule(c *backends.Compiler, rule *ir.Rule, o Options) (*Report, error) {
	mapped, err := c.Map(rule)
	if err != nil {
		return nil, err
	}
	result, err := c.Mapped(mapped)
	if err != nil {
		return nil, err
	}
	set, err := Events(c.Backend(), mapped, o)
	if err != nil {
		return nil, err
	}
	return Result(c, result, set, o)
}

// Result compares what a rule compiled to with events that Events made of the
// rule in the names of the target. The error is ErrNoReader, or one of the
// backend's own data.
func Result(c *backends.Compiler, result *backends.Result, set *synth.Set, o Options) (*Report, error) {
	report, err := compare(c.Backend(), c.Cannot(), set, bare(result), o)
	if err != nil {
		return nil, err
	}
	report.Result = result
	report.explain(c.Backend(), bare(result), o)
	return report, nil
}

// bare returns the queries alone.
func bare(result *backends.Result) []string {
	queries := make([]string, len(result.Queries))
	for i, q := range result.Queries {
		queries[i] = q.Bare
	}
	return queries
}

// Queries compares a rule, in the names of the target, with queries of the
// backend's language that are said to find what it matches. They need not be
// the backend's own.
func Queries(b *emit.Backend, mapped *ir.Rule, queries []string, o Options) (*Report, error) {
	set, err := Events(b, mapped, o)
	if err != nil {
		return nil, err
	}
	return Compare(b, set, queries, o)
}

// Compare is Queries on events that Events made before, so that one set serves
// several targets where no pipeline maps the rule.
func Compare(b *emit.Backend, set *synth.Set, queries []string, o Options) (*Report, error) {
	return compare(b, b.Cannot, set, queries, o)
}

func compare(b *emit.Backend, cannot []string, set *synth.Set, queries []string, o Options) (*Report, error) {
	if b.Read == nil {
		return nil, ErrNoReader
	}
	traits, err := o.cannot(b, set, cannot)
	if err != nil {
		return nil, err
	}
	report := &Report{Set: set, Events: held(set.Events, traits)}
	report.LeftOut = len(set.Events) - len(report.Events)
	q, unread := open(b, set, queries, o.FoldsCase)
	if unread != nil {
		report.Unread = unread
		return report, nil
	}
	for _, e := range report.Events {
		if found := q.finds(e.JSON); found != e.Expect {
			report.Differences = append(report.Differences, Difference{Event: e, Found: found})
		}
	}
	return report, nil
}
