package stream_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/internal/stream"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// attacks returns SigmaHQ's recorded events, or skips the test.
func attacks(tb testing.TB) []*stream.Attack {
	tb.Helper()
	list, err := stream.Load(shared.Path(tb, "corpus", "sigmahq", "regression_data"))
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// A shape counts what events are like.
type shape struct {
	events, fields, bytes, strings, text int
	seenStrings, seenText                int // in the same field before
	attacks                              int
	kinds                                map[string]int
	seen                                 map[string]bool
}

func (s *shape) count(t *testing.T, e stream.Event) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(e.JSON))
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil {
		t.Fatalf("%v: %s", err, e.JSON)
	}
	if s.kinds[fmt.Sprint(e.Channel, " ", e.ID)]++; fields["Channel"] != e.Channel || fmt.Sprint(fields["EventID"]) != fmt.Sprint(e.ID) {
		t.Fatalf("the event is no %s %d: %s", e.Channel, e.ID, e.JSON)
	}
	s.events++
	s.fields += len(fields)
	s.bytes += len(e.JSON)
	if e.Attack != "" {
		s.attacks++
	}
	for name, v := range fields {
		text, ok := v.(string)
		if !ok {
			continue
		}
		s.strings++
		s.text += len(text)
		if key := name + "\x00" + text; s.seen[key] {
			s.seenStrings++
			s.seenText += len(text)
		} else {
			s.seen[key] = true
		}
	}
}

// TestShape measures the stream: it must be like the events that were
// recorded.
func TestShape(t *testing.T) {
	g := stream.New(attacks(t), 1)
	s := &shape{kinds: map[string]int{}, seen: map[string]bool{}}
	for range 20_000 {
		s.count(t, g.Next())
	}
	n := float64(s.events)
	for _, c := range []struct {
		what            string
		got, least, top float64
	}{
		{"fields an event", float64(s.fields) / n, 24, 28},
		{"bytes of JSON an event", float64(s.bytes) / n, 850, 1100},
		{"bytes of strings an event", float64(s.text) / n, 460, 660},
		{"% of the strings seen before", 100 * float64(s.seenStrings) / float64(s.strings), 67, 73},
		{"% of their bytes seen before", 100 * float64(s.seenText) / float64(s.text), 54, 60},
		{"% attacks", 100 * float64(s.attacks) / n, 4.5, 5.5},
	} {
		t.Logf("%s: %.1f", c.what, c.got)
		if c.got < c.least || c.got > c.top {
			t.Errorf("%s: %.1f, which is not from %v to %v", c.what, c.got, c.least, c.top)
		}
	}
	for kind, n := range s.kinds {
		t.Logf("%6d %s", n, kind)
	}
}

// TestSeed: the same seed makes the same stream, another one another.
func TestSeed(t *testing.T) {
	a, b, c := stream.New(nil, 7), stream.New(nil, 7), stream.New(nil, 8)
	for i := range 2000 {
		x, y, z := a.Next(), b.Next(), c.Next()
		if !bytes.Equal(x.JSON, y.JSON) {
			t.Fatalf("event %d differs:\n%s\n%s", i, x.JSON, y.JSON)
		}
		if bytes.Equal(x.JSON, z.JSON) {
			t.Fatalf("event %d is that of another seed: %s", i, x.JSON)
		}
		if x.Attack != "" {
			t.Fatalf("an attack that nobody gave: %s", x.JSON)
		}
	}
}

// names returns the names of the fields of an event, in their order.
func names(t *testing.T, event []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(event))
	var out []string
	for {
		token, err := d.Token()
		if err != nil {
			return strings.Join(out, " ")
		}
		if name, ok := token.(string); ok {
			out = append(out, name)
			if _, err := d.Token(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFields: ordinary events have the fields that recorded ones of the same
// kind have.
func TestFields(t *testing.T) {
	recorded := map[string]string{}
	for _, a := range attacks(t) {
		event := a.JSON()
		recorded[kind(t, event)] = names(t, event)
	}
	compared := map[string]bool{}
	for g := stream.New(nil, 3); len(compared) < 6; {
		event := g.Next().JSON
		kind := kind(t, event)
		want, ok := recorded[kind]
		if !ok || compared[kind] {
			continue
		}
		compared[kind] = true
		if got := names(t, event); got != want {
			t.Errorf("%s has the fields\n%s\ninstead of\n%s", kind, got, want)
		}
	}
	for _, id := range []int{1, 7, 10, 11, 12, 13} {
		if !compared[fmt.Sprint("Microsoft-Windows-Sysmon/Operational ", id)] {
			t.Errorf("number %d was not compared: %v", id, compared)
		}
	}
}

func kind(t *testing.T, event []byte) string {
	t.Helper()
	var e struct {
		Channel string
		EventID int
	}
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(e.Channel, " ", e.EventID)
}

// TestMatches: an attack on another machine matches all the rules that it
// matched as it was recorded, and ordinary events match hardly any.
func TestMatches(t *testing.T) {
	list := attacks(t)
	e := windowsEngine(t)
	recorded := map[string][]eval.Match{}
	for _, a := range list {
		recorded[a.Name] = match(t, e, a.JSON())
	}
	ordinary, matches := 0, 0
	for g := stream.New(list, 2); ordinary < 20_000; {
		ev := g.Next()
		got := match(t, e, ev.JSON)
		if ev.Attack == "" {
			ordinary++
			matches += len(got)
			continue
		}
		for _, m := range recorded[ev.Attack] {
			if !slices.Contains(got, m) {
				t.Errorf("%s: %s does not match any more: %s", ev.Attack, m.Rule.Source.Title, ev.JSON)
			}
		}
	}
	t.Logf("%d matches of %d ordinary events", matches, ordinary)
	if matches == 0 || matches > ordinary/10 {
		t.Errorf("%d matches of %d events: they are not ordinary", matches, ordinary)
	}
}

func match(t *testing.T, e *eval.Engine, event []byte) []eval.Match {
	t.Helper()
	ms, err := e.MatchJSON(event, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, event)
	}
	return ms
}

// windowsEngine runs SigmaHQ's rules for Windows, each on the events that it is
// about.
func windowsEngine(t *testing.T) *eval.Engine {
	t.Helper()
	c, err := sigma.Load(shared.Path(t, "corpus", "sigmahq", "rules", "windows"))
	if err != nil {
		t.Fatal(err)
	}
	var rules []*ir.Rule
	for _, r := range c.Rules() {
		built, err := ir.Build(r)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, built)
	}
	e, err := eval.Compile(rules, eval.Options{SkipErrors: true, Derive: true})
	if e == nil {
		t.Fatal(err)
	}
	return e
}
