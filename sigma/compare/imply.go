package compare

import (
	"net/netip"
	"regexp"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// implies reports whether it is known that a value which passes a passes b,
// where both look at the same place.
func implies(a, b *test, steps *int) bool {
	*steps--
	if b.symbols != nil && a.ofValue() && len(b.symbols) == 1 && b.symbols[0].kind == star {
		return true // whatever has a text has one
	}
	switch x := b.test.(type) {
	case *ir.Text:
		if _, ok := a.test.(*ir.Text); ok {
			return within(a.symbols, b.symbols, steps)
		}
	case *ir.Compare:
		return numberImplies(a, x)
	case *ir.CIDR:
		return networkImplies(a, x.Prefix)
	case *ir.Regexp:
		return regexpImplies(a, b, x, steps)
	case *ir.TimePart:
		t, ok := a.test.(*ir.TimePart)
		return ok && t.Part == x.Part && boundImplies(t.Op, t.Number, x.Op, x.Number)
	}
	return false
}

// numberImplies is implies for a comparison with a number. A text without
// letters is the number that it spells, in one spelling (V9).
func numberImplies(a *test, b *ir.Compare) bool {
	switch x := a.test.(type) {
	case *ir.Compare:
		return boundImplies(x.Op, x.Number, b.Op, b.Number)
	case *ir.Text:
		if text, ok := exact(a.symbols); ok && plainNumber.MatchString(text) {
			n, ok := ir.ParseNumber(text)
			return ok && holds(b.Op, n.Cmp(b.Number))
		}
	}
	return false
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,50}(\.[0-9]{1,50})?$`)

// boundImplies reports whether each number that passes the first comparison
// passes the second.
func boundImplies(op ir.Op, n ir.Number, op2 ir.Op, m ir.Number) bool {
	order := n.Cmp(m)
	switch {
	case op == ir.Eq:
		return holds(op2, order)
	case op == ir.Lt && (op2 == ir.Lt || op2 == ir.Lte), op == ir.Lte && op2 == ir.Lte:
		return order <= 0
	case op == ir.Lte && op2 == ir.Lt:
		return order < 0
	case op == ir.Gt && (op2 == ir.Gt || op2 == ir.Gte), op == ir.Gte && op2 == ir.Gte:
		return order >= 0
	case op == ir.Gte && op2 == ir.Gt:
		return order > 0
	}
	return false
}

func holds(op ir.Op, order int) bool {
	return ir.Bound{Op: op}.Holds(order)
}

// networkImplies is implies for a network (M33).
func networkImplies(a *test, b netip.Prefix) bool {
	switch x := a.test.(type) {
	case *ir.CIDR:
		return b.Bits() <= x.Prefix.Bits() && b.Contains(x.Prefix.Addr())
	case *ir.Text:
		if text, ok := exact(a.symbols); ok { // IPv4, or without letters: one spelling
			addr, err := netip.ParseAddr(text)
			return err == nil && b.Contains(addr)
		}
	}
	return false
}

// A compiled is a regular expression when it was compiled.
type compiled struct {
	re   *regexp.Regexp
	done bool
}

// maxExact bounds the texts on which regular expressions are run.
const maxExact = 1000

// regexpImplies is implies for a regular expression: a text that has one
// spelling matches or does not.
func regexpImplies(a, b *test, x *ir.Regexp, steps *int) bool {
	text, ok := exact(a.symbols)
	if _, isText := a.test.(*ir.Text); !isText || !ok || x.Tree == nil || len(text) > maxExact {
		return false
	}
	if !b.regexp.done {
		b.regexp.done = true
		*steps -= len(x.Source) * 10
		source := x.Source
		if flags := x.Flags(); flags != "" {
			source = "(?" + flags + ")" + source
		}
		b.regexp.re, _ = regexp.Compile(source) // nil where it does not compile: then nothing is known
	}
	*steps -= len(text) * len(x.Source)
	return b.regexp.re != nil && b.regexp.re.MatchString(text)
}

// lemmas returns what is known of each two tests: of each literal those that
// hold where it does. It ends early where there are too many tests, and is then
// less than what is known.
func (t *tests) lemmas(steps *int) [][]lit {
	out := make([][]lit, 2*len(t.list))
	note := func(a, b lit) {
		out[a] = append(out[a], b)
		out[b.not()] = append(out[b.not()], a.not())
	}
	for _, group := range t.groups() {
		t.presence(group, note)
		for _, a := range group {
			for _, b := range group {
				if *steps <= 0 {
					return out
				}
				if a != b && implies(&t.list[a], &t.list[b], steps) {
					note(lit(2*a), lit(2*b))
				}
			}
		}
	}
	return out
}

// groups returns the tests by what they look at, in the order of their numbers.
func (t *tests) groups() [][]int {
	at := map[place]int{}
	var out [][]int
	for i := range t.list {
		if t.list[i].test == nil {
			continue
		}
		n, ok := at[t.list[i].at]
		if !ok {
			n = len(out)
			at[t.list[i].at] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], i)
	}
	return out
}

// presence notes what tests say about the field being there: one that has a
// value exists (M7) and is not null (V6), and one that is not null exists.
func (t *tests) presence(group []int, note func(a, b lit)) {
	null := slices.IndexFunc(group, func(i int) bool { _, ok := t.list[i].test.(*ir.Null); return ok })
	exists := slices.IndexFunc(group, func(i int) bool { _, ok := t.list[i].test.(*ir.Exists); return ok })
	if null >= 0 && exists >= 0 {
		note(lit(2*group[null]).not(), lit(2*group[exists]))
	}
	for _, i := range group {
		if !t.list[i].ofValue() {
			continue
		}
		if null >= 0 {
			note(lit(2*i), lit(2*group[null]).not())
		}
		if exists >= 0 {
			note(lit(2*i), lit(2*group[exists]))
		}
	}
}
