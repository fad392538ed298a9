package splunk_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

var update = flag.Bool("update", false, "write the answers into testdata/correlations.txt")

// TestCorrelations compiles the cases of testdata/correlations.txt, which begins
// with how it is written. That the queries find what they should is tested
// where they are run, in package splunkread.
func TestCorrelations(t *testing.T) {
	const file = "testdata/correlations.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(strings.TrimSpace(string(text)), "\n\n")
	for i, block := range blocks[2:] {
		question, _, _ := strings.Cut(block, "\n> ")
		blocks[i+2] = question + answer(t, blocks[1], question)
	}
	got := strings.Join(blocks, "\n\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(text) {
		t.Errorf("the answers differ from %s; -update rewrites it\n%s", file, got)
	}
}

// answer returns what the last correlation of a case compiles to.
func answer(t *testing.T, rules, question string) string {
	t.Helper()
	o := backends.Options{Target: "splunk"}
	documents := rules
	for _, line := range strings.Split(question, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "#":
		case "pipeline":
			var err error
			if o.Pipeline, err = pipeline.ResolveAll(strings.Fields(value)...); err != nil {
				t.Fatal(err)
			}
		case "method":
			o.Method = value
		case "format":
			o.Format = value
		default:
			documents += "\n---\n{title: " + key + " name: " + strings.TrimSuffix(key, ",") + ", correlation: {" + value + "}}"
		}
	}
	docs, err := sigma.Parse("r.yml", []byte(documents))
	if err != nil {
		t.Fatalf("%v\n%s", err, documents)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, documents)
	}
	c, err := backends.New(o)
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Correlation(set.Correlations[len(set.Correlations)-1])
	var out strings.Builder
	for _, e := range sigma.Errors(err) {
		out.WriteString("\n> error " + string(e.Code) + ": " + e.Text())
	}
	if err == nil {
		for _, w := range result.Warnings {
			out.WriteString("\n> warning " + string(w.Code) + ": " + w.Text())
		}
		out.WriteString("\n> " + strings.ReplaceAll(result.Queries[0].Text, " | ", "\n  | "))
	}
	return out.String()
}
