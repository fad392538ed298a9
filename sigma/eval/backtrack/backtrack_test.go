package backtrack_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/backtrack"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		re, text string
		want     bool
	}{
		{re: `(?<=user=)admin`, text: "x user=admin", want: true},
		{re: `(?<=user=)admin`, text: "x admin"},
		{re: `a(?!b)`, text: "ab ac", want: true},
		{re: `a(?!b)`, text: "ab"},
		{re: `(.)\1`, text: "hello", want: true},
		{re: `(.)\1`, text: "helo"},
		{re: `^(?>a+)b$`, text: "aaab", want: true},
		{re: `é(?=É)`, text: "xéÉ", want: true},
	} {
		m := compile(t, &ir.Regexp{Source: c.re})
		if got, err := m.Match([]byte(c.text)); got != c.want || err != nil {
			t.Errorf("%s in %.40q: %t, %v", c.re, c.text, got, err)
		}
	}
}

func TestFlags(t *testing.T) {
	re := &ir.Regexp{Source: `^A.(?=b)`, IgnoreCase: true, MultiLine: true, DotMatchesLine: true}
	if ok, err := compile(t, re).Match([]byte("x\na\nb")); !ok || err != nil {
		t.Error("the flags have no effect")
	}
	if ok, err := compile(t, &ir.Regexp{Source: re.Source}).Match([]byte("x\na\nb")); ok || err != nil {
		t.Error("flags that are not set have an effect")
	}
}

func TestErrors(t *testing.T) {
	if _, err := backtrack.New(&ir.Regexp{Source: `(?<=a`}); err == nil {
		t.Error("an open group is accepted")
	}
}

// TestLimits has what is given up: an expression that needs exponential time,
// and a value that is too long.
func TestLimits(t *testing.T) {
	m := compile(t, &ir.Regexp{Source: `^(?=x?)(a+)+$`})
	ok, err := m.Match([]byte(strings.Repeat("a", 60) + "b"))
	if ok || err == nil || !strings.Contains(err.Error(), "takes longer than 100ms") || strings.Contains(err.Error(), "aaa") {
		t.Errorf("%t, %v", ok, err)
	}
	ok, err = compile(t, &ir.Regexp{Source: `a(?=b)`}).Match([]byte(strings.Repeat("x", backtrack.MaxBytes) + "ab"))
	if ok || err == nil || !strings.Contains(err.Error(), "longer than 64 KiB") {
		t.Errorf("%t, %v", ok, err)
	}
}

// TestEngine runs a rule with it.
func TestEngine(t *testing.T) {
	re := &ir.Regexp{Source: `a(?!b)`}
	if err := re.Parse(); err != nil {
		t.Fatal(err)
	}
	r := &ir.Rule{Where: []ir.Expr{&ir.Match{Field: "f", Test: re}}}
	e, err := eval.Compile([]*ir.Rule{r}, eval.Options{Regexp: backtrack.New})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Match(eval.Pairs{{Name: "f", Value: "ab"}}, nil)) != 0 || len(e.Match(eval.Pairs{{Name: "f", Value: "ac"}}, nil)) != 1 {
		t.Error("the rule does not mean what it says")
	}
}

func compile(t *testing.T, re *ir.Regexp) eval.Matcher {
	t.Helper()
	m, err := backtrack.New(re)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
