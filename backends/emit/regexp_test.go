package emit

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// goStyle writes expressions as Go reads them, so that tests can run what is
// printed.
var goStyle = RegexpStyle{
	Literal:   func(b *strings.Builder, r rune) { b.WriteString(regexp.QuoteMeta(string(r))) },
	ClassChar: goClassChar,
	AnyChar:   `(?s:.)`,
	NotNL:     `[^\n]`,
	Group:     "(?:",
	BeginText: `\A`, EndText: `\z`, BeginLine: `(?m:^)`, EndLine: `(?m:$)`, WordEdge: `\b`, NoWordEdge: `\B`,
}

func goClassChar(b *strings.Builder, r rune) {
	if strings.ContainsRune(`\]^-[`, r) {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

// luceneStyle is a flavour like Lucene's: the whole value, no anchors.
var luceneStyle = RegexpStyle{Literal: goStyle.Literal, ClassChar: goClassChar, AnyChar: ".", NotNL: `[^\n]`, Group: "("}

func TestWhole(t *testing.T) {
	for _, c := range []struct{ item, source, want string }{
		{"M17 unanchored", `foo`, `.*foo.*`},
		{"M17 anchored", `^foo$`, `foo`},
		{"M17 one end", `^foo`, `foo.*`},
		{"M17 runs at the ends", `.*foo.*`, `.*foo.*`},
		{"nothing", ``, `.*`},
		{"the empty value", `^$`, `()`},
		{"M18 dot", `a.b`, `.*a[^\n]b.*`},
		{"M18 dot of s", `(?s)a.b`, `.*a.b.*`},
		{"M18 i", `(?i)a1`, `.*[aA]1.*`},
		{"M18 i of a class", `(?i)[a-c]`, `.*[A-Ca-c].*`},
		{"classes", `\d\w\s`, `.*[0-9][0-9A-Z_a-z][` + "\t\n\f\r" + ` ].*`},
		{"negated class", `[^a]`, `.*[^a].*`},
		{"repetition", `a{2}b{1,3}c{2,}d*?e+f?`, `.*a{2}b{1,3}c{2,}d*e+f?.*`},
		{"group repeated", `(ab)+`, `.*(ab)+.*`},
		{"alternatives", `a|bc`, `.*(a|bc).*`},
		{"empty alternative", `x(|ab)y`, `.*x(ab)?y.*`},
		{"anchor in a group", `(^|\s)foo`, `foo.*|.*[` + "\t\n\f\r" + ` ]foo.*`},
		{"anchor in both groups", `(^|a)b(c|$)`, `bc.*|b|.*abc.*|.*ab`},
		{"anchors in alternatives", `^a|b$`, `a.*|.*b`},
		{"M18 m", `(?m)^a$`, "a|a\n.*|.*\na|.*\na\n.*"},
		{"word edge at the ends", `\bfoo\b`, `foo|foo[^0-9A-Z_a-z].*|.*[^0-9A-Z_a-z]foo|.*[^0-9A-Z_a-z]foo[^0-9A-Z_a-z].*`},
		{"word edge inside that cannot be", `(^a|-)\bb`, `.*-b.*`},
		{"word edge that cannot be", `0\b0`, `!a regular expression that matches nothing`},
		{"word edge at a bound end", `^\ba\b$`, `a`},
		{"word edge inside that must be", `a\b-\Bb?`, `!\B of a regular expression`},
		{"word edge inside, decided", `x(a\b|b)-`, `.*xa-.*|.*xb-.*`},
		{"word edge inside, open", `a+\b.b`, `!\b in the middle of a regular expression`},
		{"word edge in a repeated group", `(\d(\.|\b)){3}$`, `.*[0-9]\.[0-9]\.[0-9]\.|.*[0-9]\.[0-9]\.[0-9]`},
		{"not a word edge", `\Ba`, `!\B of a regular expression`},
		{"anchor inside", `a$b`, `!$ in the middle of a regular expression`},
	} {
		tree, err := syntax.Parse(c.source, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got, what := luceneStyle.Whole(tree)
		if what != "" {
			got = "!" + what
		}
		if got != c.want {
			t.Errorf("%s: %s\ngot:  %q\nwant: %q", c.item, c.source, got, c.want)
		}
	}
}

// FuzzRegexp prints an expression in both ways, lets Go run what was printed,
// and compares with the expression itself.
func FuzzRegexp(f *testing.F) {
	for _, s := range []string{`foo`, `^a|b$`, `(^|\s)x`, `(?i)k[a-f]+\d`, `\bfoo\b`, `(?m)^a$`, `a{2,3}|(b|)c`, `[^\n]*\\\.exe`, `(a|^b|c$)d?`, `.*x.*`, `(?s).+`} {
		f.Add(s, "foo bar\nxA")
		f.Add(s, "b")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 60 || len(text) > 60 {
			return
		}
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil || strings.Contains(source, "\uFFFD") {
			return
		}
		original, err := regexp.Compile(source)
		if err != nil {
			return
		}
		for i, printed := range []func() (string, string){
			func() (string, string) { return goStyle.Search(tree) },
			func() (string, string) {
				whole, what := goStyle.Whole(tree)
				return `\A(?:` + whole + `)\z`, what
			},
		} {
			again, what := printed()
			if what != "" {
				continue
			}
			re, err := regexp.Compile(again)
			if err != nil {
				t.Fatalf("%q is printed as %q, which does not parse: %v", source, again, err)
			}
			for _, s := range []string{text, "", strings.ToUpper(text), text + "\n" + text} {
				// The Kelvin sign and the long s are left out on purpose.
				if strings.ContainsAny(s, "\u212a\u017f") {
					continue
				}
				if got, want := re.MatchString(s), original.MatchString(s); got != want {
					t.Fatalf("way %d: %q is printed as %q; on %q they say %t and %t", i, source, again, s, want, got)
				}
			}
		}
	})
}

func TestPatternTree(t *testing.T) {
	for _, c := range []struct {
		pattern string
		cased   bool
		want    string
	}{
		{`*a?b*`, false, `.*[aA].[bB].*`},
		{`a*b`, true, `a.*b`},
		{``, false, `()`},
		{`*`, false, `.*`},
		{`\*.exe`, true, `\*\.exe`},
	} {
		got, what := luceneStyle.Whole(PatternTree(ir.ParsePattern(c.pattern), c.cased))
		if got != c.want || what != "" {
			t.Errorf("%q: %s %s, want %s", c.pattern, got, what, c.want)
		}
	}
}
