package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
)

// broken notes tests that cannot be read.
func (t *tester) broken(o *tested, in input, subjects []*subject, errs sigma.ErrorList) {
	d := &document{job: t.job, outcome: o.outcome, file: in.path}
	for _, s := range subjects {
		if len(subjects) == 1 || s.doc.Metadata().Pos.Name() == errs[0].Name() {
			d, s.tested = s.document, true
		}
	}
	for _, e := range errs {
		t.note(o, d, e.Pos.String(), "", "error", e)
		o.testTotals.broken++
	}
}

// note notes a test that did not pass.
func (t *tester) note(o *tested, d *document, place, name, result string, e *sigma.Error) {
	begin := len(o.issues.all)
	d.test = name
	d.print(kindError, "", sigma.ErrorList{e})
	d.test = ""
	c := d.testCase("", o.issues.all[begin:])
	if name != "" {
		c.name += ": " + name
	}
	o.cases = append(o.cases, c)
	t.line(o, d, name, place, result, e.Text())
}

// test runs one test.
func (t *tester) test(o *tested, in input, subjects []*subject, test *ruleTest) {
	test.name = strings.Join(strings.Fields(clean(test.name)), " ")
	s, problem := choose(subjects, test.rule)
	if s != nil && test.rule == "" && len(o.not) > 0 {
		s, problem = nil, unclear // it may be about one that does not compile
	}
	if s == nil && t.flags.skip && o.passesOver(subjects, test.rule) {
		c := o.not[0].testCase("", nil)
		c.name, c.skip = c.name+": "+test.name, "the rule does not compile"
		o.cases = append(o.cases, c)
		t.line(o, o.not[0], test.name, test.Pos.String(), "skipped", c.skip)
		return
	}
	e := &sigma.Error{Pos: test.Pos, Code: codeBadTest, Msg: test.name + ": "}
	if s == nil {
		d := &document{job: t.job, outcome: o.outcome, file: in.path}
		e.Msg += problem
		t.note(o, d, test.Pos.String(), test.name, "error", e)
		o.testTotals.broken++
		return
	}
	s.tested = true
	if wrong := t.checkSource(s, test.source); wrong != nil {
		e.Pos, e.Msg, e.Hint = wrong.Pos, e.Msg+wrong.Msg, wrong.Hint
		t.note(o, s.document, test.Pos.String(), test.name, "error", e)
		o.testTotals.broken++
		return
	}
	v := s.run(test)
	switch {
	case v.err != "":
		e.Msg += v.err
		o.testTotals.broken++
		t.note(o, s.document, test.Pos.String(), test.name, "error", e)
	case v.why != "":
		e.Code, e.Msg = codeTestFailed, e.Msg+v.why
		o.testTotals.failed++
		before := len(o.issues.all)
		t.note(o, s.document, test.Pos.String(), test.name, "failed", e)
		for _, is := range o.issues.all[before:] {
			is.more = clean(v.more)
		}
	default:
		o.passed++
		c := s.testCase("", nil)
		c.name += ": " + test.name
		o.cases = append(o.cases, c)
		t.line(o, s.document, test.name, test.Pos.String(), "passed", "")
	}
}

// passesOver reports whether a test is about a rule that does not compile. Of one
// that cannot be read at all the names are not known.
func (o *tested) passesOver(subjects []*subject, name string) bool {
	return slices.ContainsFunc(o.not, func(d *document) bool {
		return name == "" && len(subjects) == 0 || name != "" && (d.doc == nil || d.called(name))
	})
}

// called reports whether the document has a name.
func (d *document) called(name string) bool {
	m := d.doc.Metadata()
	return m.ID == name || m.Name == name || m.Title == name
}

// unclear says why there is no rule that a test is about.
const unclear = "which of the rules of the file is meant is not clear; write rule: with an id, a name or a title"

// choose returns the rule that a test is about, or says why there is none.
func choose(subjects []*subject, name string) (*subject, string) {
	var found []*subject
	for _, s := range subjects {
		if name == "" && !s.inner || name != "" && s.called(name) {
			found = append(found, s)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], ""
	case len(found) > 1:
		return nil, unclear
	case name != "":
		return nil, fmt.Sprintf("no rule of the file that runs has the id, name or title %q", name)
	}
	return nil, "no rule of the file runs"
}

// finish counts a rule, and says so where it has no test.
func (t *tester) finish(o *tested, s *subject) {
	if s.inner && !s.tested {
		return // it serves correlations, and is tested with them
	}
	o.testTotals.rules++
	if s.tested {
		o.with++
		return
	}
	m := s.doc.Metadata()
	o.without = append(o.without, printable(fmt.Sprintf("%s: %s", m.Pos, strings.ReplaceAll(m.Title, "\n", " "))))
	if t.flags.require {
		t.note(o, s.document, "", "", "none", &sigma.Error{Pos: m.Pos, Code: codeNoTest, Msg: "the rule has no test"})
		return
	}
	c := s.testCase("", nil)
	c.skip = "the rule has no test"
	o.cases = append(o.cases, c)
	t.line(o, s.document, "", "", "none", "")
}

// A testLine is a line of --json. The keys, their order and their types are a
// promise to programs.
type testLine struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // of the rule; 0 where it is not known
	ID      string `json:"id"`
	Title   string `json:"title"`
	Test    string `json:"test"`  // "" where there is none, or it has no name
	Place   string `json:"place"` // of the test
	Result  string `json:"result"`
	Message string `json:"message"`
}

// line adds a line of --json.
func (t *tester) line(o *tested, d *document, test, place, result, message string) {
	if !t.flags.json {
		return
	}
	l := testLine{File: d.file, Test: test, Place: place, Result: result, Message: message}
	if d.doc != nil {
		m := d.doc.Metadata()
		l.Line, l.ID, l.Title = m.Line, m.ID, m.Title
	}
	text, _ := jsontext.Marshal(l) // strings and integers always encode
	o.lines = append(append(o.lines, text...), '\n')
}
