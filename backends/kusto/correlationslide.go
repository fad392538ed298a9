package kusto

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// fires writes the rows at which a level's condition holds.
func (l *level) fires() *rowset {
	r := l.rows()
	if len(l.Errors) > 0 {
		r.at, r.cells = "", map[*slot]cell{}
		return r
	}
	if l.Method == emit.Buckets && l.Type != ir.TemporalOrdered {
		l.buckets(r)
		r.tidy()
		return r
	}
	l.finish(r, l.slide(r))
	if l.outer == nil {
		r.extend(l.name("from")+" = "+r.at+" - "+l.span(), l.name("to")+" = "+r.at)
		r.tidy()
	}
	return r
}

// slide computes what the condition asks for, at each row, and returns the
// conditions.
func (l *level) slide(r *rowset) []string {
	switch l.Type {
	case ir.EventCount:
		if n, ok := l.Least(); ok {
			return l.atLeast(r, n)
		}
	case ir.ValueCount:
		l.intervals(r)
		return l.running(r)
	case ir.Temporal:
		return l.occurrences(r)
	case ir.TemporalOrdered:
		return l.chain(r)
	}
	r.add("| mv-expand " + r.helper(l.name("step")) + " = dynamic([1, -1]) to typeof(long)")
	return l.running(r)
}

