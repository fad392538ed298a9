package splunk

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// bounds joins what each bound demands: all must hold (C12).
func (l *level) bounds(each func(i int, b ir.Bound) string) string {
	out := make([]string, len(l.Bounds))
	for i, b := range l.Bounds {
		out[i] = each(i, b)
	}
	return strings.Join(out, " AND ")
}

// plainBound compares an expression with the number of a bound.
func plainBound(x string) func(int, ir.Bound) string {
	return func(_ int, b ir.Bound) string { return x + boundOp(b) + string(b.Number) }
}

func boundOp(b ir.Bound) string {
	switch {
	case b.Op != ir.Eq:
		return b.Op.String()
	case b.Not:
		return "!="
	}
	return "=="
}

// temporalHolds is the condition over which parts occur.
func (l *level) temporalHolds() string {
	if l.Need != nil {
		return l.need(l.Need)
	}
	return l.bounds(plainBound(l.own("count")))
}

// need writes a boolean expression over parts (C20).
func (l *level) need(n ir.Need) string {
	list := func(ns []ir.Need, op, none string) string {
		if len(ns) == 0 {
			return none
		}
		out := make([]string, len(ns))
		for i, x := range ns {
			out[i] = l.need(x)
		}
		if len(out) == 1 {
			return out[0]
		}
		return "(" + strings.Join(out, op) + ")"
	}
	switch n := n.(type) {
	case ir.NeedAll:
		return list(n, " AND ", "1==1")
	case ir.NeedAny:
		return list(n, " OR ", "1==0")
	case ir.NeedNot:
		return "NOT (" + l.need(n.X) + ")"
	case ir.NeedMember:
		return l.own("has"+strconv.Itoa(int(n)+1)) + "==1"
	}
	return "1==0"
}

// A percentile by nearest rank (C22) is found by counting. Splunk's own,
// exactperc and upperperc among them, are estimates or lie between two values.
// The value at rank r of n is at least a number where fewer than r values are
// below it, and greater where fewer than r are not above it.

// ranked returns which values are counted for a bound: those below its number,
// those not above it, or both.
func ranked(b ir.Bound) []string {
	switch b.Op {
	case ir.Gte, ir.Lt:
		return []string{"<"}
	case ir.Gt, ir.Lte:
		return []string{"<="}
	}
	return []string{"<", "<="}
}

// rankColumn is the column with the number of such values.
func (l *level) rankColumn(op string, bound int) string {
	name := "below"
	if op == "<=" {
		name = "upto"
	}
	return l.own(name + strconv.Itoa(bound+1))
}

// percentileHolds compares the value at the rank r, which is the percentile of
// the count, rounded up, and 1 at least.
func (l *level) percentileHolds() string {
	whole, places, _ := strings.Cut(string(l.Percentile), ".")
	percent := strings.TrimLeft(whole+places, "0")
	if percent == "" {
		percent = "0"
	}
	all := "1" + strings.Repeat("0", 2+len(places))
	// fewer says that fewer than r values were counted: none, or fewer than the
	// percentile of the count.
	fewer := func(op string, i int) (yes, no string) {
		x := l.rankColumn(op, i)
		scaled := x + "*" + all
		part := l.own("count") + "*" + percent
		return "(" + x + "==0 OR " + scaled + "<" + part + ")", "(" + x + ">0 AND " + scaled + ">=" + part + ")"
	}
	return l.bounds(func(i int, b ir.Bound) string {
		below, notBelow := fewer("<", i)
		upto, notUpto := fewer("<=", i)
		switch {
		case b.Op == ir.Gte:
			return below
		case b.Op == ir.Lt:
			return notBelow
		case b.Op == ir.Gt:
			return upto
		case b.Op == ir.Lte:
			return notUpto
		case b.Not:
			return "(" + notBelow + " OR " + upto + ")"
		}
		return "(" + below + " AND " + notUpto + ")"
	})
}
