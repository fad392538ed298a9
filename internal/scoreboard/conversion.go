package main

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A conversion is a way from rules to queries, and how its queries are checked
// and run.
type conversion struct {
	target    string
	pipelines []string
	recorded  string // the name of pySigma's recorded queries; "" where there are none

	parser   string   // the engine that checks queries; "" where only our reader can
	schemas  []string // with the tables that the pipeline names, where all are known
	together bool     // all rules in view of one table: loading costs more than types tell
	runners  []string // the engines that run queries over recorded events
	folding  bool     // the index decides whether case counts
}

// conversions are the rows of the board: each target without a pipeline, then
// with those built in that name a schema or log sources of their own.
var conversions = []conversion{
	{target: "splunk", recorded: "splunk"},
	{target: "lucene", recorded: "lucene", parser: "opensearch", together: true, runners: []string{"opensearch", "opensearch-folded"}, folding: true},
	{target: "kql", parser: "kibana-kql", together: true, runners: []string{"kibana-kql", "kibana-kql-folded"}, folding: true},
	{target: "eql", recorded: "eql", parser: "eql", runners: []string{"eql"}},
	{target: "esql", recorded: "esql", parser: "esql-parser"},
	{target: "kusto", recorded: "kusto", parser: "kusto-service", runners: []string{"duckdb-kql", "chdb"}},
	{target: "splunk", pipelines: []string{"sysmon", "splunk_windows"}, recorded: "splunk.windows_sysmon"},
	{target: "lucene", pipelines: []string{"ecs_windows"}, recorded: "lucene.ecs_windows", parser: "opensearch", together: true, folding: true},
	{target: "kql", pipelines: []string{"ecs_windows"}, parser: "kibana-kql", together: true, folding: true},
	{target: "eql", pipelines: []string{"ecs_windows"}, recorded: "eql.ecs_windows", parser: "eql"},
	{target: "esql", pipelines: []string{"ecs_windows"}, parser: "esql-parser"},
	{target: "kusto", pipelines: []string{"microsoft_xdr"}, recorded: "kusto.microsoft_xdr", parser: "kusto-service", schemas: []string{"xdr"}, together: true},
	{target: "kusto", pipelines: []string{"sentinel_asim"}, recorded: "kusto.sentinel_asim", parser: "kusto-service", schemas: []string{"asim", "sentinel"}, together: true},
	{target: "kusto", pipelines: []string{"azure_monitor"}, parser: "kusto-service", schemas: []string{"sentinel"}, together: true},
}

// String returns the target and its pipelines.
func (c conversion) String() string {
	return strings.Join(append([]string{c.target}, c.pipelines...), " ")
}

// compiler returns the compiler of the conversion.
func (c conversion) compiler() (*backends.Compiler, error) {
	chain, err := pipeline.ResolveAll(c.pipelines...)
	if err != nil {
		return nil, err
	}
	return backends.New(backends.Options{Target: c.target, Pipeline: chain})
}

// A unit is a rule with what the two converters make of it.
type unit struct {
	rule   *corpusRule
	mapped *ir.Rule         // in the names of the target; nil where the pipeline refuses the rule
	result *backends.Result // nil where the rule is not converted
	err    error            // why it is not
	theirs *recorded        // nil where nothing was recorded
}

// A batch is a conversion with all rules.
type batch struct {
	conversion
	compiler *backends.Compiler
	units    []unit
	scores   [converters]score
}

func (b *batch) backend() *emit.Backend { return b.compiler.Backend() }

// plain reports whether the queries have the names of the rules.
func (b *batch) plain() bool { return b.pipelines == nil }

// convert converts the rules, and puts what was recorded beside it.
func convert(c conversion, rules []*corpusRule, theirs map[string]*recorded) (*batch, error) {
	compiler, err := c.compiler()
	if err != nil {
		return nil, err
	}
	b := &batch{conversion: c, compiler: compiler, units: make([]unit, len(rules))}
	for i, r := range rules {
		u := &b.units[i]
		*u = unit{rule: r, theirs: theirs[r.file]}
		if u.mapped, u.err = compiler.Map(r.ir); u.err == nil {
			u.result, u.err = compiler.Mapped(u.mapped)
		}
	}
	b.count()
	return b, nil
}

// queries returns the queries of one of the converters, none where it has not
// converted the rule.
func (u *unit) queries(who converter) []string {
	if who == pySigma {
		if u.theirs == nil {
			return nil
		}
		return u.theirs.Queries
	}
	if u.result == nil {
		return nil
	}
	out := make([]string, len(u.result.Queries))
	for i, q := range u.result.Queries {
		out[i] = q.Bare
	}
	return out
}

// table is what the events are called where a query does not say.
const table = "Events"

// whole returns a query as an engine takes it: Kusto's without a pipeline is a
// condition alone, of both converters.
func (b *batch) whole(query string) string {
	if b.target == "kusto" && b.plain() {
		return table + "\n| where " + query
	}
	return query
}
