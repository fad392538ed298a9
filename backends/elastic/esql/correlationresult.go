package esql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A pass is what one STATS computes of a window, and when the correlation
// fires.
type pass struct {
	sets  []string // column = aggregation
	after []string // column = expression
	holds []string // conditions, all of which must hold
}

// result computes what a window has, and keeps those for which the condition
// holds.
func (w *writer) result(c *ir.Correlation, r *rows, g windowed) {
	var p pass
	switch c.Type {
	case ir.ValueCount:
		w.valueCount(c, r, g)
		return
	case ir.TemporalOrdered:
		p = w.ordered(c, r, g.by)
	default:
		p = w.pass(c, r)
	}
	w.stats(append(p.sets, w.context(c, r, g)...), g.by)
	if p.after != nil {
		w.add("eval %s", strings.Join(p.after, ", "))
	}
	w.where(p.holds...)
}

// stats adds an aggregation.
func (w *writer) stats(sets, by []string) {
	if len(by) > 0 {
		w.add("stats %s by %s", strings.Join(sets, ", "), strings.Join(by, ", "))
		return
	}
	w.add("stats %s", strings.Join(sets, ", "))
}

// context returns what an analyst and a correlation that refers to this one
// need to know of a window: its times, and the carried columns of the events
// that lie at its end.
func (w *writer) context(c *ir.Correlation, r *rows, g windowed) []string {
	sets := []string{w.output("first_time") + " = min(" + r.time + ")"}
	if !g.sliced {
		sets = append(sets, g.last+" = max("+r.time+")")
	}
	for _, column := range r.carried {
		if slices.Contains(r.keys, column) {
			continue
		}
		if !g.sliced {
			w.Unsupported(c.Source.TypePos, "in buckets which event an inner correlation fires at: the outer one reads "+column+" of it", "the method sliding can; so can buckets where the inner one groups by it, too")
			return nil
		}
		sets = append(sets, column+" = values("+column+") where "+r.time+" == "+g.last)
	}
	return sets
}

// pass computes what takes one aggregation.
func (w *writer) pass(c *ir.Correlation, r *rows) pass {
	value := ""
	if len(r.values) > 0 {
		value = r.values[0]
	}
	switch c.Type {
	case ir.Temporal:
		return w.temporal(c, r)
	case ir.ValueSum:
		return w.compared(c, r, "value_sum", "sum("+value+")")
	case ir.ValueAvg:
		return w.compared(c, r, "value_avg", "avg("+value+")")
	case ir.ValuePercentile, ir.ValueMedian:
		return w.ranked(c, r, value)
	}
	return w.compared(c, r, "event_count", "count(*)")
}

// compared compares an aggregation with the bounds.
func (w *writer) compared(c *ir.Correlation, r *rows, column, function string) pass {
	column = w.output(column)
	p := pass{sets: []string{column + " = " + r.aggregate(function)}, holds: bounds(c, column)}
	if c.Type != ir.EventCount {
		p.sets = append(p.sets, w.output("event_count")+" = "+r.aggregate("count(*)"))
	}
	return p
}

// bounds writes the conditions of a number.
func bounds(c *ir.Correlation, column string) []string {
	out := make([]string, len(c.Bounds))
	for i, b := range c.Bounds {
		op := b.Op.String()
		if b.Not {
			op = "!="
		}
		out[i] = column + " " + op + " " + string(b.Number)
	}
	return out
}

// maxDigits bounds the fraction of a percentile, so that the ranks of any
// number of values are whole numbers of 64 bits.
const maxDigits = 6

// ranked compares a percentile by nearest rank (C22). PERCENTILE estimates it,
// and so only tells what the value is about. Exactly, the value of a rank is at
// most a number where as many values as the rank are.
func (w *writer) ranked(c *ir.Correlation, r *rows, value string) pass {
	whole, fraction, _ := strings.Cut(string(c.Percentile), ".")
	if len(fraction) > maxDigits {
		w.Fail(c.Source.Condition.Pos, sigma.Unsupported, "", "a percentile with more than %d digits behind the point", maxDigits)
		return pass{}
	}
	share := strings.TrimLeft(whole+fraction, "0")
	all := "100" + strings.Repeat("0", len(fraction))
	count := w.output("event_count")
	p := pass{sets: []string{
		w.output("value_"+strings.TrimPrefix(c.Type.String(), "value_")) + " = " + r.aggregate("percentile("+value+", "+string(c.Percentile)+")"),
		count + " = " + r.aggregate("count("+value+")"),
	}}
	atMost := func(op string, n ir.Number) string {
		column := w.own("below")
		p.sets = append(p.sets, column+" = "+r.aggregate("count(*)", value+" "+op+" "+string(n)))
		if share == "" {
			return column + " > 0"
		}
		return fmt.Sprintf("%s * %s >= %s * %s", column, all, count, share)
	}
	for _, b := range c.Bounds {
		switch {
		case b.Not:
			p.holds = append(p.holds, "not ("+atMost("<=", b.Number)+" and not "+parens(atMost("<", b.Number))+")")
		case b.Op == ir.Lt:
			p.holds = append(p.holds, atMost("<", b.Number))
		case b.Op == ir.Lte:
			p.holds = append(p.holds, atMost("<=", b.Number))
		case b.Op == ir.Gt:
			p.holds = append(p.holds, "not "+parens(atMost("<=", b.Number)))
		case b.Op == ir.Gte:
			p.holds = append(p.holds, "not "+parens(atMost("<", b.Number)))
		default:
			p.holds = append(p.holds, atMost("<=", b.Number), "not "+parens(atMost("<", b.Number)))
		}
	}
	return p
}

