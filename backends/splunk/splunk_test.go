package splunk

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// job returns a job for a rule of which nothing is known.
func job() *emit.Job {
	return &emit.Job{Backend: Backend, Rule: &ir.Rule{Source: &sigma.Rule{}}}
}

// text returns a match of a field with a pattern.
func text(field, pattern string, cased bool) *ir.Match {
	return &ir.Match{Field: field, Test: &ir.Text{Pattern: ir.ParsePattern(pattern), Cased: cased}}
}

func TestQuery(t *testing.T) {
	number := func(op ir.Op, n ir.Number) ir.Test { return &ir.Compare{Op: op, Number: n} }
	table := &schema.Table{Columns: map[string]schema.Column{"n": {Name: "n", Type: schema.Int}}}
	for _, c := range []struct {
		name string
		e    ir.Expr
		want string
	}{
		{"a network as text is no network", text("ip", "10.0.0.0/8", false), `ip=* | where ip=="10.0.0.0/8"`},
		{"an IPv6 network as text", text("ip", "fe80::/10", false), `ip=* | where lower(ip)=="fe80::/10"`},
		{"middle star", text("f", "a*b", false), `f="a*" f="*b" | where like(lower(f),"a%b")`},
		{"under a not, the search clause is weaker", &ir.Not{X: text("f", "a*b", false)}, `* | where if(like(lower(f),"a%b"),1,0)=0`},
		{"a not of a mixed or keeps what it can", &ir.Not{X: ir.Or{text("f", "a", false), text("g", "b?", false)}},
			`NOT f="a" | where NOT (if(lower(f)=="a",1,0)=1 OR if(like(lower(g),"b_"),1,0)=1)`},
		{"percent and underscore in like", text("f", "a_%*b", false), `f="a_%*" f="*b" | where match(f,"(?i)^a_%(?s:.)*b\z")`},
		{"a backslash is no escape of like", text("f", `*\a*b`, false), `f="*\\a*" f="*b" | where match(f,"(?i)[\\\\]a(?s:.)*b\z")`},
		{"the text of a number is no number", &ir.Match{Field: "f", Test: ir.AnyOf{text("f", "1.0", true).Test, &ir.Compare{Number: "5"}}},
			`f=5 OR f="1.0" | where if(match(f,"^5\z"),1,0)=1 OR if(match(f,"^1[.]0\z"),1,0)=1`},
		{"W10 a plain star", text("f", `a\*b`, false), `f="a*" f="*b" | where lower(f)=="a*b"`},
		{"V4 empty", text("f", "", false), `* | where f==""`},
		{"control characters are spelled out", text("f", "a\x00\x1b*b", false), `f="a*" f="*b" | where match(f,"(?i)^a\x00\x1b(?s:.)*b\z")`},
		{"a piece of a search", ir.And{&ir.Raw{Text: "index=x"}, text("f", "a", true)}, `(index=x) f="a" | where f=="a"`},
		{"number of a number column", &ir.Match{Field: "n", Test: number(ir.Gt, "5")}, `n>5`},
		{"name of a field that is an operator", text("NOT", "x", false), `"NOT"="x"`},
		{"name of a field with a quote", text(`a"b`, "x", false), `"a\"b"="x"`},
		{"dotted name in where", text("a.b", "x", true), `a.b="x" | where 'a.b'=="x"`},
	} {
		j := job()
		j.Rule.Table = table
		j.Rule.Table.Open = true
		got := query(j, emit.Lower(j, c.e))
		if len(j.Errors) > 0 || got != c.want {
			t.Errorf("%s:\ngot  %s %v\nwant %s", c.name, got, j.Errors, c.want)
		}
	}
}

func TestUnsupported(t *testing.T) {
	for _, c := range []struct {
		name string
		e    ir.Expr
		want string
	}{
		{"M30", &ir.Match{Field: "Time", Test: &ir.TimePart{Part: ir.Hour, Number: "5"}}, "Splunk cannot say the hour of a field whose time format is not known (only of _time)"},
		{"a piece of a search under or", ir.Or{&ir.Raw{Text: "index=x"}, text("f", "a", true)}, "Splunk cannot say a piece of a search under an or or a not with what only where can say (give the placeholder values instead of a query expression)"},
		{"a name with a star", text("a*", "x", false), `Splunk cannot say a field name with a star or a line break in it: "a*" (a pipeline can map the field to another name)`},
		{"a name with a line break", text("a\nb", "x", false), `Splunk cannot say a field name with a star or a line break in it: "a\nb" (a pipeline can map the field to another name)`},
		{"name", text("a'b", "x?", false), `Splunk cannot say a field name with a quote or backslash in where: "a'b"`},
	} {
		j := job()
		query(j, c.e)
		if len(j.Errors) == 0 || j.Errors[0].Text() != c.want || j.Errors[0].Code != sigma.Unsupported {
			t.Errorf("%s: %v, want %s", c.name, j.Errors, c.want)
		}
	}
}

