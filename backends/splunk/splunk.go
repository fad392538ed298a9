// Package splunk writes Splunk's Search Processing Language (SPL).
//
// A query is a search clause and, where that cannot say all, one where
// command behind it. Splunk's search clause ignores case, knows "*" as its only
// wildcard and cannot escape it; everything else (a literal star, "?", case,
// regular expressions, a comparison of two fields) is said by where, which has
// to see the whole of any "or" and "not" it takes part in. The search clause
// before it is never stronger than the rule, and as strong as can be, since it
// decides what Splunk reads from disk.
//
// Sources: Splunk's Search Reference and Search Manual 9.4 and 10.0; SR and SM
// in comments.
package splunk

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Backend is Splunk SPL.
var Backend = &emit.Backend{
	Name:    "splunk",
	Aliases: []string{"spl", "splunk_spl"},
	Title:   "Splunk",
	Doc:     "Splunk Search Processing Language (SPL)",
	Formats: []emit.Format{{Name: "default", Doc: "the query, on one line"}},
	Settings: []emit.Setting{{
		Name: "widen", Default: "false", Values: []string{"false", "true"},
		Doc: `write the wildcard "?" as "*", which is faster and matches more`,
	}},
	Query: query,
	Read:  splunkread.Read,
	Cannot: []string{
		// Values are text as the source wrote it, and "1 does not match 1.0" (SR,
		// search). A source writes the numbers of a field in one way: 403, and
		// neither 403.0 nor 0403.
		"fraction", "number-as-text",
	},
}

// query writes the search clause and, where it is needed, the where command.
func query(j *emit.Job, e ir.Expr) string {
	if j.Setting("widen") == "true" {
		e = widen(j, e, sigma.MatchesMore)
	}
	checkNames(j, e)
	clauses := []ir.Expr{e}
	if and, ok := e.(ir.And); ok {
		clauses = and
	}
	var search, where []ir.Expr
	for _, c := range clauses {
		if searchable(j, c) {
			search = append(search, c)
			continue
		}
		checkRaw(j, c)
		where = append(where, c)
		search = append(search, weaken(j, c))
	}
	text := "*" // a search needs something to begin with
	if s := ir.All(search...); s != ir.Const(true) {
		p := emit.Printer{Job: j, Dialect: &searchDialect}
		text = p.Expr(s).Text
	}
	if len(where) > 0 {
		p := emit.Printer{Job: j, Dialect: &whereDialect}
		text += " | where " + p.Expr(ir.All(where...)).Text
	}
	return text
}

// checkNames refuses the names of fields that the search clause reads as
// something else even in quotes: a star stands for several fields, and a query
// is one line.
func checkNames(j *emit.Job, e ir.Expr) {
	ir.Walk(e, func(e ir.Expr) bool {
		if m, ok := e.(*ir.Match); ok && (strings.Contains(m.Field, "*") || emit.HasControl(m.Field)) {
			j.Unsupported(m.Pos, "a field name with a star or a line break in it: "+strconv.Quote(m.Field), "a pipeline can map the field to another name")
		}
		return true
	})
}

// checkRaw refuses a piece of a query that a pipeline gave where it would
// stand in the where command: it is written for the search clause.
func checkRaw(j *emit.Job, e ir.Expr) {
	ir.Walk(e, func(e ir.Expr) bool {
		if raw, ok := e.(*ir.Raw); ok {
			j.Unsupported(raw.Pos, "a piece of a search under an or or a not with what only where can say", "give the placeholder values instead of a query expression")
		}
		return true
	})
}
