package esql

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// ordered finds members in their order (C18): different events, none before
// the one in front of it; those of one time are in any order. What is compared
// is how many of the first members there are such events of.
func (w *writer) ordered(c *ir.Correlation, r *rows, by []string) pass {
	n, more := stages(c)
	_, p := w.occurrences(c, r)
	var reached []string
	switch {
	case n == 1 || r.flags == nil:
		reached = []string{w.first(r, &p) + " is not null"}
	case n == 2:
		reached = w.pair(r, &p)
	default:
		w.Warn(c.Source.TypePos, sigma.MatchesLess, "", "of events of one point in time, those that match several of the rules are taken for the first of these only")
		reached = w.steps(r, by, n, &p)
	}
	if !more {
		p.holds = reached[len(reached)-1:]
		return p
	}
	number := w.output("rule_count")
	text := ""
	for i := len(reached) - 1; i >= 0; i-- {
		text += reached[i] + ", " + strconv.Itoa(i+1) + ", "
	}
	p.after = []string{number + " = case(" + text + "0)"}
	p.holds = bounds(c, number)
	return p
}

// stages returns how many of the first members decide: more tells that their
// number has to be compared, and not just that all of them are there.
func stages(c *ir.Correlation) (n int, more bool) {
	holds := func(n int) bool {
		for _, b := range c.Bounds {
			if !b.Holds(ir.Number(strconv.Itoa(n)).Cmp(b.Number)) {
				return false
			}
		}
		return true
	}
	all := len(c.Members)
	for n <= all && !holds(n) {
		n++
	}
	for m := n; m <= all; m++ {
		more = more || !holds(m)
	}
	if n == 0 || n > all || more {
		return all, true
	}
	return n, false
}

// first computes the time of the first event of the first member.
func (w *writer) first(r *rows, p *pass) string {
	column := w.own("step_1")
	var flag []string
	if r.flags != nil {
		flag = r.flags[:1]
	}
	p.sets = append(p.sets, column+" = "+r.aggregate("min("+r.time+")", flag...))
	return column
}

// pair finds two members in their order: some event of the first is not behind
// some event of the second. It is another one if one of them is not of both
// members, or if there are two such.
func (w *writer) pair(r *rows, p *pass) []string {
	a, b := r.flags[0], r.flags[1]
	set := func(like, function string, conditions ...string) string {
		column := w.own(like)
		p.sets = append(p.sets, column+" = "+r.aggregate(function, conditions...))
		return column
	}
	first, last := w.first(r, p), set("last", "max("+r.time+")", b)
	if !r.distinct(0, 1) {
		return []string{first + " is not null", first + " <= " + last}
	}
	firstOnly, lastOnly := set("first_only", "min("+r.time+")", a, "not "+b), set("last_only", "max("+r.time+")", b, "not "+a)
	both := set("both", "count(*)", a, b)
	return []string{first + " is not null",
		"(" + strings.Join([]string{first + " < " + last, first + " <= " + lastOnly, firstOnly + " <= " + last, both + " > 1"}, " or ") + ")"}
}

// distinct reports whether one event could be of both members, so that they
// must be told apart. A firing of a correlation is no event.
func (r *rows) distinct(i, k int) bool {
	return r.firings == nil || !r.firings[i] && !r.firings[k]
}

// steps finds members in their order step by step: the earliest time at which
// the chain of the first so many can end. At the time where one step ended,
// the next takes events of no member before only.
func (w *writer) steps(r *rows, by []string, n int, p *pass) []string {
	reached := make([]string, n)
	before := ""
	for i := range n {
		column := w.own("step_" + strconv.Itoa(i+1))
		reached[i] = column + " is not null"
		conditions := []string{r.flags[i]}
		if i > 0 {
			conditions = append(conditions, w.behind(r, i, before))
		}
		set := column + " = " + r.aggregate("min("+r.time+")", conditions...)
		if i == n-1 {
			p.sets = append(p.sets, set)
			break
		}
		command := "inline stats " + set
		if len(by) > 0 {
			command += " by " + strings.Join(by, ", ")
		}
		w.add("%s", command)
		p.sets = append(p.sets, column+" = min("+column+")")
		before = column
	}
	return reached
}

// behind writes that an event can follow the step before.
func (w *writer) behind(r *rows, i int, before string) string {
	conditions := []string{r.time + " == " + before}
	for k := range i {
		if r.distinct(k, i) {
			conditions = append(conditions, "not "+r.flags[k])
		}
	}
	if len(conditions) == 1 {
		return r.time + " >= " + before
	}
	return "(" + r.time + " > " + before + " or " + strings.Join(conditions, " and ") + ")"
}
