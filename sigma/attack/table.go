package attack

import (
	_ "embed" // for the table
	"strings"
	"sync"
)

// data is the table: remarks (#), then a line a technique, sorted by identifier.
// The columns are identifier, name, tactics, state (empty, revoked or deprecated),
// what replaced it, and the tactics of version 18 where it stood under others.
//
//go:embed techniques.csv
var data string

// A catalogue is the table as it is used.
type catalogue struct {
	techniques []*Technique
	byID       map[string]*Technique
}

// table reads the table when it is first asked for.
var table = sync.OnceValue(read)

// columns is how many a line has. No name has a comma or a quote in it, which a
// test makes sure of.
const columns = 6

// read reads the table. Parents stand before their sub-techniques; what replaced
// a technique may stand anywhere.
func read() *catalogue {
	c := &catalogue{byID: make(map[string]*Technique)}
	successors := make(map[*Technique]string)
	for line := range strings.Lines(data) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), ",")
		if len(f) != columns || line[0] == '#' {
			continue
		}
		t := &Technique{
			ID: f[0], Name: f[1], Tactics: tactics(f[2]), v18: tactics(f[5]),
			Revoked: f[3] == "revoked", Deprecated: f[3] == "deprecated",
		}
		if parent, _, ok := strings.Cut(t.ID, "."); ok {
			t.Parent = c.byID[parent]
		}
		if f[4] != "" {
			successors[t] = f[4]
		}
		c.techniques = append(c.techniques, t)
		c.byID[t.ID] = t
	}
	for t, id := range successors {
		t.ReplacedBy = c.byID[id]
	}
	return c
}

// tactics returns the tactics of a cell.
func tactics(cell string) []*Tactic {
	if cell == "" {
		return nil
	}
	names := strings.Split(cell, ";")
	ts := make([]*Tactic, len(names))
	for i, name := range names {
		ts[i] = Find(name)
	}
	return ts
}
