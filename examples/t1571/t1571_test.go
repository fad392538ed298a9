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

// TestCorrelations parses the correlations of the pack, and shows that they
// are refused with their place until they are compiled.
func TestCorrelations(t *testing.T) {
	c, err := sigma.Load(filepath.Join("rules", "correlations"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range c.Documents {
		if _, ok := d.(*sigma.Correlation); !ok {
			continue
		}
		n++
		for _, b := range backends.All() {
			compiler, err := backends.New(backends.Options{Target: b.Name})
			if err != nil {
				t.Fatal(err)
			}
			_, err = compiler.Compile(d)
			if errs := sigma.Errors(err); len(errs) != 1 || errs[0].Code != sigma.Unsupported || !errs[0].IsValid() {
				t.Errorf("%s, %s: error %v", d.Metadata().Title, b.Name, err)
			}
		}
	}
	if n != 5 {
		t.Errorf("%d correlations, want 5", n)
	}
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
