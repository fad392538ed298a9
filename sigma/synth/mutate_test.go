package synth_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A mutant is a rule with one small thing changed, as a mistake in a
// translation would change it.
type mutant struct {
	kind string
	what string
	rule *ir.Rule
}

// mutants returns all mutants of a rule.
func mutants(r *ir.Rule) []mutant {
	mu := &mutator{rule: r}
	for i, e := range r.Where {
		mu.rest = func(x ir.Expr) []ir.Expr {
			out := append([]ir.Expr(nil), r.Where...)
			out[i] = x
			return out
		}
		mu.expr(e, func(x ir.Expr) ir.Expr { return x })
	}
	return mu.out
}

// A mutator walks a rule. Each place has a function that puts something else
// there and returns the whole condition.
type mutator struct {
	rule *ir.Rule
	rest func(ir.Expr) []ir.Expr
	seen map[*ir.Named]bool
	out  []mutant
}

func (mu *mutator) add(kind, what string, where ir.Expr) {
	r := *mu.rule
	r.Where = mu.rest(where)
	mu.out = append(mu.out, mutant{kind, what, &r})
}

func (mu *mutator) expr(e ir.Expr, put func(ir.Expr) ir.Expr) {
	switch e := e.(type) {
	case ir.And:
		mu.add("and to or", ir.String(e), put(ir.Or(e)))
		for i := range e {
			mu.add("part of and dropped", ir.String(e[i]), put(ir.All(without(e, i)...)))
			mu.expr(e[i], func(x ir.Expr) ir.Expr { return put(ir.And(with(e, i, x))) })
		}
	case ir.Or:
		mu.add("or to and", ir.String(e), put(ir.And(e)))
		for i := range e {
			mu.add("part of or dropped", ir.String(e[i]), put(ir.OneOf(without(e, i)...)))
			mu.expr(e[i], func(x ir.Expr) ir.Expr { return put(ir.Or(with(e, i, x))) })
		}
	case *ir.Not:
		mu.add("not dropped", ir.String(e), put(e.X))
		for _, field := range fieldsOf(e.X) {
			mu.add("negation needs the field", field, put(ir.All(e, &ir.Not{X: &ir.Match{Field: field, Test: &ir.Null{}}})))
		}
		mu.expr(e.X, func(x ir.Expr) ir.Expr { return put(&ir.Not{X: x}) })
	case *ir.Named:
		if mu.seen[e] {
			return
		}
		if mu.seen == nil {
			mu.seen = map[*ir.Named]bool{}
		}
		mu.seen[e] = true
		mu.expr(e.X, func(x ir.Expr) ir.Expr { return put(&ir.Named{Name: e.Name, X: x}) })
	case *ir.Match:
		mu.add("not added", ir.String(e), put(&ir.Not{X: e}))
		guard := &ir.Match{Pos: e.Pos, Field: e.Field, Test: &ir.Null{}}
		mu.add("absent passes", ir.String(e), put(ir.OneOf(e, guard)))
		mu.test(e.Test, func(t ir.Test) ir.Expr { return put(&ir.Match{Pos: e.Pos, Field: e.Field, Test: t}) })
	case *ir.Keyword:
		mu.add("not added", ir.String(e), put(&ir.Not{X: e}))
		mu.test(e.Test, func(t ir.Test) ir.Expr { return put(&ir.Keyword{Pos: e.Pos, Test: t}) })
	}
}

// fieldsOf returns the fields that an expression tests.
func fieldsOf(e ir.Expr) (fields []string) {
	ir.Walk(e, func(e ir.Expr) bool {
		if m, ok := e.(*ir.Match); ok && !slices.Contains(fields, m.Field) {
			fields = append(fields, m.Field)
		}
		return true
	})
	return fields
}

func with[T any](list []T, i int, x T) []T {
	out := append([]T(nil), list...)
	out[i] = x
	return out
}

func without[T any](list []T, i int) []T {
	return append(append([]T(nil), list[:i]...), list[i+1:]...)
}

