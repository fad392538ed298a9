package eval_test

import (
	"encoding/json"
	"math/rand"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/filler"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestCorpus compares the engine with the oracle on SigmaHQ's rules of all
// products: for each rule an event made of its own values. The oracle judges
// that rule, those that the engine reports, and some others.
func TestCorpus(t *testing.T) {
	c, err := sigma.Load(shared.Path(t, "corpus", "sigmahq", "rules"))
	if err != nil {
		t.Fatal(err)
	}
	var rules []*ir.Rule
	for _, r := range c.Rules() {
		built, err := ir.Build(r)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, built)
	}
	e, err := eval.Compile(rules, eval.Options{SkipErrors: true})
	onlyPlaceholders(t, err)
	random := rand.New(rand.NewSource(7))
	matched := 0
	for i, r := range rules {
		if i%3 != 0 && testing.Short() {
			continue
		}
		event, _ := json.Marshal(filler.Event(random, r.Where[0]))
		ms, err := e.MatchJSON(event, nil)
		if err != nil {
			t.Fatal(err)
		}
		which := []int{i, random.Intn(len(rules)), random.Intn(len(rules))}
		for _, m := range ms {
			which = append(which, m.Index)
			if m.Index == i {
				matched++
			}
		}
		compare(t, e, event, which)
	}
	t.Logf("%d of %d rules match the event made for them", matched, len(rules))
	if matched < len(rules)*3/5 && !testing.Short() {
		t.Error("the events are too far from what the rules look for to compare anything")
	}
}
