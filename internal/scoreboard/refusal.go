package main

import (
	"github.com/sigma-compiler/sigmac/backends/verify"
)

// refusal returns what the reader of the language says of a query that it
// refuses. What the reader does not know is not refused.
func (b *batch) refusal(u *unit, query string) string {
	rule := u.mapped
	if rule == nil || !b.plain() { // the other converter has other columns
		rule = u.rule.ir
	}
	_, bad := verify.Read(b.backend(), rule, []string{query})
	if bad == nil || bad.Err.Foreign {
		return ""
	}
	return bad.Err.Msg
}
