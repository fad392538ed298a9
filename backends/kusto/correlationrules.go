package kusto

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// moment computes the time as a number, which running sums can have, and the
// marks of groups and times.
func (l *level) moment(r *rowset) (t, restart string) {
	t = r.helper(l.name("t"))
	begin, restart := l.begin(r)
	items := []string{t + " = datetime_diff(\"nanosecond\", " + r.at + ", datetime(1970-01-01))", l.last(r, r.at+" == next("+r.at+")")}
	if begin != "" {
		items = append(items, begin)
	}
	r.extend(items...)
	return t, restart
}

// near writes that a time, which is 0 where there is none, lies in the window.
func (l *level) near(t, seen string) string {
	return seen + " > 0 and " + t + " - " + seen + " <= " + strconv.FormatInt(int64(l.Window), 10)
}

// occurrences finds which rules occur: a rule does where its latest event is in
// the window.
func (l *level) occurrences(r *rowset) []string {
	l.order(r, r.at+" asc")
	t, restart := l.moment(r)
	var seen, on, sum []string
	for i := range l.parts {
		s, o := r.helper(l.name("seen"+strconv.Itoa(i+1))), r.helper(l.name("on"+strconv.Itoa(i+1)))
		seen = append(seen, s+" = "+filled(l.rule(i), t, restart))
		on = append(on, o+" = "+l.near(t, s))
		sum = append(sum, "tolong("+o+")")
	}
	r.extend(seen...)
	r.extend(on...)
	r.extend(l.name("count") + " = " + strings.Join(sum, " + "))
	return append([]string{l.name("last")}, l.conditions()...)
}

// chain finds rules in their order: of each number of rules, the latest time
// at which so many of them in a row began. An event is one of them at most, so
// that it goes on from where the row in front of it got to.
func (l *level) chain(r *rowset) []string {
	l.order(r, l.places(r)...)
	t, restart := l.moment(r)
	first := "coalesce(prev(%s), 0)"
	if restart != "" {
		first = "iff(" + restart + ", 0, prev(%s))"
	}
	var count string
	for i := range l.parts {
		begin := r.helper(l.name("begin" + strconv.Itoa(i+1)))
		if i == 0 {
			r.extend(begin + " = " + filled(l.rule(0), t, restart))
		} else {
			before, step := r.helper(l.name("before"+strconv.Itoa(i+1))), r.helper(l.name("next"+strconv.Itoa(i+1)))
			r.extend(before + " = " + fmt.Sprintf(first, l.name("begin"+strconv.Itoa(i))))
			r.extend(step + " = " + l.rule(i) + " and " + before + " > 0")
			r.extend(begin + " = " + filled(step, before, restart))
		}
		count = l.near(t, begin) + ", " + strconv.Itoa(i+1) + ", " + count
	}
	r.extend(l.name("count") + " = case(" + count + "0)")
	return append([]string{l.name("last")}, l.conditions()...)
}

// places orders the events of one time by their rules, so that what is in order
// is seen in order.
func (l *level) places(r *rowset) []string {
	lowest, highest := "", ""
	for i := range l.parts {
		lowest += l.rule(i) + ", " + strconv.Itoa(i+1) + ", "
		highest = l.rule(i) + ", " + strconv.Itoa(i+1) + ", " + highest
	}
	low, high := r.helper(l.name("low")), r.helper(l.name("high"))
	r.extend(low+" = case("+lowest+"0)", high+" = case("+highest+"0)")
	return []string{r.at + " asc", low + " asc", high + " asc"}
}

// checkOrder warns where events of one time may be taken in a wrong order. An
// order that is missed is too little for a least number of rules, and may be
// too much for anything else.
func (l *level) checkOrder() {
	if l.Type != ir.TemporalOrdered || len(l.parts) < 3 || !l.overlaps() {
		return
	}
	const of = "of events that match several of the rules, at one time, an order may be missed"
	l.Warn(l.Source.TypePos, sigma.MatchesLess, "", of)
	for o := l; o != nil; o = o.outer {
		if !o.Rising() {
			l.Warn(o.Source.TypePos, sigma.MatchesMore, "", of+", and then the condition holds where it should not")
			return
		}
	}
}

// overlaps reports whether an event may match several of the rules: rules of
// different tables never do.
func (l *level) overlaps() bool {
	seen := make(map[string]bool)
	for _, p := range l.parts {
		if p.level == nil && seen[bareTable(p.event.Job)] {
			return true
		}
		if p.level == nil {
			seen[bareTable(p.event.Job)] = true
		}
	}
	return false
}
