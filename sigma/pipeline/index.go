package pipeline

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// indexKey is the state that has the names of the indices, joined by commas,
// which is how Elasticsearch writes a list of them.
const indexKey = "index"

// makeTarget makes the condition on the target, for pipelines that serve
// several.
func makeTarget(p *params) ruleCond {
	targets := p.needList("targets")
	return func(w *run) bool { return includes(targets, w.target) }
}

// indices returns the indices that the events of the rule are in, nil where
// that is not known.
func (w *run) indices() []string {
	if s := w.rule.State[indexKey]; s != "" {
		return strings.Split(s, ",")
	}
	return nil
}

// addIndex adds to the indices.
type addIndex struct {
	names     []string
	otherwise bool // only where no index is known
}

func makeAddIndex(p *params, _ *step) transformation {
	return addIndex{names: p.needList("index"), otherwise: p.flag("otherwise")}
}

func (t addIndex) apply(w *run) {
	all := w.indices()
	if all != nil && t.otherwise {
		return
	}
	for _, name := range t.names {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	w.setState(indexKey, strings.Join(all, ","))
}

// indexCondition is for targets that have the index of an event in a field.
type indexCondition struct{ field string }

func makeIndexCondition(p *params, _ *step) transformation {
	return indexCondition{p.needText("field")}
}

func (t indexCondition) apply(w *run) {
	var tests []ir.Test
	for _, name := range w.indices() {
		tests = append(tests, &ir.Text{Pos: w.step.pos, Pattern: ir.ParsePattern(name)})
	}
	if tests != nil {
		w.require(&ir.Match{Pos: w.step.pos, Field: t.field, Test: ir.AnyTest(tests...)})
	}
}

// require adds a condition that must match too.
func (w *run) require(e ir.Expr) {
	where := make([]ir.Expr, len(w.rule.Where))
	for i, x := range w.rule.Where {
		where[i] = ir.All(e, x)
	}
	w.mutable().Where = where
	w.arrived(e)
	w.traceAdded(e)
	if w.marks != nil {
		w.mark(nil, e, false)
	}
}

// indexTable is for targets whose indices are tables: Kusto.
type indexTable struct{}

func makeIndexTable(*params, *step) transformation { return indexTable{} }

// tableName is a name that Kusto takes without quotes (Entity names).
var tableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (indexTable) apply(w *run) {
	all := w.indices()
	for _, name := range all {
		if !tableName.MatchString(name) {
			w.fail(w.rulePos(), sigma.RuleRejected, "a table has letters, digits and underscores", "the index %q is no name of a table", name)
			return
		}
	}
	switch len(all) {
	case 0:
	case 1:
		w.setState("query_table", all[0])
	default:
		w.setState("query_table", "union "+strings.Join(all, ", "))
	}
}
