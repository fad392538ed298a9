package splunk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// buckets writes the commands of a correlation over pieces of time. They begin
// at multiples of the timespan since 1970; where bin would begin them is not
// documented.
func (l *level) buckets() {
	l.enter()
	bucket, from := l.own("bucket"), l.own("from")
	l.add("eval %s=floor(_time/%s)*%s%s", bucket, l.timespan(), l.timespan(), l.bucketColumns())
	// stats leaves none but its own columns.
	l.helpers = nil
	context := l.context()
	times := "min(_time) as " + from + " max(_time) as _time"
	switch {
	case l.Type == ir.ValueCount:
		l.stats("stats "+times+context, append(slices.Clone(l.values), bucket)...)
		times = "min(" + from + ") as " + from + " max(_time) as _time"
		l.stats("stats count as "+l.own("count")+" "+times+context, bucket)
	case l.Type == ir.Temporal:
		l.stats("stats "+l.bucketOccurs()+times+context, bucket)
		l.add("eval %s", l.bucketHas())
	default:
		var adds strings.Builder
		for _, s := range l.sums("1") {
			if s.column == "1" {
				adds.WriteString("count as " + s.result + " ")
			} else {
				adds.WriteString("sum(" + s.column + ") as " + s.result + " ")
			}
		}
		l.stats("stats "+adds.String()+times+context, bucket)
	}
	if l.Type == ir.ValueAvg {
		l.add("eval %s=%s/%s", l.own("avg"), l.own("sum"), l.own("count"))
	}
	if l.Type == ir.Temporal {
		l.add("where %s", l.temporalHolds())
	} else {
		l.add("where %s", l.sumsHold())
	}
}

// bucketColumns computes what is added up.
func (l *level) bucketColumns() string {
	var out strings.Builder
	if l.Type == ir.Temporal {
		for i := range l.parts {
			out.WriteString(", " + l.own("time"+strconv.Itoa(i+1)) + "=" + l.timeOf(i, "_time"))
		}
		return out.String()
	}
	for _, s := range l.sums("1") {
		if s.of != "" {
			out.WriteString(", " + s.column + "=" + s.of)
		}
	}
	return out.String()
}

func (l *level) bucketOccurs() string {
	var out strings.Builder
	for i := range l.parts {
		n := strconv.Itoa(i + 1)
		out.WriteString("count(" + l.own("time"+n) + ") as " + l.own("count"+n) + " ")
	}
	return out.String()
}

func (l *level) bucketHas() string {
	has := make([]string, len(l.parts))
	for i := range l.parts {
		n := strconv.Itoa(i + 1)
		has[i] = l.own("has"+n) + "=if(" + l.own("count"+n) + ">0,1,0)"
	}
	return strings.Join(has, ", ") + l.occurring()
}

// context asks for the values of the fields that the correlation reads and the
// rules test, so that who reads the result sees more than numbers. Names that
// need quotes are left out: how stats takes them apart is not documented.
func (l *level) context() string {
	var names []string
	add := func(_ sigma.Pos, name string) {
		if plainName(name, "._") && name[0] != '_' && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, p := range l.parts {
		for _, r := range p.Rule.Reads {
			for _, f := range r.Fields {
				add(r.Pos, f)
			}
		}
	}
	for _, p := range l.parts {
		eachField(p.event.Where, add)
	}
	var out strings.Builder
	for _, name := range names {
		out.WriteString(" values(" + name + ") as " + name)
	}
	return out.String()
}
