package eval

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A way is a set of tests of which each must turn for a step to turn.
type way []*Step

// The bounds of how many ways are followed, in all and of those that are about
// the same fields, and of how many tests one may have.
const (
	maxWays     = 24
	maxSameWays = 4
	maxWay      = 100
)

// ways returns the ways to turn a step, those that change the fewest fields
// first, and of these those with the fewest tests.
func ways(s *Step) []way {
	switch s.Kind {
	case TestStep:
		return []way{{s}}
	case NotStep, SearchStep:
		return ways(s.Parts[0])
	case AllStep, AnyStep:
		if s.Passed == (s.Kind == AllStep) {
			return waysOfOne(s)
		}
		return waysOfAll(s)
	}
	return nil
}

// waysOfOne returns the ways to turn one part.
func waysOfOne(s *Step) []way {
	var all []way
	for _, p := range s.Parts {
		all = append(all, ways(p)...)
	}
	return fewest(all)
}

// waysOfAll returns the ways to turn all parts that stand in the way.
func waysOfAll(s *Step) []way {
	all := []way{nil}
	for _, p := range s.Parts {
		if p.Passed != s.Passed {
			continue
		}
		var longer []way
		for _, next := range ways(p) {
			for _, w := range all {
				if len(w)+len(next) <= maxWay {
					longer = append(longer, w.and(next))
				}
			}
		}
		if len(longer) == 0 {
			return nil
		}
		all = fewest(longer)
	}
	return all
}

// and joins two ways. A test that stands in both turns once.
func (w way) and(other way) way {
	out := slices.Clone(w)
	for _, s := range other {
		if !slices.ContainsFunc(out, func(t *Step) bool { return t.slot == s.slot && t.test == s.test }) {
			out = append(out, s)
		}
	}
	return out
}

// slots returns the fields of the way, in order.
func (w way) slots() []int32 {
	slots := make([]int32, len(w))
	for i, s := range w {
		slots[i] = s.slot
	}
	slices.Sort(slots)
	return slices.Compact(slots)
}

// fewest sorts ways and leaves out what is too much.
func fewest(all []way) []way {
	type sized struct {
		way
		fields []int32
	}
	list := make([]sized, len(all))
	for i, w := range all {
		list[i] = sized{w, w.slots()}
	}
	slices.SortStableFunc(list, func(a, b sized) int {
		return cmp.Or(cmp.Compare(len(a.fields), len(b.fields)), cmp.Compare(len(a.way), len(b.way)))
	})
	var out []way
	same := map[string]int{}
	for _, x := range list {
		var key []byte
		for _, slot := range x.fields {
			key = binary.AppendVarint(key, int64(slot))
		}
		if same[string(key)]++; same[string(key)] <= maxSameWays && len(out) < maxWays {
			out = append(out, x.way)
		}
	}
	return out
}
