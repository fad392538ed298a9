package correlate_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// at makes an event of rule a at that second, in a group.
func at(second int64, id uint64, group string) *refEvent {
	return &refEvent{time: second, id: id, rules: "a", fields: map[string][]string{"g": {group}, "v": {group}}}
}

// feed adds events and returns the alerts, the correlator and the errors.
func feed(t *testing.T, cs []*ir.Correlation, o correlate.Options, events ...*refEvent) (alerts []string, c *correlate.Correlator, errs []error) {
	t.Helper()
	c, err := correlate.New(cs, func(a correlate.Alert) { alerts = append(alerts, show(a)) }, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := c.Add(correlate.Event{Time: time.Unix(e.time, 0), ID: e.id, Rules: matches(cs, e.rules), Fields: e}); err != nil {
			errs = append(errs, err)
		}
	}
	c.Flush()
	return alerts, c, errs
}

const twoInTen = "type: event_count, rules: a, group-by: g, timespan: 10s, condition: {gte: 2}"

// TestItems checks what the conformance list leaves to who runs correlations.
func TestItems(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"C8 events without a group-by field", testMissingKeys},
		{"C32 the ends of a window", testWindowEnds},
		{"C33 silence behind an alert", testSuppress},
		{"C35 late events", testLate},
	} {
		t.Run(c.name, c.test)
	}
}

// testWindowEnds: events exactly a timespan apart are in one window (C32).
func testWindowEnds(t *testing.T) {
	cs := link(t, twoInTen)
	if got, _, _ := feed(t, cs, correlate.Options{}, at(0, 1, "x"), at(10, 2, "x")); len(got) != 1 {
		t.Error(got)
	}
	if got, _, _ := feed(t, cs, correlate.Options{}, at(0, 1, "x"), at(11, 2, "x")); len(got) != 0 {
		t.Error(got)
	}
}

// testLate: what comes later than the lateness is left out and counted (C35).
func testLate(t *testing.T) {
	cs := link(t, twoInTen)
	o := correlate.Options{Lateness: 5 * time.Second}
	got, c, errs := feed(t, cs, o, at(100, 1, "x"), at(95, 2, "x"), at(94, 3, "x"))
	if len(got) != 1 || len(errs) != 1 || !errors.Is(errs[0], correlate.ErrLate) || c.Stats().Late != 1 {
		t.Error(got, errs, c.Stats())
	}
	if err := c.Add(correlate.Event{Time: time.Unix(99, 0), Rules: matches(cs, "a"), Fields: at(99, 4, "x")}); !errors.Is(err, correlate.ErrLate) {
		t.Error("behind a flush:", err)
	}
	_, c, errs = feed(t, cs, o, &refEvent{time: math.MaxInt32 * 1000, rules: "a"})
	if len(errs) != 1 || !errors.Is(errs[0], correlate.ErrTime) || c.Stats().NoTime != 1 {
		t.Error(errs)
	}
}

// testSuppress: an alert a window, or for some time (C33).
func testSuppress(t *testing.T) {
	cs := link(t, twoInTen)
	events := []*refEvent{at(0, 1, "x"), at(1, 2, "x"), at(2, 3, "x"), at(11, 4, "x"), at(12, 5, "x"), at(40, 6, "x"), at(41, 7, "x"), at(42, 8, "y")}
	for suppress, want := range map[time.Duration]string{
		0:                "1 2 11 12 41",
		-1:               "1 12 41",
		5 * time.Second:  "1 11 41",
		60 * time.Second: "1",
	} {
		alerts, c, _ := feed(t, cs, correlate.Options{Suppress: suppress}, events...)
		var got []string
		for _, a := range alerts {
			got = append(got, strings.Split(a, " ")[1])
		}
		if strings.Join(got, " ") != want || int(c.Stats().Suppressed) != 5-len(got) {
			t.Errorf("%s: %v, want %s; %d suppressed", suppress, got, want, c.Stats().Suppressed)
		}
	}
}

