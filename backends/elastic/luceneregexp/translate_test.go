package luceneregexp_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/elastic/luceneregexp"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// show writes a test as tables have it: 'a text with wildcards', ~ before one
// that ignores case, an expression between slashes, or the error.
func show(t ir.Test, err error) string {
	var e *readback.Error
	switch t := t.(type) {
	case *ir.Text:
		if t.Cased {
			return "'" + t.Pattern.String() + "'"
		}
		return "~'" + t.Pattern.String() + "'"
	case *ir.Regexp:
		return "/" + strings.TrimSuffix(strings.TrimPrefix(t.Source, `(?s)\A`), `\z`) + "/"
	}
	if errors.As(err, &e) && !e.Foreign {
		return e.Error()
	}
	return "foreign"
}

// TestTranslate shows what becomes of each construct, and of it where case is
// ignored.
func TestTranslate(t *testing.T) {
	for _, c := range []struct{ source, want, folded string }{
		{``, `~''`, `~''`},
		{`()`, `~''`, `foreign`},
		{`cmd\.exe`, `'cmd.exe'`, `~'cmd.exe'`},
		{`[cC][mM][dD]\.[eE]`, `~'cmd.e'`, `~'cmd.e'`},
		{`[cC]md`, `/[Cc]md/`, `~'cmd'`},
		{`.*\\[nN][eE][tT]`, `~'*\net'`, `~'*\net'`},
		{`.*[aA].{2}.+@`, `~'*a???*'`, `~'*a???*'`},
		{`.{2,}1.?`, `/.{2,}1.?/`, `/.{2,}1.?/`},
		{`[äÄ][1][\-]`, `~'ä1-'`, `~'ä1-'`},
		{`ä`, `'ä'`, `'ä'`},
		{`aä`, `'aä'`, `/[Aa]ä/`},
		{`[a-c]`, `/[a-c]/`, `/[a-c]/`}, // a range does not fold
		{`[ac]`, `/[ac]/`, `/[ACac]/`},
		{`[^a]`, `/[^a]/`, `/[^Aa]/`},
		{`"a.b*"`, `'a.b\*'`, `~'a.b\*'`},
		{`"a" "`, `at byte 4: a closing " is missing; one that is meant literally needs a backslash`, ``},
		{`^a$`, `'^a$'`, `~'^a$'`},     // no anchors
		{`(?i)a`, `'\?ia'`, `~'\?ia'`}, // nor flags: an operator without something to repeat is a character
		{`(?:a)`, `'\?:a'`, `~'\?:a'`}, // nor groups that are not kept
		{`(|a)`, `'|a'`, `~'|a'`},      // nor an empty first alternative
		{`a||b`, `/(?:a|\|b)/`, ``},    //
		{`*a`, `'\*a'`, `~'\*a'`},      //
		{`(a|)`, `at byte 4: a bracket ) is missing`, ``},
		{`a|`, `at byte 2: the expression ends where a character is due`, ``},
		{`a)`, `at byte 1: the bracket ) closes nothing`, ``},
		{`(a`, `at byte 2: a bracket ) is missing`, ``},
		{`a}]`, `'a}]'`, ``},
		{`a{`, `at byte 2: a number is due here`, ``},
		{`a{,2}`, `at byte 2: a number is due here`, ``},
		{`a{2`, `at byte 3: a bracket } is missing`, ``},
		{`a{2,1}`, `at byte 2: a repetition of 2 to 1 times`, ``},
		{`a{99999999999}`, `at byte 2: the number 99999999999 is too large`, ``},
		{`a{2}+?`, `/(?:(?:a{2})+)?/`, ``},
		{`a{1001}`, `foreign`, ``}, // Go repeats a thousand times
		{`\d\D\s\S\w\W`, `/[0-9][^0-9][\x{9}\x{a}\x{d} ][^\x{9}\x{a}\x{d} ][0-9A-Z_a-z][^0-9A-Z_a-z]/`, ``},
		{`[\d\-\\.]`, `/[\-.0-9\\]/`, ``},
		{`a\b`, `at byte 1: there is no escape \b; those of letters are \d, \s, \w, \D, \S and \W`, ``},
		{`\n`, `at byte 0: there is no escape \n; those of letters are \d, \s, \w, \D, \S and \W`, ``},
		{`a\`, `at byte 2: the expression ends where a character is due`, ``},
		{`[a-]`, `at byte 2: the range a-] is empty; a dash that is meant literally needs a backslash`, ``},
		{`[a`, `at byte 2: a bracket ] is missing`, ``},
		{`[]a]`, `/[\]a]/`, ``},
		{`[]`, `at byte 2: a bracket ] is missing`, ``},
		{`#`, `/[^\x00-\x{10FFFF}]/`, ``}, // nothing
		{`a#*`, `/a[^\x00-\x{10FFFF}]/`, ``},
		{`@`, `~'*'`, ``},
		{`.*&a.`, `'a?'`, ``},
		{`a&b`, `/[^\x00-\x{10FFFF}]/`, ``},
		{`~[^a]`, `/(?:|(?:a|[^a].).*)/`, ``},
		{`~~a`, `'a'`, `~'a'`},
		{`<1-3>`, `/[1-3]/`, ``},
		{`<7-12>`, `/0*(?:[7-9]|1[0-2])/`, ``},
		{`<10-7>`, `/0*(?:[7-9]|10)/`, ``},
		{`<07-12>`, `/(?:0[7-9]|1[0-2])/`, ``},
		{`<a>`, `at byte 1: there is no automaton of the name "a"; a < that is meant literally needs a backslash`, ``},
		{`<1-a>`, `at byte 1: "1-a" is no interval of numbers, such as 1-100`, ``},
		{`<1`, `at byte 0: a closing > is missing; one that is meant literally needs a backslash`, ``},
		{strings.Repeat("(", 300) + "a" + strings.Repeat(")", 300), `foreign`, `foreign`},
		{"a" + strings.Repeat("?", 300), `foreign`, `foreign`},
	} {
		if got := show(luceneregexp.Translate(c.source, false)); got != c.want {
			t.Errorf("%s: %s, want %s", c.source, got, c.want)
		}
		if got := show(luceneregexp.Translate(c.source, true)); c.folded != "" && got != c.folded {
			t.Errorf("%s, case ignored: %s, want %s", c.source, got, c.folded)
		}
	}
}

