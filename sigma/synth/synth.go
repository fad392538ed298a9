package synth

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Options say which events are made. The zero Options are the common ones.
type Options struct {
	// Seed chooses among values that are equally good. The same rule, seed
	// and bound give the same events.
	Seed uint64

	// Max bounds the events of a rule; 0 is DefaultMax.
	Max int

	// KeywordFields are the fields in which values for keywords are put: the
	// first one mostly, the second where they are in two. The default is
	// message and data, or columns of the rule's table.
	KeywordFields []string
}

// DefaultMax is how many events a rule gets at most, unless told otherwise.
// Most rules need fewer.
const DefaultMax = 100

// A Set is the events of one rule.
type Set struct {
	Rule   *ir.Rule
	Events []Event
	Fields []Field // that a store must have to hold the events

	// Assumed are the pieces of another language's query in the rule, which a
	// pipeline put there. They cannot be evaluated: the events are made, and
	// Expect is said, as if each of them were true.
	Assumed []string

	// Computed are the fields that the target does not store but computes.
	// The events have them under their own names.
	Computed []Computed

	// Unmatched says why there is no event that the rule matches, nil where
	// there is one: nothing that was tried meets all conditions, which mostly
	// contradict each other. Its place is that of the condition.
	Unmatched *sigma.Error
}

// An Event is one event that was made.
type Event struct {
	JSON   []byte // one object; names are those of the rule
	Expect bool   // whether the rule matches it, as package eval says
	Why    string // what it is about
	Traits Trait  // what a store must be able to hold, and a language to tell apart
}

// A Field is a field of a rule's events.
type Field struct {
	Name     string
	Type     schema.Type // of the table's column, else what the rule's values suggest
	Declared bool        // the type is that of the table's column
}

// Events makes events from a rule as ir.Build made it, or a pipeline after it.
// The error is a sigma.ErrorList of what keeps the rule from being evaluated,
// such as a placeholder that nothing filled.
func Events(rule *ir.Rule, o Options) (*Set, error) {
	mk, err := newMaker(rule, o)
	if err != nil {
		return nil, err
	}
	return mk.make(rule), nil
}

// maxLeaves bounds the single tests of a rule.
const maxLeaves = 20_000

// A maker makes the events of one rule.
type maker struct {
	m     *model
	f     *formula
	judge *judge
	seed  uint64
	max   int
	usual bool  // max is the default
	at    []int // by leaf: its node
	need  bits  // leaves that still need an event in which they decide
}

func newMaker(rule *ir.Rule, o Options) (*maker, error) {
	m := newModel(rule, &o)
	if n := len(m.leaves); n > maxLeaves {
		return nil, sigma.ErrorList{{Pos: m.pos(), Code: sigma.Limit, Msg: fmt.Sprintf("the rule has %d tests; events are made for %d at most", n, maxLeaves)}}
	}
	j, err := newJudge(m)
	if err != nil {
		return nil, err
	}
	mk := &maker{m: m, f: newFormula(m), judge: j, max: o.Max, need: m.newBits()}
	if mk.max <= 0 {
		mk.max, mk.usual = DefaultMax, true
	}
	mk.at = mk.f.leafNodes(len(m.leaves))
	h := fnv.New64a()
	if rule.Source != nil {
		_, _ = h.Write([]byte(rule.Source.ID + "\n" + rule.Source.Title)) // a hash takes everything
	}
	mk.seed = o.Seed ^ h.Sum64()
	return mk, nil
}

// random returns a source of random numbers that is the same each time.
func (mk *maker) random() *rand.Rand { return rand.New(rand.NewPCG(mk.seed, 1)) }
