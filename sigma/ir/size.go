package ir

import (
	"fmt"
	"regexp/syntax"

	"github.com/sigma-compiler/sigmac/sigma"
)

// maxSize bounds a rule with every mention of a search written out, in bytes
// as weight counts: a condition of a few kilobytes can name a long search
// thousands of times, and a query has it as often (N15).
const maxSize = 16 << 20

// grow notes that the rule became larger at a place. It returns false, with an
// error, where that is too large.
func (b *builder) grow(pos sigma.Pos, weight int) bool {
	small := b.size <= maxSize
	b.size += weight
	if b.size <= maxSize {
		return true
	}
	if small {
		b.fail(pos, sigma.Limit, fmt.Sprintf("the rule is larger than %d megabytes with its searches and dashes written out", maxSize>>20),
			"split it, or name long searches less often")
	}
	return false
}

// mention returns the search for a condition that names it.
func (b *builder) mention(s *Named, pos sigma.Pos) Expr {
	if !b.grow(pos, b.sizes[s.Name]) {
		return Const(false)
	}
	return s
}

// weight returns about how many bytes a test takes in a query.
func weight(t Test) int {
	const least = 8
	switch t := t.(type) {
	case *Text:
		return least + t.Pattern.weight()
	case *Regexp:
		return least + len(t.Source) + treeWeight(t.Tree)
	case *Compare:
		return least + len(t.Number)
	case *FieldRef:
		return least + len(t.Field)
	case AnyOf:
		sum := 0
		for _, u := range t {
			sum += weight(u)
		}
		return sum
	}
	return least
}

// weight counts a pattern with dashes as often as it is written out, at most
// for three of them.
func (p Pattern) weight() int {
	const mostDashes = 3
	sum, times, dashes := 0, 1, 0
	for _, e := range p {
		sum += 2 + len(e.Text)
		if e.Kind == Dash && dashes < mostDashes {
			times *= len([]rune(Dashes))
			dashes++
		}
	}
	return sum * times
}

// treeWeight counts the characters and the bounds of classes: \pL is three
// bytes in a rule and a thousand bounds behind them.
func treeWeight(re *syntax.Regexp) int {
	if re == nil {
		return 0
	}
	sum := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		sum += treeWeight(sub)
	}
	return sum
}
