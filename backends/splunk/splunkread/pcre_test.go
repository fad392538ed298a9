package splunkread

import (
	"math/rand"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

func TestTranslate(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`a.b|c*`, `a.b|c*`},
		{`^a$`, `^a(?:\n?\z)`},
		{`(a$)|b`, `(a(?:\n?\z))|b`},
		{`a$b`, `a(?=\n?\z)b`},
		{`(?:a$|[)|](b))`, `(?:a(?:\n?\z)|[\)\|](b))`},
		{`(?:a$|b)c`, `(?:a(?=\n?\z)|b)c`},
		{`(a\Z)+`, `(a(?=\n?\z))+`},
		{`(?m)^a$`, `(?m)^a$`},
		{`(?m:a$)b$`, `(?m:a$)b(?:\n?\z)`},
		{`(?i)a(?-i)b(?m-s:.)`, `(?i)a(?-i)b(?m-s:.)`},
		{`\Aa\z\Z`, `\Aa\z(?:\n?\z)`},
		{`\d\D\w\W`, `[0-9][^0-9][0-9A-Za-z_][^0-9A-Za-z_]`},
		{`\s\S`, `[\t-\r ][^\t-\r ]`},
		{`\v\h\N`, `[\n-\r\x{85}\x{2028}\x{2029}][\t \x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}][^\n]`},
		{`\.\/\"\-\_\%\ `, `\./"-_% `},
		{`\a\e\f\n\r\t`, `\x07\x1b\x0c\x0a\x0d\x09`},
		{`\x41\x{e9}\x4\x`, `Aé\x04\x00`},
		{`\0\012\08`, `\x00\x0a\x008`},
		{`\bx\B`, `\bx\B`},
		{wordEdge + `x`, `\bx`},
		{`\Qa.b|\E+\Q\`, `a\.b\|+\\`},
		{`a\Eb`, `ab`},
		{`[a-z]`, `[a-z]`},
		{`[]a]`, `[\]a]`},
		{`[^]a]`, `[^\]a]`},
		{`[a\]b\\]`, `[a\]b\\]`},
		{`[\d\s-x]`, `[0-9\t-\r \-x]`},
		{`[-a-]`, `[\-a\-]`},
		{`[\w-]`, `[0-9A-Za-z_\-]`},
		{`[\b\n]`, `[\x08\x0a]`},
		{`[[:alpha:]_[:^digit:]]`, `[A-Za-z_\x00-\/\:-` + "\U0010ffff]"},
		{`[[:]`, `[\[\:]`},
		{`[\S]`, `[\x00-\x08\x0e-\x1f\!-` + "\U0010ffff]"},
		{`[\Q]^\E-a]`, `[\]\^-a]`},
		{`[\x41-\x{5a}]`, `[A-Z]`},
		{`a{2}b{2,}c{2,3}?d{,3}e{x`, `a{2}b{2,}c{2,3}?d\{,3\}e\{x`},
		{`(?:a)(?<n>b)(?P<m>c)(?'o'd)`, `(?:a)(?P<n>b)(?P<m>c)(?P<o>d)`},
		{`(?=a)(?!b)(?<=c)(?<!d)(?>e)(a)\1`, `(?=a)(?!b)(?<=c)(?<!d)(?>e)(a)\1`},
		{`a(?#b)c`, `ac`},
		{`]}`, `\]\}`},
		{`\p{L}\pN`, `\p{L}\pN`},
	} {
		got, err := translate(c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
		} else if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.source, got, c.want)
		}
	}
}

func TestTranslateRefuses(t *testing.T) {
	for _, c := range []struct {
		source  string
		foreign bool
		want    string
	}{
		{`(a`, false, "a parenthesis is not closed"},
		{`a)`, false, "a parenthesis is closed that was not opened"},
		{`[a`, false, "a character class is not closed"},
		{`[a\`, false, "a character class is not closed"},
		{`a\`, false, "a backslash stands at the end"},
		{`*a`, false, `nothing to repeat before "*"`},
		{`a|+`, false, `nothing to repeat before "+"`},
		{`a**`, false, `nothing to repeat before "*"`},
		{`[z-a]`, false, "the wrong way round"},
		{`[[:foo:]]`, false, "there is no class [:foo:]"},
		{`[[.a.]]`, false, "collating elements"},
		{`(?<a-b>c)`, false, "the name of a group"},
		{`(?<1a>c)`, false, "the name of a group"},
		{`\x{}`, false, "there is no character"},
		{`\x{110000}`, false, "there is no character"},
		{`(?#a`, false, "a comment is not closed"},
		{`[\N]`, false, `\N stands in a character class`},
		{`a*+`, true, "a possessive repetition"},
		{`(*UTF8)a`, true, "a verb"},
		{`(?x)a`, true, "the group"},
		{`(?|a|b)`, true, "the group"},
		{`(?R)`, true, "the group"},
		{`\y`, true, `what \y means`},
		{`\K`, true, `what \K means`},
		{`\R`, true, `what \R means`},
		{`\12`, true, "a number of two digits"},
		{`[\1]`, true, "a number behind a backslash"},
		{`[a-\d]`, true, "a range that ends with a class"},
		{`[a-[:digit:]]`, true, "a range that ends with a named class"},
		{`\p{Foo}`, true, "this property"},
	} {
		_, err := translate(c.source)
		if err == nil {
			t.Errorf("%s: no error", c.source)
		} else if err.Foreign != c.foreign || !strings.Contains(err.Msg, c.want) {
			t.Errorf("%s: foreign %t, %s; want %t, %s", c.source, err.Foreign, err.Msg, c.foreign, c.want)
		}
	}
}

// randomRegexp returns an expression of pieces that PCRE and the backtracking
// engine of the tests read alike over ASCII texts.
func randomRegexp(r *rand.Rand, depth int) string {
	pieces := []string{"a", "b", "A", "1", " ", ".", `\d`, `\D`, `\w`, `\W`, `\s`, `\S`, "[ab]", "[^a]", `[\d\s]`, `[^\s\d]`, "[]b]", "[-a]",
		`[\w-]`, `\.`, `\\`, `\n`, "[a-c1-3]", "^", "$", `\A`, `\z`, `\Z`, `\b`, `\B`, `\x41`, "(?i)", "(?s)", "(?m)", "(?-i)", "]", "}", "\n", `(?=a)`}
	var b strings.Builder
	for range 1 + r.Intn(4) {
		switch k := r.Intn(8); {
		case k == 0 && depth > 0:
			b.WriteString("(" + []string{"", "?:", "?i:", "?s:", "?m:"}[r.Intn(5)] + randomRegexp(r, depth-1) + ")")
		case k == 1 && depth > 0:
			b.WriteString("(?:" + randomRegexp(r, depth-1) + "|" + randomRegexp(r, depth-1) + ")")
		default:
			b.WriteString(pieces[r.Intn(len(pieces))])
			continue
		}
		b.WriteString([]string{"", "", "*", "+", "?", "{2}", "{1,2}", "*?", "??"}[r.Intn(9)])
	}
	return b.String()
}

func randomText(r *rand.Rand) string {
	chars := []string{"a", "b", "A", "B", "1", " ", "\n", ".", "-", "_", "]", "\\", "\v"}
	var b strings.Builder
	for range r.Intn(6) {
		b.WriteString(chars[r.Intn(len(chars))])
	}
	return b.String()
}

// TestTranslation compares what translated expressions find with what an
// engine finds that knows what PCRE knows.
func TestTranslation(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	compared, behind := 0, 0
	for range 6_000 {
		source := randomRegexp(r, 2)
		other, err := regexp2.Compile(source, 0)
		translated, bad := translate(source)
		if err != nil || bad != nil {
			if err == nil && !bad.Foreign && !strings.Contains(bad.Msg, "nothing to repeat") {
				t.Errorf("%q: %s", source, bad.Msg)
			}
			continue
		}
		match := func(text string) bool { return regexp.MustCompile(translated).MatchString(text) }
		if _, err := regexp.Compile(translated); err != nil {
			again, err := regexp2.Compile(translated, 0)
			if err != nil {
				t.Errorf("%q is translated to %q: %v", source, translated, err)
				continue
			}
			behind++
			match = func(text string) bool { ok, _ := again.MatchString(text); return ok }
		}
		for range 8 {
			text := randomText(r)
			want, err := other.MatchString(text)
			if err != nil {
				t.Fatal(err)
			}
			compared++
			if got := match(text); got != want {
				t.Errorf("%q, translated to %q, over %q: %t, want %t", source, translated, text, got, want)
			}
		}
	}
	t.Logf("%d comparisons; %d expressions have look-around", compared, behind)
	if compared < 10_000 {
		t.Error("too few")
	}
}

// randomTextRegexp returns an expression that is often one of texts.
func randomTextRegexp(r *rand.Rand, depth int) string {
	pieces := []string{"a", "k", "s", "é", "1", `\\`, `\.`, "(?s:.)", "(?s:.)*", "(?s:.)+", ".*", "[aA]", "[ab]", "x?", "ß", "Σ"}
	var b strings.Builder
	b.WriteString([]string{"", "", "^", ".*", `\A(?s:.)*`}[r.Intn(5)])
	for range 1 + r.Intn(3) {
		if depth > 0 && r.Intn(5) == 0 {
			b.WriteString("(" + randomTextRegexp(r, depth-1) + "|" + randomTextRegexp(r, depth-1) + ")")
			continue
		}
		b.WriteString(pieces[r.Intn(len(pieces))])
	}
	b.WriteString([]string{"", "", `\z`, ".*", `(?:\n?\z)`}[r.Intn(5)])
	return b.String()
}

// TestTexts checks that the texts which an expression becomes find exactly
// what it finds.
func TestTexts(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	chars := []rune("aAkK\u212asS\u017féÉ1\\.xXßσςΣ\nb")
	shortened := 0
	for range 4_000 {
		source := []string{"", "(?i)"}[r.Intn(2)] + randomTextRegexp(r, 2)
		re, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		texts := textsOf(re)
		if texts == nil {
			continue
		}
		shortened++
		compiled := regexp.MustCompile(source)
		for range 40 {
			var value []rune
			for range r.Intn(5) {
				value = append(value, chars[r.Intn(len(chars))])
			}
			got := false
			for _, text := range texts {
				got = got || matchesText(text, string(value))
			}
			if want := compiled.MatchString(string(value)); got != want {
				t.Errorf("%s over %q: %t, want %t; %s", source, value, got, want, ir.TestString(texts[0]))
			}
		}
	}
	t.Logf("%d expressions are texts", shortened)
	if shortened < 800 {
		t.Error("too few")
	}
}

// TestOrder checks that what is before a text in lexicographic order is.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for range 3_000 {
		bound, value := randomText(r)+[]string{"", "é", "\U0010ffff", "\x00"}[r.Intn(4)], randomText(r)+[]string{"", "é", "\U0010ffff"}[r.Intn(3)]
		for op, want := range map[ir.Op]bool{ir.Lt: value < bound, ir.Lte: value <= bound, ir.Gt: value > bound, ir.Gte: value >= bound} {
			test, err := lexicalTest(op, literal{text: bound})
			if err != nil {
				t.Fatal(err)
			}
			if got := regexp.MustCompile(test.(*ir.Regexp).Source).MatchString(value); got != want {
				t.Errorf("%q %s %q: %t", value, op, bound, got)
			}
		}
	}
}

// FuzzTranslate checks that no expression makes the translation panic, and
// that the result parses.
func FuzzTranslate(f *testing.F) {
	for _, s := range []string{`[[:alpha:]`, `\Q[\E`, `(?i)a$|(b)\1`, `[\x{5a}-`, wordEdge, `(?<a>b){2,3}?`, `[^]\]-a]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		translated, bad := translate(source)
		if bad != nil || len(source) > 1000 {
			return
		}
		if err := (&ir.Regexp{Source: translated}).Parse(); err != nil && !strings.Contains(err.Msg, "repeat") && !strings.Contains(err.Msg, "nest") &&
			!strings.Contains(err.Msg, "duplicate") && !strings.Contains(err.Msg, "invalid escape") && !strings.Contains(err.Msg, "large") &&
			!strings.Contains(err.Msg, "UTF-8") && !strings.Contains(err.Msg, "missing argument") {
			t.Errorf("%q becomes %q: %s", source, translated, err.Msg)
		}
	})
}
