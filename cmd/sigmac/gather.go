package main

import (
	"cmp"
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma"
)

// gather keeps a message for reports. It reports whether the baseline has it,
// and nothing more is to be said of it.
func (d *document) gather(k kind, e *sigma.Error) bool {
	if len(d.issues.all) >= maxIssues {
		if k == kindError {
			d.issues.more++
		}
		return false
	}
	is := &issue{kind: k, code: e.Code, target: d.target, text: e.Text(), test: d.test}
	if d.doc != nil {
		is.rule = d.doc.Metadata().ID
	}
	d.issues.add(d.reporting, d.file, is, e.Pos)
	return is.known
}

// listsCases reports whether what became of each document is wanted.
func (d *document) listsCases() bool { return d.reporting != nil && d.reporting.flags.junit != "" }

// recordCase notes what became of the document, whatever the target: what was
// said of it from begin on.
func (d *document) recordCase(begin int) {
	if !d.listsCases() {
		return
	}
	suites := []string{""}
	if len(d.errs) > 0 && len(d.targets) > 0 {
		suites = suites[:0]
		for _, t := range d.targets {
			suites = append(suites, t.name)
		}
	}
	for _, suite := range suites {
		d.cases = append(d.cases, d.testCase(suite, d.issues.all[begin:]))
	}
}

// recordTargets writes the document for all targets and notes what became of it
// for each.
func (d *document) recordTargets(begin int) {
	common := d.issues.all[begin:]
	at := len(d.issues.all)
	d.compileAll(func(t *target) {
		if !d.listsCases() {
			return
		}
		own := d.issues.all[at:]
		at = len(d.issues.all)
		d.cases = append(d.cases, d.testCase(t.name, append(common[:len(common):len(common)], own...)))
	})
	if len(d.targets) == 0 {
		d.recordCase(begin)
	}
}

// testCase returns what JUnit counts of the document.
func (d *document) testCase(suite string, issues []*issue) testCase {
	c := testCase{suite: suite, file: d.reporting.relative(d.file), issues: issues, name: d.title()}
	if d.doc != nil {
		c.line = d.doc.Metadata().Line
	}
	return c
}

// title returns what the document is called in a list of tests.
func (d *document) title() string {
	name := ""
	if d.doc != nil {
		name = clean(d.doc.Metadata().Title)
	}
	name = cmp.Or(name, "(no title)")
	if d.number > 0 {
		name += fmt.Sprintf(" (document %d)", d.number)
	}
	return name
}
