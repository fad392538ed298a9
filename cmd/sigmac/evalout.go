package main

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// evalTotals are the sums of a run of eval.
type evalTotals struct {
	header               []byte // of a table, until it is written
	events, matches, bad int
	alerts               int // of correlations
	open                 int // answers that are not known
	unread               int // files that could not be read to their end
}

// write writes what the rules said of a portion. Only now the number of
// events before it is known.
func (t *evalTotals) write(w *bufio.Writer, o *evalOutcome) error {
	if o.matches > 0 && t.header != nil {
		if _, err := w.Write(t.header); err != nil {
			return err
		}
		t.header = nil
	}
	from := 0
	var num [20]byte
	for _, h := range o.holes {
		digits := strconv.AppendInt(num[:0], int64(o.file.index+h.index), 10)
		_, err := w.Write(o.text[from:h.at])
		if err == nil {
			_, err = w.Write(digits)
		}
		for i := len(digits); i < h.width && err == nil; i++ {
			err = w.WriteByte(' ')
		}
		if err != nil {
			return err
		}
		from = h.at
	}
	_, err := w.Write(o.text[from:])
	o.file.index += o.events
	t.events += o.events
	t.matches += o.matches
	t.bad += o.bad
	t.open += o.doubtful
	if o.err != nil {
		t.unread++
	}
	return err
}

// writeAlerts writes the alerts that were told.
func (t *evalTotals) writeAlerts(w *bufio.Writer, c *correlating) error {
	t.alerts = c.alerts
	if len(c.text) == 0 {
		return nil
	}
	_, err := w.Write(append(t.header, c.text...))
	c.text, t.header = c.text[:0], nil
	return err
}

// String returns the summary.
func (t *evalTotals) String() string {
	parts := []string{fmt.Sprintf("%s in %s", count(t.matches, "match", "matches"), count(t.events, "event", "events"))}
	if t.bad > 0 {
		parts = append(parts, count(t.bad, "event", "events")+" could not be read")
	}
	if t.open > 0 {
		parts = append(parts, count(t.open, "answer is", "answers are")+" not known")
	}
	if t.unread > 0 {
		parts = append(parts, count(t.unread, "file", "files")+" could not be read to the end")
	}
	return strings.Join(parts, "; ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// failure returns what the exit code tells of.
func (t *evalTotals) failure(onMatch bool) error {
	if t.unread > 0 {
		return &failure{code: exitUsage}
	}
	if onMatch && t.matches+t.alerts > 0 {
		return &failure{code: exitMatches}
	}
	return nil
}

// evalOutputFailure is outputFailure with a code that is not that of matches.
func evalOutputFailure(err error) error {
	f := &failure{}
	if errors.As(outputFailure(err), &f) {
		f.code = exitUsage
	}
	return f
}
