// Package esql writes Elastic's ES|QL. It compares case and types strictly and
// has three-valued logic, so that strings are compared in small letters and
// negations made total.
package esql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/elastic/content"
	"github.com/sigma-compiler/sigmac/backends/elastic/esql/esqlread"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Backend is the language ES|QL.
var Backend = &emit.Backend{
	Name:    "esql",
	Aliases: []string{"es-esql"},
	Title:   "ES|QL",
	Family:  "elastic",
	Schemas: schema.Elastic,
	Doc:     "Elastic's piped query language ES|QL",
	Formats: append([]emit.Format{
		{Name: "default", Doc: "from, where", Wrap: wrap},
		{Name: "condition", Doc: "what stands behind where", Conditions: true},
	}, deployed.Formats()...),
	State: []string{"index"},
	Settings: []emit.Setting{
		elastic.CaseSetting,
		elastic.KeywordFields,
		{Name: "index", Doc: "the index, or pattern of indices, that is searched", Default: "*"},
		{Name: "time_field", Whole: true, Doc: "the field with the time of events, which correlations go by", Default: "@timestamp"},
	},
	Read: esqlread.Read,
	// A field with several values gives null to every operator of the language
	// (ES|QL reference, "Multivalued fields"); the Caveats say so.
	Cannot: append([]string{"list"}, elastic.CannotKeywords...),
	Query:  func(j *emit.Job, e ir.Expr) string { return condition(j, e).Text },

	Correlation: correlation,
	Methods: []emit.Method{
		{Name: emit.Sliding, Doc: "at each event, over the window that ends with it; INLINE STATS needs Elasticsearch 9.3"},
		{Name: emit.Buckets, Doc: "over windows that do not overlap: cheaper, and for earlier versions"},
	},
}

var deployed = content.Language{Name: "esql", Wrap: wrap}

// condition writes what events must match.
func condition(j *emit.Job, e ir.Expr) emit.Frag {
	rule := j.Rule
	j.Rule, e = emit.Settle(j, elastic.SpreadKeywords(j, e), typeOf)
	p := emit.Printer{Job: j, Dialect: &dialect}
	x := p.Expr(elastic.Prepare(j, e, true))
	j.Rule = rule
	return x
}

const (
	asText = 1 << iota
	asNumber
	asBool
	asAddress
	asTime
)

// typeOf says which type a test takes its column for: the types of both sides
// of an operator are checked before a query runs.
func typeOf(t ir.Test) uint8 {
	switch t.(type) {
	case *ir.Text, *ir.Regexp, *ir.FieldRef:
		return asText
	case *ir.Compare:
		return asNumber
	case *ir.Bool:
		return asBool
	case *ir.CIDR:
		return asAddress
	case *ir.TimePart:
		return asTime
	}
	return 0
}

// wrap puts the source before the condition. A correlation has its own.
func wrap(j *emit.Job, query string) string {
	if j.Correlated {
		return query
	}
	return "from " + source(index(j)) + " metadata _id, _index, _version | where " + query
}

// index returns where a rule's events are: the setting, or what a pipeline
// noted as index. What people deploy searches the indices of the log source
// otherwise, not all that there are.
func index(j *emit.Job) string {
	if j.Format != nil && j.Format.Content != nil {
		return strings.Join(content.Indices(j, j.Rule), ",")
	}
	index := j.Setting("index")
	if _, given := j.Settings["index"]; !given {
		index = j.State(index, "index")
	}
	return index
}

// maxChain keeps chains shallow: each operator of a chain counts as a level,
// and an expression may have 300.
const maxChain = 50

var dialect = emit.Dialect{
	And:      " and ",
	Or:       " or ",
	MaxChain: maxChain,
	Not:      not,
	List:     list,
	Ops: emit.Ops{
		Text:     text,
		Regexp:   regexp,
		CIDR:     cidr,
		Compare:  compare,
		Bool:     boolean,
		FieldRef: fieldRef,
		TimePart: timePart,
		Null: func(_ *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag {
			return emit.Atom(name(f.Name) + " is null")
		},
		Exists: func(_ *emit.Printer, f emit.Field, _ *ir.Exists) emit.Frag {
			return emit.Atom(name(f.Name) + " is not null")
		},
	},
}

// not negates a piece. One that can be null is made false first, or events
// without the field would be lost (N13).
func not(_ *emit.Printer, x emit.Frag) emit.Frag {
	if x.Null {
		return emit.Frag{Text: "not coalesce(" + x.Text + ", false)", Level: emit.LevelNot}
	}
	return emit.Frag{Text: "not (" + x.Text + ")", Level: emit.LevelNot}
}

// source writes a list of indices; all of them where there is none.
func source(index string) string {
	if index == "" {
		return "*"
	}
	for i := range len(index) {
		c := index[i]
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("*._,:-", c) >= 0) {
			return quoted(index)
		}
	}
	return index
}
