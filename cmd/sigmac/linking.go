package main

import (
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// link puts the documents together, which were built. What is wrong with a
// document, and what there is to know, goes to its unit.
func (l *library) link(suppress bool) {
	var docs []sigma.Document
	built := make(map[*sigma.Rule]*ir.Rule)
	l.eachUnit(func(u *unit) {
		if u.doc != nil {
			docs = append(docs, u.doc)
		}
		if r, ok := u.doc.(*sigma.Rule); ok {
			built[r] = u.rule
		}
	})
	set, err := ir.Link(docs, ir.LinkOptions{
		SuppressFilters: suppress,
		Build:           func(r *sigma.Rule) (*ir.Rule, error) { return built[r], nil },
	})
	places := l.places()
	for _, e := range sigma.Errors(err) {
		if u := places.find(e.Pos); u != nil {
			u.errs = append(u.errs, e)
		}
	}
	for _, w := range set.Warnings {
		if u := places.find(w.Pos); u != nil {
			u.warnings = append(u.warnings, w)
		}
	}
	l.take(set)
}

// eachUnit calls f with each document of the inputs and then of --filter.
func (l *library) eachUnit(f func(u *unit)) {
	for i := range l.files {
		for n := range l.files[i].units {
			f(&l.files[i].units[n])
		}
	}
	for n := range l.filters {
		f(&l.filters[n])
	}
}

// take gives the units what their documents mean.
func (l *library) take(set *ir.Set) {
	l.eachUnit(func(u *unit) {
		switch doc := u.doc.(type) {
		case *sigma.Rule:
			u.rule, u.inner = set.Rule(doc), !set.Alone(doc)
		case *sigma.Correlation:
			var why *sigma.Error
			if u.correlation, why = set.Correlation(doc); why != nil && len(u.errs) == 0 {
				u.errs = sigma.ErrorList{why}
			}
			u.inner = !set.Alone(doc)
		}
	})
}

// A placing finds the document that something is said about.
type placing map[*sigma.File]*placed

// A placed is the documents of a file.
type placed struct {
	units    []*unit
	sections sections
}

// places returns where the documents are that have a place.
func (l *library) places() placing {
	p := make(placing)
	l.eachUnit(func(u *unit) {
		if u.doc == nil {
			return
		}
		file := u.doc.Metadata().File
		if p[file] == nil {
			p[file] = &placed{}
		}
		p[file].units = append(p[file].units, u)
	})
	return p
}

// find returns the document that a place is in, or nil.
func (p placing) find(pos sigma.Pos) *unit {
	in := p[pos.File]
	switch {
	case in == nil:
		return nil
	case len(in.units) == 1:
		return in.units[0]
	}
	want := in.sections.of(pos)
	for _, u := range in.units {
		if in.sections.of(u.doc.Metadata().Pos) == want {
			return u
		}
	}
	return nil
}
