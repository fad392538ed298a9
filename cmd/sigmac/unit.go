package main

import (
	"bytes"
	"io"
	"sort"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A unit is one YAML document of a file: what was read, or why it was not.
type unit struct {
	doc            sigma.Document // where there are errors, what could be read, or nil
	warnings, errs sigma.ErrorList
	section        int // how many document markers stand before it

	built       bool            // what it means is known, as far as it is right
	rule        *ir.Rule        // nil where it is no detection rule or is wrong
	correlation *ir.Correlation // nil where it is none, is wrong or was not linked
	inner       bool            // it only serves correlations
}

// build finds what the document means by itself.
func (u *unit) build() {
	u.built = true
	source, ok := u.doc.(*sigma.Rule)
	switch {
	case !ok:
	case len(u.errs) > 0:
		u.errs = append(u.errs, ir.Check(source)...)
		u.errs.Sort()
	default:
		rule, err := ir.Build(source)
		if u.errs = sigma.Errors(err); err == nil {
			u.rule = rule
		}
	}
}

// split puts documents, warnings and errors of a file together. The errors of
// one document are one unit, with what could be read of it. There are no
// warnings where there is neither a document nor an error.
func split(docs []sigma.Document, broken []*sigma.Rule, warnings, errs sigma.ErrorList) []unit {
	if len(docs) == 1 && len(errs) == 0 {
		return []unit{{doc: docs[0], warnings: warnings}}
	}
	if len(docs)+len(errs) == 0 {
		return nil
	}
	us := make([]unit, 0, len(docs)+1)
	var at sections
	for _, d := range docs {
		us = append(us, unit{doc: d, section: at.of(d.Metadata().Pos)})
	}
	for _, e := range errs {
		s := at.of(e.Pos)
		if last := len(us) - 1; last < 0 || us[last].doc != nil || us[last].section != s {
			us = append(us, unit{section: s})
		}
		u := &us[len(us)-1]
		u.errs = append(u.errs, e)
	}
	for _, d := range broken {
		s := at.of(d.Metadata().Pos)
		for i := range us {
			if us[i].doc == nil && us[i].section == s {
				us[i].doc = d
				break
			}
		}
	}
	sort.SliceStable(us, func(i, k int) bool { return us[i].section < us[k].section })
	for _, w := range warnings {
		s := at.of(w.Pos)
		u := &us[sort.Search(len(us)-1, func(i int) bool { return us[i].section >= s })]
		u.warnings = append(u.warnings, w)
	}
	return us
}

// sections are the lines of a file's document markers, found when the first
// place is asked for.
type sections struct {
	lines []int
	found bool
}

// of returns how many markers stand before and at the place. YAML reserves
// "---" at the beginning of a line for this, whatever stands around it.
func (s *sections) of(pos sigma.Pos) int {
	if pos.File == nil {
		return 0
	}
	if !s.found {
		s.found = true
		n := 0
		for line := range bytes.Lines(pos.File.Data) {
			if n++; bytes.HasPrefix(line, []byte("---")) {
				s.lines = append(s.lines, n)
			}
		}
	}
	return sort.SearchInts(s.lines, pos.Line+1)
}

// read reads a file.
func read(a *app, in input) (*sigma.File, error) {
	switch {
	case in.err != nil:
		return nil, in.err
	case in.path != dash:
		return sigma.ReadFile(in.path)
	}
	f := &sigma.File{Name: in.path}
	var err error
	// One byte more than is accepted lets the parser say what is wrong.
	if f.Data, err = io.ReadAll(io.LimitReader(a.in, sigma.MaxFileSize+1)); err != nil {
		return nil, &sigma.Error{Pos: sigma.Pos{File: f}, Code: sigma.Unreadable, Msg: "cannot read standard input: " + err.Error()}
	}
	return f, nil
}
