package kustoread

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// maxTotal bounds the nodes of all expressions of a query together, derived
// columns written out wherever they are used.
const maxTotal = 4_000_000

// Read reads a query: a pipeline from a table, the rest of one that begins
// with a pipe, or a condition alone. The error is a *readback.Error.
func Read(text string, o readback.Options) (*readback.Query, error) {
	g, err := parse(queryParser(), text)
	if err != nil {
		return nil, err
	}
	if p := g.Pipeline; p.Source == nil && p.Search == nil && p.Union == nil && p.Stages == nil {
		return nil, fail(0, "there is no query")
	}
	q := newQuery(text, o)
	if err := q.letStatements(g.Lets); err != nil {
		return nil, err
	}
	rows, err := q.pipeline(g.Pipeline)
	if err != nil {
		return nil, err
	}
	stored, err := q.check(rows)
	if err != nil {
		return nil, err
	}
	return q.lower(rows, stored)
}

// check finds out the types of all expressions, and returns the names of the
// columns that they read.
func (q *query) check(rows []branch) (map[string]bool, error) {
	conds := make(map[expr]bool)
	in := make(inferrer)
	total := 0
	for _, row := range rows {
		for _, c := range row.conds {
			conds[c] = true
		}
	}
	for _, e := range q.exprs {
		if total += e.base().size; total > maxTotal {
			return nil, unknown(e.base().from, "the query is too large to be read")
		}
		if conds[e] {
			in.need(e, boolKind, false)
		} else {
			in.visit(e)
		}
	}
	c := checker{inferred: in}
	for _, e := range q.exprs {
		err := c.check(e)
		if err == nil && conds[e] {
			err = c.condition(e)
		}
		if err != nil {
			return nil, err
		}
	}
	stored := make(map[string]bool, len(in))
	for name := range in {
		stored[name] = true
	}
	return stored, nil
}

// lower makes the tree of all conditions. A leaf that tests every column must
// not see the fields that are computed besides, so that it is computed as well
// where there are any.
func (q *query) lower(rows []branch, stored map[string]bool) (*readback.Query, error) {
	l := &lowerer{stored: stored}
	out, err := l.query(rows)
	if err == nil && l.starred && out.Computed != nil {
		l = &lowerer{stored: stored, apart: true}
		return l.query(rows)
	}
	return out, err
}

// query makes the tree of the conditions of all branches.
func (l *lowerer) query(rows []branch) (*readback.Query, error) {
	l.names, l.taken = make(map[string]string), make(map[string]bool)
	var tables []string
	var parts []readback.Expr
	for _, row := range rows {
		if row.table != "" && !slices.Contains(tables, row.table) {
			tables = append(tables, row.table)
		}
		all := make(readback.And, len(row.conds))
		for i, c := range row.conds {
			var err error
			if all[i], err = l.cond(c); err != nil {
				return nil, err
			}
		}
		if len(all) == 1 {
			parts = append(parts, all[0])
		} else {
			parts = append(parts, all)
		}
	}
	out := &readback.Query{Table: strings.Join(tables, ", "), Where: readback.Or(parts), Computed: l.computed, Given: l.given}
	if len(parts) == 1 {
		out.Where = parts[0]
	}
	return out, nil
}
