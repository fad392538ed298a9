package main

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/internal/yamldoc"
	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// runTests runs test and returns what came of each, and the exit code.
func runTests(t *testing.T, args ...string) (results []testLine, code int, stderr string) {
	t.Helper()
	s := newSandbox("")
	code = s.run(append([]string{"test", "--json"}, args...))
	for line := range strings.Lines(s.stdout.String()) {
		var l testLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		results = append(results, l)
	}
	return results, code, s.stderr.String()
}

// TestRegressionTests runs the tests that SigmaHQ's rules name, as the rules
// name them: each whose events are there passes.
func TestRegressionTests(t *testing.T) {
	root := shared.Path(t, "corpus", "sigmahq")
	var rules []string
	for _, dir := range []string{"rules", "rules-emerging-threats", "rules-threat-hunting"} {
		rules = append(rules, filepath.Join(root, dir))
	}
	results, _, stderr := runTests(t, append([]string{"-q", "-s"}, rules...)...)
	got := map[string]int{}
	for _, l := range results {
		if got[l.Result]++; l.Result == "error" && !strings.Contains(l.Message, "there is no file of tests") || l.Result == "failed" {
			t.Errorf("%s: %s", l.File, l.Message)
		}
	}
	if want := (map[string]int{"passed": 135, "error": 67, "none": 3550, "skipped": 2}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v\n%.3000s", got, want, stderr)
	}
}

// TestT1571Tests runs the rule pack over its events.
func TestT1571Tests(t *testing.T) {
	dir := filepath.Join(shared.Root(t), "examples", "t1571")
	_, code, stderr := runTests(t, "--require-tests", "-p", filepath.Join(dir, "placeholders.yml"), "--tests", filepath.Join(dir, "events"), filepath.Join(dir, "rules"))
	if code != 0 || !strings.Contains(stderr, "470 of 470 tests passed\n45 of 45 rules have tests (100.0 %)") {
		t.Errorf("exit %d: %.3000s", code, stderr)
	}
}

// TestTestOrder: the output is the same whatever the number of jobs.
func TestTestOrder(t *testing.T) {
	dir := filepath.Join(shared.Root(t), "examples", "t1571")
	var want []testLine
	for _, jobs := range []string{"1", "4"} {
		got, _, _ := runTests(t, "-s", "-j", jobs, "--tests", filepath.Join(dir, "events"), filepath.Join(dir, "rules"))
		if want == nil {
			want = got
		}
		if len(got) < 300 || !reflect.DeepEqual(got, want) {
			t.Errorf("-j %s: %d lines, another order than -j 1", jobs, len(got))
		}
	}
}

// eventOf returns the event of a text of YAML as JSON.
func eventOf(t *testing.T, text string) (string, error) {
	t.Helper()
	doc, wrong := yamldoc.Read([]byte(text))
	if wrong != nil || doc == nil {
		t.Skip("no YAML")
	}
	out, err := yamlEvent(doc.Content[0])
	return string(out), err
}

func TestYAMLEvent(t *testing.T) {
	for text, want := range map[string]string{
		"{a: 1, b: '1', c: [x, null, ~], d: {e: true}}":   `{"a":1,"b":"1","c":["x",null,null],"d":{"e":true}}`,
		"a: 18446744073709551616\nb: 1.50\nc: -0\nd: 1e3": `{"a":18446744073709551616,"b":1.50,"c":-0,"d":1e3}`,
		"a: 0x1F\nb: .inf\nc: 007\nd: yes\ne: 1_000":      `{"a":"0x1F","b":".inf","c":"007","d":"yes","e":"1_000"}`,
		"t: 2026-11-24T09:00:00Z\nd: 2026-11-24":          `{"t":"2026-11-24T09:00:00Z","d":"2026-11-24"}`,
		"a: &x {b: c}\nd: *x":                             `{"a":{"b":"c"},"d":{"b":"c"}}`,
		"a: True\nb: !!str 1":                             `{"a":true,"b":"1"}`,
		"[a]":                                             "error: it is no mapping",
		"<<: {a: b}":                                      "error: line 1: a field's name is a text",
		"? [a]\n: b":                                      "error: line 1: a field's name is a text",
	} {
		got, err := eventOf(t, text)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// Aliases of aliases mean more than any file may have, and one of itself has no
// end.
func TestYAMLEventBounds(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [" + strings.Repeat("x,", 100) + "x]\n")
	for i := range 9 {
		name := string(rune('0' + i))
		next := string(rune('1' + i))
		b.WriteString("a" + next + ": &a" + next + " [" + strings.Repeat("*a"+name+",", 20) + "x]\n")
	}
	if _, err := eventOf(t, b.String()); err == nil || !strings.Contains(err.Error(), "longer than 16 MiB") {
		t.Errorf("%v", err)
	}
	self := &yaml.Node{Kind: yaml.MappingNode}
	self.Content = []*yaml.Node{{Kind: yaml.ScalarNode, Value: "a"}, {Kind: yaml.AliasNode, Alias: self}}
	if _, err := yamlEvent(self); err == nil || !strings.Contains(err.Error(), "nested more than 100 deep") {
		t.Errorf("%v", err)
	}
}

// FuzzYAMLEvent: an event in YAML is one that can be read as JSON, and JSON that
// YAML can read, too, means the same in both.
func FuzzYAMLEvent(f *testing.F) {
	f.Add(`{"a": [1, 2.0, "x", null, true, {"b": "\u00e9"}]}`)
	f.Add("a: |\n  b\n  c\nd: 0o7\ne: .nan")
	f.Fuzz(func(t *testing.T, text string) {
		out, err := eventOf(t, text)
		if err != nil {
			return
		}
		var ev eval.JSON
		if err := ev.Parse([]byte(out)); err != nil {
			t.Fatalf("%q becomes %q: %v", text, out, err)
		}
		var is, was map[string]any
		if json.Unmarshal([]byte(text), &was) != nil {
			return
		}
		if err := json.Unmarshal([]byte(out), &is); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, `\`) && !reflect.DeepEqual(is, was) {
			t.Errorf("%q becomes %q", text, out)
		}
	})
}
