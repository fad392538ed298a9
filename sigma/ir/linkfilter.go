package ir

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma"
)

// filter applies a filter to the rules that it is about. The rule as it was
// built stays as it is: its searches do not see those of the filter, nor the
// filter's those of the rule (G8, G9).
func (l *linker) filter(f *sigma.Filter, docs []sigma.Document) {
	expr, warnings := l.filterExpr(f)
	l.set.Warnings = append(l.set.Warnings, warnings...)
	if expr == nil {
		return
	}
	for _, r := range l.filtered(f, docs) {
		built := l.rules[r]
		if built == nil {
			continue // reported
		}
		out := *built
		out.Where = make([]Expr, len(built.Where))
		for i, x := range built.Where {
			out.Where[i] = All(x, expr)
		}
		l.rules[r] = &out
	}
}

// filterExpr builds what a filter demands of events.
func (l *linker) filterExpr(f *sigma.Filter) (Expr, sigma.ErrorList) {
	if len(f.Detection.Conditions) > 1 {
		l.fail(f.Detection.Conditions[1].Pos, sigma.BadCondition, "join them by and, or write several filters", "a filter has one condition")
		return nil, nil
	}
	r := &sigma.Rule{Meta: f.Meta, LogSource: f.LogSource, Detection: f.Detection}
	built, err := Build(r)
	if err != nil {
		l.errs = append(l.errs, sigma.Errors(err)...)
		return nil, nil
	}
	expr, warnings := built.Where[0], built.Warnings
	if l.options.SuppressFilters {
		return Negate(expr), warnings
	}
	if c := f.Detection.Conditions[0]; !negates(c.Expr) {
		warnings = append(warnings, &sigma.Error{Pos: c.Pos, Code: sigma.Style,
			Msg:  "the condition of the filter negates nothing: rules find only what it matches",
			Hint: "write not in front of what is to be left out"}) // G7
	}
	return expr, warnings
}

// negates reports whether there is a negation in a condition.
func negates(e sigma.CondExpr) bool {
	any := func(xs []sigma.CondExpr) bool {
		for _, x := range xs {
			if negates(x) {
				return true
			}
		}
		return false
	}
	switch e := e.(type) {
	case *sigma.CondNot:
		return true
	case sigma.CondAnd:
		return any(e)
	case sigma.CondOr:
		return any(e)
	}
	return false
}

// filtered returns the rules that a filter is about: those that it names, or
// any, as far as its log source contains theirs (G3, G5). It is not about
// correlations (G6).
func (l *linker) filtered(f *sigma.Filter, docs []sigma.Document) []*sigma.Rule {
	warn := func(pos sigma.Pos, hint, format string, args ...any) {
		l.set.Warnings = append(l.set.Warnings, &sigma.Error{Pos: pos, Code: sigma.NotEvaluated, Msg: fmt.Sprintf(format, args...), Hint: hint})
	}
	var out []*sigma.Rule
	if f.Any {
		for _, d := range docs {
			if r, ok := d.(*sigma.Rule); ok && contains(f.LogSource, r.LogSource) {
				out = append(out, r)
			}
		}
		return out
	}
	for _, ref := range f.Rules {
		found := l.named[ref.Text]
		if len(found) == 0 {
			warn(ref.Pos, "", "there is no rule with the id or name %q among what was read: the filter does nothing to it", ref.Text)
		}
		for _, d := range found {
			switch d := d.(type) {
			case *sigma.Rule:
				if !contains(f.LogSource, d.LogSource) {
					warn(ref.Pos, "the filter applies to rules whose log source is that of the filter", "the log source of %q is not that of the filter, which does nothing to it", ref.Text)
					continue
				}
				out = append(out, d)
			case *sigma.Correlation:
				warn(ref.Pos, "name the rules that it refers to", "%q is a correlation: filters apply to detection rules", ref.Text)
			}
		}
	}
	return out
}

// contains reports whether what outer says of a log source is true of inner.
func contains(outer, inner sigma.LogSource) bool {
	same := func(a, b string) bool { return a == "" || a == b }
	if !same(outer.Category, inner.Category) || !same(outer.Product, inner.Product) || !same(outer.Service, inner.Service) {
		return false
	}
	for k, v := range outer.Custom {
		if inner.Custom[k] != v {
			return false
		}
	}
	return true
}
