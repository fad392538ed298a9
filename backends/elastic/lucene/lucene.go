// Package lucene writes Lucene's query_string syntax, for Elasticsearch,
// OpenSearch and Kibana. Strings are compared as the index holds them: where
// it does not fold case, letters become classes of a regular expression.
package lucene

import (
	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/elastic/content"
	"github.com/sigma-compiler/sigmac/backends/elastic/lucene/luceneread"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var deployed = content.Language{Name: "lucene", Or: " OR "}

// Backend is the language Lucene.
var Backend = &emit.Backend{
	Name:         "lucene",
	Aliases:      []string{"es-qs", "elasticsearch", "opensearch", "opensearch_lucene"},
	Title:        "Lucene",
	Family:       "elastic",
	Schemas:      schema.Elastic,
	Twins:        true,
	Doc:          "Lucene's query_string syntax, for Elasticsearch, OpenSearch and Kibana",
	Formats:      append([]emit.Format{{Name: "default", Doc: "the query alone"}, content.DSL}, deployed.Formats()...),
	State:        []string{"index"},
	Settings:     []emit.Setting{elastic.CaseSetting},
	Read:         luceneread.Read,
	Cannot:       elastic.Cannot,
	CannotTyped:  elastic.CannotTyped,
	Uncorrelated: elastic.ThresholdRules,
	Query: func(j *emit.Job, e ir.Expr) string {
		rule := j.Rule
		j.Rule, e = emit.Settle(j, e, elastic.AddressOrText)
		p := emit.Printer{Job: j, Dialect: &dialect}
		text := p.Expr(elastic.Prepare(j, e, false)).Text
		j.Rule = rule
		return text
	},
}

// dialect is how Lucene writes expressions. It is no boolean logic: "a OR NOT
// b" finds a only, while "a OR (NOT b)" means what it says.
var dialect = emit.Dialect{
	And:     " AND ",
	Or:      " OR ",
	WrapNot: true,
	Not: func(_ *emit.Printer, x emit.Frag) emit.Frag {
		return emit.Frag{Text: "NOT " + emit.Group(x), Level: emit.LevelNot}
	},
	List: list,
	Ops: emit.Ops{
		Text:    func(p *emit.Printer, f emit.Field, t *ir.Text) emit.Frag { return terms.Test(p, f, t) },
		Regexp:  func(p *emit.Printer, f emit.Field, t *ir.Regexp) emit.Frag { return terms.Test(p, f, t) },
		CIDR:    func(p *emit.Printer, f emit.Field, t *ir.CIDR) emit.Frag { return terms.Test(p, f, t) },
		Compare: func(p *emit.Printer, f emit.Field, t *ir.Compare) emit.Frag { return terms.Test(p, f, t) },
		Bool:    func(p *emit.Printer, f emit.Field, t *ir.Bool) emit.Frag { return terms.Test(p, f, t) },
		Null: func(p *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag {
			return emit.Frag{Text: "NOT " + exists(p, f), Level: emit.LevelNot}
		},
		Exists: func(p *emit.Printer, f emit.Field, _ *ir.Exists) emit.Frag {
			return emit.Atom(exists(p, f))
		},
		Keyword: keyword,
	},
}

// exists also finds the empty string.
func exists(p *emit.Printer, f emit.Field) string {
	checkName(p, f)
	return "_exists_:" + name(f.Name)
}
