package eval

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An Explanation says why a rule matches an event or does not. It can be
// printed, and marshalled as JSON.
type Explanation struct {
	ID      string `json:"id,omitempty"`
	Title   string `json:"title"`
	File    string `json:"file,omitempty"`
	Matched bool   `json:"matched"`
	// It is not known whether the rule matches: the answer depends on tests
	// that have an Error. Then Matched is false.
	Undecided bool     `json:"undecided,omitempty"`
	Where     []*Step  `json:"where"`   // the condition; several are alternatives (N5)
	Fields    []Field  `json:"fields"`  // that the rule tests and the event has, with their values as they are there
	Changes   []Change `json:"changes"` // the smallest change of the event that turns the answer; empty where none was found
}

// A Step is one part of the condition.
type Step struct {
	Kind   StepKind `json:"kind"`
	Name   string   `json:"name,omitempty"`   // of a search
	Field  string   `json:"field,omitempty"`  // of a test; "" with keywords
	Want   string   `json:"want,omitempty"`   // of a test: what is asked for, in words
	Line   int      `json:"line,omitempty"`   // in the file of the rule
	Column int      `json:"column,omitempty"` // in characters
	Seen   []string `json:"seen,omitempty"`   // of a test: the values of the field, as text, shortened; they are whole in Fields
	Absent bool     `json:"absent,omitempty"` // of a test: the event has no such field
	Passed bool     `json:"passed"`
	Error  string   `json:"error,omitempty"` // of a test: why its answer is not known
	Parts  []*Step  `json:"parts,omitempty"`

	test ir.Test
	slot int32 // of the field, or wordSlot
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
	x := &Explanation{Fields: w.list()}
	if r := rule.Source; r != nil {
		x.ID, x.Title, x.File = r.ID, r.Title, r.Pos.Name()
	}
	root := w.root(rule)
	x.Matched, x.Where = root.Passed, root.Parts
	if root.undecided() {
		x.Undecided, x.Matched = true, false
		return x, nil
	}
	x.Changes = w.changes(rule, root)
	return x, nil
}

// root explains all conditions of a rule: one must pass (N5).
func (w *walker) root(rule *ir.Rule) *Step {
	return join(AnyStep, explainAll(rule.Where, w.explain))
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
		return w.explainTest(e.Test, e.Field, w.slots[e.Field])
	case *ir.Keyword:
		return w.explainTest(e.Test, "", wordSlot)
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
func (w *walker) explainTest(t ir.Test, field string, slot int32) *Step {
	part := func(t ir.Test) *Step { return w.explainTest(t, field, slot) }
	switch t := t.(type) {
	case ir.AnyOf:
		return join(AnyStep, explainAll(t, part))
	case ir.AllOf:
		return join(AllStep, explainAll(t, part))
	}
	pos := t.Position()
	s := &Step{Kind: TestStep, Field: field, Line: pos.Line, Column: pos.Col, test: t, slot: slot}
	w.a.err = nil
	if slot == wordSlot {
		s.Passed = w.keyword(t)
	} else {
		s.Passed = w.field(t, slot)
	}
	if !s.Passed && w.a.err != nil {
		s.Error = w.a.err.Error()
	}
	if w.instead == nil { // what is shown
		s.Want = Describe(t, field)
		if slot != wordSlot {
			s.Seen, s.Absent = w.seen(slot), !w.v.has(slot)
		}
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