func (mu *mutator) test(t ir.Test, put func(ir.Test) ir.Expr) {
	add := func(kind string, u ir.Test) { mu.add(kind, ir.TestString(t)+" -> "+ir.TestString(u), put(u)) }
	switch t := t.(type) {
	case ir.AnyOf:
		add("any to all", ir.AllOf(t))
		for i := range t {
			add("value dropped", ir.AnyTest(without(t, i)...))
			mu.test(t[i], func(u ir.Test) ir.Expr { return put(ir.AnyOf(with(t, i, u))) })
		}
	case ir.AllOf:
		add("all to any", ir.AnyOf(t))
		for i := range t {
			add("value of all dropped", ir.AllTests(without(t, i)...))
			mu.test(t[i], func(u ir.Test) ir.Expr { return put(ir.AllOf(with(t, i, u))) })
		}
	case *ir.Text:
		mutateText(t, add)
	case *ir.Regexp:
		mutateRegexp(t, add)
	case *ir.CIDR:
		mutateCIDR(t, add)
	case *ir.Compare:
		for _, by := range []int64{1, -1} {
			if n, ok := ir.ParseNumber(fmt.Sprint(mustInt(t.Number) + by)); ok && t.Number.IsInt() {
				add("number off by one", &ir.Compare{Op: t.Op, Number: n})
			}
		}
		for _, op := range []ir.Op{ir.Eq, ir.Lt, ir.Lte, ir.Gt, ir.Gte} {
			if op != t.Op {
				add("other comparison", &ir.Compare{Op: op, Number: t.Number})
			}
		}
		add("number as text", &ir.Text{Pattern: ir.Plain(string(t.Number))})
	case *ir.Bool:
		add("other truth value", &ir.Bool{Value: !t.Value})
	case *ir.Null:
		add("null to empty", &ir.Text{})
		add("null to not exists", &ir.Exists{})
	case *ir.Exists:
		add("exists turned", &ir.Exists{Want: !t.Want})
	case *ir.FieldRef:
		add("field as text", &ir.Text{Pattern: ir.Plain(t.Field)})
		for shape := ir.Exact; shape <= ir.Substring; shape++ {
			if shape != t.Shape {
				add("reference of other shape", &ir.FieldRef{Field: t.Field, Shape: shape, Cased: t.Cased})
			}
		}
		add("reference of other case", &ir.FieldRef{Field: t.Field, Shape: t.Shape, Cased: !t.Cased})
	case *ir.TimePart:
		for _, op := range []ir.Op{ir.Eq, ir.Lt, ir.Lte, ir.Gt, ir.Gte} {
			if op != t.Op {
				add("other comparison of a date", &ir.TimePart{Part: t.Part, Op: op, Number: t.Number})
			}
		}
	}
}

func mustInt(n ir.Number) (i int64) {
	_, _ = fmt.Sscan(string(n), &i)
	return i
}

