package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlatten flattens an event in the shape of internal/evtx.
func TestFlatten(t *testing.T) {
	got, err := flatten([]byte(`{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":7}},
		"EventData":{"Threat Name":"a","Data":["x","y"]},"UserData":{"Thing":{"#attributes":{"xmlns":"x"},"Path":"p"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Data":["x","y"],"EventID":7,"EventID_Qualifiers":0,"Path":"p","Provider_Name":"P","ThreatName":"a"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := flatten([]byte("[")); err == nil {
		t.Error("what is no JSON is no error")
	}
}

// TestStated reads versions, and says so where there are none.
func TestStated(t *testing.T) {
	readme := []byte("| SigmaHQ's rules (commit 8eaafff, 2026-08-05; ...) | answers recorded from pySigma 1.5.1 (splunk 2.1.0, kusto 1.0.1): the corpus |")
	for _, test := range [][2]string{
		{stated(pySigmaVersion, readme), "1.5.1 (splunk 2.1.0, kusto 1.0.1)"},
		{stated(corpusVersion, readme), "8eaafff, 2026-08-05"},
		{stated(corpusVersion, nil), notStated},
	} {
		if test[0] != test[1] {
			t.Errorf("got %q, want %q", test[0], test[1])
		}
	}
}

// TestRender writes a small board.
func TestRender(t *testing.T) {
	ours := score{rules: 1200, converted: 1100, accepted: cell{n: 1100, of: 1100}, silent: 1000, warned: counts{"assumed": 100}, unsaid: counts{"unsupported": 100}}
	ours.recorded.of[right], ours.made.of[right], ours.made.of[warned] = 3, 1090, 10
	theirs := score{rules: 1200, converted: 900, accepted: cell{why: "the engine eql is not installed"}, refused: counts{"a": 1}}
	theirs.recorded.of[wrong], theirs.made.of[right], theirs.made.of[wrong], theirs.made.of[unwritten] = 1, 800, 100, 300
	lucene := &batch{conversion: conversion{target: "lucene", folding: true}, scores: [converters]score{ours, theirs}}
	lucene.scores[sigmac].madeFold.of[right] = 1100
	mapped := &batch{conversion: conversion{target: "eql", pipelines: []string{"p"}}, scores: [converters]score{ours, {absent: "none was recorded"}}}
	mapped.scores[sigmac].unplayed = otherNames
	bd := &board{versions: versions{date: "2020-01-02", corpus: "abc"}, step: 1, rules: 1200, events: 7, withEvents: 4, batches: []*batch{lucene, mapped}}
	text := bd.render()
	for _, line := range []string{
		"| `lucene` | 1,100 / 900 | 1,100 / not measured | 3 / 0 | 1,090 / 800 | 10 / 0 |",
		"| `lucene`, index that folds case | 1,100 / 900 | 1,100 / not measured | 0 / 0 | 1,100 / 0 | 0 / 0 |",
		"| `eql p` | 1,100 / none | 1,100 / none | not measured / none | 1,090 / none | 10 / none |",
		"| `lucene` | sigmac | 1,100 of 1,200 | 1,000 | 100 assumed | 100 unsupported |",
		"| `lucene` | pySigma | not measured: the engine eql is not installed |  | not measured | 0 |",
		"| `eql p` | pySigma | none was recorded | - | - | - |",
		"| `lucene` | pySigma | 800 of 900 | 100 wrong, 300 not converted | 0 of 0 | 0 |",
		"- 1: `a`",
		"- Engines and parsers: none is installed",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("there is no line\n%s\nin\n%s", line, text)
		}
	}
	if n := strings.Count(text, "-step"); n != 0 {
		t.Errorf("-step is named %d times", n)
	}
}

// TestNotes keeps the board that is published in step with the notes.
func TestNotes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "scoreboard.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(text), notes) {
		t.Error("docs/scoreboard.md does not end with the notes")
	}
}

// TestOpen tells engines that do not exist from those that are missing.
func TestOpen(t *testing.T) {
	t.Setenv("SIGMAC_ENGINES", t.TempDir())
	if _, why, err := open("none"); err == nil || why != "" {
		t.Errorf("an engine that does not exist: %q, %v", why, err)
	}
	if _, why, err := open("eql"); err != nil || why != "the engine eql is not installed" {
		t.Errorf("an engine that is missing: %q, %v", why, err)
	}
}

// TestReasons shows the most frequent ones and sums up the rest.
func TestReasons(t *testing.T) {
	c := counts{}
	for i := range mostReasons + 3 {
		c[string(rune('a'+i))] = 100 - i
	}
	got := reasons("", c)
	if lines := strings.Count(got, "\n"); lines != mostReasons+1 || !strings.HasPrefix(got, "- 100: `a`\n") || !strings.HasSuffix(got, "- 273: others\n") {
		t.Errorf("got\n%s", got)
	}
	if got := reasons("head", nil); got != "" {
		t.Errorf("without reasons: %q", got)
	}
}

// TestThousands writes numbers.
func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234: "-1,234", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

// TestRun makes a board of one rule on a machine without engines.
func TestRun(t *testing.T) {
	t.Setenv("SIGMAC_ENGINES", t.TempDir())
	shared := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(shared, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".gz") {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			if _, err := z.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			z.Close()
			text = b.String()
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("corpus/sigmahq/rules/a.yml", "title: t\nlogsource: {category: process_creation, product: windows}\ndetection:\n    s: {Image|endswith: '\\a.exe'}\n    condition: s\n")
	write("corpus/sigmahq/regression_data/none/info.yml", "")
	for _, c := range conversions {
		if c.recorded != "" {
			write("oracle/pysigma/"+c.recorded+".jsonl.gz", `{"file":"rules/a.yml","queries":["Image=\"*\\\\a.exe\""]}`+"\n"+`{"file":"deprecated/b.yml","error":"SigmaError"}`+"\n")
		}
	}
	out := filepath.Join(shared, "board.md")
	if err := run(options{shared: shared, out: out, step: 1}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"| `splunk` | 1 / 1 | 1 / 1 | 0 / 0 | 1 / 1 | 0 / 0 |",
		"not measured: the engine opensearch is not installed",
		"| `splunk` | pySigma | 1 of 1 | sigmac's own reader | 0 | 0 |",
		"pySigma: not stated",
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the board has no\n%s\nin\n%s", part, text)
		}
	}
	if strings.Contains(string(text), shared) {
		t.Error("the board has a path of this machine")
	}
	if run(options{shared: shared, step: 0}) == nil || run(options{shared: filepath.Join(shared, "none"), step: 1}) == nil {
		t.Error("wrong options are no error")
	}
}
