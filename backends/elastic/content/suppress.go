package content

import (
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// maxSuppression is how many fields Kibana tells alerts apart by.
const maxSuppression = 3

// suppress keeps a correlation in ES|QL from firing again at each run for the
// same events: a run looks back over the timespan, and Kibana does not know the
// rows of STATS again. Firings of one group and time are one alert for as long as
// they can come back.
func (l Language) suppress(j *emit.Job, e *emit.Entry, o *object) {
	by := []string{"last_time"}
	for _, k := range e.Correlation.Keys {
		for _, r := range e.Correlation.Members[0].ReadsOf(k.Text) {
			by = addNew(by, r.Fields[0])
		}
		if isAlias(e, k.Text) {
			by = nil
			break
		}
	}
	if len(by) == 0 || len(by) > maxSuppression || strings.Contains(e.Query, "last_time_") {
		j.Warn(e.Correlation.Source.TypePos, sigma.MatchesMore, "",
			"each run tells again of what the last ones told of, for %s: Kibana knows alerts again by up to %d fields, the time and two of the group's", span(e.Schedule.Window), maxSuppression)
		return
	}
	// Up to Delay passes before a run sees an event, and Window before none does.
	n, unit := units(e.Schedule.Window + e.Schedule.Delay + time.Minute)
	o.add("alert_suppression", object{
		{"group_by", by},
		{"duration", object{{"value", n}, {"unit", unit}}},
		{"missing_fields_strategy", "suppress"},
	})
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
