package eql

import (
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A sequence finds events one after the other, within maxspan of the first one,
// that included (Elasticsearch Reference, "EQL syntax", "Sequences"; the engine
// drops what is longer by more). For each stage and join key the engine keeps
// the latest one that is pending. So a sequence is found in each run of
// moments at which a correlation fires, at the first moment of it, though not
// at each: an event that a sequence has used is not in the next one.
//
// Where nothing but "at least" is asked, that is what the correlation means. A
// sequence cannot say "at most", nor compute with values.

// maxRuns is how often an item can be asked for ("with runs").
const maxRuns = 100

// correlation writes a correlation.
func correlation(c *emit.Correlating) string {
	x := c.Correlation
	for _, m := range x.Members {
		if m.Correlation != nil {
			c.Unsupported(m.Pos, "a correlation of correlations", "esql can say it of correlations of rules")
			return ""
		}
	}
	w := &writer{Correlating: c}
	if !w.read() {
		return ""
	}
	switch x.Type {
	case ir.EventCount:
		return w.eventCount()
	case ir.Temporal:
		return w.temporal()
	case ir.TemporalOrdered:
		return w.ordered()
	}
	c.Unsupported(x.Source.TypePos, x.Type.String(), "sequences compare no values: esql can")
	return ""
}

// A writer writes one correlation.
type writer struct {
	*emit.Correlating
	conditions []emit.Frag // of the members
	keys       [][]string  // of the members: the fields that they are joined by
	same       bool        // those of all members are the same
}

// read writes the conditions and join keys of the members, and reports whether
// that went well.
func (w *writer) read() bool {
	x := w.Correlation
	for _, m := range x.Members {
		e := w.EventsOf(m)
		w.conditions = append(w.conditions, condition(e.Job, e.Where))
		w.keys = append(w.keys, w.joinKeys(m, e.Job))
		if len(e.Errors) > 0 {
			return false
		}
	}
	w.same = elastic.SameReads(x.Members, x.Keys)
	return len(w.Errors) == 0
}

// joinKeys returns the fields that a member's events are joined by. An event
// without one is in no sequence, as it is in no group (C8); one with several
// values is in the sequences of each.
func (w *writer) joinKeys(m *ir.Member, j *emit.Job) []string {
	var out []string
	for _, r := range elastic.Keys(w.Correlating, m, w.Correlation.Keys) {
		if len(r.Fields) > 1 {
			w.Unsupported(r.Pos, "the first of several fields that is there, "+strings.Join(r.Fields, ", "), "esql can")
			return nil
		}
		f := elastic.FieldOf(j, r, r.Fields[0])
		if f.Type() == schema.Text {
			if f.Column.Whole == "" {
				w.Fail(r.Pos, sigma.Unsupported, "esql can", "%s is analysed text, which EQL does not join by", f.Name)
				return nil
			}
			f.Name = f.Column.Whole
		}
		out = append(out, name(f.Name))
	}
	return out
}

// eventCount asks for the same item so many times (C14). Of several rules, an
// event that matches one of them is such an item.
func (w *writer) eventCount() string {
	if bad := w.Correlation.NotRising(); bad != nil {
		w.upper(bad)
		return ""
	}
	n, ok := w.Correlation.Least()
	if !ok || n > maxRuns {
		w.Fail(w.Correlation.Bounds[0].Pos, sigma.Unsupported, "esql can", "EQL counts up to %d events of one kind", maxRuns)
		return ""
	}
	all := make([]int, len(w.conditions))
	for i := range all {
		all[i] = i
	}
	if n == 1 {
		return w.single(all)
	}
	if !w.same {
		w.Unsupported(elastic.AliasPos(w.Correlation), "a count of events of several rules that are grouped by different fields", "esql can")
		return ""
	}
	return w.head(w.keys[0]) + "\n  " + item(w.either(all)) + " with runs=" + strconv.Itoa(n)
}

// upper notes that a bound cannot be said.
func (w *writer) upper(b *ir.Bound) {
	w.Unsupported(b.Pos, "that there are no more events than some: a sequence is found as soon as there are enough of them", "esql can")
}

// hold reports whether the bounds hold for a count.
func hold(bounds []ir.Bound, n int) bool {
	for _, b := range bounds {
		if !b.Holds(number(n).Cmp(b.Number)) {
			return false
		}
	}
	return true
}

func number(n int) ir.Number { return ir.Number(strconv.Itoa(n)) }

// ordered asks for the items in their order (C18). How many rules occur in
// order is how many of the first ones do.
func (w *writer) ordered() string {
	x := w.Correlation
	n := 0
	for n <= len(x.Members) && !hold(x.Bounds, n) {
		n++
	}
	for m := n; m <= len(x.Members); m++ {
		if n == 0 || !hold(x.Bounds, m) {
			w.upper(&x.Bounds[0])
			return ""
		}
	}
	switch {
	case n > len(x.Members):
		w.Fail(x.Bounds[0].Pos, sigma.BadCondition, "", "there are %d rules: the condition never holds", len(x.Members))
		return ""
	case n == 1:
		return w.single([]int{0})
	}
	w.Warn(x.Source.TypePos, sigma.MatchesLess, "a request names a tiebreaker_field; esql takes them in any order",
		"events of one point in time are taken in one order only, that of the request's tiebreaker field")
	steps := make([][]int, n)
	for i := range steps {
		steps[i] = []int{i}
	}
	return w.sequence(steps)
}

// sequence writes a sequence of items, each an event that matches all of some
// members.
func (w *writer) sequence(steps [][]int) string {
	var b strings.Builder
	if w.same {
		b.WriteString(w.head(w.keys[0]))
	} else {
		b.WriteString(w.head(nil))
	}
	for _, members := range steps {
		b.WriteString("\n  " + item(w.both(members)))
		if keys := w.keys[members[0]]; !w.same {
			b.WriteString(" by " + strings.Join(keys, ", "))
		}
	}
	return b.String()
}

// head begins a sequence.
func (w *writer) head(keys []string) string {
	by := ""
	if len(keys) > 0 {
		by = " by " + strings.Join(keys, ", ")
	}
	n, unit := elastic.Span(w.Correlation.Window, units)
	return "sequence" + by + " with maxspan=" + strconv.FormatInt(n, 10) + unit
}

var units = []elastic.Unit{{Length: 24 * time.Hour, Name: "d"}, {Length: time.Hour, Name: "h"}, {Length: time.Minute, Name: "m"}, {Length: time.Second, Name: "s"}}

func item(condition emit.Frag) string { return "[any where " + condition.Text + "]" }

// either writes that an event matches one of the members.
func (w *writer) either(members []int) emit.Frag { return w.chain(emit.LevelOr, members) }

// both writes that an event matches all of the members.
func (w *writer) both(members []int) emit.Frag { return w.chain(emit.LevelAnd, members) }

func (w *writer) chain(level emit.Level, members []int) emit.Frag {
	parts := make([]emit.Frag, len(members))
	for i, m := range members {
		parts[i] = w.conditions[m]
	}
	return w.join(level, parts...)
}

func (w *writer) join(level emit.Level, parts ...emit.Frag) emit.Frag {
	p := emit.Printer{Job: w.Job, Dialect: &dialect}
	return p.Chain(level, parts)
}

// single finds the events that match one of the members and are in a group: by
// themselves they are all that is asked for.
func (w *writer) single(members []int) string {
	if w.same {
		return w.alone(w.either(members), w.keys[0])
	}
	arms := make([]emit.Frag, len(members))
	for i, m := range members {
		arms[i] = w.join(emit.LevelAnd, append([]emit.Frag{w.conditions[m]}, present(w.keys[m])...)...)
	}
	return "any where " + w.join(emit.LevelOr, arms...).Text
}

// alone finds the events that match a condition and have the fields.
func (w *writer) alone(x emit.Frag, keys []string) string {
	return "any where " + w.join(emit.LevelAnd, append([]emit.Frag{x}, present(keys)...)...).Text
}

// present writes that the fields are there.
func present(keys []string) []emit.Frag {
	var out []emit.Frag
	for _, k := range keys {
		out = append(out, emit.Atom("?"+k+" != null"))
	}
	return out
}
