package pipeline_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestRegexMeaning makes expressions of random values: each method but plain
// matches the same texts as the value did, and plain none besides.
func TestRegexMeaning(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	random := func(letters string, most int) string {
		var b []byte
		for range rnd.IntN(most + 1) {
			b = append(b, letters[rnd.IntN(len(letters))])
		}
		return string(b)
	}
	for _, method := range []string{"plain", "ignore_case_flag", "ignore_case_brackets"} {
		p := parsed(t, "transformations: [{type: regex, method: "+method+"}]")
		checked, matched := 0, 0
		for range 1500 {
			modifier := []string{"", "contains", "startswith", "endswith", "cased", "windash"}[rnd.IntN(6)]
			r := itemRule("F", modifier, random(`aB.*?\\-[ `, 5))
			if r == nil {
				continue
			}
			out, err := p.Apply(r, "")
			if err != nil {
				t.Fatal(err)
			}
			for range 10 {
				text := random("abAB.*?\\-/[ \n", 6)
				was, is := matchesText(t, r, text), matchesText(t, out, text)
				if is && !was || was && !is && method != "plain" {
					t.Fatalf("%s: %s became %s; for %q it was %v and is %v", method, ir.String(r.Where[0]), ir.String(out.Where[0]), text, was, is)
				}
				checked++
				if was {
					matched++
				}
			}
		}
		if matched < checked/50 {
			t.Errorf("%s: only %d of %d texts matched", method, matched, checked)
		}
	}
}

// matchesText evaluates the rule for an event with one field.
func matchesText(t *testing.T, r *ir.Rule, text string) bool {
	t.Helper()
	engine, err := eval.Compile([]*ir.Rule{r}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]string{"F": text})
	if err != nil {
		t.Fatal(err)
	}
	found, err := engine.MatchJSON(event, nil)
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}
