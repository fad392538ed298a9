package engines

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/internal/shared"
)

// A regression is the events that SigmaHQ keeps for one rule.
type regression struct {
	ruleID string
	events []int // their numbers
}

// regressions reads SigmaHQ's event logs: all events, flat, numbered from 1,
// and those of each rule.
func regressions(t testing.TB) ([]Event, []regression) {
	t.Helper()
	root := shared.Path(t, "corpus", "sigmahq", "regression_data")
	var all []Event
	var tests []regression
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".evtx" {
			return err
		}
		r := regression{ruleID: strings.TrimSuffix(filepath.Base(path), ".evtx")}
		for _, fields := range readLog(t, path) {
			id := len(all) + 1
			all = append(all, Event{id, fields})
			r.events = append(r.events, id)
		}
		tests = append(tests, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, tests
}

// readLog reads the events of a log and flattens them.
func readLog(t testing.TB, path string) []json.RawMessage {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := events.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []json.RawMessage
	var d events.Decoder
	for {
		batch, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		d.Each(batch, func(e *events.Event) {
			out = append(out, flatWindows(t, e.AppendJSON(nil)))
		}, func(p events.Problem) { t.Errorf("%s: record %d: %s", path, p.Record, p.Msg) })
	}
}

// flatWindows gives the fields of a Windows event the names that rules use
// (X3): those of System, with Provider_Name for an attribute; those of
// EventData and of the element in UserData, without spaces.
func flatWindows(t testing.TB, text []byte) json.RawMessage {
	t.Helper()
	var outer struct {
		Event struct{ System, EventData, UserData map[string]any }
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&outer); err != nil {
		t.Fatal(err)
	}
	flat := make(map[string]any)
	for _, element := range outer.Event.UserData {
		if members, ok := element.(map[string]any); ok {
			flatElement(flat, members)
		}
	}
	flatElement(flat, outer.Event.EventData)
	flatElement(flat, outer.Event.System)
	out, err := json.Marshal(flat)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func flatElement(flat map[string]any, element map[string]any) {
	for name, v := range element {
		if name == "#attributes" {
			continue
		}
		name = strings.ReplaceAll(name, " ", "")
		part, ok := v.(map[string]any)
		if !ok {
			flat[name] = v
			continue
		}
		if text, ok := part["#text"]; ok {
			flat[name] = text
		}
		attributes, _ := part["#attributes"].(map[string]any)
		for attribute, v := range attributes {
			flat[name+"_"+attribute] = v
		}
	}
}

// TestFlatWindows flattens an event in the shape of internal/evtx.
func TestFlatWindows(t *testing.T) {
	got := string(flatWindows(t, []byte(`{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":7}},
		"EventData":{"Threat Name":"a","Data":["x","y"]},"UserData":{"Thing":{"#attributes":{"xmlns":"x"},"Path":"p"}}}}`)))
	want := `{"Data":["x","y"],"EventID":7,"EventID_Qualifiers":0,"Path":"p","Provider_Name":"P","ThreatName":"a"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestRegressionEvents holds what there is: events without rules would prove
// nothing.
func TestRegressionEvents(t *testing.T) {
	all, tests := regressions(t)
	rules := corpusRules(t)
	for _, r := range tests {
		if !slices.ContainsFunc(rules, func(c corpusRule) bool { return c.rule.Source.ID == r.ruleID }) {
			t.Errorf("no rule has the id %s", r.ruleID)
		}
		if len(r.events) == 0 {
			t.Errorf("the log for rule %s is empty", r.ruleID)
		}
	}
	if len(tests) < 100 || len(all) < len(tests) {
		t.Errorf("%d events for %d rules", len(all), len(tests))
	}
}
