package content

import (
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// Recent returns how long ago the firings of a correlation are that a run of a
// rule in ES|QL is about: since the last run, and the overlap. A run looks back by
// the timespan in addition, for the events of their windows. It is 0 for formats
// that are no rules.
//
// The query says so itself, by the time at which it runs. A run that Kibana makes
// up for later, for a gap in the past, finds no correlations.
func Recent(j *emit.Job) time.Duration {
	if j.Format.Setting("every") == nil {
		return 0
	}
	sum := time.Duration(0)
	for _, name := range []string{"every", "overlap", "delay"} {
		d, _ := emit.ParseDuration(j.Setting(name)) // a mistake is noted where the schedule is read
		sum += d
	}
	return sum
}

// maxSuppression is how many fields Kibana tells alerts apart by.
const maxSuppression = 3

// suppress keeps a correlation in ES|QL from firing again for the same events
// where runs overlap: Kibana does not know the rows of STATS again. Firings of one
// group and time are one alert for as long as they can come back.
func (l Language) suppress(j *emit.Job, e *emit.Entry, o *object) {
	if e.Schedule.Window == e.Schedule.Every+emit.Reach(e.Correlation) {
		return // nothing overlaps
	}
	by := suppressedBy(e)
	if by == nil || len(by) > maxSuppression {
		j.Warn(e.Correlation.Source.TypePos, sigma.MatchesMore, "the setting overlap 0 prevents it, and misses events that arrive late",
			"runs overlap, and what fires in the overlap is told twice: Kibana knows alerts again by up to %d fields, the time and two of the group's", maxSuppression)
		return
	}
	n, unit := elastic.Span(Recent(j)+e.Schedule.Every, units)
	o.add("alert_suppression", object{
		{"group_by", by},
		{"duration", object{{"value", int(n)}, {"unit", unit}}},
		{"missing_fields_strategy", "suppress"},
	})
}

// suppressedBy returns the columns that tell firings apart, nil where they may not
// be fields of that name: those of aliases, of rules with different fields, of
// firings of other correlations, and where an event has a field last_time.
func suppressedBy(e *emit.Entry) []string {
	x := e.Correlation
	if !elastic.SameReads(x.Members, x.Keys) || strings.Contains(e.Query, "last_time_") {
		return nil
	}
	by := []string{"last_time"}
	for _, k := range x.Keys {
		for _, r := range x.Members[0].ReadsOf(k.Text) {
			if x.Members[0].Correlation != nil || len(r.Fields) > 1 || isAlias(e, k.Text) {
				return nil
			}
			by = addNew(by, r.Fields[0])
		}
	}
	return by
}

// isAlias reports whether a name is one that the correlation gives to fields.
func isAlias(e *emit.Entry, name string) bool {
	for _, a := range e.Correlation.Source.Aliases {
		if a.Name == name {
			return true
		}
	}
	return false
}