// TestTranslateLowered shows expressions of values in small letters.
func TestTranslateLowered(t *testing.T) {
	for source, want := range map[string]string{
		`a\.b`: `~'a.b'`, `[aA]1`: `~'a1'`, `A`: `/[^\x00-\x{10FFFF}]/`, `[^a]`: `/[^Aa]/`, `.[a-c]`: `/.[A-Ca-c]/`, `\W`: "/[^0-9A-Z_a-zİ\u212a]/",
		`"aB"`: `/[Aa][^\x00-\x{10FFFF}]/`, `é`: `~'é'`, `k`: `~'k'`,
	} {
		if got := show(luceneregexp.TranslateLowered(source)); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

// FuzzTranslate checks that every expression has an end, as a test, an error
// with a place, or a foreign one.
func FuzzTranslate(f *testing.F) {
	for _, s := range []string{"", `.*[aA]\.b`, `~(a&b)<1-20>`, `(|a)"x`, `[^a-z\d]{2,3}`, "((((((a*)*)*)*)*)*)*&~(b*)*"} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, source string, fold bool) {
		test, err := luceneregexp.Translate(source, fold)
		var e *readback.Error
		if err != nil && (!errors.As(err, &e) || e.Offset < 0 || e.Offset > len(source) || e.Msg == "") {
			t.Errorf("%q: error %v", source, err)
		}
		if (test == nil) != (err != nil) {
			t.Errorf("%q: %v and %v", source, test, err)
		}
	})
}
