package kusto

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A measure is something that is added up over the events of a window.
type measure struct {
	name string
	term string // what an event adds; "" is 1
	cond string // or where it adds 1
}

// running writes what a row adds that says whether an event comes or goes.
func (m measure) running(step string) string {
	switch {
	case m.cond != "":
		return "iff(" + m.cond + ", " + step + ", 0)"
	case m.term != "":
		return step + " * " + m.term
	}
	return step
}

// whole writes the measure as an aggregate over all events.
func (m measure) whole() string {
	switch {
	case m.cond != "":
		return "countif(" + m.cond + ")"
	case m.term != "":
		return "sum(" + m.term + ")"
	}
	return "count()"
}

// measures returns what the condition needs of a window.
func (l *level) measures(r *rowset) []measure {
	count := measure{name: l.name("count")}
	if !l.Type.IsNumeric() {
		return []measure{count}
	}
	value := r.cells[l.values[0]].expr
	sum := measure{name: l.name("sum"), term: value}
	switch l.Type {
	case ir.ValueSum:
		return []measure{sum}
	case ir.ValueAvg:
		return []measure{count, sum}
	}
	out := []measure{count}
	for i, b := range l.Bounds {
		if atMost(b) {
			out = append(out, measure{name: l.atMost(i), cond: value + " <= " + number(b.Number)})
		}
		if below(b) {
			out = append(out, measure{name: l.below(i), cond: value + " < " + number(b.Number)})
		}
	}
	return out
}

func (l *level) atMost(i int) string { return l.name("at_most" + strconv.Itoa(i+1)) }
func (l *level) below(i int) string  { return l.name("below" + strconv.Itoa(i+1)) }

// atMost and below report what a bound of a percentile has to know.
func atMost(b ir.Bound) bool { return b.Op == ir.Lte || b.Op == ir.Gt || b.Op == ir.Eq }
func below(b ir.Bound) bool  { return b.Op == ir.Lt || b.Op == ir.Gte || b.Op == ir.Eq }

// mean adds the mean, for who reads the result.
func (l *level) mean(r *rowset) {
	if l.Type == ir.ValueAvg {
		r.extend(l.name("avg") + " = todouble(" + l.name("sum") + ") / " + l.name("count"))
	}
}

// conditions writes the conditions on the measures.
func (l *level) conditions() []string {
	if l.Need != nil {
		return []string{l.need(l.Need)}
	}
	out := make([]string, len(l.Bounds))
	for i, b := range l.Bounds {
		switch l.Type {
		case ir.ValueSum:
			out[i] = compared(l.name("sum"), b, number(b.Number))
		case ir.ValueAvg:
			out[i] = l.average(b)
		case ir.ValuePercentile, ir.ValueMedian:
			out[i] = l.percentile(i, b)
		default:
			out[i] = compared(l.name("count"), b, number(b.Number))
		}
	}
	return out
}

// compared writes a comparison.
func compared(x string, b ir.Bound, y string) string {
	op := b.Op.String()
	switch {
	case b.Op == ir.Eq && b.Not:
		op = "!="
	case b.Op == ir.Eq:
		op = "=="
	}
	return x + " " + op + " " + y
}

// maxPlaces is how many digits behind the point percentiles and bounds of means
// may have: counts are multiplied by as many tens.
const maxPlaces = 6

// scaled returns a number without its point, and the power of ten that it was
// multiplied by.
func scaled(n ir.Number) (digits, factor string) {
	whole, fraction, _ := strings.Cut(string(n), ".")
	digits = whole + fraction
	sign := strings.HasPrefix(digits, "-")
	if digits = strings.TrimLeft(digits, "-0"); digits == "" {
		digits = "0"
	} else if sign {
		digits = "-" + digits
	}
	return digits, "1" + strings.Repeat("0", len(fraction))
}

// average compares a mean without dividing, which would round.
func (l *level) average(b ir.Bound) string {
	digits, factor := scaled(b.Number)
	sum := l.name("sum")
	if factor != "1" {
		sum = factor + " * " + sum
	}
	return compared(sum, b, digits+" * "+l.name("count"))
}

// percentile compares the value at the nearest rank (C22), exactly and without
// sorting values: it is at most B where as many values are as the rank says,
// that is p percent of all, and one at least. percentile() of Kusto is an
// estimate (query/percentiles-aggregation-function).
func (l *level) percentile(i int, b ir.Bound) string {
	reaches := func(count string) string {
		digits, factor := scaled(l.Percentile)
		return count + " > 0 and " + factor + "00 * " + count + " >= " + digits + " * " + l.name("count")
	}
	switch b.Op {
	case ir.Lte:
		return "(" + reaches(l.atMost(i)) + ")"
	case ir.Lt:
		return "(" + reaches(l.below(i)) + ")"
	case ir.Gt:
		return "not(" + reaches(l.atMost(i)) + ")"
	case ir.Gte:
		return "not(" + reaches(l.below(i)) + ")"
	}
	equal := "(" + reaches(l.atMost(i)) + " and not(" + reaches(l.below(i)) + "))"
	if b.Not {
		return "not" + equal
	}
	return equal
}

// need writes a boolean expression over rules.
func (l *level) need(n ir.Need) string {
	list := func(parts []ir.Need, with, none string) string {
		if len(parts) == 0 {
			return none
		}
		texts := make([]string, len(parts))
		for i, x := range parts {
			texts[i] = l.need(x)
		}
		return "(" + strings.Join(texts, with) + ")"
	}
	switch n := n.(type) {
	case ir.NeedAll:
		return list(n, " and ", "true")
	case ir.NeedAny:
		return list(n, " or ", "false")
	case ir.NeedNot:
		return "not(" + l.need(n.X) + ")"
	case ir.NeedMember:
		return l.name("on" + strconv.Itoa(int(n)+1))
	}
	return "false"
}

// checkNumbers refuses numbers that cannot be multiplied, and warns of sums
// that round.
func (l *level) checkNumbers() {
	places := func(n ir.Number) int {
		_, fraction, _ := strings.Cut(string(n), ".")
		return len(fraction)
	}
	if places(l.Percentile) > maxPlaces {
		l.Unsupported(l.Source.Condition.Percentile.Pos, fmt.Sprintf("a percentile with more than %d digits behind the point", maxPlaces), "")
	}
	if l.Type != ir.ValueSum && l.Type != ir.ValueAvg {
		return
	}
	for _, b := range l.Bounds {
		if l.Type == ir.ValueAvg && places(b.Number) > maxPlaces {
			l.Unsupported(b.Pos, fmt.Sprintf("a bound of a mean with more than %d digits behind the point", maxPlaces), "")
		}
	}
	for _, p := range l.parts {
		if p.level != nil || len(l.values) == 0 {
			continue
		}
		if r := l.values[0].read(p); l.cellOf(l.values[0], p).kind != schema.Int {
			l.Warn(r.Pos, sigma.Assumed, "", "%s is added up as a number of type real, which rounds: a result that is hardly different from a bound may lie on its other side", r.Fields[0])
		}
	}
}
