package pipeline

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// toRegexp is the transformation regex: values become regular expressions, for
// targets whose comparisons tell case apart.
type toRegexp struct{ method string }

func makeRegex(p *params, _ *step) transformation {
	return toRegexp{p.choice("method", "ignore_case_brackets", "ignore_case_flag", "plain")}
}

func (t toRegexp) apply(w *run) {
	var polarities map[ir.Expr]polarity
	if t.method == "plain" {
		polarities = w.polarities()
	}
	w.items(func(it item) ir.Expr {
		changed, cased := false, false
		test := ir.RewriteTest(it.test, func(u ir.Test) ir.Test {
			text, pattern, ok := textOf(it, u)
			if !ok || len(bare(pattern)) == 0 {
				return u // an empty value stays one, as in pySigma, and so does any value
			}
			re := t.regexp(w, it, text, pattern)
			if re == nil {
				return u
			}
			changed = true
			cased = cased || !text.Cased && !re.IgnoreCase && hasCase(pattern)
			return re
		})
		if !changed {
			return it.expr
		}
		if cased && t.method == "plain" {
			w.deviates(polarities[it.expr], it.pos, false, "a value became an expression that tells case apart")
		}
		return it.with(test)
	})
}

// regexp returns the expression that matches what the pattern does, or reports
// why there is none. A value is a whole one, so the expression has anchors
// where the pattern has no star; pySigma leaves them out, which finds more
// wherever a target searches with expressions.
func (t toRegexp) regexp(w *run, it item, text *ir.Text, p ir.Pattern) *ir.Regexp {
	if p.Has(ir.Placeholder) {
		w.fail(text.Pos, sigma.BadPlaceholder, "a step that fills placeholders must stand before this one", "a value with a placeholder cannot become a regular expression")
		return nil
	}
	begin, end := "^", "$"
	if it.keyword || p[0].Kind == ir.Star {
		begin = ""
	}
	if it.keyword || p[len(p)-1].Kind == ir.Star {
		end = ""
	}
	var b strings.Builder
	p = bare(p)
	for _, e := range p {
		b.WriteString(t.element(e, text.Cased))
	}
	re := &ir.Regexp{Pos: text.Pos, Source: begin + b.String() + end, DotMatchesLine: p.Has(ir.Star) || p.Has(ir.Question)}
	re.IgnoreCase = t.method == "ignore_case_flag" && !text.Cased
	if err := re.Parse(); err != nil {
		w.fail(err.Pos, err.Code, err.Hint, "%s", err.Msg)
		return nil
	}
	return re
}

// element writes one element of a pattern.
func (t toRegexp) element(e ir.Element, cased bool) string {
	switch {
	case e.Kind == ir.Star:
		return ".*"
	case e.Kind == ir.Question:
		return "."
	case e.Kind == ir.Dash:
		return "[" + ir.Dashes + "]"
	case t.method != "ignore_case_brackets" || cased:
		return regexp.QuoteMeta(e.Text)
	}
	var b strings.Builder
	for _, r := range e.Text {
		if unicode.SimpleFold(r) == r {
			b.WriteString(regexp.QuoteMeta(string(r)))
			continue
		}
		b.WriteString("[" + cases(r) + "]")
	}
	return b.String()
}

// cases returns a letter in all its cases, the small one first. Some have more
// than two: k, K and the sign for Kelvin.
func cases(r rune) string {
	r = unicode.ToLower(r)
	out := string(r)
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		out += string(f)
	}
	return out
}

// hasCase reports whether the case of a letter in the pattern can differ.
func hasCase(p ir.Pattern) bool {
	for _, e := range p {
		if e.Kind == ir.Literal && strings.ToLower(e.Text) != strings.ToUpper(e.Text) {
			return true
		}
	}
	return false
}
