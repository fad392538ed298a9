package luceneread_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/elastic/lucene/luceneread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestRead shows what constructs mean by the events that they find. A case is
// a query, and the events as the pairs of fields that it finds and does not.
func TestRead(t *testing.T) {
	for _, c := range []struct{ query, found, missed string }{
		// "wildcards are literal" between quotes; an undoubled backslash is dropped.
		{`k:"a*b"`, `{"k":"a*b"}`, `{"k":"axb"}`},
		{`k:a\b`, `{"k":"ab"}`, `{"k":"a\\b"}`},
		{`k:"a\\b"`, `{"k":"a\\b"}`, `{"k":"ab"}`},
		{`k:\u0041`, `{"k":"A"}`, `{"k":"u0041"}`},
		{`k:a&&b`, `{"k":"a&&b"}`, `{"k":"a"}`},
		{`k:a-b+c`, `{"k":"a-b+c"}`, `{"k":"a"}`},
		{`k:a\*b*`, `{"k":"a*bc"}`, `{"k":"axbc"}`},
		{`k:a?c`, `{"k":"abc"} {"k":"a\nc"}`, `{"k":"ac"} {"k":"ABC"}`},
		{`k:C\:\\Program\ Files*`, `{"k":"C:\\Program Files (x86)"}`, `{"k":"C:\\Program"}`},
		{`my\ field:v`, `{"my field":"v"}`, `{"my":"v"}`},
		// Regular expressions match whole values.
		{`k:/a.c/`, `{"k":"abc"} {"k":"a\nc"}`, `{"k":"xabc"} {"k":"ABC"}`},
		{`k:/a\/c/`, `{"k":"a/c"}`, `{"k":"ac"}`},
		{`k:/[aA][bB].*\\/`, `{"k":"abx\\"} {"k":"AB\\"}`, `{"k":"ab"}`},
		// It is no boolean logic.
		{`a:1 OR NOT b:1`, `{"a":"1","b":"2"}`, `{"b":"2"} {"a":"1","b":"1"}`},
		{`a:1 OR (NOT b:1)`, `{"a":"1","b":"1"} {"b":"2"}`, `{"b":"1"}`},
		{`NOT a:1`, `{"a":"2"} {}`, `{"a":"1"}`},
		{`(NOT a:1 OR NOT b:1)`, `{}`, `{"a":"1"} {"a":"1","b":"1"}`},
		{`((NOT a:1) OR (NOT b:1))`, `{} {"a":"1"}`, `{"a":"1","b":"1"}`},
		{`a:1 OR b:1 AND c:1`, `{"b":"1","c":"1"}`, `{"a":"1"}`},
		{`a:1 AND b:1 OR c:1`, `{"a":"1","b":"1"}`, `{"a":"1","c":"1"} {"c":"1"}`},
		{`a:1 b:1`, `{"a":"1"} {"b":"1"}`, `{}`},
		{`+a:1 b:1`, `{"a":"1"}`, `{"b":"1"}`},
		{`a:1 -b:1`, `{"a":"1"}`, `{"a":"1","b":"1"} {}`},
		{`a:1 && !b:1`, `{"a":"1"}`, `{"a":"1","b":"1"}`},
		{`a:(1 OR 2)`, `{"a":"1"} {"a":"2"}`, `{"a":"3"}`},
		{`a:(x AND *y)`, `{"a":["x","ay"]}`, `{"a":"x"}`},
		// Existence includes the empty text.
		{`_exists_:a`, `{"a":""} {"a":"x"}`, `{} {"a":null}`},
		{`a:*`, `{"a":""}`, `{}`},
		{`a:?*`, `{"a":"x"}`, `{"a":""} {}`},
		{`a:""`, `{"a":""}`, `{"a":"x"} {}`},
		// Ranges. < and > cannot be escaped at the begin of a word.
		{`n:>=5`, `{"n":5} {"n":6}`, `{"n":4} {}`},
		{`n:\<5`, `{"n":4}`, `{"n":5}`},
		{`n:"<5"`, `{"n":"<5"}`, `{"n":4}`},
		{`n:\<5*`, `{"n":"<5x"}`, `{"n":4}`},
		{`n:[1 TO 5]`, `{"n":1} {"n":5}`, `{"n":0} {"n":6}`},
		{`n:{1 TO 5}`, `{"n":2}`, `{"n":1} {"n":5}`},
		{`n:[-5 TO *]`, `{"n":-5}`, `{"n":-6}`},
		{`n:\-1`, `{"n":-1}`, `{"n":1}`},
		{`ip:"10.0.0.0/8"`, `{"ip":"10.1.2.3"}`, `{"ip":"11.1.2.3"}`},
		{`ip:10.0.0.0\/8`, `{"ip":"10.1.2.3"}`, `{"ip":"11.1.2.3"}`},
		// Without a field, every field is searched.
		{`*foo*`, `{"x":"a foo b"} {"y":{"z":"foo"}}`, `{"foo":"x"}`},
		{`k:\AND`, `{"k":"AND"}`, `{}`},
	} {
		q, err := luceneread.Read(c.query, readback.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		check(t, c.query, q, c.found, true)
		check(t, c.query, q, c.missed, false)
	}
}

func check(t *testing.T, query string, q *readback.Query, events string, want bool) {
	t.Helper()
	for _, text := range strings.SplitAfter(events, "} ") {
		event, err := oracle.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := oracle.Match(readback.Meaning(q.Where), event); got != want {
			t.Errorf("%s of %s: %t", query, text, got)
		}
	}
}

// TestFolds: an index with a lowercase normalizer folds values, words,
// wildcards and expressions.
func TestFolds(t *testing.T) {
	for _, query := range []string{`k:aB`, `k:a*`, `k:"Ab"`, `k:/A[b]/`} {
		q, err := luceneread.Read(query, readback.Options{FoldsCase: true})
		if err != nil {
			t.Fatal(err)
		}
		check(t, query, q, `{"k":"AB"} {"k":"ab"}`, true)
	}
}

// TestErrors: what the parser refuses, and what the reader does not know.
func TestErrors(t *testing.T) {
	columns := map[string]schema.Type{"n": schema.Int, "b": schema.Bool, "ip": schema.IP, "k": schema.Keyword, "t": schema.Text}
	o := readback.Options{Column: func(name string) (schema.Column, bool) {
		c, ok := columns[name]
		return schema.Column{Name: name, Type: c}, ok
	}}
	for query, want := range map[string]string{
		``: "0 false", `a:`: "2 false", `(a:1`: "0 false", `a:1)`: "3 false", `AND a:1`: "0 false", `a:"x`: "2 false", `k:/x`: "2 false", `a:x\`: "3 false",
		`k:x~2`: "3 true", `k:x^2`: "3 true", `n:[1 TO 2`: "9 false", `n:abc`: "2 false", `n:4*`: "2 false", `b:TRUE`: "2 false", `ip:10.*`: "3 false", `t:"a b"`: "2 true", `k*:x`: "0 true",
		`l:-1`: "2 false", `none:x`: "", `ip:"10.0.0.1"`: "", `n:443`: "", strings.Repeat("(", 5000): "1001 false",
	} {
		_, err := luceneread.Read(query, o)
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
	for _, s := range []string{`a:1 AND (b:"x\"" OR NOT c:/[a]\/b/)`, `n:[1 TO *] +a -b`, `\u00e9*?`, `a:(b:(c))`, `&& || !`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := luceneread.Read(query, readback.Options{})
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
