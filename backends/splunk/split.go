package splunk

import (
	"net/netip"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A side is a search clause that a part of a rule may stand in: that of the
// search command, or that of tstats, which "may not correctly filter strings
// containing non-numeric wildcard octets" (SR, tstats, "Limitations of CIDR
// matching with tstats").
type side struct {
	*emit.Job
	tstats bool
}

// split returns what the search clause says of e, which is never more than e
// does, and what the where command has to say behind it.
func (j side) split(e ir.Expr) (search, where ir.Expr) {
	clauses := []ir.Expr{e}
	if and, ok := e.(ir.And); ok {
		clauses = and
	}
	var found, left []ir.Expr
	for _, c := range clauses {
		indexed := j.fill(c, "")
		if searchable(j, indexed) {
			found = append(found, indexed)
			continue
		}
		checkRaw(j.Job, c)
		if j.tstats {
			c = j.fill(c, fillValue)
		} else {
			c = indexed
		}
		left = append(left, c)
		found = append(found, weaken(j, indexed))
	}
	return ir.All(found...), ir.All(left...)
}

// searchable reports whether the search clause says exactly what e means.
func searchable(j side, e ir.Expr) bool {
	ok := true
	ir.Walk(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Match:
			f := j.FieldOf(e)
			ir.WalkTests(e.Test, func(t ir.Test) { ok = ok && j.exact(f, t) })
		case *ir.Keyword:
			// A word finds whole segments of the index only (SM, "Use CASE() and TERM()"; segmenters.conf).
			ok = false
		}
		return ok
	})
	return ok
}

func (j side) exact(f emit.Field, t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Text:
		return searchableText(t)
	case *ir.Compare:
		// f>10 compares as text where one side is no number (SR, search).
		return t.Op == ir.Eq || f.Type().IsNumber()
	case *ir.CIDR:
		return !j.tstats
	case *ir.Bool, *ir.Null, *ir.Exists:
		return true
	}
	return false
}

// searchableText reports whether a pattern is exact in the search clause:
// case ignored, stars at the ends only (SM, "Wildcards": results of others
// "might be inconsistent"), no star that is meant literally ("the backslash
// symbol can't be used to escape the asterisk"), and no network ("2001::/16"
// is matched as one).
func searchableText(t *ir.Text) bool {
	if t.Cased {
		return false
	}
	shape, text := t.Pattern.Shape()
	switch shape {
	case ir.Any:
		return true
	case ir.Glob:
		return false
	case ir.Exact:
		if _, err := netip.ParsePrefix(text); err == nil {
			return false
		}
	}
	return text != "" && !strings.Contains(text, "*") && !emit.HasControl(text)
}

// weaken returns what the search clause can say of e: an expression that is
// true wherever e is, true itself where there is none.
func weaken(j side, e ir.Expr) ir.Expr {
	if searchable(j, e) {
		return e
	}
	switch e := e.(type) {
	case ir.And:
		return ir.All(each(j, e, weaken)...)
	case ir.Or:
		return ir.OneOf(each(j, e, weaken)...)
	case *ir.Not:
		return ir.Negate(strengthen(j, e.X))
	case *ir.Match:
		return weakenMatch(j, e)
	case *ir.Keyword:
		return weakenKeyword(e.Test, e)
	}
	return ir.Const(true)
}

// strengthen returns an expression that the search clause can say and that is
// false wherever e is.
func strengthen(j side, e ir.Expr) ir.Expr {
	if searchable(j, e) {
		return e
	}
	switch e := e.(type) {
	case ir.And:
		return ir.All(each(j, e, strengthen)...)
	case ir.Or:
		return ir.OneOf(each(j, e, strengthen)...)
	case *ir.Not:
		return ir.Negate(weaken(j, e.X))
	case *ir.Match:
		if ts, ok := e.Test.(ir.AnyOf); ok {
			f := j.FieldOf(e)
			var sayable []ir.Test
			for _, t := range ts {
				if j.exact(f, t) {
					sayable = append(sayable, t)
				}
			}
			if len(sayable) > 0 {
				return &ir.Match{Pos: e.Pos, Field: e.Field, Test: ir.AnyTest(sayable...)}
			}
		}
	}
	return ir.Const(false)
}

func each(j side, es []ir.Expr, f func(side, ir.Expr) ir.Expr) []ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = f(j, e)
	}
	return out
}

// weakenMatch keeps the alternatives that the search clause can say together
// and weakens each of the others.
func weakenMatch(j side, m *ir.Match) ir.Expr {
	f := j.FieldOf(m)
	var sayable []ir.Test
	var others []ir.Expr
	ir.WalkTests(m.Test, func(t ir.Test) {
		if j.exact(f, t) {
			sayable = append(sayable, t)
		} else {
			others = append(others, weakenTest(m, t))
		}
	})
	if len(sayable) > 0 {
		others = append([]ir.Expr{&ir.Match{Pos: m.Pos, Field: m.Field, Test: ir.AnyTest(sayable...)}}, others...)
	}
	return ir.OneOf(others...)
}

