package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
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

// newSigmaCLI finds the program.
func newSigmaCLI(command string, timeout time.Duration, t *target, pipelines []string) (*sigmaCLI, error) {
	name, ok := cliTargets[t.name]
	if !ok {
		return nil, usage("", "sigma-cli has no target for %s", t.name)
	}
	if timeout <= 0 {
		return nil, usage("write a time such as 60s", "there must be time to wait for sigma-cli, not %v", timeout)
	}
	path, err := exec.LookPath(command)
	if err != nil {
		return nil, &failure{exitConfig, &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("sigma-cli cannot be run: %v", err),
			Hint: "name its program with --against-command"}}
	}
	s := &sigmaCLI{path: path, timeout: timeout, args: []string{"convert", "-t", name}}
	for _, p := range pipelines {
		s.args = append(s.args, "-p", p)
	}
	if len(pipelines) == 0 {
		s.args = append(s.args, "--without-pipeline")
	}
	s.args = append(s.args, dash)
	return s, nil
}

// String returns the command line.
func (s *sigmaCLI) String() string { return s.path + " " + strings.Join(s.args, " ") }

// queries runs the program for one rule.
func (s *sigmaCLI) queries(_ int, d *document) (other, error) {
	rule, ok := d.doc.(*sigma.Rule)
	if !ok {
		return other{absent: "it is no detection rule"}, nil
	}
	text := rule.File.Data
	if d.number > 0 {
		var b bytes.Buffer
		if err := sigma.Write(&b, rule); err != nil {
			return other{absent: "the rule cannot be written by itself: " + err.Error()}, nil
		}
		text = b.Bytes()
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.path, s.args...)
	out, report := &bounded{max: maxPrinted}, &bounded{max: maxReported}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), out, report
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch exit := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return other{absent: fmt.Sprintf("sigma-cli did not end within %v", s.timeout)}, nil
	case out.over:
		return other{absent: "sigma-cli printed too much"}, nil
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return other{err: lastLine(report.text)}, nil
	case err != nil:
		return other{}, fmt.Errorf("%s: %w: %s", s, err, strings.TrimSpace(string(report.text)))
	}
	return parts(string(out.text), len(rule.Detection.Conditions)), nil
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

// lastLine returns the last line of a report, without the word that it begins
// with.
func lastLine(report []byte) string {
	text := strings.TrimSpace(string(report))
	return strings.TrimPrefix(text[strings.LastIndexByte(text, '\n')+1:], "Error: ")
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
