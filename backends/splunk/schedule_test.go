package splunk

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// runs returns the minutes of a week at which a cron_schedule runs. It knows
// numbers, lists of them and stars.
func runs(t *testing.T, schedule string) []int {
	t.Helper()
	fields := strings.Fields(schedule)
	if len(fields) != 5 || fields[2] != "*" || fields[3] != "*" {
		t.Fatalf("%q has not five fields, or names days of months", schedule)
	}
	allows := func(field string, most, now int) bool {
		if field == "*" {
			return true
		}
		for _, item := range strings.Split(field, ",") {
			n, err := strconv.Atoi(item)
			if err != nil || n < 0 || n >= most {
				t.Fatalf("%q: %q is no number below %d", schedule, item, most)
			}
			if n == now {
				return true
			}
		}
		return false
	}
	var out []int
	for m := range 7 * day {
		if allows(fields[0], 60, m%60) && allows(fields[1], 24, m/60%24) && allows(fields[4], 7, m/day) {
			out = append(out, m)
		}
	}
	return out
}

// TestCron wants runs as far apart as the schedule says, all through the week.
func TestCron(t *testing.T) {
	for _, p := range periods {
		minutes := make(map[string]bool)
		for n := range 200 {
			j := &emit.Job{}
			e := &emit.Entry{Meta: new(sigma.Meta), ID: emit.StableID(strconv.Itoa(n)), Schedule: emit.Schedule{Every: time.Duration(p) * time.Minute}}
			schedule := cron(j, e)
			minutes[schedule] = true
			if n >= 10 {
				continue
			}
			at := runs(t, schedule)
			if len(at) != 7*day/p || len(j.Errors) > 0 {
				t.Fatalf("every %d minutes: %q runs %d times a week (%v)", p, schedule, len(at), j.Errors)
			}
			for i, m := range at {
				next := append(at, at[0]+7*day)[i+1]
				if next-m != p {
					t.Fatalf("every %d minutes: %q runs at %d and %d", p, schedule, m, next)
				}
			}
		}
		if len(minutes) < min(p, 40) {
			t.Errorf("every %d minutes: 200 searches run at %d times", p, len(minutes))
		}
	}
}

func TestCronCannot(t *testing.T) {
	for every, near := range map[string]string{"7m": "6m", "30s": "1m", "45m": "30m", "61m": "1h", "5h": "4h", "2d": "1d", "30d": "7d"} {
		j := &emit.Job{Backend: Backend, Format: Backend.Format("savedsearches"), Settings: map[string]string{"every": every}}
		d, _ := emit.ParseDuration(every)
		cron(j, &emit.Entry{Meta: new(sigma.Meta), Schedule: emit.Schedule{Every: d}})
		want := "cron cannot say every " + every + " (the nearest that it can say is " + near + ")"
		if len(j.Errors) != 1 || j.Errors[0].Text() != want {
			t.Errorf("%s: %v, want %s", every, j.Errors, want)
		}
	}
}

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "@m", 70 * time.Minute: "-70m@m", 25 * time.Hour: "-1500m@m", 90 * time.Second: "-90s@s"} {
		if got := ago(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
