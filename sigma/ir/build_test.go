package ir_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// build parses a rule with the given detection (indented by nothing) and
// builds it.
func build(t *testing.T, detection string) (*ir.Rule, error) {
	t.Helper()
	var b strings.Builder
	b.WriteString("title: Case\nlogsource:\n    product: windows\ndetection:\n")
	for line := range strings.Lines(strings.TrimSpace(detection)) {
		b.WriteString("    " + line)
	}
	rule, err := sigma.ParseRule("rule.yml", []byte(b.String()+"\n"))
	if err != nil {
		t.Fatalf("the case does not parse: %v", err)
	}
	return ir.Build(rule)
}

// TestModifiers shows what each modifier makes of a value: the item as YAML
// and the dumped test, or the error behind "!".
func TestModifiers(t *testing.T) {
	for _, c := range []struct{ item, yaml, want string }{
		{"V1", `f: Foo`, `f="Foo"`},
		{"V3", `f: 4688`, `f=4688`},
		{"V4 empty", `f: ''`, `f=""`},
		{"V4 null", `f: null`, `f=null`},
		{"V8", `f: true`, `f=true`},
		{"V9", `f: 12345678901234567890`, `f=12345678901234567890`},
		{"V9 fraction", `f: 1.50`, `f=1.5`},
		{"S4", `f: [a, 2, null]`, `f=any{"a" 2 null}`},
		{"W1", `f: 'a*b?c'`, `f="a*b?c"`},
		{"M1 order", `f|wide|base64offset|contains: fo`, `f=any{"*ZgBvA*" "*YAbw*" "*mAG8A*"}`},
		{"M1 unknown", `f|contians: x`, `!there is no modifier "contians" (did you mean "contains"?)`},
		{"M1 twice", `f|contains|contains: x`, `!the modifier "contains" stands twice`},
		{"M3", `f|contains: [a, b]`, `f=any{"*a*" "*b*"}`},
		{"M4", `f|contains|all: [a, b]`, `f=all{"*a*" "*b*"}`},
		{"M5 one value", `f|all: [a]`, `f="a"`},
		{"M6 startswith", `f|startswith: a`, `f="a*"`},
		{"M6 endswith", `f|endswith: a`, `f="*a"`},
		{"M6 backslash before the star", `f|startswith: 'C:\'`, `f="C:\\\\*"`},
		{"W9", `f|contains: 'a*b'`, `f="*a*b*"`},
		{"W11", `f|contains: '*a*'`, `f="*a*"`},
		{"W11 empty", `f|contains: ''`, `f="*"`},
		{"M6 number", `f|contains: 5`, `f="*5*"`},
		{"M6 boolean", `f|contains: true`, `!"contains" takes strings, and this is a value of type boolean`},
		{"M6 two", `f|startswith|endswith: a`, `!"endswith" does not go with the other modifier of its kind (contains stands for both ends)`},
		{"M7", `f|exists: true`, `f=exists true`},
		{"M7 false", `f|exists: false`, `f=exists false`},
		{"M8 text", `f|exists: 'true'`, `!"exists" takes true or false, and this is a value of type string (without quotes)`},
		{"M8 other modifier", `f|exists|all: true`, `!"exists" takes one value and no other modifier`},
		{"M8 field", `'|exists': true`, `!"exists" needs a field (keywords are sought anywhere in the event)`},
		{"M9", `f|cased: Foo`, `f=cased "Foo"`},
		{"M9 contains", `f|contains|cased: Foo`, `f=cased "*Foo*"`},
		{"M9 first", `f|cased|contains: Foo`, `f=cased "*Foo*"`},
		{"M10", `f|neq: [a, b]`, `not{f=any{"a" "b"}}`},
		{"M10 notin", `f|notin: [80, 443]`, `not{f=any{80 443}}`},
		{"M10 all", `f|contains|all|neq: [a, b]`, `not{f=all{"*a*" "*b*"}}`},
		{"M12", `f|windash|contains: ' -f'`, `f="* <dash>f*"`},
		{"M12 after contains", `f|contains|windash: ' -f'`, `f="* <dash>f*"`},
		{"M14", `f|windash|contains|all: [' -f', g]`, `f=all{"* <dash>f*" "*g*"}`},
		{"M16", `f|re: '\d+\*'`, `f=/\d+\*/`},
		{"M17 literal", `f|re: 'foo'`, `f=cased "*foo*"`},
		{"M17 anchored", `f|re: '^foo$'`, `f=cased "foo"`},
		{"M17 runs at the ends", `f|re: '.*foo.*'`, `f=cased "*foo*"`},
		{"M17 dot inside", `f|re: 'a.*b'`, `f=/a.*b/`},
		{"M17 without letters", `f|re: '12'`, `f="*12*"`},
		{"M18 i", `f|re|i: 'Foo'`, `f="*foo*"`},
		{"M18 s", `f|re|s: 'a.*b'`, `f=cased "*a*b*"`},
		{"M18 m", `f|re|m: '^a+$'`, `f=/^a+$/m`},
		{"M18 two", `f|re|i|s: 'a.b+'`, `f=/a.b+/is`},
		{"M18 alone", `f|i: a`, `!"i" goes only behind re (write re|i)`},
		{"M19", `f|re|ignorecase|multiline|dotall: 'a+'`, `f=/a+/ims`},
		{"M20", `f|re|all: ['a+', 'b+']`, `f=all{/a+/ /b+/}`},
		{"M15 look-ahead", `f|re: 'a(?=b)'`, `f=/a(?=b)/`},
		{"M15 look-behind", `f|re: '(?<!a)b'`, `f=/(?<!a)b/`},
		{"M15 back-reference", `f|re: '(a)\1'`, `f=/(a)\1/`},
		{"M15 possessive", `f|re: 'a++b'`, `f=/a++b/`},
		{"M15 atomic", `f|re: '(?>a)b'`, `f=/(?>a)b/`},
		{"M15 broken", `f|re: 'a(b'`, "!the regular expression does not parse: missing closing ): \"a(b\""},
		{"M15 broken look-ahead", `f|re: 'a(?=b'`, "!the regular expression does not parse: invalid or unsupported Perl syntax: \"(?=\""},
		{"re contains", `f|re|contains: 'a+'`, `f=/a+/`},
		{"re startswith", `f|re|startswith: 'a+'`, `f=/^(?:a+)/`},
		{"re null", `f|re: null`, `!"re" takes a regular expression, and this is null`},
		{"M21", `f|base64: foobar`, `f="Zm9vYmFy"`},
		{"M21 wildcard", `f|base64: 'foo*'`, `!"base64" cannot encode a wildcard (\* is a plain star)`},
		{"M21 escaped star", `f|base64: 'a\*b'`, `f="YSpi"`},
		{"M21 after contains", `f|contains|base64: foo`, `!"base64" cannot encode a wildcard (write it before contains, startswith and endswith)`},
		{"M22", `f|base64offset|contains: foobar`, `f=any{"*Zm9vYmFy*" "*Zvb2Jhc*" "*mb29iYX*"}`},
		{"M22 bytes", `f|base64offset|contains: 'ä'`, `f=any{"*w6*" "*Ok*" "*Dp*"}`},
		{"M23", `f|utf16le|base64: fo`, `f="ZgBvAA=="`},
		{"M24", `f|utf16be|base64: fo`, `f="AGYAbw=="`},
		{"M25", `f|utf16|base64: fo`, `f="//5mAG8A"`},
		{"M27", `f|wide|base64: 'ä€'`, `f="5ACsIA=="`},
		{"M26 not text", `f|utf16|contains: fo`, `!the encoded bytes are no text (let base64 or base64offset follow)`},
		{"M28", `f|gte: 5`, `f=>=5`},
		{"M28 list", `f|lt: [5, 6]`, `f=any{<5 <6}`},
		{"M28 text", `f|lt: '5'`, `!"lt" takes a number, and this is a value of type string (such as 5, without quotes)`},
		{"M30", `f|hour: 5`, `f=hour==5`},
		{"M30 compare", `f|hour|gt: 5`, `f=hour>5`},
		{"M30 range", `f|minute: 60`, `!60 is no minute: it goes from 0 to 59`},
		{"M30 fraction", `f|day: 1.5`, `!"day" takes a whole number, and this is a value of type float`},
		{"M33", `f|cidr: ['10.0.0.0/8', '2001:db8::/32']`, `f=any{10.0.0.0/8 2001:db8::/32}`},
		{"M33 address", `f|cidr: '::1'`, `f=::1/128`},
		{"M33 none", `f|cidr: '10.0.0.0/33'`, `!"10.0.0.0/33" is not a network (such as 10.0.0.0/8 or 2001:db8::/32)`},
		{"M34", `f|contains|cidr: '10.0.0.0/8'`, `!"cidr" takes values that no modifier has changed (leave out what stands before "cidr")`},
		{"M34 re", `f|contains|re: 'a'`, `!"re" takes values that no modifier has changed (write "re" first)`},
		{"M35", `f|cidr: '10.1.2.3/8'`, `f=10.0.0.0/8`},
		{"M36", `f|expand: 'a%b%c'`, `f="a%b%c"`},
		{"M37", `f|fieldref: g`, `f=exact field g`},
		{"M37 neq", `f|fieldref|neq: g`, `not{f=exact field g}`},
		{"M38", `f|fieldref|endswith: g`, `f=suffix field g`},
		{"M38 list", `f|fieldref|contains: [g, h]`, `f=any{substring field g substring field h}`},
		{"M37 wildcard", `f|fieldref: 'g*'`, `!"fieldref" takes the name of a field without wildcards (contains, startswith and endswith may follow)`},
		{"M34 fieldref", `f|contains|fieldref: 'g'`, `!"fieldref" takes values that no modifier has changed (write "fieldref" first)`},
		{"M34 number", `f|contains|gt: 5`, `!"gt" takes values that no modifier has changed (leave out what stands before "gt")`},
		{"M34 re behind cased", `f|cased|re: 'a'`, `!"re" takes values that no modifier has changed (leave cased out: a regular expression tells case apart unless i follows re)`},
		{"M34 re behind base64", `f|base64|re: 'a'`, `!"re" takes values that no modifier has changed (leave out what stands before "re")`},
		{"M30 text", `f|hour: '5'`, `!"hour" takes a whole number, and this is a value of type string (such as 5, without quotes)`},
		{"M30 two comparisons", `f|hour|gt|lt: 5`, `!"lt" does not go with "gt"`},
		{"M41 two comparisons", `f|gt|lt: 5`, `!"lt" does not go with "gt"`},
		{"re startswith closes no bracket of ours", `f|re|startswith: 'a)|(?:b'`, "!the regular expression does not parse: unexpected ): \"a)|(?:b\""},
		{"re endswith of a look-ahead", `f|re|endswith: 'a(?=b)|c'`, `f=/(?:a(?=b)|c)$/`},
		{"M15 look-ahead behind a named class", `f|re: '[[:alpha:](](?=b)'`, `f=/[[:alpha:](](?=b)/`},
		{"M21 placeholder", `f|expand|base64: '%a%'`, `!"base64" cannot encode a placeholder, whose value a pipeline gives later (let the pipeline give encoded values)`},
		{"M21 dash", `f|windash|base64: ' -a'`, `f=any{"IC1h" "IC9h" "IOKAk2E=" "IOKAlGE=" "IOKAlWE="}`},
		{"M21 many dashes", `f|windash|base64: '-a -b -c -d'`, `!"base64" cannot encode so many choices of dashes (write the values out)`},
		{"M26 encoded twice", `f|wide|base64|wide|base64: a`, `f="WQBRAEEAPQA="`},
		{"M26 Base64 twice", `f|base64|base64: a`, `f="WVE9PQ=="`},
		{"M26 UTF-16 twice", `f|wide|utf16le: a`, `!the modifier "utf16le" stands twice`},
		{"M26 two forms of UTF-16", `f|wide|utf16be: a`, `!"utf16be" does not go with the other form of UTF-16 (one of them is enough)`},
		{"M22 nothing left", `f|base64offset: ''`, `!"base64offset" leaves nothing of a value that is so short (it takes two bytes or more)`},
		{"M41 two operators", `f|re|cidr: 'a'`, `!"cidr" does not go with "re"`},
		{"M41 cased re", `f|re|cased: 'a'`, `!"cased" does not go with re (a regular expression tells case apart unless i follows re)`},
		{"M41 encode after re", `f|re|base64: 'a'`, `!"base64" does not go with "re"`},
		{"M41 expand after base64", `f|base64|expand: 'a'`, `!"expand" cannot read what was encoded (write expand first)`},
		{"P1 without expand", `f: '%a%'`, `f="%a%"`},
		{"K1", `'|contains': foo`, `*="*foo*"`},
		{"M40 re", `'|re': 'fo+'`, `*=/fo+/`},
		{"K2", `'|all': [a, 'b*c']`, `*=all{"*a*" "*b*c*"}`},
		{"K4", `'|all': [1, 2.50]`, `*=all{"*1*" "*2.50*"}`},
		{"K null", `'|all': [null, a]`, `!a keyword cannot be null`},
		{"M40 startswith", `'|startswith': a`, `!"startswith" needs a field (keywords are sought anywhere in the event)`},
	} {
		t.Run(c.item, func(t *testing.T) {
			r, err := build(t, "sel:\n    "+c.yaml+"\ncondition: sel")
			got := ""
			if err != nil {
				got = "!" + sigma.Errors(err)[0].Text()
			} else {
				got = ir.String(r.Where[0])
				got = strings.TrimSuffix(strings.TrimPrefix(got, "sel{"), "}")
			}
			if got != c.want {
				t.Errorf("%s\ngot:  %s\nwant: %s", c.yaml, got, c.want)
			}
		})
	}
}

