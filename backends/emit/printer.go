package emit

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Level says how tightly a piece of a query binds.
type Level uint8

// The levels. Pieces of different levels are never mixed without parentheses:
// languages disagree about the precedence of "and" and "or", and a manual may
// leave it open.
const (
	LevelRaw Level = iota // nobody knows: a piece of a query that a pipeline gave
	LevelOr
	LevelAnd
	LevelNot
	LevelAtom
)

// A Frag is a piece of a query.
type Frag struct {
	Text  string
	Level Level
	Null  bool // may be neither true nor false for an event that lacks a field
	chain int  // how many pieces of that level it is a chain of, where it is one
}

// Atom returns a piece that needs no parentheses.
func Atom(text string) Frag { return Frag{Text: text, Level: LevelAtom} }

// Maybe returns a piece that needs no parentheses and is null for events that
// lack its field.
func Maybe(text string) Frag { return Frag{Text: text, Level: LevelAtom, Null: true} }

// A Dialect is how a language writes boolean expressions.
type Dialect struct {
	And, Or  string                                         // with the spaces round them
	Not      func(p *Printer, x Frag) Frag                  // the negation of a piece
	WrapNot  bool                                           // a negation beside "or" stands in parentheses
	Total    func(x Frag) Frag                              // makes a null piece beside "or" true or false; nil where "or" bears null
	MaxChain int                                            // longer chains of one operator become a balanced tree; 0 is no limit
	Ops      Ops                                            // the tests
	List     func(p *Printer, f Field, ts []ir.Test) []Frag // the arms of a value list; nil writes each value by itself
}

// Ops is the table of tests. A nil entry is a test that the language cannot
// say.
type Ops struct {
	Text     func(p *Printer, f Field, t *ir.Text) Frag
	Regexp   func(p *Printer, f Field, t *ir.Regexp) Frag
	CIDR     func(p *Printer, f Field, t *ir.CIDR) Frag
	Compare  func(p *Printer, f Field, t *ir.Compare) Frag
	Bool     func(p *Printer, f Field, t *ir.Bool) Frag
	Null     func(p *Printer, f Field, t *ir.Null) Frag
	Exists   func(p *Printer, f Field, t *ir.Exists) Frag
	FieldRef func(p *Printer, f Field, t *ir.FieldRef) Frag
	TimePart func(p *Printer, f Field, t *ir.TimePart) Frag
	Keyword  func(p *Printer, k *ir.Keyword, t ir.Test) Frag
}

// A Printer writes expressions in a dialect.
type Printer struct {
	*Job
	Dialect *Dialect
	Negated bool // what is being written stands below a negation
	Odd     bool // and below an odd number of them: where it finds less, the query finds more
}

// Less returns the code of a warning that what is being written finds less
// than it should, as far as it concerns the whole query.
func (p *Printer) Less() sigma.Code {
	if p.Odd {
		return sigma.MatchesMore
	}
	return sigma.MatchesLess
}

// More is Less for what finds more than it should.
func (p *Printer) More() sigma.Code {
	if p.Odd {
		return sigma.MatchesLess
	}
	return sigma.MatchesMore
}

// Expr writes an expression that Lower has prepared.
func (p *Printer) Expr(e ir.Expr) Frag {
	switch e := e.(type) {
	case ir.And:
		return p.Chain(LevelAnd, p.exprs(e))
	case ir.Or:
		return p.Chain(LevelOr, p.exprs(e))
	case *ir.Not:
		outer := p.Negated
		p.Negated, p.Odd = true, !p.Odd
		x := p.Expr(e.X)
		p.Negated, p.Odd = outer, !p.Odd
		return p.Dialect.Not(p, x)
	case *ir.Match:
		return p.match(e)
	case *ir.Keyword:
		return p.keyword(e, e.Test)
	case *ir.Raw:
		return Frag{Text: e.Text, Level: LevelRaw}
	}
	p.Fail(p.Rule.Source.Pos, sigma.RuleRejected, "", "the condition is the same for every event")
	return Frag{}
}

func (p *Printer) exprs(es []ir.Expr) []Frag {
	out := make([]Frag, len(es))
	for i, e := range es {
		out[i] = p.Expr(e)
	}
	return out
}

// match writes a single test or a list of alternatives.
func (p *Printer) match(m *ir.Match) Frag {
	f := p.FieldOf(m)
	any, ok := m.Test.(ir.AnyOf)
	if !ok {
		return p.Test(f, m.Test)
	}
	if p.Dialect.List != nil {
		return p.Chain(LevelOr, p.Dialect.List(p, f, any))
	}
	return p.Chain(LevelOr, p.Tests(f, any))
}

// Tests writes each of the tests by itself.
func (p *Printer) Tests(f Field, ts []ir.Test) []Frag {
	arms := make([]Frag, len(ts))
	for i, t := range ts {
		arms[i] = p.Test(f, t)
	}
	return arms
}

