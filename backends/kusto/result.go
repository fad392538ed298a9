package kusto

import (
	"regexp"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A result is the columns that a query returns, as far as they are known.
type result struct {
	columns map[string]schema.Type
	tables  []string   // that the rows come from, each once
	unknown []*ir.Rule // of whose tables the columns are not known
	shaped  bool       // the query ends with other columns than it was written with

	// Of the query of a correlation, the columns with the begin and the end of
	// the timespan in which it fires.
	from, to string
}

// has reports whether the result has a column.
func (r *result) has(name string) bool { _, ok := r.columns[name]; return ok }

// shaping finds operators that decide which columns there are, and shapingRule
// those that only pipelines put behind rules: what is written for a correlation
// removes helpers of its own (project-away), and keeps all of a row where it
// aggregates (arg_max).
var (
	shaping     = regexp.MustCompile(`(?m)^\s*\|\s*(project|project-keep|project-rename|distinct|count|getschema|make-series|evaluate|top-nested|sample-distinct|invoke|reduce)(\s|$)`)
	shapingRule = regexp.MustCompile(`(?m)^\s*\|\s*(summarize|project-away)\s`)
)

// resultOf returns what the query of an entry returns. Its rows are those of the
// rule's table, with the columns that the query computes; those of a correlation
// are rows of any of its tables, with columns of its own.
func resultOf(j *emit.Job, e *emit.Entry) *result {
	r := &result{columns: make(map[string]schema.Type)}
	conflicts := make(map[string]bool)
	add := func(name string, t schema.Type) {
		if before, ok := r.columns[name]; ok && before != t {
			conflicts[name] = true // union makes two columns of it (query/union-operator)
		}
		r.columns[name] = t
	}
	var events []*emit.Event
	for _, job := range e.Jobs(j) {
		rule := job.Rule
		events = append(events, &emit.Event{Job: job, Where: ir.OneOf(rule.Where...)})
		table := tableColumns(job)
		if table == nil {
			r.unknown = append(r.unknown, rule)
		} else {
			if !slices.Contains(r.tables, table.Name) {
				r.tables = append(r.tables, table.Name)
			}
			for c := range table.All() {
				add(c.Name, c.Type)
			}
		}
		for _, c := range rule.Computed {
			r.columns[c.Name] = c.Type
		}
	}
	for name := range conflicts {
		delete(r.columns, name)
	}
	if e.Correlation != nil {
		prefix := freePrefixOf(events)
		r.from, r.to = prefix+"from", prefix+"to"
		r.columns[r.from], r.columns[r.to] = schema.Time, schema.Time
	}
	r.shaped = shaping.MatchString(e.Query) || e.Correlation == nil && shapingRule.MatchString(e.Query)
	return r
}

// tableColumns returns the columns of the table that a rule's query reads: the
// rule's, or where the setting names another one of the schemas that come with the
// project; nil where it is not known.
func tableColumns(j *emit.Job) *schema.Table {
	name := bareTable(j)
	if t := j.Rule.Table; t != nil && t.Name == name {
		return t
	}
	for _, builtin := range []string{"sentinel", "asim", "xdr"} {
		if s, err := schema.Builtin(builtin); err == nil {
			if t, ok := s.Table(name); ok {
				return t
			}
		}
	}
	return nil
}
