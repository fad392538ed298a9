package main

import (
	"cmp"
	"encoding/json"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma/compare"
)

// A changeRecord is a line of --format json. The keys, their order and their
// types are a promise to programs.
type changeRecord struct {
	Change  string       `json:"change"`
	Proven  bool         `json:"proven"` // nothing about change is only not refuted
	Kind    string       `json:"kind"`   // rule, correlation or filter; "" of what cannot be read
	File    string       `json:"file,omitempty"`
	Line    int          `json:"line,omitempty"`
	OldFile string       `json:"old_file,omitempty"`
	OldLine int          `json:"old_line,omitempty"`
	Moved   bool         `json:"moved"`
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Notes   []string     `json:"notes"`
	Words   []changeWord `json:"words"`
	OnlyNew *changeEvent `json:"only_new,omitempty"`
	OnlyOld *changeEvent `json:"only_old,omitempty"`
	Events  int          `json:"events"` // that both were asked about
	Refers  []string     `json:"refers"` // to these, which changed
	Errors  []remark     `json:"errors"`
}

// A changeWord is an attribute, with what only one side has of it.
type changeWord struct {
	Key string   `json:"key"`
	Old []string `json:"old"`
	New []string `json:"new"`
}

// A changeEvent is an event that only one side matches, and what is unusual about
// it (sigmac list traits).
type changeEvent struct {
	Event  json.RawMessage `json:"event"`
	Traits []string        `json:"traits"`
}

// writeChangesJSON writes an object a line.
func writeChangesJSON(w io.Writer, changes []*change) error {
	enc := jsontext.NewEncoder(w)
	for _, c := range changes {
		if err := enc.Encode(c.record()); err != nil {
			return err
		}
	}
	return nil
}

// record returns the object of a change.
func (c *change) record() *changeRecord {
	e := c.latest()
	m := e.meta()
	r := &changeRecord{Change: c.kind.String(), Proven: c.kind != ruleBroken, ID: m.ID, Title: m.Title, Moved: c.moved(),
		Notes: append([]string{}, c.notes...), Refers: append([]string{}, c.refers...), Words: []changeWord{}, Errors: []remark{}}
	if e.doc != nil {
		r.Kind = kindOfDocument(e.doc)
	}
	if c.new != nil {
		r.File, r.Line = c.new.path, c.new.line()
	}
	if c.old != nil {
		r.OldFile, r.OldLine = c.old.path, c.old.line()
	}
	for _, w := range c.words {
		r.Words = append(r.Words, changeWord{w.Key, append([]string{}, w.Old...), append([]string{}, w.New...)})
	}
	for _, e := range c.errors() {
		r.Errors = append(r.Errors, newRemark(e))
	}
	if c.result != nil {
		r.Proven, r.Events = c.result.Proven(), c.result.Events
		r.OnlyNew, r.OnlyOld = newChangeEvent(c.result.OnlyNew), newChangeEvent(c.result.OnlyOld)
	}
	return r
}

func newChangeEvent(e *compare.Event) *changeEvent {
	if e == nil {
		return nil
	}
	return &changeEvent{Event: e.JSON, Traits: e.Traits}
}

// changeAnnotations returns what GitHub shows beside the rules of NEW, first what
// a reviewer looks at first: it does not show many.
func changeAnnotations(changes []*change) []annotation {
	var out []annotation
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b *change) int { return cmp.Compare(a.kind, b.kind) })
	for _, c := range changes {
		a := annotation{level: "warning", title: line(title(c.latest())), text: line(c.headline())}
		switch {
		case c.kind == ruleBroken && c.new != nil && len(c.new.errs) > 0:
			a.level = "error"
		case c.kind == ruleBroken, c.kind == ruleAdded, !c.kind.meant():
			a.level = "notice"
		}
		for _, d := range c.details() {
			a.text += "\n" + line(d)
		}
		for _, s := range c.events() {
			a.text += "\n" + s.label + ": " + s.text
		}
		if c.new != nil {
			a.file, a.line, a.col = annotatedFile(c.new.path), c.place(), 1
		} else {
			a.text += "\nit was in " + line(c.old.path)
		}
		for _, e := range c.errors() {
			a.text += "\n" + line(e.Text())
		}
		out = append(out, a)
	}
	return out
}

// place returns the line that a change is shown at: that of the detection, where
// it is about that.
func (c *change) place() int {
	m := c.new.meta()
	if len(c.new.errs) > 0 && c.new.errs[0].Line > 0 {
		return c.new.errs[0].Line
	}
	key := "title"
	switch {
	case c.kind == ruleWords && len(c.words) > 0:
		key, _, _ = strings.Cut(c.words[0].Key, ".")
	case c.kind.meant() && c.kind != ruleAdded:
		key = map[string]string{"rule": "detection", "correlation": "correlation", "filter": "filter"}[kindOfDocument(c.new.doc)]
	}
	return max(m.At(key).Line, c.new.line())
}

// annotatedFile returns a path as GitHub has it, from the working directory.
func annotatedFile(path string) string {
	return filepath.ToSlash(filepath.Clean(relativePath(path)))
}
