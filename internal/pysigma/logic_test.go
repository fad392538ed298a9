package pysigma_test

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// bits has one bit an event.
type bits []uint64

func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) get(i int) bool { return b[i/64]>>(i%64)&1 != 0 }

func (b bits) not() bits {
	out := make(bits, len(b))
	for i := range b {
		out[i] = ^b[i]
	}
	return out
}

// An atom is the test of one field by one value, in one of both queries or in
// both of them.
type atom struct {
	field        string // "" for the whole event
	test         ir.Test
	key          string    // of the test
	item         sigma.Pos // of sigmac's: where the rule has the field
	origin       string    // of sigmac's: the field there, "" for none
	ours, theirs bool
	is           bits
	class        string // of a difference that it makes, "" for none; undone, nothing is known of the atom
}

// A tree is an expression over atoms. A leaf has an atom, or is a constant.
type tree struct {
	kind  byte // '&', '|', '!', 'a' or 'c'
	parts []*tree
	atom  *atom
	value bool
	class string // of a condition that chooses the log source, "" for none; undone, it is true
}

// atoms are those of a pair of queries, by the field and the test.
type atoms struct {
	all []*atom
	by  map[[2]string]*atom
}

// grow returns the tree of an expression.
func (as *atoms) grow(e ir.Expr, ours bool) *tree {
	switch e := e.(type) {
	case ir.And:
		return as.join('&', e, ours)
	case ir.Or:
		return as.join('|', e, ours)
	case *ir.Not:
		return as.join('!', []ir.Expr{e.X}, ours)
	case *ir.Named:
		return as.grow(e.X, ours)
	case *ir.Match:
		return as.test(e.Field, e.Test, e.Pos, ours)
	case *ir.Keyword:
		return as.test("", e.Test, e.Pos, ours)
	case ir.Const:
		return &tree{kind: 'c', value: bool(e)}
	}
	panic("a piece of a query that cannot be evaluated")
}

func (as *atoms) join(kind byte, list []ir.Expr, ours bool) *tree {
	t := &tree{kind: kind}
	for _, e := range list {
		t.parts = append(t.parts, as.grow(e, ours))
	}
	return t
}

func (as *atoms) test(field string, test ir.Test, pos sigma.Pos, ours bool) *tree {
	switch list := test.(type) {
	case ir.AnyOf:
		return as.tests('|', field, list, pos, ours)
	case ir.AllOf:
		return as.tests('&', field, list, pos, ours)
	}
	return &tree{kind: 'a', atom: as.atom(field, test, pos, ours)}
}

func (as *atoms) tests(kind byte, field string, list []ir.Test, pos sigma.Pos, ours bool) *tree {
	t := &tree{kind: kind}
	for _, x := range list {
		t.parts = append(t.parts, as.test(field, x, pos, ours))
	}
	return t
}

func (as *atoms) atom(field string, test ir.Test, pos sigma.Pos, ours bool) *atom {
	key := keyOf(test)
	a := as.by[[2]string{field, key}]
	if a == nil {
		a = &atom{field: field, test: test, key: key}
		as.by[[2]string{field, key}], as.all = a, append(as.all, a)
	}
	if ours {
		a.ours, a.item = true, pos
	} else {
		a.theirs = true
	}
	return a
}

// keyOf returns a text that is the same for tests that mean the same. That of
// tests which ignore case does so, too.
func keyOf(t ir.Test) string {
	switch x := t.(type) {
	case *ir.Text:
		if !x.Cased {
			return strings.ToLower(ir.TestString(t))
		}
	case *ir.Compare:
		if x.Op == ir.Eq {
			return strconv.Quote(string(x.Number))
		}
	case *ir.Bool:
		return strconv.Quote(strconv.FormatBool(x.Value))
	}
	return ir.TestString(t)
}

// ask says of each atom which events pass it.
func (as *atoms) ask(rule *ir.Rule, events []synth.Event) error {
	rules := make([]*ir.Rule, len(as.all))
	for i, a := range as.all {
		var e ir.Expr = &ir.Match{Field: a.field, Test: a.test}
		if a.field == "" {
			e = &ir.Keyword{Test: a.test}
		}
		rules[i] = &ir.Rule{Source: rule.Source, Where: []ir.Expr{e}}
		a.is = make(bits, (len(events)+63)/64)
	}
	engine, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		return err
	}
	session := engine.NewSession()
	var found []eval.Match
	for i, e := range events {
		if found, err = session.MatchJSON(e.JSON, found[:0]); err != nil {
			return err
		}
		for _, m := range found {
			as.all[m.Index].is.set(i)
		}
	}
	return nil
}

// A bound says for which events a tree is certainly true, and for which it may
// be.
type bound struct{ least, most bits }

// bound evaluates the tree where the atoms of some classes are undone.
func (t *tree) bound(undone func(class string) bool, size int) bound {
	if t.class != "" && undone(t.class) {
		return bound{make(bits, size).not(), make(bits, size).not()}
	}
	switch t.kind {
	case 'a':
		if t.atom.class != "" && undone(t.atom.class) {
			return bound{make(bits, size), make(bits, size).not()}
		}
		return bound{t.atom.is, t.atom.is}
	case 'c':
		b := make(bits, size)
		if t.value {
			b = b.not()
		}
		return bound{b, b}
	case '!':
		b := t.parts[0].bound(undone, size)
		return bound{b.most.not(), b.least.not()}
	}
	return t.fold(undone, size)
}

// fold evaluates an and or an or.
func (t *tree) fold(undone func(class string) bool, size int) bound {
	out := bound{make(bits, size), make(bits, size)}
	if t.kind == '&' {
		out = bound{out.least.not(), out.most.not()}
	}
	for _, p := range t.parts {
		b := p.bound(undone, size)
		for i := range out.least {
			if t.kind == '&' {
				out.least[i] &= b.least[i]
				out.most[i] &= b.most[i]
			} else {
				out.least[i] |= b.least[i]
				out.most[i] |= b.most[i]
			}
		}
	}
	return out
}

// conjuncts returns the parts of which each must be true.
func (t *tree) conjuncts() (out []*tree) {
	if t.kind != '&' {
		return []*tree{t}
	}
	for _, p := range t.parts {
		out = append(out, p.conjuncts()...)
	}
	return out
}

// walk calls f for each atom of a tree.
func (t *tree) walk(f func(*atom)) {
	if t.kind == 'a' {
		f(t.atom)
	}
	for _, p := range t.parts {
		p.walk(f)
	}
}
