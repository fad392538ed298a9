package elastic

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Prepare rewrites an expression to what the indices of Elastic know. They do
// not tell a field that is null from one that is absent (V6, M7), so that
// there is one test for either, Null, and one for its opposite, Exists, which
// is also what a single star asks for. Neither stands below a negation by
// itself. A network is written as patterns where the field holds text and the
// language cannot read an address from it.
func Prepare(j *emit.Job, e ir.Expr, readsAddresses bool) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		switch e := e.(type) {
		case *ir.Match:
			return prepareMatch(j, e, readsAddresses)
		case *ir.Not:
			return opposite(e)
		}
		return e
	})
}

func prepareMatch(j *emit.Job, m *ir.Match, readsAddresses bool) ir.Expr {
	f := j.FieldOf(m)
	spell := !readsAddresses && f.Known && HoldsText(f.Type())
	test := ir.RewriteTest(m.Test, func(t ir.Test) ir.Test {
		switch t := t.(type) {
		case *ir.Text:
			if shape, _ := t.Pattern.Shape(); shape == ir.Any {
				return &ir.Exists{Pos: t.Pos, Want: true}
			}
		case *ir.Exists:
			if !t.Want {
				return &ir.Null{Pos: t.Pos}
			}
		case *ir.CIDR:
			if spell {
				return networkText(j, f, t)
			}
		}
		return t
	})
	if readable(j, f); f.Column.Flattened {
		flattened(j, f, test)
	}
	if ir.SameTest(test, m.Test) {
		return m
	}
	return &ir.Match{Pos: m.Pos, Field: m.Field, Test: test}
}

// opposite returns the negation of a test of presence as such a test.
func opposite(e *ir.Not) ir.Expr {
	m, ok := e.X.(*ir.Match)
	if !ok {
		return e
	}
	switch t := m.Test.(type) {
	case *ir.Null:
		return &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Exists{Pos: t.Pos, Want: true}}
	case *ir.Exists:
		return &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Null{Pos: t.Pos}}
	}
	return e
}

// KeywordFields is the setting that names the fields in which languages
// without a search of the whole event look for keywords.
var KeywordFields = emit.Setting{
	Name:    "keyword_fields",
	Doc:     "the fields that are searched for keywords, separated by commas",
	Default: "message",
}

// SpreadKeywords replaces keywords by tests of the fields that the setting
// keyword_fields names, with a warning: each single test must be passed by one
// of them (K1, K2).
func SpreadKeywords(j *emit.Job, e ir.Expr) ir.Expr {
	var names []string
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		k, ok := e.(*ir.Keyword)
		if !ok {
			return e
		}
		if names == nil {
			names = keywordFields(j)
			j.Warn(k.Pos, sigma.Assumed, "the setting keyword_fields names others",
				"%s has no search of the whole event: keywords are taken to be in %s", j.Backend.Title, strings.Join(names, ", "))
			for _, name := range names {
				if _, ok := j.Rule.Column(name); !ok {
					j.Warn(k.Pos, sigma.UnknownField, "the setting keyword_fields names others", "keywords are sought in %q, which the schema does not have", name)
				}
			}
		}
		return spreadKeyword(names, k, k.Test)
	})
}

func spreadKeyword(names []string, k *ir.Keyword, t ir.Test) ir.Expr {
	if all, ok := t.(ir.AllOf); ok {
		parts := make([]ir.Expr, len(all))
		for i, u := range all {
			parts[i] = spreadKeyword(names, k, u)
		}
		return ir.All(parts...)
	}
	arms := make([]ir.Expr, len(names))
	for i, name := range names {
		arms[i] = &ir.Match{Pos: k.Pos, Field: name, Test: t}
	}
	return ir.OneOf(arms...)
}

// keywordFields returns the fields that the setting names.
func keywordFields(j *emit.Job) []string {
	var out []string
	for _, name := range strings.Split(j.Setting(KeywordFields.Name), ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	if out == nil {
		return []string{KeywordFields.Default}
	}
	return out
}
