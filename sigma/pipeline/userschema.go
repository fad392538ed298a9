package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// An environment is what the user knows of the target better than the
// pipelines do.
type environment struct {
	schema  *schema.Schema             // nil where the user has none
	union   *schema.Table              // of rules that no step gives a table
	unknown schema.Policy              // of fields and tables
	names   map[*schema.Table][]string // of the columns of the user's tables, sorted
}

// WithSchema returns the pipeline for a target that has the tables of that
// schema, the user's own. Where a step names a table (set_table, or a state
// query_table), the schema's table of that name stands in for it; a schema
// with one table without a name, as an index of Elasticsearch is, for any. A
// rule that gets no table is about all tables of the schema. Fields that the
// rule tests at the end, and that are neither columns of its table nor
// computed, and tables that the schema lacks, are what the policy says; the
// steps check_fields have nothing left to do then. Without a schema the policy
// is about the tables that the steps name. A nil Pipeline is one without
// steps.
func (p *Pipeline) WithSchema(s *schema.Schema, unknown schema.Policy) *Pipeline {
	if s == nil && unknown == schema.ByPipeline {
		return p
	}
	if p == nil {
		p = &Pipeline{list: new(stepList)}
	}
	out := *p
	out.env = environment{schema: s, unknown: unknown}
	if s != nil {
		out.env.union = s.Union()
		out.env.names = out.env.columnNames()
		if unknown == schema.ByPipeline {
			out.env.unknown = schema.Refuse
		}
	}
	return &out
}

// columnNames returns the names of the columns of each table, sorted. They are
// what suggestions are chosen from.
func (e *environment) columnNames() map[*schema.Table][]string {
	out := map[*schema.Table][]string{e.union: slices.Sorted(maps.Keys(e.union.Columns))}
	for _, t := range e.schema.Tables {
		out[t] = slices.Sorted(maps.Keys(t.Columns))
	}
	return out
}

// begin gives the rule the table that it has until a step names another.
func (w *run) begin() {
	if w.env.union != nil {
		w.use(w.env.union, w.env.union)
	}
}

// use makes a table the rule's. own is the user's that it is or stands for, nil
// where it is none.
func (w *run) use(t, own *schema.Table) {
	w.mutable().Table = t
	w.own = own
}

// end says what fields the schema lacks, and looks at text where it stands
// whole.
func (w *run) end() {
	if w.step = nil; len(w.errs) > 0 {
		return
	}
	switch w.env.unknown {
	case schema.Absent:
		w.rewrite(w.withoutUnknown)
		w.allReads(func(field string, pos sigma.Pos) {
			if w.lacks(field, pos) {
				w.fail(pos, sigma.UnknownField, "", "no event of the target has the field %s, which the correlation reads", field)
			}
		})
		if w.rejectConstant(); len(w.errs) > 0 {
			w.errs = append(w.errs, ofCode(w.rule.Warnings, sigma.UnknownField)...)
		}
	case schema.Refuse, schema.Warn:
		w.checkFields(w.sayUnknown(), func(item) bool { return true }, w.allReads)
	}
	if w.env.schema != nil {
		w.rewrite(w.whole)
		w.wholeReads()
	}
}

// allReads calls f for every field that a correlation reads.
func (w *run) allReads(f func(field string, pos sigma.Pos)) {
	for _, r := range w.rule.Reads {
		for _, field := range r.Fields {
			f(field, r.Pos)
		}
	}
}

// sayUnknown returns how an unknown field or table is reported.
func (w *run) sayUnknown() func(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	if w.env.unknown == schema.Warn {
		return w.warn
	}
	return w.fail
}

// useTable makes the table that a step names the rule's, or the user's that
// stands in for it.
func (w *run) useTable(t *schema.Table) {
	if w.env.schema == nil {
		w.use(t, nil)
		return
	}
	own, ok := w.env.schema.Table(t.Name)
	if !ok {
		own, ok = w.env.schema.Table("")
		if ok && t.Name != "" && w.env.schema.Format == schema.Splunk {
			w.warn(w.rulePos(), sigma.Assumed, "", "%s says nothing of the dataset %s, which is taken to have the fields of the Common Information Model", w.env.schema.Name, t.Name)
			w.use(t, nil)
			return
		}
	}
	if !ok {
		w.missing(t.Name)
		w.use(t, nil)
		return
	}
	stand := *own
	stand.Name, stand.StandsFor = t.Name, t
	w.use(&stand, own)
}

// stateTable takes over the table that a pipeline names in the state
// query_table, as those of pySigma do. Anything else than a name is an
// expression that gives a table, of which only the columns can be known.
func (w *run) stateTable(name string) {
	if w.env.schema == nil || !isPath(name) {
		return
	}
	if t, ok := w.env.schema.Table(name); ok {
		w.use(t, t)
		return
	}
	if _, ok := w.env.schema.Table(""); !ok {
		w.missing(name)
	}
}

