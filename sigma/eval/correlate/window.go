package correlate

// An entry is an event in the window of a group.
type entry struct {
	time  int64
	id    uint64
	group uint32
	next  uint32 // the group's next event
	after uint32 // the next event of all groups
	extra uint32 // of the correlation's type: the member, or a slot of what the event adds
}

// A window is the events of all groups of a shard, the earliest first. It is a
// list, so that an event is added and removed at the same cost whatever there
// is.
type window struct {
	slots       chunks[entry]
	first, last uint32
}

func newWindow() window { return window{first: none, last: none} }

func (w *window) len() int { return w.slots.used() }

// at returns the entry in a slot.
func (w *window) at(slot uint32) *entry { return w.slots.at(slot) }

// push adds an event to a group. It is not before any that is there.
func (w *window) push(groups *groups, e entry) {
	slot := w.slots.alloc()
	e.next, e.after = none, none
	*w.at(slot) = e
	if w.last == none {
		w.first = slot
	} else {
		w.at(w.last).after = slot
	}
	w.last = slot
	g := groups.at(e.group)
	if g.last == none {
		g.first = slot
	} else {
		w.at(g.last).next = slot
	}
	g.last = slot
	g.count++
}

// pop removes the earliest event, which is the earliest of its group, too, and
// returns it.
func (w *window) pop(groups *groups) entry {
	slot := w.first
	e := *w.at(slot)
	if w.first = e.after; w.first == none {
		w.last = none
	}
	g := groups.at(e.group)
	if g.first = e.next; g.first == none {
		g.last = none
	}
	g.count--
	w.slots.release(slot)
	return e
}