func TestCondition(t *testing.T) {
	const searches = "a: {f: 1}\nab: {f: 2}\nb: {f: 3}\n_c: {f: 4}\nl: [x, {g: 1}]\ncondition: "
	for _, c := range []struct{ item, condition, want string }{
		{"N1", "a and b", "and{a{f=1} b{f=3}}"},
		{"N2", "a or b and not ab", "or{a{f=1} and{b{f=3} not{ab{f=2}}}}"},
		{"N2 groups", "not (a or b) and ab", "and{not{or{a{f=1} b{f=3}}} ab{f=2}}"},
		{"N3 them", "1 of them", `or{a{f=1} ab{f=2} b{f=3} l{or{*="*x*" g=1}}}`},
		{"N4", "all of a*", "and{a{f=1} ab{f=2}}"},
		{"N4 middle", "1 of *b", "or{ab{f=2} b{f=3}}"},
		{"N4 underscore", "1 of _*", "_c{f=4}"},
		{"N4 one", "not 1 of ab*", "not{ab{f=2}}"},
		{"N6", "any of a*", "or{a{f=1} ab{f=2}}"},
		{"double negation", "not not a", "a{f=1}"},
		{"S7", "l", `l{or{*="*x*" g=1}}`},
		{"joined", "a and (b and ab)", "and{a{f=1} b{f=3} ab{f=2}}"},
	} {
		r, err := build(t, searches+c.condition)
		if err != nil {
			t.Errorf("%s: %v", c.item, err)
			continue
		}
		if got := ir.String(r.Where[0]); got != c.want {
			t.Errorf("%s: %s\ngot:  %s\nwant: %s", c.item, c.condition, got, c.want)
		}
	}
}

