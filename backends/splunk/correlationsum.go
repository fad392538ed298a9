package splunk

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A sum is a column of which a running sum is kept, and that of the result.
type sum struct{ column, of, result string }

// comeAndGo makes of each row one that comes, and one that goes when its event
// has left the window. At one time those that come are first: the window is
// closed at both ends (C32).
func (l *level) comeAndGo() {
	step, at := l.ownHelper("step"), l.ownHelper("at")
	sums := l.sums(step)
	l.add(`eval %s=split("1 -1"," ")`, step)
	l.add("mvexpand %s", step)
	eval := step + "=tonumber(" + step + "), " + at + "=_time+if(" + step + "<0," + l.timespan() + ",0)"
	for _, s := range sums {
		if s.of != "" {
			eval += ", " + l.helper(s.column) + "=" + s.of
		}
	}
	l.add("eval %s", eval)
	l.add("sort 0 num(%s), -num(%s)", at, step)
	if l.Type == ir.ValueCount {
		l.firstAndLast(step, sums[0].column)
	}
	l.running(step, sums)
	if l.Type == ir.ValueAvg {
		l.add("eval %s=%s/%s", l.own("avg"), l.own("sum"), l.own("count"))
	}
	l.fire(l.sumsHold())
}

// firstAndLast computes how a row changes the number of different values: by
// 1 where it brings one that was not there, by -1 where it takes the last away.
func (l *level) firstAndLast(step, change string) {
	held := l.ownHelper("held")
	l.stats("streamstats window=0 sum("+step+") as "+held, l.values...)
	l.add("eval %s=case(%s>0 AND %s==1,1,%s<0 AND %s==0,-1,true(),0)", l.helper(change), step, held, step, held)
}

// running computes the sums as they are at each event. Where the last event of
// a time may break what the first one met, all get what the last one has.
func (l *level) running(step string, sums []sum) {
	var stats, again []string
	for _, s := range sums {
		result := s.result
		if !l.Rising() {
			result = l.helper(s.result + "_running")
			again = append(again, "last("+result+") as "+s.result)
		}
		stats = append(stats, "sum("+s.column+") as "+result)
	}
	l.stats("streamstats window=0 " + strings.Join(stats, " "))
	l.add("where %s>0", step)
	if len(again) > 0 {
		l.stats("eventstats "+strings.Join(again, " "), "_time")
	}
}

// sums returns what the level's type adds up. step is 1 of rows that come, -1
// of those that go.
func (l *level) sums(step string) []sum {
	count := sum{column: step, result: l.own("count")}
	switch l.Type {
	case ir.ValueCount:
		return []sum{{column: l.own("change"), result: l.own("count")}}
	case ir.ValueSum, ir.ValueAvg:
		return []sum{{l.own("part_of_sum"), l.values[0] + "*" + step, l.own("sum")}, count}
	case ir.ValuePercentile, ir.ValueMedian:
		out := []sum{count}
		for i, b := range l.Bounds {
			for _, op := range ranked(b) {
				name := l.rankColumn(op, i)
				out = append(out, sum{name + "_step", "if(" + l.values[0] + op + string(b.Number) + "," + step + ",0)", name})
			}
		}
		return out
	}
	return []sum{count}
}

// sumsHold is the condition over the sums.
func (l *level) sumsHold() string {
	switch l.Type {
	case ir.ValueSum:
		return l.bounds(plainBound(rounded(l.own("sum"))))
	case ir.ValueAvg:
		return l.bounds(func(_ int, b ir.Bound) string {
			return rounded(l.own("sum")+"-"+l.own("count")+"*("+string(b.Number)+")") + boundOp(b) + "0"
		})
	case ir.ValuePercentile, ir.ValueMedian:
		return l.percentileHolds()
	}
	return l.bounds(plainBound(l.own("count")))
}

// rounded takes the error of adding binary fractions away.
func rounded(x string) string { return "round(" + x + ",6)" }
