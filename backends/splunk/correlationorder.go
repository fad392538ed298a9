package splunk

import (
	"fmt"
	"strconv"
	"strings"
)

// slideOrdered keeps, of each number of parts in order, the latest begin of
// such a chain. An event extends the chains that were there before it, so that
// no event is in one twice. Of one time those of the first parts come first.
func (l *level) slideOrdered() {
	l.sortOrdered()
	n, rising := l.Least()
	if rising = rising && l.Need == nil && n <= len(l.parts); !rising {
		n = len(l.parts)
	}
	for i := range n {
		time := "_time"
		if i > 0 {
			time = l.ownHelper("chain" + strconv.Itoa(i))
			l.stats(fmt.Sprintf("streamstats window=0 current=f max(%s) as %s", l.begin(i), time))
			if l.twoRules() {
				time = l.otherChain(time)
			}
		}
		l.add("eval %s=%s", l.begin(i+1), l.timeOf(i, time))
	}
	if rising {
		from := l.own("from")
		l.stats(fmt.Sprintf("streamstats window=0 max(%s) as %s", l.begin(n), from))
		l.fire("_time-" + from + "<=" + l.timespan())
		return
	}
	l.lengthOfChain(n)
}

// begin is when the latest chain of so many parts begins that ends with a row.
func (l *level) begin(parts int) string { return l.ownHelper("begin" + strconv.Itoa(parts)) }

// lengthOfChain computes of how many parts the longest chain in the window is.
func (l *level) lengthOfChain(n int) {
	var stats, again, has []string
	for i := range n {
		last := l.ownHelper("last" + strconv.Itoa(i+1))
		stats = append(stats, "max("+l.begin(i+1)+") as "+last)
		again = append(again, "max("+last+") as "+last)
		has = append(has, "if(_time-"+last+"<="+l.timespan()+",1,0)")
	}
	l.stats("streamstats window=0 " + strings.Join(stats, " "))
	l.stats("eventstats "+strings.Join(again, " "), "_time")
	l.add("eval %s=%s", l.own("count"), strings.Join(has, "+"))
	l.fire(l.bounds(plainBound(l.own("count"))))
}

// twoRules reports whether two rules are all that there is to put in order.
func (l *level) twoRules() bool { return len(l.parts) == 2 && len(l.ruleParts()) == 2 }

// otherChain returns when the latest event of the first of two rules was that
// is another one than the row's: at the same time, or before it. With more
// rules, whether events of one time can be given to them is no matter of
// counting any more.
func (l *level) otherChain(before string) string {
	many, mine := l.ownHelper("many"), l.ownHelper("mine")
	l.add("eval %s=coalesce(%s,0)", before, before)
	l.stats("eventstats min("+before+") as "+before+" count("+l.begin(1)+") as "+many, "_time")
	if l.byPart {
		l.stats("eventstats count("+l.begin(1)+") as "+mine, l.column("event"))
	} else {
		l.add("eval %s=if(%s,1,0)", mine, l.is(0))
	}
	return "if(" + many + ">" + mine + ",_time," + before + ")"
}

// sortOrdered sorts rows by time, those of one time by the first part that
// their event is of. Of the rows of one event, which is in a chain only once,
// those of the last part come first: they do not see the others.
func (l *level) sortOrdered() {
	if len(l.parts) == 1 || l.twoRules() {
		l.add("sort 0 _time")
		return
	}
	var whole, ranks, places []string
	for i, p := range l.parts {
		place := strconv.Itoa(i + 1)
		places = append(places, l.is(i)+","+place)
		switch {
		case p.level != nil:
			whole = append(whole, l.is(i)+","+place)
		case l.byPart:
			ranks = append(ranks, "isnotnull(mvfind("+l.column("rules")+`,"^`+p.label+`$")),`+place)
		default:
			ranks = append(ranks, l.is(i)+","+place)
		}
	}
	rank := l.ownHelper("rank")
	eval := rank + "=case(" + strings.Join(append(whole, ranks...), ",") + ",true(),0)"
	sort := "sort 0 num(_time), num(" + rank + ")"
	if l.byPart {
		place := l.ownHelper("place")
		eval += ", " + place + "=case(" + strings.Join(places, ",") + ",true(),0)"
		sort += ", str(" + l.column("event") + "), -num(" + place + ")"
	}
	l.add("eval %s", eval)
	l.add("%s", sort)
}
