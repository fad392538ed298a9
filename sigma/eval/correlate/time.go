package correlate

import (
	"strconv"
	"strings"
	"time"
)

// namedLayouts are how times are written whose month has a name.
var namedLayouts = []string{time.RFC1123Z, "Mon Jan 2 15:04:05 2006", "02/Jan/2006:15:04:05 -0700"}

// ParseTime reads a time as logs write it:
//
//   - a day and a time of it, 2026-11-24T09:00:00.123Z: with T or a space between
//     them, - or / in the day, any number of digits behind the second after a
//     point or a comma, and at the end Z, UTC, GMT, +01:00, +0100 or +01. Without a
//     zone it is UTC;
//   - the same with a named month, as RFC 1123 (with a number for the zone), C's
//     asctime and web servers have it;
//   - seconds since 1970, also with a fraction; milli-, micro- or nanoseconds since
//     then; or the units of 100 ns since 1601 of Windows. The number says which:
//     less than 10¹¹, 10¹⁴ and 10¹⁷ are the first three, less than 10¹⁸ is Windows';
//   - /Date(1790000000000)/, as Windows PowerShell writes times in JSON.
//
// A day without a time, a time without a year, a zone by another name and a day
// of which it is not sure which number is the month are none: a guess would be
// hours or days wrong.
func ParseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	switch {
	case len(text) > 64:
		return time.Time{}, false
	case strings.HasPrefix(text, "/Date("):
		ms, err := strconv.ParseInt(strings.TrimSuffix(text[len("/Date("):], ")/"), 10, 64)
		return time.UnixMilli(ms).UTC(), err == nil
	case len(text) > 10 && (text[4] == '-' || text[4] == '/') && text[7] == text[4]:
		return parseCalendar(text)
	}
	if t, ok := parseEpoch(text); ok {
		return t, true
	}
	for _, layout := range namedLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseCalendar reads a day and a time of it, by writing it as RFC 3339 does.
func parseCalendar(text string) (time.Time, bool) {
	const seconds = "2006-01-02T15:04:05"
	if len(text) < len(seconds) {
		return time.Time{}, false
	}
	b := []byte(text[:len(seconds)])
	b[4], b[7] = '-', '-'
	if b[10] == ' ' || b[10] == 't' {
		b[10] = 'T'
	}
	rest := text[len(seconds):]
	if rest != "" && (rest[0] == '.' || rest[0] == ',') {
		n := 1 + digits(rest[1:])
		if n == 1 {
			return time.Time{}, false
		}
		b = append(append(b, '.'), rest[1:min(n, 10)]...)
		rest = rest[n:]
	}
	zone, ok := zoneOf(strings.TrimPrefix(rest, " "))
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, string(b)+zone)
	return t.UTC(), err == nil
}

// digits returns how many digits a text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// zoneOf returns a zone as RFC 3339 writes it. No zone is UTC.
func zoneOf(text string) (string, bool) {
	switch {
	case text == "", text == "Z", text == "z", text == "UTC", text == "GMT":
		return "Z", true
	case text[0] != '+' && text[0] != '-':
		return "", false
	}
	number := strings.Replace(text[1:], ":", "", 1)
	switch {
	case digits(number) != len(number):
	case len(number) == 2:
		return text[:1] + number + ":00", true
	case len(number) == 4:
		return text[:1] + number[:2] + ":" + number[2:], true
	}
	return "", false
}

// parseEpoch reads a count of seconds or of parts of them. Digits are read as
// they stand: no rounding moves an event before another.
func parseEpoch(text string) (time.Time, bool) {
	whole, fraction, dot := strings.Cut(text, ".")
	if digits(whole) != len(whole) || digits(fraction) != len(fraction) {
		return parseExponent(text)
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil, dot && n >= 1e11:
		return time.Time{}, false
	case n < 1e11:
		nanos, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
		return time.Unix(n, nanos).UTC(), true
	case n < 1e14:
		return time.UnixMilli(n).UTC(), true
	case n < 1e17:
		return time.UnixMicro(n).UTC(), true
	case n < 1e18:
		const since1601 = 11644473600 // seconds to 1970
		return time.Unix(n/1e7-since1601, n%1e7*100).UTC(), true
	}
	return time.Unix(0, n).UTC(), true
}

// parseExponent reads a number of seconds such as 1.7e9, as programs write it
// that have no whole numbers.
func parseExponent(text string) (time.Time, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, "eE") || strings.ContainsAny(text, "xX") || !(n >= 0 && n < 1e18) {
		return time.Time{}, false
	}
	return parseEpoch(strconv.FormatFloat(n, 'f', -1, 64))
}
