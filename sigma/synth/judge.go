package synth

import (
	"regexp/syntax"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A judge says what the evaluator says: of an event, and of each single test.
// For that, every leaf is a rule of its own in one engine, and the last rule
// is the rule itself. All that is known of what tests mean is known there.
type judge struct {
	m       *model
	session *eval.Session
	matches []eval.Match
	buf     []byte
	alone   event           // to judge single values with
	known   map[string]bits // of single values, by their event's text
	steps   int             // what a byte of an event costs
	budget  int             // what may still be spent
}

// maxJudged bounds the work for one rule: the bytes of all events that are
// tried, more where its regular expressions and patterns are long.
const maxJudged = 64 << 20

// What an event costs beside its bytes, and what is known already; and how many
// instructions of regular expressions cost as much as a byte of an event.
const (
	judgeCost  = 256
	lookUpCost = 16
	stepCost   = 16
)

// instructions counts those of the rule's regular expressions and the parts of
// its patterns with stars in the middle: each may run at each byte of a value.
func (m *model) instructions() (n int) {
	for _, l := range m.leaves {
		switch t := l.test.(type) {
		case *ir.Regexp:
			if t.Tree == nil {
				continue
			}
			if prog, err := syntax.Compile(t.Tree.Simplify()); err == nil {
				n += len(prog.Inst)
			}
		case *ir.Text:
			if shape, _ := t.Pattern.Shape(); shape == ir.Glob {
				n += len(t.Pattern)
			}
		}
	}
	return n
}

// newJudge compiles the rule. The error is that of eval.Compile.
func newJudge(m *model) (*judge, error) {
	rules := make([]*ir.Rule, 0, len(m.leaves)+1)
	for _, l := range m.leaves {
		var e ir.Expr = &ir.Keyword{Test: l.test}
		if l.field != "" {
			e = &ir.Match{Field: l.field, Test: l.test}
		}
		rules = append(rules, &ir.Rule{Source: m.rule.Source, Where: []ir.Expr{e}})
	}
	whole := *m.rule
	whole.Computed = nil // the events have these columns under their own names
	engine, err := eval.Compile(append(rules, &whole), eval.Options{})
	if err != nil {
		if _, plain := eval.Compile([]*ir.Rule{&whole}, eval.Options{}); plain != nil {
			err = plain // without what the leaves say again
		}
		return nil, err
	}
	return &judge{
		m: m, session: engine.NewSession(), known: map[string]bits{}, steps: 1 + m.instructions()/stepCost, budget: maxJudged,
		alone: event{values: make([]value, len(m.fields))},
	}, nil
}

// event returns the leaves that an event passes, and whether the rule matches
// it.
func (j *judge) event(e *event) (bits, bool) {
	j.buf = j.m.appendEvent(j.buf[:0], e)
	return j.text(j.buf)
}

// text is event for an event as JSON.
func (j *judge) text(text []byte) (bits, bool) {
	j.budget -= len(text)*j.steps + judgeCost
	truth, match := j.m.newBits(), false
	// The text is JSON, so that there can be no error.
	j.matches, _ = j.session.MatchJSON(text, j.matches[:0])
	for _, x := range j.matches {
		if x.Index == len(j.m.leaves) {
			match = true
		} else {
			truth.set(x.Index)
		}
	}
	return truth, match
}

// value returns which leaves of a field, and which keywords, pass where the
// field has that value.
func (j *judge) value(slot int, v value) bits {
	j.alone.values[slot] = v
	j.buf = j.m.appendEvent(j.buf[:0], &j.alone)
	j.alone.values[slot] = value{}
	n := len(j.buf)
	if v.kind == absent {
		j.buf = append(j.buf, j.m.fields[slot].name...) // an event without any field has an answer for each
	}
	j.budget -= lookUpCost
	truth, ok := j.known[string(j.buf)]
	if !ok {
		truth, _ = j.text(j.buf[:n])
		truth.keep(j.m.fields[slot].own)
		j.known[string(j.buf)] = truth
	}
	return truth
}

// spent reports whether the rule has cost as much as it may.
func (j *judge) spent() bool { return j.budget < 0 }
