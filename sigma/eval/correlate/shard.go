package correlate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A shard has a part of the groups of a node. It is used by one goroutine at a
// time.
type shard struct {
	node    *node
	c       *Correlator
	groups  groups
	window  window
	tupler  *tupler
	kind    kind
	limits  struct{ groups, events int }
	inbox   []work
	extras  []uint32
	added   []work
	fired   []*firing
	silent  []silence // groups without events that are still to be silent, in the order of their time
	silence int64     // how long a group is silent after an alert was told

	stats      Stats
	suppressed uint64
}

// A work is an item that lies in a group.
type work struct {
	item *item
	hash [2]uint64
}

// A silence is how long a group is kept without events.
type silence struct {
	hash  [2]uint64
	until int64
}

// A firing is a point in time at which the condition of a group holds.
type firing struct {
	node    *node
	time    int64
	records []*record // of the group, at that time
	tell    bool
	alert   Alert // where it is told
}

// order returns what firings of one time and one correlation are sorted by.
func (f *firing) order() string {
	var b strings.Builder
	for _, v := range f.alert.Group {
		b.WriteString(v.Text)
		b.WriteByte(0)
	}
	return b.String()
}

// newShard returns an empty shard of a node.
func newShard(n *node, c *Correlator) *shard {
	s := &shard{node: n, c: c, kind: newKind(n, c), tupler: newTupler(c), silence: int64(c.options.Suppress)}
	if c.options.Suppress < 0 {
		s.silence = n.window
	}
	s.limits.groups = max(c.options.MaxGroups/c.options.Shards, 1)
	s.limits.events = max(c.options.MaxEvents/c.options.Shards, 1)
	return s
}

// run takes in what is in the inbox, a point in time after the other.
func (s *shard) run() {
	for i := 0; i < len(s.inbox); {
		t := s.inbox[i].item.time
		end := i + 1
		for end < len(s.inbox) && s.inbox[end].item.time == t {
			end++
		}
		s.expire(t)
		s.step(t, s.inbox[i:end])
		i = end
	}
	clear(s.inbox)
	s.inbox = s.inbox[:0]
}

// step takes in the items of one point in time and looks at the groups that
// they lie in.
func (s *shard) step(t int64, works []work) {
	if len(works) > 1 {
		slices.SortStableFunc(works, func(a, b work) int {
			return cmp.Or(cmp.Compare(a.hash[0], b.hash[0]), cmp.Compare(a.hash[1], b.hash[1]))
		})
	}
	for i := 0; i < len(works); {
		end := i + 1
		for end < len(works) && works[end].hash == works[i].hash {
			end++
		}
		s.look(t, works[i:end])
		i = end
	}
}

// look adds the items of one group at one point in time, and notes whether its
// condition holds now.
func (s *shard) look(t int64, works []work) {
	added := s.added[:0]
	slot := none
	for _, w := range works {
		// Several rules of a correlation may match one event, which counts once
		// where it does not matter which.
		if n := len(added); n > 0 && !s.node.correlation.Type.IsTemporal() && added[n-1].item.same(w.item) {
			continue
		}
		s.extras = s.kind.read(w.item, s.extras[:0])
		if len(s.extras) == 0 {
			s.stats.NoValue++
			continue
		}
		for _, extra := range s.extras {
			slot = s.push(w.hash, entry{time: t, id: w.item.id, extra: extra})
		}
		added = append(added, w)
	}
	s.added = added
	if slot == none {
		return
	}
	g := s.groups.at(slot)
	s.kind.step(g, t, added)
	value, ok := s.kind.holds(g, t)
	if !ok {
		return
	}
	f := &firing{node: s.node, time: t, records: recordsOf(added), tell: s.node.told}
	if f.tell && s.quiet(g, t) {
		f.tell = false
		s.suppressed++
	}
	if f.tell {
		g.told = t
		f.alert = s.alert(g, t, added[0], value)
	}
	if f.tell || len(s.node.outer) > 0 {
		s.fired = append(s.fired, f)
	}
}

