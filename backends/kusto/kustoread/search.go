package kustoread

import (
	"slices"
	"strings"
)

// search reads the operator search: its predicate is a condition in which a
// string that stands alone is sought in all columns
// (query/search-operator).
func (q *query) search(rows []branch, g *searchGrammar) ([]branch, error) {
	switch {
	case rows == nil && g.Tables == nil:
		rows = []branch{{}}
	case g.Tables != nil && rows != nil:
		return nil, fail(g.At.Pos.Offset, "search has tables before it and in its list")
	case g.Tables != nil:
		var err error
		if rows, err = q.tables(g.Tables); err != nil {
			return nil, err
		}
	}
	cased := g.Kind == "case_sensitive"
	if !cased && g.Kind != "" && g.Kind != "default" && g.Kind != "case_insensitive" {
		return nil, fail(g.At.Pos.Offset, "search has no kind %s", g.Kind)
	}
	out := slices.Clone(rows)
	for i := range out {
		q.scope.branch = &out[i]
		e, err := q.expr(g.What)
		if err != nil {
			return nil, err
		}
		if _, ok := e.(*star); ok {
			continue // search * finds all
		}
		if e, err = q.predicate(e, cased); err != nil {
			return nil, err
		}
		q.exprs = append(q.exprs, e)
		out[i] = out[i].with(e)
	}
	return out, nil
}

// predicate rewrites what means something else in a search.
func (q *query) predicate(e expr, cased bool) (expr, error) {
	switch e := e.(type) {
	case *literal:
		if s, ok := e.val.(string); ok {
			return q.term(&star{e.node}, s, e, cased)
		}
	case *logic:
		out := *e
		out.parts = slices.Clone(e.parts)
		for i := range out.parts {
			var err error
			if out.parts[i], err = q.predicate(out.parts[i], cased); err != nil {
				return nil, err
			}
		}
		return &out, nil
	case *binary:
		if lit, ok := e.r.(*literal); ok && e.op == ":" {
			if s, ok := lit.val.(string); ok {
				return q.term(e.l, s, lit, cased)
			}
		}
		if cased && textOps[e.op].test != nil {
			return nil, unknown(e.opAt, "other operators than : are not read in a search that tells case apart")
		}
	}
	return e, nil
}

// term makes the test of a search term: stars in it choose the operator.
func (q *query) term(x expr, s string, at *literal, cased bool) (expr, error) {
	begin, end := strings.HasPrefix(s, "*"), len(s) > 1 && strings.HasSuffix(s, "*")
	op := "has"
	switch {
	case begin && end:
		op = "contains"
	case begin:
		op = "hassuffix"
	case end:
		op = "hasprefix"
	}
	lit := *at
	text := strings.TrimPrefix(s, "*")
	if end {
		text = text[:len(text)-1]
	}
	if strings.Contains(text, "*") || text == "" {
		return nil, unknown(at.from, "a search term with a star inside is not read")
	}
	lit.val = text
	if cased {
		op += "_cs"
	}
	return &binary{node: at.node, op: op, opAt: at.from, l: x, r: &lit}, nil
}
