package lint

import (
	"slices"
)

// A set is a finite set of strings, or all strings but those of one.
type set struct {
	but   bool
	names []string // sorted, each once
}

var everything = set{but: true}

func (a set) empty() bool { return !a.but && len(a.names) == 0 }

func (a set) has(name string) bool {
	_, found := slices.BinarySearch(a.names, name)
	return found != a.but
}

// complement returns what is not in the set.
func (a set) complement() set { return set{but: !a.but, names: a.names} }

// and returns what is in both sets.
func (a set) and(b set) set {
	switch {
	case a.but && b.but:
		names := slices.Concat(a.names, b.names)
		slices.Sort(names)
		return set{but: true, names: slices.Compact(names)}
	case a.but:
		a, b = b, a
	}
	var names []string
	for _, n := range a.names {
		if b.has(n) {
			names = append(names, n)
		}
	}
	return set{names: names}
}

// A box is log sources: those whose category, product and service are in the
// sets. An attribute that is absent is "".
type box [3]set

// The attributes of a log source.
const (
	category = iota
	product
	service
)

var attributes = [...]string{"category", "product", "service"}

var anySource = box{everything, everything, everything}

func (a box) empty() bool { return a[0].empty() || a[1].empty() || a[2].empty() }

func (a box) and(b box) box { return box{a[0].and(b[0]), a[1].and(b[1]), a[2].and(b[2])} }

// minus returns what is in a and not in b, in boxes that have nothing in
// common.
func (a box) minus(b box) region {
	common := a.and(b)
	if common.empty() {
		return region{a}
	}
	var out region
	rest := a
	for i := range rest {
		piece := rest
		piece[i] = a[i].and(b[i].complement())
		if !piece.empty() {
			out = append(out, piece)
		}
		rest[i] = common[i]
	}
	return out
}

// A region is log sources: those in any of the boxes, which have nothing in
// common.
type region []box

var allSources = region{anySource}

// effort counts what operations on regions cost. Where it is used up, the
// answers are of no use any more, which the checker says.
type effort struct{ left int }

func (e *effort) spend(n int) bool {
	e.left -= n
	return e.left > 0
}

func (e *effort) and(a, b region) region {
	var out region
	if !e.spend(len(a) * len(b)) {
		return nil
	}
	for _, x := range a {
		for _, y := range b {
			if z := x.and(y); !z.empty() {
				out = append(out, z)
			}
		}
	}
	return out
}

func (e *effort) minus(a, b region) region {
	out := a
	for _, y := range b {
		var next region
		if !e.spend(len(out) + 1) {
			return nil
		}
		for _, x := range out {
			next = append(next, x.minus(y)...)
		}
		out = next
	}
	return out
}

func (e *effort) or(a, b region) region {
	if len(b) == 0 {
		return a
	}
	return append(slices.Clip(a), e.minus(b, a)...)
}
