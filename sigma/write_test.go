package sigma

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// roundTrip writes documents, reads the text, and fails where it says other
// documents.
func roundTrip(t testing.TB, docs []Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, docs...); err != nil {
		t.Fatalf("write: %v", err)
	}
	again, err := Parse("again", b.Bytes())
	if err != nil {
		t.Fatalf("what was written does not parse: %v\n%s", err, b.Bytes())
	}
	if got, want := dump(again), dump(docs); got != want {
		t.Fatalf("after writing\n%s\nit is\n%s\nand not\n%s", b.Bytes(), got, want)
	}
	return b.String()
}

func TestWriteLayout(t *testing.T) {
	const text = `title: 'Everything: in its place'
id: 545a5da6-f103-4919-a519-e9aec1026ee4
name: everything
taxonomy: ecs
related:
    - id: 6c82cf5c-090d-4d57-9188-533577631108
      type: similar
status: test
description: |
    Two lines
      and more
license: MIT
references:
    - 'https://example.com/#a'
author: 'A, B'
date: 2025-01-31
modified: 2025/02/28
tags:
    - attack.t1571
scope:
    - server
logsource:
    category: network_connection
    product: windows
    service: sysmon
    vendor: Some one
    definition: 'Needs: much'
detection:
    selection:
        Image|endswith: '\curl.exe'
        DestinationPort|neq:
            - 80
            - 443
        Initiated: true
        User: null
    keywords:
        - 'a'
        - 'b'
    '1st':
        - Image: 'it''s'
          User: "a\tb"
        - 'word'
        - Image|re: '.*\\d'
    all:
        '|all':
            - 'x'
    condition:
        - selection and not 1st
        - keywords or 1 of all
fields:
    - Image
falsepositives:
    - None known
level: high
custom:
    list:
        - 1
        - '1'
        -
            a: 0x1F
    empty: {}
---
title: A correlation
correlation:
    type: value_percentile
    rules:
        - everything
    group-by:
        - User
    timespan: 5m
    aliases:
        ip:
            everything: SourceIp
    condition:
        field: Bytes
        percentile: 99.9
        gt: 1000
        lte: 2000.5
generate: true
---
title: Another
correlation:
    type: temporal
    rules:
        - everything
        - another
    timespan: 1h
    condition: everything and not another
level: low
---
title: A filter
logsource:
    product: windows
filter:
    rules: any
    selection:
        User|startswith: 'adm_'
    condition: not selection
---
title: Another filter
logsource:
    product: windows
filter:
    rules:
        - 6c82cf5c-090d-4d57-9188-533577631108
    selection:
        User|startswith: 'adm_'
    condition: not selection
`
	docs, err := Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := roundTrip(t, docs); got != text {
		t.Errorf("got\n%s\nwant\n%s", got, text)
	}
}

