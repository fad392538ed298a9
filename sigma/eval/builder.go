package eval

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A builder makes a core.
type builder struct {
	*core
	plan   *plan
	local  map[int32]int // atom of the plan to its place in ids
	lazies map[int32]uint32
	bit    map[string]uint32
	sets   [][]int32 // by bit: atoms of the plan
	costs  []float64 // by bit: how likely it is, about
	byBit  [][]entry
	does   []wordList // what an atom sets, by its place in ids
	ids    []int32    // of the plan, in the order in which the bits name them
	key    []byte
}

// newCore makes the core of the chosen rules.
func newCore(p *plan, chosen []int) *core {
	b := &builder{core: &core{}, plan: p, local: map[int32]int{}, lazies: map[int32]uint32{}, bit: map[string]uint32{}}
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
	b.triggers, b.leads = make([]span, b.bits), make([]uint64, (b.bits+63)/64)
	for bit, entries := range b.byBit {
		if len(entries) > 0 {
			b.leads[bit>>6] |= 1 << (bit & 63)
		}
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
	for bit, set := range b.sets {
		for _, id := range set {
			b.does[b.place(id, rare)].set(bit)
		}
	}
	for i, id := range b.ids {
		a := b.plan.atoms[id]
		b.add(a, b.markOf(a, b.does[i]), rare)
	}
	for _, x := range b.fields {
		if x != nil {
			x.build()
		}
	}
	if b.words != nil {
		b.words.scanner.buildQuick()
		b.words.build()
	}
}

// place returns the place of an atom in ids.
func (b *builder) place(id int32, rare *rarity) int {
	i, ok := b.local[id]
	if !ok {
		i = len(b.ids)
		b.local[id] = i
		b.ids, b.does = append(b.ids, id), append(b.does, nil)
		a := b.plan.atoms[id]
		for _, text := range a.needles() {
			rare.note(text, a.uses)
		}
	}
	return i
}

// wordList is words of bits.
type wordList []word

// set adds a bit; bits come in their order.
func (l *wordList) set(bit int) {
	n := len(*l)
	if n == 0 || (*l)[n-1].index != uint32(bit>>6) {
		*l = append(*l, word{index: uint32(bit >> 6)})
		n++
	}
	(*l)[n-1].mask |= 1 << (bit & 63)
}

// markOf returns the mark of an atom that sets these bits.
func (b *builder) markOf(a *atom, does wordList) uint32 {
	check := a.doubt()
	if w := does[0]; check == nil && len(does) == 1 && w.mask&(w.mask-1) == 0 {
		return w.index<<6 | uint32(bits.TrailingZeros64(w.mask))
	}
	from := uint32(len(b.masks))
	b.masks = append(b.masks, does...)
	b.atoms = append(b.atoms, coreAtom{check, from, uint32(len(b.masks))})
	return uint32(b.bits + len(b.atoms) - 1)
}

// add puts an atom in the index of its field.
func (b *builder) add(a *atom, mark uint32, rare *rarity) {
	if a.kind == presentAtom {
		b.present[a.slot] = mark + 1
		return
	}
	x := &b.words
	if a.slot >= 0 {
		x = &b.fields[a.slot]
	}
	if *x == nil {
		*x = newIndex()
	}
	(*x).add(a, mark, rare)
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
