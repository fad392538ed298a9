// Package filler makes events from what rules look for, so that tests that
// compare meet the tests of each rule.
package filler

import (
	"encoding/json"
	"math/rand"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Event returns an event, as encoding/json decodes it with UseNumber, that the
// expression is likely to match, and else matches in part.
func Event(r *rand.Rand, e ir.Expr) map[string]any {
	f := &filler{r: r, ev: map[string]any{}}
	f.expr(e, true)
	return f.ev
}

// Text returns a text that the pattern matches, or nearly.
func Text(r *rand.Rand, p ir.Pattern) string { return (&filler{r: r}).pattern(p) }

type filler struct {
	r  *rand.Rand
	ev map[string]any
}

// expr writes into the event what makes the expression likely to be want.
func (f *filler) expr(e ir.Expr, want bool) {
	switch e := e.(type) {
	case ir.And:
		f.parts(e, want, want)
	case ir.Or:
		f.parts(e, want, !want)
	case *ir.Not:
		f.expr(e.X, !want)
	case *ir.Named:
		f.expr(e.X, want)
	case *ir.Match:
		if want || f.r.Intn(4) == 0 {
			f.test(e.Field, e.Test)
		}
	case *ir.Keyword:
		if want {
			f.test("Message", e.Test)
		}
	}
}

func (f *filler) parts(xs []ir.Expr, want, all bool) {
	if all {
		for _, x := range xs {
			f.expr(x, want)
		}
		return
	}
	f.expr(xs[f.r.Intn(len(xs))], want)
}

func (f *filler) test(field string, t ir.Test) {
	switch t := t.(type) {
	case ir.AnyOf:
		f.test(field, t[f.r.Intn(len(t))])
	case ir.AllOf:
		for _, u := range t {
			f.test(field, u)
		}
	case *ir.Text:
		old, _ := f.ev[field].(string)
		text := f.pattern(t.Pattern)
		if f.r.Intn(3) == 0 {
			text = strings.ToUpper(text)
		}
		if shape, _ := t.Pattern.Shape(); shape == ir.Substring {
			text = old + text
		}
		f.ev[field] = text
	case *ir.Compare:
		f.ev[field] = json.Number(t.Number)
		if f.r.Intn(2) == 0 {
			f.ev[field] = string(t.Number)
		}
	case *ir.Bool:
		f.ev[field] = t.Value
	case *ir.CIDR:
		f.ev[field] = t.Prefix.Addr().String()
	case *ir.FieldRef:
		f.ev[field], f.ev[t.Field] = "same.exe", "SAME.exe"
	case *ir.Regexp:
		f.ev[field] = t.Source
	case *ir.Null:
		if f.r.Intn(2) == 0 {
			f.ev[field] = nil
		}
	}
}

// pattern returns a text that the pattern matches, or nearly.
func (f *filler) pattern(p ir.Pattern) string {
	var b strings.Builder
	for _, e := range p {
		switch e.Kind {
		case ir.Literal:
			text := e.Text
			if f.r.Intn(40) == 0 {
				text = text[:f.r.Intn(len(text)+1)]
			}
			b.WriteString(text)
		case ir.Star:
			b.WriteString([]string{"", "x", " ", `C:\Program Files\`}[f.r.Intn(4)])
		case ir.Question:
			b.WriteString("é")
		case ir.Dash:
			b.WriteString([]string{"-", "/", "\u2013", "\u2014", "\u2015"}[f.r.Intn(5)])
		}
	}
	return b.String()
}
