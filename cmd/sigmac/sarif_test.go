package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
)

// hostile is text that a rule could have anywhere.
const hostile = "x\x00\x1b[2J\xff ]]> <a href='x'>\u202e\r\n::error::y\n##[group] [a](http://x) {0} %0A \U0001F600"

// hostileReport returns a report about rules that try everything.
func hostileReport(n int) *reporting {
	r := &reporting{command: "check", folder: "/work", gate: kindError, hashes: true, flags: &reportFlags{}, inputs: map[string]bool{}, names: map[string]bool{}}
	file := &sigma.File{Name: "rules/\xff a#b?%41.yml", Data: []byte("title: " + hostile + "\n")}
	for i := range n {
		var l issueList
		for _, k := range []kind{kindError, kindWarning, kindSkipped} {
			is := &issue{kind: k, code: sigma.Style, rule: hostile, text: hostile, more: hostile, target: "kql"}
			l.add(r, file.Name, is, sigma.Pos{File: file, Line: 1 + i%2, Col: 3 * (i % 3)})
		}
		l.add(r, "-", &issue{kind: kindError, code: sigma.Unreadable, text: fmt.Sprint(i)}, sigma.Pos{})
		r.add(file.Name, &l, []testCase{{suite: "kql", file: r.relative(file.Name), name: hostile, issues: l.all}, {name: "ok"}, {name: "none", skip: hostile}})
	}
	return r
}

// checkSARIF validates a text against OASIS' schema.
func checkSARIF(t *testing.T, text []byte) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(shared.Path(t, "reference", "schemas", "sarif"), "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%#v", err)
	}
}

func TestSARIFSchema(t *testing.T) {
	r := hostileReport(4)
	text, left := r.sarif()
	if left != 0 || !utf8.Valid(text) {
		t.Errorf("%d left out, or no UTF-8", left)
	}
	checkSARIF(t, text)
	r.baseline = &baseline{path: "known.yml", entries: map[string]baselineEntry{r.issues[0].print: {}}}
	r.issues[0].known = true
	if text, _ = r.sarif(); !strings.Contains(string(text), `"suppressions"`) {
		t.Error("what is known is not suppressed")
	}
	checkSARIF(t, text)
	r.more = 7
	if text, left = r.sarif(); left != 7 || !strings.Contains(string(text), "7 results are left out") {
		t.Errorf("%d are left out", left)
	}
	checkSARIF(t, text)
	empty := &reporting{command: "check", flags: &reportFlags{}}
	text, _ = empty.sarif()
	checkSARIF(t, text)
}

// GitHub refuses files with more than it takes: errors stay.
func TestSARIFLimits(t *testing.T) {
	r := hostileReport(7_000)
	text, left := r.sarif()
	var log sarifLog
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	levels := map[string]int{}
	for _, result := range log.Runs[0].Results {
		levels[result.Level]++
	}
	if left != 3_000 || levels["error"] != 14_000 || levels["warning"] != 7_000 || levels["note"] != 4_000 {
		t.Errorf("%d left out, %v", left, levels)
	}
}

func TestToolVersion(t *testing.T) {
	for version, want := range map[string]string{"": "", "(devel)": "", "v1.2.3": "1.2.3", "v0.0.0-20260101000000-abcdef123456+dirty": "0.0.0-20260101000000-abcdef123456+dirty"} {
		info := &debug.BuildInfo{}
		info.Main.Version = version
		if _, got := toolVersion(info); got != want {
			t.Errorf("%q: %q, want %q", version, got, want)
		}
	}
	if v, _ := toolVersion(nil); v != "(devel)" {
		t.Error(v)
	}
}

// TestJUnitHostile reads the XML back: the texts are there, but for what XML
// cannot have.
func TestJUnitHostile(t *testing.T) {
	r := hostileReport(2)
	text := r.junit()
	var doc junitSuites
	if err := xml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if doc.Tests != 6 || doc.Failures != 2 || doc.Skipped != 2 || doc.Errors != 0 || len(doc.Suites) != 2 {
		t.Errorf("%+v", doc.junitCounts)
	}
	c := doc.Suites[0].Cases[0]
	if !strings.Contains(c.Failure.Text, "<a href='x'>") || !strings.Contains(c.Failure.Text, "]]>") || strings.Contains(string(text), "\x1b") || c.File == "" {
		t.Errorf("%+v", c)
	}
}

// A finding is known by what its line says, not by where it stands.
func TestFingerprint(t *testing.T) {
	r := &reporting{folder: "/work"}
	prints := func(text string, lines ...int) string {
		var l issueList
		var out []string
		for _, n := range lines {
			is := &issue{kind: kindError, code: sigma.Style, text: text}
			l.add(r, "a.yml", is, sigma.Pos{File: &sigma.File{Name: "a.yml", Data: []byte(text)}, Line: n, Col: 1})
			out = append(out, is.print)
		}
		return strings.Join(out, " ")
	}
	was := prints("a: b\nc: d\nc: d\n", 1, 2, 3)
	if is := prints("\n\n  a: b\nnew\nc: d\n  c: d\n", 3, 5, 6); is != was {
		t.Errorf("%s is now %s", was, is)
	}
	if is := prints("a: c\nc: d\nc: d\n", 1, 2, 3); is == was {
		t.Error("another line is the same finding")
	}
	if parts := strings.Fields(was); parts[1] == parts[2] {
		t.Error("two findings are one")
	}
}

// Of a file with more mistakes than anybody reads the first are kept, and the
// run fails for the others, too.
func TestManyIssues(t *testing.T) {
	r := &reporting{folder: "/work", gate: kindError, inputs: map[string]bool{}, baseline: &baseline{renew: true}}
	d := &document{job: &job{reporting: r}, outcome: &outcome{}, file: "a.yml"}
	for range maxIssues + 5 {
		d.gather(kindError, &sigma.Error{Code: sigma.Style, Msg: "m"})
	}
	r.add("a.yml", &d.issues, nil)
	if len(r.issues) != maxIssues || r.more != 5 || !r.bad() {
		t.Errorf("%d issues, %d more", len(r.issues), r.more)
	}
}

// BenchmarkReports writes all reports of 10,000 findings.
func BenchmarkReports(b *testing.B) {
	r := hostileReport(2_500)
	for b.Loop() {
		r.sarif()
		r.junit()
	}
}
