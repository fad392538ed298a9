package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// boundsImply reports whether each result within the bounds a is within b.
func boundsImply(a, b []ir.Bound, counts bool) bool {
	for _, y := range b {
		y = whole(y, counts)
		if !slices.ContainsFunc(a, func(x ir.Bound) bool { return boundWithin(whole(x, counts), y) }) {
			return false
		}
	}
	return true
}

// boundWithin reports whether each result within x is within y.
func boundWithin(x, y ir.Bound) bool {
	switch {
	case x.Not && y.Not:
		return x.Number == y.Number
	case x.Not:
		return false
	case y.Not: // x leaves the number out
		return !x.Holds(y.Number.Cmp(x.Number))
	}
	return boundImplies(x.Op, x.Number, y.Op, y.Number)
}

// whole returns the bound of a count without "greater": above 9 is from 10.
func whole(b ir.Bound, counts bool) ir.Bound {
	var n int64
	if !counts || b.Op != ir.Gt && b.Op != ir.Lt {
		return b
	}
	if _, err := fmt.Sscanf(string(b.Number), "%d", &n); err != nil || !b.Number.IsInt() || len(b.Number) > 15 {
		return b
	}
	if b.Op == ir.Gt {
		b.Op, b.Number = ir.Gte, ir.Number(fmt.Sprint(n+1))
	} else {
		b.Op, b.Number = ir.Lte, ir.Number(fmt.Sprint(n-1))
	}
	return b
}

func boundsText(list []ir.Bound) string {
	if len(list) == 0 {
		return "none"
	}
	out := make([]string, len(list))
	for i, b := range list {
		op := b.Op.String()
		if b.Not {
			op = "!="
		}
		out[i] = op + " " + string(b.Number)
	}
	return strings.Join(out, " and ")
}
