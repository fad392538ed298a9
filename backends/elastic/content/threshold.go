package content

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A threshold rule counts, at each of its runs, the events of the last so many
// minutes in each group of values, and fires where there are enough of them, or
// enough different values of one more field. That is event_count and value_count,
// but for when it looks. An event without one of the fields is in no group (C8),
// and one with several values is in the group of each: a composite aggregation
// does so (Elasticsearch Reference). When a group has fired, Kibana leaves out
// its events up to then: it fires again once there are as many new ones (C33).

// The limits of Kibana: five fields since 9.2, three before
// (elastic/kibana#227465).
const (
	maxThresholdFields = 5
	oldThresholdFields = 3
)

// exactCardinality is up to where a cardinality aggregation hardly errs: its
// precision_threshold, where none is given (Elasticsearch Reference).
const exactCardinality = 3000

// A threshold is what a rule counts, and how many there must be.
type threshold struct {
	fields   []string // of the groups
	least    int
	distinct string // the field whose different values are counted; "" counts events
}

// object returns the threshold as rules have it. A group of which different
// values are counted has at least one event.
func (t *threshold) object() object {
	if t.distinct == "" {
		return object{{"field", texts(t.fields)}, {"value", t.least}, {"cardinality", []object{}}}
	}
	count := object{{"field", t.distinct}, {"value", t.least}}
	return object{{"field", texts(t.fields)}, {"value", 1}, {"cardinality", []object{count}}}
}

// correlation returns what writes the correlations of languages that have none as
// threshold rules.
func (l Language) correlation() func(*emit.Correlating) string {
	if l.Or == "" {
		return nil
	}
	return func(c *emit.Correlating) string {
		if !checkThreshold(c) {
			return ""
		}
		return l.anyOf(c)
	}
}

// anyOf writes that an event matches one of the rules.
func (l Language) anyOf(c *emit.Correlating) string {
	var arms []string
	for _, m := range c.Correlation.Members {
		e := c.EventsOf(m)
		arms = addNew(arms, c.Backend.Query(e.Job, e.Where))
	}
	if len(arms) == 1 {
		return arms[0]
	}
	if !sameIndices(c) {
		c.Warn(c.Correlation.Source.TypePos, sigma.MatchesMore, "", "each of the rules is sought in the indices of all")
	}
	return "(" + strings.Join(arms, ")"+l.Or+"(") + ")"
}

// sameIndices reports whether the events of all rules are in the same indices.
func sameIndices(c *emit.Correlating) bool {
	of := func(m *ir.Member) []string { return Indices(c.EventsOf(m).Job, m.Rule) }
	return !slices.ContainsFunc(c.Correlation.Members, func(m *ir.Member) bool {
		return !slices.Equal(of(m), of(c.Correlation.Members[0]))
	})
}

// cannot notes that a threshold rule cannot say something.
func cannot(c *emit.Correlating, pos sigma.Pos, what string) {
	c.Fail(pos, sigma.Unsupported, "esql can", "a threshold rule cannot say %s", what)
}

// checkThreshold notes what a threshold rule cannot say of a correlation, and
// reports whether it can say it.
func checkThreshold(c *emit.Correlating) bool {
	x := c.Correlation
	for _, m := range x.Members {
		if m.Correlation != nil {
			cannot(c, m.Pos, "a correlation of correlations")
		}
	}
	if x.Type != ir.EventCount && x.Type != ir.ValueCount {
		cannot(c, x.Source.TypePos, x.Type.String())
	}
	if len(c.Errors) > 0 {
		return false
	}
	checkBounds(c)
	checkFields(c)
	return len(c.Errors) == 0
}

// checkBounds notes bounds that ask for more than a least number.
func checkBounds(c *emit.Correlating) {
	x := c.Correlation
	if b := x.NotRising(); b != nil {
		cannot(c, b.Pos, "anything but that there are at least so many, or more than so many")
		return
	}
	least, ok := x.Least()
	if !ok {
		c.Fail(x.Bounds[0].Pos, sigma.Unsupported, "esql can", "Kibana counts up to %d", math.MaxInt32)
	}
	if x.Type == ir.ValueCount && least > exactCardinality {
		c.Warn(x.Bounds[0].Pos, sigma.MatchesLess, "esql counts them",
			"more than %d different values are estimated: of a group that has just enough there may seem to be fewer, or more", exactCardinality)
	}
}

