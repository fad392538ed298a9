package eval

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A builder makes a core.
type builder struct {
	*core
	plan   *plan
	local  map[int32]uint32 // atom of the plan to that of the core
	lazies map[int32]uint32
	bit    map[string]uint32
	sets   [][]int32 // by bit: atoms of the plan
	costs  []float64 // by bit: how likely it is, about
	byBit  [][]entry
	does   []effect // by atom of the core
	key    []byte
}

// newCore makes the core of the chosen rules.
func newCore(p *plan, chosen []int) *core {
	b := &builder{core: &core{}, plan: p, local: map[int32]uint32{}, lazies: map[int32]uint32{}, bit: map[string]uint32{}}
	for _, i := range chosen {
		b.number(p.trees[i])
	}
	b.renumber()
	b.byBit = make([][]entry, len(b.sets))
	for _, i := range chosen {
		b.rule(p.trees[i], int32(i))
	}
	b.link()
	b.index()
	return b.core
}

// eager reports whether the index or the reader of the event sets the bits of
// an atom.
func (a *atom) eager() bool {
	return a.kind == valueAtom || a.kind == gateAtom || a.kind == presentAtom
}

// leaf returns the bit of a leaf's eager atoms, false where it has none, and
// its lazy ones.
func (b *builder) leaf(n *node) (bit uint32, ok bool, lazy []int32) {
	eager := n.atoms
	for i, id := range n.atoms {
		if b.plan.atoms[id].eager() {
			if lazy != nil {
				eager = append(eager, id)
			}
			continue
		}
		if lazy == nil {
			eager = slices.Clone(n.atoms[:i])
		}
		lazy = append(lazy, id)
	}
	if len(eager) == 0 {
		return 0, false, lazy
	}
	return b.bitOf(eager), true, lazy
}

// bitOf returns the bit that is set where one of the atoms passes.
func (b *builder) bitOf(atoms []int32) uint32 {
	b.key = b.key[:0]
	for _, id := range atoms {
		b.key = binary.LittleEndian.AppendUint32(b.key, uint32(id))
	}
	bit, ok := b.bit[string(b.key)]
	if !ok {
		bit = uint32(len(b.sets))
		b.bit[string(b.key)] = bit
		b.sets = append(b.sets, atoms)
	}
	return bit
}

// number gives the leaves of a tree their bits.
func (b *builder) number(n *node) {
	if n.op == leafNode {
		b.leaf(n)
	}
	for _, k := range n.kids {
		b.number(k)
	}
}

// renumber orders the bits so that those which one common test sets lie side
// by side: then it sets them with a few words.
func (b *builder) renumber() {
	members := map[int32]int{}
	for _, set := range b.sets {
		for _, id := range set {
			members[id]++
		}
	}
	type ranked struct {
		leader int32 // the atom of the set that is in most sets
		old    uint32
	}
	order := make([]ranked, len(b.sets))
	for i, set := range b.sets {
		order[i] = ranked{set[0], uint32(i)}
		for _, id := range set {
			if members[id] > members[order[i].leader] {
				order[i].leader = id
			}
		}
	}
	slices.SortStableFunc(order, func(x, y ranked) int { return cmp.Compare(x.leader, y.leader) })
	sets := make([][]int32, len(order))
	renamed := make([]uint32, len(order))
	for i, r := range order {
		sets[i], renamed[r.old] = b.sets[r.old], uint32(i)
	}
	for key, old := range b.bit {
		b.bit[key] = renamed[old]
	}
	b.sets, b.bits = sets, len(sets)
	b.costs = make([]float64, len(sets))
	for i, set := range sets {
		for _, id := range set {
			b.costs[i] += b.plan.atoms[id].likely()
		}
		b.costs[i] = min(b.costs[i], 1)
	}
}

// link lays the entries of all bits side by side.
func (b *builder) link() {
	b.triggers = make([]span, b.bits)
	for bit, entries := range b.byBit {
		b.triggers[bit] = span{uint32(len(b.entries)), uint32(len(b.entries) + len(entries))}
		b.entries = append(b.entries, entries...)
	}
}

// index makes the indexes of the fields and says for each atom which bits it
// sets.
func (b *builder) index() {
	b.fields = make([]*index, b.plan.names.slots)
	b.present = make([]uint32, b.plan.names.slots)
	rare := newRarity()
	defer rare.free()
	var ids []int32
	for bit, set := range b.sets {
		for _, id := range set {
			a := b.plan.atoms[id]
			local, ok := b.local[id]
			if !ok {
				local = uint32(len(b.atoms))
				b.local[id] = local
				b.atoms, b.does = append(b.atoms, coreAtom{check: a.doubt()}), append(b.does, effect{})
				ids = append(ids, id)
				if a.kind == presentAtom {
					b.present[a.slot] = local + 1
				}
				for _, text := range a.needles() {
					rare.note(text, a.uses)
				}
			}
			b.does[local].set(uint32(bit), b.triggers[bit])
		}
	}
	for i := range b.does {
		from := uint32(len(b.effects))
		b.effects = b.does[i].append(b.effects)
		b.atoms[i].from, b.atoms[i].to = from, uint32(len(b.effects))
	}
	for local, id := range ids {
		b.add(b.plan.atoms[id], uint32(local), rare)
	}
	for _, x := range b.fields {
		if x != nil {
			x.build()
		}
	}
	if b.words != nil {
		b.words.build()
	}
}

// add puts an atom in the index of its field.
func (b *builder) add(a *atom, local uint32, rare *rarity) {
	if a.kind == presentAtom {
		return
	}
	x := &b.words
	if a.slot >= 0 {
		x = &b.fields[a.slot]
	}
	if *x == nil {
		*x = newIndex()
	}
	(*x).add(a, local, rare)
}

// doubt returns the check that must follow where the index found the test, or
// nil where the index is sure.
func (a *atom) doubt() checker {
	switch t := a.test.(type) {
	case *ir.Text:
		if list := a.plain(); list == nil || t.Cased && list[0].shape != ir.Any {
			return a.check
		}
	case *ir.TimePart:
		return a.check
	}
	return nil
}

// needles returns the literals that stand in values which pass the test.
func (a *atom) needles() []string {
	switch t := a.test.(type) {
	case *ir.Text, *ir.Bool:
		var texts []string
		list := a.plain()
		for _, p := range list {
			texts = append(texts, p.text)
		}
		if x, ok := t.(*ir.Text); ok && list == nil {
			return patternLiterals(x.Pattern)
		}
		return texts
	case *ir.Regexp:
		return literals(t)
	}
	return nil
}
