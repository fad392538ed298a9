package sigma

import (
	"errors"
	"strings"
	"testing"
)

// ruleWith returns a rule with that detection section.
func ruleWith(detection string) []byte {
	return []byte("title: t\nlogsource: {product: p}\ndetection:\n" + detection)
}

// mustRule parses a rule that must be right.
func mustRule(t *testing.T, data []byte) *Rule {
	t.Helper()
	r, err := ParseRule("rule", data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSearches checks the structure of searches (S2 to S7, S10, S12, M40).
func TestSearches(t *testing.T) {
	tests := []struct{ item, text, want string }{
		{"S3", "a: b\n  c: d", `AllOf[Item{Field:"a" Values:[Value{Text:"b" } ] } Item{Field:"c" Values:[Value{Text:"d" } ] } ]`},
		{"S4", "a: [b, c]", `AllOf[Item{Field:"a" Values:[Value{Text:"b" } Value{Text:"c" } ] List:true } ]`},
		{"S5", "- a: b\n  - c: d", `AnyOf[AllOf[Item{Field:"a" Values:[Value{Text:"b" } ] } ] AllOf[Item{Field:"c" Values:[Value{Text:"d" } ] } ] ]`},
		{"S6", "- a\n  - 5", `Item{Values:[Value{Text:"a" } Value{Kind:integer Text:"5" } ] List:true }`},
		{"S7", "- a\n  - b\n  - c: d\n  - e", `AnyOf[Item{Values:[Value{Text:"a" } Value{Text:"b" } ] List:true } ` +
			`AllOf[Item{Field:"c" Values:[Value{Text:"d" } ] } ] Item{Values:[Value{Text:"e" } ] List:true } ]`},
		{"S10", "a|contains: b\n  a|cased: c", `AllOf[Item{Field:"a" Modifiers:[Modifier{Name:"contains" } ] Values:[Value{Text:"b" } ] } ` +
			`Item{Field:"a" Modifiers:[Modifier{Name:"cased" } ] Values:[Value{Text:"c" } ] } ]`},
		{"S12", "word", `Item{Values:[Value{Text:"word" } ] }`},
		{"M1", "a|b|c: d", `AllOf[Item{Field:"a" Modifiers:[Modifier{Name:"b" } Modifier{Name:"c" } ] Values:[Value{Text:"d" } ] } ]`},
		{"M40", "'|all': [a]", `AllOf[Item{Modifiers:[Modifier{Name:"all" } ] Values:[Value{Text:"a" } ] List:true } ]`},
		{"keys are text", "4625: a\n  1.5: b\n  true: c\n  2025-01-31: d", `AllOf[Item{Field:"4625" Values:[Value{Text:"a" } ] } ` +
			`Item{Field:"1.5" Values:[Value{Text:"b" } ] } Item{Field:"true" Values:[Value{Text:"c" } ] } Item{Field:"2025-01-31" Values:[Value{Text:"d" } ] } ]`},
	}
	for _, tt := range tests {
		t.Run(tt.item+" "+tt.text, func(t *testing.T) {
			r := mustRule(t, ruleWith(" s:\n  "+tt.text+"\n condition: s\n"))
			if got := dump(r.Detection.Searches[0].Node); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestValues checks the kinds of values (V3, V4, V8, V9, A10).
func TestValues(t *testing.T) {
	tests := []struct {
		text string
		kind Kind
		want string
	}{
		{"a", String, "a"}, {"''", String, ""}, {"'5'", String, "5"}, {`"5"`, String, "5"}, {"!!str 5", String, "5"},
		{"5", Int, "5"}, {"-5", Int, "-5"}, {"+5", Int, "+5"}, {"007", Int, "007"}, {"0x1F", Int, "0x1F"}, {"0o17", Int, "0o17"},
		{"9223372036854775807", Int, "9223372036854775807"}, {"18446744073709551616", Int, "18446744073709551616"},
		{"123456789012345678901234567890", Int, "123456789012345678901234567890"},
		{"1.5", Float, "1.5"}, {"1e3", Float, "1e3"}, {".5", Float, ".5"}, {"!!float 5", Float, "5"}, {"1.", Float, "1."},
		{"1_000", String, "1_000"}, {"0b11", String, "0b11"}, {"0x1_0", String, "0x1_0"}, {"1:30", String, "1:30"}, {"1.2.3.4", String, "1.2.3.4"},
		{"true", Bool, "true"}, {"FALSE", Bool, "false"}, {"True", Bool, "true"},
		{"yes", String, "yes"}, {"off", String, "off"}, {"y", String, "y"},
		{"null", Null, ""}, {"~", Null, ""}, {"", Null, ""}, {"NULL", Null, ""},
		{"2019-10-23", String, "2019-10-23"}, {"2019-10-23T10:00:00Z", String, "2019-10-23T10:00:00Z"}, {"<<", String, "<<"},
		{`C:\a\*`, String, `C:\a\*`}, {`'it''s'`, String, "it's"}, {`"a\tb"`, String, "a\tb"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			r := mustRule(t, ruleWith(" s:\n  a: "+tt.text+"\n condition: s\n"))
			v := r.Detection.Searches[0].Node.(AllOf)[0].(*Item).Values[0]
			if v.Kind != tt.kind || v.Text != tt.want {
				t.Errorf("got %s %q, want %s %q", v.Kind, v.Text, tt.kind, tt.want)
			}
		})
	}
}

// TestPositions checks where nodes say they are.
func TestPositions(t *testing.T) {
	r := mustRule(t, []byte("title: t\nlogsource:\n    product: p\ndetection:\n"+
		"    s:\n        Image|endswith|cased:\n            - '\\ä'\n            - b\n        'it''s|re': \"x\"\n"+
		"    k: [x, y]\n    condition: s\nlevel: low\n"))
	items := r.Detection.Searches[0].Node.(AllOf)
	first, second := items[0].(*Item), items[1].(*Item)
	tests := []struct {
		what string
		got  Pos
		want string
	}{
		{"document", r.Pos, "rule:1:1"},
		{"log source", r.LogSource.Pos, "rule:2:1"},
		{"detection", r.Detection.Pos, "rule:4:1"},
		{"search", r.Detection.Searches[0].Pos, "rule:5:5"},
		{"item", first.Pos, "rule:6:9"},
		{"first modifier", first.Modifiers[0].Pos, "rule:6:15"},
		{"second modifier", first.Modifiers[1].Pos, "rule:6:24"},
		{"first value", first.Values[0].Pos, "rule:7:15"},
		{"second value", first.Values[1].Pos, "rule:8:15"},
		{"modifier of a quoted key", second.Modifiers[0].Pos, "rule:9:16"},
		{"keywords", r.Detection.Searches[1].Node.(*Item).Pos, "rule:10:9"},
		{"level", r.At("level"), "rule:12:8"},
		{"what is absent", r.At("id"), "rule:1:1"},
	}
	for _, tt := range tests {
		if tt.got.String() != tt.want {
			t.Errorf("%s: got %s, want %s", tt.what, tt.got, tt.want)
		}
	}
}

// TestMetadata checks that every attribute arrives (B1 to B20, L1, A5).
func TestMetadata(t *testing.T) {
	r := mustRule(t, []byte(`title: A title
id: 545a5da6-f103-4919-a519-e9aec1026ee4
name: a_name
taxonomy: ecs
related:
    - {id: 6c82cf5c-090d-4d57-9188-533577631108, type: obsoletes}
status: test
description: "Two\nlines"
license: MIT
author: A, B
references: [one, two]
date: 2025-01-31
modified: 2025/02/01
tags: [attack.t1571, cve.2021-44228]
logsource: {category: c, product: p, service: s, definition: d, vendor: v}
detection: {s: [a], condition: [s, not s], timeframe: 5m}
fields: [Image]
falsepositives: [None known]
scope: [server]
level: high
custom: {a: [1]}
`))
	const want = `Rule{Meta:Meta{Title:"A title" ID:"545a5da6-f103-4919-a519-e9aec1026ee4" Name:"a_name" Taxonomy:"ecs" ` +
		`Status:"test" Level:"high" Description:"Two\nlines" License:"MIT" Author:"A, B" Date:"2025-01-31" Modified:"2025/02/01" ` +
		`References:["one" "two" ] FalsePositives:["None known" ] Fields:["Image" ] Scope:["server" ] ` +
		`Tags:[Tag{Text:"attack.t1571" } Tag{Text:"cve.2021-44228" } ] Related:[Related{ID:"6c82cf5c-090d-4d57-9188-533577631108" Type:"obsolete" } ] ` +
		`Custom:[CustomAttribute{Name:"custom" Value:4 !!map ""("a": 2 !!seq ""(8 !!int "1"() ) ) } ] } ` +
		`LogSource:LogSource{Category:"c" Product:"p" Service:"s" Definition:"d" Custom:map[vendor:v] } ` +
		`Detection:Detection{Searches:[Search{Name:"s" Node:Item{Values:[Value{Text:"a" } ] List:true } } ] ` +
		`Conditions:[Condition{Text:"s" Expr:CondSearch{Name:"s" } } Condition{Text:"not s" Expr:CondNot{X:CondSearch{Name:"s" } } } ] Timeframe:"5m" } }`
	if got := dump(r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if tag := r.Tags[1]; tag.Namespace() != "cve" || tag.Name() != "2021-44228" {
		t.Errorf("tag %q %q", tag.Namespace(), tag.Name())
	}
}

// TestLengths checks the limits of B1, B5, B6 and B9.
func TestLengths(t *testing.T) {
	for _, tt := range []struct {
		key  string
		most int
	}{{"title", 256}, {"name", 256}, {"taxonomy", 256}, {"description", 65535}} {
		text := func(n int) []byte {
			return []byte(strings.Replace("title: t\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n",
				"title: t\n", "title: t\n"+tt.key+": "+strings.Repeat("ä", n)+"\n", 1))
		}
		if tt.key == "title" {
			text = func(n int) []byte {
				return []byte("title: " + strings.Repeat("ä", n) + "\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n")
			}
		}
		if _, err := ParseRule("r", text(tt.most)); err != nil {
			t.Errorf("%s: %v", tt.key, err)
		}
		if _, err := ParseRule("r", text(tt.most+1)); !errors.Is(err, BadValue) || !strings.Contains(err.Error(), "longer than") {
			t.Errorf("%s: got %v", tt.key, err)
		}
	}
}

const oneRule = "title: t\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n"

// TestDocuments checks streams of documents (A3, A4, A7).
func TestDocuments(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // titles of the documents, then the codes of the errors
	}{
		{"A1 nothing", "", ""},
		{"A3 only comments", "# a\n---\n# b\n---\n...\n", ""},
		{"A3 two", oneRule + "---\n" + oneRule, "t t"},
		{"A3 empty documents", "---\n---\n" + oneRule + "---\n~\n---\n\n...\n# c\n", "t"},
		{"A3 one wrong", oneRule + "---\ntitle: 5\n---\n" + oneRule, "t t missing-key"},
		{"A3 one unreadable", oneRule + "---\na: 'b\n---\n" + oneRule, "t t bad-yaml"},
		{"A3 directive", "%YAML 1.2\n---\n" + oneRule + "...\n%YAML 1.1\n---\n" + oneRule, "t t"},
		{"A4 an empty mapping", "{}\n---\naction: repeat\n", "missing-key missing-key"},
		{"A3 text behind", "{a: b}\nc: d\n", "bad-yaml"},
		{"A3 markers in a block", "title: t\nlogsource: {product: p}\ndescription: |\n    ---\n    ...\n" + oneRule[len("title: t\nlogsource: {product: p}\n"):], "t"},
		{"A1 byte order mark", "\ufeff" + oneRule, "t"},
		{"A1 UTF-16", "\xff\xfet\x00", "bad-yaml"},
		{"A2 CRLF", strings.ReplaceAll(oneRule, "\n", "\r\n"), "t"},
		{"A7 global", "action: global\ntitle: g\nlogsource: {product: p, service: s}\n---\n" +
			"detection: {s: [a], condition: s}\n---\ntitle: own\ndetection: {s: [a], condition: s}\n", "g own"},
		{"A7 reset", "action: global\ntitle: g\n---\naction: reset\n---\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n", "missing-key"},
		{"A7 repeat", oneRule + "---\naction: repeat\ntitle: again\n", "t again"},
		{"A7 repeat nothing", "action: repeat\ntitle: again\n", "bad-value"},
		{"A7 global twice", "action: global\ntitle: g\n---\naction: global\nlogsource: {product: p}\n---\ndetection: {s: [a], condition: s}\n", "g"},
		{"A9 anchors", "title: &t t\nname: *t\nlogsource: &l {product: p}\ncustom: *l\ndetection: {s: [a], condition: s}\n", "t"},
		{"A9 merge key", "x: &d {title: t, logsource: {product: p}}\n<<: *d\ndetection: {s: [a], condition: s}\n", "t"},
		{"A9 merge keys", "x: &d {title: t, name: n}\ny: &e {title: u, logsource: {product: p}}\n<<: [*e, *d]\ndetection: {s: [a], condition: s}\n", "u"},
		{"A9 alias in itself", "a: &a [*a]\n", "bad-yaml"},
		{"A9 anchor of another document", "a: &a b\n---\na: *a\n", "missing-key bad-yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := Parse("f", []byte(tt.text))
			var got []string
			for _, d := range docs {
				got = append(got, d.Metadata().Title)
			}
			for _, e := range Errors(err) {
				got = append(got, string(e.Code))
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("got %q, want %q: %v", g, tt.want, err)
			}
		})
	}
}

// TestActionMerge checks that mappings merge deeply, and that a document's own
// values hold (A7).
func TestActionMerge(t *testing.T) {
	docs, err := Parse("f", []byte("action: global\ntitle: g\nlogsource: {product: p, service: s}\ndetection: {condition: s}\n---\n"+
		"logsource: {service: own}\ndetection: {s: {a: b}}\n---\naction: repeat\ndetection: {s: {c: d}}\n---\ndetection: {s: [x]}\n"))
	if err != nil || len(docs) != 3 {
		t.Fatal(docs, err)
	}
	for i, want := range []string{"own s: a", "own s: a c", "s s:"} {
		r := docs[i].(*Rule)
		got := r.LogSource.Service + " " + r.Detection.Searches[0].Name + ":"
		if all, ok := r.Detection.Searches[0].Node.(AllOf); ok {
			for _, it := range all {
				got += " " + it.(*Item).Field
			}
		}
		if got != want || r.LogSource.Product != "p" {
			t.Errorf("document %d: got %q, want %q", i, got, want)
		}
	}
}

func TestParseRule(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"one", oneRule, ""},
		{"none", "# nothing\n", "f:1:1: there is no rule in the text"},
		{"two", oneRule + "---\n" + oneRule, "f:5:1: there is more than one document in the text"},
		{"a filter", "title: t\nlogsource: {product: p}\nfilter: {rules: any, s: [a], condition: s}\n", "f:1:1: the document is no detection rule"},
		{"a mistake", "title: t\n", "f:1:1: the document has none of"},
	} {
		r, err := ParseRule("f", []byte(tt.text))
		if (err == nil) != (r != nil) || err == nil && tt.want != "" || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

// TestErrorOrder checks that all errors of a file come in its order.
func TestErrorOrder(t *testing.T) {
	_, err := Parse("f", []byte("level: x\ntitle: 5\ndetection: {condition: b, s: []}\n---\na: 'b\n---\nstatus: y\n"))
	var got []string
	for _, e := range Errors(err) {
		got = append(got, e.Pos.String())
	}
	const want = "f:1:1 f:1:8 f:2:8 f:3:24 f:3:30 f:5:4 f:7:1"
	if g := strings.Join(got, " "); g != want {
		t.Errorf("got %s, want %s", g, want)
	}
}

// TestCorrelation reads a correlation with everything (C1 to C28).
func TestCorrelation(t *testing.T) {
	docs, err := Parse("f", []byte(`title: t
correlation:
    type: value_count
    rules: [one, 6c82cf5c-090d-4d57-9188-533577631108]
    group-by: [User, ip]
    timespan: 90m
    aliases: {ip: {one: SourceIp, two: DestinationIp}}
    condition: {field: [a, b], gt: 10, lte: 20.5}
generate: true
falsepositives: Some
level: high
`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `Correlation{Meta:Meta{Title:"t" Level:"high" FalsePositives:["Some" ] } Type:"value_count" ` +
		`Rules:[Ref{Text:"one" } Ref{Text:"6c82cf5c-090d-4d57-9188-533577631108" } ] GroupBy:[Name{Text:"User" } Name{Text:"ip" } ] ` +
		`Timespan:Timespan{Text:"90m" Count:90 Unit:109 } Aliases:[Alias{Name:"ip" Fields:[AliasField{Rule:Ref{Text:"one" } Field:Name{Text:"SourceIp" } } ` +
		`AliasField{Rule:Ref{Text:"two" } Field:Name{Text:"DestinationIp" } } ] } ] Condition:CorrelationCondition{` +
		`Bounds:[Bound{Op:"gt" Value:Value{Kind:integer Text:"10" } } Bound{Op:"lte" Value:Value{Kind:float Text:"20.5" } } ] ` +
		`Fields:[Name{Text:"a" } Name{Text:"b" } ] } Generate:true }`
	if got := dump(docs[0]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestCorrelationKinds reads what the types of correlations may have (C2, C3,
// C10, C16, C19, C20, C22).
func TestCorrelationKinds(t *testing.T) {
	for _, text := range []string{
		"type: event_count, timespan: 1s, condition: {eq: 1}", "type: value_median, timespan: 1y, condition: {field: a, lt: 1}",
		"type: value_percentile, timespan: 1M, condition: {field: a, percentile: 50, gt: 1}", "type: value_sum, timespan: 1w, condition: {field: a, neq: -1}",
		"type: temporal, timespan: 1d", "type: temporal, timespan: 1d, condition: {gte: 2}", "type: temporal_ordered, timespan: 1h, condition: a and not b",
		"type: temporal, timespan: 1h, generate: true, condition: 1 of *",
	} {
		if docs, err := Parse("f", []byte("title: t\ncorrelation: {rules: [a, b], group-by: [c], "+text+"}\n")); err != nil || len(docs) != 1 {
			t.Errorf("%s: %v", text, err)
		}
	}
}
