package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMayLink: no way of writing a key hides a correlation or a filter.
func TestMayLink(t *testing.T) {
	for text, want := range map[string]bool{
		"title: a\ndetection:\n  filter: {a: b}\n  condition: filter\n": false,
		"title: a\ncorrelation: {}\n":                                   true,
		"{title: a, 'correlation' : {}}":                                true,
		"title: a\n\"\\x63orrelation\": {}\n":                           true,
		"\"\\u0066ilter\": {}\n":                                        true,
		"Image: C:\\Users\\uncle\\x\n":                                  false,
		"filter: {rules: any}\n":                                        true,
	} {
		if got := mayLink([]byte(text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// TestManyFiles converts more than is kept while correlations are looked for,
// with a correlation in the last file or without.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const n = 40
	padding := "#" + strings.Repeat("x", maxKept/n*2)
	for i := range n {
		put(fmt.Sprintf("%02d.yml", i), fmt.Sprintf("title: A\nname: r%d\nlogsource: {product: windows}\ndetection: {s: {F: v%d}, condition: s}\n%s\n", i, i, padding))
	}
	run := func() []string {
		var out strings.Builder
		a := &app{in: strings.NewReader(""), out: &out, err: io.Discard}
		if code := a.run([]string{"convert", "-t", "splunk", dir}); code != 0 {
			t.Fatalf("exit %d", code)
		}
		return strings.Split(strings.TrimSpace(out.String()), "\n")
	}
	for i, line := range run() {
		if want := fmt.Sprintf("F=%q", fmt.Sprintf("v%d", i)); line != want {
			t.Errorf("line %d is %s, want %s", i, line, want)
		}
	}
	put("zz.yml", "title: C\ncorrelation: {type: event_count, rules: [r0, r39], group-by: G, timespan: 1m, condition: {gte: 2}}\n")
	text := strings.Join(run(), "\n")
	if strings.Contains(text, "F=\"v0\"\n") || !strings.Contains(text, "F=\"v1\"\n") || !strings.Contains(text, "v39") {
		t.Errorf("the rules of the correlation stand alone, or others do not:\n%s", text)
	}
}
