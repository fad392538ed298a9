package pipeline

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// extract is extract_fields: the named groups of an expression take a value
// apart, and each part is tested in a field of its own.
type extract struct {
	re     *regexp.Regexp
	groups []string // by number; "" where a group has no name
	prefix string   // with its dot
	keep   bool     // values that the expression does not match stay
}

func makeExtract(p *params, _ *step) transformation {
	n := p.need("regex")
	t := &extract{keep: p.flag("preserve_unmatched")}
	if prefix := p.take("field_prefix"); prefix != nil && prefix.Tag != "!!null" {
		t.prefix = p.scalar(prefix, "field_prefix") + "."
	}
	if t.prefix == "." {
		t.prefix = "" // pySigma takes an empty prefix for none
	}
	source := p.scalar(n, "regex")
	if source == "" {
		return t // reported, or refused below
	}
	if t.re = p.regexpOf(source, p.at(n), "regex", true); t.re == nil {
		return nil
	}
	t.groups = t.re.SubexpNames()
	var named []string
	for _, g := range t.groups {
		if slices.Contains(named, g) {
			p.fail(p.at(n), sigma.BadPipeline, "", "the expression has two groups %q", g)
		}
		if g != "" {
			named = append(named, g)
		}
	}
	if named == nil {
		p.fail(p.at(n), sigma.BadPipeline, "write (?P<name>...)", "the expression has no group with a name")
	}
	return t
}

func (t *extract) apply(w *run) {
	polarities := w.polarities()
	w.items(func(it item) ir.Expr {
		if it.keyword {
			return it.expr
		}
		found, lost, tail := false, false, false
		e := splitItem(it, func(u ir.Test) ir.Expr {
			text, ok := u.(*ir.Text)
			if !ok {
				return nil
			}
			x, rest := t.test(it, text)
			found, tail = found || x != nil, tail || rest
			lost = lost || x == nil
			return x
		})
		switch {
		case !found:
			return it.expr // as in pySigma, whatever preserve_unmatched says
		case tail:
			w.deviates(polarities[it.expr], it.pos, true, "the end of a value, which extract_fields does not match, is not tested")
		}
		if !lost || t.keep {
			return e
		}
		return t.without(w, it, polarities[it.expr])
	})
}

// test returns the tests of the parts of a value, nil where the expression
// does not match it, and whether the value goes on behind the match. What goes
// on with a wildcard is not matched: the parts would not say what the rule does.
func (t *extract) test(it item, text *ir.Text) (e ir.Expr, tail bool) {
	plain := plainText(text.Pattern)
	m := t.re.FindStringSubmatchIndex(plain)
	if m == nil {
		return nil, false
	}
	rest := cut(nil, text.Pattern, m[1], len(plain))
	for _, r := range rest {
		if r.Kind != ir.Literal {
			return nil, false
		}
	}
	var parts []ir.Expr
	for i, name := range t.groups {
		if name == "" || m[2*i] < 0 || m[2*i] == m[2*i+1] {
			continue
		}
		part := ir.NewPattern(cut(nil, text.Pattern, m[2*i], m[2*i+1])...)
		parts = append(parts, &ir.Match{Pos: it.pos, Field: t.prefix + name, Test: typed(text, part)})
	}
	if len(parts) == 0 {
		return nil, false
	}
	return ir.All(parts...), len(rest) > 0
}

// typed returns the test for a part of a value: numbers and null as such, as
// pySigma has it, and a number that begins with 0 as text.
func typed(text *ir.Text, p ir.Pattern) ir.Test {
	shape, s := p.Shape()
	if shape == ir.Exact {
		if l := strings.ToLower(s); l == "null" || l == "none" {
			return &ir.Null{Pos: text.Pos}
		}
		if n, ok := ir.ParseNumber(s); ok && (s == "0" || !strings.HasPrefix(s, "0")) {
			return &ir.Compare{Pos: text.Pos, Op: ir.Eq, Number: n}
		}
	}
	return &ir.Text{Pos: text.Pos, Pattern: p, Cased: text.Cased}
}

// without returns the item with its parts and without the values that the
// expression does not match. A list that is an alternative finds less without
// them, one of which all must match finds more.
func (t *extract) without(w *run, it item, p polarity) ir.Expr {
	const what = "a value that extract_fields does not match is left out"
	var parts func(ir.Test) ir.Expr
	list := func(ts []ir.Test, wider bool, join func(...ir.Expr) ir.Expr) ir.Expr {
		var out []ir.Expr
		for _, u := range ts {
			if e := parts(u); e != nil {
				out = append(out, e)
			} else {
				w.deviates(p, it.pos, wider, what)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return join(out...)
	}
	parts = func(u ir.Test) ir.Expr {
		switch u := u.(type) {
		case ir.AnyOf:
			return list(u, false, ir.OneOf)
		case ir.AllOf:
			return list(u, true, ir.All)
		case *ir.Text:
			e, _ := t.test(it, u)
			return e
		}
		return it.with(u)
	}
	return parts(it.test)
}
