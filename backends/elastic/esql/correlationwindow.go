package esql

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A windowed is how rows are put together in windows.
type windowed struct {
	by     []string // the group and the window
	last   string   // the column with the time of the last event of a window
	sliced bool     // the rows have that column already
}

// windows puts the rows of each window together, by the method.
func (w *writer) windows(c *ir.Correlation, r *rows, inner bool) windowed {
	last := w.own
	if !inner {
		last = w.output
	}
	if w.Method == emit.Buckets {
		bucket := w.output("bucket")
		w.add("eval %s = date_trunc(%s, %s)", bucket, span(c.Window), r.time)
		return windowed{by: append(slices.Clone(r.keys), bucket), last: last("last_time")}
	}
	end := last("last_time")
	w.slide(c, r, end)
	return windowed{by: append(slices.Clone(r.keys), end), last: end, sliced: true}
}

// slide makes a row for each pair of an event and a window that it is in. A
// window ends at each time at which an event of the group lies, and has events
// of its length before (C17, C32).
//
// The times of a group come to its rows by INLINE STATS, and MV_EXPAND makes
// the pairs. So that not each event of a group is paired with each other one,
// time is cut into slots of the window's length: a window that ends in a slot
// has events of that slot and the one before it only.
//
// Rows that do not count stay as they are.
func (w *writer) slide(c *ir.Correlation, r *rows, end string) {
	slot, window := w.own("slot"), w.own("window")
	w.add("eval %s = to_long(to_datetime(%s)) / %d", slot, r.time, c.Window.Milliseconds())
	w.add("eval %s = mv_append(%s, %s + 1)", window, slot, slot)
	w.add("mv_expand %s", window)
	w.add("inline stats %s = %s by %s", end, r.aggregate("values("+r.time+")", window+" == "+slot), strings.Join(append(slices.Clone(r.keys), window), ", "))
	if r.in != "" {
		w.add("eval %s = case(%s, %s, %s == %s, %s)", end, r.in, end, window, slot, r.time)
	}
	w.add("mv_expand %s", end)
	w.add("where %s <= %s and %s >= %s - %s", r.time, end, r.time, end, span(c.Window))
}

// aggregate writes an aggregation over the rows that count and meet all of the
// conditions.
func (r *rows) aggregate(function string, conditions ...string) string {
	if r.in != "" {
		conditions = append([]string{r.in}, conditions...)
	}
	if len(conditions) == 0 {
		return function
	}
	return function + " where " + strings.Join(conditions, " and ")
}

// span writes a length of time. Units of a day and more are those of the
// calendar, which a comparison of times does not go by.
func span(d time.Duration) string {
	n, unit := elastic.Span(d, units)
	if n == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return strconv.FormatInt(n, 10) + " " + unit
}

var units = []elastic.Unit{{Length: time.Hour, Name: "hours"}, {Length: time.Minute, Name: "minutes"}, {Length: time.Second, Name: "seconds"}}
