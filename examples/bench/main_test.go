package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// needCorpus skips the test where SigmaHQ's rules are not beside the clone.
func needCorpus(t *testing.T) string {
	t.Helper()
	path, err := findRules()
	if err != nil {
		t.Skip(err)
	}
	return path
}

// TestRun measures all libraries for a moment.
func TestRun(t *testing.T) {
	needCorpus(t)
	var out bytes.Buffer
	if err := run([]string{"-events", "200", "-budget", "1ms", "-json"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var names []string
	for d := json.NewDecoder(&out); d.More(); {
		var r result
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		names = append(names, r.Name)
		if r.Rules < 2000 || r.Rules+r.Refused < 2850 || r.JSON.Events == 0 || r.Match.Events == 0 || r.AllCores.Events == 0 || r.Load <= 0 || r.WarmMB <= 0 {
			t.Errorf("%s was not measured: %+v", r.Name, r)
		}
	}
	if got := fmt.Sprint(names); got != "[sigmac sigmac, log source derived sigmac, log source given sigmalite sigma-go go-sigma-rule-engine]" {
		t.Error(got)
	}
}

// TestTable prints the tables of one run and of a curve.
func TestTable(t *testing.T) {
	needCorpus(t)
	for _, c := range []struct {
		flags string
		want  []string
	}{
		{"-peers none -events 100 -budget 1ms", []string{"From the JSON", "Matching alone", "sigmac, log source given", "CPU ns"}},
		{"-curve -events 50 -budget 1ms", []string{"30,000 / 3,000", "10,000"}},
	} {
		var out, log bytes.Buffer
		if err := run(strings.Fields(c.flags), &out, &log); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: the output lacks %q:\n%s", c.flags, want, out.String())
			}
		}
		if !strings.Contains(log.String(), "2858 rules for Windows, ") {
			t.Errorf("%s: the log says %s", c.flags, log.String())
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args  []string
		usage bool
		want  string
	}{
		{[]string{"-events", "0"}, true, ""},
		{[]string{"-what"}, true, ""},
		{[]string{"more"}, true, ""},
		{[]string{"-peers", "sigmax"}, true, `there is no peer "sigmax"`},
		{[]string{"-rules", t.TempDir()}, false, "no such file"},
	} {
		err := run(c.args, io.Discard, io.Discard)
		if err == nil || errors.Is(err, errUsage) != c.usage || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.args, err)
		}
	}
	if err := run([]string{"-h"}, io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
	t.Chdir(string(filepath.Separator))
	if err := run(nil, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "-rules") {
		t.Errorf("without SigmaHQ's rules: %v", err)
	}
}

// TestSources: engines for the log sources of the stream's events match what
// the engine matches that derives the log sources itself.
func TestSources(t *testing.T) {
	root := needCorpus(t)
	set, err := loadRules(root)
	if err != nil {
		t.Fatal(err)
	}
	events, err := makeEvents(root+"/regression_data", 5000, 9)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := buildRules(set)
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	deriving, _, err := compile(rules, eval.Options{Derive: true})
	if err != nil {
		t.Fatal(err)
	}
	engines := map[kind]*eval.Engine{}
	matches := 0
	for i := range events {
		e := &events[i]
		k := kind{e.Channel, e.ID}
		if kinds[k] == nil {
			t.Fatalf("nothing says which log source %v is", k)
		}
		if engines[k] == nil {
			engines[k] = all.For(kinds[k]...)
		}
		given, err := engines[k].MatchJSON(e.JSON, nil)
		if err != nil {
			t.Fatal(err)
		}
		derived, err := deriving.MatchJSON(e.JSON, nil)
		if err != nil {
			t.Fatal(err)
		}
		matches += len(given)
		if !slices.Equal(given, derived) {
			t.Fatalf("%v: %v given, %v derived: %s", k, given, derived, e.JSON)
		}
	}
	if matches == 0 {
		t.Error("nothing matches")
	}
}
