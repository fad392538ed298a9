package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// What a step changed without a word is found by comparing the rule before and
// behind it.

// items notes the items that came and went without a word from the step:
// those that fell away with what stood beside them, and any that appeared.
func (t *tracer) items(w *run, before *ir.Rule) {
	if sameList(before.Where, w.rule.Where) {
		return
	}
	was, is := itemsOf(before.Where), itemsOf(w.rule.Where)
	said := make(map[ir.Expr]bool)
	for _, c := range t.changes[t.first:] {
		if c.Before != nil {
			said[c.Before] = true
		}
		if c.After != nil {
			was = append(was, itemsOf([]ir.Expr{c.After})...)
		}
	}
	t.lost(w, was, is, said)
	for _, it := range was {
		said[it.expr] = true
	}
	for _, it := range is {
		if !said[it.expr] {
			t.note(w, Change{Kind: ItemAdded, Pos: it.pos, After: it.expr, To: ir.String(it.expr)})
		}
	}
}

// lost notes the items that were and are no more, though the step did not say
// so.
func (t *tracer) lost(w *run, was, is []item, said map[ir.Expr]bool) {
	here := make(map[ir.Expr]bool, len(is))
	type key struct {
		sigma.Pos
		text string
	}
	var texts map[key]bool // of those that are, made when first needed
	for _, it := range is {
		here[it.expr] = true
	}
	for _, it := range was {
		if here[it.expr] || said[it.expr] {
			continue
		}
		if texts == nil {
			texts = make(map[key]bool, len(is))
			for _, o := range is {
				texts[key{o.pos, ir.String(o.expr)}] = true
			}
		}
		// Another condition of the rule may still have it.
		if text := ir.String(it.expr); !texts[key{it.pos, text}] {
			t.note(w, Change{Kind: ItemImplied, Pos: it.pos, Before: it.expr, From: text})
		}
	}
}

// itemsOf returns the items of expressions.
func itemsOf(es []ir.Expr) []item {
	var out []item
	for _, e := range es {
		ir.Walk(e, func(e ir.Expr) bool {
			if it, ok := tracedItem(e); ok {
				out = append(out, it)
			}
			return true
		})
	}
	return out
}

// rule notes what is different about everything but the items.
func (t *tracer) rule(w *run, before *ir.Rule) {
	r, pos := w.rule, w.rulePos()
	if from, to := LogSourceText(&before.LogSource), LogSourceText(&r.LogSource); from != to {
		t.note(w, Change{Kind: LogSourceChanged, At: t.entry, Pos: pos, From: from, To: to})
	}
	renamed := slices.ContainsFunc(t.changes[t.first:], func(c Change) bool { return c.Kind == FieldRenamed })
	if !renamed && !slices.Equal(before.Fields, r.Fields) {
		t.note(w, Change{Kind: FieldsChanged, Pos: pos, From: strings.Join(before.Fields, ", "), To: strings.Join(r.Fields, ", ")})
	}
	if !sameList(before.Reads, r.Reads) {
		t.reads(w, before.Reads)
	}
	if from, to := tableText(before.Table), tableText(r.Table); from != to {
		t.note(w, Change{Kind: TableSet, Pos: pos, From: from, To: to})
	}
	for _, key := range slices.Sorted(maps.Keys(r.State)) {
		c := Change{Kind: StateSet, Pos: pos, To: fmt.Sprintf("%s = %s", key, r.State[key])}
		if old, ok := before.State[key]; ok {
			c.From = fmt.Sprintf("%s = %s", key, old)
		}
		if c.From != c.To {
			t.note(w, c)
		}
	}
	for _, c := range r.Computed[min(len(before.Computed), len(r.Computed)):] {
		t.note(w, Change{Kind: ColumnComputed, Pos: pos, To: fmt.Sprintf("%s = %s", c.Name, c.Expr)})
	}
	for _, e := range r.Warnings[min(len(before.Warnings), len(r.Warnings)):] {
		t.note(w, Change{Kind: RuleWarned, Pos: e.Pos, To: e.Msg})
	}
}

// tableText names a table. A schema that has only one gives it no name.
func tableText(t *schema.Table) string {
	switch {
	case t == nil:
		return ""
	case t.Name == "" && t.Schema == "":
		return "all of the schema"
	case t.Name == "":
		return "the only one of " + t.Schema
	}
	return t.Name
}

// reads notes what became of the fields that a correlation reads: of each by
// itself, unless one became several.
func (t *tracer) reads(w *run, before []ir.Read) {
	is := w.rule.Reads
	if len(before) != len(is) {
		t.note(w, Change{Kind: ReadsChanged, Pos: w.rulePos(), From: readsText(before), To: readsText(is)})
		return
	}
	for i := range is {
		c := Change{Kind: ReadsChanged, Pos: is[i].Pos, From: readsText(before[i : i+1]), To: readsText(is[i : i+1])}
		for _, field := range before[i].Fields {
			if t.place != nil && !c.At.IsValid() {
				c.At = t.place(field, false)
			}
		}
		if c.From != c.To {
			t.note(w, c)
		}
	}
}

// readsText writes what a correlation reads: "name = field", and each field
// that may be there in its place behind "or".
func readsText(reads []ir.Read) string {
	parts := make([]string, len(reads))
	for i, r := range reads {
		parts[i] = r.Name + " = " + strings.Join(r.Fields, " or ")
	}
	return strings.Join(parts, ", ")
}