// TestWidened checks what "?" becomes where the user asked for stars, and what
// the warning says of it (W12).
func TestWidened(t *testing.T) {
	keyword := &ir.Keyword{Test: &ir.Text{Pattern: ir.ParsePattern("*a?b*")}}
	for _, c := range []struct {
		name string
		e    ir.Expr
		want string
		code sigma.Code
	}{
		{"W12", text("f", `a?`, false), `f="a*"`, sigma.MatchesMore},
		{"W4 a backslash before it escapes nothing", text("f", `C:\\?`, false), `f="C:\\*"`, sigma.MatchesMore},
		{"W3 a plain star stays plain", text("f", `\*?`, false), `f=* | where like(f,"*%")`, sigma.MatchesMore},
		{"N13 below a not it finds less", &ir.Not{X: text("f", `a?`, false)}, `NOT f="a*"`, sigma.MatchesLess},
		{"in lists", ir.Or{&ir.Not{X: ir.And{text("g", "x", false), &ir.Not{X: text("f", `a?`, false)}}}, text("g", "y", false)},
			`(NOT (g="x" NOT f="a*")) OR g="y"`, sigma.MatchesMore},
		{"K3", keyword, `"*a*" "*b*" | where like(lower(_raw),"%a%b%")`, sigma.MatchesMore},
	} {
		j := job()
		j.Settings = map[string]string{"widen": "true"}
		got := query(j, c.e)
		if len(j.Errors) > 0 || got != c.want {
			t.Errorf("%s:\ngot  %s %v\nwant %s", c.name, got, j.Errors, c.want)
		}
		if len(j.Warnings) != 1 || j.Warnings[0].Code != c.code {
			t.Errorf("%s: warnings %v, want one of %s", c.name, j.Warnings, c.code)
		}
	}
}

// TestAssumed checks the warnings of what is right under an assumption only.
func TestAssumed(t *testing.T) {
	keyword := func(source string) ir.Expr {
		re := &ir.Regexp{Source: source}
		if err := re.Parse(); err != nil {
			t.Fatal(err)
		}
		return &ir.Keyword{Test: re}
	}
	for _, c := range []struct {
		name string
		e    ir.Expr
		want string // the only warning; "" for none
	}{
		{"M30", &ir.Match{Field: "_time", Test: &ir.TimePart{Part: ir.Hour, Number: "5"}}, "the hour of _time is taken in the time zone of the user who searches"},
		{"M40 anchors", keyword(`x+(^|a)`), "the raw event is one text to Splunk: ^ and $ are its ends, not those of a value in it (leave the anchors out, or name a field)"},
		{"M40", keyword(`[^a]x+\b`), ""},
	} {
		j := job()
		query(j, c.e)
		got := ""
		if len(j.Warnings) > 0 {
			got = j.Warnings[0].Text()
		}
		if got != c.want || len(j.Errors) > 0 {
			t.Errorf("%s: %q %v, want %q", c.name, got, j.Errors, c.want)
		}
	}
}

// readLiteral reads a string literal at the beginning of s by the rules of
// Splunk's manual, and returns its value and what stands behind it. In search
// \\, \" and \| are decoded and other backslashes kept; in where a backslash
// may take the character behind it whatever it is.
func readLiteral(s string) (value, rest string, sure bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			i++
			if i == len(s) || s[i] != '\\' && s[i] != '"' {
				return "", s, false // the two clauses would not agree
			}
		}
		b.WriteByte(s[i])
	}
	return "", s, false
}

// FuzzLiteral checks that a value is read back from its literal, and that
// nothing of it gets outside.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{`a"b`, `C:\`, `\\`, `" OR 1=1`, "`x`", `[search x]`, "$a$", `\"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got, rest, ok := readLiteral(quote(value))
		if !ok || got != value || rest != "" {
			t.Errorf("%q is written %s and read back as %q, with %q left", value, quote(value), got, rest)
		}
	})
}

// decode undoes the escapes of a string literal once, as a reader that
// decodes regular expressions as strings first would.
func decode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case '\\', '"', '|':
				i++
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// FuzzPattern checks that what where says of a pattern by match() is what the
// pattern means, whether or not the string is decoded before the regular
// expression is.
func FuzzPattern(f *testing.F) {
	f.Add(`a\b`, `xa\by`, true)
	f.Add(`*|"[x]*`, `a|"[X]`, false)
	f.Add(`a?%_^-]`, `ab%_^-]`, false)
	f.Fuzz(func(t *testing.T, pattern, value string, cased bool) {
		if strings.ContainsAny(value+pattern, "\u212a\u017f") || !utf8.ValidString(value) || !utf8.ValidString(pattern) {
			return // the Kelvin sign and the long s, which no log holds; YAML and JSON are UTF-8
		}
		p := &ir.Text{Pattern: ir.ParsePattern(pattern), Cased: cased}
		tree := emit.PatternTree(p.Pattern, cased)
		source, what := pcre.Search(tree)
		trimmed, _ := pcre.Search(trim(tree))
		if what != "" {
			t.Fatalf("%q: %s", pattern, what)
		}
		want := oracle.Match(&ir.Match{Field: "f", Test: p}, oracle.Event{"f": value})
		for _, s := range []string{source, decode(source), trimmed} {
			re, err := regexp.Compile(strings.ReplaceAll(s, `\"`, `"`))
			if err != nil {
				t.Fatalf("%q is written %s: %v", pattern, s, err)
			}
			if got := re.MatchString(value); got != want {
				t.Errorf("%q is written %s; on %q it says %t, the pattern %t", pattern, s, value, got, want)
			}
		}
	})
}

