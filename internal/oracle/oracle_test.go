package oracle_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// built returns the condition of a rule whose only search has those lines.
func built(t *testing.T, search, condition string) ir.Expr {
	t.Helper()
	text := "title: Case\nlogsource: {product: windows}\ndetection:\n  s:\n    " +
		strings.ReplaceAll(search, "\n", "\n    ") + "\n  condition: " + condition + "\n"
	rule, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ir.Build(rule)
	if err != nil {
		t.Fatal(err)
	}
	return r.Where[0]
}

// TestMatch says which events a rule matches: the items of values, wildcards,
// modifiers, keywords and conditions that are about events.
func TestMatch(t *testing.T) {
	for _, c := range []struct{ item, search, yes, no string }{
		{"S14", `f: a`, `{"f":["b","a"]} {"f":[["a"]]}`, `{"f":["b"]} {"f":[]} {"f":{"a":"a"}}`},
		{"S14 objects", `a.b: x`, `{"a":[{"b":"y"},{"b":["x"]}]} {"a":[[{"b":"x"}],1]}`, `{"a":[{"b":"y"},"x"]} {"a.b":"y","a":[{"b":"x"}]}`},
		{"S14 way", `a.b.c: x`, `{"a":{"b":{"c":"x"}}} {"a":{"b.c":"x"}} {"a.b":{"c":"x"}}`, `{"a":[{"b.c":"y"},{"b":{"c":"x"}}]} {"a":{"b":{"c":"y"}},"a.b":{"c":"x"}}`},
		{"S14 duplicates", `a: x`, `{"a":"x","a":"y"} {"a":"y","a":["x"]} {"a":{"x":1},"a":"x"}`, `{"a":"y","a":{"x":"x"}}`},
		{"S14 duplicate objects", `a.b: x`, `{"a":{"b":"x"},"a":{"b":"y"}} {"a":{"b":"y"},"a":{"b":"x"}}`, `{"a":{"c":"x"},"a":{}}`},
		{"M7 object", `a|exists: true`, `{"a":{}} {"a":[]} {"a":[{}]}`, `{"a.b":1}`},
		{"V6 object", `a: null`, `{"a":[null]} {"a":null,"a":[]}`, `{"a":{}} {"a":[null,{}]} {"a":null,"a":{}}`},
		{"X3 spaces", `NewValue: x`, `{"New Value":"x"} {"EventData":{"New Value":"x"},"N ewValue":"y"}`, `{"New Value":"x","NewValue":"y"} {"other":{"New Value":"x"}}`},
		{"X3 attributes", `Provider_Name: x`, `{"Event":{"System":{"Provider":{"#attributes":{"Name":"x"}}}}} {"System":{"Provider_attributes":{"Name":"x"}}} {"winlog":{"provider_name":"x"}}`,
			`{"Event":{"System":{"Provider":{"Name":{"#text":"y"}}},"EventData":{"Provider":{"Name":"x"}}}} {"Provider":{"Name":"x"}}`},
		{"X3 text", `EventID: 5`, `{"System":{"EventID":{"#attributes":{"Qualifiers":0},"#text":5}}} {"System":{"EventID":{"Value":5}}} {"winlog.event_id":5}`, `{"System":{"EventID":{"x":5}}} {"System":{"EventID":1},"EventData":{"EventID":5}}`},
		{"X3 Data", `Image: x`, `{"Event":{"EventData":{"Data":[{"@Name":"User","#text":"y"},{"#attributes":{"Name":"Image"},"#text":["y","x"]}]}}} {"UserData":{"EventXML":{"Image":"x"}}}`,
			`{"EventData":{"Data":{"Name":"Image","@Name":"Image","#text":"x"}}} {"EventData":{"Data":{"Name":"Image","#attributes":{"#text":"x"}}}} {"UserData":{"Image":"x"}}`},
		{"X3 Data without a name", `Data: x`, `{"EventData":{"Data":["y","x"]}} {"EventData":{"Data":{"#text":["x","y"]}}} {"EventData":{"Data":{"Name":"Image","@Name":"Image","#text":"x"}}}`, `{"EventData":{"Data":{"Name":"x"}}}`},
		{"S9", `a.b: x`, `{"a.b":"x"} {"a":{"b":"x"}} {"a":{"b":["y","x"]}}`, `{"a":{"c":"x"}} {"a":"x"}`},
		{"V1", `f: Foo`, `{"f":"fOO"}`, `{"f":"fo"} {"f":"foo "} {}`},
		{"V2", `f: ÄΣ`, `{"f":"äς"}`, `{"f":"as"}`},
		{"V3", `f: 4688`, `{"f":4688} {"f":"4688"} {"f":4688.0}`, `{"f":46880} {"f":"x4688"} {"f":true}`},
		{"V4 empty", `f: ''`, `{"f":""}`, `{"f":null} {"f":" "}`},
		{"V6", `f: null`, `{"f":null} {} {"f":[]}`, `{"f":""} {"f":0} {"f":{"a":1}}`},
		{"V7", `f: ''`, `{"f":""}`, `{} {"g":""}`},
		{"V8", `f: true`, `{"f":true} {"f":"TRUE"}`, `{"f":false} {"f":1} {}`},
		{"V9", `f: 9007199254740993`, `{"f":9007199254740993}`, `{"f":9007199254740992}`},
		{"V11", `f: 'it''s "x"\n'`, `{"f":"it's \"x\"\\n"}`, `{"f":"it's \"x\"\n"}`},
		{"W1", `f: 'a*b?'`, `{"f":"abc"} {"f":"axxbc"}`, `{"f":"ab"} {"f":"abcd"} {"f":"xabc"}`},
		{"W2", `f: 'a*b?c'`, `{"f":"a\nb\nc"}`, `{"f":"a\nbc"}`},
		{"W3", `f: 'a\*'`, `{"f":"a*"}`, `{"f":"ab"} {"f":"a\\*"}`},
		{"W5", `f: 'a\\*'`, `{"f":"a\\"} {"f":"a\\b"}`, `{"f":"a*"} {"f":"ab"}`},
		{"M4", `f|contains|all: [a, b]`, `{"f":"ba"} {"f":["a","b"]}`, `{"f":"a"} {"f":"b"}`},
		{"M7", `f|exists: true`, `{"f":null} {"f":""} {"f":1}`, `{} {"g":1}`},
		{"M7 false", `f|exists: false`, `{}`, `{"f":null}`},
		{"M9", `f|cased|contains: Foo`, `{"f":"xFoox"}`, `{"f":"foo"}`},
		{"M10", `f|neq: [a, b]`, `{"f":"c"}`, `{"f":"a"} {"f":"B"} {"f":["a","c"]}`},
		{"M11", `f|neq: a`, `{} {"f":null}`, `{"f":"a"}`},
		{"M12", `f|windash|contains: ' -e'`, `{"f":"x -E"} {"f":"x /e"} {"f":"x \u2013e"} {"f":"x \u2014e"} {"f":"x \u2015e"}`, `{"f":"x e"} {"f":"x_-e"}`},
		{"M13", `f|windash|contains: 'a-b -c'`, `{"f":"a-b /c"}`, `{"f":"a/b /c"}`},
		{"M14", `f|windash|contains|all: [' -a', ' -b']`, `{"f":"x /a -b"}`, `{"f":"x /a"}`},
		{"M16", `f|re: 'F\*o'`, `{"f":"F*o"}`, `{"f":"f*o"} {"f":"Foo"}`},
		{"M17", `f|re: 'a+b'`, `{"f":"xaabx"}`, `{"f":"b"} {}`},
		{"M18", `f|re|i|m|s: '^a.b$'`, `{"f":"x\nA\nB\ny"}`, `{"f":"xa-b"}`},
		{"M18 none", `f|re: '^a.b$'`, `{"f":"a-b"}`, `{"f":"x\na-b"} {"f":"a\nb"}`},
		{"M20", `f|re|all: ['a+b', 'c+d']`, `{"f":"cdab"}`, `{"f":"ab"}`},
		{"M22", `f|base64offset|contains: foobar`, `{"f":"Zm9vYmFy"} {"f":"eGZvb2Jhcg=="} {"f":"eHhmb29iYXI="}`, `{"f":"Zm9vYmE="}`},
		{"M28", `f|gt: 5`, `{"f":6} {"f":5.1}`, `{"f":5} {"f":"abc"} {"f":true} {}`},
		{"M29", `f|lte: 5`, `{"f":"5"} {"f":"-6"}`, `{"f":"6"}`},
		{"M30", `f|hour: 5`, `{"f":"2024-01-02T05:00:00+09:00"} {"f":"2024-01-02 05:59:59"}`, `{"f":"2024-01-02"} {"f":"5"}`},
		{"M31", `f|week: 53`, `{"f":"2021-01-01"}`, `{"f":"2021-01-04"}`},
		{"M33", `f|cidr: ['10.0.0.0/8', 'fe80::/10']`, `{"f":"10.1.2.3"} {"f":"FE80::1"}`, `{"f":"11.0.0.1"} {"f":"10.0"} {"f":""}`},
		{"M35", `f|cidr: 10.1.2.3/8`, `{"f":"10.9.9.9"}`, `{"f":"11.1.2.3"}`},
		{"M37", `f|fieldref: g`, `{"f":"a","g":"a"} {"f":["x","a"],"g":"a"}`, `{"f":"a","g":"b"} {"f":"g"} {}`},
		{"M37 neq", `f|fieldref|neq: g`, `{"f":"a","g":"b"} {}`, `{"f":"a","g":"a"}`},
		{"M38", `f|fieldref|startswith: g`, `{"f":"ab","g":"a"}`, `{"f":"a","g":"ab"} {"f":"ab","g":"b"}`},
		{"M39", `f|fieldref: g`, `{"f":"Ab","g":"aB"}`, `{"f":"Ab","g":"ac"} {"f":{"a":1},"g":{"a":1}}`},
		{"M40", `'|re': 'x+y'`, `{"a":"--xxy"}`, `{"xxy":"a"}`},
		{"K1", `- foo`, `{"a":"xFOOx"} {"a":{"b":["foo"]}}`, `{"a":"fo"} {}`},
		{"K2", `'|all': [foo, bar]`, `{"a":"foo","b":"bar"}`, `{"a":"foo"}`},
		{"K3", `- 'f?o*bar'`, `{"a":"-fOo-bar-"}`, `{"a":"foo","b":"bar"}`},
		{"K4", `- 4688`, `{"a":4688} {"a":"id 46881"}`, `{"a":468}`},
		{"K5", `- foo`, `{"a":[{"b":"foo"}]}`, `{"foo":"a"} {"a":null}`},
	} {
		e := built(t, c.search, "s")
		check(t, c.item, e, c.yes, true)
		check(t, c.item, e, c.no, false)
		check(t, c.item+", N13", ir.Negate(e), c.yes, false) // two-valued: the negation has the rest
		check(t, c.item+", N13", ir.Negate(e), c.no, true)
	}
}

