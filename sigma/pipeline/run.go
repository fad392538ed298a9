package pipeline

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A run is one rule on its way through a pipeline.
type run struct {
	rule    *ir.Rule // the caller's until mutable is called
	target  string   // the name of the backend; "" where it is not known
	copied  bool
	stateOK bool // rule.State is the run's own
	step    *step
	members []*ir.Rule // of a correlation, whose name and attributes rule has; nil for a rule
	vars    map[string][]string
	env     *environment
	own     *schema.Table // the user's table that the rule's is or stands for
	applied []string      // ids of the steps that were applied to the rule
	asks    bool          // some condition asks for them
	errs    sigma.ErrorList

	// Only where the pipeline tracks:
	marks      map[ir.Expr]mark // of items, by *ir.Match or *ir.Keyword
	fieldMarks map[string]mark  // of field names outside of items

	raws map[*ir.Raw]raw // pieces of query whose field may still be mapped

	alternatives []ir.Expr // of which one must match, not yet in the rule

	trace   *tracer   // nil where nobody asked what the steps change
	running []running // the lists with an index, the innermost last
	came    int       // how often an expression was put in place of an item, or beside the rule's
}

// A mark says what was done to an item or a field.
type mark struct {
	ids    []string // of the steps that were applied to it
	mapped bool     // a field mapping was
}

// steps runs them in order, until one of them fails.
func (w *run) steps(steps []*step) {
	for _, s := range steps {
		if s.rule != nil && !s.rule(w) {
			continue
		}
		outer := w.step
		w.step = s
		if w.trace == nil {
			s.do.apply(w)
		} else {
			w.trace.apply(w)
		}
		w.step = outer
		if len(w.errs) > 0 {
			return
		}
		if s.id != "" && w.asks {
			w.applied = append(w.applied, s.id)
		}
	}
}

// mutable returns the rule for changing its parts; they themselves are not
// to be changed.
func (w *run) mutable() *ir.Rule {
	if !w.copied {
		r := *w.rule
		w.rule, w.copied = &r, true
	}
	return w.rule
}

// setState notes a text for the backend and for later conditions.
func (w *run) setState(key, text string) { w.setData(key, text, text) }

// setData notes a value: its text, and what it is for templates.
func (w *run) setData(key, text string, data any) {
	r := w.mutable()
	if !w.stateOK {
		r.State, r.Data = maps.Clone(r.State), maps.Clone(r.Data)
		if r.State == nil {
			r.State = make(map[string]string)
		}
		w.stateOK = true
	}
	r.State[key] = text
	if _, same := data.(string); same {
		delete(r.Data, key)
		return
	}
	if r.Data == nil {
		r.Data = make(map[string]any)
	}
	r.Data[key] = data
}

// fail reports an error at a place of the rule. The hint ends with the place
// of the step.
func (w *run) fail(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	e := &sigma.Error{Pos: pos, Code: code, Msg: fmt.Sprintf(format, args...), Hint: w.blame(hint)}
	if !known(w.errs, e) {
		w.errs = append(w.errs, e)
	}
}

// warn notes something about the query at a place of the rule.
func (w *run) warn(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	e := &sigma.Error{Pos: pos, Code: code, Msg: fmt.Sprintf(format, args...), Hint: w.blame(hint)}
	if r := w.mutable(); !known(r.Warnings, e) {
		r.Warnings = append(slices.Clip(r.Warnings), e)
	}
}

// blame puts the name and place of the step behind a hint. Behind the last
// step there is none to blame.
func (w *run) blame(hint string) string {
	if w.step == nil {
		return hint
	}
	if hint != "" {
		hint += "; "
	}
	return fmt.Sprintf("%sstep %s of pipeline %q, %s", hint, w.step.label(), w.step.from, w.step.pos)
}

// label names a step in messages.
func (s *step) label() string {
	if s.id != "" {
		return s.id
	}
	return s.kind
}

// known reports whether the list has an error that says the same: conditions
// share searches, so a step may see an item twice.
func known(list sigma.ErrorList, e *sigma.Error) bool {
	for _, o := range list {
		if o.Pos == e.Pos && o.Code == e.Code && o.Msg == e.Msg {
			return true
		}
	}
	return false
}

// rulePos is where errors about the whole rule are reported.
func (w *run) rulePos() sigma.Pos {
	switch {
	case w.rule.LogSource.IsValid():
		return w.rule.LogSource.Pos
	case w.rule.Source != nil:
		return w.rule.Source.Pos
	}
	return sigma.Pos{}
}

// rewrite replaces the expressions of the rule by what f makes of each of
// their parts.
func (w *run) rewrite(f func(ir.Expr) ir.Expr) {
	w.replace(func(e ir.Expr) ir.Expr {
		return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
			w.from(sigma.Pos{})
			n := f(e)
			if isItem(e) {
				w.became(e, n)
			}
			return n
		})
	})
}

// became notes what an item became, for the indexes of the lists that run and
// for those who asked for a trace.
func (w *run) became(e, n ir.Expr) {
	if sameExpr(n, e) {
		return
	}
	w.arrived(n)
	if w.trace != nil {
		w.trace.item(w, e, n)
	}
}

// replace replaces the expressions of the rule by what f makes of them.
func (w *run) replace(f func(ir.Expr) ir.Expr) {
	var out []ir.Expr
	for i, e := range w.rule.Where {
		n := f(e)
		if out == nil && !sameExpr(n, e) {
			out = slices.Clone(w.rule.Where)
		}
		if out != nil {
			out[i] = n
		}
	}
	if out != nil {
		w.mutable().Where = out
	}
}

// sameExpr reports whether Rewrite left an expression alone.
func sameExpr(a, b ir.Expr) bool {
	switch a := a.(type) {
	case ir.And:
		b, ok := b.(ir.And)
		return ok && len(a) == len(b) && &a[0] == &b[0]
	case ir.Or:
		b, ok := b.(ir.Or)
		return ok && len(a) == len(b) && &a[0] == &b[0]
	}
	switch b.(type) {
	case ir.And, ir.Or:
		return false
	}
	return a == b
}

// mark notes that the step was applied to an item, which became n; what was
// noted for the item holds for every item in n.
func (w *run) mark(old, n ir.Expr, mapped bool) {
	m := w.marks[old].and(w.step.id, mapped)
	ir.Walk(n, func(e ir.Expr) bool {
		switch e.(type) {
		case *ir.Match, *ir.Keyword, *ir.Raw:
			w.marks[e] = m
		}
		return true
	})
}

// and returns the mark with one more step.
func (m mark) and(id string, mapped bool) mark {
	if id != "" {
		m.ids = append(slices.Clip(m.ids), id)
	}
	m.mapped = m.mapped || mapped
	return m
}