// FuzzSource checks that an expression of a rule's own means the same in the
// literal that match() gets, whether or not the string is decoded before.
func FuzzSource(f *testing.F) {
	for _, s := range []string{`C:\\x`, `[\\/"]+\|`, `[[:alpha:]\\|]"`, `\Qa\b|"\E\.`, `[^]\]a]`, "a\tb\x01", `[\x5c]\x22`} {
		f.Add(s, `a\b|"`)
	}
	f.Fuzz(func(t *testing.T, source, value string) {
		original, err := regexp.Compile(source)
		if err != nil || !utf8.ValidString(source) || !utf8.ValidString(value) {
			return
		}
		written := pcreSource(source, false)
		if strings.Contains(written, wordEdge) {
			return // Go has no look-behind
		}
		if strings.ContainsFunc(written, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("%q is written %q, with a control character", source, written)
		}
		if _, rest, ok := readRegexp(`"` + written + `"`); !ok || rest != "" {
			t.Errorf("%q is written %s, which leaves its literal with %s", source, written, rest)
		}
		for _, s := range []string{written, decode(written)} {
			re, err := regexp.Compile(strings.ReplaceAll(s, `\"`, `"`))
			if err != nil {
				t.Fatalf("%q is written %s, read as %s: %v", source, written, s, err)
			}
			if got, want := re.MatchString(value), original.MatchString(value); got != want {
				t.Errorf("%q is written %s, read as %s; on %q it says %t, the rule %t", source, written, s, value, got, want)
			}
		}
	})
}

// readRegexp finds the end of a string literal as readLiteral does, for
// regular expressions, where a backslash may stand before other characters.
func readRegexp(s string) (value, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return s[1:i], s[i+1:], true
		case '\\':
			i++
		}
	}
	return "", s, false
}

// FuzzWeaken checks that the search clause lets through whatever the rule
// matches: for a pattern, a list, and their negations.
func FuzzWeaken(f *testing.F) {
	f.Add(`a*b`, `c?`, "axb", true)
	f.Add(`a\*b`, ``, "a*b", false)
	f.Add("x\ny", `*z*`, "x\ny", false)
	f.Fuzz(func(t *testing.T, a, b, value string, cased bool) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) || !utf8.ValidString(value) {
			return
		}
		list := &ir.Match{Field: "f", Test: ir.AnyOf{
			&ir.Text{Pattern: ir.ParsePattern(a), Cased: cased}, &ir.Text{Pattern: ir.ParsePattern(b)},
		}}
		j := job()
		for _, e := range []ir.Expr{
			text("f", a, cased), list, &ir.Not{X: list}, ir.And{list, &ir.Not{X: text("f", b, false)}},
			ir.Or{&ir.Not{X: text("f", a, false)}, text("f", b, cased)},
		} {
			for _, event := range []oracle.Event{{"f": value}, {}} {
				weak := weaken(side{Job: j}, e)
				if !searchable(side{Job: j}, weak) {
					t.Errorf("%s becomes %s, which the search clause cannot say", ir.String(e), ir.String(weak))
				}
				if oracle.Match(e, event) && !oracle.Match(weak, event) {
					t.Errorf("%s matches %v, and its search clause %s does not", ir.String(e), event, ir.String(weak))
				}
			}
		}
	})
}

func TestPcreSource(t *testing.T) {
	for _, c := range []struct{ item, source, want string }{
		{"5 backslash", `C:\\x`, `C:[\\\\]x`},
		{"5 backslash in a class", `[\\/]`, `[\\\\/]`},
		{"5 bar", `a\|b|c`, `a[|]b|c`},
		{"5 quote", `"a\"`, `\"a\"`},
		{"5 escapes stay", `\d\.\s`, `\d\.\s`},
		{"5 word edge", `\bx`, wordEdge + `x`},
		{"5 backspace in a class", `[\b]`, `[\b]`},
		{"class with a bracket first", `[]a"]`, `[]a\"]`},
		{"negated class with a bracket first", `[^]\\]`, `[^]\\\\]`},
		{"line break", "a\nb", `a\nb`},
		{"control character", "a\x01[\x02]", `a\x01[\x02]`},
		{"named class", `[[:alpha:]\\"]\\`, `[[:alpha:]\\\\\"][\\\\]`},
		{"no named class", `[[:]\\`, `[[:][\\\\]`},
		{"quoted", `\Qa\b|"[\E\b`, `a[\\\\]b[|]\"[[]` + wordEdge},
		{"quoted to the end", `x\Q.`, `x[.]`},
		{"look-ahead", `a(?=b)`, `a(?=b)`},
	} {
		if got := pcreSource(c.source, false); got != c.want {
			t.Errorf("%s: %s becomes %s, want %s", c.item, c.source, got, c.want)
		}
	}
}
