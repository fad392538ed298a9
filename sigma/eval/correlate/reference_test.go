package correlate_test

import (
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// What a correlation means, written down as plainly as possible: all windows
// of all groups, each looked at from scratch.

// refEvent is an event of the tests.
type refEvent struct {
	time   int64 // seconds
	id     uint64
	rules  string // the names of the rules that it matches, a letter each
	fields map[string][]string
}

func (e *refEvent) Values(field string, to []string) []string { return append(to, e.fields[field]...) }

// refItem is what a correlation sees.
type refItem struct {
	time   int64
	events []*refEvent
	member int
	firing int // which one, 0 for an event
}

// refFiring is where a condition holds.
type refFiring struct {
	time   int64
	group  string
	value  string
	events []*refEvent
}

// values returns those of the first field that is there.
func (it *refItem) values(r ir.Read) []string {
	var out []string
	for _, e := range it.events {
		for _, f := range r.Fields {
			if v := e.fields[f]; len(v) > 0 {
				out = append(out, v...)
				break
			}
		}
	}
	return out
}

// tuples returns all combinations of the values of the named fields.
func (it *refItem) tuples(c *ir.Correlation, names []ir.Name) []string {
	out := []string{""}
	for _, name := range names {
		for _, r := range c.Members[it.member].ReadsOf(name.Text) {
			var next []string
			for _, prefix := range out {
				for _, v := range it.values(r) {
					next = append(next, prefix+v+"|")
				}
			}
			out = next
		}
	}
	return out
}

// reference returns where a correlation fires, sorted by time and group.
func reference(c *ir.Correlation, events []*refEvent) []refFiring {
	groups := map[string][]*refItem{}
	for _, it := range refItems(c, events) {
		for _, g := range uniq(it.tuples(c, c.Keys)) {
			groups[g] = append(groups[g], it)
		}
	}
	var out []refFiring
	for g, items := range groups {
		times := map[int64]bool{}
		for _, it := range items {
			if hasValue(c, it) {
				times[it.time] = true
			}
		}
		for t := range times {
			var window, here []*refItem
			for _, it := range items {
				if hasValue(c, it) && it.time <= t && it.time >= t-int64(c.Window.Seconds()) {
					window = append(window, it)
					if it.time == t {
						here = append(here, it)
					}
				}
			}
			if value, ok := refHolds(c, window); ok {
				f := refFiring{time: t, group: g, value: value}
				for _, it := range here {
					for _, e := range it.events {
						if !slices.Contains(f.events, e) {
							f.events = append(f.events, e)
						}
					}
				}
				out = append(out, f)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].time != out[j].time {
			return out[i].time < out[j].time
		}
		return out[i].group < out[j].group
	})
	return out
}

// refItems returns the events of all members.
func refItems(c *ir.Correlation, events []*refEvent) []*refItem {
	var out []*refItem
	firing := 0
	for i, m := range c.Members {
		if m.Correlation != nil {
			for _, f := range reference(m.Correlation, events) {
				firing++
				out = append(out, &refItem{f.time, f.events, i, firing})
			}
			continue
		}
		for _, e := range events {
			if strings.Contains(e.rules, m.Rule.Source.Name) {
				out = append(out, &refItem{e.time, []*refEvent{e}, i, 0})
			}
		}
	}
	return out
}

func hasValue(c *ir.Correlation, it *refItem) bool {
	return c.Type <= ir.TemporalOrdered && c.Type != ir.ValueCount || len(refValues(c, it)) > 0
}

// refValues returns what an item adds to a correlation that is about values.
func refValues(c *ir.Correlation, it *refItem) []string {
	if c.Type == ir.ValueCount {
		return it.tuples(c, c.Values)
	}
	var out []string
	for _, v := range it.tuples(c, c.Values) {
		if _, ok := new(big.Rat).SetString(strings.TrimSuffix(v, "|")); ok {
			out = append(out, strings.TrimSuffix(v, "|"))
		}
	}
	return out
}

// identity tells events apart: one is the same whichever rules match it.
func (it *refItem) identity() string {
	if it.firing > 0 {
		return fmt.Sprint("firing", it.firing)
	}
	return fmt.Sprint("event", it.events[0].id)
}

// refHolds computes the result of a window and compares it.
func refHolds(c *ir.Correlation, window []*refItem) (string, bool) {
	once := map[string]*refItem{}
	var order []string
	occurs := map[int]bool{}
	for _, it := range window {
		if once[it.identity()] == nil {
			once[it.identity()] = it
			order = append(order, it.identity())
		}
		occurs[it.member] = true
	}
	var all []string
	for _, id := range order {
		all = append(all, refValues2(c, once[id])...)
	}
	switch c.Type {
	case ir.EventCount:
		return refCompare(c, big.NewRat(int64(len(once)), 1))
	case ir.ValueCount:
		return refCompare(c, big.NewRat(int64(len(uniq(all))), 1))
	case ir.Temporal:
		if c.Need == nil {
			return refCompare(c, big.NewRat(int64(len(occurs)), 1))
		}
		var names []string
		for i, m := range c.Members {
			if occurs[i] {
				names = append(names, m.Name)
			}
		}
		return strings.Join(names, " "), ir.Met(c.Need, func(i int) bool { return occurs[i] })
	case ir.TemporalOrdered:
		n := 0
		for n < len(c.Members) && chainOf(window, 0, n+1, -1<<62, nil) {
			n++
		}
		return refCompare(c, big.NewRat(int64(n), 1))
	}
	return refNumbers(c, all)
}

func refValues2(c *ir.Correlation, it *refItem) []string {
	if len(c.Values) == 0 {
		return nil
	}
	return refValues(c, it)
}

// chainOf reports whether there are different events of the members from first
// to before end, in order of time.
func chainOf(window []*refItem, first, end int, after int64, used []string) bool {
	if first == end {
		return true
	}
	for _, it := range window {
		if it.member == first && it.time >= after && !slices.Contains(used, it.identity()) &&
			chainOf(window, first+1, end, it.time, append(used, it.identity())) {
			return true
		}
	}
	return false
}

// refNumbers computes sums, means and ranks.
func refNumbers(c *ir.Correlation, texts []string) (string, bool) {
	var numbers []*big.Rat
	total := new(big.Rat)
	for _, t := range texts {
		r, _ := new(big.Rat).SetString(t)
		numbers = append(numbers, r)
		total.Add(total, r)
	}
	n := big.NewRat(int64(len(numbers)), 1)
	switch c.Type {
	case ir.ValueSum:
		return refCompare(c, total)
	case ir.ValueAvg:
		return refCompare(c, total.Quo(total, n))
	}
	slices.SortFunc(numbers, (*big.Rat).Cmp)
	p, _ := strconv.ParseFloat(string(c.Percentile), 64)
	rank := 1
	for float64(rank)*100 < p*float64(len(numbers)) {
		rank++
	}
	return refCompare(c, numbers[rank-1])
}

// refCompare compares the result with the bounds.
func refCompare(c *ir.Correlation, n *big.Rat) (string, bool) {
	for _, b := range c.Bounds {
		r, _ := new(big.Rat).SetString(string(b.Number))
		cmp := n.Cmp(r)
		ok := map[ir.Op]bool{ir.Eq: (cmp == 0) != b.Not, ir.Lt: cmp < 0, ir.Lte: cmp <= 0, ir.Gt: cmp > 0, ir.Gte: cmp >= 0}[b.Op]
		if !ok {
			return "", false
		}
	}
	if n.IsInt() {
		return n.Num().String(), true
	}
	places, exact := n.FloatPrec()
	if !exact || places > 20 {
		places = 20
	}
	return strings.TrimRight(n.FloatString(places), "0"), true
}

func uniq(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
