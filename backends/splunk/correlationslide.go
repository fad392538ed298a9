package splunk

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// numberForm is how numbers are written. tonumber() of a text that is no
// number is not documented.
const numberForm = `"^-?[0-9]+([.][0-9]+)?\z"`

// slide writes the commands of a level, those of the levels inside it first.
func (l *level) slide() {
	for _, p := range l.parts {
		if p.level != nil {
			p.level.slide()
		}
	}
	l.enter()
	switch l.Type {
	case ir.EventCount:
		l.slideCount()
	case ir.Temporal:
		l.slideTemporal()
	case ir.TemporalOrdered:
		l.slideOrdered()
	default:
		l.comeAndGo()
	}
}

// enter makes of the events, or firings, the rows that the level works on: one
// for each group and value.
func (l *level) enter() {
	if l.guarded {
		l.add("eval %s=%s, %s=if(%s,%s,%s)", l.ownHelper("member"), l.column("part"), l.column("part"), l.isPart(l.labels()...), quote(l.label), l.column("part"))
	}
	var there []string
	for _, k := range l.keys {
		there = append(there, "isnotnull("+k+")") // C8
	}
	for _, v := range l.values {
		if l.Type.IsNumeric() {
			v = "mvfind(" + v + "," + numberForm + ")"
		}
		there = append(there, "isnotnull("+v+")")
	}
	if len(there) > 0 {
		l.add("where %s", l.orOther(strings.Join(there, " AND ")))
	}
	l.expand(l.keys)
	if l.byPart && len(l.ruleParts()) > 1 && !l.Type.IsTemporal() {
		l.add("dedup %s", strings.Join(l.by(l.column("event")), " ")) // an event counts once
	}
	l.expand(l.values)
	if l.Type.IsNumeric() {
		v := l.values[0]
		l.add("where %s", l.orOther("match("+v+","+numberForm+")"))
		l.add("eval %s=tonumber(%s)", v, v)
	}
}

func (l *level) expand(columns []string) {
	for _, column := range columns {
		l.add("mvexpand %s", column)
	}
}

func (l *level) labels() []string {
	out := make([]string, len(l.parts))
	for i, p := range l.parts {
		out[i] = p.label
	}
	return out
}

// orOther returns a condition that holds of the rows of other levels, too.
func (l *level) orOther(condition string) string {
	if !l.guarded {
		return condition
	}
	return l.column("part") + "!=" + quote(l.label) + " OR (" + condition + ")"
}

// by returns the columns that make a group, and more.
func (l *level) by(more ...string) []string {
	var out []string
	if l.guarded {
		out = append(out, l.column("part"))
	}
	return append(append(out, l.keys...), more...)
}

// stats adds streamstats, eventstats or stats by the groups, and more.
func (l *level) stats(command string, more ...string) {
	if by := l.by(more...); len(by) > 0 {
		command += " by " + strings.Join(by, " ")
	}
	l.add("%s", command)
}

// is says that a row is of the part in that place; "" where each is.
func (l *level) is(place int) string {
	switch p := l.parts[place]; {
	case len(l.parts) == 1:
		return ""
	case !l.byPart:
		return l.column("rule"+p.label) + "=1"
	case l.guarded:
		return l.own("member") + "==" + quote(p.label)
	default:
		return l.column("part") + "==" + quote(p.label)
	}
}

// timeOf is the time of rows of the part in that place, NULL of others.
func (l *level) timeOf(place int, time string) string {
	if is := l.is(place); is != "" {
		return "if(" + is + "," + time + ",null())"
	}
	return time
}

// maxWindow is the most events that a window of streamstats has here. It could
// be 10,000 (limits.conf, max_stream_window), but all are kept for each group,
// and beyond max_mem_usage_mb streamstats "stops adding the requested fields to
// the search results" (SR, streamstats), which nobody would notice.
const maxWindow = 100

// slideCount counts events. That there are at least n needs the last n only.
func (l *level) slideCount() {
	n, ok := l.Least()
	if !ok || n > maxWindow {
		l.comeAndGo()
		return
	}
	count, from := l.own("count"), l.own("from")
	l.add("sort 0 _time")
	l.stats(fmt.Sprintf("streamstats window=%d global=f count as %s min(_time) as %s", n, count, from))
	l.fire(fmt.Sprintf("%s>=%d AND _time-%s<=%s", count, n, from, l.timespan()))
}

// slideTemporal asks of each part when it occurred last.
func (l *level) slideTemporal() {
	var times, stats, again, has []string
	for i := range l.parts {
		n := strconv.Itoa(i + 1)
		time, last := l.ownHelper("time"+n), l.ownHelper("last"+n)
		times = append(times, time+"="+l.timeOf(i, "_time"))
		stats = append(stats, "max("+time+") as "+last)
		again = append(again, "max("+last+") as "+last)
		has = append(has, l.own("has"+n)+"=if(_time-"+last+"<="+l.timespan()+",1,0)")
	}
	l.add("eval %s", strings.Join(times, ", "))
	l.add("sort 0 _time")
	l.stats("streamstats window=0 " + strings.Join(stats, " "))
	if !l.Rising() {
		l.stats("eventstats "+strings.Join(again, " "), "_time")
	}
	l.add("eval %s%s", strings.Join(has, ", "), l.occurring())
	l.fire(l.temporalHolds())
}

// occurring computes how many of the parts occur, where that is what counts.
func (l *level) occurring() string {
	if l.Need != nil {
		return ""
	}
	has := make([]string, len(l.parts))
	for i := range has {
		has[i] = l.own("has" + strconv.Itoa(i+1))
	}
	return ", " + l.own("count") + "=" + strings.Join(has, "+")
}
