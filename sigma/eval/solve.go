package eval

import (
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// solve returns changes of the event that reach the goals as far as each
// field by itself can tell.
func (x *changer) solve(goals []goal) (list []*whatIf) {
	bySlot := map[int32][]goal{}
	var refs, words []goal
	for _, g := range goals {
		switch {
		case g.isRef():
			refs = append(refs, g)
		case g.step.slot == wordSlot:
			words = append(words, g)
		default:
			bySlot[g.step.slot] = append(bySlot[g.step.slot], g)
		}
	}
	if len(words) > 0 { // a field that is changed anyway may do it
		hosts := slices.Collect(maps.Keys(bySlot))
		for _, g := range refs {
			hosts = append(hosts, g.step.slot)
		}
		slices.Sort(hosts)
		hosts = slices.Compact(hosts)
		for _, slot := range hosts[:min(len(hosts), maxHosts)] {
			hosted := maps.Clone(bySlot)
			hosted[slot] = slices.Concat(hosted[slot], words)
			list = append(list, x.solveRefs(&whatIf{host: slot}, hosted, refs)...)
		}
	}
	if base := x.solveWords(words); base != nil {
		list = append(list, x.solveRefs(base, bySlot, refs)...)
	}
	return list
}

// The bounds of how many fields are tried to hold keywords, and of how many
// comparisons of two fields are tried from both sides.
const (
	maxHosts = 3
	maxSides = 3
)

// solveWords returns a change that reaches goals about the whole event: by a
// field that the rule does not name, or by taking values away.
func (x *changer) solveWords(words []goal) *whatIf {
	base := &whatIf{host: wordSlot}
	for _, g := range words {
		if !g.want {
			base.dropped = append(base.dropped, g.step.test)
			continue
		}
		text, ok := x.word(g.step.test)
		if !ok {
			return nil
		}
		base.added = append(base.added, text)
	}
	return base
}

// solveRefs adds to a change what each field should be, from either side of
// each comparison of two fields.
func (x *changer) solveRefs(base *whatIf, bySlot map[int32][]goal, refs []goal) (list []*whatIf) {
	for sides := range 1 << min(len(refs), maxSides) {
		list = append(list, x.solveSides(base, bySlot, refs, sides)...)
	}
	return list
}

// solveSides solves for the case that of each two fields that are compared the
// first is changed, or, where its bit of sides is set, the second.
func (x *changer) solveSides(base *whatIf, bySlot map[int32][]goal, refs []goal, sides int) []*whatIf {
	bySlot = maps.Clone(bySlot)
	for i, g := range refs {
		slot := g.step.slot
		if sides>>i&1 != 0 {
			slot = x.slots[g.step.test.(*ir.FieldRef).Field]
		}
		bySlot[slot] = append(slices.Clip(bySlot[slot]), g)
	}
	slots := slices.Sorted(maps.Keys(bySlot))
	choices := make([][]edit, len(slots))
	for i, slot := range slots {
		if choices[i] = x.candidates(slot, bySlot[slot]); len(choices[i]) == 0 {
			return nil
		}
	}
	var list []*whatIf
	choose := func(field, n int) {
		y := &whatIf{fields: map[int32]edit{}, host: base.host, added: base.added, dropped: base.dropped}
		for i, slot := range slots {
			y.fields[slot] = choices[i][0]
			if i == field {
				y.fields[slot] = choices[i][n]
			}
		}
		x.complete(y, refs)
		list = append(list, y)
	}
	choose(-1, 0)
	for i := range slots {
		for n := range choices[i][1:] {
			choose(i, n+1)
		}
	}
	return list
}

// complete gives fields that are to be like another one, which is not there,
// the same text.
func (x *changer) complete(y *whatIf, refs []goal) {
	x.instead = y
	for _, g := range refs {
		slot, other := g.step.slot, x.slots[g.step.test.(*ir.FieldRef).Field]
		if _, edited := y.fields[slot]; !edited {
			slot, other = other, slot
		}
		if e := y.fields[slot]; g.want && len(e.values) > 0 && len(x.texts(other, true)) == 0 {
			y.fields[other] = edit{values: e.values[:1]}
		}
	}
}
