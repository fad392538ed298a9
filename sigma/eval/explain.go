package eval

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An Explanation says why a rule matches an event or does not. It can be
// printed, and marshalled as JSON.
type Explanation struct {
	ID      string   `json:"id,omitempty"`
	Title   string   `json:"title"`
	File    string   `json:"file,omitempty"`
	Matched bool     `json:"matched"`
	Where   []*Step  `json:"where"`   // the condition; several are alternatives (N5)
	Changes []Change `json:"changes"` // the smallest change of the event that turns the answer; empty where there is none
}

// A Step is one part of the condition.
type Step struct {
	Kind   StepKind `json:"kind"`
	Name   string   `json:"name,omitempty"`   // of a search
	Field  string   `json:"field,omitempty"`  // of a test; "" with keywords
	Want   string   `json:"want,omitempty"`   // of a test: what is asked for, in words
	Line   int      `json:"line,omitempty"`   // in the file of the rule
	Column int      `json:"column,omitempty"` // in characters
	Seen   []string `json:"seen,omitempty"`   // of a test: the values of the field
	Absent bool     `json:"absent,omitempty"` // of a test: the event has no such field
	Passed bool     `json:"passed"`
	Parts  []*Step  `json:"parts,omitempty"`
}

// A StepKind is the kind of a Step.
type StepKind string

// The kinds of steps.
const (
	AllStep    StepKind = "all"    // passed where all parts are
	AnyStep    StepKind = "any"    // passed where one part is
	NotStep    StepKind = "not"    // passed where its part is not
	SearchStep StepKind = "search" // a search of the rule under its name
	TestStep   StepKind = "test"   // a single test
	AlwaysStep StepKind = "always" // true or false for every event
)

// The bounds of what is shown of a field.
const (
	maxSeen     = 20  // values
	maxSeenSize = 500 // bytes of a value
)

// Explain says why a rule matches an event or does not. Of the options only
// Regexp counts. The error is that of Compile for a rule that cannot run.
func Explain(rule *ir.Rule, ev Event, o Options) (*Explanation, error) {
	w, err := newWalker(rule, &o)
	if err != nil {
		return nil, err
	}
	w.read(ev)
	x := &Explanation{}
	if r := rule.Source; r != nil {
		x.ID, x.Title, x.File = r.ID, r.Title, r.Pos.Name()
	}
	for _, e := range rule.Where {
		s := w.explain(e)
		x.Where = append(x.Where, s)
		x.Matched = x.Matched || s.Passed
	}
	all := &Step{Kind: AnyStep, Passed: x.Matched, Parts: x.Where}
	if f := flip(all); f.possible {
		x.Changes = f.changes
	}
	return x, nil
}

func (w *walker) explain(e ir.Expr) *Step {
	switch e := e.(type) {
	case ir.And:
		return join(AllStep, explainAll(e, w.explain))
	case ir.Or:
		return join(AnyStep, explainAll(e, w.explain))
	case *ir.Not:
		part := w.explain(e.X)
		return &Step{Kind: NotStep, Passed: !part.Passed, Parts: []*Step{part}}
	case *ir.Named:
		part := w.explain(e.X)
		return &Step{Kind: SearchStep, Name: e.Name, Passed: part.Passed, Parts: []*Step{part}}
	case *ir.Match:
		return w.explainTest(e.Test, e.Field, func(t ir.Test) bool { return w.field(t, w.slots[e.Field]) })
	case *ir.Keyword:
		return w.explainTest(e.Test, "", w.keyword)
	case ir.Const:
		return &Step{Kind: AlwaysStep, Passed: bool(e)}
	}
	return &Step{Kind: AlwaysStep}
}

func explainAll[T any](parts []T, f func(T) *Step) []*Step {
	out := make([]*Step, len(parts))
	for i, p := range parts {
		out[i] = f(p)
	}
	return out
}

func join(kind StepKind, parts []*Step) *Step {
	s := &Step{Kind: kind, Parts: parts, Passed: kind == AllStep}
	for _, p := range parts {
		if p.Passed != s.Passed {
			s.Passed = !s.Passed
			break
		}
	}
	return s
}

// explainTest explains the tests of an item.
func (w *walker) explainTest(t ir.Test, field string, single func(ir.Test) bool) *Step {
	part := func(t ir.Test) *Step { return w.explainTest(t, field, single) }
	switch t := t.(type) {
	case ir.AnyOf:
		return join(AnyStep, explainAll(t, part))
	case ir.AllOf:
		return join(AllStep, explainAll(t, part))
	}
	pos := t.Position()
	s := &Step{Kind: TestStep, Field: field, Want: describe(t, field), Line: pos.Line, Column: pos.Col, Passed: single(t)}
	if field != "" {
		slot := w.slots[field]
		s.Seen, s.Absent = w.seen(slot), !w.v.has(slot)
	}
	return s
}

// seen returns the values of a field.
func (w *walker) seen(slot int32) []string {
	var list []string
	for i := w.v.first(slot); i >= 0; i = w.v.values[i].next {
		if len(list) == maxSeen {
			return append(list, "...")
		}
		w.v.load(i, &w.a)
		text := w.a.plain
		if len(text) > maxSeenSize {
			text = append(append([]byte(nil), text[:maxSeenSize]...), "..."...)
		}
		list = append(list, strings.ToValidUTF8(string(text), ""))
	}
	return list
}
