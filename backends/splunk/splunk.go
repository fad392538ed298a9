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
// A rule that a pipeline such as splunk_cim makes one about a dataset of a data
// model becomes a search of that dataset: | from datamodel, or in the format
// data_model tstats, whose own where clause is a search clause once more.
//
// Sources: Splunk's Search Reference and Search Manual 9.4 and 10.0; SR and SM
// in comments.
package splunk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Backend is Splunk SPL.
var Backend = &emit.Backend{
	Name:    "splunk",
	Aliases: []string{"spl", "splunk_spl"},
	Title:   "Splunk",
	Schemas: schema.Splunk,
	Doc:     "Splunk Search Processing Language (SPL)",
	Formats: formats,
	State:   []string{"data_model_set", "fields"},
	Settings: []emit.Setting{{
		Name: "widen", Default: "false", Values: []string{"false", "true"},
		Doc: `write the wildcard "?" as "*", which is faster and matches more`,
	}, {
		Name: "summariesonly", Whole: true, Default: "false", Values: []string{"false", "true"},
		Doc: "whether the format data_model asks for what is in the summaries of an accelerated data model only",
	}},
	Query:       query,
	Correlation: correlation,
	Methods:     methods,
	Read:        splunkread.Read,
	Cannot: []string{
		// Values are text as the source wrote it, and "1 does not match 1.0" (SR,
		// search). A source writes the numbers of a field in one way: 403, and
		// neither 403.0 nor 0403.
		"fraction", "number-as-text",
	},
	CannotTyped: []string{
		// A data model makes "unknown" of an empty text, and extraction of fields
		// leaves it out (transforms.conf.spec, KEEP_EMPTY_VALS).
		"empty-text",
	},
}

// query writes the search clause and, where it is needed, the where command,
// behind the dataset of a data model where the rule is about one.
func query(j *emit.Job, e ir.Expr) string {
	if j.Setting("tstats") == "true" {
		return dataModelQuery(j, e)
	}
	e = prepare(j, e)
	if dataset(j.Rule) == nil {
		search, where := side{Job: j}.split(e)
		return pipe(clause(j, &searchDialect, "", search), whereCommand(j, where))
	}
	return datasetQuery(j, e)
}

// prepare does what the user asked for and refuses what no form of a query has.
func prepare(j *emit.Job, e ir.Expr) ir.Expr {
	if j.Setting("widen") == "true" {
		e = widen(j, e, sigma.MatchesMore)
	}
	checkNames(j, e)
	return e
}

// clause writes an expression behind a word; "*" where there is nothing to say
// and no word, since a search needs something to begin with.
func clause(j *emit.Job, d *emit.Dialect, word string, e ir.Expr) string {
	switch {
	case e != ir.Const(true):
		p := emit.Printer{Job: j, Dialect: d}
		return word + p.Expr(e).Text
	case word == "":
		return "*"
	}
	return ""
}

// whereCommand writes what only where can say, "" where there is nothing.
func whereCommand(j *emit.Job, e ir.Expr) string { return clause(j, &whereDialect, "where ", e) }

// pipe joins commands, leaving out those that are empty.
func pipe(commands ...string) string {
	return strings.Join(slices.DeleteFunc(commands, func(c string) bool { return c == "" }), " | ")
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
