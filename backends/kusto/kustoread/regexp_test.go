package kustoread

import (
	"regexp"
	"regexp/syntax"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// query/matches-regex-operator; query/re2 and query/regex.
func TestRegexps(t *testing.T) {
	runCases(t, table, []readCase{
		{`S matches regex @"a.b"`, `S=/a.b/`},
		{`S matches regex @"(?i)a.b"`, `S=/(?i)a.b/`},
		{`S matches regex @"(?is)\Aa.*b.c\z"`, `S="a*b?c"`},
		{`S matches regex @"(?s)\Aa.*B\z"`, `S=cased "a*B"`},
		{`S matches regex @"^abc$"`, `S=cased "abc"`},
		{`S matches regex @".*abc"`, `S=cased "*abc*"`},
		{`S matches regex @"(?i)abc"`, `S="*abc*"`},
		{`S matches regex @"(?s).+a"`, `S=cased "?*a*"`},
		{`S matches regex @"(?i:a)B"`, `S=/(?i:a)B/`},
		{`S matches regex @"(?m)^a"`, `S=/(?m)^a/`},
		{`S matches regex @"a*"`, `S=/a*/!`},
		{`S matches regex ""`, `S=cased "*"!`},
		{`S matches regex @"a" "b"`, `S=cased "*ab*"`},
		{`S matches regex "a\\.b"`, `S=cased "*a.b*"`},
		{`S matches regex @"[\[a-c\-]"`, `S=/[\[a-c\-]/`},
		{`S matches regex @"["`, `refused 16: the regular expression is wrong: missing closing ]: "["`},
		{`S matches regex @"a(?!b)"`, `refused 16: the regular expression is wrong: invalid or unsupported Perl syntax: "(?!"`},
		{`S matches regex @"(a)\1"`, `refused 16: the regular expression is wrong: invalid escape sequence: "\\1"`},
		{`S matches regex @"a\Z"`, `refused 16: the regular expression is wrong: invalid escape sequence: "\\Z"`},
		{`S matches regex @"a++"`, `foreign 16: the regular expression is not read: invalid nested repetition operator: "++"`},
		{`S matches regex @"(?x)a"`, `foreign 16: the regular expression is not read: invalid or unsupported Perl syntax: "(?x"`},
		{`S matches regex @"\<a"`, `foreign 16: the regular expression has \<, which means one thing in RE2 and another in Rust`},
		{`S matches regex @"[a&&b]"`, `foreign 16: the regular expression has && in a class, which means one thing in RE2 and another in Rust`},
		{`S matches regex @"[a[b]]"`, `foreign 16: the regular expression has a class in a class, which means one thing in RE2 and another in Rust`},
		{`S matches regex @"[[:alpha:]]"`, `S=/[[:alpha:]]/`},
		{`S matches regex @"(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)"`, `refused 16: the regular expression has 17 groups that capture; 16 are the most`},
		{`S matches regex S2`, `foreign 16: a regular expression that is not constant is not read`},
	})
}

// The pattern that an expression is read as matches what the expression does.
func FuzzPattern(f *testing.F) {
	for _, s := range [][2]string{
		{`(?is)\Aa.*b\z`, "A\nB"}, {`(?s)^.+x.$`, "yxz"}, {`(?i)straße`, "STRAẞE"}, {`abc`, "xabcx"}, {`.*a.*`, "\na"}, {`(?s).*`, ""},
		{`(?i)k`, "\u212a"}, {`\A\z`, ""}, {`(?i)İ`, "i"}, {`(?i:a)b`, "AB"}, {`^a$`, "a\n"}, {`(?i)ς`, "Σ"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, source, value string) {
		if len(source) > 200 || len(value) > 200 || !utf8.ValidString(value) {
			return
		}
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			return
		}
		pattern := patternOf(tree)
		re, err := regexp.Compile(source)
		if pattern == nil || err != nil {
			return
		}
		got := oracle.Match(&ir.Match{Field: "a", Test: pattern}, oracle.Event{"a": value})
		if want := re.MatchString(value); got != want {
			t.Errorf("/%s/ of %q: %t as %s", source, value, want, ir.TestString(pattern))
		}
	})
}

// query/ipv4-is-in-range-function and the others: null where an argument is no
// address.
func TestNetworks(t *testing.T) {
	const nowhere = `and{unknown not{A=0.0.0.0/0}}`
	runCases(t, table, []readCase{
		{`ipv4_is_in_range(A, "10.0.0.1/8")`, `or{A=10.0.0.0/8 ` + nowhere + `}`},
		{`ipv4_is_in_any_range(A, "10.0.0.0/8", "::1")`, `foreign 0: the manual does not say what ipv4_is_in_any_range gives where one of its ranges is none: "::1"`},
		{`ipv4_is_in_any_range(A, dynamic(["10.0.0.0/8", "1.2.3.4"]))`, `or{or{A=10.0.0.0/8 A=1.2.3.4/32} ` + nowhere + `}`},
		{`ipv4_is_in_range(A, "fe80::/10")`, `unknown`},
		{`ipv6_is_in_range(A, "fe80::/10")`, `or{A=fe80::/10 and{unknown not{or{A=::/0 A=0.0.0.0/0}}}}`},
		{`ipv6_is_in_range(A, "::ffff:10.0.0.0/104")`, `or{or{A=::ffff:10.0.0.0/104 A=10.0.0.0/8} and{unknown not{or{A=::/0 A=0.0.0.0/0}}}}`},
		{`ipv4_is_private(A)`, `or{or{A=10.0.0.0/8 A=172.16.0.0/12 A=192.168.0.0/16} ` + nowhere + `}`},
		{`ipv4_is_in_range("10.1.1.1", "10.0.0.0/8")`, `yes`},
		{`ipv4_is_match(A, "10.0.0.0", 8)`, `ipv4_is_match(A, "10.0.0.0", 8)=true? computed ipv4_is_match(A, "10.0.0.0", 8)`},
		{`ipv6_is_match("192.168.1.1", "::ffff:c0a8:0101")`, `yes`},
		{`ipv4_is_in_range(I, "10.0.0.0/8")`, `refused 17: the function ipv4_is_in_range wants a string here, not a long`},
		{`ipv4_is_in_range(A)`, `refused 0: the function ipv4_is_in_range takes 2 arguments, not 1`},
	})
}
