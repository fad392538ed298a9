package kusto

import (
	"strconv"
	"strings"
	"time"
)

// units are the units of time in which Kusto writes whole numbers.
var units = []struct {
	size time.Duration
	name string
}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}}

// timespan writes a length of time as a literal (query/scalar-data-types/timespan),
// in the largest unit in which it is whole. Rules in YAML write it so, too.
func timespan(d time.Duration) string {
	for _, u := range units {
		if d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// iso8601 writes a length of time as ARM and Graph have it.
func iso8601(d time.Duration) string {
	text := "P"
	if days := d / (24 * time.Hour); days > 0 {
		text += strconv.FormatInt(int64(days), 10) + "D"
		d -= days * 24 * time.Hour
	}
	if d == 0 && text != "P" {
		return text
	}
	text += "T"
	if hours := d / time.Hour; hours > 0 {
		text += strconv.FormatInt(int64(hours), 10) + "H"
		d -= hours * time.Hour
	}
	if minutes := d / time.Minute; minutes > 0 {
		text += strconv.FormatInt(int64(minutes), 10) + "M"
		d -= minutes * time.Minute
	}
	if d > 0 || text[len(text)-1] == 'T' {
		text += strconv.FormatInt(int64(d/time.Second), 10) + "S"
	}
	return text
}

// inWords writes a length of time for people: 30d 1h 5m.
func inWords(d time.Duration) string {
	var parts []string
	for _, u := range units {
		if n := d / u.size; n > 0 {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+u.name)
			d -= n * u.size
		}
	}
	if d > 0 || parts == nil {
		parts = append(parts, strconv.FormatInt(int64(d/time.Second), 10)+"s")
	}
	return strings.Join(parts, " ")
}
