// Package kql writes the Kibana Query Language. It has no regular expressions
// and only one wildcard, and it compares as the index does: what it cannot
// say is an error, what it finds less of a warning.
package kql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/elastic/content"
	"github.com/sigma-compiler/sigmac/backends/elastic/kql/kqlread"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var deployed = content.Language{Name: "kuery", Or: " or "}

// Backend is the Kibana Query Language.
var Backend = &emit.Backend{
	Name:    "kql",
	Aliases: []string{"kuery", "kibana"},
	Title:   "Kibana KQL",
	Family:  "elastic",
	Schemas: schema.Elastic,
	Twins:   true,
	Doc:     "the Kibana Query Language",
	Formats: append([]emit.Format{{Name: "default", Doc: "the query alone"}}, deployed.Formats()...),
	State:   []string{"index"},
	Settings: []emit.Setting{{
		Name:    "widen",
		Doc:     "true writes what the language cannot say, such as the wildcard ?, as a query that finds more",
		Default: "false",
		Values:  []string{"false", "true"},
	}},
	Read:         kqlread.Read,
	Cannot:       elastic.Cannot,
	CannotTyped:  elastic.CannotTyped,
	AboutCase:    aboutCase,
	Uncorrelated: elastic.ThresholdRules,
	Query: func(j *emit.Job, e ir.Expr) string {
		rule := j.Rule
		j.Rule, e = emit.Settle(j, e, elastic.AddressOrText)
		p := emit.Printer{Job: j, Dialect: &dialect}
		e = elastic.Prepare(j, e, false)
		warnCase(j, e)
		text := p.Expr(e).Text
		j.Rule = rule
		return text
	},
}

var dialect = emit.Dialect{
	And: " and ",
	Or:  " or ",
	Not: func(_ *emit.Printer, x emit.Frag) emit.Frag {
		return emit.Frag{Text: "not " + emit.Group(x), Level: emit.LevelNot}
	},
	WrapNot: true,
	List:    terms.List,
	Ops: emit.Ops{
		Text: func(p *emit.Printer, f emit.Field, t *ir.Text) emit.Frag { return terms.Test(p, f, t) },
		CIDR: func(p *emit.Printer, f emit.Field, t *ir.CIDR) emit.Frag { return terms.Test(p, f, t) },
		Bool: func(p *emit.Printer, f emit.Field, t *ir.Bool) emit.Frag { return terms.Test(p, f, t) },
		Compare: func(p *emit.Printer, f emit.Field, t *ir.Compare) emit.Frag {
			if t.Op == ir.Eq {
				return terms.Test(p, f, t)
			}
			elastic.Ordered(p, f, t)
			return emit.Atom(name(f.Name) + " " + t.Op.String() + " " + string(t.Number))
		},
		Null: func(_ *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag {
			return emit.Frag{Text: "not " + name(f.Name) + ": *", Level: emit.LevelNot}
		},
		Exists: func(_ *emit.Printer, f emit.Field, _ *ir.Exists) emit.Frag {
			return emit.Atom(name(f.Name) + ": *")
		},
		Keyword: keyword,
	},
}

var terms = elastic.TermWriter{
	Term: term,
	Write: func(field string, values []string) string {
		if len(values) == 1 {
			return name(field) + ": " + values[0]
		}
		return name(field) + ": (" + strings.Join(values, " or ") + ")"
	},
}