// TestWriteStrings writes strings that a reader could take for something else.
func TestWriteStrings(t *testing.T) {
	for _, s := range []string{
		"true", "True", "no", "y", "on", "null", "~", "1", "-1", "+1", "0x1F", "0o7", "1e3", "1_000", ".5", ".inf", ".nan", "2025-01-31",
		"2025-01-31T10:00:00Z", "12:30", "<<", "=", "-", "- a", "?", "? a", ":", "a: b", "a:", "a #b", "#a", " a", "a ", "  ", "\t", "a\tb",
		"*", "*a", "&a", "!a", "%a", "@a", "`a", "|", "> a", "[a", "a]", "{a", "a}", ",", `"`, `'`, `it's`, `"a"`, `\`, `C:\Windows\*`, `\\?\`, `\n`,
		"a\nb", "a\n", "\na", "a\n\n", "a\n  b", "  a\nb", "a \nb", "a\n \nb", "a\r\nb", "a\rb", "\x00", "\x1b[0m", "\x7f", "\u0085", "\u2028", "\u2029",
		"\ufeff", "\ufffe", "\ufffd", "ä", "日本", "🦊", "---", "...", "--- a", "a\n---\nb", "%YAML 1.2", strings.Repeat("long ", 400),
		"e\u0301", "\u200b", "\u00a0", "null ", "0", "00", "1.", "NaN", "0b1", "0777", "1:2", "a|b", "|all", "Off",
	} {
		rule := &Rule{Meta: Meta{Title: s[:min(len(s), 250)], Author: s, Description: s, References: []string{s}}, LogSource: LogSource{Product: "p", Definition: s}}
		rule.Detection = Detection{
			Searches: []*Search{{Name: "a", Node: AllOf{
				&Item{Field: "one", Values: []Value{{Text: s}}},
				&Item{Field: "list", List: true, Values: []Value{{Text: s}, {Text: s}}}}},
				{Name: "k" + s, Node: &Item{List: true, Values: []Value{{Text: s}}}}},
			Conditions: []*Condition{{Text: "a"}, {Text: "\n a\n"}},
		}
		if !strings.Contains(s, "|") {
			rule.Detection.Searches = append(rule.Detection.Searches, &Search{Name: "f", Node: AllOf{&Item{Field: s, Values: []Value{{Text: "v"}}}}})
		}
		cond, err := Parse("c", []byte("title: t\nlogsource: {product: p}\ndetection: {a: [x], condition: [a, \"\\n a\\n\"]}"))
		if err != nil {
			t.Fatal(err)
		}
		rule.Detection.Conditions = cond[0].(*Rule).Detection.Conditions
		t.Run(s, func(t *testing.T) { roundTrip(t, []Document{rule}) })
	}
}

// TestWriteErrors writes documents that no file can say.
func TestWriteErrors(t *testing.T) {
	item := &Item{Field: "a", Values: []Value{{Text: "b"}}}
	detection := func(n Node) *Rule {
		return &Rule{Detection: Detection{Searches: []*Search{{Name: "s", Node: n}}, Conditions: []*Condition{{Text: "s"}}}}
	}
	tests := []struct {
		name string
		doc  Document
		code Code
	}{
		{"no condition", &Rule{}, MissingKey},
		{"no node", detection(nil), BadDetection},
		{"no items", detection(AllOf{}), BadDetection},
		{"no elements", detection(AnyOf{}), BadDetection},
		{"no values", detection(AllOf{&Item{Field: "a", List: true}}), BadDetection},
		{"several values and no list", detection(AllOf{&Item{Field: "a", Values: []Value{{Text: "b"}, {Text: "c"}}}}), BadDetection},
		{"list in a list", detection(AnyOf{AnyOf{item}}), BadDetection},
		{"list in a mapping", detection(AllOf{AnyOf{item}}), BadDetection},
		{"same key", detection(AllOf{item, item}), DuplicateKey},
		{"same search", &Rule{Detection: Detection{Searches: []*Search{{Name: "s", Node: item}, {Name: "s", Node: item}}}}, DuplicateKey},
		{"search with the name condition", &Rule{Detection: Detection{Searches: []*Search{{Name: "condition", Node: item}}}}, DuplicateKey},
		{"no UTF-8", detection(AllOf{&Item{Field: "a", Values: []Value{{Text: "\xff"}}}}), BadValue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, tt.doc); !errors.Is(err, tt.code) {
				t.Errorf("got %v, want %s", err, tt.code)
			}
			if b.Len() > 0 {
				t.Errorf("wrote %q", b.String())
			}
		})
	}
}

// TestWriteCorpus writes what the corpus and the examples of the
// specification say.
func TestWriteCorpus(t *testing.T) {
	count := 0
	for _, pattern := range []string{"sigmahq/rules*", "sigmahq/deprecated", "sigmahq/unsupported", "sigma-spec/tests/schema"} {
		roots, err := filepath.Glob("../../shared/corpus/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		names, err := Files(roots...)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if docs, err := Parse(name, data); err == nil {
				roundTrip(t, docs)
				count += len(docs)
			}
		}
	}
	if count == 0 {
		t.Skip("the corpora are not there: ../shared/corpus")
	}
	t.Logf("%d documents", count)
}
