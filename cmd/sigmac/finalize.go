package main

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends"
)

// A collected is the result of a rule that waits for the finalizers of a
// target's pipeline.
type collected struct {
	target *target
	result *backends.Result
}

// A finalization collects the results of the targets whose pipelines make one
// text of all queries.
type finalization struct {
	targets []*target
	of      map[*target]*backends.Collection
}

// finalization returns what collects the results of a run.
func (j *job) finalization() *finalization {
	f := &finalization{targets: j.targets, of: make(map[*target]*backends.Collection)}
	if !j.final || j.dir != nil {
		return f // there are no queries, or they come a file at a time
	}
	for _, t := range j.targets {
		if t.Finalizes() {
			f.of[t] = t.Collect()
		}
	}
	return f
}

// add takes the results of a file.
func (f *finalization) add(list []collected) {
	for _, c := range list {
		f.of[c.target].Add(c.result)
	}
}

// put writes the texts, in the order of the targets.
func (f *finalization) put(out *stream) error {
	for _, t := range f.targets {
		c := f.of[t]
		if c == nil {
			continue
		}
		text, err := c.Text()
		if err != nil {
			return &failure{exitConfig, err}
		}
		var p piece
		p.add(strings.TrimSuffix(text, "\n"))
		if err := out.put(&p); err != nil {
			return err
		}
	}
	return nil
}

// finalized returns the piece that the finalizers of a target make of one rule,
// for a file of its own.
func (d *document) finalized(t *target, result *backends.Result) piece {
	var p piece
	if result == nil {
		return p
	}
	c := t.Collect()
	c.Add(result)
	text, err := c.Text()
	if err != nil {
		d.err = &failure{exitConfig, err}
		return p
	}
	p.add(strings.TrimSuffix(text, "\n"))
	return p
}

// checkFinalizers refuses what finalizers leave no place for. A format that
// joins queries does not when each has an object.
func (f *convertFlags) checkFinalizers(targets []*target) error {
	for _, t := range targets {
		if f.json && t.Finalizes() && !t.Joins() {
			return usage("leave out --json, or the pipeline", "--json has an object for each query, and the finalizers of the pipeline make one text of all")
		}
	}
	return nil
}
