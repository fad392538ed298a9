package splunk

import (
	"fmt"
	"slices"
	"strings"
)

// fire keeps the rows where the condition holds.
func (l *level) fire(holds string) {
	if l.outer == nil {
		l.add("where %s", holds)
		return
	}
	if l.Rising() {
		// All events of a time fire where one of them completes the condition.
		hit, hits := l.ownHelper("hit"), l.ownHelper("hits")
		l.add("eval %s=if(%s,1,0)", hit, holds)
		l.stats("eventstats max("+hit+") as "+hits, "_time")
		holds = hits + "==1"
	}
	l.add("where %s", l.orOther(holds))
	l.merge()
}

// merge makes one row of the events of a time and group, at which a
// correlation fires once. It has what the levels outside read of each of them.
func (l *level) merge() {
	by := l.by("_time")
	if l.guarded {
		once := l.ownHelper("once")
		l.add("streamstats window=0 count as %s", once)
		l.add("eval %s=if(%s==%s,0,%s)", once, l.column("part"), quote(l.label), once)
		by = append(by, once)
	}
	var values []string
	for o := l.outer; o != nil; o = o.outer {
		for _, column := range slices.Concat(o.keys, o.values) {
			values = append(values, fmt.Sprintf("values(%s) as %s", column, column))
		}
	}
	if len(values) > 0 {
		l.add("eventstats %s by %s", strings.Join(values, " "), strings.Join(by, " "))
	}
	l.add("dedup %s", strings.Join(by, " "))
	if l.guarded {
		// A firing is no event: it counts beside the event that it fired at.
		row, event := l.ownHelper("row"), l.column("event")
		l.add("streamstats window=0 count as %s", row)
		l.add("eval %s=if(%s==%s,%s.%s,%s)", event, l.column("part"), quote(l.label), quote(l.label+" "), row, event)
	}
}