// TestBuildByHand builds rules that no parser has checked.
func TestBuildByHand(t *testing.T) {
	item := &sigma.Item{Field: "f", Values: []sigma.Value{{Text: "x"}}}
	search := []*sigma.Search{{Name: "sel", Node: item}}
	for _, c := range []struct {
		name      string
		detection sigma.Detection
		code      sigma.Code
	}{
		{"no condition", sigma.Detection{Searches: search}, sigma.MissingKey},
		{"N9", sigma.Detection{Searches: search, Conditions: []*sigma.Condition{{Expr: &sigma.CondSearch{Name: "x"}}}}, sigma.UnknownName},
		{"N10", sigma.Detection{Searches: search, Conditions: []*sigma.Condition{{Expr: &sigma.CondOf{Pattern: "x*"}}}}, sigma.UnknownName},
		{"S13", sigma.Detection{Searches: []*sigma.Search{{Name: "sel", Node: &sigma.Item{Field: "f"}}},
			Conditions: []*sigma.Condition{{Expr: &sigma.CondSearch{Name: "sel"}}}}, sigma.BadDetection},
		{"number", sigma.Detection{Searches: []*sigma.Search{{Name: "sel", Node: &sigma.Item{Field: "f", Values: []sigma.Value{{Kind: sigma.Float, Text: ".nan"}}}}},
			Conditions: []*sigma.Condition{{Expr: &sigma.CondSearch{Name: "sel"}}}}, sigma.BadValue},
	} {
		_, err := ir.Build(&sigma.Rule{Detection: c.detection})
		if errs := sigma.Errors(err); len(errs) != 1 || errs[0].Code != c.code {
			t.Errorf("%s: error %v, want one of code %s", c.name, err, c.code)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct{ yaml, want string }{
		{"f|notin: [1, 2]", `4:11 style: the modifier "notin" is known to this tool only ("neq" with a list is the standard spelling)`},
		{"f|contains: 5", `4:21 style: "contains" takes strings, and this is a number (quote it: '5')`},
		{"f|all: a", "4:11 style: all has no effect on a single value (the specification does not allow it)"},
		{"f|cidr: 10.1.2.3/8", "4:17 style: 10.1.2.3/8 has bits set behind its length (the network is 10.0.0.0/8)"},
	} {
		r, err := build(t, "sel:\n    "+c.yaml+"\ncondition: sel")
		if err != nil || len(r.Warnings) != 1 {
			t.Fatalf("%s: %v, warnings %v", c.yaml, err, r)
		}
		w := r.Warnings[0]
		if got := fmt.Sprintf("%d:%d %s: %s", w.Line-2, w.Col, w.Code, w.Text()); got != c.want {
			t.Errorf("%s\ngot:  %s\nwant: %s", c.yaml, got, c.want)
		}
	}
}

// TestTaxonomy warns of fields that have other names than Sigma's.
func TestTaxonomy(t *testing.T) {
	for _, c := range []struct{ item, taxonomy, want string }{
		{"B6 the default", "sigma", ""},
		{"B6 another", "ecs", `rule.yml:2:11: the fields are those of the taxonomy "ecs" and are taken by their names (use a pipeline for that taxonomy, or none for Sigma's names)`},
	} {
		rule, err := sigma.ParseRule("rule.yml", []byte("title: t\ntaxonomy: "+c.taxonomy+"\nlogsource: {product: p}\ndetection: {s: {f: x}, condition: s}\n"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := ir.Build(rule)
		if err != nil || r.Warnings.Error() != c.want {
			t.Errorf("%s: %v, %v", c.item, r, err)
		}
	}
}

// TestRewriteShares shows that a rewrite copies only what changes, and that a
// search that is named twice stays one.
func TestRewriteShares(t *testing.T) {
	r, err := build(t, "a: {f: 1}\nb: {g: 2}\ncondition: a and not b or b")
	if err != nil {
		t.Fatal(err)
	}
	e := r.Where[0]
	if same := ir.Rewrite(e, func(e ir.Expr) ir.Expr { return e }); ir.String(same) != ir.String(e) {
		t.Errorf("the identity changes %s to %s", ir.String(e), ir.String(same))
	}
	out := ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		if m, ok := e.(*ir.Match); ok && m.Field == "g" {
			return &ir.Match{Pos: m.Pos, Field: "h", Test: m.Test}
		}
		return e
	})
	if got, want := ir.String(out), "or{and{a{f=1} not{b{h=2}}} b{h=2}}"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	or := out.(ir.Or)
	and := or[0].(ir.And)
	if and[0] != e.(ir.Or)[0].(ir.And)[0] {
		t.Error("the search a was copied though it did not change")
	}
	if and[1].(*ir.Not).X != or[1] {
		t.Error("the search b is two after the rewrite")
	}
	if ir.String(e) != "or{and{a{f=1} not{b{g=2}}} b{g=2}}" {
		t.Errorf("the input was changed: %s", ir.String(e))
	}
	gone := ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		if m, ok := e.(*ir.Match); ok && m.Field == "f" {
			return ir.Const(true)
		}
		return e
	})
	if got, want := ir.String(gone), "or{not{b{g=2}} b{g=2}}"; got != want {
		t.Errorf("a constant leaves %s, want %s", got, want)
	}
}

// TestCheck tells the mistakes of searches beside those of the parser, and
// none of them twice.
func TestCheck(t *testing.T) {
	text := "title: T\nstatus: nope\nlogsource: {product: windows}\ndetection:\n" +
		"    a: {f|nope: x, g: [], 'h|': y, i: {j: 1}}\n    b: ['(']\n    condition: a and c\n"
	_, broken, _, errs := sigma.ParseAll(&sigma.File{Name: "rule.yml", Data: []byte(text)})
	if len(broken) != 1 || len(errs) != 5 {
		t.Fatalf("%d broken rules, errors:\n%v", len(broken), errs)
	}
	more := ir.Check(broken[0])
	if len(more) != 1 || more[0].Text() != `there is no modifier "nope" (sigmac list modifiers names all)` || more[0].Line != 5 {
		t.Errorf("got %v", more)
	}
}
