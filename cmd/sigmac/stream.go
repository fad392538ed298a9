package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"syscall"
)

// A stream is an output that takes the pieces of all files.
type stream struct {
	w     *bufio.Writer
	flush bool // after each piece, since somebody is watching
	some  bool // something was written
	lines bool // the last part has several lines
}

// put writes a piece behind the others.
func (s *stream) put(p *piece) error {
	if len(p.text) == 0 {
		return nil
	}
	if s.some && (s.lines || p.first) {
		if err := s.w.WriteByte('\n'); err != nil {
			return err
		}
	}
	s.some, s.lines = true, p.last
	if _, err := s.w.Write(p.text); err != nil || !s.flush {
		return err
	}
	return s.w.Flush()
}

// outputFailure returns the failure of an output that cannot be written. Where
// its reader went away there is nobody to tell.
func outputFailure(err error) error {
	if known := (*failure)(nil); errors.As(err, &known) {
		return err // a finalizer's
	}
	if errors.Is(err, syscall.EPIPE) {
		return &failure{code: exitRules}
	}
	return &failure{exitRules, fmt.Errorf("cannot write the output: %w", err)}
}

// totals are the sums of a run.
type totals struct {
	targets  []*target
	rules    tally
	of       []tally    // of each target
	verified []verified // of each target
	skip     bool
	why      reasons
	inPart   int // rules that work, but of which a part never matches
}

func (t *totals) add(o *outcome) {
	t.rules.add(o.rules)
	t.why.add(o.why)
	t.inPart += o.inPart
	for i := range o.of {
		t.of[i].add(o.of[i])
	}
	for i := range o.verified {
		t.verified[i].add(o.verified[i])
	}
}

// bad reports whether the exit code must say that rules failed.
func (t *totals) bad() bool {
	return t.rules[failed] > 0 || t.rules[unsupported] > 0 && !t.skip
}

// summarize prints a line for each target.
func summarize(w io.Writer, t *totals) {
	for i, target := range t.targets {
		c, verified := t.of[i], ""
		if i < len(t.verified) {
			verified = t.verified[i].rest()
		}
		fmt.Fprintf(w, "%d of %s converted to %s%s%s\n", c[right], rules(c.sum()), target.name, c.rest(), verified)
	}
}

// rest says what became of the rules that are not right.
func (t tally) rest() string {
	switch {
	case t[failed] > 0 && t[unsupported] > 0:
		return fmt.Sprintf("; %d failed, %d unsupported", t[failed], t[unsupported])
	case t[failed] > 0:
		return fmt.Sprintf("; %d failed", t[failed])
	case t[unsupported] > 0:
		return fmt.Sprintf("; %d unsupported", t[unsupported])
	}
	return ""
}

func rules(n int) string {
	if n == 1 {
		return "1 rule"
	}
	return fmt.Sprintf("%d rules", n)
}
