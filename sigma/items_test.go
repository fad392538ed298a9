package sigma

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// headed returns a rule with more attributes.
func headed(lines string) string {
	return "title: t\n" + lines + "\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n"
}

// detected returns a rule with another detection section.
func detected(lines string) string {
	return "title: t\nlogsource: {product: p}\ndetection:\n  " + strings.ReplaceAll(lines, "\n", "\n  ") + "\n"
}

// sourced returns a rule with another log source.
func sourced(logsource string) string {
	return "title: t\nlogsource: " + logsource + "\ndetection: {s: [a], condition: s}\n"
}

// items are requirements of the conformance list on documents, attributes, log
// sources, detections and conditions: a text, the places and codes of its
// errors and warnings, and a part of the dump of the document, where there is
// one.
var items = []struct{ item, text, errs, warnings, part string }{
	{"A2 line ends, indentation and quotes are free", "title: \"t\"\r\nlogsource:\r\n product: p\r\ndetection:\r\n          s: [\"5\", 5]\r\n          condition: s\r\n", "", "", `Text:"5" } Value{Kind:integer Text:"5" }`},
	{"A2 the case of keys is not", "Title: t\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n", "1:1 missing-key", "", ""},
	{"A5 other attributes are kept", headed("simulation: [{type: x}]\nsource: http://x"), "", "", `Custom:[CustomAttribute{Name:"simulation" Value:`},
	{"A5 in order", headed("b: 1\na: 2"), "", "", `Name:"b" Value:8 !!int "1"() } CustomAttribute{Name:"a"`},
	{"A8 a key stands twice", headed("level: low\nlevel: high"), "3:1 duplicate-key", "", ""},
	{"A8 a key of a search stands twice", detected("s:\n  a: 1\n  a: 2\ncondition: s"), "6:5 duplicate-key", "", ""},
	{"A10 a date without quotes", headed("date: 2019-10-23"), "", "", `Date:"2019-10-23"`},
	{"A10 a date with quotes", headed("date: '2019-10-23'"), "", "", `Date:"2019-10-23"`},
	{"A10 a date as a value", detected("s: {a: 2019-10-23}\ncondition: s"), "", "", `Value{Text:"2019-10-23" }`},

	{"B1 no title", "logsource: {product: p}\ndetection: {s: [a], condition: s}\n", "1:1 missing-key", "", ""},
	{"B1 a title of 256 characters", "title: " + strings.Repeat("é", 256) + "\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n", "", "", "é"},
	{"B1 a longer title", "title: " + strings.Repeat("é", 257) + "\nlogsource: {product: p}\ndetection: {s: [a], condition: s}\n", "1:8 bad-value", "", ""},
	{"B2 a UUID", headed("id: 545A5DA6-f103-4919-a519-e9aec1026ee4"), "", "", `ID:"545A5DA6-f103-4919-a519-e9aec1026ee4"`},
	{"B2 another id", headed("id: my-rule"), "", "2:5 style", `ID:"my-rule"`},
	{"B3 related rules", headed("related:\n  - {id: 545a5da6-f103-4919-a519-e9aec1026ee4, type: derived}"), "", "", `Related{ID:"545a5da6-f103-4919-a519-e9aec1026ee4" Type:"derived" }`},
	{"B3 both keys are needed", headed("related:\n  - id: 545a5da6-f103-4919-a519-e9aec1026ee4\n  - type: merged"), "3:5 missing-key 4:5 missing-key", "", ""},
	{"B3 no such type", headed("related:\n  - {id: 545a5da6-f103-4919-a519-e9aec1026ee4, type: sibling}"), "3:54 bad-value", "", ""},
	{"B4 obsoletes", headed("related:\n  - {id: 545a5da6-f103-4919-a519-e9aec1026ee4, type: obsoletes}"), "", "3:54 deprecated", `Type:"obsolete"`},
	{"B5 a name", headed("name: a_rule"), "", "", `Name:"a_rule"`},
	{"B5 too long", headed("name: " + strings.Repeat("x", 257)), "2:7 bad-value", "", ""},
	{"B6 a taxonomy", headed("taxonomy: ecs"), "", "", `Taxonomy:"ecs"`},
	{"B6 too long", headed("taxonomy: " + strings.Repeat("x", 257)), "2:11 bad-value", "", ""},
	{"B7 a status", headed("status: experimental"), "", "", `Status:"experimental"`},
	{"B7 no such status", headed("status: testing"), "2:9 bad-value", "", ""},
	{"B8 a deprecated rule without related is read", headed("status: deprecated"), "", "", `Status:"deprecated"`},
	{"B9 a long description", headed("description: " + strings.Repeat("x", 65535)), "", "", "xxx"},
	{"B9 too long", headed("description: " + strings.Repeat("x", 65536)), "2:14 bad-value", "", ""},
	{"B10 a license is not looked up", headed("license: My Own"), "", "", `License:"My Own"`},
	{"B11 several authors", headed("author: A. B., C"), "", "", `Author:"A. B., C"`},
	{"B11 is no list", headed("author: [A, B]"), "2:9 bad-type", "", ""},
	{"B12 references", headed("references: [a, b]"), "", "", `References:["a" "b" ]`},
	{"B12 twice", headed("references: [a, b, a]"), "", "2:20 style", `References:["a" "b" "a" ]`},
	{"B12 the heading's name is an attribute of its own", headed("reference: a"), "", "", `Custom:[CustomAttribute{Name:"reference"`},
	{"B13 dates", headed("date: 2024-12-31\nmodified: 2025-01-01"), "", "", `Date:"2024-12-31" Modified:"2025-01-01"`},
	{"B13 with slashes", headed("date: 2024/12/31"), "", "2:7 deprecated", `Date:"2024/12/31"`},
	{"B13 no dates", headed("date: 2024-13-01\nmodified: 2024-1-1"), "2:7 bad-value 3:11 bad-value", "", ""},
	{"B14 modified before date is read", headed("date: 2025-01-01\nmodified: 2024-01-01"), "", "", `Modified:"2024-01-01"`},
	{"B15 no log source", "title: t\ndetection: {s: [a], condition: s}\n", "1:1 missing-key", "", ""},
	{"B15 no detection", "title: t\nlogsource: {product: p}\n", "1:1 missing-key", "", ""},
	{"B16 fields", headed("fields: [a, b]"), "", "", `Fields:["a" "b" ]`},
	{"B16 twice", headed("fields:\n  - a\n  - a"), "", "4:5 style", `Fields:["a" "a" ]`},
	{"B17 false positives", headed("falsepositives: [aa, é1]"), "", "", `FalsePositives:["aa" "é1" ]`},
	{"B17 twice", headed("falsepositives: [aa, aa]"), "", "2:22 style", ""},
	{"B17 too short", headed("falsepositives: [é]"), "2:18 bad-value", "", ""},
	{"B17 is a list", headed("falsepositives: none"), "2:17 bad-type", "", ""},
	{"B18 a level", headed("level: critical"), "", "", `Level:"critical"`},
	{"B18 no such level", headed("level: info"), "2:8 bad-value", "", ""},
	{"B19 tags", headed("tags: [attack.t1571, cve.2021-44228, a_b-c.D]"), "2:38 bad-value", "", ""},
	{"B19 twice", headed("tags: [attack.t1571, attack.t1571]"), "", "2:22 style", `Tags:[Tag{Text:"attack.t1571" } Tag{Text:"attack.t1571" } ]`},
	{"B20 scope", headed("scope: [server]"), "", "", `Scope:["server" ]`},
	{"B20 too short", headed("scope: [é]"), "2:9 bad-value", "", ""},
	{"B21 wrong types", headed("name: 5\ndescription: [x]\ntags: x\nlevel: true"), "2:7 bad-type 3:14 bad-type 4:7 bad-type 5:8 bad-type", "", ""},
	{"B22 no id", headed("name: x"), "", "", `Meta{Title:"t" Name:"x" }`},

	{"L1 all attributes", sourced("{category: c, product: p, service: s, definition: d, vendor: v}"), "", "", `LogSource{Category:"c" Product:"p" Service:"s" Definition:"d" Custom:map[vendor:v] }`},
	{"L1 one is enough", sourced("{service: s}"), "", "", `LogSource{Service:"s" }`},
	{"L2 capitals and spaces are read", sourced("{product: Some Product}"), "", "", `Product:"Some Product"`},
	{"L4 none", sourced("{}"), "2:1 missing-key", "", ""},
	{"L4 a definition is none", sourced("{definition: d, vendor: v}"), "2:1 missing-key", "", ""},

	{"S1 a detection is a mapping", "title: t\nlogsource: {product: p}\ndetection: [a]\n", "3:1 bad-type", "", ""},
	{"S1 with a condition", detected("s: [a]"), "3:1 missing-key", "", ""},
	{"S1 all other keys are searches", detected("s: [a]\nfields: [b]\ncondition: s and fields"), "", "", `Search{Name:"fields" Node:Item{`},
	{"S2 a search is a mapping or a list", detected("s: {a: b}\nl: [a]\ncondition: s and l"), "", "", `Search{Name:"s" Node:AllOf[`},
	{"S2 or empty, which is a mistake", detected("s:\ncondition: s"), "4:3 bad-detection", "", ""},
	{"S8 a timeframe", detected("s: [a]\ntimeframe: 5m\ncondition: s"), "", "5:3 not-evaluated", `Timeframe:"5m"`},
	{"S8 is no search", detected("s: [a]\ntimeframe: 5m\ncondition: s and timeframe"), "6:20 unknown-name", "5:3 not-evaluated", ""},
	{"S11 nothing in a search", detected("a: {}\nb: []\nc: [{}]\ncondition: 1 of them"), "4:6 bad-detection 5:6 bad-detection 6:7 bad-detection", "", ""},
	{"S13 no values", detected("s: {a: []}\ncondition: s"), "4:10 bad-detection", "", ""},

	{"V5 null in a list", detected("s: {a: [b, null]}\ncondition: s"), "", "4:14 style", `Value{Text:"b" } Value{Kind:null }`},
	{"V10 no numbers", detected("s: {a: .nan, b: .inf, c: -.INF}\ncondition: s"), "4:10 bad-value 4:19 bad-value 4:28 bad-value", "", ""},
	{"V10 texts", detected("s: {a: '.nan', b: NaN, c: inf}\ncondition: s"), "", "", `Text:".nan" } ] } Item{Field:"b" Values:[Value{Text:"NaN" }`},

	{"N5 several conditions", detected("s: [a]\ncondition: [s, not s]"), "", "", `Condition{Text:"s" Expr:CondSearch{Name:"s" } } Condition{Text:"not s"`},
	{"N7 more than one of", detected("s: [a]\ncondition: 2 of s*"), "5:14 bad-condition", "", ""},
	{"N9 no such search", detected("s: [a]\ncondition: s and t"), "5:20 unknown-name", "", ""},
	{"N10 no search matches", detected("s: [a]\ncondition: s and 1 of t*"), "5:25 unknown-name", "", ""},
	{"N10 nobody is them", detected("_s: [a]\ncondition: _s and 1 of them"), "5:26 unknown-name", "", ""},
	{"N11 an aggregation", detected("s: [a]\ncondition: s | count() > 5"), "5:16 bad-condition", "", ""},
	{"N12 capitals", detected("s: [a]\ncondition: s AND NOT s"), "5:16 bad-condition", "", ""},
	{"N15 a long condition", detected("s: [a]\ncondition: s" + strings.Repeat(" or s", MaxConditionLength/5+1)), "5:14 limit", "", ""},
	{"N15 a deep condition", detected("s: [a]\ncondition: " + strings.Repeat("(", MaxConditionDepth+1) + "s" + strings.Repeat(")", MaxConditionDepth+1)), "5:214 limit", "", ""},
}

