// Package t1571 tests the rule pack: that every rule compiles to every target
// and matches the events it should, and no others.
package t1571

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// placeholders fills the lists that rules of the pack leave open.
func placeholders(t *testing.T) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.Resolve("placeholders.yml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// single calls f with each rule of the pack that stands alone, and the name of
// its files without ending.
func single(t *testing.T, f func(t *testing.T, name string, r *ir.Rule)) {
	fill := placeholders(t)
	n := 0
	for _, folder := range []string{"endpoint", "network"} {
		files, err := sigma.Files(filepath.Join("rules", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := filepath.Join(folder, strings.TrimSuffix(filepath.Base(file), ".yml"))
			n++
			t.Run(filepath.ToSlash(name), func(t *testing.T) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				rule, err := sigma.ParseRule(file, text)
				if err != nil {
					t.Fatal(err)
				}
				built, err := ir.Build(rule)
				if err != nil {
					t.Fatal(err)
				}
				if built, err = fill.Apply(built, ""); err != nil {
					t.Fatal(err)
				}
				f(t, name, built)
			})
		}
	}
	if n < 30 {
		t.Errorf("only %d rules were found", n)
	}
}

// TestEvents evaluates each rule on its events.
func TestEvents(t *testing.T) {
	single(t, func(t *testing.T, name string, r *ir.Rule) {
		text, err := os.ReadFile(filepath.Join("events", name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		hits, misses := 0, 0
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			var c struct {
				Expect bool
				Why    string
				Event  json.RawMessage
			}
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			event, err := oracle.Parse(c.Event)
			if err != nil {
				t.Fatal(err)
			}
			if got := oracle.Match(r.Where[0], event); got != c.Expect {
				t.Errorf("%s: the rule says %t, the event %s", c.Why, got, c.Event)
			}
			if c.Expect {
				hits++
			} else {
				misses++
			}
		}
		if hits < 2 || misses < 4 {
			t.Errorf("%d events match and %d do not; at least 2 and 4 are wanted", hits, misses)
		}
	})
}

// TestTargets compiles each rule to each target, without field mappings. What
// a language cannot say is an Unsupported error at a place in the rule; here
// only Kibana KQL has such rules, those with regular expressions.
func TestTargets(t *testing.T) {
	for _, b := range backends.All() {
		c, err := backends.New(backends.Options{Target: b.Name})
		if err != nil {
			t.Fatal(err)
		}
		single(t, func(t *testing.T, name string, r *ir.Rule) {
			_, err := c.Rule(r)
			for _, e := range sigma.Errors(err) {
				if b.Name != "kql" || e.Code != sigma.Unsupported || !e.IsValid() {
					t.Errorf("%s: %v", b.Name, e)
				}
			}
		})
	}
}

// TestUnfilled shows that rules with open lists are refused without the
// pipeline that fills them (P5).
func TestUnfilled(t *testing.T) {
	text, err := os.ReadFile("rules/network/net_firewall_port_not_allowlisted.yml")
	if err != nil {
		t.Fatal(err)
	}
	rule, err := sigma.ParseRule("rule.yml", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range backends.All() {
		c, err := backends.New(backends.Options{Target: b.Name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Compile(rule); len(sigma.Errors(err)) == 0 || sigma.Errors(err)[0].Code != sigma.BadPlaceholder {
			t.Errorf("%s: error %v, want one of code %s", b.Name, err, sigma.BadPlaceholder)
		}
	}
}

// TestCorrelations runs each correlation on its events: each list of them fires
// or does not.
func TestCorrelations(t *testing.T) {
	files, err := sigma.Files(filepath.Join("rules", "correlations"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		t.Run(name, func(t *testing.T) {
			set := linked(t, file)
			text, err := os.ReadFile(filepath.Join("events", "correlations", name+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			fired, silent := 0, 0
			for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
				var c struct {
					Alert  bool `json:"expect_alert"`
					Why    string
					Events []json.RawMessage
				}
				if err := json.Unmarshal(line, &c); err != nil {
					t.Fatal(err)
				}
				if got := alerts(t, set, c.Events); got > 0 != c.Alert {
					t.Errorf("%s: %d alerts, want some: %t", c.Why, got, c.Alert)
				}
				if c.Alert {
					fired++
				} else {
					silent++
				}
			}
			if fired < 2 || silent < 4 {
				t.Errorf("%d lists fire and %d do not; at least 2 and 4 are wanted", fired, silent)
			}
		})
	}
	if len(files) != 6 {
		t.Errorf("%d files of correlations, want 6", len(files))
	}
}

// linked returns what the documents of a file mean together.
func linked(t *testing.T, file string) *ir.Set {
	t.Helper()
	c, err := sigma.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(c.Documents, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Correlations) != 1 || set.Alone(set.Rules[0].Source) {
		t.Fatalf("%d correlations, or the rule stands alone", len(set.Correlations))
	}
	return set
}

// alerts returns how many alerts there are of events, as a program would find
// them that reads JSON lines.
func alerts(t *testing.T, set *ir.Set, list []json.RawMessage) int {
	t.Helper()
	engine, err := eval.Compile(set.Rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	c, err := correlate.New(set.Correlations, func(correlate.Alert) { n++ }, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := c.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range list {
		var event eval.JSON
		if err := event.Parse(text); err != nil {
			t.Fatal(err)
		}
		var rules []*sigma.Rule
		for _, m := range engine.Match(&event, nil) {
			rules = append(rules, m.Rule.Source)
		}
		o := reader.Read(&event)
		if !o.Timed {
			t.Fatalf("the event has no time: %s", text)
		}
		if err := c.Add(correlate.Event{Time: o.Time, ID: uint64(i), Rules: rules, Fields: o}); err != nil {
			t.Fatal(err)
		}
	}
	c.Flush()
	return n
}

// TestSeed compiles the rule that the pack began with to every target and
// evaluates it on its own sample event.
func TestSeed(t *testing.T) {
	dir := filepath.Join(shared.Root(t), "testdata", "t1571")
	text, err := os.ReadFile(filepath.Join(dir, "seed.yml"))
	if err != nil {
		t.Fatal(err)
	}
	rule, err := sigma.ParseRule("seed.yml", text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ir.Build(rule)
	if err != nil {
		t.Fatal(err)
	}
	want := `selection{and{EventID=3 not{DestinationPort=any{80 443 25 53}} Protocol="tcp" ` +
		`Image=any{"*\\curl.exe" "*\\net.exe" "*\\powershell.exe"}}}`
	if got := ir.String(r.Where[0]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	sample, err := os.ReadFile(filepath.Join(dir, "sysmon-eid3.json"))
	if err != nil {
		t.Fatal(err)
	}
	event, err := oracle.Parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	if !oracle.Match(r.Where[0], event) {
		t.Error("the rule does not match its own sample event")
	}
	for _, port := range []string{"80", "443", "25", "53"} {
		event["DestinationPort"] = json.Number(port)
		if oracle.Match(r.Where[0], event) {
			t.Errorf("the rule matches port %s, which notin excludes", port)
		}
	}
}
