package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// reportFlags say which reports of a run are wanted, and what makes it fail.
type reportFlags struct {
	sarif, junit  string
	github        bool
	baseline      string
	writeBaseline bool
	failLevel     string
}

func (f *reportFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.sarif, "sarif", "", "write SARIF 2.1.0 to this `file`, for code scanning; - is standard output")
	flags.StringVar(&f.junit, "junitxml", "", "write JUnit XML to this `file`; - is standard output")
	flags.BoolVar(&f.github, "github", false, "write annotations for GitHub Actions to standard output")
	flags.StringVar(&f.baseline, "baseline", "", "`file` of findings that are known: they are counted, and nothing else")
	flags.BoolVar(&f.writeBaseline, "write-baseline", false, "write the findings of this run to the file of --baseline")
	flags.StringVar(&f.failLevel, "fail-level", "error", "what the exit code 1 is for: `error` or warning")
	fixed(cmd, "fail-level", "error\terrors", "warning\twarnings, too")
}

// prepare checks the flags and reads the baseline. output says which other flag
// wants standard output, "" where none does.
func (f *reportFlags) prepare(a *app, command, output string) (*reporting, error) {
	if wanted := f.onOutput(output); len(wanted) > 1 {
		return nil, usage("name a file for the others", "only one of %s can have standard output", list(wanted))
	}
	if f.writeBaseline && f.baseline == "" {
		return nil, usage("name the file: --baseline FILE --write-baseline", "--write-baseline needs --baseline")
	}
	r := &reporting{command: command, flags: f, gate: kindError, hashes: f.sarif != "", inputs: map[string]bool{}, names: map[string]bool{"": true}}
	switch f.failLevel {
	case "error":
	case "warning":
		r.gate = kindWarning
	default:
		return nil, usage("it is error or warning", "there is no level %q", f.failLevel)
	}
	var err error
	if r.folder, err = workingFolder(); err != nil {
		return nil, err
	}
	if f.github {
		a.err = inertWriter{a.err}
	}
	r.baseline, err = readBaseline(f.baseline, f.writeBaseline)
	return r, err
}

// onOutput returns the flags that want standard output.
func (f *reportFlags) onOutput(output string) []string {
	var wanted []string
	for _, flag := range []struct {
		name string
		is   bool
	}{{output, output != ""}, {"--github", f.github}, {"--sarif -", f.sarif == dash}, {"--junitxml -", f.junit == dash}} {
		if flag.is {
			wanted = append(wanted, flag.name)
		}
	}
	return wanted
}

// An inertWriter is a log in which no text of rules is a workflow command.
type inertWriter struct{ io.Writer }

// Write writes whole lines.
func (w inertWriter) Write(b []byte) (int, error) {
	if _, err := io.WriteString(w.Writer, inert(string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// write writes the reports that are wanted, and to standard error what is to be
// known of them.
func (r *reporting) write(a *app, quiet bool) error {
	note := a.note
	if quiet {
		note = func(string, ...any) {}
	}
	f := r.flags
	if f.sarif != "" {
		text, left := r.sarif()
		if left > 0 {
			a.note("%s in %s: GitHub takes %d of a run and files of 10 MB at most", count(left, "result is left out", "results are left out"), f.sarif, maxResults)
		}
		if err := writeReport(a, f.sarif, text); err != nil {
			return err
		}
	}
	if f.junit != "" {
		if err := writeReport(a, f.junit, r.junit()); err != nil {
			return err
		}
	}
	if f.github {
		var b bytes.Buffer
		_ = annotate(&b, r.annotations()) // a buffer takes all
		if err := writeReport(a, dash, b.Bytes()); err != nil {
			return err
		}
	}
	return r.finishBaseline(note)
}

// writeReport writes a report to a file or to standard output.
func writeReport(a *app, path string, text []byte) error {
	var err error
	if path == dash {
		_, err = a.out.Write(text)
	} else {
		err = os.WriteFile(path, text, 0o666)
	}
	if err != nil {
		return &failure{exitUsage, fmt.Errorf("cannot write the report: %w", err)}
	}
	return nil
}

// annotations returns what GitHub shows: errors first, since it shows only so
// many, and what the baseline has not at all.
func (r *reporting) annotations() []annotation {
	var list []annotation
	for _, level := range []struct {
		kind kind
		name string
	}{{kindError, "error"}, {kindWarning, "warning"}} {
		for _, is := range r.issues {
			if is.kind == level.kind && !is.known {
				list = append(list, annotation{
					level: level.name, title: "sigmac: " + string(is.code), file: is.file, line: is.line, col: is.col, end: is.end, text: is.message(),
				})
			}
		}
	}
	return list
}

// message returns the text with the target it is about.
func (is *issue) message() string {
	if is.target == "" {
		return is.text
	}
	return is.target + ": " + is.text
}
