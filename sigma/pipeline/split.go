package pipeline

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// splitField is for a field of the rule whose value the target has in two: a
// path in a folder and a name, an account in a domain and a user. The target's
// first field, the separator and the second field make up the value, and the
// second field never has the separator in it.
type splitField struct {
	field, separator, first, second string
	keep                            bool
}

func makeSplitField(p *params, _ *step) transformation {
	t := &splitField{field: p.needText("field"), separator: p.needText("separator")}
	t.keep = p.choice("otherwise", "error", "keep") == "keep"
	n := p.need("into")
	if into := p.texts(n, "into"); len(into) == 2 {
		t.first, t.second = into[0], into[1]
	} else if n != nil {
		p.fail(p.at(n), sigma.BadPipeline, "", `"into" must be two fields`)
	}
	return t
}

func (t *splitField) apply(w *run) {
	t.splitReads(w)
	w.items(func(it item) ir.Expr {
		if it.keyword || it.field != t.field {
			return it.expr
		}
		return splitItem(it, func(u ir.Test) ir.Expr {
			switch u := u.(type) {
			case *ir.Text:
				e := t.text(it.pos, u)
				if _, never := e.(ir.Const); never {
					w.warn(u.Pos, sigma.NotEvaluated, "", "the value has no %q in it, so %s is never that in the target", t.separator, t.field)
				}
				return e
			case *ir.Null, *ir.Exists:
				return &ir.Match{Pos: it.pos, Field: t.first, Test: u}
			}
			if !t.keep {
				w.fail(u.Position(), sigma.RuleRejected, "", "the target has %s in two fields, %s and %s, which this test cannot be split over", t.field, t.first, t.second)
			}
			return nil
		})
	})
	w.rejectConstant()
}

// text splits a pattern. The last separator of the value either is the last
// one that stands in the pattern, or lies in what one of the stars behind
// that stands for: each is an alternative, and there are no others. (A ? that
// would have to be the separator is one more.)
func (t *splitField) text(pos sigma.Pos, u *ir.Text) ir.Expr {
	var parts []ir.Expr
	add := func(first, second ir.Pattern) {
		parts = append(parts, t.both(pos, u, ir.NewPattern(first...), ir.NewPattern(second...)))
	}
	p := u.Pattern
	from := 0
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].Kind != ir.Literal {
			continue
		}
		if at := strings.LastIndex(p[i].Text, t.separator); at >= 0 {
			before := append(append(ir.Pattern{}, p[:i]...), ir.Element{Text: p[i].Text[:at]})
			add(before, append(ir.Pattern{{Text: p[i].Text[at+len(t.separator):]}}, p[i+1:]...))
			from = i + 1
			break
		}
	}
	for i := from; i < len(p); i++ {
		switch {
		case p[i].Kind == ir.Star:
			add(p[:i+1:i+1], p[i:])
		case p[i].Kind == ir.Question && len(t.separator) == 1:
			add(p[:i:i], p[i+1:])
		}
	}
	if len(parts) == 0 {
		return ir.Const(false) // no value of the two fields is without the separator
	}
	return ir.OneOf(parts...)
}

// both returns the tests of the two fields. One that everything passes is
// left out.
func (t *splitField) both(pos sigma.Pos, u *ir.Text, first, second ir.Pattern) ir.Expr {
	a := &ir.Match{Pos: pos, Field: t.first, Test: &ir.Text{Pos: u.Pos, Pattern: first, Cased: u.Cased}}
	b := &ir.Match{Pos: pos, Field: t.second, Test: &ir.Text{Pos: u.Pos, Pattern: second, Cased: u.Cased}}
	if shape, _ := second.Shape(); shape == ir.Any {
		return a
	}
	if shape, _ := first.Shape(); shape == ir.Any {
		return b
	}
	return ir.All(a, b)
}