// check compares the answers for events that stand one behind the other.
func check(t *testing.T, item string, e ir.Expr, events string, want bool) {
	t.Helper()
	for _, text := range strings.SplitAfter(events, "} {") {
		text = "{" + strings.TrimSuffix(strings.TrimPrefix(text, "{"), " {")
		event, err := oracle.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %s: %v", item, text, err)
		}
		if got := oracle.Match(e, event); got != want {
			t.Errorf("%s: %s matches %s: %t, want %t", item, ir.String(e), text, got, want)
		}
	}
}

// TestMatchLowered matches what only backends make: an expression without a
// source.
func TestMatchLowered(t *testing.T) {
	re := &ir.Regexp{Source: "^[a-c]$"}
	if err := re.Parse(); err != nil {
		t.Fatal(err)
	}
	e := &ir.Match{Field: "f", Test: &ir.Regexp{Tree: re.Tree}}
	check(t, "tree", e, `{"f":"b"}`, true)
	check(t, "tree", e, `{"f":"d"} {"f":"bb"}`, false)
}

// TestParse shows what is no event.
func TestParse(t *testing.T) {
	for _, text := range []string{``, `[]`, `1`, `null`, `{"a":1`, `{"a":[1}`, `{"a":1} x`, `{}{}`, `{"a"}`, `{"a":nul}`} {
		if e, err := oracle.Parse([]byte(text)); err == nil {
			t.Errorf("%s is the event %v", text, e)
		}
	}
}

// TestMatchPanics shows that what cannot be evaluated is not taken for false.
func TestMatchPanics(t *testing.T) {
	look := &ir.Regexp{Source: "a(?=b)"}
	if err := look.Parse(); err != nil {
		t.Fatal(err)
	}
	for _, e := range []ir.Expr{&ir.Match{Field: "f", Test: look}, &ir.Raw{Text: "x"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is evaluated", ir.String(e))
				}
			}()
			oracle.Match(e, oracle.Event{"f": "ab"})
		}()
	}
}
