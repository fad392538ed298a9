package lucene

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// maxClauses is how many terms Elasticsearch 7 and OpenSearch allow in a query
// (indices.query.bool.max_clause_count); Elasticsearch 8 allows more.
const maxClauses = 1024

var terms = elastic.TermWriter{
	Term: term,
	Write: func(field string, values []string) string {
		if len(values) == 1 {
			return name(field) + ":" + values[0]
		}
		return name(field) + ":(" + strings.Join(values, " OR ") + ")"
	},
}

// list writes the values of a field as one group.
func list(p *emit.Printer, f emit.Field, ts []ir.Test) []emit.Frag {
	if len(ts) > maxClauses {
		p.Warn(f.Pos, sigma.Assumed, "", "the list has %d values; indices.query.bool.max_clause_count is taken to be raised above its default of %d",
			len(ts), maxClauses)
	}
	return terms.List(p, f, ts)
}

// term returns a test as a value of a field; false for tests of presence.
func term(p *emit.Printer, f emit.Field, t ir.Test) (elastic.Term, bool) {
	checkName(p, f)
	plain := func(value string) (elastic.Term, bool) { return elastic.Term{Field: f.Name, Value: value}, true }
	switch t := t.(type) {
	case *ir.Text:
		return text(p, f, t), true
	case *ir.Regexp:
		return regexp(p, f, t), true
	case *ir.CIDR:
		elastic.Addresses(p, f)
		return plain(phrase(t.Prefix.String()))
	case *ir.Compare:
		elastic.Ordered(p, f, t)
		return plain(number(t))
	case *ir.Bool:
		if t.Value {
			return plain("true")
		}
		return plain("false")
	}
	return elastic.Term{}, false
}

// number writes a number or a range. A leading minus would be an operator.
func number(t *ir.Compare) string {
	digits := string(t.Number)
	if t.Op != ir.Eq {
		return t.Op.String() + digits
	}
	if digits[0] == '-' {
		return `\` + digits
	}
	return digits
}

// text returns a string with wildcards as a term.
func text(p *emit.Printer, f emit.Field, t *ir.Text) elastic.Term {
	shape, whole := t.Pattern.Shape()
	if shape != ir.Exact {
		elastic.StringsOnly(p, f, t.Pos, "a part of its text")
	}
	if f.Type() == schema.Text {
		return elastic.Term{Field: f.Name, Value: words(p, f, t)}
	}
	field, folds := elastic.Indexed(f, t.Cased)
	switch {
	case t.Cased && folds && emit.PatternHas(t.Pattern, emit.HasLetters):
		p.Warn(t.Pos, p.More(), "", "the index of %s folds case: other cases of the value are found too", f.Name)
	case t.Cased && !folds && emit.PatternHas(t.Pattern, emit.HasLetters):
		keepsCase(p, f, t.Pos, "the value")
	case elastic.CaseMatters(t) && !folds && elastic.HoldsText(f.Type()) && !elastic.Native(p.Job):
		if value, ok := folded(p, f, t); ok {
			return elastic.Term{Field: field, Value: value}
		}
	}
	if shape == ir.Exact {
		return elastic.Term{Field: field, Value: exact(whole)}
	}
	return elastic.Term{Field: field, Value: wild(t.Pattern)}
}

// folded writes a string as a regular expression that ignores case; false
// where it becomes longer than the engine reads.
func folded(p *emit.Printer, f emit.Field, t *ir.Text) (string, bool) {
	expr := elastic.SlashRegexps.Pattern(t.Pattern, false)
	if len(expr) > elastic.MaxRegexp {
		p.Warn(t.Pos, p.Less(), "a field that folds case finds all",
			"the value is too long to be sought without regard to case in %s: only the case as written is found", f.Name)
		return "", false
	}
	return slashed(expr), true
}

// regexp returns a regular expression as a term.
func regexp(p *emit.Printer, f emit.Field, t *ir.Regexp) elastic.Term {
	elastic.StringsOnly(p, f, t.Pos, "a regular expression")
	expr := elastic.Expression(p, t, &elastic.SlashRegexps)
	if f.Type() == schema.Text {
		p.Warn(t.Pos, sigma.Assumed, "esql searches the whole text", "%s is analysed text: the expression is taken to match a single word of it", f.Name)
	}
	field, folds := elastic.Indexed(f, !t.IgnoreCase)
	if folds && !t.IgnoreCase && f.Type() != schema.Text {
		p.Warn(t.Pos, p.More(), "", "the index of %s folds case: the expression matches in any case", f.Name)
	}
	if !folds && !t.IgnoreCase && emit.HasLetters(expr) {
		keepsCase(p, f, t.Pos, "the expression")
	}
	return elastic.Term{Field: field, Value: slashed(expr)}
}

// keepsCase says what a test that minds case relies on where the index of the
// field is left to decide about case and is not known.
func keepsCase(p *emit.Printer, f emit.Field, pos sigma.Pos, what string) {
	if elastic.Native(p.Job) && f.Type() == schema.Unknown {
		p.Warn(pos, sigma.Assumed, "", "the index of %s is taken to keep case: one that folds it finds %s in any case", f.Name, what)
	}
}
