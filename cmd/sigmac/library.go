package main

import (
	"bytes"
	"path/filepath"
	"regexp"
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
// all of it is kept, and what the documents mean together is known. Otherwise
// each document stands for itself, and what was read of a file is let go after
// its turn.
type library struct {
	app     *app
	ins     []input
	files   []source // by input
	linked  bool
	filters []unit // the documents of --filter
}

// A source is one file on its way to its documents.
type source struct {
	file  *sigma.File // nil where it is to be read when it is its turn, or cannot be
	units []unit
	done  bool // the units are known
}

// maxKept is how many bytes of files are kept from when they are searched for
// correlations and filters to when their turn comes. The files behind them are
// read again.
const maxKept = 1 << 20

// open reads the files, and puts documents together where some are about
// others. What is wrong with --filter is a failure; what is wrong with a file of
// rules is told with its rules.
func (f *linkFlags) open(a *app, ins []input, jobs int) (*library, error) {
	if f.polarity != "match" && f.polarity != "suppress" {
		return nil, usage("it is match or suppress", "there is no polarity %q", f.polarity)
	}
	l := &library{app: a, ins: ins, files: make([]source, len(ins))}
	var err error
	if l.filters, err = f.read(a, ins); err != nil {
		return nil, err
	}
	l.linked = len(l.filters) > 0
	if l.read(jobs); l.linked {
		l.link(f.polarity == "suppress")
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
		for _, u := range readSource(a, in).parse().units {
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

// readSource reads a file. What cannot be read is a unit with the error.
func readSource(a *app, in input) source {
	f, err := read(a, in)
	if err != nil {
		return source{units: []unit{{errs: sigma.Errors(err)}}, done: true}
	}
	return source{file: f}
}

// parse returns the source with its documents.
func (s source) parse() source {
	if !s.done {
		s.units, s.done = split(sigma.ParseAll(s.file)), true
	}
	return s
}

// read reads all files and finds out whether some are about others. If so, all
// are parsed; if not, each is when its turn comes.
func (l *library) read(jobs int) {
	kept, i := 0, 0
	_ = ordered(len(l.ins), jobs, l.search, func(s source) error {
		l.linked = l.linked || slices.ContainsFunc(s.units, func(u unit) bool { return isLink(u.doc) })
		if s.file != nil {
			kept += len(s.file.Data)
		}
		if kept <= maxKept || s.done || l.ins[i].path == dash {
			l.files[i] = s
		}
		i++
		return nil
	})
	if l.linked {
		_ = ordered(len(l.ins), jobs, l.build, func(int) error { return nil })
	}
}

// search reads a file, and parses it where it may be about others.
func (l *library) search(i int) source {
	s := readSource(l.app, l.ins[i])
	if !s.done && mayLink(s.file.Data) {
		return s.parse()
	}
	return s
}

// build parses a file and finds what each of its documents means by itself.
func (l *library) build(i int) int {
	l.files[i] = l.source(i).parse()
	for n := range l.files[i].units {
		l.files[i].units[n].build()
	}
	return i
}

// source returns an input, which is read again where it was not kept.
func (l *library) source(i int) source {
	if s := l.files[i]; s.done || s.file != nil {
		return s
	}
	return readSource(l.app, l.ins[i])
}

// isLink reports whether a document is about others.
func isLink(doc sigma.Document) bool {
	switch doc.(type) {
	case *sigma.Correlation, *sigma.Filter:
		return true
	}
	return false
}

// escape matches YAML's escapes of letters, behind which a key could hide.
var escape = regexp.MustCompile(`\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})`)

// mayLink reports whether there can be a correlation or a filter in a file:
// these have keys of that name, and a filter has one named rules, too.
func mayLink(data []byte) bool {
	has := func(word string) bool { return bytes.Contains(data, []byte(word)) }
	return has("correlation") || has("filter") && has("rules") || bytes.IndexByte(data, '\\') >= 0 && escape.Match(data)
}

// units returns the documents of an input, which are let go.
func (l *library) units(i int) []unit {
	s := l.source(i)
	l.files[i] = source{}
	return s.parse().units
}

// notes returns the warnings about --filter.
func (l *library) notes(j *job) []byte {
	d := document{job: j, outcome: &outcome{}}
	for _, u := range l.filters {
		d.print(kindWarning, "", u.warnings)
	}
	if j.reporting != nil {
		j.reporting.add("", &d.issues, nil)
	}
	return d.outcome.notes
}
