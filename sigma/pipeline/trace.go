package pipeline

import (
	"maps"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A StepRef says which step of which pipeline is meant.
type StepRef struct {
	Pipeline string    // its name
	ID       string    // "" where the file gives none
	Type     string    // of the transformation
	Pos      sigma.Pos // of the step in the pipeline's file
}

// Label returns the step's id or, where it has none, its type.
func (r StepRef) Label() string {
	if r.ID != "" {
		return r.ID
	}
	return r.Type
}

// A ChangeKind says what it is that a step changed.
type ChangeKind string

// What steps change. Items are detection items: tests of a field or keywords.
const (
	ItemChanged      ChangeKind = "item"        // an item became an expression
	ItemAdded        ChangeKind = "added"       // an expression that no item of the rule stands for
	ItemDropped      ChangeKind = "dropped"     // an item was left out
	ItemImplied      ChangeKind = "implied"     // an item decides nothing any more, since what stands beside it became constant
	AlternativeAdded ChangeKind = "alternative" // an expression of which, with others, one must match; ItemAdded says so later
	LogSourceChanged ChangeKind = "log-source"  // the rule's log source
	FieldRenamed     ChangeKind = "field-name"  // a name in the rule's list of fields
	FieldsChanged    ChangeKind = "fields"      // the rule's list of fields, otherwise
	ReadsChanged     ChangeKind = "reads"       // the fields that a correlation reads of the rule's events
	StateSet         ChangeKind = "state"       // a value of the state
	TableSet         ChangeKind = "table"       // the table that the rule is about
	ColumnComputed   ChangeKind = "computed"    // a column that the query computes
	RuleWarned       ChangeKind = "warning"     // something was noted about the query
	RuleRefused      ChangeKind = "refused"     // the rule cannot be converted
	TraceCut         ChangeKind = "cut"         // more happened than a trace holds
)

// A Change is one thing that a step did to a rule on its way through a
// pipeline.
type Change struct {
	Kind ChangeKind
	Step StepRef

	// At is what of the step says so: an entry of its mapping, a row of a table
	// of facts; the step itself where it says one thing only.
	At sigma.Pos

	// Pos is the place of the item in the rule, of its log source or of what a
	// warning is about. What a step adds is in the pipeline.
	Pos sigma.Pos

	// From and To are what was and what is, as ir.String writes expressions.
	// Either is empty where there was or is nothing. Of the state and of
	// computed columns they are "name = value".
	From, To string

	// Before and After are the expressions behind From and To; nil where there
	// is none.
	Before, After ir.Expr
}

// Same reports whether a step looked at an item and left it as it was: a
// mapping of a field to its own name.
func (c Change) Same() bool { return c.Kind == ItemChanged && c.From == c.To }

// Trace is Apply, and returns what each step changed, in the order in which it
// happened; also where the rule is refused.
func (p *Pipeline) Trace(r *ir.Rule, target string) (*ir.Rule, []Change, error) {
	t := new(tracer)
	out, err := p.apply(r, target, t)
	return out, t.changes, err
}

// maxTrace bounds the text of a trace, in bytes: each step may change all of a
// rule, and there are thousands of steps.
const maxTrace = 16 << 20

// A tracer notes what the steps of a run change.
type tracer struct {
	changes []Change
	size    int
	first   int                                       // of the changes that the step in hand made
	place   func(name string, keyword bool) sigma.Pos // where the step in hand says what becomes of a field; nil: in one place
	entry   sigma.Pos                                 // where it says what becomes of the item in hand
}

// apply applies a step and notes what it did. Steps in a step note their own.
func (t *tracer) apply(w *run) {
	if _, ok := w.step.do.(nest); ok {
		w.step.do.apply(w)
		return
	}
	t.watch(w, func() { w.step.do.apply(w) })
}

// watch notes what f does to the rule.
func (t *tracer) watch(w *run, f func()) {
	before, errs, alternatives := *w.rule, len(w.errs), len(w.alternatives)
	before.State = maps.Clone(before.State)
	t.first, t.place, t.entry = len(t.changes), nil, sigma.Pos{}
	f()
	t.items(w, &before)
	t.rule(w, &before)
	for _, e := range w.alternatives[min(alternatives, len(w.alternatives)):] {
		t.note(w, Change{Kind: AlternativeAdded, Pos: exprPos(e), To: ir.String(e)})
	}
	for _, e := range w.errs[errs:] {
		t.note(w, Change{Kind: RuleRefused, Pos: e.Pos, To: e.Msg})
	}
}

// note adds a change by the step in hand, unless conditions share the item and
// it was noted for another.
func (t *tracer) note(w *run, c Change) {
	if t.size > maxTrace {
		return
	}
	c.Step = w.stepRef()
	if !c.At.IsValid() {
		c.At = c.Step.Pos
	}
	for _, o := range t.changes[t.first:] {
		if o.Kind == c.Kind && o.Pos == c.Pos && o.From == c.From && o.To == c.To {
			return
		}
	}
	if t.size += len(c.From) + len(c.To) + 1; t.size > maxTrace {
		c = Change{Kind: TraceCut, Step: c.Step, At: c.At, Pos: c.Pos}
	}
	t.changes = append(t.changes, c)
}

// stepRef returns the names and place of the step in hand. What the schema of
// the user changes, before and behind all steps, has the schema's file.
func (w *run) stepRef() StepRef {
	if w.step != nil {
		return w.step.ref()
	}
	r := StepRef{Type: schemaStep}
	if s := w.env.schema; s != nil {
		r.Pipeline, r.Pos = s.Name, sigma.Pos{File: &sigma.File{Name: s.Name}}
	}
	return r
}

// schemaStep is the type of what no step does, but the user's schema.
const schemaStep = "schema"

// ref returns the step's names and place.
func (s *step) ref() StepRef { return StepRef{Pipeline: s.from, ID: s.id, Type: s.kind, Pos: s.pos} }

// item notes what an item became.
func (t *tracer) item(w *run, e, n ir.Expr) {
	it, _ := tracedItem(e)
	if t.place != nil && !t.entry.IsValid() {
		t.entry = t.placeOf(w, it)
	}
	t.note(w, Change{Kind: ItemChanged, At: t.entry, Pos: it.pos, Before: e, After: n, From: ir.String(e), To: ir.String(n)})
	t.entry = sigma.Pos{}
}

// placeOf returns where the step says what becomes of an item's field or,
// where it says nothing of that, of one that a value refers to.
func (t *tracer) placeOf(w *run, it item) sigma.Pos {
	field := it.field
	if x, ok := it.expr.(*ir.Raw); ok {
		field = w.raws[x].field
	}
	pos := t.place(field, it.keyword)
	if it.test != nil {
		ir.WalkTests(it.test, func(u ir.Test) {
			if ref, ok := u.(*ir.FieldRef); ok && !pos.IsValid() {
				pos = t.place(ref.Field, false)
			}
		})
	}
	return pos
}

// tracedItem is itemOf, and knows pieces of query, too.
func tracedItem(e ir.Expr) (item, bool) {
	if x, ok := e.(*ir.Raw); ok {
		return item{expr: x, pos: x.Pos}, true
	}
	return itemOf(e)
}

// traced calls f, which is no step, and notes what it does to the rule.
func (w *run) traced(f func()) {
	if w.trace == nil {
		f()
		return
	}
	w.trace.watch(w, f)
}

// from notes which part of the step says what becomes of the item in hand.
func (w *run) from(pos sigma.Pos) {
	if w.trace != nil {
		w.trace.entry = pos
	}
}

// tracePlaces notes where the step says what becomes of fields.
func (w *run) tracePlaces(of func(name string, keyword bool) sigma.Pos) {
	if w.trace != nil {
		w.trace.place = of
	}
}

// traceAdded notes an expression that the step puts beside the rule's.
func (w *run) traceAdded(e ir.Expr) {
	if w.trace != nil {
		w.trace.note(w, Change{Kind: ItemAdded, At: w.trace.entry, Pos: exprPos(e), After: e, To: ir.String(e)})
	}
}

// traceRenamed notes a new name in the rule's list of fields.
func (w *run) traceRenamed(field string, names []string) {
	if w.trace == nil {
		return
	}
	c := Change{Kind: FieldRenamed, Pos: w.rulePos(), From: field, To: strings.Join(names, ", ")}
	if w.trace.place != nil {
		c.At = w.trace.place(field, false)
	}
	w.trace.note(w, c)
}

// traceDropped notes an item that the step leaves out.
func (w *run) traceDropped(it item) {
	if w.trace != nil {
		w.trace.note(w, Change{Kind: ItemDropped, Pos: it.pos, Before: it.expr, From: ir.String(it.expr)})
	}
}

// exprPos returns the place of the first item of an expression.
func exprPos(e ir.Expr) (pos sigma.Pos) {
	ir.Walk(e, func(e ir.Expr) bool {
		if it, ok := tracedItem(e); ok && !pos.IsValid() {
			pos = it.pos
		}
		return !pos.IsValid()
	})
	return pos
}