// checkFields notes groups and values that are not fields of all events alike.
func checkFields(c *emit.Correlating) {
	x := c.Correlation
	names := slices.Concat(x.Keys, x.Values)
	for _, m := range x.Members {
		for _, name := range names {
			for _, r := range m.ReadsOf(name.Text) {
				checkRead(c, m, r)
			}
		}
	}
	if len(c.Errors) > 0 {
		return
	}
	if !elastic.SameReads(x.Members, names) {
		cannot(c, elastic.AliasPos(x), "a count of events of several rules that are grouped by different fields")
		return
	}
	t := thresholdOf(x)
	switch {
	case len(x.Values) > 1 || x.Type == ir.ValueCount && len(x.Members[0].ReadsOf(x.Values[0].Text)) > 1:
		cannot(c, x.Values[len(x.Values)-1].Pos, "a count of different values of several fields together")
	case slices.Contains(t.fields, t.distinct):
		c.Fail(x.Values[0].Pos, sigma.Unsupported, "", "Kibana refuses to count values of %s, by which it groups: there is one in each group", t.distinct)
	case len(t.fields) > maxThresholdFields:
		cannot(c, x.Keys[maxThresholdFields].Pos, "a group by more than "+strconv.Itoa(maxThresholdFields)+" fields")
	case len(t.fields) > oldThresholdFields:
		c.Warn(x.Keys[len(x.Keys)-1].Pos, sigma.Assumed, "", "Kibana takes more than %d fields to group by since version 9.2", oldThresholdFields)
	}
}

// checkRead notes what is not one field, or one that no aggregation groups by.
func checkRead(c *emit.Correlating, m *ir.Member, r ir.Read) {
	if len(r.Fields) > 1 {
		cannot(c, r.Pos, "the first of several fields that is there, "+strings.Join(r.Fields, ", "))
		return
	}
	if column, _ := m.Rule.Column(r.Fields[0]); column.Type == schema.Text && column.Whole == "" {
		c.Fail(r.Pos, sigma.Unsupported, "esql can", "%s is analysed text, which Elasticsearch does not group by", r.Fields[0])
	}
}

// thresholdOf returns the threshold of a correlation that checkThreshold passed,
// or is about to.
func thresholdOf(x *ir.Correlation) *threshold {
	m := x.Members[0]
	var t threshold
	t.least, _ = x.Least()
	for _, k := range x.Keys {
		t.fields = addNew(t.fields, aggregated(m, k)...)
	}
	if x.Type == ir.ValueCount {
		for _, f := range aggregated(m, x.Values[0]) {
			t.distinct = f
		}
	}
	return &t
}

// aggregated returns the fields that a name stands for in a member's events, in
// the form that aggregations take.
func aggregated(m *ir.Member, name ir.Name) []string {
	var out []string
	for _, r := range m.ReadsOf(name.Text) {
		field := r.Fields[0]
		if c, _ := m.Rule.Column(field); c.Type == schema.Text && c.Whole != "" {
			field = c.Whole
		}
		out = append(out, field)
	}
	return out
}

// thresholdSchedule returns when a threshold rule runs: it looks back over the
// timespan. It must run at least that often, or there were events that it never
// sees.
func thresholdSchedule(j *emit.Job, e *emit.Entry) emit.Schedule {
	s := e.Schedule
	s.Window = e.Correlation.Window
	timespan := e.Correlation.Source.Timespan
	if s.Every >= s.Window {
		s.Every = s.Window
		j.Warn(timespan.Pos, sigma.MatchesLess, "the setting every, or esql",
			"it runs every %s, over time windows that do not overlap: events on both sides of a border are not seen together", timespan.Text)
		return s
	}
	j.Warn(timespan.Pos, sigma.MatchesLess, "with a smaller setting every it misses less; esql misses none",
		"it runs every %s and counts the events of the last %s: those that lie more than %s apart may not be seen together",
		span(s.Every), timespan.Text, span(s.Window-s.Every))
	return s
}
