package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma"
)

// linkFlags say what has a bearing on rules beside the files they stand in.
type linkFlags struct {
	filters  []string
	polarity string
}

func (f *linkFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.filters, "filter", nil, "filters for the rules: a `file` or a folder; may be repeated")
	flags.StringVar(&f.polarity, "filter-polarity", "match", "what rules leave out: match, what the condition of a filter does not match; suppress, what it matches")
	fixed(cmd, "filter-polarity", "match\trules only find what a filter matches, too", "suppress\trules leave out what a filter matches")
}

// A library is the rule files of a run. Where there are correlations or filters,
// all files are kept, and what they mean together is known. Otherwise each
// document stands for itself, and a file is let go after its turn.
type library struct {
	app     *app
	ins     []input
	files   [][]unit // by input; nil where the file is to be read when it is its turn
	linked  bool
	filters []unit // the documents of --filter
}

// maxKept is how many bytes of rules are kept while it is found out whether
// there are correlations or filters. Where there are none, the files behind them
// are read again.
const maxKept = 16 << 20

// open reads the files, and puts documents together where some are about
// others. What is wrong with --filter is a failure; what is wrong with a file of
// rules is told with its rules.
func (f *linkFlags) open(a *app, ins []input, jobs int) (*library, error) {
	if f.polarity != "match" && f.polarity != "suppress" {
		return nil, usage("it is match or suppress", "there is no polarity %q", f.polarity)
	}
	l := &library{app: a, ins: ins, files: make([][]unit, len(ins))}
	var err error
	if l.filters, err = f.read(a, ins); err != nil {
		return nil, err
	}
	l.linked = len(l.filters) > 0
	if l.read(jobs); l.linked {
		l.link(f.polarity == "suppress", jobs)
	}
	var errs sigma.ErrorList
	for _, u := range l.filters {
		errs = append(errs, u.errs...)
	}
	if len(errs) > 0 {
		return nil, &failure{exitConfig, errs}
	}
	return l, nil
}

// read reads the filters of --filter. Files that are among the inputs are left
// out: their filters apply already.
func (f *linkFlags) read(a *app, ins []input) ([]unit, error) {
	if len(f.filters) == 0 {
		return nil, nil
	}
	found, err := findInputs(a, f.filters)
	if err != nil {
		return nil, err
	}
	var us []unit
	filters := 0
	for _, in := range found {
		if slices.ContainsFunc(ins, func(i input) bool { return filepath.Clean(i.path) == filepath.Clean(in.path) }) {
			if in.path == dash {
				return nil, usage("", "standard input can only be read once")
			}
			filters++
			continue
		}
		for _, u := range parseInput(a, in).units {
			if _, ok := u.doc.(*sigma.Filter); ok || len(u.errs) > 0 {
				filters++
			} else {
				u = notFilter(u.doc)
			}
			us = append(us, u)
		}
	}
	if filters == 0 {
		return nil, usage("rules and correlations are arguments", "there are no filters in %s", strings.Join(f.filters, " "))
	}
	return us, nil
}

// notFilter returns what becomes of a document of --filter that is no filter.
func notFilter(doc sigma.Document) unit {
	return unit{warnings: sigma.ErrorList{{Pos: doc.Metadata().Pos, Code: sigma.NotEvaluated,
		Msg: "the document is no filter and is left out", Hint: "rules and correlations are arguments, not values of --filter"}}}
}

// A parsed is what was read of one file.
type parsed struct {
	units []unit
	size  int // bytes
}

// parseInput reads a file. One that cannot be read is a unit with the error.
func parseInput(a *app, in input) parsed {
	f, err := read(a, in)
	if err != nil {
		return parsed{units: []unit{{errs: sigma.Errors(err)}}}
	}
	return parsed{split(sigma.ParseAll(f)), len(f.Data)}
}

// read reads all files, and keeps them as long as they are not too many or have
// to be put together.
func (l *library) read(jobs int) {
	kept, i := 0, 0
	_ = ordered(len(l.ins), jobs, func(i int) parsed { return parseInput(l.app, l.ins[i]) }, func(p parsed) error {
		l.linked = l.linked || slices.ContainsFunc(p.units, func(u unit) bool { return isLink(u.doc) })
		if kept += p.size; l.linked || kept <= maxKept || l.ins[i].path == dash {
			l.files[i] = p.units
		}
		i++
		return nil
	})
	if l.linked && kept > maxKept {
		l.readMissing(jobs)
	}
}

// readMissing reads the files again that were not kept.
func (l *library) readMissing(jobs int) {
	var missing []int
	for i, us := range l.files {
		if us == nil {
			missing = append(missing, i)
		}
	}
	i := 0
	_ = ordered(len(missing), jobs, func(n int) parsed { return parseInput(l.app, l.ins[missing[n]]) }, func(p parsed) error {
		l.files[missing[i]] = p.units
		i++
		return nil
	})
}

// isLink reports whether a document is about others.
func isLink(doc sigma.Document) bool {
	switch doc.(type) {
	case *sigma.Correlation, *sigma.Filter:
		return true
	}
	return false
}

// units returns the documents of an input, which are let go.
func (l *library) units(i int) []unit {
	us := l.files[i]
	if us == nil && !l.linked {
		return parseInput(l.app, l.ins[i]).units
	}
	l.files[i] = nil
	return us
}

// notes returns the warnings about --filter.
func (l *library) notes(j *job) []byte {
	d := document{job: j, outcome: &outcome{}}
	for _, u := range l.filters {
		d.print(kindWarning, "", u.warnings)
	}
	return d.outcome.notes
}