func parens(text string) string { return "(" + text + ")" }

// valueCount counts different values, or tuples of them (C15): COUNT_DISTINCT
// estimates the number, and knows no tuples. First there is a row for each
// tuple, and then these are counted.
func (w *writer) valueCount(c *ir.Correlation, r *rows, g windowed) {
	tuples := slices.Clone(g.by)
	for _, v := range r.values {
		if !slices.Contains(tuples, v) {
			tuples = append(tuples, v)
		}
	}
	first, count, here := w.output("first_time"), w.output("value_count"), ""
	outer := []string{count + " = count(*)", first + " = min(" + first + ")"}
	if !g.sliced {
		outer = append(outer, g.last+" = max("+g.last+")")
	}
	inner := *r
	inner.carried = nil
	for _, column := range r.carried {
		switch {
		case slices.Contains(r.keys, column):
		case slices.Contains(tuples, column) && g.sliced:
			if here == "" {
				here = w.own("here")
			}
			outer = append(outer, column+" = values("+column+") where "+here+" > 0")
		default:
			inner.carried = append(inner.carried, column)
			outer = append(outer, column+" = values("+column+")")
		}
	}
	for _, v := range r.values {
		if !slices.Contains(g.by, v) && !slices.Contains(r.carried, v) {
			outer = append(outer, v+" = values("+v+")")
		}
	}
	sets := w.context(c, &inner, g)
	if here != "" {
		sets = append(sets, here+" = count(*) where "+r.time+" == "+g.last)
	}
	w.stats(sets, tuples)
	w.stats(outer, g.by)
	w.where(bounds(c, count)...)
}

// temporal counts the members that occur, and their events (C16, C19, C20).
func (w *writer) temporal(c *ir.Correlation, r *rows) pass {
	counts, p := w.occurrences(c, r)
	occur := make([]string, len(counts))
	for i, n := range counts {
		occur[i] = n + " > 0"
	}
	all := c.Need == nil && len(c.Bounds) == 1 && c.Bounds[0].Op == ir.Gte && string(c.Bounds[0].Number) == strconv.Itoa(len(counts))
	switch {
	case c.Need != nil:
		p.holds = []string{need(c.Need, occur, true)}
	case all:
		p.holds = occur
	default:
		number := w.output("rule_count")
		ones := make([]string, len(occur))
		for i, o := range occur {
			ones[i] = "case(" + o + ", 1, 0)"
		}
		p.after = []string{number + " = " + strings.Join(ones, " + ")}
		p.holds = bounds(c, number)
	}
	return p
}

// occurrences counts the events of each member.
func (w *writer) occurrences(c *ir.Correlation, r *rows) (counts []string, p pass) {
	for i, m := range c.Members {
		n := w.output("count_" + m.Name)
		conditions := []string(nil)
		if r.flags != nil {
			conditions = []string{r.flags[i]}
		}
		counts = append(counts, n)
		p.sets = append(p.sets, n+" = "+r.aggregate("count(*)", conditions...))
	}
	return counts, p
}

// need writes a boolean expression over the members that occur.
func need(n ir.Need, occur []string, outer bool) string {
	list := func(ns []ir.Need, op string) string {
		parts := make([]string, len(ns))
		for i, x := range ns {
			parts[i] = need(x, occur, false)
		}
		text := strings.Join(parts, op)
		if len(ns) == 0 {
			return strconv.FormatBool(op == " and ")
		}
		if outer && op == " and " || len(ns) == 1 {
			return text
		}
		return parens(text)
	}
	switch n := n.(type) {
	case ir.NeedAll:
		return list(n, " and ")
	case ir.NeedAny:
		return list(n, " or ")
	case ir.NeedNot:
		return "not " + parens(need(n.X, occur, true))
	case ir.NeedMember:
		return occur[n]
	}
	return "false"
}
