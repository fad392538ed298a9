package emit_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestLess checks what finding less means below negations.
func TestLess(t *testing.T) {
	var codes []sigma.Code
	d := emit.Dialect{
		And: " and ", Or: " or ",
		Not: func(_ *emit.Printer, x emit.Frag) emit.Frag { return emit.Atom("not(" + x.Text + ")") },
		Ops: emit.Ops{Null: func(p *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag {
			codes = append(codes, p.Less(), p.More())
			return emit.Atom(f.Name)
		}},
	}
	a, b, c := leaf("a"), leaf("b"), leaf("c")
	p := emit.Printer{Job: &emit.Job{Rule: &ir.Rule{}}, Dialect: &d}
	x := p.Expr(ir.And{a, &ir.Not{X: ir.Or{b, &ir.Not{X: c}}}})
	if want := "a and not(b or not(c))"; x.Text != want {
		t.Errorf("got %s, want %s", x.Text, want)
	}
	less, more := sigma.MatchesLess, sigma.MatchesMore
	for i, want := range []sigma.Code{less, more, more, less, less, more} {
		if codes[i] != want {
			t.Errorf("code %d is %s, want %s", i, codes[i], want)
		}
	}
}

func leaf(name string) ir.Expr { return &ir.Match{Field: name, Test: &ir.Null{}} }
