package correlate

import "strconv"

// ordered finds rules that occur in their order (C18): events of each of the
// first k rules, all different, none before the one in front of it. Those of
// one time are in any order.
//
// Of each k it keeps the latest begin of such a chain, which is all that is
// ever needed: a chain lies in the window where its begin does, and a later
// begin is never worse.
type ordered struct {
	nothing
	node   *node
	begins chunks[[]int64]
	lists  lists[int64]
}

func (k *ordered) open(g *group) {
	g.extra = k.begins.alloc()
	begins := k.lists.take(len(k.node.reads))
	for i := range begins {
		begins[i] = noTime
	}
	*k.begins.at(g.extra) = begins
}

func (k *ordered) close(g *group) {
	k.lists.give(k.begins.at(g.extra))
	k.begins.release(g.extra)
}

func (k *ordered) saveGroup(g *group) []int64 { return *k.begins.at(g.extra) }

func (k *ordered) loadGroup(g *group, begins []int64) bool {
	return copy(*k.begins.at(g.extra), begins) == len(k.node.reads)
}

// step extends the chains by the events of one point in time. A chain ends
// with some of these, of the rules from first to last, or with none.
func (k *ordered) step(g *group, t int64, works []work) {
	begins := *k.begins.at(g.extra)
	if len(works) == 1 { // as most often
		m := works[0].item.member
		begin := t
		if m > 0 {
			begin = begins[m-1]
		}
		begins[m] = max(begins[m], begin)
		return
	}
	old := append([]int64(nil), begins...)
	m := newMatching(len(begins), works)
	for last := range begins {
		if len(m.events[last]) == 0 {
			continue
		}
		m.reset()
		for first := last; first >= 0 && m.extend(first); first-- {
			begin := t
			if first > 0 {
				begin = old[first-1]
			}
			begins[last] = max(begins[last], begin)
		}
	}
}

// holds compares how many rules the longest chain in the window has.
func (k *ordered) holds(g *group, t int64) (string, bool) {
	n := 0
	for i, begin := range *k.begins.at(g.extra) {
		if begin != noTime && begin >= from(t, k.node.window) {
			n = i + 1
		}
	}
	if !hold(k.node.bounds, number{whole: int64(n)}) {
		return "", false
	}
	return strconv.Itoa(n), true
}

// A matching gives rules different events of one point in time, by augmenting
// paths. Most events match one rule of a correlation, and then there is nothing
// to change.
type matching struct {
	events [][]int // of each rule, by number
	of     map[int]int
	seen   map[int]bool
}

func newMatching(rules int, works []work) *matching {
	m := &matching{events: make([][]int, rules), of: make(map[int]int), seen: make(map[int]bool)}
	for i, w := range works {
		event := i
		for event > 0 && works[event-1].item.same(w.item) {
			event--
		}
		// More events than rules are never needed.
		if list := m.events[w.item.member]; len(list) < rules {
			m.events[w.item.member] = append(list, event)
		}
	}
	return m
}

// reset takes all events back.
func (m *matching) reset() { clear(m.of) }

// extend gives a rule an event, and the others that have one another where
// necessary; false where there are not enough.
func (m *matching) extend(rule int) bool {
	clear(m.seen)
	return m.augment(rule)
}

func (m *matching) augment(rule int) bool {
	for _, e := range m.events[rule] {
		if m.seen[e] {
			continue
		}
		m.seen[e] = true
		if other, taken := m.of[e]; !taken || m.augment(other) {
			m.of[e] = rule
			return true
		}
	}
	return false
}
