package kustoread

import (
	"slices"
	"strings"
)

// maxColumns bounds the columns that one table is given.
const maxColumns = 5000

// pipeline reads a source and the operators behind it.
func (q *query) pipeline(g *pipelineGrammar) ([]branch, error) {
	if len(g.Stages) > maxDepth {
		return nil, fail(0, "the query is nested deeper than the %d levels that are analysed (KS245): it has %d operators", maxDepth, len(g.Stages))
	}
	rows, err := q.source(g)
	if err != nil {
		return nil, err
	}
	for _, stage := range g.Stages {
		if rows, err = q.stage(rows, stage); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// stage reads one operator.
func (q *query) stage(rows []branch, g *stageGrammar) ([]branch, error) {
	switch {
	case g.Search != nil:
		return q.search(rows, g.Search)
	case g.Union != nil:
		return q.union(rows, g.Union)
	}
	out := slices.Clone(rows)
	for i := range out {
		var err error
		switch {
		case g.Where != nil:
			err = q.where(&out[i], g.Where)
		case g.Extend != nil:
			out[i], err = q.extend(out[i], g.Extend)
		case g.Project.Way == "":
			out[i], err = q.project(out[i], g.Project.List)
		default:
			out[i], err = q.projectWay(out[i], g.Project)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// value reads an expression over the columns of a branch.
func (q *query) value(row *branch, g *exprGrammar) (expr, error) {
	q.scope.branch = row
	e, err := q.expr(g)
	if err == nil {
		q.exprs = append(q.exprs, e)
	}
	return e, err
}

// where reads a condition.
func (q *query) where(row *branch, g *exprGrammar) error {
	e, err := q.value(row, g)
	if err != nil {
		return err
	}
	*row = row.with(e)
	return nil
}

// columns reads expressions with their names. In one operator none sees the
// name of another (query/extend-operator). twice allows a column to be named
// twice.
func (q *query) columns(row *branch, g *namedList, twice bool) (map[string]*named, error) {
	defs := make(map[string]*named)
	if g == nil {
		return defs, nil
	}
	for i, item := range g.Items {
		e, err := q.value(row, item.Value)
		if err != nil {
			return nil, err
		}
		name, at := defaultName(e, i), e.base().from
		if item.Name != nil {
			name, at = item.Name.name, item.Name.at.Pos.Offset
			if item.Name.at.Type == tokName && notAlias[name] != 0 {
				return nil, fail(at, "the word %s is reserved: the column is ['%s'] (KS228)", name, name)
			}
		}
		if defs[name] != nil && !twice {
			return nil, fail(at, "the column %q is declared twice (KS171)", name)
		}
		defs[name] = &named{e}
	}
	if len(row.defs)+len(defs) > maxColumns {
		return nil, unknown(0, "more than %d columns that are computed are not read", maxColumns)
	}
	return defs, nil
}

// defaultName returns the name of a column that was given none: that of the
// column it is, or one that no condition asks for.
func defaultName(e expr, i int) string {
	switch e := e.(type) {
	case *column:
		return e.name
	case *derived:
		return e.name
	}
	return "Column" + strings.Repeat("\x00", i+1)
}

func (q *query) extend(row branch, g *namedList) (branch, error) {
	defs, err := q.columns(&row, g, false)
	return row.define(defs), err
}

func (q *query) project(row branch, g *namedList) (branch, error) {
	defs, err := q.columns(&row, g, false)
	row.defs, row.only = defs, true
	return row, err
}

// projectWay reads the other forms of project.
func (q *query) projectWay(row branch, g *projectGrammar) (branch, error) {
	defs, err := q.columns(&row, g.List, g.Way != "rename")
	if err != nil || g.List == nil || g.Way == "reorder" {
		return row, err
	}
	for name := range defs {
		if strings.HasPrefix(name, "Column\x00") {
			return row, unknown(g.List.Items[0].Value.First.offset(), "names of columns are expected behind project-%s", g.Way)
		}
	}
	switch g.Way {
	case "keep":
		row.defs, row.only = defs, true
		return row, nil
	case "away":
		for name := range defs {
			defs[name] = &named{}
		}
		return row.define(defs), nil
	}
	return q.rename(row, g, defs)
}

// rename gives columns other names; the old ones are gone.
func (q *query) rename(row branch, g *projectGrammar, defs map[string]*named) (branch, error) {
	gone := make(map[string]*named)
	for name, d := range defs {
		if old := defaultName(d.def, 0); old != name {
			gone[old] = &named{}
		}
	}
	for _, item := range g.List.Items {
		if a := item.Name; a != nil && gone[a.name] == nil && q.scope.has(&row, a.name) {
			return row, fail(a.at.Pos.Offset, "there is a column %q already (KS171)", a.name)
		}
	}
	return row.define(gone).define(defs), nil
}

// offset returns where an operand begins.
func (g *operandGrammar) offset() int {
	switch {
	case g.Sign != nil:
		return g.Sign.Token.Pos.Offset
	case g.Name != nil:
		return g.Name.Name.Pos.Offset
	case g.Strings != nil:
		return g.Strings[0].Pos.Offset
	case g.Literal != nil:
		return g.Literal.Token.Pos.Offset
	case g.Group != nil:
		return g.Group.Open.Pos.Offset
	case g.Quoted != nil:
		return g.Quoted.Open.Pos.Offset
	case g.Star != nil:
		return g.Star.Token.Pos.Offset
	case g.Dynamic != nil:
		return g.Dynamic.At.Pos.Offset
	}
	return g.Type.At.Pos.Offset
}

// union reads the tables of a union, which come behind the rows at hand. Its
// options change neither rows nor the columns that tests see.
func (q *query) union(rows []branch, g *unionGrammar) ([]branch, error) {
	out := slices.Clone(rows)
	for _, o := range g.Options {
		switch o.Name.Value {
		case "kind", "isfuzzy":
		default:
			return nil, unknown(o.Name.Pos.Offset, "the option %s of union is not read", o.Name.Value)
		}
	}
	more, err := q.tables(g.Tables)
	if out = append(out, more...); len(out) > maxBranches && err == nil {
		err = unknown(0, "more than %d tables are not read", maxBranches)
	}
	return out, err
}

func (q *query) tables(tables []*tableGrammar) ([]branch, error) {
	var out []branch
	for _, t := range tables {
		var rows []branch
		var err error
		if t.Pipeline != nil {
			rows, err = q.pipeline(t.Pipeline)
		} else {
			rows, err = q.table(t.Name, t.Call)
		}
		if err != nil {
			return nil, err
		}
		if out = append(out, rows...); len(out) > maxBranches {
			return nil, unknown(0, "more than %d tables are not read", maxBranches)
		}
	}
	return out, nil
}
