package kusto

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// evaluate answers a query of one test of the only field, whose value is
// given, as the pages of the operators say.
func evaluate(t *testing.T, query, value string) bool {
	t.Helper()
	ts, err := tokens(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if len(ts) == 4 && ts[1].kind == '(' {
		return (value == "") == (ts[0].text == "isempty")
	}
	op, needle := ts[1].text, ts[len(ts)-1].text
	if op == "matches" {
		return regexp.MustCompile(needle).MatchString(value)
	}
	name, cased := strings.CutSuffix(op, "_cs")
	if !cased && op != "==" {
		value, needle = foldASCII(value), foldASCII(needle)
	}
	switch name {
	case "==", "=~":
		return value == needle
	case "contains":
		return strings.Contains(value, needle)
	case "startswith":
		return strings.HasPrefix(value, needle)
	case "endswith":
		return strings.HasSuffix(value, needle)
	}
	t.Fatalf("%s: unknown operator %s", query, op)
	return false
}

// foldASCII folds what the operators that ignore case fold.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 0x20
		}
		return r
	}, s)
}

// means reports whether a value is what a pattern means (W1, V2), by trying
// everything.
func means(p []ir.Element, value string, cased bool) bool {
	if len(p) == 0 {
		return value == ""
	}
	switch p[0].Kind {
	case ir.Star:
		for i := range value {
			if means(p[1:], value[i:], cased) {
				return true
			}
		}
		return means(p[1:], "", cased)
	case ir.Question:
		_, n := utf8.DecodeRuneInString(value)
		return n > 0 && means(p[1:], value[n:], cased)
	}
	for _, want := range p[0].Text {
		r, n := utf8.DecodeRuneInString(value)
		if n == 0 || r != want && (cased || !folds(r, want)) {
			return false
		}
		value = value[n:]
	}
	return means(p[1:], value, cased)
}

func folds(a, b rune) bool {
	for r := unicode.SimpleFold(a); r != a; r = unicode.SimpleFold(r) {
		if r == b {
			return true
		}
	}
	return false
}

// The query of a text finds the values that the text means. The empty value
// is left out, which Kusto cannot tell from none.
func FuzzText(f *testing.F) {
	for _, s := range []struct {
		pattern, value string
		cased          bool
	}{
		{`*\cmd.exe`, `C:\CMD.EXE`, false}, {`a?b*c`, "a\nbc", false}, {`\*\?\\*`, `*?\x`, false}, {`É*`, "éa", false},
		{`MiMi`, "mimi", true}, {`*[a-c]{2}*`, "x[a-c]{2}", false}, {`*`, "x", false}, {`?`, "漢", false}, {"\"\r\n", "\"\r\n", false},
		{`a**b`, "AB", false}, {`*a*`, "bAb", true}, {`ß*`, "ẞ", false}, {"*&&--~~#*", "&&--~~#", false}, {"\x01*\u2028", "\x01\u2028", false},
	} {
		f.Add(s.pattern, s.value, s.cased)
	}
	f.Fuzz(func(t *testing.T, pattern, value string, cased bool) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(value) || value == "" || len(pattern) > 60 || len(value) > 40 ||
			strings.Count(pattern, "*") > 3 || strings.ContainsAny(value, "\u017f\u212a") {
			return // the long s and the Kelvin sign fold to ASCII letters in regular expressions alone
		}
		p := ir.ParsePattern(pattern)
		r := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{&ir.Match{Field: "A", Test: &ir.Text{Pattern: p, Cased: cased}}}}
		got, j := queries(r, nil)
		if len(j.Errors) > 0 {
			t.Fatal(j.Errors)
		}
		if want := means(p, value, cased); evaluate(t, got[0], value) != want {
			t.Errorf("%q of %q (cased %t): %s, want %t", pattern, value, cased, got[0], want)
		}
	})
}

// The query of a regular expression finds what Go's own engine finds with the
// expression as it was written.
func FuzzRegexp(f *testing.F) {
	for _, s := range []struct {
		source, value string
		flags         byte
	}{
		{`^a.b$`, "a\nb", 4}, {`(?i)foo|b[a-f]r`, "BAR", 0}, {`\d{2,3}\s\w`, "12 _", 0}, {`[^\\"\]-]+`, `\"]-x`, 0}, {`^$`, "\n", 2},
		{`(a|b|)c`, "c", 1}, {`\bx\B`, "xy", 0}, {`x*?y+?`, "y", 0}, {`[[:alpha:]&&~~]`, "&", 1}, {`(?s:.)(?-s:.)`, "\n\n", 0}, {`\x{1F600}\Q.\E`, "😀.", 1},
	} {
		f.Add(s.source, s.value, s.flags)
	}
	f.Fuzz(func(t *testing.T, source, value string, flags byte) {
		if !utf8.ValidString(source) || !utf8.ValidString(value) || value == "" || len(source) > 60 || len(value) > 60 {
			return
		}
		re := &ir.Regexp{Source: source, IgnoreCase: flags&1 != 0, MultiLine: flags&2 != 0, DotMatchesLine: flags&4 != 0}
		if re.Parse() != nil || re.Tree == nil {
			return
		}
		prefix := ""
		if re.Flags() != "" {
			prefix = "(?" + re.Flags() + ")"
		}
		r := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{&ir.Match{Field: "A", Test: re}}}
		got, j := queries(r, nil)
		if len(j.Errors) > 0 {
			return // an expression that matches nothing
		}
		query := strings.TrimPrefix(got[0], "isnotempty(A) and ")
		if want := regexp.MustCompile(prefix + source).MatchString(value); evaluate(t, query, value) != want {
			t.Errorf("/%s/%s of %q: %s, want %t", source, re.Flags(), value, query, want)
		}
	})
}
