package eval

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The bounds of what is tried for one field: edits, and values of the event
// that are looked at.
const (
	maxEdits = 8
	maxKept  = 20
)

// candidates returns what a field could be so that its tests give the answers
// wanted, what is nearest to the event first.
func (x *changer) candidates(slot int32, goals []goal) (edits []edit) {
	x.instead = nil
	seen := x.plainTexts(slot)
	base := ""
	if len(seen) > 0 {
		base = seen[0]
	}
	texts := x.wanted(slot, goals, base)
	if len(texts) == 0 {
		texts = []string{"other", "-", base + ".", "." + base, "", "0"}
	}
	try := func(e edit) {
		if len(edits) < maxEdits && x.fits(slot, e, goals) {
			edits = append(edits, e)
		}
	}
	kept := x.withoutRefused(slot, seen, goals)
	if len(kept) < len(seen) && len(kept) > 0 {
		try(edit{values: kept})
	}
	for _, text := range texts {
		if len(seen) > 1 && len(kept) > 0 {
			try(edit{values: append(slices.Clip(kept), text)})
		}
		try(edit{values: []string{text}})
	}
	if several := x.oneForEach(slot, texts, goals); len(several) > 1 {
		try(edit{values: several})
	}
	try(edit{})
	try(edit{gone: true})
	return edits
}

// plainTexts returns the first values of a field that are not too long to be
// shown.
func (x *changer) plainTexts(slot int32) (list []string) {
	for i := x.v.first(slot); i >= 0 && len(list) < maxKept; i = x.v.values[i].next {
		if x.v.load(i, &x.a); len(x.a.plain) <= maxSeenSize {
			list = append(list, string(x.a.plain))
		}
	}
	return list
}

// isRef reports whether a goal is about two fields: one alone does not tell
// whether it is reached.
func (g *goal) isRef() bool {
	_, ok := g.step.test.(*ir.FieldRef)
	return ok
}

// fits reports whether the tests of a field give the answers wanted.
func (x *changer) fits(slot int32, e edit, goals []goal) bool {
	x.instead = &whatIf{fields: map[int32]edit{slot: e}}
	defer func() { x.instead = nil }()
	for i := range goals {
		if g := &goals[i]; !g.isRef() && x.field(g.step.test, slot) != g.want {
			return false
		}
	}
	return true
}

// withoutRefused returns the values that no goal is against.
func (x *changer) withoutRefused(slot int32, values []string, goals []goal) (kept []string) {
	var against []goal
	for _, g := range goals {
		if !g.want {
			against = append(against, g)
		}
	}
	for _, text := range values {
		if x.fits(slot, edit{values: []string{text}}, against) {
			kept = append(kept, text)
		}
	}
	return kept
}

// oneForEach returns a value for each test that is to pass.
func (x *changer) oneForEach(slot int32, texts []string, goals []goal) (list []string) {
	texts = x.withoutRefused(slot, texts, goals)
	for _, g := range goals {
		if !g.want {
			continue
		}
		i := slices.IndexFunc(texts, func(text string) bool { return x.fits(slot, edit{values: []string{text}}, []goal{g}) })
		if i >= 0 && !slices.Contains(list, texts[i]) {
			list = append(list, texts[i])
		}
	}
	return list
}

// wanted returns texts that the tests which are to pass could pass: one made
// of all of them first.
func (x *changer) wanted(slot int32, goals []goal, base string) (texts []string) {
	for _, start := range []string{base, ""} {
		if text, ok := composed(goals, start); ok {
			texts = append(texts, text)
		}
	}
	for _, g := range goals {
		if !g.want {
			continue
		}
		if ref, ok := g.step.test.(*ir.FieldRef); ok {
			texts = append(texts, x.referred(g, ref, slot, base)...)
			continue
		}
		texts = append(texts, suggest(g.step.test, base)...)
	}
	return texts
}

// referred returns what a field could be to be like another one.
func (x *changer) referred(g goal, ref *ir.FieldRef, slot int32, base string) []string {
	other := x.slots[ref.Field]
	if other == slot {
		other = g.step.slot
	}
	if list := x.plainTexts(other); len(list) > 0 {
		return list[:min(len(list), 3)]
	}
	return []string{base, "same"}
}

// word returns a value that a test of keywords passes.
func (x *changer) word(t ir.Test) (string, bool) {
	x.instead = nil
	for _, text := range suggest(t, "") {
		if x.a.set([]byte(text), 0); x.pass(t, &x.a) {
			return text, true
		}
	}
	return "", false
}
