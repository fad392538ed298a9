package esqlread

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/elastic/luceneregexp"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// predicate returns a comparison, or what LIKE, RLIKE, IN and IS NULL ask.
func (b *builder) predicate(g *notGrammar) (operand, error) {
	v, err := b.sum(g.Left)
	if err != nil {
		return v, err
	}
	if g.Op != nil {
		right, err := b.sum(g.Right)
		if err != nil {
			return v, err
		}
		x, err := b.compare(v, g.Op.Value, right)
		if err != nil {
			return v, err
		}
		v = operand{off: v.off, expr: x}
	}
	if g.In != nil {
		x, err := b.in(v, g.In)
		return operand{off: v.off, expr: negated(x, g.In.Not)}, err
	}
	if g.Plain != nil {
		x, err := b.plain(v, g.Plain)
		return operand{off: v.off, expr: negated(x, g.Plain.not)}, err
	}
	return v, nil
}

func negated(x readback.Expr, not bool) readback.Expr {
	if not {
		return &readback.Not{X: x}
	}
	return x
}

// plain returns what LIKE, RLIKE and IS NULL ask.
func (b *builder) plain(v operand, p *plainGrammar) (readback.Expr, error) {
	switch {
	case p.not && p.like.Type == 0:
		return nil, refuse(v.off, `"not" stands behind "is" or before the condition`)
	case p.isNull:
		return b.isNull(v, p)
	case p.like.Type != 0:
		return b.like(v, p)
	}
	return nil, foreign(p.match.Pos.Offset, "a search for the words of a text is not read")
}

// isNull asks whether there is a value.
func (b *builder) isNull(v operand, p *plainGrammar) (readback.Expr, error) {
	if v.kind != isColumn || v.cast != asIs {
		return nil, foreign(v.off, "only a column is asked whether it is null")
	}
	var x readback.Expr = &readback.Leaf{Field: v.column.name, Test: &ir.Null{}}
	if p.isNot {
		x = &readback.Not{X: x}
	}
	return x, nil
}

// in returns that a value equals one of a list.
func (b *builder) in(v operand, p *membersGrammar) (readback.Expr, error) {
	out := make(readback.Or, len(p.Values))
	for i, g := range p.Values {
		w, err := b.sum(g)
		if err != nil {
			return nil, err
		}
		if w.kind == isNull {
			return nil, foreign(w.off, "null in a list is not read")
		}
		if out[i], err = b.equal(v, w); err != nil {
			return nil, err
		}
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

// like returns that a text matches a pattern or a regular expression as a
// whole, or one of a list.
func (b *builder) like(v operand, p *plainGrammar) (readback.Expr, error) {
	if err := texts(v); err != nil {
		return nil, err
	}
	out := make(readback.Or, len(p.patterns))
	for i, tok := range p.patterns {
		c := constant(tok)
		var err error
		if strings.EqualFold(p.like.Value, "rlike") {
			out[i], err = b.regexp(v, c)
		} else {
			var pattern ir.Pattern
			if pattern, err = like(c.text, c.off); err == nil {
				out[i], err = b.pattern(v, pattern, c.off)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

// texts checks that an operand is a column with strings.
func texts(v operand) error {
	switch {
	case v.kind == isOther:
		return foreign(v.off, "a test of what a function gives is not read")
	case v.kind == isText || v.kind == isNull:
		return foreign(v.off, "a test of a constant is not read")
	case v.kind != isColumn:
		return refuse(v.off, "what is asked here is of type string")
	case v.cast == asText:
		return nil
	case v.cast != asIs:
		return refuse(v.off, "what is asked here is of type string")
	}
	return v.column.use(text, v.off)
}

// regexp returns the test of a regular expression, in Lucene's flavour.
func (b *builder) regexp(v, c operand) (readback.Expr, error) {
	if n := utf8.RuneCountInString(c.text); n > luceneregexp.MaxLength {
		return nil, refuse(c.off, "the regular expression has %d characters; an index reads %d (index.max_regex_length)", n, luceneregexp.MaxLength)
	}
	test, err := luceneregexp.Translate(c.text, false)
	if v.kind == isColumn && v.column.folds() {
		test, err = luceneregexp.TranslateLowered(c.text)
	}
	var e *readback.Error
	if errors.As(err, &e) {
		return nil, &readback.Error{Offset: c.off, Foreign: e.Foreign, Msg: "the regular expression, " + e.Error()}
	}
	t, isText := test.(*ir.Text)
	switch {
	case v.lower || v.upper:
		return nil, foreign(v.off, "RLIKE of to_lower and to_upper depends on the version and on the index")
	case v.joined:
		return nil, foreign(v.off, "RLIKE of mv_concat is not read")
	case isText && b.isAny(v, t.Pattern):
		return notNull(v), nil
	}
	return leaf(v, test), nil
}

// isAny reports whether a pattern asks the index whether there is a value.
func (b *builder) isAny(v operand, p ir.Pattern) bool {
	shape, _ := p.Shape()
	return shape == ir.Any && !b.rows && v.cast == asIs && !v.lower && !v.upper && !v.joined
}

func notNull(v operand) readback.Expr {
	return &readback.Not{X: &readback.Leaf{Field: v.column.name, Test: &ir.Null{}}}
}
