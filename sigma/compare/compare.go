package compare

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Relation is how the new one of two rules relates to the old one.
type Relation uint8

// The relations.
const (
	Alike        Relation = iota // no difference was found, and equality is not proven
	Same                         // proven: they match the same events
	Broader                      // the new one matches more
	Narrower                     // the new one matches less
	Incomparable                 // each matches what the other does not
	Changed                      // they differ, and whether that is more or less is not known
)

var relationNames = [...]string{"alike", "same", "broader", "narrower", "incomparable", "changed"}

// String returns the name of the relation, which is a promise to programs.
func (r Relation) String() string { return relationNames[r] }

// Options say how much is tried. The zero Options are the common ones.
type Options struct {
	// Events bounds the events that are made to look for a difference in one
	// way; 0 is as many as package synth makes.
	Events int

	// Steps bounds the work of a proof; 0 is enough for rules as people write
	// them.
	Steps int
}

// A Result says how two rules compare.
type Result struct {
	Relation Relation

	// Detection and LogSource are the relations of these parts alone. Of
	// correlations both are Same.
	Detection, LogSource Relation

	// OldInNew says that it is proven that the new detection matches all that
	// the old one does, NewInOld the opposite.
	OldInNew, NewInOld bool

	// OnlyNew is an event that only the new detection matches, OnlyOld one that
	// only the old one does; nil where there is none or none was found.
	OnlyNew, OnlyOld *Event

	Events int // how many events both detections were asked about

	// Notes say in words what changed of the log source or of a correlation.
	Notes []string

	// Err says why no events could be tried, such as placeholders that nothing
	// filled; nil where they were, or where there was no need to.
	Err error
}

// An Event is one that shows a difference.
type Event struct {
	JSON   []byte   // one object
	Traits []string // what is unusual about it, by the names of synth.Traits
}

// Proven reports whether the relation is certain. Of a broader rule that is not
// proven, an event is known that only it matches, and none was found that only
// the old one does.
func (r *Result) Proven() bool {
	switch r.Relation {
	case Same, Incomparable, Changed:
		return true
	case Broader:
		return r.OldInNew
	case Narrower:
		return r.NewInOld
	}
	return false
}

// Rules compares what two rules match. A rule with several conditions matches
// where one of them does (N5). Pipelines may have been applied to both.
func Rules(old, new *ir.Rule, o Options) *Result {
	r := &Result{LogSource: Same}
	r.LogSource, r.Notes = sources(old.LogSource, new.LogSource)
	a, b := ir.OneOf(old.Where...), ir.OneOf(new.Where...)
	p := prove(a, b, &o)
	r.OldInNew, r.NewInOld = p.xy, p.yx
	if !r.OldInNew || !r.NewInOld {
		r.search(old, new, p, &o)
	}
	r.Detection = r.settle()
	r.Relation = both(r.Detection, r.LogSource)
	return r
}

// settle returns the relation of the detections.
func (r *Result) settle() Relation {
	switch {
	case r.OldInNew && r.NewInOld:
		return Same
	case r.OnlyNew != nil && r.OnlyOld != nil:
		return Incomparable
	case r.OnlyNew != nil:
		return Broader
	case r.OnlyOld != nil:
		return Narrower
	}
	return Alike
}

// both returns the relation of rules of which two parts have these relations,
// and both parts must hold. Alike is not known to go another way.
func both(a, b Relation) Relation {
	switch {
	case a == b, b == Same:
		return a
	case a == Same, a == Alike:
		return b
	case b == Alike:
		return a
	case a == Changed || b == Changed:
		return Changed
	}
	return Incomparable
}

// Equal reports whether it is proven, without trying any event, that two
// expressions mean the same.
func Equal(a, b ir.Expr) bool {
	x, y := proofs(a, b, &Options{})
	return x && y
}

// Filters compares what two filters ask of events, as the conditions say it.
// That the rules differ that they are about is in the notes.
func Filters(old, new *sigma.Filter, o Options) (*Result, error) {
	a, err := filterRule(old)
	if err != nil {
		return nil, err
	}
	b, err := filterRule(new)
	if err != nil {
		return nil, err
	}
	r := Rules(a, b, o)
	if was, is := filterTargets(old), filterTargets(new); was != is {
		r.Relation, r.Notes = Changed, append(r.Notes, "it is about "+is+", was about "+was)
	}
	return r, nil
}

func filterRule(f *sigma.Filter) (*ir.Rule, error) {
	return ir.Build(&sigma.Rule{Meta: f.Meta, LogSource: f.LogSource, Detection: f.Detection})
}
