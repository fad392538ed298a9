package emit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// job returns a job of a format with content.
func job(settings map[string]string) *emit.Job {
	format := &emit.Format{Content: &emit.Content{Settings: emit.ContentSettings("1h", "10m", "0")}}
	return &emit.Job{Backend: &emit.Backend{}, Format: format, Settings: settings, Rule: &ir.Rule{Source: new(sigma.Rule)}}
}

func TestEntry(t *testing.T) {
	m := &sigma.Meta{Title: "Ports, {id}\nand more", ID: "929A690E-BEF0-4204-A928-EF5E620D6FCC"}
	j := job(map[string]string{"title": "Sigma - {title} [{id}]"})
	first, second := j.NewEntry(m, "q", 1, 2), j.NewEntry(m, "q", 2, 2)
	if want := "Sigma - Ports, {id}\nand more [929A690E-BEF0-4204-A928-EF5E620D6FCC] (1 of 2)"; first.Title != want {
		t.Errorf("title %q, want %q", first.Title, want)
	}
	if first.Stem != "ports_id_and_more_1" || second.Stem != "ports_id_and_more_2" {
		t.Errorf("stems %q and %q", first.Stem, second.Stem)
	}
	if first.ID != "929a690e-bef0-4204-a928-ef5e620d6fcc" || second.ID == first.ID || !sigma.IsUUID(second.ID) {
		t.Errorf("ids %s and %s", first.ID, second.ID)
	}
	if first.Level != "medium" || len(j.Warnings) != 1 {
		t.Errorf("level %s, warnings %v; a level that is taken for medium must be told, once", first.Level, j.Warnings)
	}
	if e := job(map[string]string{"severity": "low"}).NewEntry(&sigma.Meta{Level: "high"}, "q", 1, 1); e.Level != "low" {
		t.Errorf("level %s in spite of the setting", e.Level)
	}
}

// TestStableID compares with what RFC 9562 says of version 5.
func TestStableID(t *testing.T) {
	id := emit.StableID("a", "b")
	if !sigma.IsUUID(id) || id[14] != '5' || !strings.ContainsRune("89ab", rune(id[19])) {
		t.Errorf("%s is no UUID of version 5", id)
	}
	if id != emit.StableID("a", "b") || id == emit.StableID("ab") || id == emit.StableID("a", "c") {
		t.Error("an id must depend on the names, and on nothing else")
	}
}

func TestSchedule(t *testing.T) {
	inner := &ir.Correlation{Window: time.Hour}
	outer := &ir.Correlation{Window: 15 * time.Minute, Members: []*ir.Member{{Correlation: inner}, {Rule: new(ir.Rule)}}}
	for name, c := range map[string]struct {
		settings map[string]string
		of       *ir.Correlation
		want     emit.Schedule
		fails    string
	}{
		"defaults":    {nil, nil, emit.Schedule{Every: time.Hour, Window: 70 * time.Minute}, ""},
		"settings":    {map[string]string{"every": "5m", "overlap": "0", "delay": "90s"}, nil, emit.Schedule{Every: 5 * time.Minute, Window: 5 * time.Minute, Delay: 90 * time.Second}, ""},
		"correlation": {nil, outer, emit.Schedule{Every: time.Hour, Window: 145 * time.Minute}, ""},
		"no time":     {map[string]string{"every": "often"}, nil, emit.Schedule{}, `the setting every is "often"`},
		"nothing":     {map[string]string{"every": "0"}, nil, emit.Schedule{}, "no time between runs"},
	} {
		j := job(c.settings)
		e := &emit.Entry{Meta: new(sigma.Meta), Correlation: c.of}
		j.SetSchedule(e)
		switch {
		case c.fails != "":
			if len(j.Errors) == 0 || !strings.Contains(j.Errors[0].Error(), c.fails) {
				t.Errorf("%s: %v", name, j.Errors)
			}
		case e.Schedule != c.want || len(j.Errors) > 0:
			t.Errorf("%s: %v, want %v (%v)", name, e.Schedule, c.want, j.Errors)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "15m": 15 * time.Minute, "1h": time.Hour, "366d": 366 * 24 * time.Hour, "2w": 14 * 24 * time.Hour,
		"": 0, "h": 0, "1": 0, "-1h": 0, "1.5h": 0, "367d": 0, "1M": 0, "9223372036854775807s": 0, "2147483647w": 0,
	} {
		if d, ok := emit.ParseDuration(text); ok != (want != 0) || ok && d != want {
			t.Errorf("%q: %v, %t", text, d, ok)
		}
	}
}

// TestFormatDuration: what is written is read back as the same.
func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0d", 90 * time.Second: "90s", time.Minute: "1m", 90 * time.Minute: "90m", 25 * time.Hour: "25h", 48 * time.Hour: "2d",
	} {
		got := emit.FormatDuration(d)
		if back, ok := emit.ParseDuration(got); got != want || !ok || back != d {
			t.Errorf("%s: %q, want %q; read back as %s, %t", d, got, want, back, ok)
		}
	}
}

func TestSplitList(t *testing.T) {
	if got := emit.SplitList(" a, b,,c d "); !slices.Equal(got, []string{"a", "b", "c d"}) {
		t.Errorf("%q", got)
	}
}

func TestJoinTexts(t *testing.T) {
	if got, want := emit.JoinTexts([]string{"a", "b\nc\n", "d"}), "a\n\nb\nc\n\nd\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
