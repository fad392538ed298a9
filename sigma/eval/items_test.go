package eval_test

import (
	"errors"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// items are the decisions of the conformance list that the evaluator keeps:
// a detection, events that it matches and events that it does not.
var items = []struct {
	name, detection string
	match, miss     []string
}{
	{"S3 the items of a map are linked by and", "s:\n  a: 1\n  b: 2\ncondition: s", []string{`{"a":1,"b":2}`}, []string{`{"a":1}`, `{"b":2}`}},
	{"S4 the values of a list are linked by or", "s:\n  a: [x, y]\ncondition: s", []string{`{"a":"x"}`, `{"a":"y"}`}, []string{`{"a":"z"}`}},
	{"S5 the maps of a list are linked by or", "s:\n  - a: 1\n  - b: 2\ncondition: s", []string{`{"a":1}`, `{"b":2}`}, []string{`{"a":2,"b":1}`}},
	{"S6 a list of strings is keywords", "s:\n  - foo\n  - bar\ncondition: s", []string{`{"a":"a foo b"}`, `{"z":"bar"}`}, []string{`{"foo":"x"}`}},
	{"S7 a list may have strings and maps", "s:\n  - foo\n  - a: 1\ncondition: s", []string{`{"x":"foo"}`, `{"a":1}`}, []string{`{"a":2}`}},
	{"S9 a dotted name is a nested field", "s:\n  a.b: 1\ncondition: s", []string{`{"a":{"b":1}}`, `{"a.b":1}`}, []string{`{"b":1}`, `{"a":1}`}},
	{"S9 the flat name goes first", "s:\n  a.b: 1\ncondition: s", []string{`{"a.b":1,"a":{"b":2}}`, `{"a":{"b":2},"a.b":1}`}, []string{`{"a.b":2,"a":{"b":1}}`, `{"a":{"b":1},"a.b":2}`, `{"a":{"b":1},"a.b":null}`}},
	{"S10 one field with two modifiers", "s:\n  a|startswith: x\n  a|endswith: y\ncondition: s", []string{`{"a":"xy"}`}, []string{`{"a":"x"}`, `{"a":"yx"}`}},
	{"S12 a search of one value is a keyword", "s: foo\ncondition: s", []string{`{"a":"xfoox"}`}, []string{`{"a":"fo"}`}},
	{"S14 any element of an array", "s:\n  a: x\ncondition: s", []string{`{"a":["y","x"]}`, `{"a":[["x"]]}`}, []string{`{"a":["y"]}`, `{"a":[]}`}},
	{"S14 a negation means no element", "s:\n  a: x\ncondition: not s", []string{`{"a":["y","z"]}`, `{"a":[]}`}, []string{`{"a":["y","x"]}`}},
	{"S14 an object in an array", "s:\n  a.b: x\ncondition: s", []string{`{"a":[{"b":"y"},{"b":"x"}]}`}, []string{`{"a":[{"b":"y"}]}`}},

	{"S14 a name that stands twice", "s:\n  a: x\ncondition: s", []string{`{"a":"x","a":"y"}`, `{"a":"y","a":"x"}`, `{"a":{"b":1},"a":["x"]}`}, []string{`{"a":"y","a":{"x":"x"}}`}},
	{"S14 a negation and a name that stands twice", "s:\n  a: x\ncondition: not s", []string{`{"a":"y","a":"z"}`}, []string{`{"a":"x","a":"y"}`, `{"a":"y","a":"x"}`}},
	{"S14 one way to the name for the whole event", "s:\n  a.b.c: x\ncondition: s", []string{`{"a":[{"b":{"c":"y"}},{"b":{"c":"x"}}]}`}, []string{`{"a":[{"b.c":"y"},{"b":{"c":"x"}}]}`}},

	{"X3 spaces are left out", "s:\n  NewValue: x\ncondition: s", []string{`{"New Value":"x"}`, `{"Event":{"EventData":{"New Value":"x"}}}`, `{"EventData":{"Data":[{"@Name":"New Value","#text":"x"}]}}`}, []string{`{"New Value":"y","other":{"New Value":"x"}}`}},
	{"X3 attributes are named after their element", "s:\n  Provider_Name: x\ncondition: s", []string{`{"Event":{"System":{"Provider":{"#attributes":{"Name":"x"}}}}}`, `{"winlog":{"provider_name":"x"}}`, `{"Provider_Name":"x"}`}, []string{`{"Provider":{"Name":"x"}}`}},

	{"V1 case is ignored", "s:\n  a: FooBar\ncondition: s", []string{`{"a":"fOObAR"}`}, []string{`{"a":"foo"}`}},
	{"V2 case beyond ASCII", "s:\n  a|contains: 'É\u212a'\ncondition: s", []string{`{"a":"xéKx"}`, `{"a":"Ék"}`}, []string{`{"a":"eK"}`}},
	{"V2 the long s and the Kelvin sign", "s:\n  a: task\ncondition: s", []string{`{"a":"ta\u017f\u212a"}`, `{"a":"TASK"}`}, nil},
	{"V3 a number or its text", "s:\n  a: 4688\ncondition: s", []string{`{"a":4688}`, `{"a":"4688"}`, `{"a":4688.0}`}, []string{`{"a":46880}`, `{"a":"4688x"}`}},
	{"V4 the empty text is not null", "s:\n  a: ''\ncondition: s", []string{`{"a":""}`}, []string{`{"a":null}`, `{}`, `{"a":" "}`}},
	{"V5 null in a list", "s:\n  a: [x, null]\ncondition: s", []string{`{"a":"x"}`, `{"a":null}`, `{}`}, []string{`{"a":"y"}`}},
	{"V6 null is absent or null", "s:\n  a: null\ncondition: s", []string{`{"a":null}`, `{}`, `{"a":[null]}`, `{"a":[]}`}, []string{`{"a":""}`, `{"a":{"b":1}}`}},
	{"V7 the empty text is no absent field", "s:\n  a: ''\ncondition: not s", []string{`{}`, `{"a":"x"}`}, []string{`{"a":""}`}},
	{"V8 booleans", "s:\n  a: true\ncondition: s", []string{`{"a":true}`, `{"a":"True"}`}, []string{`{"a":false}`, `{"a":1}`, `{"a":"yes"}`}},
	{"V9 numbers are exact", "s:\n  a: 9007199254740993\ncondition: s", []string{`{"a":9007199254740993}`, `{"a":"9007199254740993.0"}`}, []string{`{"a":9007199254740992}`, `{"a":9007199254740994}`}},
	{"V9 fractions and exponents", "s:\n  a: 1.50\ncondition: s", []string{`{"a":1.5}`, `{"a":15e-1}`, `{"a":"01.500"}`}, []string{`{"a":1.4999999999999999999}`}},
	{"V10 what is no number in an event is text", "s:\n  a|gt: 0\ncondition: s", []string{`{"a":1}`}, []string{`{"a":"NaN"}`, `{"a":"Infinity"}`, `{"a":"inf"}`, `{"a":1e999999999}`}},
	{"V11 quotes and signs are plain", `s:
  a|contains: '"$(x)\d'
condition: s`, []string{`{"a":"a\"$(x)\\db"}`}, []string{`{"a":"$(x)"}`}},

	{"W1 stars and question marks", "s:\n  a: 'a*b?c'\ncondition: s", []string{`{"a":"abxc"}`, `{"a":"a..bxc"}`, `{"a":"abéc"}`}, []string{`{"a":"abc"}`, `{"a":"abxxc"}`, `{"a":"xabxc"}`}},
	{"W2 wildcards cross line breaks", "s:\n  a: 'a*b?c'\ncondition: s", []string{`{"a":"a\n\nb\nc"}`}, nil},
	{"W3 escaped wildcards are plain", `s:
  a: 'a\*b\?'
condition: s`, []string{`{"a":"a*b?"}`}, []string{`{"a":"axbx"}`}},
	{"W4 a backslash is plain", `s:
  a: ['C:\x', 'D:\\y']
condition: s`, []string{`{"a":"C:\\x"}`, `{"a":"D:\\y"}`}, []string{`{"a":"D:\\\\y"}`}},
	{"W5 a backslash and a wildcard", `s:
  a: 'a\\*'
condition: s`, []string{`{"a":"a\\"}`, `{"a":"a\\bc"}`}, []string{`{"a":"a*"}`}},
	{"W6 a backslash and a plain star", `s:
  a: 'a\\\*'
condition: s`, []string{`{"a":"a\\*"}`}, []string{`{"a":"a\\b"}`}},
	{"W7 four backslashes are two", `s:
  a: 'a\\\\b'
condition: s`, []string{`{"a":"a\\\\b"}`}, []string{`{"a":"a\\b"}`}},
	{"W8 other escapes stay", `s:
  a: '\d'
condition: s`, []string{`{"a":"\\d"}`}, []string{`{"a":"5"}`}},
	{"W9 wildcards in contains", "s:\n  a|contains: 'x*y'\ncondition: s", []string{`{"a":"-x..y-"}`}, []string{`{"a":"yx"}`}},
	{"W11 stars at the ends add nothing", "s:\n  a|contains: '*x*'\ncondition: s", []string{`{"a":"x"}`, `{"a":"axb"}`}, []string{`{"a":"a"}`}},

	{"M3 a value may become several", "s:\n  a|base64offset|contains: foo\ncondition: s", []string{`{"a":"Zm9v"}`, `{"a":"xxmb2"}`}, []string{`{"a":"foo"}`}},
	{"M4 all", "s:\n  a|contains|all: [x, y]\ncondition: s", []string{`{"a":"yx"}`, `{"a":["x","y"]}`}, []string{`{"a":"x"}`}},
	{"M6 startswith", "s:\n  a|startswith: ab\ncondition: s", []string{`{"a":"ABc"}`, `{"a":"ab"}`}, []string{`{"a":"xab"}`, `{"a":"a"}`}},
	{"M6 endswith", "s:\n  a|endswith: 'a long ending'\ncondition: s", []string{`{"a":"with A LONG ENDING"}`}, []string{`{"a":"a long ending."}`, `{"a":"long ending"}`}},
	{"M7 exists", "s:\n  a|exists: true\ncondition: s", []string{`{"a":null}`, `{"a":""}`, `{"a":[]}`, `{"a":{}}`}, []string{`{"b":1}`}},
	{"M7 an object exists", "s:\n  a|exists: true\ncondition: s", []string{`{"a":{"b":1}}`, `{"a":[{}]}`}, []string{`{"a.b":1}`}},
	{"M7 does not exist", "s:\n  a|exists: false\ncondition: s", []string{`{"b":1}`, `{}`}, []string{`{"a":null}`}},
	{"M9 cased", "s:\n  a|contains|cased: aB\ncondition: s", []string{`{"a":"xaBx"}`}, []string{`{"a":"ab"}`, `{"a":"AB"}`}},
	{"M9 cased, whole and at the ends", "s:\n  a|cased: aB\n  b|startswith|cased: aB\n  c|endswith|cased: aB\ncondition: s", []string{`{"a":"aB","b":"aBx","c":"xaB"}`}, []string{`{"a":"ab","b":"aB","c":"aB"}`, `{"a":"aB","b":"ab","c":"aB"}`, `{"a":"aB","b":"aB","c":"ab"}`}},
	{"M10 neq is none of the values", "s:\n  a|neq: [x, y]\ncondition: s", []string{`{"a":"z"}`}, []string{`{"a":"x"}`, `{"a":"y"}`, `{"a":["z","y"]}`}},
	{"M11 neq of an absent field", "s:\n  a|neq: x\ncondition: s", []string{`{}`}, nil},
	{"M12 windash has five dashes", "s:\n  a|windash|contains: ' -x'\ncondition: s", []string{`{"a":"a -x"}`, `{"a":"a /x"}`, `{"a":"a –X"}`, `{"a":"a —x"}`, `{"a":"a ―x"}`}, []string{`{"a":"a +x"}`, `{"a":"a-x"}`}},
	{"M13 each dash for itself, without limit", "s:\n  a|windash|contains: ' -a -b -c -d -e -f -g -h'\ncondition: s", []string{`{"a":"x -a /b –c —d ―e /f -g -h"}`}, []string{`{"a":"x -a /b –c —d ―e /f -g _h"}`}},
	{"M14 windash and all", "s:\n  a|windash|contains|all: [' -a', ' -b']\ncondition: s", []string{`{"a":" /b –a"}`}, []string{`{"a":" -a"}`}},
	{"M15 M17 a regular expression anywhere", "s:\n  a|re: 'b[0-9]{2,3}(c|d)'\ncondition: s", []string{`{"a":"xxb12dyy"}`}, []string{`{"a":"b1d"}`}},
	{"M16 case counts in expressions", "s:\n  a|re: 'Foo'\ncondition: s", []string{`{"a":"xFoo"}`}, []string{`{"a":"foo"}`}},
	{"M18 M19 flags", "s:\n  a|re|i: 'foo.?bar'\n  b|re|s: 'a.b'\n  c|re|m: '^x$'\ncondition: s", []string{`{"a":"FOOBAR","b":"a\nb","c":"y\nx\nz"}`}, []string{`{"a":"FOOBAR","b":"a\nb","c":"yx"}`}},
	{"M20 all expressions", "s:\n  a|re|all: ['x[0-9]', 'y[0-9]']\ncondition: s", []string{`{"a":"y1x2"}`}, []string{`{"a":"x1"}`}},
	{"M21 base64", "s:\n  a|base64|contains: 'foo bar'\ncondition: s", []string{`{"a":"-Zm9vIGJhcg==-"}`}, []string{`{"a":"foo bar"}`}},
	{"M22 base64offset of other letters", "s:\n  a|base64offset|contains: 'é'\ncondition: s", []string{`{"a":"w6k="}`}, nil},
	{"M23 M26 wide", "s:\n  a|wide|base64offset|contains: ping\ncondition: s", []string{`{"a":"cABpAG4AZwA"}`}, []string{`{"a":"cGluZw=="}`}},
	{"M24 M25 M27 the other encodings", "s:\n  a|utf16be|base64: 'é'\n  b|utf16|base64: 'é'\ncondition: s", []string{`{"a":"AOk=","b":"//7pAA=="}`}, []string{`{"a":"6QA=","b":"6QA="}`}},
	{"M28 comparisons", "s:\n  a|gte: 5\n  a|lt: 10.5\ncondition: s", []string{`{"a":5}`, `{"a":10.4999}`, `{"a":"7"}`}, []string{`{"a":4}`, `{"a":10.5}`, `{"a":"x"}`, `{"a":-7}`, `{}`}},
	{"M29 texts that are numbers", "s:\n  a|gt: 5\n  b|lte: -1\ncondition: s", []string{`{"a":"6","b":"-1.0"}`}, []string{`{"a":"6 ","b":"-1"}`}},
	{"M30 parts of a date", "s:\n  a|hour: 23\n  a|minute|lt: 5\n  a|day: 31\n  a|month|gte: 12\n  a|year: 2023\ncondition: s", []string{`{"a":"2023-12-31T23:04:05Z"}`, `{"a":"2023-12-31 23:00:00.123"}`, `{"a":"2023-12-31T23:04:05+09:00"}`}, []string{`{"a":"2023-12-31T22:04:05Z"}`, `{"a":"31.12.2023"}`}},
	{"M31 ISO weeks", "s:\n  a|week: 1\ncondition: s", []string{`{"a":"2024-12-30"}`, `{"a":"2025-01-05"}`}, []string{`{"a":"2025-01-06"}`}},
	{"M33 networks", "s:\n  a|cidr: ['10.0.0.0/8', '192.168.1.0/24', '2001:db8::/32', 'fe80::/10']\ncondition: s", []string{`{"a":"10.255.0.1"}`, `{"a":"192.168.1.7"}`, `{"a":"2001:db8:1::1"}`, `{"a":"FE80::1"}`}, []string{`{"a":"11.0.0.1"}`, `{"a":"192.168.2.7"}`, `{"a":"10.1"}`, `{"a":"::ffff:10.0.0.1"}`, `{"a":"x"}`, `{"a":"010.1.1.1"}`}},
	{"M35 host bits are masked", "s:\n  a|cidr: 10.1.2.3/8\ncondition: s", []string{`{"a":"10.9.9.9"}`}, []string{`{"a":"11.1.2.3"}`}},
	{"M37 another field", "s:\n  a|fieldref: b\ncondition: s", []string{`{"a":"x","b":"x"}`, `{"a":["y","x"],"b":["z","x"]}`}, []string{`{"a":"x","b":"y"}`, `{"a":"x"}`, `{}`, `{"a":null,"b":null}`}},
	{"M37 another field and neq", "s:\n  a|fieldref|neq: b\ncondition: s", []string{`{"a":"x","b":"y"}`, `{}`}, []string{`{"a":"x","b":"X"}`}},
	{"M38 parts of another field", "s:\n  a|fieldref|endswith: b\n  a|fieldref|startswith: c\n  a|fieldref|contains: d\ncondition: s", []string{`{"a":"xyz","b":"z","c":"x","d":"y"}`}, []string{`{"a":"xyz","b":"x","c":"x","d":"y"}`}},
	{"M39 case of another field", "s:\n  a|fieldref: b\ncondition: s", []string{`{"a":"XÉ","b":"xé"}`}, nil},
	{"M40 keywords with modifiers", "s:\n  '|re': 'a[0-9]b'\ncondition: s", []string{`{"x":{"y":"-a5b-"}}`}, []string{`{"x":"ab"}`}},

	{"K1 anywhere in the event", "s:\n  - foo\ncondition: s", []string{`{"a":"xfoox"}`, `{"a":{"b":[1,"foo"]}}`}, []string{`{"a":"fo","b":"o"}`}},
	{"K2 all of the keywords, in any fields", "s:\n  '|all':\n    - foo\n    - bar\ncondition: s", []string{`{"a":"foo","b":"bar"}`, `{"a":"barfoo"}`}, []string{`{"a":"foo"}`}},
	{"K3 case and wildcards", "s:\n  - 'F?o*bar'\ncondition: s", []string{`{"a":"-fXO--BAR-"}`}, []string{`{"a":"fobar"}`}},
	{"K4 numbers are texts", "s:\n  - 4688\ncondition: s", []string{`{"a":4688}`, `{"a":"id 46881"}`}, []string{`{"a":4689}`}},
	{"K5 leaves at any depth, not names", "s:\n  - foo\n  - 'true'\ncondition: s", []string{`{"a":[{"b":{"c":["x","foo"]}}]}`, `{"a":true}`}, []string{`{"foo":{"foo":1}}`, `{"a":null}`}},
	{"K5 short keywords in short values", "s:\n  - k\ncondition: s", []string{`{"a":"\u212a"}`, `{"a":"K"}`}, []string{`{"a":""}`}},

	{"N1 N2 or, and, not", "a:\n  a: 1\nb:\n  b: 1\nc:\n  c: 1\ncondition: a or b and not c", []string{`{"a":1,"c":1}`, `{"b":1}`}, []string{`{"b":1,"c":1}`}},
	{"N3 of them", "a:\n  a: 1\n_b:\n  b: 1\ncondition: 1 of them", []string{`{"a":1}`}, []string{`{"b":1}`}},
	{"N4 of a pattern", "s1:\n  a: 1\ns2:\n  b: 1\nx:\n  c: 1\ncondition: all of s*", []string{`{"a":1,"b":1}`}, []string{`{"a":1}`, `{"c":1}`}},
	{"N5 several conditions", "a:\n  a: 1\nb:\n  b: 1\ncondition:\n  - a\n  - b", []string{`{"a":1}`, `{"b":1}`}, []string{`{}`}},
	{"N6 any of", "s1:\n  a: 1\ns2:\n  b: 1\ncondition: any of s*", []string{`{"b":1}`}, []string{`{}`}},
	{"N8 names that begin with keywords", "notsel:\n  a: 1\nor_b:\n  b: 1\ncondition: notsel and or_b", []string{`{"a":1,"b":1}`}, []string{`{"b":1}`}},
	{"N13 not of an absent field", "a:\n  a: 1\nf:\n  b: 1\ncondition: a and not f", []string{`{"a":1}`}, []string{`{"a":1,"b":1}`}},
	{"N13 a rule of negations alone", "f:\n  b: 1\n  c|re: x[0-9]\ncondition: not f", []string{`{}`, `{"b":1}`}, []string{`{"b":1,"c":"x1"}`}},
	{"N14 line breaks in conditions", "a:\n  a: 1\nb:\n  b: 1\ncondition: |\n  a\n  and b", []string{`{"a":1,"b":1}`}, []string{`{"a":1}`}},
}

// TestItems checks the engine, and the explanation, on the items above, and
// that the oracle agrees.
func TestItems(t *testing.T) {
	for _, item := range items {
		t.Run(item.name, func(t *testing.T) {
			r := build(t, item.detection)
			e, err := eval.Compile([]*ir.Rule{r}, eval.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i, list := range [][]string{item.match, item.miss} {
				for _, event := range list {
					checkItem(t, e, event, i == 0)
				}
			}
		})
	}
}

func checkItem(t *testing.T, e *eval.Engine, event string, want bool) {
	t.Helper()
	ms, err := e.MatchJSON([]byte(event), nil)
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	if (len(ms) > 0) != want {
		t.Errorf("%s: matched is %t", event, !want)
	}
	ev, err := oracle.Parse([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	if truth(e.Rules()[0], ev) != want {
		t.Errorf("%s: the oracle says %t", event, !want)
	}
	if got := e.Match(eval.Map(ev), nil); (len(got) > 0) != want {
		t.Errorf("%s as a map: matched is %t", event, !want)
	}
	x, err := eval.Explain(e.Rules()[0], eval.Map(ev), eval.Options{})
	if err != nil || x.Matched != want {
		t.Errorf("%s: the explanation says %v, %v", event, x, err)
	}
}

// TestEngineItems checks what the evaluator does with log sources and with
// rules that it cannot run.
func TestEngineItems(t *testing.T) {
	matched := func(t *testing.T, e *eval.Engine, ev eval.Event, want int) {
		t.Helper()
		if ms := e.Match(ev, nil); len(ms) != want {
			t.Errorf("%v: %d matches, want %d", ev, len(ms), want)
		}
	}
	rule := sourced("process_creation", "windows", "")
	event := eval.Pairs{{"x", "1"}, {"product", "linux"}}
	t.Run("L4 a rule without a log source runs", func(t *testing.T) {
		e, err := eval.Compile([]*ir.Rule{sourced("", "", "")}, eval.Options{Derive: true})
		if err != nil {
			t.Fatal(err)
		}
		matched(t, e, event, 1)
		matched(t, e.For(sigma.LogSource{Product: "linux"}), event, 1)
	})
	t.Run("L5 the log source counts only where the event's is given", func(t *testing.T) {
		e, err := eval.Compile([]*ir.Rule{rule}, eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		matched(t, e, event, 1)
		matched(t, e.For(sigma.LogSource{Product: "linux"}), event, 0)
		matched(t, e.For(sigma.LogSource{Product: "Windows", Service: "sysmon"}), event, 1)
	})
	t.Run("L5 or where it is to be derived", func(t *testing.T) {
		e, err := eval.Compile([]*ir.Rule{rule}, eval.Options{Derive: true})
		if err != nil {
			t.Fatal(err)
		}
		matched(t, e, event, 0)
		matched(t, e, eval.Pairs{{"x", "1"}}, 1)
	})
	t.Run("P5 a placeholder that nothing filled", func(t *testing.T) {
		_, err := eval.Compile([]*ir.Rule{build(t, "s:\n  a|expand: 'x%who%'\ncondition: s")}, eval.Options{})
		if !errors.Is(err, sigma.BadPlaceholder) {
			t.Errorf("%v", err)
		}
	})
	t.Run("P1 without expand it is text", func(t *testing.T) {
		e, err := eval.Compile([]*ir.Rule{build(t, "s:\n  a: '%who%'\ncondition: s")}, eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		matched(t, e, eval.Pairs{{"a", "%WHO%"}}, 1)
	})
	t.Run("M2 an expression that needs another engine", func(t *testing.T) {
		_, err := eval.Compile([]*ir.Rule{build(t, "s:\n  a|re: 'a(?=b)'\ncondition: s")}, eval.Options{})
		if !errors.Is(err, sigma.Unsupported) {
			t.Errorf("%v", err)
		}
	})
}
