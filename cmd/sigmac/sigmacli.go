package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A sigmaCLI is the program sigma of pySigma, which is run once for each rule:
// what it prints for several rules cannot be told apart, since queries may have
// several lines. The rule is its standard input, so that no path is taken for
// a flag; there is no shell.
type sigmaCLI struct {
	path    string
	args    []string
	timeout time.Duration
}

// cliTargets are the targets of sigma-cli by ours.
var cliTargets = map[string]string{"splunk": "splunk", "lucene": "lucene", "eql": "eql", "esql": "esql", "kusto": "kusto"}

// The bounds of what a run may print.
const (
	maxPrinted  = 16 << 20 // queries
	maxReported = 64 << 10 // errors
)

// newSigmaCLI finds the program. It is told to take the pipelines that were
// asked for even where they were written for another language: what is compared
// is what they make of the rule.
func newSigmaCLI(command string, timeout time.Duration, t *target, pipelines []string) (*sigmaCLI, error) {
	name, ok := cliTargets[t.name]
	if !ok {
		return nil, usage("it has "+list(slices.Sorted(maps.Keys(cliTargets)))+"; give the queries of another converter as a file",
			"sigma-cli has no target for %s", t.name)
	}
	if timeout <= 0 {
		return nil, usage("write a time such as 60s", "there must be time to wait for sigma-cli, not %v", timeout)
	}
	path, err := exec.LookPath(command)
	if err != nil {
		return nil, brokenCLI("name its program with --against-command", "sigma-cli cannot be run: %v", err)
	}
	s := &sigmaCLI{path: path, timeout: timeout, args: []string{"convert", "-t", name}}
	for _, p := range pipelines {
		s.args = append(s.args, "-p", p)
	}
	if len(pipelines) == 0 {
		s.args = append(s.args, "--without-pipeline")
	}
	s.args = append(s.args, "--disable-pipeline-check", dash)
	return s, nil
}

// brokenCLI returns the failure that sigma-cli cannot be used.
func brokenCLI(hint, format string, args ...any) error {
	return &failure{exitConfig, &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf(format, args...), Hint: hint}}
}

// String returns the command line.
func (s *sigmaCLI) String() string { return s.path + " " + strings.Join(s.args, " ") }

// tryRule is a rule that each converter knows how to convert.
const tryRule = `title: sigmac tries whether sigma-cli works
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        CommandLine: sigmac
    condition: selection
`

// try runs the program once, so that what is wrong with the program itself is
// not said of each rule. That it refuses the rule in its own words, as a
// pipeline may have it, is not wrong.
func (s *sigmaCLI) try() error {
	r := s.run([]byte(tryRule))
	switch {
	case r.late():
		return brokenCLI("--timeout gives it more time", "sigma-cli did not end within %v", s.timeout)
	case r.err != nil && (r.exit != 1 || !r.refuses()):
		return brokenCLI("", "sigma-cli does not work: %s: %v: %s", s, r.err, r.complaint())
	}
	return nil
}

// queries runs the program for one rule.
func (s *sigmaCLI) queries(_ int, d *document) (other, error) {
	rule, ok := d.doc.(*sigma.Rule)
	if !ok {
		return noRule(d), nil
	}
	text := rule.File.Data
	if d.number > 0 {
		var b bytes.Buffer
		if err := sigma.Write(&b, rule); err != nil {
			return other{absent: "the rule cannot be written by itself: " + err.Error()}, nil
		}
		text = b.Bytes()
	}
	r := s.run(text)
	switch {
	case r.late():
		return other{absent: fmt.Sprintf("sigma-cli did not end within %v", s.timeout)}, nil
	case r.out.over:
		return other{absent: "sigma-cli printed too much"}, nil
	case r.exit == 1:
		return other{err: r.complaint()}, nil
	case r.exit < 0:
		return other{absent: fmt.Sprintf("sigma-cli was ended: %v", r.err)}, nil
	case r.err != nil:
		return other{}, fmt.Errorf("%s: %w: %s", s, r.err, r.complaint())
	}
	return parts(string(r.out.text), len(rule.Detection.Conditions)), nil
}

// A cliRun is what a run of the program came to.
type cliRun struct {
	out, report *bounded
	exit        int   // the exit code; -1 where it was ended by a signal
	err         error // why it did not end well
	expired     error // that it took too long
}

// run runs the program with a rule for its standard input. Both sides of the
// pipe are UTF-8, whatever the locale is.
func (s *sigmaCLI) run(rule []byte) *cliRun {
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	r := &cliRun{out: &bounded{max: maxPrinted}, report: &bounded{max: maxReported}}
	cmd := exec.CommandContext(ctx, s.path, s.args...)
	cmd.Env = append(os.Environ(), "PYTHONUTF8=1", "PYTHONIOENCODING=utf-8")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(rule), r.out, r.report
	cmd.WaitDelay = time.Second
	r.err = cmd.Run()
	r.expired = ctx.Err()
	if exit := (*exec.ExitError)(nil); errors.As(r.err, &exit) {
		r.exit = exit.ExitCode()
	}
	return r
}

// late reports whether the program took too long.
func (r *cliRun) late() bool { return r.err != nil && r.expired != nil }

// traceback begins the report of a Python program that did not expect what
// happened.
const traceback = "Traceback (most recent call last):"

// refusal begins the line in which the program says what is wrong.
const refusal = "Error:"

// refuses reports whether the program says that something is wrong, and did
// not just end where it did not mean to.
func (r *cliRun) refuses() bool {
	return !bytes.Contains(r.report.text, []byte(traceback)) && bytes.Contains(append([]byte("\n"), r.report.text...), []byte("\n"+refusal))
}

// complaint returns what a report says is wrong, on one line: what follows
// the word Error, or the exception below the last traceback, or all of it.
func (r *cliRun) complaint() string {
	lines := strings.Split(string(r.report.text), "\n")
	from := 0
	for i, line := range lines {
		if strings.HasPrefix(line, refusal) || strings.HasPrefix(line, traceback) {
			from = i
		}
	}
	if strings.HasPrefix(lines[from], traceback) {
		from++
		for from < len(lines)-1 && strings.HasPrefix(lines[from], " ") {
			from++
		}
	}
	text := strings.Join(strings.Fields(strings.Join(lines[from:], " ")), " ")
	text = strings.TrimSpace(strings.TrimPrefix(text, refusal))
	text = strings.TrimPrefix(text, "Error while converting: ")
	switch {
	case text != "":
		return text
	case r.exit == 1:
		return "it ends with exit code 1 and says nothing"
	}
	return fmt.Sprint(r.err)
}

// parts returns the queries in what was printed: all of it for one condition,
// and what blank lines keep apart for several.
func parts(text string, n int) other {
	text = strings.TrimSuffix(text, "\n")
	queries := []string{text}
	if n > 1 {
		queries = strings.Split(text, "\n\n")
	}
	switch {
	case strings.TrimSpace(text) == "":
		return other{err: "sigma-cli prints no query"}
	case len(queries) != n:
		return other{absent: fmt.Sprintf("the rule has %d conditions, and sigma-cli prints %s", n, count(len(queries), "query", "queries"))}
	}
	return other{queries: queries}
}

func (s *sigmaCLI) left() string { return "" }

// A bounded keeps what a program prints, up to a number of bytes.
type bounded struct {
	text []byte
	max  int
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.max-len(b.text))
	b.text = append(b.text, p[:n]...)
	b.over = b.over || n < len(p)
	return len(p), nil
}
