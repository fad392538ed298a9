package main

import (
	"context"
	"sync/atomic"

	sigmago "github.com/bradleyjkemp/sigma-go"
	"github.com/bradleyjkemp/sigma-go/evaluator"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

// loadSigmaGo makes an evaluator for each rule. The library's bundles, made
// by evaluator.ForRules, take longer to load and are no faster: see README.md.
func loadSigmaGo(set *ruleSet) (*loaded, error) {
	var list []*evaluator.RuleEvaluator
	for _, text := range set.texts {
		if r, err := parseSigmaGo(text); err == nil {
			list = append(list, evaluator.ForRule(r))
		}
	}
	failed := make([]atomic.Bool, len(list))
	return &loaded{rules: len(list), refused: len(set.texts) - len(list), failing: func() int { return count(failed) }, worker: func() worker {
		match := func(x any) (n int) {
			for i, e := range list {
				if matches, err := matchSigmaGo(e, x); err != nil {
					failed[i].Store(true)
				} else if matches {
					n++
				}
			}
			return n
		}
		return worker{
			json:  func(e *stream.Event) int { return match(decode(e.JSON)) },
			form:  func(e *stream.Event) any { return decode(e.JSON) },
			match: match,
		}
	}}, nil
}

func count(list []atomic.Bool) (n int) {
	for i := range list {
		if list[i].Load() {
			n++
		}
	}
	return n
}

// parseSigmaGo turns the panics of the parser into errors.
func parseSigmaGo(text []byte) (r sigmago.Rule, err error) {
	defer recovered(&err)
	return sigmago.ParseRule(text)
}

// matchSigmaGo turns panics into errors, too: an identifier without a star
// behind "1 of" or "all of" panics at each event.
func matchSigmaGo(e *evaluator.RuleEvaluator, event any) (match bool, err error) {
	defer recovered(&err)
	r, err := e.Matches(context.Background(), event)
	return r.Match, err
}
