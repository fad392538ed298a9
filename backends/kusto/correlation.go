package kusto

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// methods are the ways in which correlations are written.
//
// The sliding window is made of rows in the order of time and of what the
// manual calls window functions: prev(), next(), row_cumsum(). An event comes,
// and goes again a timespan later, behind all that come at that time, since
// both ends of a window are in it (C32); running sums of what comes and goes
// are what is in the window. Where less will do, less is written: of a least
// number of events the first of so many in a row must be near enough, and a
// rule occurs in the window where its latest event does. Nothing is joined, so
// that the cost does not depend on how many events a window has.
//
// Window functions stand in extend alone, with columns as arguments, which
// keeps what they refer to plain.
var methods = []emit.Method{
	{Name: emit.Sliding, Doc: "at each event, over the timespan that ends with it"},
	{Name: emit.Buckets, Doc: "in pieces of time that do not overlap, which is cheaper and misses what lies across a border"},
}

// correlation writes the query of a correlation. By a sliding window it finds
// one row for each group and time at which the condition holds, with all
// columns of an event that lies there; where only a least number of events is
// asked for, each event at which it holds.
func correlation(j *emit.Correlating) string {
	c := &correlator{Correlating: j, prefix: freePrefix(j)}
	top := c.level(j.Correlation, nil)
	if c.check(top); len(c.Errors) > 0 {
		return ""
	}
	p := top.fires()
	return strings.Join(p.lines, "\n")
}

// A correlator writes one correlation with those that it refers to.
type correlator struct {
	*emit.Correlating
	prefix string // of the columns that the query makes
	levels int
}

// A level is one correlation of a chain.
type level struct {
	*correlator
	*ir.Correlation
	outer        *level
	depth        int
	id           string // tells it from the others
	prefix       string // of its columns
	parts        []*part
	keys, values []*slot
}

// A part is a rule or a correlation that a level refers to.
type part struct {
	*ir.Member
	index int         // among the parts of its level
	event *emit.Event // of a rule
	level *level      // of a correlation
}

// A slot is a field, or one of a tuple of fields, that a level reads.
type slot struct {
	ir.Name
	in    *level
	place int    // in the tuple
	title string // what its columns are called behind the prefix
	value bool   // it is computed with, not grouped by
}

// level makes the level of a correlation and those below it.
func (c *correlator) level(x *ir.Correlation, outer *level) *level {
	l := &level{correlator: c, Correlation: x, outer: outer, id: strconv.Itoa(c.levels), prefix: c.prefix}
	if c.levels++; outer != nil {
		l.depth = outer.depth + 1
		l.prefix += l.id + "_"
	}
	for i, m := range x.Members {
		p := &part{Member: m, index: i}
		if m.Correlation == nil {
			p.event = c.EventsOf(m)
		} else {
			p.level = c.level(m.Correlation, l)
		}
		l.parts = append(l.parts, p)
	}
	l.keys, l.values = l.slots(x.Keys, "by", false), l.slots(x.Values, "value", true)
	return l
}

// slots returns the fields that stand for names.
func (l *level) slots(names []ir.Name, title string, value bool) []*slot {
	var out []*slot
	for _, name := range names {
		places := len(l.reads(l.leaves()[0], name.Text))
		for _, p := range l.leaves() {
			if n := len(l.reads(p, name.Text)); n != places {
				l.Unsupported(name.Pos, fmt.Sprintf("a correlation of events of which some keep %s in %d columns and some in %d", name.Text, places, n), "")
				return nil
			}
		}
		for i := range places {
			s := &slot{Name: name, in: l, place: i, title: title + "_" + name.Text, value: value}
			if i > 0 { // a number behind the name would be that of another field
				s.title = title + strconv.Itoa(i+1) + "_" + name.Text
			}
			out = append(out, s)
		}
	}
	return out
}