// by returns the columns that tell groups apart.
func (l *level) by(r *rowset) []string {
	var out []string
	for _, k := range l.keys {
		if c := r.cells[k].expr; !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// order writes the order of rows: groups one behind the other.
func (l *level) order(r *rowset, then ...string) {
	by := l.by(r)
	for i := range by {
		by[i] += " asc"
	}
	r.add("| sort by " + strings.Join(append(by, then...), ", "))
}

// same writes that columns are as in another row, given by a window function
// with a place for the column.
func same(columns []string, other string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c + " == " + fmt.Sprintf(other, c)
	}
	return out
}

// begin writes that a row is the first of its group. There is no row in front
// of the very first, and what comes of that is null.
func (l *level) begin(r *rowset) (item, restart string) {
	by := l.by(r)
	if len(by) == 0 {
		return "", ""
	}
	for i, c := range by {
		by[i] = c + " != prev(" + c + ")"
	}
	name := r.helper(l.name("new"))
	return name + " = coalesce(" + strings.Join(by, " or ") + ", true)", name
}

// last writes that a row is the last of its group at its time. moment are the
// columns that tell the time, besides group-by fields.
func (l *level) last(r *rowset, more ...string) string {
	conds := append(same(l.by(r), "next(%s)"), more...)
	return r.helper(l.name("last")) + " = not(coalesce(" + strings.Join(conds, " and ") + ", false))"
}

// atLeast finds the events that are the last of so many in a timespan: each of
// them, but for a level around this one the last of its time only.
func (l *level) atLeast(r *rowset, n int) []string {
	var items, conds []string
	if l.outer != nil {
		items = append(items, l.last(r, r.at+" == next("+r.at+")"))
		conds = append(conds, l.name("last"))
	}
	if n > 1 {
		first, back := l.name("first"), "prev(%s, "+strconv.Itoa(n-1)+")"
		items = append(items, first+" = "+fmt.Sprintf(back, r.at))
		if by := l.by(r); len(by) > 0 {
			enough := r.helper(l.name("enough"))
			items = append(items, enough+" = "+strings.Join(same(by, back), " and "))
			conds = append(conds, enough)
		}
		conds = append(conds, r.at+" - "+first+" <= "+l.span())
	}
	if items != nil {
		l.order(r, r.at+" asc")
	}
	r.extend(append(items, l.name("at_least")+" = "+strconv.Itoa(n))...)
	return conds
}

// intervals makes rows for values that come into the window and go out of it. A
// value that is seen again within the timespan stays.
func (l *level) intervals(r *rowset) {
	by := l.by(r)
	for _, v := range l.values {
		by = append(by, r.cells[v].expr)
	}
	again, more := r.helper(l.name("again")), r.helper(l.name("more"))
	order := make([]string, len(by))
	for i, c := range by {
		order[i] = c + " asc"
	}
	r.add("| sort by " + strings.Join(append(order, r.at+" asc"), ", "))
	within := func(name, other, gap string) string {
		return name + " = coalesce(" + strings.Join(append(same(by, other), gap+" <= "+l.span()), " and ") + ", false)"
	}
	r.extend(within(again, "prev(%s)", r.at+" - prev("+r.at+")"), within(more, "next(%s)", "next("+r.at+") - "+r.at))
	steps, step := r.helper(l.name("steps")), r.helper(l.name("step"))
	r.extend(steps + " = iff(" + more + ", dynamic([1]), dynamic([1, -1]))")
	r.add("| mv-expand " + step + " = " + steps + " to typeof(long)")
}

// running adds up what comes and goes.
func (l *level) running(r *rowset) []string {
	step, when := l.name("step"), r.helper(l.name("when"))
	r.extend(when + " = iff(" + step + " == 1, " + r.at + ", " + r.at + " + " + l.span() + ")")
	l.order(r, when+" asc", step+" desc")
	begin, restart := l.begin(r)
	items := []string{l.last(r, when+" == next("+when+")", "next("+step+") == 1")}
	if begin != "" {
		items = append([]string{begin}, items...)
	}
	r.extend(items...)
	items = nil
	for _, m := range l.measures(r) {
		term := m.running(step)
		if l.Type == ir.ValueCount {
			term = "iff(" + step + " == 1 and " + l.name("again") + ", 0, " + step + ")"
		}
		items = append(items, m.name+" = "+cumulative(term, restart))
	}
	r.extend(items...)
	l.mean(r)
	return append([]string{step + " == 1", l.name("last")}, l.conditions()...)
}

// cumulative writes a running sum that begins anew where restart holds
// (query/row-cumsum-function).
func cumulative(term, restart string) string {
	if restart == "" {
		return "row_cumsum(" + term + ")"
	}
	return "row_cumsum(" + term + ", " + restart + ")"
}

// filled writes the latest of the terms so far of which the condition held, as
// a running sum that begins anew at each of them; 0 before the first.
func filled(cond, term, restart string) string {
	if restart != "" {
		restart = " or " + restart
	}
	return "row_cumsum(iff(" + cond + ", " + term + ", 0), " + cond + restart + ")"
}

// finish keeps the rows at which the conditions hold. Where a level around
// this one reads fields of events that may differ, it is given those of all
// events that lie there.
func (l *level) finish(r *rowset, conds []string) {
	cells := make(map[*slot]cell)
	var sets []string
	for _, s := range l.above() {
		if k := l.same(s); k != nil {
			cells[s] = r.cells[k]
			continue
		}
		c := r.cells[s]
		name, list := r.helper(column(l.prefix+"read"+s.in.id+"_"+s.title)), c.expr // an array is taken apart
		if !c.set {
			list = c.text()
		}
		sets = append(sets, name+" = make_set("+list+")")
		cells[s] = cell{expr: name, plain: true, kind: schema.Keyword, set: true}
	}
	if sets != nil {
		step := l.name("step") + " == 1"
		if i := slices.Index(conds, step); i >= 0 {
			r.where(step)
			conds = slices.Delete(conds, i, i+1)
		}
		row := r.helper(l.name("row"))
		r.extend(row + " = row_number()")
		r.add("| summarize arg_max(" + row + ", *), " + strings.Join(sets, ", ") + " by " + strings.Join(append(l.by(r), r.at), ", "))
		conds = slices.DeleteFunc(conds, func(c string) bool { return c == l.name("last") })
	}
	r.where(conds...)
	if l.outer != nil {
		r.cells = cells
	}
}
