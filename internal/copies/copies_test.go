package copies_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/internal/copies"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

func TestOf(t *testing.T) {
	var rules []*ir.Rule
	for _, title := range []string{"a", "b"} {
		r, err := sigma.ParseRule("rule.yml", []byte("title: "+title+"\nlogsource: {category: test}\ndetection:\n  s:\n    f: [short, a long text]\n  condition: s\n"))
		if err != nil {
			t.Fatal(err)
		}
		built, err := ir.Build(r)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, built)
	}
	got := copies.Of(rules, 5)
	want := []struct{ title, where string }{
		{"a", ir.String(rules[0].Where[0])},
		{"b", ir.String(rules[1].Where[0])},
		{"a (1)", ""}, {"b (1)", ""}, {"a (2)", ""},
	}
	seen := map[string]bool{}
	for i, w := range want {
		text := ir.String(got[i].Where[0])
		if got[i].Source.Title != w.title || w.where != "" && text != w.where {
			t.Errorf("rule %d is %q, %s", i, got[i].Source.Title, text)
		}
		seen[text] = true
	}
	if len(got) != 5 || len(seen) != 3 { // a and b look for the same
		t.Errorf("%d rules that look for %d things: %v", len(got), len(seen), seen)
	}
	if few := copies.Of(rules, 1); len(few) != 1 || few[0] != rules[0] {
		t.Errorf("a set smaller than the original: %v", few)
	}
}
