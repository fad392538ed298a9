package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A converter is one of the two that the board compares.
type converter int

// The converters.
const (
	sigmac converter = iota
	pySigma
	converters
)

// String returns the converter's name.
func (c converter) String() string { return [...]string{"sigmac", "pySigma"}[c] }

// Counts are numbers by name.
type counts map[string]int

// sorted returns the names, those with the highest numbers first.
func (c counts) sorted() []string {
	return slices.SortedFunc(maps.Keys(c), func(a, b string) int {
		if c[a] != c[b] {
			return c[b] - c[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
}

// sum returns the sum of the numbers.
func (c counts) sum() (n int) {
	for _, k := range c {
		n += k
	}
	return n
}

// A cell is a number of rules out of others, or why there is none.
type cell struct {
	n, of int
	why   string // why it was not measured; "" where it was
}

// String returns the number as the board shows it.
func (c cell) String() string {
	if c.why != "" {
		return "not measured: " + c.why
	}
	return fmt.Sprintf("%s of %s", thousands(c.n), thousands(c.of))
}

// unmeasured stands in the summary for a number that was not measured.
const unmeasured = "not measured"

// short returns the number alone, for tables whose head says out of what.
func (c cell) short(absent string) string {
	switch {
	case absent != "":
		return "none"
	case c.why != "":
		return unmeasured
	}
	return thousands(c.n)
}

// A score is what was counted of one converter in one conversion.
type score struct {
	absent    string // why there is nothing of it; "" where there is
	rules     int
	converted int
	unsaid    counts // rules that are not converted, by class
	warned    counts // rules with a warning, by class of the warning
	silent    int    // converted rules without a warning

	acceptedBy string // the parser and its version
	accepted   cell
	refused    counts // rules whose queries are refused, by reason

	recorded tally       // on recorded events, with queries read back
	folded   tally       // the same on an index that folds case
	onEngine []engineRun // on recorded events, on engines
	made     tally       // on synthesised events
	madeFold tally       // the same on an index that folds case
	unmade   string      // why synthesised events say nothing of it
	unplayed string      // why recorded events say nothing of it
}

// An engineRun is how the queries did on recorded events on an engine.
type engineRun struct {
	engine, version string
	exact           cell
	refused         counts
}

// String returns the engine's name with its version, where it runs.
func (run engineRun) String() string {
	if run.version == "" {
		return run.engine
	}
	return run.engine + ": " + run.version
}

// count counts what is converted and what is warned of.
func (b *batch) count() {
	for who := range converters {
		s := &b.scores[who]
		s.rules, s.unsaid, s.warned, s.refused = len(b.units), counts{}, counts{}, counts{}
	}
	if b.recorded == "" {
		b.scores[pySigma].absent = "none was recorded"
		if b.target == "kql" {
			b.scores[pySigma].absent = "pySigma has no such target"
		}
	}
	for i := range b.units {
		u := &b.units[i]
		b.scores[sigmac].countOurs(u)
		if b.scores[pySigma].absent == "" {
			b.scores[pySigma].countTheirs(u)
		}
	}
}

// countOurs counts a rule of ours.
func (s *score) countOurs(u *unit) {
	if u.err != nil {
		s.unsaid[string(sigma.Errors(u.err)[0].Code)]++
		return
	}
	s.converted++
	seen := make(map[sigma.Code]bool)
	for _, w := range u.result.Warnings {
		if !seen[w.Code] {
			seen[w.Code] = true
			s.warned[string(w.Code)]++
		}
	}
	if len(seen) == 0 {
		s.silent++
	}
}

// countTheirs counts a rule of pySigma's, which has no warnings.
func (s *score) countTheirs(u *unit) {
	switch {
	case u.theirs == nil:
		s.unsaid["not recorded"]++
	case len(u.theirs.Queries) == 0 && u.theirs.Error == "":
		s.unsaid["no query and no error"]++
	case len(u.theirs.Queries) == 0:
		s.unsaid[u.theirs.Error]++
	default:
		s.converted++
		s.silent++
	}
}
