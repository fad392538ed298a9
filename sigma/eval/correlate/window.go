package correlate

// An entry is an event in the window of a group.
type entry struct {
	time  int64
	id    uint64
	prev  uint64 // the group's event before this one, by index
	group uint32
	extra uint32 // of the correlation's type: the member, or a slot of what the event adds
}

// A window is the events of all groups of a shard in the order of their times:
// a queue in chunks, in which an event has the same index as long as it is
// there. It is written and read from one end to the other, which is what
// memory is fast at.
type window struct {
	chunks     [][]entry
	spare      []entry // a chunk that is free
	head, tail uint64  // the index of the first event, and of the next one to come
}

func (w *window) len() int { return int(w.tail - w.head) }

// at returns the entry with that index.
func (w *window) at(i uint64) *entry {
	return &w.chunks[i>>chunkBits-w.head>>chunkBits][i&(1<<chunkBits-1)]
}

// first returns the earliest event, or nil.
func (w *window) first() *entry {
	if w.head == w.tail {
		return nil
	}
	return w.at(w.head)
}

// push adds an event to a group. It is not before any that is there.
func (w *window) push(g *group, e entry) {
	if n := w.tail>>chunkBits - w.head>>chunkBits; int(n) == len(w.chunks) {
		chunk := w.spare
		if w.spare = nil; chunk == nil {
			chunk = make([]entry, 1<<chunkBits)
		}
		w.chunks = append(w.chunks, chunk)
	}
	e.prev = g.last
	*w.at(w.tail) = e
	g.last = w.tail
	g.count++
	w.tail++
}

// pop removes the earliest event, which is the earliest of its group, too, and
// returns it.
func (w *window) pop() entry {
	e := *w.at(w.head)
	w.head++
	if w.head&(1<<chunkBits-1) == 0 {
		w.spare = w.chunks[0]
		w.chunks = append(w.chunks[:0], w.chunks[1:]...)
	}
	return e
}

// last calls f with the events of a group, the latest first, until f returns
// false.
func (w *window) last(g *group, f func(e *entry) bool) {
	i := g.last
	for range g.count {
		e := w.at(i)
		if !f(e) {
			return
		}
		i = e.prev
	}
}