// testMissingKeys: an event without a group-by field is in no group, or in one
// of its own (C8).
func testMissingKeys(t *testing.T) {
	cs := link(t, twoInTen)
	none := func(second int64) *refEvent { return &refEvent{time: second, id: uint64(second), rules: "a"} }
	got, c, _ := feed(t, cs, correlate.Options{}, none(1), none(2))
	if len(got) != 0 || c.Stats().MissingKey != 2 {
		t.Error(got, c.Stats())
	}
	var group []correlate.Value
	c, err := correlate.New(cs, func(a correlate.Alert) { group = a.Group }, correlate.Options{MissingKeys: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []*refEvent{none(1), none(2)} {
		_ = c.Add(correlate.Event{Time: time.Unix(e.time, 0), Rules: matches(cs, "a"), Fields: e})
	}
	c.Flush()
	if len(group) != 1 || !group[0].Absent || group[0].Field != "g" {
		t.Error(group)
	}
}

// TestNoValue: what has no number is not added up, and counted.
func TestNoValue(t *testing.T) {
	cs := link(t, "type: value_sum, rules: a, timespan: 10s, condition: {field: v, gte: 3}")
	got, c, _ := feed(t, cs, correlate.Options{}, at(1, 1, "2"), at(2, 2, "many"), at(3, 3, "1.5"))
	if len(got) != 1 || !strings.Contains(got[0], " 3.5 ") || c.Stats().NoValue != 1 {
		t.Error(got, c.Stats())
	}
}

// TestValueOfAnotherRule: an event that two rules match has the value in the
// field of either.
func TestValueOfAnotherRule(t *testing.T) {
	cs := link(t, "type: value_count, rules: [a, b], timespan: 10s, aliases: {z: {a: v, b: w}}, condition: {field: z, gte: 1}")
	got, c, _ := feed(t, cs, correlate.Options{}, &refEvent{time: 1, id: 1, rules: "ab", fields: map[string][]string{"w": {"x"}}})
	if len(got) != 1 {
		t.Error(got, c.Stats())
	}
}

// TestLimits: memory is bounded, the oldest goes first, and it is counted.
func TestLimits(t *testing.T) {
	cs := link(t, "type: event_count, rules: a, group-by: g, timespan: 1d, condition: {gte: 3}")
	var events []*refEvent
	for i := range 1000 {
		events = append(events, at(int64(i), uint64(i), strconv.Itoa(i)))
	}
	_, c, _ := feed(t, cs, correlate.Options{MaxGroups: 10}, events...)
	if s := c.Stats(); s.Groups != 10 || s.Kept != 10 || s.EvictedGroups != 990 || s.EvictedEvents != 990 {
		t.Errorf("%+v", s)
	}
	_, c, _ = feed(t, cs, correlate.Options{MaxEvents: 100}, events...)
	if s := c.Stats(); s.Groups != 100 || s.Kept != 100 || s.EvictedEvents != 900 {
		t.Errorf("%+v", s)
	}
	// Groups that are kept for the sake of silence are bounded, too.
	events = nil
	for i := range 100 {
		events = append(events, at(int64(i*10), uint64(i), strconv.Itoa(i/3)))
	}
	cs = link(t, "type: event_count, rules: a, group-by: g, timespan: 30s, condition: {gte: 3}")
	got, c, _ := feed(t, cs, correlate.Options{MaxGroups: 5, Suppress: time.Hour}, events...)
	if s := c.Stats(); s.Groups > 5 || len(got) != 33 || s.EvictedGroups == 0 {
		t.Errorf("%+v %d", s, len(got))
	}
	// Those that wait as well.
	c, _ = correlate.New(cs, func(correlate.Alert) {}, correlate.Options{MaxPending: 50, Lateness: 24 * time.Hour})
	for _, e := range events {
		_ = c.Add(correlate.Event{Time: time.Unix(e.time, 0), ID: e.id, Rules: matches(cs, "a"), Fields: e})
	}
	if s := c.Stats(); s.Pending > 51 {
		t.Errorf("%+v", s)
	}
}

// TestListed: an alert lists the latest events, and how many there are.
func TestListed(t *testing.T) {
	cs := link(t, "type: event_count, rules: a, group-by: g, timespan: 1d, condition: {eq: 5}")
	got, _, _ := feed(t, cs, correlate.Options{MaxListed: 2}, at(1, 1, "x"), at(2, 2, "x"), at(3, 3, "x"), at(4, 4, "x"), at(5, 5, "x"))
	if !slices.Equal(got, []string{"x0 5 x| 5 [4 5] 5"}) {
		t.Error(got)
	}
}

// TestNumbers: sums and means are exact (C21).
func TestNumbers(t *testing.T) {
	number := func(id uint64, text string) *refEvent { return at(int64(id), id, text) }
	for section, want := range map[string]string{
		"type: value_sum, rules: a, timespan: 1d, condition: {field: v, gt: 9223372036854775807}": "9223372036854775808",
		"type: value_sum, rules: a, timespan: 1d, condition: {field: v, eq: 0.3}":                 "0.3",
		"type: value_avg, rules: a, timespan: 1d, condition: {field: v, eq: 0.15}":                "0.15",
	} {
		cs := link(t, section)
		events := []*refEvent{number(1, "0.1"), number(2, "0.2")}
		if strings.HasPrefix(want, "9") {
			events = []*refEvent{number(1, "9223372036854775807"), number(2, "1")}
		}
		if got, _, _ := feed(t, cs, correlate.Options{}, events...); len(got) != 1 || !strings.Contains(got[0], " "+want+" ") {
			t.Errorf("%s: %v", section, got)
		}
	}
}

// FuzzRestore: what is no state is refused, whatever it is.
func FuzzRestore(f *testing.F) {
	cs := link(f, twoInTen, "type: temporal_ordered, rules: [a, b], timespan: 10s", "type: value_sum, rules: a, timespan: 10s, condition: {field: v, gte: 3}")
	c, err := correlate.New(cs, func(correlate.Alert) {}, correlate.Options{})
	if err != nil {
		f.Fatal(err)
	}
	for i := range 20 {
		e := at(int64(i), uint64(i), strconv.Itoa(i%3))
		_ = c.Add(correlate.Event{Time: time.Unix(e.time, 0), ID: e.id, Rules: matches(cs, "a"), Fields: e})
	}
	c.Advance()
	var state bytes.Buffer
	if err := c.Save(&state); err != nil {
		f.Fatal(err)
	}
	head, _, _ := strings.Cut(state.String(), "\n")
	f.Add(strings.TrimPrefix(state.String(), head))
	f.Add(`{"k":"event","n":1,"v":"7"}`)
	f.Add(`{"k":"pending","r":[0,1,9],"f":[{"i":-1}]}`)
	f.Add(`{"k":"group","n":1,"b":[1]}`)
	f.Fuzz(func(t *testing.T, lines string) {
		c, err := correlate.New(cs, func(correlate.Alert) {}, correlate.Options{MaxGroups: 1000, MaxEvents: 1000, MaxPending: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Restore(strings.NewReader(head + "\n" + lines)); err != nil {
			if !errors.Is(err, correlate.ErrState) {
				t.Error(err)
			}
			return
		}
		for i := range 5 {
			e := at(int64(1000+i), uint64(i), "x")
			_ = c.Add(correlate.Event{Time: time.Unix(e.time, 0), ID: e.id, Rules: matches(cs, "a"), Fields: e})
		}
		c.Flush()
	})
}

// TestRestoreErrors: a state of something else is refused.
func TestRestoreErrors(t *testing.T) {
	c, err := correlate.New(link(t, twoInTen), func(correlate.Alert) {}, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var state bytes.Buffer
	if err := c.Save(&state); err != nil {
		t.Fatal(err)
	}
	other, err := correlate.New(link(t, strings.Replace(twoInTen, "10s", "11s", 1)), func(correlate.Alert) {}, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{state.String(): "other correlations", "": "EOF", "{}": "version 0", "x": "invalid"} {
		if err := other.Restore(strings.NewReader(text)); !errors.Is(err, correlate.ErrState) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

func Example() {
	docs, set := example()
	alerts := func(a correlate.Alert) {
		fmt.Println(a.Correlation.Source.Title, a.Group[0].Text, a.Value, a.From.Format(time.TimeOnly), a.To.Format(time.TimeOnly), a.Events)
	}
	c, err := correlate.New(set.Correlations, alerts, correlate.Options{Lateness: time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for i, second := range []int{0, 40, 20} { // the last one is late, but not too late
		_ = c.Add(correlate.Event{Time: start.Add(time.Duration(second) * time.Second), ID: uint64(i), Rules: docs, Fields: &twoFields{group: "adm"}})
	}
	c.Flush()
	// Output:
	// Many failed logons adm 3 11:59:40 12:00:40 [0 2 1]
}
