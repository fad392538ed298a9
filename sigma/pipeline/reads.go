package pipeline

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A correlation reads fields of a rule's events: it groups by them and counts
// or computes with their values. Their names are those of the rule and become
// those of the target by the same steps, but for steps that depend on what an
// item looks for.

// editReads replaces each field that a correlation reads, where the step's
// field name condition holds for it, by what f returns: other reads in its
// place, or nil to leave it.
func (w *run) editReads(f func(r ir.Read, field string) []ir.Read) {
	if w.step.item != nil {
		return
	}
	for i := 0; i < len(w.rule.Reads); i++ {
		r := w.rule.Reads[i]
		for _, field := range r.Fields {
			if w.step.field != nil && !w.step.field(w, fieldName{name: field}) {
				continue
			}
			if with := f(r, field); with != nil {
				m := w.mutable()
				m.Reads = slices.Concat(m.Reads[:i:i], with, m.Reads[i+1:])
				i += len(with) - 1
				break
			}
		}
	}
}

// renameReads gives the fields that a correlation reads their new names. Of a
// field that is mapped to several, an event has any: the first that is there
// is read.
func (w *run) renameReads(to naming) {
	if w.step.item != nil || len(w.rule.Reads) == 0 {
		return
	}
	reads := slices.Clone(w.rule.Reads)
	changed := false
	for i, r := range reads {
		var fields []string
		for _, field := range r.Fields {
			names := w.newNames(to, fieldName{name: field})
			if names == nil {
				fields = append(fields, field)
				continue
			}
			changed = true
			w.markField(field, names)
			fields = append(fields, names...)
		}
		reads[i].Fields = fields
	}
	if changed {
		w.mutable().Reads = reads
	}
}

// reads reports whether a correlation reads a field of the rule's events.
func (w *run) reads(field string) bool {
	return slices.ContainsFunc(w.rule.Reads, func(r ir.Read) bool { return slices.Contains(r.Fields, field) })
}

// eachRead calls f for every field that a correlation reads, where the step's
// field name condition holds for it.
func (w *run) eachRead(f func(field string, pos sigma.Pos)) {
	w.editReads(func(r ir.Read, field string) []ir.Read {
		f(field, r.Pos)
		return nil
	})
}

// splitReads makes a field that a correlation reads the tuple of the two that
// the target keeps its value in.
func (t *splitField) splitReads(w *run) {
	w.editReads(func(r ir.Read, field string) []ir.Read {
		switch {
		case field != t.field:
			return nil
		case len(r.Fields) > 1:
			w.fail(r.Pos, sigma.RuleRejected, "", "the target has %s in two fields, %s and %s, and in others: what the correlation reads is none of them", t.field, t.first, t.second)
			return nil
		}
		first, second := r, r
		first.Fields, second.Fields = []string{t.first}, []string{t.second}
		return []ir.Read{first, second}
	})
}

// rejectReads refuses a correlation that reads a field which no event of the
// target has.
func (absentField) rejectReads(w *run) {
	w.eachRead(func(field string, pos sigma.Pos) {
		w.fail(pos, sigma.UnknownField, "", "no event of the target has the field %s, which the correlation reads", field)
	})
}
