package kusto

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// buckets writes a correlation over pieces of time that do not overlap. What
// comes out is the last event of each group in each piece at which the
// condition holds.
func (l *level) buckets(r *rowset) {
	from := l.name("from")
	r.extend(from + " = bin(" + r.at + ", " + l.span() + ")")
	by := strings.Join(append(l.by(r), from), ", ")
	all := "arg_max(" + r.at + ", *)"
	if l.Type == ir.ValueCount {
		values := ""
		for _, v := range l.values {
			values += ", " + r.cells[v].expr
		}
		r.add("| summarize " + all + " by " + by + values)
	}
	var aggregates, on, sum []string
	if l.Type == ir.Temporal {
		for i := range l.parts {
			n, o := r.helper(l.name("events"+strconv.Itoa(i+1))), r.helper(l.name("on"+strconv.Itoa(i+1)))
			aggregates = append(aggregates, n+" = countif("+l.rule(i)+")")
			on = append(on, o+" = "+n+" > 0")
			sum = append(sum, "tolong("+o+")")
		}
	} else {
		for _, m := range l.measures(r) {
			aggregates = append(aggregates, m.name+" = "+m.whole())
		}
	}
	r.add("| summarize " + strings.Join(append(aggregates, all), ", ") + " by " + by)
	r.extend(on...)
	if sum != nil {
		r.extend(l.name("count") + " = " + strings.Join(sum, " + "))
	}
	l.mean(r)
	r.where(l.conditions()...)
	r.extend(l.name("to") + " = " + from + " + " + l.span())
}