func mutateText(t *ir.Text, add func(string, ir.Test)) {
	p := t.Pattern
	as := func(q ...ir.Element) ir.Test { return &ir.Text{Pattern: ir.NewPattern(q...), Cased: t.Cased} }
	star := ir.Element{Kind: ir.Star}
	hasCase := false
	for _, e := range p {
		hasCase = hasCase || strings.ToUpper(e.Text) != e.Text || strings.ToLower(e.Text) != e.Text
	}
	if hasCase {
		kind := "folded to cased"
		if t.Cased {
			kind = "cased to folded"
		}
		add(kind, &ir.Text{Pattern: p, Cased: !t.Cased})
	}
	if len(p) == 0 {
		add("empty to null", &ir.Null{})
		add("empty to any", as(star))
		return
	}
	if p[0].Kind != ir.Star {
		add("star put before", as(append([]ir.Element{star}, p...)...))
	} else if len(p) > 1 {
		add("star before dropped", as(p[1:]...))
		add("star before to question mark", as(append([]ir.Element{{Kind: ir.Question}}, p[1:]...)...))
	}
	if last := len(p) - 1; p[last].Kind != ir.Star {
		add("star put behind", as(append(append([]ir.Element(nil), p...), star)...))
	} else if len(p) > 1 {
		add("star behind dropped", as(p[:last]...))
	}
	for i, e := range p {
		one := func(by ...ir.Element) ir.Test {
			return as(append(append(append([]ir.Element(nil), p[:i]...), by...), p[i+1:]...)...)
		}
		switch e.Kind {
		case ir.Question:
			add("question mark to star", one(star))
			add("question mark dropped", one())
			add("question mark to plain", one(ir.Element{Kind: ir.Literal, Text: "?"}))
		case ir.Star:
			if i > 0 && i < len(p)-1 {
				add("inner star dropped", one())
				add("inner star to question mark", one(ir.Element{Kind: ir.Question}))
			}
			add("star to plain", one(ir.Element{Kind: ir.Literal, Text: "*"}))
		case ir.Dash:
			add("dash to hyphen", one(ir.Element{Kind: ir.Literal, Text: "-"}))
			add("dash to slash", one(ir.Element{Kind: ir.Literal, Text: "/"}))
		case ir.Literal:
			_, n := utf8.DecodeRuneInString(e.Text)
			_, m := utf8.DecodeLastRuneInString(e.Text)
			if len(e.Text) > n {
				add("first character dropped", one(ir.Element{Kind: ir.Literal, Text: e.Text[n:]}))
				add("last character dropped", one(ir.Element{Kind: ir.Literal, Text: e.Text[:len(e.Text)-m]}))
			}
			if strings.Contains(e.Text, `\`) {
				add("backslashes doubled", one(ir.Element{Kind: ir.Literal, Text: strings.ReplaceAll(e.Text, `\`, `\\`)}))
				add("backslashes dropped", one(ir.Element{Kind: ir.Literal, Text: strings.ReplaceAll(e.Text, `\`, ``)}))
			}
			for _, wild := range []string{"*", "?"} {
				if before, behind, ok := strings.Cut(e.Text, wild); ok {
					kind := map[string]ir.ElementKind{"*": ir.Star, "?": ir.Question}[wild]
					add("plain to wildcard", one(ir.Element{Kind: ir.Literal, Text: before}, ir.Element{Kind: kind}, ir.Element{Kind: ir.Literal, Text: behind}))
				}
			}
		}
	}
	if noNewline(p) {
		add("line breaks excluded", excludeNewline(t))
	}
}

// noNewline reports whether a star could be written as one that stops at line
// breaks.
func noNewline(p ir.Pattern) bool { return p.Has(ir.Star) || p.Has(ir.Question) }

// excludeNewline is the pattern as an expression whose dots do not match line
// breaks.
func excludeNewline(t *ir.Text) ir.Test {
	source := `\A`
	for _, e := range t.Pattern {
		switch e.Kind {
		case ir.Star:
			source += ".*"
		case ir.Question:
			source += "."
		case ir.Dash:
			source += "[" + regexp.QuoteMeta(ir.Dashes) + "]"
		default:
			source += regexp.QuoteMeta(e.Text)
		}
	}
	re := &ir.Regexp{Source: source + `\z`, IgnoreCase: !t.Cased}
	if err := re.Parse(); err != nil {
		return t
	}
	return re
}

func mutateRegexp(t *ir.Regexp, add func(string, ir.Test)) {
	change := func(kind string, f func(u *ir.Regexp)) {
		u := *t
		f(&u)
		if err := u.Parse(); err == nil && u.Tree != nil && u.Source+u.Flags() != t.Source+t.Flags() {
			add(kind, &u)
		}
	}
	change("expression anchored at the beginning", func(u *ir.Regexp) { u.Source = "^(?:" + u.Source + ")" })
	change("expression anchored at the end", func(u *ir.Regexp) { u.Source = "(?:" + u.Source + ")$" })
	change("expression anchored", func(u *ir.Regexp) { u.Source = "^(?:" + u.Source + ")$" })
	change("expression of other case", func(u *ir.Regexp) { u.IgnoreCase = !u.IgnoreCase; u.Source = strings.ReplaceAll(u.Source, "(?i)", "") })
	change("dot matches line breaks", func(u *ir.Regexp) { u.DotMatchesLine = !u.DotMatchesLine })
	change("anchors match at lines", func(u *ir.Regexp) { u.MultiLine = !u.MultiLine })
	change("anchor dropped", func(u *ir.Regexp) { u.Source = strings.TrimPrefix(u.Source, "^") })
	change("anchor dropped", func(u *ir.Regexp) {
		if !strings.HasSuffix(u.Source, `\$`) {
			u.Source = strings.TrimSuffix(u.Source, "$")
		}
	})
	change("repetition made optional", func(u *ir.Regexp) { u.Source = strings.Replace(u.Source, "+", "*", 1) })
	change("repetition made single", func(u *ir.Regexp) { u.Source = strings.Replace(u.Source, ".*", ".?", 1) })
	change("class widened", func(u *ir.Regexp) { u.Source = strings.Replace(u.Source, `\d`, `\w`, 1) })
	change("class widened", func(u *ir.Regexp) { u.Source = strings.Replace(u.Source, `\s`, `.`, 1) })
	change("escape dropped", func(u *ir.Regexp) { u.Source = strings.Replace(u.Source, `\.`, `.`, 1) })
}

func mutateCIDR(t *ir.CIDR, add func(string, ir.Test)) {
	if n := t.Prefix.Bits(); n > 0 {
		add("network one bit shorter", &ir.CIDR{Prefix: netip.PrefixFrom(t.Prefix.Addr(), n-1).Masked()})
	}
	if n := t.Prefix.Bits(); n < t.Prefix.Addr().BitLen() {
		add("network one bit longer", &ir.CIDR{Prefix: netip.PrefixFrom(t.Prefix.Addr(), n+1)})
	}
}

// choose returns at most n of the mutants of each kind.
func choose(all []mutant, n int, r *rand.Rand) []mutant {
	r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	count := map[string]int{}
	var out []mutant
	for _, m := range all {
		if count[m.kind]++; count[m.kind] <= n {
			out = append(out, m)
		}
	}
	return out
}
