package eval

import (
	"net/netip"
	"slices"
	"sort"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An index finds, in one pass over a value, which of a field's tests it
// passes, and marks them.
type index struct {
	any      []uint32 // passed by every value
	exact    texts
	prefixes anchored
	suffixes anchored
	scanner  scanner
	numbers  map[string][]uint32 // tests for equality, by the number
	bounds   [ir.Gte + 1][]bound // the other comparisons, by operator, sorted
	nets     networks
	others   []uint32 // tests that nothing is known of: each is run
	numeric  bool
	least    int // bytes of the shortest value that can pass a test; known for keywords only
}

// A bound is one threshold.
type bound struct {
	number ir.Number
	mark   uint32
}

// networks finds the networks that an address lies in.
type networks struct {
	marks   map[netip.Prefix][]uint32
	lengths [2][]int // prefix lengths that occur, for IPv4 and IPv6
}

func newIndex() *index { return &index{suffixes: anchored{reverse: true}} }

// add adds a test.
func (x *index) add(a *atom, mark uint32, rare *rarity) {
	switch t := a.test.(type) {
	case *ir.Text, *ir.Bool:
		x.addText(a, mark, rare)
	case *ir.Regexp:
		for _, text := range literals(t) {
			x.scanner.add(text, mark, rare)
		}
	case *ir.Compare:
		x.numeric = true
		if t.Op == ir.Eq {
			if x.numbers == nil {
				x.numbers = map[string][]uint32{}
			}
			x.numbers[string(t.Number)] = append(x.numbers[string(t.Number)], mark)
			return
		}
		x.bounds[t.Op] = append(x.bounds[t.Op], bound{t.Number, mark})
	case *ir.CIDR:
		x.nets.add(t.Prefix, mark)
	default:
		x.others = append(x.others, mark)
	}
}

func (x *index) addText(a *atom, mark uint32, rare *rarity) {
	list := a.plain()
	for _, p := range list {
		switch p.shape {
		case ir.Any:
			x.any = append(x.any, mark)
		case ir.Exact:
			x.exact.add(p.text, mark)
		case ir.Prefix:
			x.prefixes.add(p.text, mark)
		case ir.Suffix:
			x.suffixes.add(p.text, mark)
		case ir.Substring:
			x.scanner.add(p.text, mark, rare)
		}
	}
	if list != nil {
		return
	}
	texts := patternLiterals(a.test.(*ir.Text).Pattern)
	for _, text := range texts {
		x.scanner.add(text, mark, rare)
	}
	if texts == nil {
		x.others = append(x.others, mark)
	}
}

func (n *networks) add(p netip.Prefix, mark uint32) {
	if n.marks == nil {
		n.marks = map[netip.Prefix][]uint32{}
	}
	n.marks[p] = append(n.marks[p], mark)
	family := 0
	if p.Addr().Is6() {
		family = 1
	}
	if !slices.Contains(n.lengths[family], p.Bits()) {
		n.lengths[family] = append(n.lengths[family], p.Bits())
	}
}

// build sorts what was added.
func (x *index) build() {
	x.least = x.shortestValue()
	x.exact.build()
	x.prefixes.build()
	x.suffixes.build()
	x.scanner.build()
	for op := range x.bounds {
		down := op == int(ir.Lt) || op == int(ir.Lte) // the highest first: all that pass come first
		sort.SliceStable(x.bounds[op], func(i, j int) bool {
			c := x.bounds[op][i].number.Cmp(x.bounds[op][j].number)
			return c < 0 && !down || c > 0 && down
		})
	}
}

// shortestValue returns how many bytes an ASCII value has at least that passes
// a test, if all tests are literals to look for.
func (x *index) shortestValue() int {
	if x.any != nil || !x.exact.empty() || !x.prefixes.empty() || !x.suffixes.empty() || x.numeric || x.nets.marks != nil || x.others != nil {
		return 0
	}
	return x.scanner.least()
}

// match marks the tests that the value in the session's cell passes.
func (x *index) match(s *Session) {
	b := s.cell.folded
	s.found(x.any)
	s.found(x.exact.find(b))
	x.prefixes.find(s, b)
	x.suffixes.find(s, b)
	x.scanner.scan(s, b)
	if x.numeric {
		x.number(s)
	}
	if x.nets.marks != nil {
		x.nets.find(s)
	}
	s.found(x.others)
}

// number marks the comparisons that the value passes, if it is a number
// (M29).
func (x *index) number(s *Session) {
	n, ok := appendNumber(s.number[:0], s.cell.plain)
	s.number = n[:0]
	if !ok {
		return
	}
	s.found(x.numbers[string(n)])
	for op := ir.Lt; op <= ir.Gte; op++ {
		for i := range x.bounds[op] {
			b := &x.bounds[op][i]
			if !holds(op, compareNumbers(n, b.number)) {
				break
			}
			s.mark(b.mark)
		}
	}
}

// find marks the networks that the value lies in. As netip says, an IPv4
// address lies in no IPv6 network and none that is mapped in an IPv4 one, and
// an address with a zone in none at all.
func (n *networks) find(s *Session) {
	addr, ok := parseAddr(s.cell.plain)
	if !ok || addr.Zone() != "" {
		return
	}
	family := 0
	if addr.Is6() {
		family = 1
	}
	for _, length := range n.lengths[family] {
		if p, err := addr.Prefix(length); err == nil {
			s.found(n.marks[p])
		}
	}
}
