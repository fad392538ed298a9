package ir_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestSize builds rules that are short and mean a lot (N15).
func TestSize(t *testing.T) {
	values := func(n int, value string) string { return "[" + strings.Repeat(value+", ", n-1) + value + "]" }
	list := values(2000, "abcdefghijklmnopqrstuvwxyz")
	for _, c := range []struct{ name, detection, want string }{
		{"a search named often", "a: {f: " + list + "}\ncondition: " + strings.Repeat("a and ", 600) + "a", "the rule is larger than 16 megabytes"},
		{"all of them, often", "a: {f: " + list + "}\ncondition: " + strings.Repeat("1 of them and ", 600) + "a", "the rule is larger than 16 megabytes"},
		{"a search named at times", "a: {f: " + list + "}\ncondition: " + strings.Repeat("a and ", 60) + "a", ""},
		{"dashes in a list", "a: {f|windash: " + values(20_000, "' -a -b -c'") + "}\ncondition: a", "the rule is larger than 16 megabytes"},
		{"more dashes than are written out", "a: {f|windash: '" + strings.Repeat(" -a", 1000) + "'}\ncondition: a", ""},
		{"large classes", "a: {f|re: " + values(50_000, `'\pLx'`) + "}\ncondition: a", "the rule is larger than 16 megabytes"},
		{"a long value, encoded", "a: {f|wide|base64: " + strings.Repeat("x", 1<<20) + "}\ncondition: a", `"base64" encodes values of up to 1048576 bytes`},
		{"encoded often", "a: {f" + strings.Repeat("|base64offset", 40) + ": foobar}\ncondition: a", `"base64offset" encodes values of up to 1048576 bytes`},
		{"a long expression", "a: {f|re: " + strings.Repeat("x", 70_000) + "}\ncondition: a", "the regular expression has 70000 bytes"},
		{"repetitions of repetitions", "a: {f|re: '(a{1000}){1000}'}\ncondition: a", "the regular expression does not parse: invalid repeat count"},
		{"a long number", "a: {f: 0." + strings.Repeat("1", 1001) + "}\ncondition: a", "is not a number that can be compared"},
	} {
		_, err := build(t, c.detection)
		errs := sigma.Errors(err)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (len(errs) != 1 || !strings.Contains(errs[0].Text(), c.want)):
			t.Errorf("%s: %d errors, %.200v, want one with %q", c.name, len(errs), err, c.want)
		}
	}
}

// TestShortBase64 checks the warning of a value that one of the offsets leaves
// nothing of (M22).
func TestShortBase64(t *testing.T) {
	for value, want := range map[string]int{"a": 1, "ab": 0, "ä": 0} {
		r, err := build(t, "a: {f|base64offset|contains: "+value+"}\ncondition: a")
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Warnings) != want || want == 1 && r.Warnings[0].Code != sigma.MatchesLess {
			t.Errorf("%s: warnings %v, want %d of %s", value, r.Warnings, want, sigma.MatchesLess)
		}
	}
}

func TestNamedClass(t *testing.T) {
	for s, want := range map[string]int{"[:alpha:]x": 9, "[:^digit:]": 10, "[:": 0, "[:a]": 0, "[:a:": 0, "[x": 0, "": 0} {
		if got := ir.NamedClass(s); got != want {
			t.Errorf("NamedClass(%q) = %d, want %d", s, got, want)
		}
	}
}
