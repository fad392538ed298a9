package luceneregexp

import (
	"strconv"
	"strings"
)

// interval returns the node of <n-m>: the decimal numbers from n to m, or from
// m to n. Where both are written with as many digits the number has as many,
// otherwise it may begin with any zeros.
func interval(offset int, text string) (*node, error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return nil, refuse(offset, "there is no automaton of the name %q; a < that is meant literally needs a backslash", text)
	}
	low, errLow := strconv.ParseInt(from, 10, 32)
	high, errHigh := strconv.ParseInt(to, 10, 32)
	if errLow != nil || errHigh != nil {
		return nil, refuse(offset, "%q is no interval of numbers, such as 1-100", text)
	}
	if low > high {
		low, high = high, low
	}
	if len(from) == len(to) {
		return between(digits(low, len(from)), digits(high, len(from))), nil
	}
	var subs []*node
	for first := int64(0); ; {
		next := max(10, 10*first)
		if low < next {
			last := min(high, next-1)
			subs = append(subs, between(digits(max(low, first), 0), digits(last, 0)))
			if last == high {
				break
			}
		}
		first = next
	}
	zeros := &node{op: opRepeat, subs: []*node{char('0', false)}, max: unlimited}
	return concat([]*node{zeros, branch(opUnion, subs)}), nil
}

// digits returns a number with at least so many digits.
func digits(n int64, least int) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", max(0, least-len(s))) + s
}

// between returns the numbers from low to high, which have the same number of
// digits.
func between(low, high string) *node {
	a, b := rune(low[0]), rune(high[0])
	rest := len(low) - 1
	switch {
	case rest == 0:
		return class([]rune{a, b})
	case a == b:
		return concat([]*node{char(a, false), between(low[1:], high[1:])})
	}
	subs := []*node{
		concat([]*node{char(a, false), between(low[1:], strings.Repeat("9", rest))}),
		concat([]*node{char(b, false), between(strings.Repeat("0", rest), high[1:])}),
	}
	if a+1 < b {
		digit := &node{op: opClass, ranges: []rune{'0', '9'}}
		subs = append(subs, concat([]*node{class([]rune{a + 1, b - 1}), {op: opRepeat, subs: []*node{digit}, min: rest, max: rest}}))
	}
	return branch(opUnion, subs)
}