// Test writes a single test by the dialect's table.
func (p *Printer) Test(f Field, t ir.Test) Frag {
	ops := &p.Dialect.Ops
	switch t := t.(type) {
	case *ir.Text:
		if ops.Text != nil {
			return ops.Text(p, f, t)
		}
	case *ir.Regexp:
		if ops.Regexp != nil {
			return ops.Regexp(p, f, t)
		}
	case *ir.CIDR:
		if ops.CIDR != nil {
			return ops.CIDR(p, f, t)
		}
	case *ir.Compare:
		if ops.Compare != nil {
			return ops.Compare(p, f, t)
		}
	case *ir.Bool:
		if ops.Bool != nil {
			return ops.Bool(p, f, t)
		}
	case *ir.Null:
		if ops.Null != nil {
			return ops.Null(p, f, t)
		}
	case *ir.Exists:
		if ops.Exists != nil {
			return ops.Exists(p, f, t)
		}
	case *ir.FieldRef:
		if ops.FieldRef != nil {
			return ops.FieldRef(p, f, t)
		}
	case *ir.TimePart:
		if ops.TimePart != nil {
			return ops.TimePart(p, f, t)
		}
	}
	what, hint := describe(t)
	p.Unsupported(t.Position(), what, hint)
	return Frag{}
}

// describe names a test for the message that a language cannot say it, with
// the languages that can.
func describe(t ir.Test) (what, hint string) {
	switch t := t.(type) {
	case *ir.Regexp:
		if t.Tree == nil {
			return t.Why + " in a regular expression", "splunk can"
		}
		return "a regular expression", "splunk, lucene, eql, esql and kusto can"
	case *ir.FieldRef:
		return "a comparison of two fields", "splunk, esql and kusto can"
	case *ir.TimePart:
		return "the " + t.Part.String() + " of a time", "splunk, esql and kusto can"
	case *ir.CIDR:
		return "that an address lies in a network", ""
	case *ir.Compare:
		return "a comparison of numbers", ""
	}
	return "this test", ""
}

// keyword writes a search of the whole event.
func (p *Printer) keyword(k *ir.Keyword, t ir.Test) Frag {
	switch t := t.(type) {
	case ir.AnyOf:
		return p.Chain(LevelOr, p.keywords(k, t))
	case ir.AllOf:
		return p.Chain(LevelAnd, p.keywords(k, t))
	}
	if p.Dialect.Ops.Keyword == nil {
		p.Unsupported(t.Position(), "a search of the whole event", "splunk, lucene, kql and kusto can")
		return Frag{}
	}
	return p.Dialect.Ops.Keyword(p, k, t)
}

func (p *Printer) keywords(k *ir.Keyword, ts []ir.Test) []Frag {
	arms := make([]Frag, len(ts))
	for i, t := range ts {
		arms[i] = p.keyword(k, t)
	}
	return arms
}

// Chain joins pieces by the operator of the level, LevelAnd or LevelOr. Pieces
// that do not bind as tightly get parentheses; long chains become trees.
func (p *Printer) Chain(level Level, parts []Frag) Frag {
	if len(parts) == 1 {
		return parts[0]
	}
	if most := p.Dialect.MaxChain; most > 0 && len(parts) > most {
		return p.Chain(level, p.groups(level, parts, most))
	}
	op := p.Dialect.And
	if level == LevelOr {
		op = p.Dialect.Or
	}
	size, null, chain := 0, false, 0
	for i, x := range parts {
		if x.Null && level == LevelOr && p.Dialect.Total != nil {
			x = p.Dialect.Total(x)
			parts[i] = x
		}
		size += len(x.Text) + len(op) + 2
		null = null || x.Null
		if x.Level == level {
			chain += max(x.chain, 1)
		} else {
			chain++
		}
	}
	// A chain goes on in a longer one, unless that becomes too long.
	goesOn := p.Dialect.MaxChain == 0 || chain <= p.Dialect.MaxChain
	if !goesOn {
		chain = len(parts)
	}
	var b strings.Builder
	b.Grow(size)
	for i, x := range parts {
		if i > 0 {
			b.WriteString(op)
		}
		if x.Level == LevelAtom || x.Level == level && goesOn || x.Level == LevelNot && !(p.Dialect.WrapNot && level == LevelOr) {
			b.WriteString(x.Text)
			continue
		}
		b.WriteByte('(')
		b.WriteString(x.Text)
		b.WriteByte(')')
	}
	return Frag{Text: b.String(), Level: level, Null: null, chain: chain}
}

// groups puts the parts of a chain that is too long into as few chains as
// hold them, of about the same length.
func (p *Printer) groups(level Level, parts []Frag, most int) []Frag {
	count := (len(parts) + most - 1) / most
	size := (len(parts) + count - 1) / count
	groups := make([]Frag, 0, count)
	for len(parts) > 0 {
		n := min(size, len(parts))
		group := p.Chain(level, parts[:n])
		groups = append(groups, Frag{Text: Group(group), Level: LevelAtom, Null: group.Null})
		parts = parts[n:]
	}
	return groups
}

// Group returns the piece with parentheses, unless it is an atom.
func Group(x Frag) string {
	if x.Level == LevelAtom {
		return x.Text
	}
	return "(" + x.Text + ")"
}
