package backends_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
)

// compiled returns the query of a rule with one item, or the error, which must
// have a place and be of that code.
func compiled(t *testing.T, target, search string, settings map[string]string, code sigma.Code) (string, sigma.ErrorList) {
	t.Helper()
	c, err := backends.New(backends.Options{Target: target, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Compile(parseRule(t, "title: t\nlogsource: {product: windows}\ndetection:\n  sel:\n    "+search+"\n  condition: sel\n"))
	if err != nil {
		for _, e := range sigma.Errors(err) {
			if e.Code != code || e.Line != 5 {
				t.Errorf("%s: %v", target, e)
			}
		}
		return "", nil
	}
	return r.Queries[0].Text, r.Warnings
}

// has reports whether a list has a warning of a code with a place.
func has(list sigma.ErrorList, code sigma.Code) bool {
	for _, e := range list {
		if e.Code == code && e.Line == 5 {
			return true
		}
	}
	return false
}

// TestItems checks, for all targets, the requirements of the conformance list
// that are about what a language cannot say. What queries mean is tested
// where they are run.
func TestItems(t *testing.T) {
	run := func(item string, check func(t *testing.T, target string)) {
		t.Run(item, func(t *testing.T) {
			for _, b := range backends.All() {
				check(t, b.Name)
			}
		})
	}
	run("M2 what a language has not is refused", func(t *testing.T, target string) {
		query, _ := compiled(t, target, "f|re: 'a+b'", nil, sigma.Unsupported)
		if (query == "") != (target == "kql") {
			t.Errorf("%s: %q", target, query)
		}
	})
	run("M32 parts of a time are written or refused", func(t *testing.T, target string) {
		for _, part := range []string{"minute", "hour", "day", "week", "month", "year"} {
			query, _ := compiled(t, target, "_time|"+part+": 5", nil, sigma.Unsupported)
			other, _ := compiled(t, target, "_time|"+part+": 6", nil, sigma.Unsupported)
			if query != "" && (query == other || !strings.Contains(query, "5")) {
				t.Errorf("%s: %s is %q", target, part, query)
			}
		}
	})
	run("P5 an empty placeholder is refused", func(t *testing.T, target string) {
		if query, _ := compiled(t, target, "f|expand: '%who%'", nil, sigma.BadPlaceholder); query != "" {
			t.Errorf("%s: %q", target, query)
		}
	})
	run("W10 plain and wild characters stay what they are", func(t *testing.T, target string) {
		for plain, wild := range map[string]string{`'a\*b'`: `'a*b'`, `'a\?b'`: `'a?b'`, `'a\*'`: `'a*'`, `'\**'`: `'**'`} {
			p, _ := compiled(t, target, "f: "+plain, nil, sigma.Unsupported)
			w, _ := compiled(t, target, "f: "+wild, nil, sigma.Unsupported)
			if p == w {
				t.Errorf("%s: %s and %s are both %q", target, plain, wild, p)
			}
		}
	})
	run("W12 a question mark is not a star unless the user says so", func(t *testing.T, target string) {
		one, warnings := compiled(t, target, "f: 'a?b'", nil, sigma.Unsupported)
		many, _ := compiled(t, target, "f: 'a*b'", nil, sigma.Unsupported)
		if one == many || has(warnings, sigma.MatchesMore) {
			t.Errorf("%s: %q, %v", target, one, warnings)
		}
		if target == "splunk" || target == "kql" {
			widened, warnings := compiled(t, target, "f: 'a?b'", map[string]string{"widen": "true"}, sigma.Unsupported)
			if widened == "" || !has(warnings, sigma.MatchesMore) {
				t.Errorf("%s: %q, %v", target, widened, warnings)
			}
		}
	})
	run("K6 keywords where a language cannot search an event", func(t *testing.T, target string) {
		query, warnings := compiled(t, target, "- foo", nil, sigma.Unsupported)
		switch target {
		case "eql", "esql":
			raw, _ := compiled(t, target, "- foo", map[string]string{"keyword_fields": "raw"}, sigma.Unsupported)
			if !strings.Contains(query, "message") || !strings.Contains(raw, "raw") || !has(warnings, sigma.Assumed) {
				t.Errorf("%s: %q, %q, %v", target, query, raw, warnings)
			}
		case "kusto":
			if !strings.HasPrefix(query, `* contains`) {
				t.Errorf("%s: %q", target, query)
			}
		default:
			if !strings.Contains(query, "foo") && !strings.Contains(query, "[fF][oO][oO]") {
				t.Errorf("%s: %q", target, query)
			}
		}
	})
}
