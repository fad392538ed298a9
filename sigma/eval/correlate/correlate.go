package correlate

import (
	"errors"
	"fmt"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Options say how correlations are run. The zero value takes events in the
// order of their time and tells every firing.
type Options struct {
	// Lateness is how much earlier than the latest event so far an event may
	// lie. Events wait for as long. Earlier ones are left out, and counted.
	Lateness time.Duration

	// Suppress is how long a group is silent once an alert of it was told (C33).
	// A negative value stands for the timespan of each correlation: an alert a
	// window. It is about what is told only; a correlation that refers to another
	// sees all that it fired.
	Suppress time.Duration

	// MissingKeys puts events that lack a group-by field into a group of their
	// own, that of the absent value, instead of into none (C8).
	MissingKeys bool

	// MaxGroups and MaxEvents bound what a correlation keeps, and MaxPending the
	// events that wait for earlier ones. Zero stands for 1,000,000 groups,
	// 10,000,000 events and 1,000,000 that wait.
	MaxGroups, MaxEvents, MaxPending int

	// MaxListed is how many events an alert lists. Zero stands for 100.
	MaxListed int

	// Shards is how many goroutines the groups are split over. Zero stands for
	// one. The alerts are the same for any number, unless a bound is reached: each
	// shard has its part of MaxGroups and MaxEvents, and which event is
	// the earliest is then a matter of the shard.
	Shards int
}

// withDefaults returns the options with zeros replaced.
func (o Options) withDefaults() Options {
	set := func(n *int, value int) {
		if *n <= 0 {
			*n = value
		}
	}
	set(&o.MaxGroups, 1_000_000)
	set(&o.MaxEvents, 10_000_000)
	set(&o.MaxPending, 1_000_000)
	set(&o.MaxListed, 100)
	set(&o.Shards, 1)
	o.Shards = min(o.Shards, maxShards)
	o.Lateness = max(o.Lateness, 0)
	return o
}

// maxShards bounds the goroutines.
const maxShards = 256

// Fields are the fields of an event.
type Fields interface {
	// Values appends the values of a field as texts: none where the event lacks
	// it, several where it is a list. The texts need only live until the call of
	// Add returns.
	Values(field string, to []string) []string
}

// An Event is an event that some rules match.
type Event struct {
	Time   time.Time
	ID     uint64        // what alerts list; different for different events
	Rules  []*sigma.Rule // the rules that it matches; others than those of the correlations are ignored
	Fields Fields
}

// An Alert is told where the condition of a correlation holds.
type Alert struct {
	Correlation *ir.Correlation
	From, To    time.Time // of the window, both included
	Group       []Value   // of each group-by field, in order
	Value       string    // what was compared: a count, a sum ... as a decimal number; the rules that occur for a boolean condition
	Events      []uint64  // the latest events of the window, in the order of their times and ids
	Total       int       // how many events of the group are in the window
}

// A Value is the value of a group-by field in a group.
type Value struct {
	Field  string
	Text   string
	Absent bool // the group of events without the field, where MissingKeys is set
}

// Stats count what was left out, and what is kept. All but the last four only
// grow.
type Stats struct {
	Events        uint64 // that were added and match a rule of a correlation
	Late          uint64 // left out, since they came too late
	NoTime        uint64 // left out, since their time is outside of the years 1678 to 2262
	MissingKey    uint64 // not seen by a correlation, since they lack a group-by field of it
	NoValue       uint64 // not seen by a correlation, since they lack the value that it counts or the number that it computes with
	EvictedEvents uint64 // dropped from a window before its end, since there were too many
	EvictedGroups uint64 // dropped with all their events, since there were too many
	Suppressed    uint64 // alerts that were not told
	Pending       int    // events that wait for earlier ones
	Groups        int
	Kept          int // events in open windows
	Listed        int // of the memory: bytes of texts that wait with their events
}

// A Correlator runs correlations. It must not be used by several goroutines at
// once.
type Correlator struct {
	options Options
	tell    func(Alert)
	nodes   []*node                 // in levels: those that others refer to first
	rules   map[*sigma.Rule]*member // by the document
	fields  []string                // that are read of events
	key     [2]uint64               // of the hashes
	pending pending
	texts   arena
	stats   Stats
	scratch scratch
	tupler  *tupler
}

// scratch is memory that is used again and again.
type scratch struct {
	values []string
	rules  []*member
	batch  []*record
	free   []*record
}

// New returns a correlator for correlations that ir.Link made. Alerts of those
// go to tell, in the order of their time, then of the correlations; those of
// correlations that they refer to do not, unless they are in the list as well.
// The error is an ErrorList.
func New(correlations []*ir.Correlation, tell func(Alert), o Options) (*Correlator, error) {
	if tell == nil {
		return nil, errors.New("correlate: there is nobody to tell alerts to")
	}
	c := &Correlator{options: o.withDefaults(), tell: tell, rules: make(map[*sigma.Rule]*member)}
	c.key = newKey()
	c.tupler = newTupler(c)
	b := &compiler{Correlator: c, done: make(map[*ir.Correlation]*node), fieldIndex: make(map[string]int)}
	for _, x := range correlations {
		if n := b.node(x); n != nil {
			n.told = true
		}
	}
	if len(b.errs) > 0 {
		return nil, b.errs
	}
	return c, nil
}

// Rules returns the documents of the rules that the correlations refer to:
// events that match none of them need not be added.
func (c *Correlator) Rules() []*sigma.Rule {
	out := make([]*sigma.Rule, 0, len(c.rules))
	for r := range c.rules {
		out = append(out, r)
	}
	return out
}

// Add takes an event in. Alerts of earlier events may be told before it
// returns. The error says that the event was left out, and why: ErrLate or
// ErrTime.
func (c *Correlator) Add(e Event) error {
	c.scratch.rules = c.scratch.rules[:0]
	for _, r := range e.Rules {
		if m := c.rules[r]; m != nil {
			c.scratch.rules = append(c.scratch.rules, m)
		}
	}
	if len(c.scratch.rules) == 0 {
		return nil
	}
	c.stats.Events++
	t, ok := nanoseconds(e.Time)
	if !ok {
		c.stats.NoTime++
		return ErrTime
	}
	if c.pending.tooLate(t, c.options.Lateness) {
		c.stats.Late++
		return ErrLate
	}
	c.pending.add(c.record(t, &e))
	if c.pending.len() > c.options.MaxPending || c.pending.ready(c.options) >= batchSize {
		c.run(false)
	}
	return nil
}

// Errors of Add.
var (
	ErrLate = fmt.Errorf("correlate: the event is later than the lateness allows")
	ErrTime = fmt.Errorf("correlate: the time of the event is outside of the years 1678 to 2262")
)

// batchSize is how many events are correlated at once: enough for several
// goroutines to be worth it.
const batchSize = 1024

// Advance correlates the events that no event within the lateness can precede
// any more, without waiting for others to come.
func (c *Correlator) Advance() { c.run(false) }

// Flush correlates all events that wait, as at the end of a stream. Events
// that lie before them are late from then on.
func (c *Correlator) Flush() { c.run(true) }

// Stats returns the counts so far.
func (c *Correlator) Stats() Stats {
	s := c.stats
	s.Pending, s.Listed = c.pending.len(), c.texts.size
	for _, n := range c.nodes {
		for _, sh := range n.shards {
			s.MissingKey += sh.stats.MissingKey
			s.NoValue += sh.stats.NoValue
			s.EvictedEvents += sh.stats.EvictedEvents
			s.EvictedGroups += sh.stats.EvictedGroups
			s.Groups += sh.groups.len()
			s.Kept += sh.window.len()
		}
		s.MissingKey += n.missing
	}
	return s
}

// nanoseconds returns a time as nanoseconds since 1970; false where these do
// not fit.
func nanoseconds(t time.Time) (int64, bool) {
	const first, last = -9223372036, 9223372036 // seconds
	if s := t.Unix(); s <= first || s >= last {
		return 0, false
	}
	return t.UnixNano(), true
}
