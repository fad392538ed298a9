package pipeline

import (
	"slices"
	"sort"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A naming gives the new names of a field, nil where it stays as it is. A
// keyword is asked for as such, with the name "".
type naming func(name string, keyword bool) []string

// apply renames the fields of items, the fields that values refer to, and the
// rule's list of fields.
func (to naming) apply(w *run) {
	w.renameFields(to)
	w.renameReads(to)
	w.rewrite(func(e ir.Expr) ir.Expr {
		if x, ok := e.(*ir.Raw); ok {
			return w.renameRaw(to, x)
		}
		it, ok := itemOf(e)
		if !ok || w.step.item != nil && !w.step.item(w, it) {
			return e
		}
		test, referred := w.renameRefs(to, it)
		names := w.newNames(to, fieldName{name: it.field, keyword: it.keyword, item: e})
		var n ir.Expr
		switch {
		case names != nil:
			n = spread(it.pos, names, test)
		case referred:
			n = it.with(test)
		default:
			return e
		}
		if w.marks != nil {
			w.mark(e, n, names != nil)
		}
		return n
	})
}

// newNames returns the new names of a field where the step's field name
// condition holds for it.
func (w *run) newNames(to naming, f fieldName) []string {
	names := to(f.name, f.keyword)
	if names == nil || w.step.field != nil && !w.step.field(w, f) {
		return nil
	}
	return names
}

// renameRefs returns the test of the item with other fields referred to, and
// whether there were any. A reference to a field that has several names is
// one to any of them.
func (w *run) renameRefs(to naming, it item) (test ir.Test, changed bool) {
	test = ir.RewriteTest(it.test, func(t ir.Test) ir.Test {
		ref, ok := t.(*ir.FieldRef)
		if !ok {
			return t
		}
		names := w.newNames(to, fieldName{name: ref.Field, item: it.expr})
		if names == nil {
			return t
		}
		changed = true
		refs := make([]ir.Test, len(names))
		for i, name := range names {
			r := *ref
			r.Field = name
			refs[i] = &r
		}
		return ir.AnyTest(refs...)
	})
	return test, changed
}

// renameFields renames the rule's list of fields.
func (w *run) renameFields(to naming) {
	var out []string
	for i, f := range w.rule.Fields {
		names := w.newNames(to, fieldName{name: f})
		if names != nil && out == nil {
			out = slices.Clone(w.rule.Fields[:i])
		}
		if names != nil {
			out = append(out, names...)
			w.markField(f, names)
			w.traceRenamed(f, names)
		} else if out != nil {
			out = append(out, f)
		}
	}
	if out != nil {
		w.mutable().Fields = out
	}
}

func (w *run) markField(old string, names []string) {
	if w.fieldMarks == nil {
		return
	}
	m := w.fieldMarks[old].and(w.step.id, true)
	for _, n := range names {
		w.fieldMarks[n] = m
	}
}

// spread returns the test of one field, or of several fields that stand for
// one: the value is in any of them. Absence is different: the field is absent
// where all of them are, so a test for null or against existence holds where
// it does for each (V6, M7).
func spread(pos sigma.Pos, names []string, test ir.Test) ir.Expr {
	if len(names) == 1 {
		return &ir.Match{Pos: pos, Field: names[0], Test: test}
	}
	if !anyTest(test, absence) {
		return ir.OneOf(matches(pos, names, test)...)
	}
	switch t := test.(type) {
	case ir.AnyOf:
		var present []ir.Test
		var parts []ir.Expr
		for _, u := range t {
			if anyTest(u, absence) {
				parts = append(parts, spread(pos, names, u))
			} else {
				present = append(present, u)
			}
		}
		if present != nil {
			parts = append([]ir.Expr{spread(pos, names, ir.AnyTest(present...))}, parts...)
		}
		return ir.OneOf(parts...)
	case ir.AllOf:
		parts := make([]ir.Expr, len(t))
		for i, u := range t {
			parts[i] = spread(pos, names, u)
		}
		return ir.All(parts...)
	}
	return ir.All(matches(pos, names, test)...)
}

func matches(pos sigma.Pos, names []string, test ir.Test) []ir.Expr {
	out := make([]ir.Expr, len(names))
	for i, name := range names {
		out[i] = &ir.Match{Pos: pos, Field: name, Test: test}
	}
	return out
}

// absence reports whether a single test is passed by an absent field.
func absence(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Null:
		return true
	case *ir.Exists:
		return !t.Want
	}
	return false
}

func makeFieldMapping(p *params, _ *step) transformation {
	table := make(map[string][]string)
	var keyword []string
	entries := p.pairs()
	for _, e := range entries {
		checkNames(p, e)
		if e.null {
			keyword = e.values
		} else {
			table[e.key] = e.values
		}
	}
	return newTableNaming(entries, false, func(name string, isKeyword bool) []string {
		if isKeyword {
			return keyword
		}
		return table[name]
	})
}

// checkNames reports an entry of a field mapping without names. pySigma drops
// items so; here drop_detection_item does, with a warning.
func checkNames(p *params, e pair) {
	if len(e.values) == 0 && e.list || slices.Contains(e.values, "") {
		p.fail(e.pos, sigma.BadPipeline, "drop_detection_item leaves items out", "the field %q has no new name", e.key)
	}
}

func makePrefixMapping(p *params, _ *step) transformation {
	entries := p.pairs()
	for _, e := range entries {
		checkNames(p, e)
		if e.null {
			p.fail(e.pos, sigma.BadPipeline, "", "null is no prefix")
		}
	}
	// The longest prefix wins, whatever the order in the file.
	sort.SliceStable(entries, func(i, j int) bool { return len(entries[i].key) > len(entries[j].key) })
	return newTableNaming(entries, true, func(name string, keyword bool) []string {
		for _, e := range entries {
			if keyword || !strings.HasPrefix(name, e.key) {
				continue
			}
			out := make([]string, len(e.values))
			for i, v := range e.values {
				out[i] = v + name[len(e.key):]
			}
			return out
		}
		return nil
	})
}

func makePrefix(p *params, _ *step) transformation {
	prefix := p.needText("prefix")
	return naming(func(name string, keyword bool) []string {
		if keyword {
			return nil
		}
		return []string{prefix + name}
	})
}

func makeSuffix(p *params, _ *step) transformation {
	suffix := p.needText("suffix")
	return naming(func(name string, keyword bool) []string {
		if keyword {
			return nil
		}
		return []string{name + suffix}
	})
}

// fieldList is add_field, remove_field and set_field.
type fieldList func(old []string) []string

func (f fieldList) apply(w *run) {
	if out := f(w.rule.Fields); !slices.Equal(out, w.rule.Fields) {
		w.mutable().Fields = out
	}
}

func makeAddField(p *params, _ *step) transformation {
	names := p.needList("field")
	return fieldList(func(old []string) []string { return slices.Concat(old, names) })
}

func makeRemoveField(p *params, _ *step) transformation {
	names := p.needList("field")
	return fieldList(func(old []string) []string {
		return slices.DeleteFunc(slices.Clone(old), func(f string) bool { return slices.Contains(names, f) })
	})
}

func makeSetField(p *params, _ *step) transformation {
	names := p.needList("fields")
	return fieldList(func([]string) []string { return slices.Clone(names) })
}
