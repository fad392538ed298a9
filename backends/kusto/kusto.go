// Package kusto writes the Kusto Query Language of Microsoft Defender XDR,
// Sentinel, Log Analytics and Azure Data Explorer, which Microsoft calls KQL,
// as Elastic does its own.
//
// A query is a table and a where operator behind it; without a table it is the
// condition alone. Logic in Kusto has three values: a test of a number that is
// not there is neither true nor false, and neither is its negation. Below a
// negation such tests stand in coalesce(..., false); everywhere else "not
// true" is enough, since where drops both. Strings are never null: a field
// that is not there is the empty string, so that the two cannot be told apart.
//
// Sources: the pages of MicrosoftDocs/dataexplorer-docs (query/...), which
// comments cite by their names, and the grammar of Microsoft/Kusto-Query-Language.
package kusto

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/kusto/kustoread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Backend is Microsoft's Kusto Query Language.
var Backend = &emit.Backend{
	Name:    "kusto",
	Aliases: []string{"microsoft365defender", "defender", "mdatp", "sentinel", "ala", "azure", "adx"},
	Title:   "Kusto",
	Schemas: schema.Kusto,
	Doc:     "Kusto Query Language (KQL) of Microsoft Defender XDR, Sentinel and Azure Data Explorer",
	Family:  "microsoft",
	Formats: []emit.Format{
		{Name: "default", Doc: "the table and the where operator; the condition alone where no table is known"},
		sentinelFormat, armFormat, defenderFormat,
	},
	Settings: []emit.Setting{{
		Name: "table", Given: true, Doc: "the table that is searched, in place of the one that a pipeline names",
	}, {
		Name: "keyword_columns", Doc: "the columns that keywords are sought in, separated by commas; all columns where none is named",
	}, {
		Name: "time_column", Whole: true, Doc: "the column with the time of an event, for correlations; that of the table where it is known, or else TimeGenerated",
	}},
	State:       []string{"query_table"},
	Query:       query,
	Correlation: correlation,
	Methods:     methods,
	Read:        kustoread.Read,
	Columns: func(list []ir.Computed, o readback.Options) (readback.Columns, error) {
		return kustoread.NewColumns(list, o)
	},
	Cannot: []string{
		// A string is never null: an absent one is empty (scalar data types, "string").
		"empty-text",
		// A column has one value; an array is one of type dynamic.
		"list",
		// Columns have types: a long has no fraction, and no zero before it.
		"fraction", "number-as-text", "text-as-number", "wrong-type",
	},
}

// maxChain is how many tests stand side by side before they become a tree:
// Kusto reads a chain as a tree as deep as the chain is long, and refuses
// depths beyond 500 (concepts/query-limits, "query complexity"; the language
// service's KS245).
const maxChain = 100

var dialect = emit.Dialect{
	And: " and ", Or: " or ",
	// "not" is a function (query/not-function); "not x" is a syntax error.
	Not:      func(_ *emit.Printer, x emit.Frag) emit.Frag { return emit.Atom("not(" + x.Text + ")") },
	MaxChain: maxChain,
	List:     list,
	Ops: emit.Ops{
		Text:   text,
		Regexp: expression,
		CIDR: func(p *emit.Printer, f emit.Field, t *ir.CIDR) emit.Frag {
			return p.Chain(emit.LevelOr, networks(p, f, []*ir.CIDR{t}))
		},
		Compare:  compare,
		Bool:     boolean,
		Null:     func(_ *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag { return exists(f, false) },
		Exists:   func(_ *emit.Printer, f emit.Field, t *ir.Exists) emit.Frag { return exists(f, t.Want) },
		FieldRef: fieldRef,
		TimePart: timePart,
		Keyword:  keyword,
	},
}

// query writes the table, the computed columns and the condition, a line
// each.
func query(j *emit.Job, e ir.Expr) string {
	where := condition(j, e, false)
	table := tableOf(j)
	if table == "" && len(j.Rule.Computed) == 0 {
		return where
	}
	var lines []string
	if table != "" {
		lines = append(lines, table)
	}
	if list := computed(j.Rule.Computed); list != "" {
		lines = append(lines, "| extend "+list)
	}
	return strings.Join(append(lines, "| where "+where), "\n")
}

// condition writes a condition. Where negated is set it is never null.
func condition(j *emit.Job, e ir.Expr, negated bool) string {
	rule := j.Rule
	j.Rule, e = emit.Settle(j, e, typeOf)
	p := emit.Printer{Job: j, Dialect: &dialect, Negated: negated}
	text := p.Expr(e).Text
	j.Rule = rule
	return text
}

// computed writes the columns that a rule needs, for extend.
func computed(list []ir.Computed) string {
	items := make([]string, len(list))
	for i, c := range list {
		items[i] = column(c.Name) + " = " + c.Expr
	}
	return strings.Join(items, ", ")
}

// tableOf returns the table, or the expression that gives one, in the
// language itself; "" where nobody named it. What a pipeline tells a table
// that is a function stands behind its name.
func tableOf(j *emit.Job) string {
	name := bareTable(j)
	if arguments := j.State("", "query_table_arguments"); arguments != "" && j.Setting("table") == "" && name == j.State("", "query_table") {
		return name + "(" + arguments + ")"
	}
	return name
}

// bareTable returns the table without what it is told.
func bareTable(j *emit.Job) string {
	if t := j.Setting("table"); t != "" {
		return t
	}
	if t := j.State("", "query_table"); t != "" {
		return t
	}
	if t := j.Rule.Table; t != nil {
		return t.Name
	}
	return ""
}
