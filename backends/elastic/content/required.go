package content

import (
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// fieldTypes are the types of Elasticsearch that a type of a schema stands for.
// Of others there are several.
var fieldTypes = map[schema.Type]string{
	schema.Keyword:  "keyword",
	schema.Caseless: "keyword",
	schema.Wildcard: "wildcard",
	schema.Text:     "text",
	schema.Int:      "long",
	schema.Bool:     "boolean",
	schema.IP:       "ip",
	schema.Time:     "date",
}

// requiredFields returns the fields that the query is about, sorted, where the
// schemas of the rules know their types: Kibana wants one. Whether a field is
// one of ECS it finds out itself since 8.16 or so; before, an import without it
// failed.
func requiredFields(e *emit.Entry) []object {
	fields := make(map[string]string)
	for _, r := range e.Rules() {
		for _, name := range fieldsOf(r) {
			c, _ := r.Column(name)
			if t := fieldTypes[c.Type]; t != "" && !isComputed(r, name) {
				fields[name] = t
			}
		}
	}
	ecs, _ := schema.Builtin("ecs")
	table, _ := ecs.Table("")
	out := []object{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		_, known := table.Column(name)
		out = append(out, object{{"name", name}, {"type", fields[name]}, {"ecs", known}})
	}
	return out
}

// fieldsOf returns the fields that a rule tests and that a correlation reads of
// its events.
func fieldsOf(r *ir.Rule) []string {
	var out []string
	for _, where := range r.Where {
		ir.Walk(where, func(x ir.Expr) bool {
			if m, ok := x.(*ir.Match); ok {
				out = append(out, m.Field)
				ir.WalkTests(m.Test, func(t ir.Test) {
					if ref, ok := t.(*ir.FieldRef); ok {
						out = append(out, ref.Field)
					}
				})
			}
			return true
		})
	}
	for _, read := range r.Reads {
		out = append(out, read.Fields...)
	}
	return out
}

func isComputed(r *ir.Rule, name string) bool {
	return slices.ContainsFunc(r.Computed, func(c ir.Computed) bool { return c.Name == name })
}
