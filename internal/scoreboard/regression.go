package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A recordedEvent is an event of SigmaHQ's regression data.
type recordedEvent struct {
	id   int // from 1
	json []byte
}

// A regression is the recorded events, and which of them each rule matches.
type regression struct {
	events  []recordedEvent
	rules   map[string]bool         // the ids of the rules that have events
	matches map[string]map[int]bool // by rule: the numbers of the events that it matches
}

// readRegression reads the event logs below a folder and evaluates the rules
// that they are for.
func readRegression(root string, rules []*corpusRule) (*regression, error) {
	r := &regression{rules: make(map[string]bool), matches: make(map[string]map[int]bool)}
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".evtx" {
			return err
		}
		r.rules[strings.TrimSuffix(filepath.Base(path), ".evtx")] = true
		return r.readLog(path)
	})
	if err != nil {
		return nil, err
	}
	return r, r.evaluate(rules)
}

// readLog adds the events of a log.
func (r *regression) readLog(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	in, err := events.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer in.Close()
	var d events.Decoder
	for {
		batch, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		var bad []error
		d.Each(batch, func(e *events.Event) {
			text, err := flatten(e.AppendJSON(nil))
			if err != nil {
				bad = append(bad, err)
			}
			r.events = append(r.events, recordedEvent{len(r.events) + 1, text})
		}, func(p events.Problem) { bad = append(bad, errors.New(p.Msg)) })
		if bad != nil {
			return fmt.Errorf("%s: %w", path, errors.Join(bad...))
		}
	}
}

// flatten gives the fields of a Windows event the names that rules use (X3):
// those of System, with Provider_Name for an attribute; those of EventData and
// of the element in UserData, without spaces.
func flatten(text []byte) ([]byte, error) {
	var outer struct {
		Event struct{ System, EventData, UserData map[string]any }
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&outer); err != nil {
		return nil, err
	}
	flat := make(map[string]any)
	for _, element := range outer.Event.UserData {
		if members, ok := element.(map[string]any); ok {
			flattenElement(flat, members)
		}
	}
	flattenElement(flat, outer.Event.EventData)
	flattenElement(flat, outer.Event.System)
	return json.Marshal(flat)
}

func flattenElement(flat, element map[string]any) {
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

// evaluate finds what the rules with events match among all events.
func (r *regression) evaluate(rules []*corpusRule) error {
	var chosen []*ir.Rule
	for _, c := range rules {
		if id := c.ir.Source.ID; r.rules[id] {
			chosen = append(chosen, c.ir)
			r.matches[id] = make(map[int]bool)
		}
	}
	engine, err := eval.Compile(chosen, eval.Options{})
	if err != nil {
		return err
	}
	for _, e := range r.events {
		matches, err := engine.MatchJSON(e.json, nil)
		if err != nil {
			return err
		}
		for _, m := range matches {
			r.matches[m.Rule.Source.ID][e.id] = true
		}
	}
	return nil
}

// units returns the rules of a batch that have events.
func (r *regression) units(b *batch) []*unit {
	var out []*unit
	for i := range b.units {
		if _, ok := r.matches[b.units[i].rule.ir.Source.ID]; ok {
			out = append(out, &b.units[i])
		}
	}
	return out
}

// otherNames says why recorded events say nothing of queries with a pipeline.
const otherNames = "events have the rules' names"

// compareRecorded compares queries, read back, with the recorded events.
func (r *regression) compareRecorded(b *batch) error {
	if !b.plain() {
		for who := range converters {
			b.scores[who].unplayed = otherNames
		}
		return nil
	}
	for _, u := range r.units(b) {
		set := setOf(u.rule.ir, r.events, r.matches[u.rule.ir.Source.ID])
		for who := range converters {
			s := &b.scores[who]
			if s.absent != "" {
				continue
			}
			v, n, err := b.verdict(u, who, set, verify.Options{All: true})
			if err != nil {
				return err
			}
			s.recorded.of[v]++
			s.recorded.events += n
			if !b.folding {
				continue
			}
			if v, n, err = b.verdict(u, who, set, verify.Options{All: true, FoldsCase: true}); err != nil {
				return err
			}
			s.folded.of[v]++
			s.folded.events += n
		}
	}
	return nil
}
