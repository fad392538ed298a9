package correlate

// A group is what a correlation knows of one group of events. Its size is what
// a million of them cost.
type group struct {
	hash  [2]uint64 // of the values of the group-by fields
	last  uint64    // its latest event in the window
	told  int64     // when an alert was last told, noTime before
	count uint32    // how many events it has in the window
	extra uint32    // of the correlation's type: see kind
}

// noTime stands before all times.
const noTime = -1 << 63

// none is no slot.
const none = ^uint32(0)

// chunks is a slice that grows without being copied, so that it never takes
// twice the memory.
type chunks[T any] struct {
	list [][]T
	n    int
	free []uint32
}

const chunkBits = 12

// at returns the element in a slot. It is valid until the next alloc.
func (c *chunks[T]) at(i uint32) *T { return &c.list[i>>chunkBits][i&(1<<chunkBits-1)] }

// alloc returns a slot whose content is the zero value.
func (c *chunks[T]) alloc() uint32 {
	if last := len(c.free) - 1; last >= 0 {
		i := c.free[last]
		c.free = c.free[:last]
		var zero T
		*c.at(i) = zero
		return i
	}
	switch chunk := c.n >> chunkBits; {
	case chunk == len(c.list) && chunk > 0:
		c.list = append(c.list, make([]T, 1<<chunkBits))
	case chunk == len(c.list):
		c.list = append(c.list, make([]T, 1<<4))
	case c.n == len(c.list[0]) && chunk == 0: // the first chunk begins small
		c.list[0] = append(c.list[0], make([]T, c.n)...)
	}
	c.n++
	return uint32(c.n - 1)
}

// release gives a slot back.
func (c *chunks[T]) release(i uint32) { c.free = append(c.free, i) }

// used is how many slots are in use.
func (c *chunks[T]) used() int { return c.n - len(c.free) }

// groups finds groups by their hash: open addressing with linear probing, and
// backward shifts where one is removed.
type groups struct {
	slots chunks[group]
	table []uint32 // a slot plus one, 0 where free; its length is a power of two
}

func (g *groups) len() int { return g.slots.used() }

// at returns the group in a slot.
func (g *groups) at(slot uint32) *group { return g.slots.at(slot) }

// find returns the slot of the group with that hash, or none.
func (g *groups) find(hash [2]uint64) uint32 {
	if len(g.table) == 0 {
		return none
	}
	mask := uint64(len(g.table) - 1)
	for i := hash[0] & mask; ; i = (i + 1) & mask {
		slot := g.table[i]
		if slot == 0 {
			return none
		}
		if g.at(slot-1).hash == hash {
			return slot - 1
		}
	}
}

// add returns the slot of a new group.
func (g *groups) add(hash [2]uint64) uint32 {
	if (g.slots.used()+1)*4 > len(g.table)*3 {
		g.grow()
	}
	slot := g.slots.alloc()
	*g.at(slot) = group{hash: hash, extra: none, told: noTime}
	g.put(slot)
	return slot
}

// put notes a slot in the table.
func (g *groups) put(slot uint32) {
	mask := uint64(len(g.table) - 1)
	i := g.at(slot).hash[0] & mask
	for g.table[i] != 0 {
		i = (i + 1) & mask
	}
	g.table[i] = slot + 1
}

// grow doubles the table.
func (g *groups) grow() {
	old := g.table
	g.table = make([]uint32, max(2*len(old), 64))
	for _, slot := range old {
		if slot != 0 {
			g.put(slot - 1)
		}
	}
}

// remove forgets a group.
func (g *groups) remove(slot uint32) {
	mask := uint64(len(g.table) - 1)
	i := g.at(slot).hash[0] & mask
	for g.table[i] != slot+1 {
		i = (i + 1) & mask
	}
	// What stands behind moves up, unless that is before its own place.
	for j := (i + 1) & mask; g.table[j] != 0; j = (j + 1) & mask {
		home := g.at(g.table[j] - 1).hash[0] & mask
		if (j-home)&mask >= (j-i)&mask {
			g.table[i] = g.table[j]
			i = j
		}
	}
	g.table[i] = 0
	g.slots.release(slot)
}

// lists are short slices that are used again.
type lists[T any] struct{ free [][]T }

// take returns a slice of n zeros.
func (l *lists[T]) take(n int) []T {
	last := len(l.free) - 1
	if last < 0 {
		return make([]T, n)
	}
	list := l.free[last]
	l.free = l.free[:last]
	clear(list)
	return list
}

// give takes a slice back.
func (l *lists[T]) give(list *[]T) {
	const most = 1 << 12
	if len(l.free) < most {
		l.free = append(l.free, *list)
	}
	*list = nil
}
