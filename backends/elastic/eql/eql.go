// Package eql writes Elastic's Event Query Language. Its operator : ignores
// case by itself, but has no escape for wildcards, and takes strings only.
package eql

import (
	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/elastic/content"
	"github.com/sigma-compiler/sigmac/backends/elastic/eql/eqlread"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Backend is the Event Query Language.
var Backend = &emit.Backend{
	Name:    "eql",
	Aliases: []string{"es-eql"},
	Title:   "EQL",
	Family:  "elastic",
	Schemas: schema.Elastic,
	Doc:     "Elastic's Event Query Language",
	Formats: append([]emit.Format{
		{Name: "default", Doc: "any where, and the query: other categories need the field event.category", Wrap: wrap},
		content.EQLSearch(wrap),
	}, deployed.Formats()...),
	State:    []string{"index"},
	Settings: []emit.Setting{elastic.CaseSetting, elastic.KeywordFields},
	Read:     eqlread.Read,
	Cannot:   elastic.CannotKeywords,
	Query:    func(j *emit.Job, e ir.Expr) string { return condition(j, e).Text },

	Correlation: correlation,
	Methods:     []emit.Method{{Name: emit.Sliding, Doc: "sequences, which end at any event"}},
}

var deployed = content.Language{Name: "eql", Wrap: wrap}

// wrap names no category. A correlation is sequences, which do so themselves.
func wrap(j *emit.Job, query string) string {
	if j.Correlated {
		return query
	}
	return "any where " + query
}

// condition writes what events must match.
func condition(j *emit.Job, e ir.Expr) emit.Frag {
	rule := j.Rule
	j.Rule, e = emit.Settle(j, elastic.SpreadKeywords(j, e), elastic.AddressOrText)
	p := emit.Printer{Job: j, Dialect: &dialect}
	x := p.Expr(elastic.Prepare(j, e, false))
	j.Rule = rule
	return x
}

// maxChain keeps chains shallow: a parser may count each operator of a chain
// as a level.
const maxChain = 100

var dialect = emit.Dialect{
	And:      " and ",
	Or:       " or ",
	MaxChain: maxChain,
	Not: func(_ *emit.Printer, x emit.Frag) emit.Frag {
		return emit.Frag{Text: "not " + parens(x), Level: emit.LevelNot}
	},
	List: list,
	Ops: emit.Ops{
		Text:    text,
		Regexp:  regexp,
		CIDR:    cidr,
		Compare: compare,
		Bool:    boolean,
		Null: func(_ *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag {
			return emit.Atom("?" + name(f.Name) + " == null")
		},
		Exists: func(_ *emit.Printer, f emit.Field, _ *ir.Exists) emit.Frag {
			return emit.Atom("?" + name(f.Name) + " != null")
		},
	},
}

// parens returns the piece in parentheses.
func parens(x emit.Frag) string {
	if x.Text != "" && x.Text[0] == '(' && x.Level == emit.LevelAtom {
		return x.Text
	}
	return "(" + x.Text + ")"
}

// atom writes a test of a field as before + the field's name + after. Below a
// negation it is made false, not null, for fields that no index maps: there
// "not" of a null finds nothing.
func atom(p *emit.Printer, f emit.Field, before, after string) emit.Frag {
	field := name(f.Name)
	if p.Negated {
		return emit.Atom("(?" + field + " != null and " + before + "?" + field + after + ")")
	}
	return emit.Atom(before + field + after)
}
