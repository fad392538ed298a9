package correlate_test

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// example returns a rule and the set with a correlation of it.
func example() ([]*sigma.Rule, *ir.Set) {
	docs, err := sigma.Parse("logons.yml", []byte(`title: Failed logon
name: failed_logon
logsource: {product: windows, service: security}
detection:
  selection:
    EventID: 4625
  condition: selection
---
title: Many failed logons
correlation:
  type: event_count
  rules: failed_logon
  group-by: g
  timespan: 1m
  condition:
    gte: 3
`))
	if err != nil {
		panic(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		panic(err)
	}
	return []*sigma.Rule{docs[0].(*sigma.Rule)}, set
}
