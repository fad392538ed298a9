package esql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/elastic/content"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A correlation is a pipeline of commands. It begins with the events of its
// rules and makes rows of them, one for each event and group, with the columns
// that are computed with; then it puts together the rows of each window, and
// keeps those for which the condition holds. What comes out has a row for each
// group and each time at which the correlation fires, with the fields that it
// groups by, first_time and last_time of the window's events, and what was
// compared. A correlation that refers to another goes on from these rows.
//
// What the comments say of commands is from the ES|QL reference; that a row
// whose group-by field has several values is in the group of each, "STATS".

// correlation writes a correlation.
func correlation(c *emit.Correlating) string {
	w := &writer{Correlating: c, taken: make(map[string]bool)}
	w.take(c.Correlation)
	w.events(c.Correlation)
	if len(w.Errors) > 0 {
		return ""
	}
	if w.Method == emit.Buckets {
		w.warnBuckets()
	}
	fired := w.correlate(c.Correlation, false, nil)
	if recent := content.Recent(c.Job); recent > 0 {
		// What fired before that has a window of which a part is out of sight.
		n, unit := elastic.Span(recent, units)
		w.where(fmt.Sprintf("%s >= now() - %d %s", fired.time, n, unit))
	}
	return strings.Join(w.lines, "\n| ")
}

// warnBuckets warns of what the method costs: it finds less, and more where
// less in a window can be enough.
func (w *writer) warnBuckets() {
	w.WarnBuckets()
	c := w.Correlation
	more := func(pos sigma.Pos) {
		w.Warn(pos, sigma.MatchesMore, "the method sliding looks at each event",
			"a window that a border cuts has less in it, and what is compared is that of whole windows only")
	}
	switch {
	case c.Type >= ir.ValueSum:
		more(c.Source.Condition.Pos)
	case c.Need != nil && negates(c.Need):
		more(c.Source.Condition.Extended.Pos)
	}
	for _, b := range c.Bounds {
		if b.Op != ir.Gt && b.Op != ir.Gte && c.Type < ir.ValueSum {
			more(b.Pos)
		}
	}
}

// negates reports whether a rule that occurs can be what a need is not met for.
func negates(n ir.Need) bool {
	switch n := n.(type) {
	case ir.NeedNot:
		return true
	case ir.NeedAll:
		return slices.ContainsFunc(n, negates)
	case ir.NeedAny:
		return slices.ContainsFunc(n, negates)
	}
	return false
}

// A writer writes one correlation.
type writer struct {
	*emit.Correlating
	lines []string
	taken map[string]bool       // names of columns
	flags map[*ir.Member]string // of rules: the column that says whether a row's event matches
}

// add adds a command.
func (w *writer) add(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// where adds a command that keeps rows for which all of the conditions hold.
func (w *writer) where(conditions ...string) {
	if len(conditions) > 0 {
		w.add("where %s", strings.Join(conditions, " and "))
	}
}

// take notes the names of fields that the query has to do with, so that no
// column of its own hides one.
func (w *writer) take(c *ir.Correlation) {
	w.taken[w.Setting(timeField)] = true
	note := func(reads []ir.Read) {
		for _, r := range reads {
			for _, f := range r.Fields {
				w.taken[f] = true
			}
		}
	}
	for _, m := range c.Members {
		if m.Correlation != nil {
			note(m.Reads)
			w.take(m.Correlation)
			continue
		}
		note(m.Rule.Reads)
		ir.Walk(w.EventsOf(m).Where, func(e ir.Expr) bool {
			if t, ok := e.(*ir.Match); ok {
				w.taken[t.Field] = true
				ir.WalkTests(t.Test, func(t ir.Test) {
					if ref, ok := t.(*ir.FieldRef); ok {
						w.taken[ref.Field] = true
					}
				})
			}
			return true
		})
	}
}

// column returns a name for a column, quoted where it has to be: the name
// itself, or with a number behind it.
func (w *writer) column(like string) string {
	out := like
	for i := 2; w.taken[out]; i++ {
		out = like + "_" + strconv.Itoa(i)
	}
	w.taken[out] = true
	return name(out)
}

// output returns a name for a column that comes out. Those of a correlation
// that another refers to do not come out of the whole.
func (w *writer) output(like string) string {
	out := w.column(like)
	if out == name(like) {
		delete(w.taken, like)
	}
	return out
}

// own returns a name for a column that only the query is about.
func (w *writer) own(like string) string { return w.column("_sigma_" + like) }

// timeField is the setting that names the field with the time of events.
const timeField = "time_field"

// events begins with the events that match any of the rules.
func (w *writer) events(c *ir.Correlation) {
	w.flags = make(map[*ir.Member]string)
	var arms []emit.Frag
	var indices []string
	for _, m := range c.Rules() {
		e := w.EventsOf(m)
		arms = append(arms, condition(e.Job, e.Where))
		w.Errors = append(w.Errors, e.Errors...)
		indices = withIndex(indices, index(e.Job))
	}
	if len(indices) > 1 {
		w.Warn(c.Source.TypePos, sigma.MatchesMore, "", "each of the rules is sought in the indices of all: %s", strings.Join(indices, ", "))
	}
	p := emit.Printer{Job: w.Job, Dialect: &dialect}
	w.add("from %s", source(strings.Join(indices, ",")))
	w.add("where %s", p.Chain(emit.LevelOr, arms).Text)
	if len(arms) > 1 && needsFlags(c) {
		w.flag(c.Rules(), arms)
	}
}

// withIndex adds an index to those that are searched.
func withIndex(indices []string, index string) []string {
	for _, i := range indices {
		if i == index || i == "*" {
			return indices
		}
	}
	if index == "*" || index == "" {
		return []string{"*"}
	}
	return append(indices, index)
}

// needsFlags reports whether it matters which of the rules an event matches.
func needsFlags(c *ir.Correlation) bool {
	for _, m := range c.Members {
		if m.Correlation != nil && needsFlags(m.Correlation) {
			return true
		}
	}
	return len(c.Members) > 1 && (c.Type.IsTemporal() || !sameReads(c))
}

// flag computes which of the rules each event matches.
func (w *writer) flag(rules []*ir.Member, arms []emit.Frag) {
	sets := make([]string, len(rules))
	for i, m := range rules {
		w.flags[m] = w.own("rule_" + strconv.Itoa(i+1))
		text := arms[i].Text
		if arms[i].Null {
			text = "coalesce(" + text + ", false)"
		}
		sets[i] = w.flags[m] + " = " + text
	}
	w.add("eval %s", strings.Join(sets, ", "))
}

// correlate writes a correlation behind the events, up to the rows at which it
// fires. The columns that are carried along, for a correlation that refers to
// this one, have the values of the event or events that it fires at.
func (w *writer) correlate(c *ir.Correlation, inner bool, carried []string) fired {
	r := w.rows(c, carried)
	if len(w.Errors) > 0 {
		return fired{}
	}
	r.carried = carried
	g := w.windows(c, r, inner)
	w.result(c, r, g)
	return fired{time: g.last, keys: r.keys}
}

// A fired is the columns of the rows at which a correlation fires.
type fired struct {
	time string
	keys []string
}
