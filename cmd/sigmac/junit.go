package main

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"path"
	"strings"
)

// The elements of JUnit's XML that its readers (Jenkins, GitLab, GitHub's
// actions) have in common; there is no standard. No times are written, so that
// equal runs have equal reports.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []*junitSuite `xml:"testsuite"`
	}
	junitCounts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Cases []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Skipped *junitProblem `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// junit returns the report as JUnit's XML: a suite for each target, and a test
// for each rule, so that what passes is seen.
func (r *reporting) junit() []byte {
	doc := junitSuites{Name: "sigmac " + r.command, Suites: []*junitSuite{}}
	suites := make(map[string]*junitSuite)
	for i := range r.cases {
		c := &r.cases[i]
		s := suites[c.suite]
		if s == nil {
			s = &junitSuite{Name: "sigmac " + r.command}
			if c.suite != "" {
				s.Name += " " + c.suite
			}
			suites[c.suite] = s
			doc.Suites = append(doc.Suites, s)
		}
		s.Cases = append(s.Cases, r.junitCase(c))
	}
	for _, s := range doc.Suites {
		for i := range s.Cases {
			s.count(&s.Cases[i])
			doc.count(&s.Cases[i])
		}
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", " ")
	_ = e.Encode(doc) // characters that XML cannot have become U+FFFD
	b.WriteByte('\n')
	return b.Bytes()
}

func (n *junitCounts) count(c *junitCase) {
	n.Tests++
	switch {
	case c.Error != nil:
		n.Errors++
	case c.Failure != nil:
		n.Failures++
	case c.Skipped != nil:
		n.Skipped++
	}
}

// junitCase returns what became of a rule: a failure where the rule is wrong, an
// error where it could not be looked at, skipped where it does not count.
func (r *reporting) junitCase(c *testCase) junitCase {
	out := junitCase{Name: c.name, Class: strings.TrimSuffix(cmp.Or(c.file, "stdin"), path.Ext(c.file)), File: c.file, Line: c.line}
	var failed, skipped, others []*issue
	for _, is := range c.issues {
		switch {
		case r.fails(is):
			failed = append(failed, is)
		case is.kind == kindSkipped || is.kind == kindError:
			skipped = append(skipped, is)
		default:
			others = append(others, is)
		}
	}
	switch {
	case len(failed) > 0 && (failed[0].code == codeBadTest || failed[0].code == "unreadable"):
		out.Error = junitProblemOf(failed)
	case len(failed) > 0:
		out.Failure = junitProblemOf(failed)
	case len(skipped) > 0:
		out.Skipped = junitProblemOf(skipped)
	case c.skip != "":
		out.Skipped = &junitProblem{Message: c.skip}
	}
	out.Out = lines(others)
	return out
}

// junitProblemOf returns what stands below a test: the first message, and all
// with their places.
func junitProblemOf(list []*issue) *junitProblem {
	p := &junitProblem{Message: list[0].text, Type: string(list[0].code), Text: lines(list)}
	if list[0].known {
		p.Message = "known: " + p.Message
	}
	return p
}

// lines returns issues as messages, one below the other.
func lines(list []*issue) string {
	var b strings.Builder
	for i, is := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(is.String())
	}
	return b.String()
}
