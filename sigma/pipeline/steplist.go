package pipeline

import (
	"math/bits"
	"slices"
	"sync"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A stepList is steps in the order in which they run. A long one has an index,
// so that a rule costs what the steps cost that are about it, and not what all
// of them do.
type stepList struct {
	steps []*step
	once  sync.Once
	index *stepIndex
}

// indexed returns the index, or nil for a list that is gone through faster.
func (l *stepList) indexed() *stepIndex {
	const few = 12
	if len(l.steps) <= few {
		return nil
	}
	l.once.Do(func() { l.index = newStepIndex(l.steps) })
	return l.index
}

// A stepIndex knows for which rules the steps of a list can do anything: by
// the log source, and by the names of fields. What it leaves out would have
// done nothing; whether the others do is for their conditions to say.
type stepIndex struct {
	anyName stepSet            // steps that no name of a field keeps from doing something
	withID  stepSet            // steps that have an id
	byName  map[string][]int32 // steps that need one of the names; "" is that of keywords

	tests   []*sourceTest // what the rule conditions ask of the log source, by step; nil: nothing
	mu      sync.RWMutex
	sources map[sourceKey]stepSet // steps whose rule conditions the log source leaves possible
}

// maxSources bounds how many log sources an index remembers: they are what
// rules say, and rules come from strangers.
const maxSources = 1024

// A sourceKey is a log source without its place.
type sourceKey struct{ category, product, service string }

func keyOf(l *sigma.LogSource) sourceKey { return sourceKey{l.Category, l.Product, l.Service} }

// A stepSet is a set of indexes of steps.
type stepSet []uint64

func newStepSet(n int) stepSet { return make(stepSet, (n+63)/64) }

func (s stepSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s stepSet) union(t stepSet) {
	for i, word := range t {
		s[i] |= word
	}
}

// next returns the first index from i on that both sets have, or -1.
func (s stepSet) next(t stepSet, i int) int {
	for w := i / 64; w < len(s); w++ {
		word := s[w] & t[w]
		if w == i/64 {
			word &= ^uint64(0) << (i % 64)
		}
		if word != 0 {
			return w*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}

func newStepIndex(steps []*step) *stepIndex {
	n := len(steps)
	x := &stepIndex{
		anyName: newStepSet(n), withID: newStepSet(n), byName: make(map[string][]int32),
		tests: make([]*sourceTest, n), sources: make(map[sourceKey]stepSet),
	}
	var d describer
	for i, s := range steps {
		if s.id != "" {
			x.withID.add(i)
		}
		conds := d.conditions(s)
		if d.nodes >= maxNodes { // not all of them could be read
			x.anyName.add(i)
			continue
		}
		x.tests[i] = newSourceTest(conds.Rule)
		names, ok := neededNames(s, conds)
		if !ok {
			x.anyName.add(i)
			continue
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			x.byName[name] = append(x.byName[name], int32(i))
		}
	}
	return x
}

// candidates sets todo to the steps that can do something to the run's rule
// as it is now.
func (x *stepIndex) candidates(w *run, todo stepSet) {
	copy(todo, x.anyName)
	if w.asks {
		todo.union(x.withID) // they must be known to have been applied
	}
	for _, e := range w.rule.Where {
		x.expr(w, e, todo)
	}
	for _, name := range w.rule.Fields {
		x.name(name, todo)
	}
	for _, r := range w.rule.Reads {
		for _, name := range r.Fields {
			x.name(name, todo)
		}
	}
}

// expr adds the steps that need a name which is in the expression.
func (x *stepIndex) expr(w *run, e ir.Expr, todo stepSet) {
	switch e := e.(type) {
	case ir.And:
		for _, y := range e {
			x.expr(w, y, todo)
		}
	case ir.Or:
		for _, y := range e {
			x.expr(w, y, todo)
		}
	case *ir.Not:
		x.expr(w, e.X, todo)
	case *ir.Named:
		x.expr(w, e.X, todo)
	case *ir.Match:
		x.name(e.Field, todo)
		x.test(e.Test, todo)
	case *ir.Keyword:
		x.name("", todo)
		x.test(e.Test, todo)
	case *ir.Raw:
		x.name(w.raws[e].field, todo)
	case ir.Const: // some steps refuse a rule of which nothing is left
		for i := range todo {
			todo[i] = ^uint64(0)
		}
	}
}

// test adds the steps that need a field which the test refers to.
func (x *stepIndex) test(t ir.Test, todo stepSet) {
	switch t := t.(type) {
	case ir.AnyOf:
		for _, u := range t {
			x.test(u, todo)
		}
	case ir.AllOf:
		for _, u := range t {
			x.test(u, todo)
		}
	case *ir.FieldRef:
		x.name(t.Field, todo)
	}
}

func (x *stepIndex) name(name string, todo stepSet) {
	for _, i := range x.byName[name] {
		todo.add(int(i))
	}
}

// source returns the steps whose rule conditions can hold for a log source.
func (x *stepIndex) source(key sourceKey) stepSet {
	x.mu.RLock()
	set := x.sources[key]
	x.mu.RUnlock()
	if set != nil {
		return set
	}
	set = newStepSet(len(x.tests))
	for i, t := range x.tests {
		if t.holds(&key) != no {
			set.add(i)
		}
	}
	x.mu.Lock()
	if len(x.sources) < maxSources {
		x.sources[key] = set
	}
	x.mu.Unlock()
	return set
}

// A running is a list that is being gone through.
type running struct {
	*stepIndex
	todo stepSet
}

// arrived tells the lists that run of an expression that was not in the rule
// when they began: it may have what one of their steps needs.
func (w *run) arrived(e ir.Expr) {
	w.came++
	for _, r := range w.running {
		r.expr(w, e, r.todo)
	}
}

// list runs the steps of a list, in order, until one of them fails.
func (w *run) list(l *stepList) {
	x := l.indexed()
	if x == nil {
		w.steps(l.steps)
		return
	}
	source := keyOf(&w.rule.LogSource)
	possible, todo := x.source(source), newStepSet(len(l.steps))
	x.candidates(w, todo)
	w.running = append(w.running, running{x, todo})
	defer func() { w.running = w.running[:len(w.running)-1] }()
	for i := todo.next(possible, 0); i >= 0 && i < len(l.steps); i = todo.next(possible, i+1) {
		where, fields, reads, came := w.rule.Where, w.rule.Fields, w.rule.Reads, w.came
		w.steps(l.steps[i : i+1])
		if len(w.errs) > 0 {
			return
		}
		// What went costs a look more; what came must be known.
		if !sameList(fields, w.rule.Fields) || !sameList(reads, w.rule.Reads) || !sameList(where, w.rule.Where) && came == w.came {
			x.candidates(w, todo)
		}
		if now := keyOf(&w.rule.LogSource); now != source {
			source, possible = now, x.source(now)
		}
	}
}

// sameList reports whether a list of the rule was left alone.
func sameList[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
