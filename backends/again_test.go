package backends_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

const (
	goodRule = "title: Case\nlogsource: {product: windows, category: process_creation}\ndetection:\n" +
		"    sel:\n        User: x\n        Image|re: 'a.c'\n    condition: sel\n"
	badRule = "title: Case\nlogsource: {product: windows, category: process_creation}\ndetection:\n" +
		"    sel:\n        NoSuchField: x\n        Image|re: 'a(?<!b)c'\n        CommandLine|expand: '%none%'\n    condition: sel\n"
)

// TestAgain compiles a rule, then another that fails, then both again with the
// same compiler: nothing of one job reaches the next, neither names of fields
// (C10), nor counters (S8), nor messages (K18), and the rule stays as it was.
func TestAgain(t *testing.T) {
	prefix, err := pipeline.Parse("prefix.yml", []byte("transformations:\n    - {type: field_name_prefix, prefix: p.}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range backends.All() {
		for name, p := range map[string]*pipeline.Pipeline{"none": nil, "prefix": prefix, "microsoft_xdr": chainOf(t, []string{"microsoft_xdr"})} {
			if name == "microsoft_xdr" && b.Name != "kusto" {
				continue
			}
			good, bad := parseRule(t, goodRule), parseRule(t, badRule)
			c := compilerWith(t, b.Name, p)
			first, firstBad := render(c.Compile(good)), render(c.Compile(bad))
			if name == "prefix" && strings.Contains(first, "p.p.") {
				t.Errorf("C10, %s: %s", b.Name, first)
			}
			if !strings.Contains(firstBad, "# error") {
				t.Errorf("%s, %s: no error of the wrong rule: %s", b.Name, name, firstBad)
			}
			if got := render(c.Compile(good)); got != first {
				t.Errorf("C10, S8, %s, %s: first\n%sthen\n%s", b.Name, name, first, got)
			}
			if got := render(c.Compile(bad)); got != firstBad {
				t.Errorf("K18, %s, %s: first\n%sthen\n%s", b.Name, name, firstBad, got)
			}
			if got := render(compilerWith(t, b.Name, p).Compile(good)); got != first {
				t.Errorf("C10, %s, %s: the rule has changed: first\n%sthen\n%s", b.Name, name, first, got)
			}
		}
	}
}

func compilerWith(t *testing.T, target string, p *pipeline.Pipeline) *backends.Compiler {
	t.Helper()
	c, err := backends.New(backends.Options{Target: target, Pipeline: p})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parseRule(t *testing.T, text string) *sigma.Rule {
	t.Helper()
	r, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