// weakenTest returns what the search clause can say of a single test.
func weakenTest(m *ir.Match, t ir.Test) ir.Expr {
	there := func(field string) ir.Expr {
		return &ir.Match{Pos: m.Pos, Field: field, Test: &ir.Exists{Pos: t.Position(), Want: true}}
	}
	switch t := t.(type) {
	case *ir.Text:
		if len(t.Pattern) == 0 {
			return ir.Const(true) // whether f=* finds an empty value is not documented
		}
		pieces := pieces(t)
		if len(pieces) == 0 {
			return there(m.Field)
		}
		parts := make([]ir.Expr, len(pieces))
		for i, p := range pieces {
			parts[i] = &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Text{Pos: t.Pos, Pattern: p}}
		}
		return ir.All(parts...)
	case *ir.FieldRef:
		return ir.All(there(m.Field), there(t.Field))
	case *ir.Compare:
		return &ir.Match{Pos: m.Pos, Field: m.Field, Test: t}
	case *ir.Regexp, *ir.TimePart, *ir.CIDR:
		return there(m.Field)
	}
	return ir.Const(true)
}

// pieces returns the literal runs of a pattern as patterns with stars at
// their open ends, each of which the search clause can say.
func pieces(t *ir.Text) []ir.Pattern {
	last := len(t.Pattern) - 1
	var out []ir.Pattern
	for i, e := range t.Pattern {
		if e.Kind != ir.Literal {
			continue
		}
		runs := strings.FieldsFunc(e.Text, unsayable)
		for k, run := range runs {
			p := ir.Plain(run)
			if i > 0 || k > 0 || !strings.HasPrefix(e.Text, run) {
				p = append(ir.Pattern{{Kind: ir.Star}}, p...)
			}
			if i < last || k < len(runs)-1 || !strings.HasSuffix(e.Text, run) {
				p = append(p, ir.Element{Kind: ir.Star})
			}
			if searchableText(&ir.Text{Pattern: p}) {
				out = append(out, p)
			}
		}
	}
	return out
}

// unsayable reports whether a character cannot stand in a search string for
// itself.
func unsayable(r rune) bool { return r == '*' || r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }

// weakenKeyword keeps the pieces of keywords as phrases. A phrase between
// stars finds its pieces in the raw event.
func weakenKeyword(t ir.Test, k *ir.Keyword) ir.Expr {
	parts := func(ts []ir.Test) []ir.Expr {
		out := make([]ir.Expr, len(ts))
		for i, t := range ts {
			out[i] = weakenKeyword(t, k)
		}
		return out
	}
	switch t := t.(type) {
	case ir.AnyOf:
		return ir.OneOf(parts(t)...)
	case ir.AllOf:
		return ir.All(parts(t)...)
	case *ir.Text:
		var out []ir.Expr
		for _, p := range pieces(t) {
			out = append(out, &ir.Keyword{Pos: k.Pos, Test: &ir.Text{Pos: t.Pos, Pattern: p}})
		}
		return ir.All(out...)
	}
	return ir.Const(true)
}

// widen writes "?" as "*", which the user asked for. more is what that does to
// the query: it matches less where an odd number of negations stand above.
func widen(j *emit.Job, e ir.Expr, more sigma.Code) ir.Expr {
	list := func(es []ir.Expr) []ir.Expr {
		out := make([]ir.Expr, len(es))
		for i, e := range es {
			out[i] = widen(j, e, more)
		}
		return out
	}
	switch e := e.(type) {
	case ir.And:
		return ir.All(list(e)...)
	case ir.Or:
		return ir.OneOf(list(e)...)
	case *ir.Not:
		less := sigma.MatchesLess
		if more == less {
			less = sigma.MatchesMore
		}
		return ir.Negate(widen(j, e.X, less))
	case *ir.Match:
		if t := widenTest(j, e.Test, more); !ir.SameTest(t, e.Test) {
			return &ir.Match{Pos: e.Pos, Field: e.Field, Test: t}
		}
	case *ir.Keyword:
		if t := widenTest(j, e.Test, more); !ir.SameTest(t, e.Test) {
			return &ir.Keyword{Pos: e.Pos, Test: t}
		}
	}
	return e
}

func widenTest(j *emit.Job, t ir.Test, more sigma.Code) ir.Test {
	return ir.RewriteTest(t, func(t ir.Test) ir.Test {
		text, ok := t.(*ir.Text)
		if !ok || !text.Pattern.Has(ir.Question) {
			return t
		}
		j.Warn(text.Pos, more, "", `"?" is written as "*", which also matches none or several characters`)
		elements := make([]ir.Element, len(text.Pattern))
		for i, e := range text.Pattern {
			if e.Kind == ir.Question {
				e.Kind = ir.Star
			}
			elements[i] = e
		}
		return &ir.Text{Pos: text.Pos, Pattern: ir.NewPattern(elements...), Cased: text.Cased}
	})
}
