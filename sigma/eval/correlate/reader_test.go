package correlate_test

import (
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
)

// TestReader finds times and fields wherever rules find them.
func TestReader(t *testing.T) {
	cs := link(t, "type: value_count, rules: a, group-by: [Computer, user.name], timespan: 10s, condition: {field: Image, gte: 2}")
	c, err := correlate.New(cs, func(correlate.Alert) {}, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`{"Event":{"System":{"TimeCreated":{"#attributes":{"SystemTime":"2025-10-24T23:41:00.601559Z"}},"Computer":"c"},"EventData":{"Image":"i"}}}`: "2025-10-24T23:41:00.601559Z c - i",
		`{"@timestamp":"2025-10-24T23:41:00+02:00","user":{"name":["x","y"]},"Image":5}`:                                                             "2025-10-24T21:41:00Z - x,y 5",
		`{"UtcTime":"2025-10-24 23:41:00.589","Image":null}`:                                                                                         "2025-10-24T23:41:00.589Z - - -",
		`{"ts":1761349260.25}`:                              "2025-10-24T23:41:00.25Z - - -",
		`{"timestamp":"soon","time":7e9}`:                   "2191-10-27T12:26:40Z - - -",
		`{"Image":"i"}`:                                     "none - - i",
		`{"date":"2025-10-24","time":"23:41:00"}`:           "2025-10-24T23:41:00Z - - -",
		`{"date":"2025-10-24","Image":"i"}`:                 "none - - i",
		`{"date":"2025-10-24T01:00:00Z","time":"23:41:00"}`: "2025-10-24T01:00:00Z - - -",
		`{"TimeCreated":"/Date(1761349260123)/"}`:           "2025-10-24T23:41:00.123Z - - -",
	} {
		var ev eval.JSON
		if err := ev.Parse([]byte(text)); err != nil {
			t.Fatal(err)
		}
		o := r.Read(&ev)
		got := "none"
		if o.Timed {
			got = o.Time.Format(time.RFC3339Nano)
		}
		for _, field := range []string{"Computer", "user.name", "Image"} {
			part := ""
			for i, v := range o.Values(field, nil) {
				if i > 0 {
					part += ","
				}
				part += v
			}
			if part == "" {
				part = "-"
			}
			got += " " + part
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestParseTime reads the ways in which times are written.
func TestParseTime(t *testing.T) {
	want := time.Date(2025, 10, 24, 23, 41, 0, 0, time.UTC)
	for _, text := range []string{"2025-10-24T23:41:00Z", "2025-10-24T23:41:00", "2025-10-24 23:41:00", "2025-10-25T01:41:00+0200", "2025-10-24 23:41:00.000",
		"1761349260", "1761349260000", "1761349260000000", "1761349260000000000", "134058228600000000", "24/Oct/2025:23:41:00 +0000",
		"2025/10/24 23:41:00", "2025-10-24 23:41:00 UTC", "2025-10-24T23:41:00,000+00", "2025-10-25 01:41:00 +02:00", "Fri, 24 Oct 2025 23:41:00 +0000",
		"Fri Oct 24 23:41:00 2025", "1761349260.000", "1.76134926e9", "/Date(1761349260000)/", "2025-10-24T23:41:00.0000000001Z"} {
		if got, ok := correlate.ParseTime(text); !ok || !got.Equal(want) {
			t.Errorf("%s: %v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "soon", "-5", "NaN", "Inf", "0x1p30", "1e300", "25:00", ".", "1_0", "2025-10-24", "10/24/2025 23:41:00", "2025-10-24 23:41:00 EST",
		"2025-10-24 23:41:00.", "2025-10-24 25:00:00", "2025-13-24 23:41:00", "2025-10-24 23:41:00 +1", "1761349260000.5", "99999999999999999999", "Oct 24 23:41:00"} {
		if got, ok := correlate.ParseTime(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestParseTimeDigits: the digits of a number of seconds are kept, however many.
func TestParseTimeDigits(t *testing.T) {
	for text, want := range map[string]string{
		"1761349260.123456789": "2025-10-24T23:41:00.123456789Z",
		"1761349260.1":         "2025-10-24T23:41:00.1Z",
		"1761349260.":          "2025-10-24T23:41:00Z",
	} {
		if got, ok := correlate.ParseTime(text); !ok || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%s: %s, want %s", text, got.Format(time.RFC3339Nano), want)
		}
	}
}
