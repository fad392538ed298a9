package sigmago_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	theirs "github.com/bradleyjkemp/sigma-go"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

const rule = `title: Both Ways
id: 5f6e2b0a-0d7f-4b1f-9b61-2f6f6c0e9a11
name: both_ways
status: test
level: high
description: A rule with all that both libraries hold.
author: somebody
date: 2026-01-02
references: ['https://example.org/a']
tags: [attack.t1571]
falsepositives: [Unlikely]
related:
    - id: 0f6e2b0a-0d7f-4b1f-9b61-2f6f6c0e9a11
      type: similar
extra: {a: [1, 2]}
logsource:
    product: windows
    category: process_creation
    definition: needs Sysmon
    custom: x
detection:
    a:
        Image|endswith: ['\a.exe', '\b.exe']
        Number: 5
        Large: 12345678901234567890
        Flag: true
        Gone: null
    b:
        - c: x*
        - d|re: '\d+'
          e: 1.5
    k: [one, two]
    all:
        '|all': [x, y]
    condition: (a or not b) and 1 of k* and all of them
`

// meaning dumps what a rule means, its searches in the order of their names.
func meaning(t *testing.T, r *sigma.Rule) string {
	t.Helper()
	sorted := *r
	sorted.Detection.Searches = slices.Clone(r.Detection.Searches)
	slices.SortFunc(sorted.Detection.Searches, func(a, b *sigma.Search) int { return strings.Compare(a.Name, b.Name) })
	built, err := ir.Build(&sorted)
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, e := range built.Where {
		out += ir.String(e) + "\n"
	}
	return out
}

func TestBothWays(t *testing.T) {
	r, err := sigma.ParseRule("rule.yml", []byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	there, err := sigmago.From(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := sigmago.To(there)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := meaning(t, back), meaning(t, r); got != want {
		t.Errorf("the meaning changed:\ngot  %s\nwant %s", got, want)
	}
	for _, c := range []struct{ name, got, want string }{
		{"title", back.Title, r.Title}, {"id", back.ID, r.ID}, {"name", back.Name, r.Name}, {"status", string(back.Status), string(r.Status)},
		{"level", string(back.Level), string(r.Level)}, {"description", back.Description, r.Description}, {"author", back.Author, r.Author},
		{"date", back.Date, r.Date}, {"references", fmt.Sprint(back.References), fmt.Sprint(r.References)},
		{"false positives", fmt.Sprint(back.FalsePositives), fmt.Sprint(r.FalsePositives)}, {"tag", back.Tags[0].Text, r.Tags[0].Text},
		{"related", back.Related[0].ID + back.Related[0].Type, r.Related[0].ID + r.Related[0].Type},
		{"custom", back.Custom[0].Name, r.Custom[0].Name},
		{"log source", back.LogSource.Product + back.LogSource.Category + back.LogSource.Service, "windowsprocess_creation"},
		{"definition", back.LogSource.Definition, r.LogSource.Definition}, {"log source, custom", back.LogSource.Custom["custom"], "x"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

// TestTheirParser parses the rule with sigma-go and converts what it gives.
func TestTheirParser(t *testing.T) {
	parsed, err := theirs.ParseRule([]byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	got, err := sigmago.To(parsed)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := sigma.ParseRule("rule.yml", []byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	// sigma-go lets YAML make a float of an integer beyond 64 bits only; this one fits.
	if got, want := meaning(t, got), meaning(t, ours); got != want {
		t.Errorf("the meaning differs:\ngot  %s\nwant %s", got, want)
	}
}

func TestCannot(t *testing.T) {
	for _, c := range []struct{ name, detection, want string }{
		{"mixed list", "{a: [x, {b: 1}], condition: a}", "rule.yml:3:17: sigma-go cannot hold a list of keywords and mappings"},
	} {
		r, err := sigma.ParseRule("rule.yml", []byte("title: T\nlogsource: {product: windows}\ndetection: "+c.detection+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sigmago.From(r); err == nil || err.Error() != c.want {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, yaml, want string }{
		{"aggregation", "detection: {a: {b: 1}, condition: a | count() > 5}", "aggregations are not part of the specification any more; write a correlation rule"},
		{"undefined search", "detection: {a: {b: 1}, condition: c}", `the condition names "c", which the detection does not have`},
		{"mapping as a value", "detection: {a: {b: {c: 1}}, condition: a}", `search "a": field "b": a value of type map[string]interface {} is none that a rule can have`},
		{"modifier", "detection: {a: {'b|nope': 1}, condition: a}", `there is no modifier "nope"`},
	} {
		r, err := theirs.ParseRule([]byte("title: T\nlogsource: {product: windows}\n" + c.yaml + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sigmago.To(r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
}

// knownDifferences are the ways in which sigma-go reads SigmaHQ's rules
// otherwise, and how many rules each concerns.
var knownDifferences = map[string]int{
	"sigma-go refuses it": 9, // patterns such as selection_1_*: no digit may stand before the star
	"the meaning differs": 1, // 00000429, written without quotes below contains: sigma-go makes the octal number 281 of it
}

// TestCorpus reads every rule of SigmaHQ with both parsers and compares the
// meaning. What differs must be a known difference.
func TestCorpus(t *testing.T) {
	root := shared.Path(t, "corpus", "sigmahq", "rules")
	files, err := sigma.Files(root)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	differences := make(map[string][]string)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := sigma.ParseRule(file, text)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		class := compare(t, ours, text)
		if class == "" {
			same++
			continue
		}
		differences[class] = append(differences[class], file)
	}
	t.Logf("%d rules are read alike", same)
	for class, files := range differences {
		if knownDifferences[class] != len(files) {
			t.Errorf("%s: %d rules, known are %d; the first is %s", class, len(files), knownDifferences[class], files[0])
		}
	}
	for class := range knownDifferences {
		if differences[class] == nil {
			t.Errorf("%s: no rule shows it any more", class)
		}
	}
}

// compare returns how the two libraries differ over a rule, "" where they do
// not.
func compare(t *testing.T, ours *sigma.Rule, text []byte) string {
	parsed, err := theirs.ParseRule(text)
	if err != nil {
		return "sigma-go refuses it"
	}
	got, err := sigmago.To(parsed)
	if err != nil {
		return "sigma-go's rule cannot be converted"
	}
	if meaning(t, got) != meaning(t, ours) {
		return "the meaning differs"
	}
	if got.Title != ours.Title || got.ID != ours.ID || got.Level != ours.Level || len(got.Tags) != len(ours.Tags) {
		return "the attributes differ"
	}
	return ""
}
