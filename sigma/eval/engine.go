package eval

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Options say how rules are run. The zero Options are the common ones.
type Options struct {
	// SkipErrors makes Compile return an engine of the rules that can run
	// beside the error that names the others.
	SkipErrors bool

	// Derive makes the engine find out the log source of each event, from
	// Channel, EventID and provider for Windows and from the fields product,
	// category and service, and skip the rules of other sources. Where the
	// caller knows the source, Engine.For is better.
	Derive bool

	// Regexp compiles the regular expressions that an engine of linear time
	// cannot run: those with look-around and back-references. Where it is
	// nil, they are errors. backtrack.New is one, with a limit of time for
	// each value; all such expressions together have a second for an event. A
	// rule whose answer for an event depends on an expression that gave up is
	// among the matches, with Match.Err.
	Regexp func(*ir.Regexp) (Matcher, error)
}

// An Engine is a set of rules, ready to match events. It never changes, and
// any number of goroutines may use it at once. To exchange the rules while
// events flow, keep the engine in an atomic.Pointer[Engine] and store another.
type Engine struct {
	rules []*ir.Rule // all that were given, also those that cannot run
	names *names
	core  *core
	plan  *plan
	route *router        // nil unless log sources are derived
	tags  *atomic.Uint32 // of the values that cores remember
	all   bool           // values of fields that no rule names are needed: keywords
	pool  sync.Pool
}

// A Match is a rule that matched.
type Match struct {
	Rule  *ir.Rule
	Index int // of the rule in the slice that Compile was given

	// Err is nil for a match. Otherwise it is not known whether the rule
	// matches, and Err says why. It only happens with Options.Regexp.
	Err error
}

// Runs reports whether the engine runs the rule with that index: not where it
// cannot run and Options.SkipErrors is set, nor where For left it out.
func (e *Engine) Runs(index int) bool {
	_, runs := slices.BinarySearch(e.plan.chosen, index)
	return runs
}

// Rules returns the rules that Compile was given, in that order.
func (e *Engine) Rules() []*ir.Rule { return e.rules }

// Match appends the rules that match the event to dst, in the order of the
// rules. It borrows a Session; a goroutine that matches many events may keep
// one of its own.
func (e *Engine) Match(ev Event, dst []Match) []Match {
	s := e.session()
	dst = s.Match(ev, dst)
	e.pool.Put(s)
	return dst
}

// MatchJSON is Match for an event as a JSON object. The error is a
// *SyntaxError.
func (e *Engine) MatchJSON(text []byte, dst []Match) ([]Match, error) {
	s := e.session()
	dst, err := s.MatchJSON(text, dst)
	e.pool.Put(s)
	return dst, err
}

func (e *Engine) session() *Session {
	if s, ok := e.pool.Get().(*Session); ok {
		return s
	}
	return e.NewSession()
}

// For returns the engine of the rules that are about events of one of the log
// sources: of each rule those attributes that the source has, too, must be
// equal. An attribute that either lacks excludes nothing. An event may be of
// several: number 13 of Sysmon is of the categories registry_set and
// registry_event. Index keeps its meaning. Making it costs about as much as
// Compile.
func (e *Engine) For(sources ...sigma.LogSource) *Engine {
	var chosen []int
	for _, i := range e.plan.chosen {
		rule := &e.rules[i].LogSource
		if slices.ContainsFunc(sources, func(s sigma.LogSource) bool { return compatible(rule, &s) }) {
			chosen = append(chosen, i)
		}
	}
	return e.subset(chosen)
}
