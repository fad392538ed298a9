package kqlread_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/elastic/kql/kqlread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestRead shows what constructs mean by the events that they find.
func TestRead(t *testing.T) {
	for _, c := range []struct{ query, found, missed string }{
		{``, `{} {"a":"1"}`, ``},
		{`f: "a*b"`, `{"f":"a*b"}`, `{"f":"axb"}`},
		{`f: a*b`, `{"f":"ab"} {"f":"a\nb"}`, `{"f":"AB"} {"f":"xab"}`},
		{`f: a\*b`, `{"f":"a*b"}`, `{"f":"axb"}`},
		{`f: a?b`, `{"f":"a?b"}`, `{"f":"axb"}`},
		{`f: "C:\\temp"`, `{"f":"C:\\temp"}`, `{"f":"C:\temp"}`},
		{`f: "C:\temp"`, `{"f":"C:\temp"}`, `{"f":"C:\\temp"}`},
		{`f: "a\d"`, `{"f":"a\\d"}`, `{"f":"ad"}`},
		{`f: *\\x y`, `{"f":"a\\x y"}`, `{"f":"x y"}`},
		{`f: a b or f: c`, `{"f":"a b"} {"f":"c"}`, `{"f":"a"}`},
		{`f: a \or b`, `{"f":"a or b"}`, `{"f":"a"}`},
		{`f: \u0041`, `{"f":"A"}`, `{"f":"a"}`},
		{`f: (a or b)`, `{"f":"a"} {"f":"b"}`, `{"f":"c"}`},
		{`f: (not a)`, `{"f":"b"} {}`, `{"f":"a"}`},
		{`f: (a and (not b or c))`, `{"f":"a"}`, `{"f":["a","b"]} {"f":"c"}`},
		{`a: 1 or b: 1 and c: 1`, `{"a":"1"} {"b":"1","c":"1"}`, `{"b":"1"}`},
		{`(a: 1 or b: 1) and c: 1`, `{"a":"1","c":"1"}`, `{"a":"1"}`},
		{`not a: 1 and b: 1`, `{"b":"1"} {"a":"2","b":"1"}`, `{"a":"1","b":"1"} {}`},
		{`NOT a: 1 OR b: 1`, `{} {"a":"1","b":"1"}`, `{"a":"1"}`},
		{`f: *`, `{"f":""}`, `{} {"f":null}`},
		{`not f: *`, `{}`, `{"f":""}`},
		{`n >= 5`, `{"n":5}`, `{"n":4} {}`},
		{`n < 5`, `{"n":4}`, `{"n":5}`},
		{`n: 443`, `{"n":443} {"n":"443"}`, `{"n":444}`},
		{`ip: "10.0.0.0/8"`, `{"ip":"10.1.1.1"}`, `{"ip":"11.1.1.1"}`},
		{`"my field": x`, `{"my field":"x"}`, `{"my":"x"}`},
		{`*foo*`, `{"x":"a foo b"}`, `{"foo":"x"}`},
		{`*foo bar*`, `{"x":"a foo"} {"x":"bar b"}`, `{"x":"fo"}`},
		{`"foo bar"`, `{"x":"foo bar"}`, `{"x":"a foo bar"}`},
		{`f: can\u006eot open`, `{"f":"cannot open"}`, `{"f":"cannot"}`},
	} {
		q, err := kqlread.Read(c.query, readback.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		for i, events := range []string{c.found, c.missed} {
			for _, text := range strings.SplitAfter(events, "} ") {
				if text == "" {
					continue
				}
				event, err := oracle.Parse([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				if got := oracle.Match(readback.Meaning(q.Where), event); got != (i == 0) {
					t.Errorf("%s of %s: %t", c.query, text, got)
				}
			}
		}
	}
}

// TestErrors: what the grammar refuses, and what the reader does not know.
// "not" and a space end a value even inside of a word, for the grammar looks
// for the keyword at each character.
func TestErrors(t *testing.T) {
	columns := map[string]schema.Type{"n": schema.Int, "ip": schema.IP, "k": schema.Keyword, "t": schema.Text, "w": schema.Wildcard}
	o := readback.Options{Column: func(name string) (schema.Column, bool) {
		c, ok := columns[name]
		return schema.Column{Name: name, Type: c}, ok
	}}
	for query, want := range map[string]string{
		`f: cannot open`: "6 false", `f:`: "2 false", `f: (a`: "3 false", `f: a)`: "4 false", `f: "x`: "3 false", `f: a\b`: "4 false", `and`: "", `f: a or `: "8 false", `n: abc`: "3 false", `n: 4*`: "3 false",
		`k: {a: 1}`: "3 true", `t: "a b"`: "3 true", `k*: a`: "0 true", `n > x`: "4 true", `none: x`: "", `w: *a b*`: "", `f: a : b`: "5 false", strings.Repeat("(", 3000): "1000 false",
	} {
		_, err := kqlread.Read(query, o)
		got := ""
		var e *readback.Error
		if errors.As(err, &e) {
			got = fmt.Sprint(e.Offset, " ", e.Foreign)
		}
		if got != want {
			t.Errorf("%.40s: %q (%v), want %q", query, got, err, want)
		}
	}
}

// FuzzRead checks that every query has an end: a meaning or an error with a
// place in the query.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`a: 1 and (b: "x\"" or not c: *y*)`, `n >= 1 or x: (a or not b)`, `\u00e9* \or`, `a: (b: (c))`, `not not a`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := kqlread.Read(query, readback.Options{})
		if err == nil {
			readback.Meaning(q.Where)
			return
		}
		var e *readback.Error
		if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(query) || e.Msg == "" {
			t.Errorf("%q: %v", query, err)
		}
	})
}