// TestItems checks these requirements.
func TestItems(t *testing.T) {
	places := func(list ErrorList) string {
		var all []string
		for _, e := range list {
			all = append(all, fmt.Sprintf("%d:%d %s", e.Line, e.Col, e.Code))
		}
		return strings.Join(all, " ")
	}
	for _, c := range items {
		t.Run(c.item, func(t *testing.T) {
			docs, warnings, errs := ParseFile(&File{Name: "rule.yml", Data: []byte(c.text)})
			if got := places(errs); got != c.errs {
				t.Errorf("errors %q, want %q: %v", got, c.errs, errs)
			}
			if got := places(warnings); got != c.warnings {
				t.Errorf("warnings %q, want %q: %v", got, c.warnings, warnings)
			}
			if c.part == "" {
				return
			}
			if len(docs) != 1 || !strings.Contains(dump(docs[0]), c.part) {
				t.Errorf("%s\nhas no %s", dump(docs), c.part)
			}
		})
	}
}

// TestFileItems checks requirements on files.
func TestFileItems(t *testing.T) {
	t.Run("A6 names of files are free, but for their ends", func(t *testing.T) {
		files := fstest.MapFS{"x.yml": {Data: []byte(oneRule)}, "UPPER and spaces.yaml": {Data: []byte(oneRule)}, "notes.txt": {Data: []byte("a: [")}}
		c, err := LoadFS(files)
		if err != nil || len(c.Documents) != 2 || len(c.Warnings) != 0 {
			t.Errorf("%d documents, %v, %v", len(c.Documents), c.Warnings, err)
		}
	})
	t.Run("B5 a name stands once in a collection", func(t *testing.T) {
		files := fstest.MapFS{"a.yml": {Data: []byte(headed("name: x") + "---\n" + headed("name: y"))}, "b.yml": {Data: []byte(headed("level: low\nname: x"))}}
		c, err := LoadFS(files)
		const want = "b.yml:3:7: another document has the name 'x', too (it is in a.yml:2:7)"
		if err != nil || len(c.Documents) != 3 || len(c.Warnings) != 1 || c.Warnings[0].Error() != want {
			t.Errorf("%d documents, %v, %v", len(c.Documents), c.Warnings, err)
		}
	})
}