// push adds an event to the group with that hash, and returns the group's slot.
func (s *shard) push(hash [2]uint64, e entry) uint32 {
	s.makeRoom(hash, e.time)
	slot := s.groups.find(hash)
	if slot == none {
		slot = s.groups.add(hash)
		s.kind.open(s.groups.at(slot))
	}
	e.group = slot
	g := s.groups.at(slot)
	s.window.push(g, e)
	s.kind.add(g, &e)
	return slot
}

// recordsOf returns the events of items, each once.
func recordsOf(works []work) []*record {
	if len(works) == 1 && works[0].item.more == nil {
		return []*record{works[0].item.record}
	}
	var out []*record
	seen := make(map[*record]bool, len(works))
	add := func(r *record) {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	for _, w := range works {
		add(w.item.record)
		for _, r := range w.item.more {
			add(r)
		}
	}
	return out
}

// alert describes a group whose condition holds.
func (s *shard) alert(g *group, t int64, w work, value string) Alert {
	a := Alert{
		Correlation: s.node.correlation,
		From:        time.Unix(0, from(t, s.node.window)).UTC(),
		To:          time.Unix(0, t).UTC(),
		Group:       s.tupler.groupOf(s.node, w.item, w.hash),
		Value:       value,
		Total:       int(g.count),
	}
	s.window.last(g, func(e *entry) bool {
		if n := len(a.Events); n == 0 || a.Events[n-1] != e.id {
			a.Events = append(a.Events, e.id)
		}
		return len(a.Events) < s.c.options.MaxListed
	})
	slices.Reverse(a.Events)
	return a
}

// from returns the begin of a window that ends at t.
func from(t, window int64) int64 {
	if t < noTime+window {
		return noTime
	}
	return t - window
}

// expire removes the events that lie before the window which ends at t, and
// the groups that have none left.
func (s *shard) expire(t int64) {
	limit := from(t, s.node.window)
	for e := s.window.first(); e != nil && e.time < limit; e = s.window.first() {
		s.pop(t)
	}
	for len(s.silent) > 0 && s.silent[0].until < t {
		slot := s.groups.find(s.silent[0].hash)
		s.silent = s.silent[1:]
		if slot != none {
			s.dropEmpty(slot, t)
		}
	}
}

// pop removes the earliest event. It returns whether its group went, too.
func (s *shard) pop(t int64) bool {
	e := s.window.pop()
	g := s.groups.at(e.group)
	g.count--
	s.kind.remove(g, &e)
	return s.dropEmpty(e.group, t)
}

// dropEmpty removes a group that has no events, unless it is to be silent for
// some time.
func (s *shard) dropEmpty(slot uint32, t int64) bool {
	g := s.groups.at(slot)
	if g.count > 0 {
		return false
	}
	if s.quiet(g, t) {
		s.silent = append(s.silent, silence{g.hash, g.told + s.silence})
		return false
	}
	s.drop(slot)
	return true
}

// quiet reports whether an alert of the group was told too short a time ago
// for another.
func (s *shard) quiet(g *group, t int64) bool {
	return g.told != noTime && s.silence > 0 && t-g.told <= s.silence
}

func (s *shard) drop(slot uint32) {
	s.kind.close(s.groups.at(slot))
	s.groups.remove(slot)
}

// makeRoom drops the earliest events where there are too many, or too many
// groups for another.
func (s *shard) makeRoom(hash [2]uint64, t int64) {
	for s.window.len() >= s.limits.events {
		s.evict(t)
	}
	if s.groups.len() < s.limits.groups || s.groups.find(hash) != none {
		return
	}
	for s.groups.len() >= s.limits.groups {
		switch {
		case len(s.silent) > 0:
			slot := s.groups.find(s.silent[0].hash)
			s.silent = s.silent[1:]
			if slot != none && s.groups.at(slot).count == 0 {
				s.stats.EvictedGroups++
				s.drop(slot)
			}
		case s.window.len() > 0:
			s.evict(t)
		default:
			return
		}
	}
}

// evict drops the earliest event before its time.
func (s *shard) evict(t int64) {
	s.stats.EvictedEvents++
	if s.pop(t) {
		s.stats.EvictedGroups++
	}
}
