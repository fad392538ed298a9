package correlate

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TimeFields returns the fields that a Reader takes the time of an event from,
// the first that is there: what collectors, Windows, Sysmon, Zeek and the
// clouds call it.
func TimeFields() []string {
	return []string{"@timestamp", "timestamp", "TimeGenerated", "Timestamp", "TimeCreated_SystemTime", "TimeCreated.#attributes.SystemTime",
		"TimeCreated", "UtcTime", "EventTime", "eventTime", "createdDateTime", "_time", "ts", "time", "date"}
}

// A Reader finds in events what correlations read of them, under the names that
// rules would find it: nested names, those of Windows events, lists. One
// goroutine at a time may use it.
type Reader struct {
	session *eval.Session
	fields  *eval.FieldReader
	times   []string
	matches []eval.Match
	read    []eval.Field
}

// An Observation is what a Reader found. It does not refer to the event.
type Observation struct {
	Time   time.Time
	Timed  bool // the event has a time
	fields []observed
}

type observed struct{ name, text string }

// Values appends the values of a field.
func (o *Observation) Values(field string, to []string) []string {
	for _, f := range o.fields {
		if f.name == field {
			to = append(to, f.text)
		}
	}
	return to
}

// NewReader returns a reader of what a correlator's correlations read. times
// are the fields that may have the time, nil for those of TimeFields.
func (c *Correlator) NewReader(times []string) (*Reader, error) {
	if times == nil {
		times = TimeFields()
	}
	var any []ir.Expr
	for _, name := range slices.Concat(times, c.fields) {
		any = append(any, &ir.Match{Field: name, Test: &ir.Exists{Want: true}})
	}
	probe := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{ir.OneOf(any...)}}
	engine, err := eval.Compile([]*ir.Rule{probe}, eval.Options{})
	if err != nil {
		return nil, err
	}
	return &Reader{session: engine.NewSession(), fields: engine.NewFieldReader(), times: times}, nil
}

// Read takes the time and the fields of an event.
func (r *Reader) Read(ev eval.Event) *Observation {
	o := &Observation{}
	if r.matches = r.session.Match(ev, r.matches[:0]); len(r.matches) == 0 {
		return o
	}
	r.fields.Read(ev)
	r.read = r.fields.Fields(r.matches[0], r.read[:0])
	for _, f := range r.read {
		eachText(f.Value, func(text string) { o.fields = append(o.fields, observed{f.Name, text}) })
	}
	for _, name := range r.times {
		for _, f := range o.fields {
			if f.name != name {
				continue
			}
			if t, ok := ParseTime(f.text); ok {
				o.Time, o.Timed = t, true
				return o
			}
		}
	}
	return o
}

// eachText calls f with the text of a JSON value, or with those of a list.
// Objects and null have none.
func eachText(raw json.RawMessage, f func(text string)) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return
	}
	switch raw[0] {
	case '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			f(s)
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for _, x := range list {
				eachText(x, f)
			}
		}
	case '{', 'n':
	default:
		f(string(raw))
	}
}

// timeLayouts are how times are written, but for numbers. Those without a zone
// are of UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999 MST", "2006/01/02 15:04:05.999999999",
	"01/02/2006 15:04:05", time.RFC1123Z, time.RFC1123, time.ANSIC, "02/Jan/2006:15:04:05 -0700", "2006-01-02",
}

// ParseTime reads a time: RFC 3339 and what comes near, with UTC where no zone
// is given, or a number: seconds since 1970, milliseconds, microseconds or
// nanoseconds by its size, or the 100 nanoseconds since 1601 of Windows.
func ParseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if len(text) > 64 || text == "" {
		return time.Time{}, false
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return parseNumberTime(text, n)
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseNumberTime reads a number as a time. The year 2001 is a billion seconds,
// so that the size of a number says what it counts.
func parseNumberTime(text string, n float64) (time.Time, bool) {
	if n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return time.Time{}, false
	}
	whole, err := strconv.ParseInt(text, 10, 64)
	switch {
	case n < 1e11:
		seconds, fraction := math.Modf(n)
		return time.Unix(int64(seconds), int64(math.Round(fraction*1e6))*1e3).UTC(), true
	case err != nil:
		return time.Time{}, false
	case n < 1e14:
		return time.UnixMilli(whole).UTC(), true
	case n < 1e17:
		return time.UnixMicro(whole).UTC(), true
	case n < 2e17: // FILETIME: 1601 to 2234
		const since1601 = 11644473600
		return time.Unix(whole/1e7-since1601, whole%1e7*100).UTC(), true
	}
	return time.Unix(0, whole).UTC(), true
}