// missing reports a table that the user's schema does not have.
func (w *run) missing(name string) {
	if w.env.unknown == schema.Pass {
		return
	}
	all := slices.Sorted(maps.Keys(w.env.schema.Tables))
	w.sayUnknown()(w.rulePos(), sigma.UnknownTable, near(name, all, ""), "%s has no table %q", w.env.schema.Name, name)
}

// withoutUnknown rewrites a test of a field that the rule's table does not have
// to what it is for an event without the field (V6, M7).
func (w *run) withoutUnknown(e ir.Expr) ir.Expr {
	it, ok := itemOf(e)
	if !ok || it.keyword {
		return e
	}
	lacks := w.lacks(it.field, it.pos)
	return splitItem(it, func(t ir.Test) ir.Expr {
		ref, refers := t.(*ir.FieldRef)
		exists, asks := t.(*ir.Exists)
		_, null := t.(*ir.Null)
		switch {
		case refers && w.lacks(ref.Field, ref.Pos):
			return ir.Const(false)
		case !lacks:
			return nil
		case asks:
			return ir.Const(!exists.Want)
		}
		return ir.Const(null)
	})
}

// ofCode returns the warnings of that code.
func ofCode(list sigma.ErrorList, code sigma.Code) sigma.ErrorList {
	return slices.DeleteFunc(slices.Clone(list), func(e *sigma.Error) bool { return e.Code != code })
}

// lacks reports whether the rule's table does not have a field, with a
// warning.
func (w *run) lacks(field string, pos sigma.Pos) bool {
	if _, ok := w.rule.Column(field); ok {
		return false
	}
	table, column := w.describe()
	w.warn(pos, sigma.UnknownField, w.nearColumn(field), "%s has no %s %q, so that no event has it", table, column, field)
	return true
}

// whole rewrites a test of analysed text to one of the twin that has the text
// as it is. Whether there is a text at all is still asked of the text: the twin
// lacks long ones. A test of an alias becomes one of the field itself.
func (w *run) whole(e ir.Expr) ir.Expr {
	it, ok := itemOf(e)
	if !ok || it.keyword {
		return e
	}
	c, _ := w.rule.Column(it.field)
	if c.Alias != "" {
		it.field = c.Alias
		it.expr = it.with(it.test)
		e = it.expr
	}
	if c.Whole == "" {
		return e
	}
	return splitItem(it, func(t ir.Test) ir.Expr {
		switch t.(type) {
		case *ir.Null, *ir.Exists:
			return nil
		}
		return &ir.Match{Pos: it.pos, Field: c.Whole, Test: t}
	})
}

// wholeReads gives correlations the twins of analysed text, too: values are
// grouped and counted as a whole.
func (w *run) wholeReads() {
	for i, r := range w.rule.Reads {
		for k, field := range r.Fields {
			c, _ := w.rule.Column(field)
			if name := cmp.Or(c.Whole, c.Alias); name != "" {
				reads := slices.Clone(w.rule.Reads)
				reads[i].Fields = slices.Clone(reads[i].Fields)
				reads[i].Fields[k] = name
				w.mutable().Reads = reads
			}
		}
	}
}

// describe names the rule's table in messages, and calls a field what that
// kind of table has.
func (w *run) describe() (table, column string) {
	switch {
	case w.rule.Table.Name != "":
		return "the table " + w.rule.Table.Name, "column"
	case w.env.schema != nil:
		return w.env.schema.Name, "field"
	}
	return "the table " + w.rule.Table.Schema, "column"
}

// checkFields reports the fields of the items, and of correlations, that
// neither the rule's table has nor the query computes.
func (w *run) checkFields(say func(sigma.Pos, sigma.Code, string, string, ...any), selects func(item) bool, eachRead func(func(string, sigma.Pos))) {
	check := func(field string, pos sigma.Pos) {
		if _, ok := w.rule.Column(field); ok {
			return
		}
		table, column := w.describe()
		say(pos, sigma.UnknownField, w.nearColumn(field), "%s has no %s %q", table, column, field)
	}
	for _, e := range w.rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			it, ok := itemOf(e)
			if !ok || !selects(it) {
				return true
			}
			if !it.keyword {
				check(it.field, it.pos)
			}
			ir.WalkTests(it.test, func(t ir.Test) {
				if ref, ok := t.(*ir.FieldRef); ok {
					check(ref.Field, ref.Pos)
				}
			})
			return true
		})
	}
	eachRead(check)
}

// nearColumn suggests a column of the rule's table.
func (w *run) nearColumn(field string) string {
	all, ok := w.env.names[w.own]
	if !ok {
		for c := range w.rule.Table.All() {
			all = append(all, c.Name)
		}
		slices.Sort(all)
	}
	for _, c := range w.rule.Computed {
		all = append(slices.Clip(all), c.Name)
	}
	if n := sigma.Nearest(field, all); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}
