package main

import (
	"github.com/runreveal/sigmalite"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

func loadSigmalite(set *ruleSet) (*loaded, error) {
	l := &loaded{}
	var rules []*sigmalite.Rule
	for _, text := range set.texts {
		r, err := parseSigmalite(text)
		if err != nil {
			l.refused++
			continue
		}
		rules = append(rules, r)
	}
	l.rules = len(rules)
	l.worker = func() worker {
		match := func(x any) (n int) {
			entry := x.(*sigmalite.LogEntry)
			for _, r := range rules {
				if r.Detection.Matches(entry, nil) {
					n++
				}
			}
			return n
		}
		form := func(e *stream.Event) any {
			return &sigmalite.LogEntry{Message: string(e.JSON), Fields: decodeText(e.JSON)}
		}
		return worker{json: func(e *stream.Event) int { return match(form(e)) }, form: form, match: match}
	}
	return l, nil
}

// parseSigmalite turns the panics of the parser into errors.
func parseSigmalite(text []byte) (r *sigmalite.Rule, err error) {
	defer recovered(&err)
	return sigmalite.ParseRule(text)
}
