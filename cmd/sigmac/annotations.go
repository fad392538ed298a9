package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// An annotation is what GitHub shows beside a line of a file, of a pull request
// too.
type annotation struct {
	level string // error, warning or notice
	title string // may be empty
	file  string // relative to the repository, with slashes; "" for the run as a whole
	line  int    // from 1; 0 for the file as a whole
	col   int    // from 1; 0 for the line as a whole
	end   int    // the column behind the last character; 0 where it is not known
	text  string // may have several lines
}

// Only so many annotations of a level are shown of one step; what else it
// prints stays in its log (docs.github.com, "Workflow commands").
const maxAnnotations = 10

// appendTo appends the workflow command of the annotation, which is one line
// whatever the texts are.
func (a *annotation) appendTo(b []byte) []byte {
	b = append(append(b, "::"...), a.level...)
	sep := byte(' ')
	property := func(name, value string) {
		if value == "" {
			return
		}
		b = append(append(append(b, sep), name...), '=')
		b = append(b, escapeProperty.Replace(value)...)
		sep = ','
	}
	property("file", a.file)
	if a.file != "" && a.line > 0 {
		property("line", strconv.Itoa(a.line))
		if a.col > 0 {
			property("col", strconv.Itoa(a.col))
		}
		if a.end > a.col && a.col > 0 {
			property("endColumn", strconv.Itoa(a.end))
		}
	}
	property("title", a.title)
	b = append(b, "::"...)
	b = append(b, escapeData.Replace(a.text)...)
	return append(b, '\n')
}

// A command ends with its line, a property at a comma or at the "::" before
// the text. The percent sign escapes all of them.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// annotate writes annotations, as many of each level as GitHub shows, and says
// where the others are. Those that come first are shown.
func annotate(w io.Writer, list []annotation) error {
	var b []byte
	written, more := map[string]int{}, 0
	for i := range list {
		a := &list[i]
		if written[a.level]++; written[a.level] > maxAnnotations {
			more++
			continue
		}
		b = a.appendTo(b)
	}
	if more > 0 {
		rest := annotation{level: "notice", title: "sigmac", text: fmt.Sprintf(
			"%s; GitHub shows %d of a level in a step. The log of the step has all.", count(more, "more is not shown here", "more are not shown here"), maxAnnotations)}
		b = rest.appendTo(b)
	}
	_, err := w.Write(b)
	return err
}

// inert returns text for the log of a step in which no line is a workflow
// command: the runner takes a line for one that begins with "::", white space
// aside, or has "##[" anywhere, on standard error too.
func inert(text string) string {
	if !strings.Contains(text, "::") && !strings.Contains(text, "##[") {
		return text
	}
	text = strings.ReplaceAll(text, "##[", "## [")
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		rest := strings.TrimSpace(line)
		if strings.HasPrefix(rest, "::") {
			at := strings.Index(line, "::")
			lines[i] = line[:at] + ": :" + line[at+2:]
		}
	}
	return strings.Join(lines, "")
}
