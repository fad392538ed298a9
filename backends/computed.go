package backends

import (
	"errors"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// checkComputed reports the columns of a rule that the user's tables have
// nothing to compute from: a pipeline computes them for the tables that it
// knows.
func (c *Compiler) checkComputed(j *emit.Job) {
	if c.schema == nil || c.unknown == schema.Pass || c.backend.Columns == nil || j.Rule.Table == nil {
		return
	}
	stored := *j.Rule
	stored.Computed = nil
	for _, column := range j.Rule.Computed {
		_, err := c.backend.Columns([]ir.Computed{column}, readback.Options{Column: stored.Column})
		var e *readback.Error
		if !errors.As(err, &e) || e.Foreign {
			continue
		}
		say := j.Fail
		if c.unknown == schema.Warn {
			say = j.Warn
		}
		say(firstUse(j.Rule, column.Name), sigma.UnknownField, "", "%s is computed as %s, which the table %s does not allow: %s", column.Name, column.Expr, j.Rule.Table.Name, e.Msg)
	}
}

// firstUse returns the place of the first item that tests a field, or that of
// the rule's detection.
func firstUse(r *ir.Rule, field string) sigma.Pos {
	pos := r.Source.Detection.Pos
	found := false
	for _, e := range r.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok && !found && m.Field == field {
				pos, found = m.Pos, true
			}
			return !found
		})
	}
	return pos
}
