package correlate

import (
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A kind is what a type of correlation keeps of groups and events, in the
// fields extra of these.
type kind interface {
	read(it *item, to []uint32) []uint32 // what the event adds: an extra for each value; none where it has no value
	open(g *group)
	add(g *group, e *entry)
	step(g *group, t int64, works []work) // behind the items of one point in time
	remove(g *group, e *entry)
	close(g *group)
	holds(g *group, t int64) (value string, ok bool)

	// What an event adds and what a group has, for a saved state. What follows
	// from the events of a group is not saved.
	save(e *entry) string
	load(text string) (extra uint32, ok bool)
	saveGroup(g *group) []int64
	loadGroup(g *group, numbers []int64) bool
}

// newKind returns the kind of a node's type.
func newKind(n *node, c *Correlator) kind {
	switch n.correlation.Type {
	case ir.ValueCount:
		return &values{node: n, tupler: valueTupler(c), counts: make(map[[2]uint64]uint32)}
	case ir.Temporal:
		return &temporal{node: n}
	case ir.TemporalOrdered:
		return &ordered{node: n}
	case ir.ValueSum, ir.ValueAvg:
		return &sums{node: n}
	case ir.ValuePercentile, ir.ValueMedian:
		return &ranks{node: n, percentile: fractionOf(n.correlation.Percentile)}
	}
	return &events{node: n}
}

// nothing is what kinds have that keep nothing.
type nothing struct{}

func (nothing) read(_ *item, to []uint32) []uint32 { return append(to, none) }
func (nothing) open(*group)                        {}
func (nothing) add(*group, *entry)                 {}
func (nothing) step(*group, int64, []work)         {}
func (nothing) remove(*group, *entry)              {}
func (nothing) close(*group)                       {}

func (nothing) save(*entry) string             { return "" }
func (nothing) load(string) (uint32, bool)     { return none, true }
func (nothing) saveGroup(*group) []int64       { return nil }
func (nothing) loadGroup(*group, []int64) bool { return true }

// events counts events (C14).
type events struct {
	nothing
	node *node
}

func (k *events) holds(g *group, _ int64) (string, bool) { return count(k.node, int64(g.count)) }

// count compares a count.
func count(n *node, c int64) (string, bool) {
	if !hold(n.bounds, number{whole: c}) {
		return "", false
	}
	return strconv.FormatInt(c, 10), true
}

// values counts different values, or tuples of them (C15).
type values struct {
	nothing
	node   *node
	tupler *tupler
	counts map[[2]uint64]uint32 // how many events of a group have a value, by the hashes of both
	hashes chunks[[2]uint64]
}

// key returns the hash of a value in a group.
func (k *values) key(g *group, e *entry) [2]uint64 {
	h := k.hashes.at(e.extra)
	return [2]uint64{h[0] ^ g.hash[0], h[1] ^ g.hash[1]}
}

func (k *values) read(it *item, to []uint32) []uint32 {
	for _, hash := range k.tupler.values(k.node, it) {
		slot := k.hashes.alloc()
		*k.hashes.at(slot) = hash
		to = append(to, slot)
	}
	return to
}

func (k *values) open(g *group) { g.extra = 0 }

func (k *values) add(g *group, e *entry) {
	key := k.key(g, e)
	n := k.counts[key]
	if n == 0 {
		g.extra++
	}
	k.counts[key] = n + 1
}

func (k *values) remove(g *group, e *entry) {
	key := k.key(g, e)
	k.hashes.release(e.extra)
	if n := k.counts[key] - 1; n > 0 {
		k.counts[key] = n
		return
	}
	delete(k.counts, key)
	g.extra--
}

func (k *values) holds(g *group, _ int64) (string, bool) { return count(k.node, int64(g.extra)) }

func (k *values) save(e *entry) string {
	h := *k.hashes.at(e.extra)
	return strconv.FormatUint(h[0], 16) + " " + strconv.FormatUint(h[1], 16)
}

func (k *values) load(text string) (uint32, bool) {
	first, second, _ := strings.Cut(text, " ")
	h0, err0 := strconv.ParseUint(first, 16, 64)
	h1, err1 := strconv.ParseUint(second, 16, 64)
	if err0 != nil || err1 != nil {
		return none, false
	}
	slot := k.hashes.alloc()
	*k.hashes.at(slot) = [2]uint64{h0, h1}
	return slot, true
}

// temporal counts the rules that occur (C16, C20).
type temporal struct {
	nothing
	node   *node
	counts chunks[[]uint32] // of each group: how many events of each member
	lists  lists[uint32]
}

func (k *temporal) read(it *item, to []uint32) []uint32 { return append(to, uint32(it.member)) }

func (k *temporal) open(g *group) {
	g.extra = k.counts.alloc()
	*k.counts.at(g.extra) = k.lists.take(len(k.node.reads))
}

func (k *temporal) add(g *group, e *entry)    { (*k.counts.at(g.extra))[e.extra]++ }
func (k *temporal) remove(g *group, e *entry) { (*k.counts.at(g.extra))[e.extra]-- }

func (k *temporal) close(g *group) {
	k.lists.give(k.counts.at(g.extra))
	k.counts.release(g.extra)
}

func (k *temporal) holds(g *group, _ int64) (string, bool) {
	counts := *k.counts.at(g.extra)
	c := k.node.correlation
	if c.Need != nil {
		if !ir.Met(c.Need, func(m int) bool { return counts[m] > 0 }) {
			return "", false
		}
		var names []string
		for i, m := range c.Members {
			if counts[i] > 0 {
				names = append(names, m.Name)
			}
		}
		return strings.Join(names, " "), true
	}
	n := int64(0)
	for _, m := range counts {
		if m > 0 {
			n++
		}
	}
	return count(k.node, n)
}

func (k *temporal) save(e *entry) string { return strconv.Itoa(int(e.extra)) }

func (k *temporal) load(text string) (uint32, bool) {
	n, err := strconv.Atoi(text)
	return uint32(n), err == nil && n >= 0 && n < len(k.node.reads)
}

// sums adds numbers up (C21).
type sums struct {
	nothing
	numbers
	node   *node
	totals chunks[sum]
}

// numbers are what events add to sums and ranks.
type numbers struct{ slots chunks[number] }

func (k *numbers) save(e *entry) string {
	n := k.slots.at(e.extra)
	if n.rat != nil {
		return n.rat.RatString()
	}
	return n.String()
}

func (k *numbers) load(text string) (uint32, bool) {
	n, ok := parseNumber(text)
	if !ok && len(text) <= 2*maxDigits {
		n.rat, ok = new(big.Rat).SetString(text)
	}
	if !ok {
		return none, false
	}
	slot := k.slots.alloc()
	*k.slots.at(slot) = n
	return slot, true
}

// take returns the number of an event, which is no more needed.
func (k *numbers) take(e *entry) number {
	n := *k.slots.at(e.extra)
	*k.slots.at(e.extra) = number{}
	k.slots.release(e.extra)
	return n
}

// readFor returns the numbers that an item has in the field of the node's
// condition.
func (k *numbers) readFor(n *node, it *item, to []uint32) []uint32 {
	for _, r := range n.reads[it.member] {
		if !r.value {
			continue
		}
		it.each(r.fields, func(text string) {
			if value, ok := parseNumber(text); ok && len(to) < maxTuples {
				slot := k.slots.alloc()
				*k.slots.at(slot) = value
				to = append(to, slot)
			}
		})
	}
	return to
}

func (k *sums) read(it *item, to []uint32) []uint32 { return k.readFor(k.node, it, to) }

func (k *sums) save(e *entry) string            { return k.numbers.save(e) }
func (k *sums) load(text string) (uint32, bool) { return k.numbers.load(text) }
func (k *sums) open(g *group)                   { g.extra = k.totals.alloc() }
func (k *sums) add(g *group, e *entry)          { k.totals.at(g.extra).add(*k.slots.at(e.extra), 1) }
func (k *sums) remove(g *group, e *entry)       { k.totals.at(g.extra).add(k.take(e), -1) }

func (k *sums) close(g *group) {
	*k.totals.at(g.extra) = sum{}
	k.totals.release(g.extra)
}

func (k *sums) holds(g *group, _ int64) (string, bool) {
	s := k.totals.at(g.extra)
	n := s.total()
	if k.node.correlation.Type == ir.ValueAvg {
		n = s.mean()
	}
	if !hold(k.node.bounds, n) {
		return "", false
	}
	return n.String(), true
}

// ranks keeps numbers sorted (C22).
type ranks struct {
	nothing
	numbers
	node       *node
	percentile *big.Rat
	sorted     chunks[[]number]
}

func (k *ranks) read(it *item, to []uint32) []uint32 { return k.readFor(k.node, it, to) }
func (k *ranks) save(e *entry) string                { return k.numbers.save(e) }
func (k *ranks) load(text string) (uint32, bool)     { return k.numbers.load(text) }
func (k *ranks) open(g *group)                       { g.extra = k.sorted.alloc() }

func (k *ranks) close(g *group) {
	*k.sorted.at(g.extra) = nil
	k.sorted.release(g.extra)
}

func (k *ranks) add(g *group, e *entry) {
	list, n := k.sorted.at(g.extra), *k.slots.at(e.extra)
	at := sort.Search(len(*list), func(i int) bool { return (*list)[i].compare(n) > 0 })
	*list = slices.Insert(*list, at, n)
}

func (k *ranks) remove(g *group, e *entry) {
	list, n := k.sorted.at(g.extra), k.take(e)
	at := sort.Search(len(*list), func(i int) bool { return (*list)[i].compare(n) >= 0 })
	*list = slices.Delete(*list, at, at+1)
}

// holds takes the value at the nearest rank: the smallest one that is not less
// than so many percent of the values.
func (k *ranks) holds(g *group, _ int64) (string, bool) {
	list := *k.sorted.at(g.extra)
	n := list[k.rank(len(list))-1]
	if !hold(k.node.bounds, n) {
		return "", false
	}
	return n.String(), true
}

// rank returns the nearest rank of the percentile among n values, from 1 to n.
func (k *ranks) rank(n int) int {
	if num, denom := k.percentile.Num(), k.percentile.Denom(); denom.BitLen() < 24 && n < 1<<30 {
		a, b := num.Int64()*int64(n), denom.Int64()*100 // at most 100 * 2^54
		return int(max((a+b-1)/b, 1))
	}
	r := new(big.Rat).Mul(k.percentile, big.NewRat(int64(n), 100))
	up := new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1)))
	return int(max(up.Quo(up, r.Denom()).Int64(), 1))
}

// fractionOf returns an ir.Number as a fraction.
func fractionOf(n ir.Number) *big.Rat {
	x, _ := numberOf(n)
	return x.fraction()
}
