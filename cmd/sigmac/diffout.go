package main

import (
	"encoding/json"
	"fmt"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// renderDiffText returns the renderer of blocks for people: a rule each, with
// an event that shows the difference. verbose has rules that are the same, too.
func renderDiffText(verbose bool) func([]byte, *document, *difftested) []byte {
	return func(b []byte, d *document, r *difftested) []byte {
		if r.verdict == same && !verbose {
			return b
		}
		w := diffWriter{b}
		w.line("%s:%d: %s", d.file, d.doc.Metadata().Line, d.doc.Metadata().Title)
		w.line("    %s", r.headline())
		if r.verdict != absent {
			w.side("sigmac", r.ours)
			w.side("other", r.theirs.queries)
		}
		if r.events != nil {
			w.unread("sigmac", &r.events.Ours)
			w.unread("other", &r.events.Theirs)
			w.events(r.events)
		}
		w.line("")
		return w.b
	}
}

// headline says in words how the queries compare.
func (r *difftested) headline() string {
	switch r.verdict {
	case same:
		return "same meaning on " + count(len(r.events.Events), "event", "events")
	case different:
		return fmt.Sprintf("different: %s (%d of %d events differ)", map[string]string{
			"less": "the other finds less", "more": "the other finds more", "both": "the other finds some more and some less"}[which(r.events)],
			r.events.More+r.events.Less, len(r.events.Events))
	case refused:
		if r.events.Ours.Refused() {
			return "the language refuses sigmac's query"
		}
		return "the language refuses the other's query"
	case onlyOurs:
		return "only sigmac converts the rule; the other: " + r.theirs.err
	case onlyTheirs:
		return "only the other converts the rule; sigmac: " + r.errs[0].Text()
	case neither:
		return "neither converts the rule; sigmac: " + r.errs[0].Text() + "; the other: " + r.theirs.err
	case unknown:
		return "not compared: " + r.whyUnknown()
	}
	return "not compared: " + r.theirs.absent
}

func (r *difftested) whyUnknown() string {
	if r.events == nil {
		return r.theirs.absent
	}
	return "a query is not known to the reader"
}

// A diffWriter writes a block.
type diffWriter struct{ b []byte }

func (w *diffWriter) line(format string, args ...any) {
	w.b = append(append(w.b, printable(fmt.Sprintf(format, args...))...), '\n')
}

// side writes the queries of one side.
func (w *diffWriter) side(name string, queries []string) {
	for _, q := range queries {
		w.line("    %-7s %s", name+":", shorten(q))
	}
}

// unread writes why a side's query was not read, with the place.
func (w *diffWriter) unread(name string, s *verify.Side) {
	if s.Unread == nil {
		return
	}
	what := "refused"
	if s.Unread.Err.Foreign {
		what = "not known"
	}
	w.line("    %-7s %s: %s%s", name+":", what, s.Unread.Err.Error(), near(s.Unread))
}

// near returns what stands at the place of a reader's error.
func near(u *verify.Unread) string {
	at := u.Err.Offset
	if at < 0 || at >= len(u.Query) {
		return ""
	}
	rest := []rune(u.Query[at:])
	if len(rest) > maxNear {
		rest = append(rest[:maxNear:maxNear], []rune(" ...")...)
	}
	return ", before " + shorten(string(rest))
}

// maxNear is how many characters of a query show a place in it.
const maxNear = 40

// events writes the events that show a difference, with what each side and the
// rule say.
func (w *diffWriter) events(c *verify.Comparison) {
	for _, a := range c.Shown() {
		w.line("    event:  %s", shorten(string(a.JSON)))
		w.line("            %s", shorten(a.Why))
		rule := "the rule does not match it"
		if a.Expect {
			rule = "the rule matches it"
		}
		w.line("            %s%s%s", rule, says("sigmac", &c.Ours, a.Ours, a.Expect), says("the other", &c.Theirs, a.Theirs, a.Expect))
		if a.Known != nil {
			w.line("            as sigmac warns: %s", a.Known.Msg)
		}
	}
	w.sum("sigmac", &c.Ours, len(c.Events))
	w.sum("other", &c.Theirs, len(c.Events))
}

// says returns what a side says of an event, nothing where it was not
// compared.
func says(name string, s *verify.Side, found, expect bool) string {
	if s.Queries == nil || s.Unread != nil {
		return ""
	}
	does, right := "does not find it", "wrong"
	if found {
		does = "finds it"
	}
	if found == expect {
		right = "right"
	}
	return fmt.Sprintf("; %s %s: %s", name, does, right)
}

// sum writes how a side compares with the rule on all events.
func (w *diffWriter) sum(name string, s *verify.Side, n int) {
	switch {
	case s.Queries == nil || s.Unread != nil:
	case s.Right():
		w.line("    %-7s right about all of %s", name+":", count(n, "event", "events"))
	default:
		w.line("    %-7s misses %d, finds %d too many, of %s", name+":", s.Misses, s.Extra, count(n, "event", "events"))
	}
}

// A diffRecord is a line of --json. The keys, their order and their types are a
// promise to programs.
type diffRecord struct {
	File    string      `json:"file"`
	Line    int         `json:"line"`
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Target  string      `json:"target"`
	Verdict string      `json:"verdict"`
	Which   string      `json:"which,omitempty"` // of a different one: the other finds less, more, or both
	Absent  string      `json:"absent,omitempty"`
	Ours    diffSide    `json:"ours"`
	Theirs  diffSide    `json:"theirs"`
	Events  int         `json:"events"`
	LeftOut int         `json:"left_out"`
	More    int         `json:"more"` // events that the other finds and sigmac does not
	Less    int         `json:"less"`
	Shown   []diffEvent `json:"shown"`
}

// A diffSide is what is known of the queries of one side.
type diffSide struct {
	Queries []string    `json:"queries"`
	Error   string      `json:"error,omitempty"`  // why it does not convert the rule
	Unread  *diffUnread `json:"unread,omitempty"` // why a query was not read back
	Right   bool        `json:"right"`            // it says of every event what the rule says
	Misses  int         `json:"misses"`
	Extra   int         `json:"extra"`
}

// A diffUnread says why a query was not read back.
type diffUnread struct {
	Refused bool   `json:"refused"` // by the language; else it is not known to the reader
	At      int    `json:"at"`      // bytes into the query
	Message string `json:"message"`
	Query   string `json:"query"`
}

// A diffEvent is an event that shows a difference, with what the rule and both
// sides say of it.
type diffEvent struct {
	Expect  bool            `json:"expect"`
	Ours    bool            `json:"ours"`
	Theirs  bool            `json:"theirs"`
	Why     string          `json:"why"`
	Event   json.RawMessage `json:"event"`
	Warning *remark         `json:"warning,omitempty"` // of sigmac's query, that tells why it is off
}

// renderDiffJSON appends an object on a line.
func renderDiffJSON(b []byte, d *document, r *difftested) []byte {
	m := d.doc.Metadata()
	out := diffRecord{File: d.file, Line: m.Line, ID: m.ID, Title: m.Title, Target: r.target.name, Verdict: r.verdict.String(), Absent: r.theirs.absent,
		Ours: diffSide{Queries: []string{}}, Theirs: diffSide{Queries: []string{}, Error: r.theirs.err}, Shown: []diffEvent{}}
	if r.theirs.queries != nil {
		out.Theirs.Queries = r.theirs.queries
	}
	if r.ours != nil {
		out.Ours.Queries = r.ours
	}
	if len(r.errs) > 0 {
		out.Ours.Error = r.errs[0].Text()
	}
	if c := r.events; c != nil {
		out.Events, out.LeftOut, out.More, out.Less = len(c.Events), c.LeftOut, c.More, c.Less
		out.Ours.take(&c.Ours)
		out.Theirs.take(&c.Theirs)
		out.Shown = diffEvents(c)
	}
	if r.verdict == different {
		out.Which = which(r.events)
	}
	text, err := jsontext.Marshal(out)
	if err != nil {
		return b // strings, integers and slices of them always encode
	}
	return append(append(b, text...), '\n')
}

// take takes what was found out about a side.
func (s *diffSide) take(v *verify.Side) {
	if v.Unread != nil {
		s.Unread = newDiffUnread(v.Unread.Query, v.Unread.Err)
	}
	s.Right, s.Misses, s.Extra = v.Right(), v.Misses, v.Extra
}

func newDiffUnread(query string, e *readback.Error) *diffUnread {
	return &diffUnread{Refused: !e.Foreign, At: e.Offset, Message: e.Msg, Query: query}
}

func diffEvents(c *verify.Comparison) []diffEvent {
	out := []diffEvent{}
	for _, a := range c.Shown() {
		e := diffEvent{Expect: a.Expect, Ours: a.Ours, Theirs: a.Theirs, Why: a.Why, Event: a.JSON}
		if a.Known != nil {
			w := newRemark(a.Known)
			e.Warning = &w
		}
		out = append(out, e)
	}
	return out
}
