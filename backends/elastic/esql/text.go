package esql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A term is the comparison of an expression with a string.
type term struct {
	expr, op string
	value    string // as a literal
}

func (t term) frag() emit.Frag { return emit.Maybe(t.expr + t.op + t.value) }

// text writes a string with wildcards.
func text(p *emit.Printer, f emit.Field, t *ir.Text) emit.Frag { return textTerm(p, f, t).frag() }

// textTerm chooses the comparison for a string. Case is ignored by small
// letters on both sides: the engine searches the index for such a comparison
// without regard to case, as far as ASCII goes. For other letters, and where
// several of the field's values stand in one row, it is a regular expression
// that spells the cases, or a search of the joined values.
func textTerm(p *emit.Printer, f emit.Field, t *ir.Text) term {
	t = elastic.FoldText(p, f, t)
	shape, whole := t.Pattern.Shape()
	if f.Type() == schema.IP && shape == ir.Exact {
		single(p, f, t.Pos)
		return term{name(f.Name), " == ", "to_ip(" + quoted(whole) + ")"}
	}
	if f.Type() == schema.Time && shape == ir.Exact {
		return term{name(f.Name), " == ", quoted(whole)}
	}
	expr := stringOf(f)
	fold := elastic.CaseMatters(t) && (!elastic.Native(p.Job) || f.Type() == schema.Caseless)
	if fold && emit.PatternHas(t.Pattern, emit.HasForeignLetters) {
		single(p, f, t.Pos)
		value := elastic.Regexps.Pattern(t.Pattern, false)
		elastic.Limit(p, t.Pos, value)
		return term{expr, " rlike ", quoted(value)}
	}
	pattern := t.Pattern
	if joined, ok := joinable(f, pattern); ok {
		sep := quoted(separator)
		expr, pattern, shape = "concat("+sep+", mv_concat("+expr+", "+sep+"), "+sep+")", joined, ir.Glob
	} else {
		single(p, f, t.Pos)
	}
	if fold {
		expr, whole, pattern = "to_lower("+expr+")", strings.ToLower(whole), emit.Map(pattern, strings.ToLower)
	}
	if shape == ir.Exact {
		return term{expr, " == ", quoted(whole)}
	}
	return term{expr, " like ", quoted(wild(pattern))}
}

// stringOf returns the value of a field as a string.
func stringOf(f emit.Field) string {
	if elastic.HoldsText(f.Type()) {
		return name(f.Name)
	}
	return "to_string(" + name(f.Name) + ")"
}

// separator stands between the values of a list that are joined. None of them
// is taken to have it within: no part of it is another, and no line ends so.
const separator = "\n\t\r"

// joinable returns the pattern as it is found among the values of a list that
// stand between separators: as long as it has no part of one, and its
// wildcards cannot reach over one.
func joinable(f emit.Field, p ir.Pattern) (ir.Pattern, bool) {
	shape, text := p.Shape()
	if !f.Column.Array || shape == ir.Glob || strings.ContainsAny(text, separator) {
		return nil, false
	}
	if shape == ir.Exact || shape == ir.Prefix {
		text = separator + text
	}
	if shape == ir.Exact || shape == ir.Suffix {
		text += separator
	}
	star := ir.Element{Kind: ir.Star}
	return ir.NewPattern(star, ir.Element{Text: text}, star), true
}

// single notes what comparisons with a list of values rest on: they are null
// where a row has several.
func single(p *emit.Printer, f emit.Field, pos sigma.Pos) {
	if f.Column.Array {
		p.Warn(pos, sigma.Assumed, "lucene and eql test each value", "%s is taken to have a single value: ES|QL compares no lists", f.Name)
	}
}

// regexp writes a regular expression. The engine folds patterns with TO_LOWER
// wrongly, so that letters carry their case.
func regexp(p *emit.Printer, f emit.Field, t *ir.Regexp) emit.Frag {
	single(p, f, t.Pos)
	return emit.Maybe(stringOf(f) + " rlike " + quoted(elastic.Expression(p, elastic.FoldRegexp(p, f, t), &elastic.Regexps)))
}
