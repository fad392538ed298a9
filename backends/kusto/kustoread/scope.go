package kustoread

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// maxBranches bounds the tables that a union joins.
const maxBranches = 64

// A branch is what is known of the rows of one table at one place of a
// pipeline. It is copied, not changed, since let statements and unions share
// it.
type branch struct {
	table string
	conds []expr            // each must be true
	defs  map[string]*named // columns that were computed, renamed or dropped
	only  bool              // no other columns are left, after project
}

// A named is a column by what it is made of; nil where it was dropped.
type named struct{ def expr }

// A scope is the names at one place of a query.
type scope struct {
	options readback.Options
	lets    map[string]expr     // constants
	tables  map[string][]branch // pipelines
	branch  *branch             // the rows at hand
	outside bool                // of a pipeline, where there are no columns
}

// resolve finds a name: a column that the pipeline computed, a column of the
// table, a constant of a let statement, in that order
// (query/let-statement: a column goes before a variable).
func (s *scope) resolve(b *builder, name string, from, to int) (expr, error) {
	n := node{from: from, to: to, text: b.text, depth: 1, size: 1}
	if s.outside {
		return s.constant(n, name)
	}
	d, known := s.branch.defs[name]
	switch {
	case known && d.def != nil:
		n.size += d.def.base().size
		return &derived{n, name, d.def}, n.check()
	case known || s.branch.only:
		return s.constant(n, name)
	case s.options.Column == nil:
		if s.lets[name] != nil {
			return s.constant(n, name)
		}
		return &column{n, name}, nil
	}
	c, ok := s.options.Column(name)
	if !ok {
		return s.constant(n, name)
	}
	n.kind = kindOf(c.Type)
	return &column{n, name}, nil
}

// constant finds a name among the let statements.
func (s *scope) constant(n node, name string) (expr, error) {
	if e := s.lets[name]; e != nil {
		n.size += e.base().size
		return &derived{n, name, e}, n.check()
	}
	return nil, fail(n.from, "there is no column %q%s (KS142)", name, s.suggest(name))
}

// suggest returns a hint that names a column that is spelled like a wrong one.
func (s *scope) suggest(name string) string {
	if s.branch == nil {
		return ""
	}
	var names []string
	for n, d := range s.branch.defs {
		if d.def != nil {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	if near := sigma.Nearest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// has reports whether the rows have a column of that name, as far as is known.
func (s *scope) has(row *branch, name string) bool {
	if d, known := row.defs[name]; known || row.only {
		return known && d.def != nil
	}
	if s.options.Column == nil {
		return false
	}
	c, ok := s.options.Column(name)
	return ok && c.Type != schema.Unknown
}

// with returns the branch with one more condition.
func (b branch) with(cond expr) branch {
	b.conds = append(slices.Clip(b.conds), cond)
	return b
}

// define returns the branch with columns by other names or expressions.
func (b branch) define(defs map[string]*named) branch {
	all := make(map[string]*named, len(b.defs)+len(defs))
	for name, d := range b.defs {
		all[name] = d
	}
	for name, d := range defs {
		all[name] = d
	}
	b.defs = all
	return b
}

// A query is being read.
type query struct {
	builder
	exprs []expr // all that must be of the right type, in order
}

// newQuery returns a reader of a text.
func newQuery(text string, o readback.Options) *query {
	q := &query{}
	q.builder = builder{text: &text, scope: &scope{options: o, lets: make(map[string]expr), tables: make(map[string][]branch)}}
	return q
}

// letStatements reads the let statements.
func (q *query) letStatements(lets []*letGrammar) error {
	for _, g := range lets {
		name, at := g.Name.Value, g.Name.Pos.Offset
		if q.scope.lets[name] != nil || q.scope.tables[name] != nil {
			return fail(at, "the name %s is declared twice", name)
		}
		p := g.Value
		switch {
		case p.Source == nil && p.Search == nil && p.Union == nil:
			return fail(at, "the name %s is given no value", name)
		case len(p.Stages) == 0 && p.Source != nil && !q.isTable(p.Source):
			e, err := q.letConstant(p.Source)
			if err != nil {
				return err
			}
			q.scope.lets[name] = e
		default:
			rows, err := q.pipeline(p)
			if err != nil {
				return err
			}
			q.scope.tables[name] = rows
		}
	}
	return nil
}

// letConstant makes the constant of a let statement.
func (q *query) letConstant(g *exprGrammar) (expr, error) {
	q.scope.outside = true
	defer func() { q.scope.outside = false }()
	e, err := q.expr(g)
	if err == nil {
		q.exprs = append(q.exprs, e)
	}
	return e, err
}

// isTable reports whether an expression that stands alone is a table: a name
// that is no constant, or a call of a function that is not scalar.
func (q *query) isTable(g *exprGrammar) bool {
	ref := g.First.Name
	switch {
	case len(g.Rest) > 0 || g.First.Sign != nil || len(g.First.Path) > 0:
		return false
	case g.First.Quoted != nil:
		return true
	case ref == nil:
		return false
	case ref.Args == nil:
		return q.scope.lets[ref.Name.Value] == nil
	}
	return functions[strings.ToLower(ref.Name.Value)] == nil && !strings.HasPrefix(ref.Name.Value, "column")
}

// source reads what a pipeline begins with.
func (q *query) source(g *pipelineGrammar) ([]branch, error) {
	switch {
	case g.Search != nil:
		return q.search(nil, g.Search)
	case g.Union != nil:
		return q.union(nil, g.Union)
	case g.Source == nil:
		return []branch{{}}, nil
	case q.isTable(g.Source):
		op := g.Source.First
		if op.Quoted != nil {
			return q.table([]lexer.Token{{Value: q.strings(op.Quoted.Name).val.(string), Pos: op.Quoted.Open.Pos}}, nil)
		}
		return q.table([]lexer.Token{op.Name.Name}, op.Name.Args)
	case len(g.Stages) > 0:
		return nil, fail(g.Source.First.offset(), "a table stands before the first |, not a value")
	}
	row := branch{}
	err := q.where(&row, g.Source)
	return []branch{row}, err
}

// table reads the name of a table, or the call of one.
func (q *query) table(name []lexer.Token, call *argsGrammar) ([]branch, error) {
	var b strings.Builder
	for i, t := range name {
		if i > 0 && t.Pos.Offset > name[i-1].Pos.Offset+len(name[i-1].Value) {
			return nil, fail(t.Pos.Offset, "expected a comma before %s", quoted(t))
		}
		b.WriteString(t.Value)
	}
	if rows := q.scope.tables[b.String()]; rows != nil && call == nil {
		return rows, nil
	}
	row := branch{table: b.String()}
	if call != nil && len(call.Items) > 0 {
		if err := q.parameters(&row, name[0].Pos.Offset, call); err != nil {
			return nil, err
		}
	}
	return []branch{row}, nil
}
