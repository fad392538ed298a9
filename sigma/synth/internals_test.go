package synth

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		patterns, word, want string
	}{
		{"a", "q", "a"},
		{"*a*", "q", "qaq"},
		{"*a* *b*", "q", "qaqbq"},
		{"*ab* *b*", "q", "qabq"}, // b is there already
		{"*b* *ab*", "q", "qbqabq"},
		{"a* *b", "q", "aqb"},
		{"a* abc* *d", "q", "abcqd"},
		{"a?c* ab*", "q", "abcq"},
		{"*?z *yz", "q", "qqyz"},
		{"*a*b*a*", "q", "qaqbqaq"}, // each in its order, also what comes twice
		{"abc *b*", "q", "abc"},
		{"a?c ?b?", "q", "abc"},
		{"*", "", ""},
		{"*a* *b*", "", "ab"},
		{"x*a*y", "qz", "xqzaqzy"},
	} {
		var ps []ir.Pattern
		for p := range strings.FieldsSeq(c.patterns) {
			ps = append(ps, ir.ParsePattern(p))
		}
		if got := merge(ps, c.word); got != c.want {
			t.Errorf("merge(%s, %q) = %q, want %q", c.patterns, c.word, got, c.want)
		}
	}
}

func TestLocate(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{"abc", "abc", "0-3"},
		{"abc", "ABC", "0-3"},
		{"abc", "abcd", ""},
		{"*abc", "xxabc", "0-2 2-5"},
		{"*ab*", "aaab", "0-2 2-4 4-4"},
		{"a*b*c", "abxbyc", "0-1 1-1 1-2 2-5 5-6"},
		{"a?c*", "äbc", ""},
		{"ä?c*", "äbc", "0-1 1-2 2-3 3-3"},
		{"*", "", "0-0"},
		{"k", "\u212a", "0-1"},
		{"*a*a", "aab", ""},
	} {
		got := ""
		for i, s := range locate(&ir.Text{Pattern: ir.ParsePattern(c.pattern)}, []rune(c.text)) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%d-%d", s.from, s.to)
		}
		if got != c.want {
			t.Errorf("locate(%s, %s) = %q, want %q", c.pattern, c.text, got, c.want)
		}
	}
}

// TestWriter checks that what is written along an expression matches it, in
// nearly every form, and that alterations change it.
func TestWriter(t *testing.T) {
	mk := &maker{}
	for _, source := range []string{
		`abc`, `^abc$`, `a|b|c`, `a.c`, `^.*$`, `a+b*c?`, `a{3}`, `a{2,4}b{0,1}`, `[a-c]x[^a-c]`, `\d\w\s\D\W\S`, `(?i)straße`, `(a(b(c)))`,
		`\bword\b`, `\Bx`, `^\s*$`, `(?m)^a$\n^b$`, `(?s)a.b`, `[\x{4e00}-\x{9fff}]{2}`, `a\.b\*c`, `^(?:25[0-5]|2[0-4]\d|1?\d?\d)$`, `x*?y+?`,
	} {
		re := &ir.Regexp{Source: source}
		if err := re.Parse(); err != nil {
			t.Fatal(err)
		}
		compiled, right := regexp.MustCompile(source), 0
		for form := range variants {
			if p, ok := mk.regexpPattern(re, form, "qz"); ok && compiled.MatchString(merge([]ir.Pattern{p}, "qz")) {
				right++
			}
		}
		if right < variants*3/4 {
			t.Errorf("%s: %d of %d forms match", source, right, variants)
		}
		texts := map[string]bool{}
		for _, a := range mk.write(re, 0, "qz", alteration{}).steps {
			w := mk.write(re, 0, "qz", a)
			texts[merge([]ir.Pattern{w.pattern()}, "qz")] = true
		}
		if len(texts) < 2 {
			t.Errorf("%s: alterations give only %v", source, texts)
		}
	}
}

