package emit

import (
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
)

// ContentSettings are the settings that all formats of content have, with the
// format's defaults of the schedule.
func ContentSettings(every, overlap, delay string) []Setting {
	return []Setting{
		{Name: "title", Default: "{title}", Doc: "the title, with {title}, {id}, {level}, {status} and {author} of the rule, such as Sigma - {title}"},
		{Name: "severity", Doc: "the level in place of the rule's", Values: append([]string{""}, sigma.Levels()...)},
		{Name: "enabled", Default: "false", Values: []string{"false", "true"}, Doc: "whether it runs once it is installed"},
		{Name: "every", Default: every, Doc: "how often it runs, such as 5m, 1h or 1d"},
		{Name: "overlap", Default: overlap, Doc: "how much longer than from run to run each run looks back; correlations look back by their timespan in addition"},
		{Name: "delay", Default: delay, Doc: "how far before each run ends what it looks at, for events that arrive late"},
	}
}

// maxDuration bounds the settings that are times: a query that looks back over
// more than a year is a mistake.
const maxDuration = 366 * 24 * time.Hour

// duration reads a setting that is a length of time: a number and one of s, m,
// h, d, w.
func (j *Job) duration(pos sigma.Pos, name string) time.Duration {
	text := j.Setting(name)
	if text == "" || text == "0" {
		return 0
	}
	d, ok := ParseDuration(text)
	if !ok {
		j.Fail(pos, sigma.BadSetting, "write a number and s, m, h, d or w, such as 90s, 15m or 1d", "the setting %s is %q, which is no length of time", name, text)
	}
	return d
}

// ParseDuration reads a length of time as settings have it: a number and a
// unit, s, m, h, d or w, up to 366 days.
func ParseDuration(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	last := len(text) - 1
	if last < 1 || units[text[last]] == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:last], 10, 31)
	d := time.Duration(n) * units[text[last]]                                           //nolint:gosec // 31 bits
	return d, err == nil && d <= maxDuration && d/units[text[last]] == time.Duration(n) //nolint:gosec // 31 bits
}

// FormatDuration writes a length of time as settings have it, in the greatest
// of days, hours, minutes and seconds that it is a multiple of.
func FormatDuration(d time.Duration) string {
	size, unit := time.Second, "s"
	switch {
	case d%(24*time.Hour) == 0:
		size, unit = 24*time.Hour, "d"
	case d%time.Hour == 0:
		size, unit = time.Hour, "h"
	case d%time.Minute == 0:
		size, unit = time.Minute, "m"
	}
	return strconv.FormatInt(int64(d/size), 10) + unit
}

// SplitList returns the values of a setting that has several, with commas
// between them.
func SplitList(text string) []string {
	var out []string
	for _, value := range strings.Split(text, ",") {
		if value = strings.TrimSpace(value); value != "" {
			out = append(out, value)
		}
	}
	return out
}
