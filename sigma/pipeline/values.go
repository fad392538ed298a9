package pipeline

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// testChange makes another test of a single test, or returns it as it is.
type testChange func(item, ir.Test) ir.Test

func (f testChange) apply(w *run) { w.tests(f) }

// textOf returns the pattern of a text test and whether it is one. That of a
// keyword comes without the stars around it (K1), and withText puts them back.
func textOf(it item, t ir.Test) (*ir.Text, ir.Pattern, bool) {
	text, ok := t.(*ir.Text)
	if !ok {
		return nil, nil, false
	}
	p := text.Pattern
	if it.keyword {
		p = bare(p)
	}
	return text, p, true
}

// bare returns the pattern without a star at either end.
func bare(p ir.Pattern) ir.Pattern {
	if len(p) > 0 && p[0].Kind == ir.Star {
		p = p[1:]
	}
	if len(p) > 0 && p[len(p)-1].Kind == ir.Star {
		p = p[:len(p)-1]
	}
	return p
}

// withText returns the test with another pattern.
func withText(it item, t *ir.Text, p ir.Pattern) *ir.Text {
	if it.keyword {
		star := ir.Element{Kind: ir.Star}
		p = slices.Concat(ir.Pattern{star}, p, ir.Pattern{star})
	}
	return &ir.Text{Pos: t.Pos, Pattern: ir.NewPattern(p...), Cased: t.Cased}
}

// makeMapString replaces whole values. As values ignore case (V1), so does
// the mapping, unless one key is exactly the value.
func makeMapString(p *params, _ *step) transformation {
	exact, folded := make(map[string][]ir.Pattern), make(map[string][]ir.Pattern)
	for _, e := range p.pairs() {
		if len(e.values) == 0 && e.list {
			p.fail(e.pos, sigma.BadPipeline, "drop_detection_item leaves items out", "the value %q is mapped to nothing", e.key)
			continue
		}
		to := make([]ir.Pattern, len(e.values))
		for i, v := range e.values {
			to[i] = ir.ParsePattern(v)
		}
		k := ir.ParsePattern(e.key).String()
		exact[k] = to
		if k = strings.ToLower(k); folded[k] == nil {
			folded[k] = to
		}
	}
	return testChange(func(it item, t ir.Test) ir.Test {
		text, pattern, ok := textOf(it, t)
		if !ok {
			return t
		}
		k := pattern.String()
		to := exact[k]
		if to == nil && !text.Cased {
			to = folded[strings.ToLower(k)]
		}
		if to == nil {
			return t
		}
		tests := make([]ir.Test, len(to))
		for i, v := range to {
			tests[i] = withText(it, text, v)
		}
		return ir.AnyTest(tests...)
	})
}

// setValue gives items one value in place of theirs.
type setValue struct{ value sigma.Value }

func makeSetValue(p *params, _ *step) transformation {
	n := p.need("value")
	force := p.choice("force_type", "as written", "str", "num")
	if n == nil {
		return nil
	}
	v, ok := p.value(n, "value")
	if !ok {
		return nil
	}
	number := v.Kind == sigma.Int || v.Kind == sigma.Float
	switch {
	case force == "as written":
	case !number && v.Kind != sigma.String:
		p.fail(v.Pos, sigma.BadPipeline, "", "force_type goes with strings and numbers")
	case force == "str":
		v.Kind = sigma.String
	case force == "num":
		v.Kind = sigma.Float
	}
	if v.Kind == sigma.Int || v.Kind == sigma.Float {
		if _, ok := ir.ParseNumber(v.Text); !ok {
			p.fail(v.Pos, sigma.BadPipeline, "", "%q is not a number", v.Text)
		}
	}
	return setValue{v}
}

func (t setValue) apply(w *run) {
	w.items(func(it item) ir.Expr {
		v := t.value
		v.Pos = it.test.Position()
		if !it.keyword {
			return it.with(testOf(v))
		}
		if v.Kind == sigma.Null {
			w.fail(it.pos, sigma.RuleRejected, "", "a keyword cannot become null")
			return it.expr
		}
		return it.with(withText(it, &ir.Text{Pos: v.Pos}, ir.ParsePattern(v.Text)))
	})
}

// makeConvertType makes strings of numbers and booleans, or numbers of
// strings that are some.
func makeConvertType(p *params, _ *step) transformation {
	if p.choice("target_type", "", "str", "num") == "str" {
		return testChange(toString)
	}
	return testChange(toNumber)
}

func toString(_ item, t ir.Test) ir.Test {
	switch t := t.(type) {
	case *ir.Compare:
		if t.Op == ir.Eq {
			return &ir.Text{Pos: t.Pos, Pattern: ir.Plain(string(t.Number))}
		}
	case *ir.Bool:
		v, _ := plainValue(t)
		return &ir.Text{Pos: t.Pos, Pattern: ir.Plain(v)}
	}
	return t
}

func toNumber(it item, t ir.Test) ir.Test {
	text, pattern, ok := textOf(it, t)
	if !ok || it.keyword {
		return t
	}
	shape, s := pattern.Shape()
	n, isNumber := ir.ParseNumber(s)
	if shape != ir.Exact || !isNumber {
		return t
	}
	return &ir.Compare{Pos: text.Pos, Op: ir.Eq, Number: n}
}

// makeCase changes the case of strings.
func makeCase(p *params, _ *step) transformation {
	change := strings.ToLower
	switch p.choice("method", "lower", "upper", "snake_case") {
	case "upper":
		change = strings.ToUpper
	case "snake_case":
		change = snakeCase
	}
	return testChange(func(it item, t ir.Test) ir.Test {
		text, ok := t.(*ir.Text)
		if !ok {
			return t
		}
		same := true
		out := append(make(ir.Pattern, 0, len(text.Pattern)), text.Pattern...)
		for i, e := range out {
			if e.Kind == ir.Literal {
				out[i].Text = change(e.Text)
				same = same && out[i].Text == e.Text
			}
		}
		if same {
			return t
		}
		return &ir.Text{Pos: text.Pos, Pattern: out, Cased: text.Cased}
	})
}

// snakeCase writes words that begin with capitals in lower case, with
// underscores between them: HTTPServerName is http_server_name.
func snakeCase(s string) string {
	rs := []rune(s)
	var b strings.Builder
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 {
			before := rs[i-1]
			next := i+1 < len(rs) && unicode.IsLower(rs[i+1])
			if unicode.IsLower(before) || unicode.IsDigit(before) || unicode.IsUpper(before) && next {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
