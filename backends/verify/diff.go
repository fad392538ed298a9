package verify

import (
	"cmp"
	"slices"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// A Comparison says how the compiler's queries of a rule and those of another
// converter compare, with each other and with the rule.
type Comparison struct {
	Set          *synth.Set
	Events       []Answer // that were compared
	LeftOut      int      // events that were not, since no store of the language holds them
	Ours, Theirs Side
	More, Less   int // events that theirs finds and ours does not, and the other way round
}

// A Side is what is known of one of the two.
type Side struct {
	Queries []string // none where the rule was not compiled
	Unread  *Unread  // which query could not be read back; nil where all were
	Misses  int      // events that the rule matches and the queries do not find
	Extra   int      // events that the queries find and the rule does not match
}

// Right reports whether the queries say what the rule says of every event.
func (s *Side) Right() bool { return s.read() && s.Misses+s.Extra == 0 }

// read reports whether the side has queries, which could be read back.
func (s *Side) read() bool { return s.Queries != nil && s.Unread == nil }

// Refused reports whether the language refuses one of the queries.
func (s *Side) Refused() bool { return s.Unread != nil && !s.Unread.Err.Foreign }

// An Answer is an event with what each side says of it: whether it is found.
type Answer struct {
	synth.Event  // Expect is what the rule says
	Ours, Theirs bool

	// Known is the warning of the compiler's query that tells why it does not
	// say what the rule says, nil where it does, or where no warning tells.
	Known *sigma.Error

	foreign bool // made from the other converter's query
}

// Diff compares what a rule compiled to with the queries of another converter.
// The rule is in the names of the target. The events are made from the rule
// and, for what the other query finds beside it, from that query's meaning.
// Where one of the two could not be read, or where the result is nil, the other
// is still compared with the rule. The error is that of Events, or ErrNoReader.
func Diff(c *backends.Compiler, mapped *ir.Rule, result *backends.Result, theirs []string, o Options) (*Comparison, error) {
	b := c.Backend()
	if b.Read == nil {
		return nil, ErrNoReader
	}
	set, err := Events(b, mapped, o)
	if err != nil {
		return nil, err
	}
	cannot, err := o.cannot(b, set, c.Cannot())
	if err != nil {
		return nil, err
	}
	out := &Comparison{Set: set, Theirs: Side{Queries: theirs}}
	var ours, other *finder
	if result != nil {
		out.Ours.Queries = bare(result)
		ours, out.Ours.Unread = open(b, set, out.Ours.Queries, o.FoldsCase)
	}
	other, out.Theirs.Unread = open(b, set, theirs, o.FoldsCase)
	for _, e := range held(set.Events, cannot) {
		out.Events = append(out.Events, Answer{Event: e})
	}
	out.LeftOut = len(set.Events) - len(out.Events)
	if other != nil {
		more, err := foreign(set, ours, other, cannot, o)
		if err != nil {
			return nil, err
		}
		out.Events = append(out.Events, more...)
	}
	out.ask(ours, other)
	out.explain(c, result, o)
	return out, nil
}

// ask fills in what both sides say.
func (c *Comparison) ask(ours, theirs *finder) {
	for i := range c.Events {
		a := &c.Events[i]
		if ours != nil {
			a.Ours = ours.finds(a.JSON)
			c.Ours.count(a.Ours, a.Expect)
		}
		if theirs != nil {
			a.Theirs = theirs.finds(a.JSON)
			c.Theirs.count(a.Theirs, a.Expect)
		}
		switch {
		case ours == nil || theirs == nil || a.Ours == a.Theirs:
		case a.Theirs:
			c.More++
		default:
			c.Less++
		}
	}
}

func (s *Side) count(found, expect bool) {
	switch {
	case found && !expect:
		s.Extra++
	case !found && expect:
		s.Misses++
	}
}

// explain looks for the warnings that tell where the compiler's query is off.
func (c *Comparison) explain(compiler *backends.Compiler, result *backends.Result, o Options) {
	if c.Ours.Misses+c.Ours.Extra == 0 {
		return
	}
	r := Report{Set: c.Set, Result: result}
	var at []int
	for i := range c.Events {
		if a := &c.Events[i]; a.Ours != a.Expect {
			r.Differences = append(r.Differences, Difference{Event: a.Event, Found: a.Ours})
			at = append(at, i)
		}
	}
	r.explain(compiler.Backend(), c.Ours.Queries, o)
	for k, i := range at {
		c.Events[i].Known = r.Differences[k].Known
	}
}

// Shown returns the events that show best where the two sides differ: one that
// theirs finds and ours does not, and one of the opposite, as far as there
// are. Where only one of the two could be compared, it is where that one and
// the rule differ. Best are events of the rule's own, with nothing unusual in
// them, and short.
func (c *Comparison) Shown() []*Answer {
	one, other := (*Answer).ours, (*Answer).theirs
	switch {
	case c.Ours.read() && c.Theirs.read():
	case c.Ours.read():
		other = (*Answer).rule
	case c.Theirs.read():
		one = (*Answer).rule
	default:
		return nil
	}
	var best [2]*Answer
	for i := range c.Events {
		a := &c.Events[i]
		if one(a) == other(a) {
			continue
		}
		if b := &best[index(other(a))]; *b == nil || plainer(a, *b) < 0 {
			*b = a
		}
	}
	return slices.DeleteFunc(best[:], func(a *Answer) bool { return a == nil })
}

func (a *Answer) ours() bool   { return a.Ours }
func (a *Answer) theirs() bool { return a.Theirs }
func (a *Answer) rule() bool   { return a.Expect }

// plainer orders answers: those first that show a difference best.
func plainer(a, b *Answer) int {
	return cmp.Or(cmp.Compare(index(a.foreign), index(b.foreign)),
		cmp.Compare(len(a.Traits.Names()), len(b.Traits.Names())),
		cmp.Compare(len(a.JSON), len(b.JSON)))
}
