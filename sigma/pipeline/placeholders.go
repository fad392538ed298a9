package pipeline

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxExpansion is how many values one value with several placeholders may become
// (P7).
const maxExpansion = 200

// handled says which placeholders a step is about: those in include, those
// not in exclude, or all.
type handled struct{ include, exclude []string }

func readHandled(p *params) handled {
	h := handled{include: p.list("include"), exclude: p.list("exclude")}
	if h.include != nil && h.exclude != nil {
		p.fail(p.pos, sigma.BadPipeline, "", `"include" and "exclude" exclude each other`)
	}
	return h
}

func (h handled) has(name string) bool {
	if h.include != nil {
		return slices.Contains(h.include, name)
	}
	return !slices.Contains(h.exclude, name)
}

// in reports whether the step is about a placeholder of the pattern.
func (h handled) in(p ir.Pattern) bool {
	return slices.ContainsFunc(p, func(e ir.Element) bool { return e.Kind == ir.Placeholder && h.has(e.Text) })
}

// all reports whether the step is about each of the placeholders.
func (h handled) all(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return !h.has(n) })
}

// wildcards is wildcard_placeholders: the value may be anything there, which
// is more than the rule means.
type wildcards struct{ handled }

func makeWildcardPlaceholders(p *params, _ *step) transformation { return wildcards{readHandled(p)} }

func (t wildcards) apply(w *run) {
	polarities := w.polarities()
	w.items(func(it item) ir.Expr {
		changed := false
		test := ir.RewriteTest(it.test, func(u ir.Test) ir.Test {
			switch u := u.(type) {
			case *ir.Text:
				if p, ok := t.pattern(u.Pattern); ok {
					changed = true
					return &ir.Text{Pos: u.Pos, Pattern: p, Cased: u.Cased}
				}
			case *ir.Regexp:
				if names := u.Placeholders(); t.all(names) {
					filled, err := u.Fill(func(string) string { return ".*" })
					changed = true
					return w.filledRegexp(u, filled, err)
				}
			}
			return u
		})
		if !changed {
			return it.expr
		}
		w.deviates(polarities[it.expr], it.pos, true, "a placeholder became a wildcard")
		return it.with(test)
	})
}

func (t wildcards) pattern(p ir.Pattern) (ir.Pattern, bool) {
	found := false
	out := slices.Clone(p)
	for i, e := range out {
		if e.Kind == ir.Placeholder && t.has(e.Text) {
			out[i], found = ir.Element{Kind: ir.Star}, true
		}
	}
	return ir.NewPattern(out...), found
}

// filledRegexp returns a regular expression with its placeholders filled, or
// reports that it does not parse.
func (w *run) filledRegexp(old, filled *ir.Regexp, err *sigma.Error) ir.Test {
	if err != nil {
		w.fail(old.Pos, err.Code, err.Hint, "%s", err.Msg)
		return old
	}
	return filled
}

// values is value_placeholders: each placeholder stands for the values of the
// variable of its name (P3).
type values struct{ handled }

func makeValuePlaceholders(p *params, _ *step) transformation { return values{readHandled(p)} }

func (t values) apply(w *run) { fillPlaceholders(w, t.handled, w.variable) }

// variable returns the values of a variable, or reports that there is none.
func (w *run) variable(pos sigma.Pos, name string) []string {
	list := w.vars[name]
	if len(list) == 0 {
		var all []string
		for n := range w.vars {
			all = append(all, n)
		}
		slices.Sort(all)
		w.fail(pos, sigma.BadPlaceholder, near(name, all, `give it values under "vars"`), "the pipeline has no variable %q for the placeholder", name)
		return nil
	}
	return list
}

// text returns the text with every combination of values in place of its
// placeholders.
func (h handled) text(w *run, u *ir.Text, value func(sigma.Pos, string) []string) ir.Test {
	all, several := []ir.Pattern{nil}, false
	for _, e := range u.Pattern {
		alternatives := []ir.Pattern{{e}}
		if e.Kind == ir.Placeholder && h.has(e.Text) {
			alternatives = nil
			for _, v := range value(u.Pos, e.Text) {
				alternatives = append(alternatives, ir.ParsePattern(v))
			}
		}
		// A list may be long; what explodes is the combinations of several.
		several = several || len(all) > 1 && len(alternatives) > 1
		if several && len(all)*len(alternatives) > maxExpansion {
			w.fail(u.Pos, sigma.Limit, "", "the placeholders stand for more than %d combinations of values", maxExpansion)
			return u
		}
		var next []ir.Pattern
		for _, p := range all {
			for _, a := range alternatives {
				next = append(next, slices.Concat(p, a))
			}
		}
		all = next
	}
	tests := make([]ir.Test, len(all))
	for i, p := range all {
		tests[i] = &ir.Text{Pos: u.Pos, Pattern: ir.NewPattern(p...), Cased: u.Cased}
	}
	if len(tests) == 0 {
		return u // reported
	}
	return ir.AnyTest(tests...)
}

// regexp returns the expression with the values in place of its placeholders,
// as alternatives of plain text.
func (h handled) regexp(w *run, u *ir.Regexp, value func(sigma.Pos, string) []string) ir.Test {
	filled, err := u.Fill(func(name string) string {
		var parts []string
		for _, v := range value(u.Pos, name) {
			parts = append(parts, wildRegexp(ir.ParsePattern(v)))
		}
		return "(?:" + strings.Join(parts, "|") + ")"
	})
	return w.filledRegexp(u, filled, err)
}

// wildRegexp writes a pattern as a regular expression.
func wildRegexp(p ir.Pattern) string {
	var b strings.Builder
	for _, e := range p {
		switch e.Kind {
		case ir.Star:
			b.WriteString("(?s:.*)")
		case ir.Question:
			b.WriteString("(?s:.)")
		default:
			b.WriteString(regexp.QuoteMeta(e.Text))
		}
	}
	return b.String()
}
