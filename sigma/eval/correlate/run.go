package correlate

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// An item is what a node sees at a point in time: an event that a rule
// matches, or that a correlation fired at.
type item struct {
	time   int64
	id     uint64
	record *record
	more   []*record // of a correlation: the other events of its group at that time
	member int
	fired  bool // by a correlation: an event of its own, whatever it fired at
}

// same reports whether two items are one event.
func (it *item) same(other *item) bool {
	return it == other || !it.fired && !other.fired && it.record == other.record
}

// each calls f with each value of a field of the item, the first of the fields
// that is there; false where none is.
func (it *item) each(fields []int, f func(text string)) bool {
	found := it.record.each(fields, f)
	for _, r := range it.more {
		found = r.each(fields, f) || found
	}
	return found
}

// run correlates the events that no other can precede any more, or all.
func (c *Correlator) run(all bool) {
	before := c.pending.watermark(c.options.Lateness)
	batch := c.pending.take(before, all, c.scratch.batch[:0])
	if over := c.pending.len() - c.options.MaxPending; over > 0 {
		batch = c.pending.force(over+c.options.MaxPending/4, batch)
	}
	c.pending.finish(batch, before, all)
	slices.SortStableFunc(batch, func(a, b *record) int { return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.id, b.id)) })
	for _, r := range batch {
		for _, m := range r.rules {
			for _, l := range m.links {
				l.node.inbox = append(l.node.inbox, item{time: r.time, id: r.id, record: r, member: l.member})
			}
		}
	}
	var told []*firing
	for _, n := range c.nodes { // those that others refer to come first
		for _, f := range n.run(c) {
			for _, l := range n.outer {
				l.node.inbox = append(l.node.inbox, item{time: f.time, id: f.records[0].id, record: f.records[0], more: f.records[1:], member: l.member, fired: true})
			}
			if f.tell {
				told = append(told, f)
			}
		}
	}
	slices.SortStableFunc(told, func(a, b *firing) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.node.index, b.node.index), strings.Compare(a.order(), b.order()))
	})
	for _, f := range told {
		c.tell(f.alert)
	}
	c.recycle(batch)
	c.scratch.batch = batch[:0]
}

// run correlates the items of a batch and returns where the condition holds,
// in the order of time.
func (n *node) run(c *Correlator) []*firing {
	if len(n.inbox) == 0 {
		return nil
	}
	if n.level > 0 {
		slices.SortStableFunc(n.inbox, func(a, b item) int { return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.id, b.id)) })
	}
	for i := range n.inbox {
		c.distribute(n, &n.inbox[i])
	}
	if len(n.shards) == 1 {
		n.shards[0].run()
	} else {
		var wg sync.WaitGroup
		for _, s := range n.shards {
			wg.Go(s.run)
		}
		wg.Wait()
	}
	var out []*firing
	for _, s := range n.shards {
		out = append(out, s.fired...)
		s.fired = nil
		c.stats.Suppressed += s.suppressed
		s.suppressed = 0
	}
	if len(n.shards) > 1 {
		slices.SortStableFunc(out, func(a, b *firing) int { return cmp.Compare(a.time, b.time) })
	}
	clear(n.inbox)
	n.inbox = n.inbox[:0]
	return out
}

// distribute gives an item to the shards of the groups that it lies in.
func (c *Correlator) distribute(n *node, it *item) {
	hashes, ok := c.tupler.groups(n, it)
	if !ok {
		n.missing++
		return
	}
	for _, hash := range hashes {
		if s := n.shards[hash[1]%uint64(len(n.shards))]; !s.has(it, hash) {
			s.inbox = append(s.inbox, work{item: it, hash: hash})
		}
	}
}

// has reports whether an item is in the inbox for a group: a list may have a
// value twice.
func (s *shard) has(it *item, hash [2]uint64) bool {
	for i := len(s.inbox) - 1; i >= 0 && s.inbox[i].item == it; i-- {
		if s.inbox[i].hash == hash {
			return true
		}
	}
	return false
}
