package eql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A term is a string operator and a value for it.
type term struct {
	op    string
	value string // not yet quoted
}

// text writes a string with wildcards.
func text(p *emit.Printer, f emit.Field, t *ir.Text) emit.Frag {
	x := textTerm(p, f, t)
	if x.op == " in~ " {
		return atom(p, f, "", x.op+"("+quoted(x.value)+")")
	}
	return atom(p, f, "", x.op+quoted(x.value))
}

// textTerm chooses the operator for a string.
//
// The operator : and like take * and ? for wildcards and have no escape, so
// that a value with these characters needs an operator without wildcards, or a
// regular expression. Letters beyond ASCII are folded by recent engines only,
// so that classes spell their cases.
func textTerm(p *emit.Printer, f emit.Field, t *ir.Text) term {
	t = elastic.FoldText(p, f, t)
	shape, whole := t.Pattern.Shape()
	analysed(p, f, t.Pos)
	if shape != ir.Exact {
		elastic.StringsOnly(p, f, t.Pos, "a part of its text")
	}
	native := t.Cased || elastic.Native(p.Job) || !elastic.HoldsText(f.Type())
	stars := emit.PatternHas(t.Pattern, func(s string) bool { return strings.ContainsAny(s, "*?") })
	switch {
	case shape == ir.Exact && (native || whole == ""):
		return term{" == ", whole}
	case !native && emit.PatternHas(t.Pattern, emit.HasForeignLetters):
		return term{" regex ", pattern(p, t, false)}
	case shape == ir.Exact && stars:
		return term{" in~ ", whole}
	case stars && native:
		return term{" regex ", pattern(p, t, true)}
	case stars:
		return term{" regex~ ", pattern(p, t, true)}
	case native:
		return term{" like ", wild(t.Pattern)}
	}
	return term{" : ", wild(t.Pattern)}
}

// wild writes a pattern without escapes.
func wild(p ir.Pattern) string {
	return emit.Glob(p, "*", "?", func(text string) string { return text })
}

// pattern writes a pattern as a regular expression.
func pattern(p *emit.Printer, t *ir.Text, cased bool) string {
	expr := elastic.Regexps.Pattern(t.Pattern, cased)
	elastic.Limit(p, t.Pos, expr)
	return expr
}

// regexp writes a regular expression. Its letters carry their case, so that
// the operator is always the one that tells case apart.
func regexp(p *emit.Printer, f emit.Field, t *ir.Regexp) emit.Frag {
	return atom(p, f, "", " regex "+quoted(expression(p, f, t)))
}

func expression(p *emit.Printer, f emit.Field, t *ir.Regexp) string {
	analysed(p, f, t.Pos)
	elastic.StringsOnly(p, f, t.Pos, "a regular expression")
	return elastic.Expression(p, elastic.FoldRegexp(p, f, t), &elastic.Regexps)
}

// analysed notes that the language cannot search a field of analysed text.
func analysed(p *emit.Printer, f emit.Field, pos sigma.Pos) {
	if f.Type() == schema.Text {
		p.Fail(pos, sigma.Unsupported, "esql searches the whole text, lucene and kql its words; the setting keyword_fields names the fields of keywords", "%s is analysed text, which EQL does not search", f.Name)
	}
}
