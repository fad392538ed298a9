package correlate

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// clockFields are pairs of fields with a day and the time of day, as FortiGate
// and web servers write them.
var clockFields = [...][2]string{{"date", "time"}, {"Date", "Time"}}

// TimeFields returns the fields that a Reader takes the time of an event from,
// the first that is there: what collectors, Windows, Sysmon, Zeek and the
// clouds call it.
func TimeFields() []string {
	return []string{"@timestamp", "timestamp", "TimeGenerated", "Timestamp", "TimeCreated_SystemTime", "TimeCreated.#attributes.SystemTime",
		"TimeCreated", "UtcTime", "EventTime", "eventTime", "createdDateTime", "_time", "ts", "time"}
}

// A Reader finds in events what correlations read of them, under the names that
// rules would find it: nested names, those of Windows events, lists. One
// goroutine at a time may use it.
type Reader struct {
	session *eval.Session
	fields  *eval.FieldReader
	times   []string
	clock   bool // the time may stand in two fields
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
// are the fields that may have the time, nil for those of TimeFields and, where
// none of them says one, for a day in date with the time of day in time.
func (c *Correlator) NewReader(times []string) (*Reader, error) {
	asked, clock := times, times == nil
	if clock {
		times = TimeFields()
		asked = times
		for _, pair := range clockFields {
			asked = append(asked, pair[:]...)
		}
	}
	var any []ir.Expr
	for _, name := range slices.Concat(asked, c.fields) {
		any = append(any, &ir.Match{Field: name, Test: &ir.Exists{Want: true}})
	}
	probe := &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{ir.OneOf(any...)}}
	engine, err := eval.Compile([]*ir.Rule{probe}, eval.Options{})
	if err != nil {
		return nil, err
	}
	return &Reader{session: engine.NewSession(), fields: engine.NewFieldReader(), times: times, clock: clock}, nil
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
	o.Time, o.Timed = r.time(o)
	return o
}

// time returns the first time that the fields say.
func (r *Reader) time(o *Observation) (time.Time, bool) {
	for _, name := range r.times {
		for _, f := range o.fields {
			if f.name != name {
				continue
			}
			if t, ok := ParseTime(f.text); ok {
				return t, true
			}
		}
	}
	if !r.clock {
		return time.Time{}, false
	}
	for _, pair := range clockFields {
		day, clock := o.Values(pair[0], nil), o.Values(pair[1], nil)
		if len(day) != 1 {
			continue
		}
		if t, ok := ParseTime(day[0]); ok {
			return t, true
		}
		if len(clock) == 1 {
			if t, ok := ParseTime(day[0] + " " + clock[0]); ok {
				return t, true
			}
		}
	}
	return time.Time{}, false
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
