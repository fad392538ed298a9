package splunk

import (
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// periods are the times between two runs that five fields of cron can say with
// all gaps of the same length, in minutes.
var periods = []int{1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 2 * 60, 3 * 60, 4 * 60, 6 * 60, 8 * 60, 12 * 60, day, 7 * day}

const day = 24 * 60

// cron returns a cron_schedule that runs so often. Which minute it is depends
// on the id, so that not all searches run in the same one: "schedule your
// searches so that they are staggered over time" (savedsearches.conf.spec).
// The lists of numbers are in the notation that the same page names; there are
// no names of days. The clock is that of the server: where it is put forward
// or back, times between runs of a day or several hours are an hour off.
func cron(j *emit.Job, e *emit.Entry) string {
	every := e.Schedule.Every
	p := int(every / time.Minute)
	if near := time.Duration(nearestPeriod(every)) * time.Minute; near != every {
		j.Fail(e.Meta.Pos, sigma.BadSetting, "the nearest that it can say is "+emit.FormatDuration(near), "cron cannot say every %s", j.Setting("every"))
		return ""
	}
	h := fnv.New32a()
	h.Write([]byte(e.ID))
	at := int(h.Sum32() % uint32(p)) //nolint:gosec // at most a week
	switch {
	case p == 1:
		return "* * * * *"
	case p < 60:
		return steps(at, p, 60) + " * * * *"
	case p == 60:
		return strconv.Itoa(at) + " * * * *"
	case p <= day:
		return strconv.Itoa(at%60) + " " + steps(at/60, p/60, 24) + " * * *"
	}
	return strconv.Itoa(at%60) + " " + strconv.Itoa(at/60%24) + " * * " + strconv.Itoa(at/day)
}

// steps lists the numbers below end from at on, step apart.
func steps(at, step, end int) string {
	var list []string
	for ; at < end; at += step {
		list = append(list, strconv.Itoa(at))
	}
	return strings.Join(list, ",")
}

// nearestPeriod returns the one of periods that is nearest to a time, the
// shorter one of two.
func nearestPeriod(every time.Duration) int {
	best, gap := 0, time.Duration(-1)
	for _, p := range periods {
		if d := (every - time.Duration(p)*time.Minute).Abs(); gap < 0 || d < gap {
			best, gap = p, d
		}
	}
	return best
}

// ago is a time modifier: so long before the search runs, and at the full
// minute where the time is one of minutes. A scheduled search counts from the
// time that it was to run at, however late it runs (savedsearches.conf.spec,
// allow_data_time_skew), and so each run begins where the one before it ended.
func ago(d time.Duration) string {
	switch {
	case d == 0:
		return "@m"
	case d%time.Minute == 0:
		return "-" + strconv.FormatInt(int64(d/time.Minute), 10) + "m@m"
	}
	return "-" + seconds(d) + "s@s"
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
