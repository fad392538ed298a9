package emit_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestWarn shows that a warning is noted once for each place, code and
// message.
func TestWarn(t *testing.T) {
	var j emit.Job
	here, there := sigma.Pos{Line: 1}, sigma.Pos{Line: 2}
	j.Warn(here, sigma.Assumed, "hint", "%s is so", "a")
	j.Warn(here, sigma.Assumed, "another hint", "%s is so", "a")
	j.Warn(there, sigma.Assumed, "", "a is so")
	j.Warn(here, sigma.MatchesLess, "", "a is so")
	j.Warn(here, sigma.Assumed, "", "b is so")
	if len(j.Warnings) != 4 || j.Warnings[0].Text() != "a is so (hint)" {
		t.Errorf("%v", j.Warnings)
	}
}

// TestRegexpTree shows that an expression whose placeholder nothing filled
// has one error, that of P5, and not another that names no feature.
func TestRegexpTree(t *testing.T) {
	for _, c := range []struct {
		item string
		re   *ir.Regexp
		want string
	}{
		{"P5", &ir.Regexp{Source: "a%x%"}, "the placeholder %x% has no value (a pipeline with value_placeholders gives it values)"},
		{"M15", &ir.Regexp{Source: "a(?=b)", Why: "look-ahead"}, "L cannot say look-ahead in a regular expression (splunk can)"},
	} {
		j := emit.Job{Backend: &emit.Backend{Title: "L"}, Rule: &ir.Rule{}}
		emit.Lower(&j, &ir.Match{Field: "f", Test: c.re})
		if tree := j.RegexpTree(c.re); tree != nil || len(j.Errors) != 1 || j.Errors[0].Text() != c.want {
			t.Errorf("%s: %v, want %s", c.item, j.Errors, c.want)
		}
	}
}
