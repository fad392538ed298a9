package main

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma/compare"
)

// maxShownEvent is how much of an event is shown to people, in bytes. Events of
// JSON are whole.
const maxShownEvent = 2000

// changesText returns a block for each change, for people.
func changesText(changes []*change) string {
	var b strings.Builder
	for _, c := range changes {
		e := c.latest()
		fmt.Fprintf(&b, "%s:%d: %s\n", line(e.path), e.line(), line(title(e)))
		fmt.Fprintf(&b, "    %s\n", line(c.headline()))
		for _, d := range c.details() {
			fmt.Fprintf(&b, "    %s\n", line(d))
		}
		for _, s := range c.events() {
			fmt.Fprintf(&b, "    %-10s%s\n", s.label+":", s.text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// title returns what a document is called.
func title(e *located) string {
	m := e.meta()
	for _, s := range []string{m.Title, m.Name, m.ID} {
		if s != "" {
			return s
		}
	}
	return "(no title)"
}

// details returns what else there is to say of a change, a line each.
func (c *change) details() []string {
	var out []string
	if c.moved() {
		out = append(out, "moved from "+c.old.rel)
	}
	out = append(out, c.notes...)
	for _, w := range c.words {
		if s := wordText(w); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// wordText says what changed of an attribute. Of a detection that is written
// otherwise there is nothing to say: lines show it.
func wordText(w compare.Word) string {
	old, new := shorten(strings.Join(w.Old, ", ")), shorten(strings.Join(w.New, ", "))
	switch {
	case len(w.Old)+len(w.New) == 0 && isSection(w):
		return w.Key + ": written otherwise, with the same meaning"
	case len(w.Old)+len(w.New) == 0:
		return w.Key + ": in another order"
	case len(w.Old) == 0:
		return w.Key + ": + " + new
	case len(w.New) == 0:
		return w.Key + ": - " + old
	}
	return w.Key + ": " + old + " -> " + new
}

// line returns a text on one line, with nothing in it that a terminal could take
// for a command.
func line(s string) string {
	return strings.Join(strings.Fields(printable(s)), " ")
}

// A shownEvent is an event as people see it.
type shownEvent struct{ label, text string }

// events returns the events that show a difference.
func (c *change) events() []shownEvent {
	var out []shownEvent
	if c.result == nil {
		return nil
	}
	add := func(label string, e *compare.Event) {
		if e != nil {
			out = append(out, shownEvent{label, cutEvent(string(jsontext.AppendValue(nil, e.JSON)))})
		}
	}
	add("only new", c.result.OnlyNew)
	add("only old", c.result.OnlyOld)
	return out
}

// cutEvent shortens an event, which is said where it is done.
func cutEvent(s string) string {
	if len(s) <= maxShownEvent {
		return s
	}
	return strings.ToValidUTF8(s[:maxShownEvent], "") + fmt.Sprintf("... (%d bytes; --format json has all)", len(s))
}
