package luceneregexp

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// An op says what a node is.
type op uint8

const (
	opClass  op = iota // one character of the ranges; of none, nothing matches
	opConcat           // the parts one after the other; of none, the empty string
	opUnion            // one of the parts
	opInter            // all of the parts
	opNot              // any string that the part does not match
	opRepeat           // the part min to max times; max -1 is no limit
)

// A node is a part of an expression.
type node struct {
	op       op
	ranges   []rune // of a class: pairs of first and last character, ordered and apart
	subs     []*node
	min, max int
}

// unlimited is the max of a repetition without one.
const unlimited = -1

var (
	nothing = &node{op: opClass}
	empty   = &node{op: opConcat}
	anyChar = &node{op: opClass, ranges: []rune{0, unicode.MaxRune}}
	anyText = &node{op: opRepeat, subs: []*node{anyChar}, max: unlimited}
)

// class returns the node of one character of the ranges, which may overlap.
func class(ranges []rune) *node {
	pairs := make([][2]rune, 0, len(ranges)/2)
	for i := 0; i < len(ranges); i += 2 {
		pairs = append(pairs, [2]rune{ranges[i], ranges[i+1]})
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	out := make([]rune, 0, len(ranges))
	for _, p := range pairs {
		if n := len(out); n > 0 && p[0] <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p[1])
			continue
		}
		out = append(out, p[0], p[1])
	}
	return &node{op: opClass, ranges: out}
}

// outside returns the ranges of all other characters. The ranges are ordered
// and apart, as class makes them.
func outside(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if next < ranges[i] {
			out = append(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// has reports whether a class has the character.
func (n *node) has(r rune) bool {
	for i := 0; i < len(n.ranges); i += 2 {
		if n.ranges[i] <= r && r <= n.ranges[i+1] {
			return true
		}
	}
	return false
}

// is reports whether a node is any character.
func (n *node) isAny() bool {
	return n.op == opClass && len(n.ranges) == 2 && n.ranges[0] == 0 && n.ranges[1] == unicode.MaxRune
}

// isNothing reports whether a node is a class without a character.
func (n *node) isNothing() bool { return n.op == opClass && len(n.ranges) == 0 }

// isEmpty reports whether a node is the empty string.
func (n *node) isEmpty() bool { return n.op == opConcat && len(n.subs) == 0 }

// char returns the class of a character, of an ASCII letter in either case
// where fold says so.
func char(r rune, fold bool) *node {
	if low := r | 0x20; fold && r < utf8.RuneSelf && 'a' <= low && low <= 'z' {
		return &node{op: opClass, ranges: []rune{low - 0x20, low - 0x20, low, low}}
	}
	return &node{op: opClass, ranges: []rune{r, r}}
}

// concat returns the parts one after the other.
func concat(subs []*node) *node {
	if len(subs) == 1 {
		return subs[0]
	}
	return &node{op: opConcat, subs: subs}
}

// branch returns a union or intersection.
func branch(o op, subs []*node) *node {
	if len(subs) == 1 {
		return subs[0]
	}
	return &node{op: o, subs: subs}
}
