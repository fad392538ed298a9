package splunk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// methods are the ways in which correlations are written.
//
// The sliding window is not that of streamstats time_window, though that looks
// like it. Whether an event exactly a timespan ago is in it is not documented
// (C32 says yes), an event does not see those of its own time that come behind
// it, and "the count will never be greater than 10000" (SR, streamstats).
// Instead
//
//   - a number of events is within the timespan where the first of so many in a
//     row is: streamstats window=10 global=f, and a comparison of times,
//   - a rule occurs in the window where its latest event does, a running maximum,
//   - anything else is a running sum over events that come and, a timespan later,
//     go: each becomes two rows, the second with -1 where the first has 1.
//
// Running means window=0, "all previous and current events"; without it, the
// same page says once, max_stream_window applies.
var methods = []emit.Method{
	{Name: emit.Sliding, Doc: "at each event, over the timespan that ends with it"},
	{Name: emit.Buckets, Doc: "in pieces of time that do not overlap, which is cheaper and misses what lies across a border"},
}

// correlation writes the query of a correlation. It finds each event at which
// the condition holds, with its fields and those that the query computes; of
// events of one time and group, which are in the window together, it may find
// some only where the others are needed to complete it.
func correlation(j *emit.Correlating) string {
	if n := ruleCount(j.Correlation, make(map[*ir.Correlation]int)); n > maxRules {
		j.Fail(j.Correlation.Source.Pos, sigma.Limit, "", "the correlation refers to more than %d rules by all its ways", maxRules)
		return ""
	}
	c := &correlator{Correlating: j, prefix: freePrefix(j)}
	c.plan()
	c.rows()
	if len(c.Errors) == 0 {
		if j.Method == emit.Buckets && c.top.Type != ir.TemporalOrdered {
			c.top.buckets()
		} else {
			c.top.slide()
		}
	}
	c.tidy()
	return strings.Join(c.commands, " | ")
}

// maxRules bounds the rules of a query, each of which is in it once for each
// way that leads to it.
const maxRules = 1000

// ruleCount counts the ways that lead to rules, up to a few more than that.
func ruleCount(x *ir.Correlation, known map[*ir.Correlation]int) int {
	if n, ok := known[x]; ok {
		return n
	}
	n := 0
	for _, m := range x.Members {
		if m.Correlation != nil {
			n += ruleCount(m.Correlation, known)
		} else {
			n++
		}
		n = min(n, maxRules+1)
	}
	known[x] = n
	return n
}

// A correlator writes the commands of a correlation, one behind the other.
type correlator struct {
	*emit.Correlating
	prefix   string // of the columns that the query makes
	commands []string
	helpers  []string // columns that nobody wants to see in the end
	rules    []*part  // those of top and of all below it
	top      *level
	inner    int // levels below top so far

	// Where an event that matches several rules has to be seen as several
	// things, it has a row for each: byPart. Otherwise it has one row.
	byPart bool
}

// A level is one correlation of a chain. Its firings are rows for the level
// outside of it.
type level struct {
	*correlator
	*ir.Correlation
	outer  *level
	label  string // of its firings
	prefix string // of its columns
	parts  []*part
	keys   []string // columns
	values []string

	// Rows of other parts than this level's go through its commands as they are.
	guarded bool
}

// A part is a rule or a correlation that a level refers to.
type part struct {
	*ir.Member
	in     *level
	label  string   // of its rows
	leaves []string // the labels of the rules that it is or consists of
	level  *level   // nil for a rule
	event  *emit.Event
}

// freePrefix returns a beginning of names that no field has that the rules or
// the correlations speak of.
func freePrefix(j *emit.Correlating) string {
	var names []string
	var reads func(c *ir.Correlation)
	reads = func(c *ir.Correlation) {
		for _, m := range c.Members {
			for _, name := range slices.Concat(c.Keys, c.Values) {
				for _, r := range m.ReadsOf(name.Text) {
					names = append(names, r.Fields...)
				}
			}
			if m.Correlation != nil {
				reads(m.Correlation)
				continue
			}
			eachField(j.EventsOf(m).Where, func(_ sigma.Pos, name string) { names = append(names, name) })
		}
	}
	reads(j.Correlation)
	for n := 1; ; n++ {
		prefix := "sigma_"
		if n > 1 {
			prefix = fmt.Sprintf("sigma%d_", n)
		}
		if !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, prefix) }) {
			return prefix
		}
	}
}

// plan makes the levels and decides which columns tell the rows apart.
func (c *correlator) plan() {
	c.top = c.plain(c.Correlation, nil)
	for l := c.top; ; {
		if len(l.parts) > 1 {
			c.byPart = l.mixed()
			break
		}
		if l.parts[0].level == nil {
			break
		}
		l = l.parts[0].level
	}
	if c.byPart {
		c.guard(c.top)
	}
	c.check(c.top)
}

// plain makes the level of a correlation and those below it.
func (c *correlator) plain(x *ir.Correlation, outer *level) *level {
	l := &level{correlator: c, Correlation: x, outer: outer, prefix: c.prefix}
	if outer != nil {
		c.inner++
		l.label = "c" + strconv.Itoa(c.inner)
		l.prefix = fmt.Sprintf("%s%d_", c.prefix, c.inner)
	}
	for _, m := range x.Members {
		p := &part{Member: m, in: l}
		if m.Correlation == nil {
			c.rules = append(c.rules, p)
			p.event = c.EventsOf(m)
			p.label = strconv.Itoa(len(c.rules))
			p.leaves = []string{p.label}
		} else {
			p.level = c.plain(m.Correlation, l)
			p.label = p.level.label
			for _, q := range p.level.parts {
				p.leaves = append(p.leaves, q.leaves...)
			}
		}
		l.parts = append(l.parts, p)
	}
	return l
}

// mixed reports whether one row cannot stand for an event that matches several
// of the parts: some are correlations, or have fields of other names.
func (l *level) mixed() bool {
	for _, p := range l.parts {
		if p.level != nil {
			return true
		}
		for _, name := range slices.Concat(l.Keys, l.Values) {
			same := func(a, b ir.Read) bool { return slices.Equal(a.Fields, b.Fields) }
			if !slices.EqualFunc(p.ReadsOf(name.Text), l.parts[0].ReadsOf(name.Text), same) {
				return true
			}
		}
	}
	return false
}

// guard marks the levels through which rows of others go.
func (c *correlator) guard(l *level) {
	for _, p := range l.parts {
		if p.level != nil {
			p.level.guarded = l.guarded || len(l.parts) > 1
			c.guard(p.level)
		}
	}
}

// add appends a command.
func (c *correlator) add(format string, args ...any) {
	c.commands = append(c.commands, fmt.Sprintf(format, args...))
}

// column returns the name of a column of the query; helper says that it is of
// no use in the result.
func (c *correlator) column(name string) string { return c.prefix + name }

func (c *correlator) helper(name string) string {
	if !slices.Contains(c.helpers, name) {
		c.helpers = append(c.helpers, name)
	}
	return name
}

// own returns the name of a column of the level, and ownHelper of one that is
// of no use in the result.
func (l *level) own(name string) string       { return l.prefix + name }
func (l *level) ownHelper(name string) string { return l.helper(l.own(name)) }

// tidy takes the helpers away.
func (c *correlator) tidy() {
	if len(c.helpers) > 0 {
		c.add("fields - %s", strings.Join(c.helpers, " "))
	}
}

// timespan is the window's length in seconds.
func (l *level) timespan() string { return strconv.FormatInt(int64(l.Window/time.Second), 10) }
