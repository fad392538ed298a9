package pipeline

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// setTable says which table of the target the rule is about.
type setTable struct{ table *schema.Table }

func makeSetTable(p *params, _ *step) transformation {
	schemaName, name := p.needText("schema"), p.text("table")
	if schemaName == "" {
		return nil
	}
	s, err := schema.Builtin(schemaName)
	if err != nil {
		p.fail(p.at(p.take("schema")), sigma.BadPipeline, near(schemaName, schema.Names(), ""), "%s", err)
		return nil
	}
	t, ok := s.Table(name)
	if !ok {
		var all []string
		for n := range s.Tables {
			all = append(all, n)
		}
		slices.Sort(all)
		p.fail(p.pos, sigma.BadPipeline, near(name, all, ""), "the schema %s has no table %q", schemaName, name)
		return nil
	}
	return setTable{t}
}

func (t setTable) apply(w *run) {
	w.useTable(t.table)
	if t.table.Name != "" {
		w.setState("query_table", t.table.Name)
	}
}

// computedField is a column that the query must compute where the rule uses
// it.
type computedField ir.Computed

// columnTypes are the names that column_type knows.
var columnTypes = map[string]schema.Type{
	"keyword": schema.Keyword, "string": schema.Keyword, "caseless": schema.Caseless, "wildcard": schema.Wildcard,
	"text": schema.Text, "int": schema.Int, "float": schema.Float, "bool": schema.Bool, "ip": schema.IP,
	"time": schema.Time, "guid": schema.GUID, "dynamic": schema.Dynamic,
}

func makeComputedField(p *params, _ *step) transformation {
	t := computedField{Name: p.needText("field"), Expr: p.needText("expression")}
	t.Type = columnType(p)
	return t
}

// columnType reads the type of a computed column.
func columnType(p *params) schema.Type {
	return columnTypes[p.choice("column_type", "keyword", "string", "caseless", "wildcard", "text", "int", "float", "bool", "ip", "time", "guid", "dynamic")]
}

func (t computedField) apply(w *run) {
	for _, c := range w.rule.Computed {
		if c.Name == t.Name {
			return
		}
	}
	if w.uses(t.Name) {
		r := w.mutable()
		r.Computed = append(slices.Clip(r.Computed), ir.Computed(t))
	}
}

// uses reports whether the rule tests a field or refers to it in a test, or a
// correlation reads it.
func (w *run) uses(field string) bool {
	return w.reads(field) || w.hasItem(func(it item) bool {
		return !it.keyword && it.field == field || anyTest(it.test, func(t ir.Test) bool {
			ref, ok := t.(*ir.FieldRef)
			return ok && ref.Field == field
		})
	})
}

// checkFields finds fields that the rule's table does not have.
type checkFields struct{ warn bool }

func makeCheckFields(p *params, _ *step) transformation {
	return checkFields{warn: p.choice("mode", "error", "warn") == "warn"}
}

func (t checkFields) apply(w *run) {
	if w.env.unknown != schema.ByPipeline {
		return // the user has said what becomes of them
	}
	say := w.fail
	if t.warn {
		say = w.warn
	}
	w.checkFields(say, w.selects, w.eachRead)
}