// leaves returns the rules that a level is about, by itself or by way of other
// correlations.
func (l *level) leaves() []*part {
	var out []*part
	for _, p := range l.parts {
		if p.level != nil {
			out = append(out, p.level.leaves()...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// reads returns the reads of a rule that stand for a name of the level. What is
// read of the firings of another correlation has the names that all rules below
// have for it, of which a rule's table has some: Kusto refuses other columns.
func (l *level) reads(leaf *part, name string) []ir.Read {
	if slices.Contains(l.parts, leaf) {
		return leaf.ReadsOf(name)
	}
	i := slices.IndexFunc(l.parts, func(p *part) bool { return p.level != nil && slices.Contains(p.level.leaves(), leaf) })
	out := slices.Clone(l.parts[i].ReadsOf(name))
	for i, r := range out {
		var there []string
		for _, f := range r.Fields {
			if _, ok := leaf.event.Rule.Column(f); ok {
				there = append(there, f)
			}
		}
		if there != nil {
			out[i].Fields = there
		}
	}
	return out
}

// read returns what a slot is in the events of a rule.
func (s *slot) read(leaf *part) ir.Read { return s.in.reads(leaf, s.Text)[s.place] }

// column returns the column that a level computes for a slot.
func (s *slot) column() string { return column(s.in.prefix + s.title) }

// name returns a column of the level's.
func (l *level) name(title string) string { return l.prefix + title }

// above returns the fields that the levels around this one read of its
// firings.
func (l *level) above() []*slot {
	var out []*slot
	for o := l.outer; o != nil; o = o.outer {
		out = append(append(out, o.keys...), o.values...)
	}
	return out
}

// span writes the timespan as a literal.
func (l *level) span() string { return timespan(l.Window) }

// freePrefix returns a beginning of names that no column has that the rules,
// the correlations or the tables speak of.
func freePrefix(j *emit.Correlating) string {
	var events []*emit.Event
	for _, m := range j.Correlation.Rules() {
		events = append(events, j.EventsOf(m))
	}
	return freePrefixOf(events)
}

func freePrefixOf(events []*emit.Event) string {
	for n := 1; ; n++ {
		prefix := "_sigma_"
		if n > 1 {
			prefix = fmt.Sprintf("_sigma%d_", n)
		}
		if !slices.ContainsFunc(events, func(e *emit.Event) bool { return takes(e, prefix) }) {
			return prefix
		}
	}
}

// takes reports whether an event has a column whose name begins like that.
func takes(e *emit.Event, prefix string) bool {
	has := func(name string) bool { return strings.HasPrefix(strings.ToLower(name), prefix) }
	if slices.ContainsFunc(uses(e), has) || slices.ContainsFunc(e.Rule.Computed, func(c ir.Computed) bool { return has(c.Name) }) {
		return true
	}
	if e.Rule.Table != nil {
		for name := range e.Rule.Table.Columns {
			if has(name) {
				return true
			}
		}
	}
	return false
}

// uses returns the columns that are tested and read of an event.
func uses(e *emit.Event) []string {
	var names []string
	for _, r := range e.Rule.Reads {
		names = append(names, r.Fields...)
	}
	ir.Walk(e.Where, func(e ir.Expr) bool {
		if m, ok := e.(*ir.Match); ok {
			names = append(names, m.Field)
			ir.WalkTests(m.Test, func(t ir.Test) {
				if ref, ok := t.(*ir.FieldRef); ok {
					names = append(names, ref.Field)
				}
			})
		}
		return true
	})
	return names
}

// check refuses what cannot be said, and warns of what is said otherwise.
func (c *correlator) check(l *level) {
	for _, p := range l.parts {
		switch {
		case p.level == nil:
		case c.Method == emit.Buckets:
			c.Fail(p.Pos, sigma.Unsupported, "the method sliding can", "%s cannot say a correlation of correlations by buckets, which lie at no point in time", c.Backend.Title)
		case l.Type.IsNumeric():
			c.Unsupported(p.Pos, "a "+l.Type.String()+" of what another correlation finds, at a time at which several events may lie", "refer to the rules themselves")
		default:
			c.check(p.level)
		}
	}
	l.checkNumbers()
	l.checkOrder()
	if c.Method == emit.Buckets && l.Type != ir.TemporalOrdered {
		c.WarnBuckets()
		if !l.Rising() {
			c.Warn(l.Source.Condition.Pos, sigma.MatchesMore, "the method sliding does not", "the condition is asked of whole pieces of time: one that an event before the piece would break is found")
		}
	}
}