// TestWriterBounds writes expressions that stand for very long texts.
func TestWriterBounds(t *testing.T) {
	for _, source := range []string{`(?:` + strings.Repeat("a", 500) + `){900}`, `^[^\x{0}-\x{10ffff}]$`, `a^b`, `a$b`} {
		re := &ir.Regexp{Source: source}
		if err := re.Parse(); err != nil {
			t.Fatal(err)
		}
		if w := (&maker{}).write(re, 0, "q", alteration{}); !w.failed {
			t.Errorf("%.20s: %d bytes were written", source, w.size)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		n    ir.Number
		by   string
		want ir.Number
	}{
		{"1", "1", "2"}, {"0", "-1", "-1"}, {"9007199254740993", "1", "9007199254740994"}, {"0.1", "1", "1.1"}, {"5", "0.5", "5.5"}, {"-0.5", "0.5", "0"},
	} {
		if got := plus(c.n, c.by); got != c.want {
			t.Errorf("%s plus %s is %s, want %s", c.n, c.by, got, c.want)
		}
	}
	if got := times("-1.25", 10); got != "-12.5" {
		t.Error(got)
	}
	for _, c := range [][3]ir.Number{{"1", "2", "2"}, {"1", "4", "3"}, {"0.1", "0.2", "0.15"}, {"-1", "1", "0"}} {
		if got := between(c[0], c[1]); got != c[2] {
			t.Errorf("between %s and %s is %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestNetworks(t *testing.T) {
	mk := &maker{}
	for _, c := range []struct{ network, last string }{
		{"10.0.0.0/8", "10.255.255.255"}, {"10.1.2.3/32", "10.1.2.3"}, {"0.0.0.0/0", "255.255.255.255"}, {"192.168.1.0/31", "192.168.1.1"},
		{"2001:db8::/33", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
	} {
		p := netip.MustParsePrefix(c.network)
		if got := lastOf(p).String(); got != c.last {
			t.Errorf("the last of %s is %s, want %s", p, got, c.last)
		}
		for _, v := range (&field{}).addresses(demands{pass: []ir.Test{&ir.CIDR{Prefix: p}}}, mk.random()) {
			if a := netip.MustParseAddr(v.text); !p.Contains(a) {
				t.Errorf("%s is not in %s", a, p)
			}
		}
	}
}

func TestSwapCase(t *testing.T) {
	for _, c := range [][2]string{{"aB1", "Ab1"}, {"ß", "ß"}, {"Ä", "ä"}, {"ı", "ı"}, {"\u212a", "k"}, {"", ""}} {
		if got := swapCase(c[0]); got != c[1] {
			t.Errorf("%q in the other case is %q, want %q", c[0], got, c[1])
		}
	}
}

func TestTraits(t *testing.T) {
	text1 := &field{kind: text, typ: schema.Keyword}
	whole := &field{kind: number, typ: schema.Int, whole: true}
	for _, c := range []struct {
		f    *field
		v    value
		want string
	}{
		{text1, textValue("a"), "none"},
		{text1, textValue(""), "empty-text"},
		{text1, textValue("a\nb"), "line-break"},
		{text1, textValue("\ta"), "control outer-space"},
		{text1, textValue("é"), "beyond-ascii"},
		{text1, textValue("😀"), "beyond-ascii astral"},
		{text1, textValue("\u212a"), "odd-case beyond-ascii"},
		{text1, textValue(strings.Repeat("é", 257)), "beyond-ascii long-value"},
		{text1, value{kind: number, text: "5"}, "text-as-number"},
		{text1, value{kind: boolean, text: "true"}, "wrong-type"},
		{text1, value{kind: null}, "null"},
		{text1, value{kind: list}, "list"},
		{text1, value{kind: list, list: []value{textValue(""), {kind: null}}}, "list null empty-text"},
		{text1, value{kind: object, list: []value{textValue("a")}}, "nested"},
		{whole, value{kind: number, text: "5"}, "none"},
		{whole, value{kind: number, text: "5.5"}, "fraction"},
		{whole, value{kind: number, text: "9007199254740993"}, "big-number"},
		{whole, textValue("5"), "number-as-text"},
		{whole, textValue("x"), "wrong-type"},
		{&field{kind: boolean, typ: schema.Bool}, textValue("true"), "wrong-type"},
		{&field{kind: text, typ: schema.IP}, textValue("10.0.0.1"), "none"},
		{&field{kind: text, typ: schema.IP}, textValue("::ffff:10.0.0.1"), "odd-address"},
		{&field{kind: text, typ: schema.IP}, textValue("2001:DB8::1"), "odd-address"},
		{&field{kind: text, typ: schema.IP}, textValue("10.0.0.256"), "wrong-type"},
		{&field{kind: text, typ: schema.Time}, textValue("2024-05-17T10:15:30Z"), "none"},
		{&field{kind: text, typ: schema.Time}, textValue("soon"), "wrong-type"},
		{&field{kind: text, typ: schema.GUID}, textValue("7b9f4a52-3c1d-4e86-9a70-5d2e8f6b1c34"), "none"},
		{&field{kind: text, typ: schema.GUID}, textValue("7b9f4a52"), "wrong-type"},
	} {
		if got := c.v.traits(c.f).String(); got != c.want {
			t.Errorf("%v in a field of type %s has %s, want %s", c.v, c.f.typ, got, c.want)
		}
	}
	for i, d := range Traits() {
		if got := Trait(1 << i).Names(); !slices.Equal(got, []string{d.Name}) || d.Doc == "" {
			t.Errorf("trait %d is %q, want %q", i, got, d.Name)
		}
	}
	if got := AnyKeyword.String(); got != "any-keyword" {
		t.Errorf("the last trait is %s", got)
	}
}

func TestColumns(t *testing.T) {
	table := &schema.Table{Columns: map[string]schema.Column{"A": {}, "B_1": {}, "c": {}}}
	rule := &ir.Rule{Table: table}
	for expr, want := range map[string]string{
		`A`:                                  "A",
		`iff(isempty(A), B_1, "c")`:          "A B_1",
		`strcat(@"\", c, '\'', "\"A", A, A)`: "c A",
		`D`:                                  "",
		`"unclosed`:                          "",
	} {
		if got := strings.Join(columns(rule, expr), " "); got != want {
			t.Errorf("the columns of %s are %q, want %q", expr, got, want)
		}
	}
}

// TestJudgeBudget makes a rule too large to try much of: what there is comes,
// and it ends.
func TestJudgeBudget(t *testing.T) {
	long := strings.Repeat("x", 1<<19)
	var parts []ir.Test
	for i := range 12 {
		parts = append(parts, &ir.Text{Pattern: ir.Plain(fmt.Sprint(i, long))})
	}
	rule := &ir.Rule{Where: []ir.Expr{&ir.Match{Field: "f", Test: ir.AnyOf(parts)}}}
	set, err := Events(rule, Options{})
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, e := range set.Events {
		size += len(e.JSON)
	}
	if len(set.Events) == 0 || size > 2*maxKept {
		t.Errorf("%d events of %d bytes", len(set.Events), size)
	}
}

// TestManyLeaves refuses rules with more tests than events are made for.
func TestManyLeaves(t *testing.T) {
	parts := make([]ir.Test, maxLeaves+1)
	for i := range parts {
		parts[i] = &ir.Text{Pattern: ir.Plain(fmt.Sprint(i))}
	}
	rule := &ir.Rule{Where: []ir.Expr{&ir.Match{Field: "f", Test: ir.AnyOf(parts)}}}
	if _, err := Events(rule, Options{}); err == nil {
		t.Error("no error")
	}
	rule.Where[0] = &ir.Match{Field: "f", Test: ir.AllOf(parts[:1500])}
	set, err := Events(rule, Options{})
	if err != nil || set.Unmatched != nil {
		t.Errorf("%v, %v", err, set)
	}
}

// TestHostile makes events of rules that are made to take long: all of them
// must end.
func TestHostile(t *testing.T) {
	re := func(source string) ir.Test {
		x := &ir.Regexp{Source: source}
		if err := x.Parse(); err != nil {
			t.Fatal(err)
		}
		return x
	}
	var both, all []ir.Expr
	for i := range 80 {
		var parts []ir.Expr
		for k := range 5 {
			f := &ir.Match{Field: fmt.Sprint("f", (i+k)%7), Test: &ir.Text{Pattern: ir.Plain(fmt.Sprint(i))}}
			g := &ir.Match{Field: fmt.Sprint("g", i*k%5), Test: &ir.Text{Pattern: ir.ParsePattern(fmt.Sprintf("*%d*%d*", i, k))}}
			parts = append(parts, ir.All(f, g))
		}
		both = append(both, ir.OneOf(parts...))
		all = append(all, &ir.Match{Field: "h", Test: re(fmt.Sprintf("^(a|b|c){%d}x*[^q]+$", i))})
	}
	for name, e := range map[string]ir.Expr{
		"many choices":     ir.All(both...),
		"many expressions": ir.All(all...),
		"long expression":  &ir.Match{Field: "h", Test: re(strings.Repeat("(a|b.*)+[^x]{1,50}", 150))},
	} {
		set, err := Events(&ir.Rule{Where: []ir.Expr{e}}, Options{})
		if err != nil || len(set.Events) == 0 {
			t.Errorf("%s: %v, %d events", name, err, len(set.Events))
		}
	}
}
