package main

import (
	ruleengine "github.com/markuskont/go-sigma-rule-engine"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

// loadRuleEngine reads the rules from their files: the library has no way to
// read them from memory.
func loadRuleEngine(set *ruleSet) (*loaded, error) {
	handles, err := ruleengine.NewRuleList(set.paths, true, false)
	if err != nil && len(handles) == 0 {
		return nil, err
	}
	rules := &ruleengine.Ruleset{}
	for _, h := range handles {
		if h.Multipart {
			continue
		}
		if tree, err := newTree(h); err == nil {
			rules.Rules = append(rules.Rules, tree)
		}
	}
	return &loaded{rules: len(rules.Rules), refused: len(set.paths) - len(rules.Rules), worker: func() worker {
		match := func(x any) int {
			results, _ := rules.EvalAll(x.(mapEvent))
			return len(results)
		}
		form := func(e *stream.Event) any { return mapEvent(decode(e.JSON)) }
		return worker{json: func(e *stream.Event) int { return match(form(e)) }, form: form, match: match}
	}}, nil
}

func newTree(h ruleengine.RuleHandle) (t *ruleengine.Tree, err error) {
	defer recovered(&err)
	return ruleengine.NewTree(h)
}

// A mapEvent shows a decoded event as the library asks for it.
type mapEvent map[string]any

// Keywords returns the texts of the event, which rules of keywords search.
func (m mapEvent) Keywords() ([]string, bool) {
	out := make([]string, 0, len(m))
	for _, v := range m {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out, true
}

// Select returns a field.
func (m mapEvent) Select(name string) (any, bool) {
	v, ok := m[name]
	return v, ok
}
