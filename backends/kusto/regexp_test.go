package kusto

import (
	"errors"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

func TestRegexp(t *testing.T) {
	run(t, given{}, []testCase{
		{"M16 M17 as it is", `{A|re: 'foo.+bar'}`, `A matches regex @"foo.+bar"`},
		{"Q9 classes and anchors", `{A|re: '^cmd\.exe.*\d+/c "foo"'}`, `A matches regex @"\Acmd\.exe.*[0-9]+/c ""foo"""`},
		{"M17 end", `{A|re: 'a[0-9]$'}`, `A matches regex @"a[0-9]\z"`},
		{"M18 i", `{A|re|i: 'a+b'}`, `A matches regex @"(?i)a+b"`},
		{"M18 s", `{A|re|s: 'a.+b'}`, `A matches regex @"(?s)a.+b"`},
		{"M18 s and i", `{A|re|i|s: 'a.+b'}`, `A matches regex @"(?is)a.+b"`},
		{"M18 m", `{A|re|m: '^a+$'}`, `A matches regex @"(?m:^)a+(?m:$)"`},
		{"flags inside", `{A|re: '(?i)a+b'}`, `A matches regex @"(?i)a+b"`},
		{"flags of a part", `{A|re: 'x+(?i:a)b'}`, `A matches regex @"x+[aA]b"`},
		{"both kinds of dot", `{A|re: 'a.(?s:.)b+'}`, `A matches regex @"a.(?s:.)b+"`},
		{"groups capture nothing", `{A|re: '(ab|cd)+(?P<n>e)?f'}`, `A matches regex @"(?:ab|cd)+e?f"`},
		{"spaces", `{A|re: '\s+\S'}`, `A matches regex @"[\t\n\f\r ]+[^\t\n\f\r ]"`},
		{"word edges", `{A|re: '\bnet\b.+'}`, `A matches regex @"\bnet\b.+"`},
		{"escapes of a class", `{A|re: '[\[\]\\^&~-]{2}'}`, `A matches regex @"[\&\-\[-\^\~]{2}"`},
		{"needless escapes", `{A|re: '\/\"\<\>\-+'}`, `A matches regex @"/""<>-+"`},
		{"M15 repeated", `{A|re: 'a{3,5}b{2}c{1,}'}`, `A matches regex @"a{3,5}b{2}c{1,}"`},
		{"M20 all", `{A|re|all: ['a+', 'b+']}`, `A matches regex @"a+" and A matches regex @"b+"`},
		{"N13 an empty value passes", `{A|re: '^(a|b)?$'}`, `isnotempty(A) and A matches regex @"\A[ab]?\z"`},
		{"a pattern is an operator", `{A|re: '(?i)foo'}`, `A contains "foo"`},
	})
}

func TestRegexpUnsupported(t *testing.T) {
	for _, c := range []struct{ name, detection, want string }{
		{"K12 look-ahead", `{A|re: 'a(?=b)'}`, "look-ahead"},
		{"K12 back-reference", `{A|re: '(a+)\1'}`, "back-references"},
		{"K12 in a keyword", `{'|re': 'a(?!b)'}`, "look-ahead"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, j := compile(t, c.detection, given{})
			if len(j.Errors) != 1 || !errors.Is(j.Errors[0], sigma.Unsupported) {
				t.Fatalf("got %v, want one Unsupported", j.Errors)
			}
			if e := j.Errors[0]; !e.IsValid() || !strings.Contains(e.Msg, c.want) {
				t.Errorf("got %v, want it positioned and about %q", e, c.want)
			}
		})
	}
}
