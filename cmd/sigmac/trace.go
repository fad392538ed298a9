package main

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A tracing says where what pipelines change is told.
type tracing uint8

const (
	traceOff  tracing = iota
	traceText         // on standard error
	traceJSON         // in the objects of --json
)

// mapFor applies the target's pipelines, and notes what they change where that
// is asked for.
func (d *document) mapFor(t *target) (*ir.Rule, error) {
	if d.trace == traceOff {
		return t.Map(d.rule)
	}
	rule, changes, err := t.Trace(d.rule)
	d.changes = changes
	return rule, err
}

// A traceGroup is all that became of one place: an item of the rule, its log
// source, or what a step added.
type traceGroup struct {
	pos     sigma.Pos
	was     string // what stood there at first
	changes []pipeline.Change
}

// printTrace tells people what the pipelines of a target changed.
func (d *document) printTrace(target string) {
	if d.trace != traceText || d.rule == nil {
		return
	}
	for _, g := range d.traceGroups() {
		if len(d.notes) > maxNotes {
			d.more++
			continue
		}
		e := &sigma.Error{Pos: sigma.Pos{File: g.pos.File, Line: g.pos.Line, Col: g.pos.Col}, Msg: shorten(g.was)}
		d.notes = d.report.addLine(d.notes, kindTrace, target, e)
		if len(g.changes) == 0 {
			d.notes = append(d.notes, "    stays as it is\n"...)
		}
		for _, c := range g.changes {
			d.notes = append(append(d.notes, "    "...), printable(shorten(outcomeOf(c)))...)
			d.notes = append(append(d.notes, "\n        by "...), printable(byStep(c))...)
			d.notes = append(d.notes, '\n')
		}
	}
}

// traceGroups puts the changes of each place together: first those of the rule
// as a whole, then its items in their order, then what steps added.
func (d *document) traceGroups() []*traceGroup {
	source := d.rule.LogSource.Pos
	if !source.IsValid() {
		source = d.rule.Source.Pos
	}
	groups := []*traceGroup{{pos: source, was: "log source " + pipeline.LogSourceText(&d.rule.LogSource)}}
	at := map[sigma.Pos]*traceGroup{source: groups[0]}
	group := func(pos sigma.Pos, was string) *traceGroup {
		if at[pos] == nil {
			at[pos] = &traceGroup{pos: pos, was: was}
			groups = append(groups, at[pos])
		}
		return at[pos]
	}
	for _, e := range d.rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			switch x := e.(type) {
			case *ir.Match:
				group(x.Pos, ir.String(x))
			case *ir.Keyword:
				group(x.Pos, ir.String(x))
			}
			return true
		})
	}
	for _, c := range d.changes {
		was := c.From
		if was == "" {
			was = c.To
		}
		g := group(c.Pos, was)
		g.changes = append(g.changes, c)
	}
	if len(groups[0].changes) == 0 {
		groups = groups[1:]
	}
	return groups
}

// outcomeOf says what a step made of what stood there.
func outcomeOf(c pipeline.Change) string {
	switch c.Kind {
	case pipeline.ItemChanged:
		if c.Same() {
			return "stays as it is"
		}
		return "becomes " + c.To
	case pipeline.ItemAdded:
		return "is added"
	case pipeline.ItemDropped:
		return "is left out"
	case pipeline.ItemImplied:
		return "is not asked any more: " + c.From
	case pipeline.LogSourceChanged:
		return "the log source becomes " + c.To
	case pipeline.FieldRenamed, pipeline.FieldsChanged:
		return "the list of fields: " + c.From + " becomes " + c.To
	case pipeline.ReadsChanged:
		return "a correlation reads " + c.To
	case pipeline.StateSet:
		return "state " + c.To
	case pipeline.TableSet:
		return "the table is " + c.To
	case pipeline.ColumnComputed:
		return "the query computes " + c.To
	case pipeline.RuleWarned:
		return "a warning: " + c.To
	case pipeline.RuleRefused:
		return "is refused: " + c.To
	}
	return "more happens than a trace holds"
}

// byStep names the step of a change with its place, and the entry of its table
// that says so.
func byStep(c pipeline.Change) string {
	text := c.Step.Type
	if c.Step.ID != "" {
		text += " " + c.Step.ID
	}
	text += ", " + c.Step.Pos.String()
	if c.At != c.Step.Pos {
		text += ", " + c.At.String()
	}
	return text
}

// A changed is a change of --json. The keys and their types are a promise to
// programs.
type changed struct {
	Kind   string   `json:"kind"`
	File   string   `json:"file"` // of the item, the log source or what else was changed
	Line   int      `json:"line"`
	Column int      `json:"column"`
	From   string   `json:"from"`
	To     string   `json:"to"`
	Step   *stepRef `json:"step"`
	Entry  *entryAt `json:"entry,omitempty"` // of the step's mapping or of a table of facts
}

// An entryAt is where a step says one of several things.
type entryAt struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// traced returns the changes for a record, nil where they are not traced.
func (d *document) traced() *[]changed {
	if d.trace != traceJSON || d.rule == nil {
		return nil
	}
	out := make([]changed, len(d.changes))
	for i, c := range d.changes {
		out[i] = changed{string(c.Kind), c.Pos.Name(), c.Pos.Line, c.Pos.Col, c.From, c.To, newStepRef(c.Step), nil}
		if c.At != c.Step.Pos {
			out[i].Entry = &entryAt{c.At.Name(), c.At.Line, c.At.Col}
		}
	}
	return &out
}
