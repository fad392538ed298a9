package ir

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
)

// MaxChain is how many correlations may refer to each other in a row, and
// MaxRules how many rules a correlation may refer to, by all ways.
const (
	MaxChain = 100
	MaxRules = 10_000
)

// correlation builds a correlation and those that it refers to, once. It
// returns nil after an error.
func (l *linker) correlation(c *sigma.Correlation) *Correlation {
	if out, ok := l.done[c]; ok {
		return out
	}
	l.path = append(l.path, c)
	before := len(l.errs)
	out := &Correlation{Source: c, Keys: c.GroupBy, Values: c.Condition.Fields, Window: window(c.Timespan)}
	out.Type = CorrelationType(slices.Index(sigma.CorrelationTypes(), c.Type))
	for _, ref := range c.Rules {
		if p := l.member(c, ref); p != nil {
			out.Members = append(out.Members, p)
		}
	}
	l.path = l.path[:len(l.path)-1]
	l.sizes[c] = 0
	for _, p := range out.Members {
		l.sizes[c]++
		if p.Correlation != nil {
			l.sizes[c] += l.sizes[p.Correlation.Source]
		}
	}
	if l.sizes[c] > MaxRules {
		l.fail(c.Pos, sigma.Limit, "", "the correlation refers to more than %d rules and correlations, by all ways", MaxRules)
		l.done[c] = nil
		return nil
	}
	l.condition(out)
	l.aliases(out)
	if len(l.errs) > before {
		out = nil
	}
	l.done[c] = out
	return out
}

// window is the length of a timespan. Months have 30 days and years 365, as in
// other tools (C10). What is longer than time.Duration holds is as long as
// that: 292 years.
func window(t sigma.Timespan) time.Duration {
	const day = 24 * time.Hour
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day, 'M': 30 * day, 'y': 365 * day}[t.Unit]
	if unit > 0 && t.Count > math.MaxInt64/int64(unit) {
		return math.MaxInt64
	}
	return time.Duration(t.Count) * unit
}

// member builds what one reference of a correlation means.
func (l *linker) member(c *sigma.Correlation, ref sigma.Ref) *Member {
	doc := l.resolve(ref)
	p := &Member{Pos: ref.Pos, Name: ref.Text}
	switch d := doc.(type) {
	case *sigma.Rule:
		if p.Rule = l.rules[d]; p.Rule == nil {
			l.fail(ref.Pos, sigma.RuleRejected, "", "the rule %q has mistakes of its own", ref.Text)
			return nil
		}
	case *sigma.Correlation:
		if i := slices.Index(l.path, d); i >= 0 {
			l.fail(ref.Pos, sigma.UnknownName, "", "the correlation refers to itself: %s", chain(l.path[i:], d))
			return nil
		}
		if len(l.path) >= MaxChain {
			l.fail(ref.Pos, sigma.Limit, "", "more than %d correlations refer to each other in a row", MaxChain)
			return nil
		}
		before := len(l.errs)
		if p.Correlation = l.correlation(d); p.Correlation == nil {
			if len(l.errs) == before {
				l.fail(ref.Pos, sigma.RuleRejected, "", "the correlation %q has mistakes of its own", ref.Text)
			}
			return nil
		}
	case *sigma.Filter:
		l.fail(ref.Pos, sigma.UnknownName, "filters apply to rules by themselves", "%q is a filter", ref.Text)
		return nil
	default:
		return nil
	}
	l.refers = append(l.refers, reference{doc, c.Generate})
	return p
}

// chain writes how a correlation comes back to itself.
func chain(path []*sigma.Correlation, back *sigma.Correlation) string {
	var names []string
	for _, c := range append(slices.Clone(path), back) {
		name := c.Title
		if c.Name != "" {
			name = c.Name
		}
		names = append(names, strconv.Quote(name))
	}
	return strings.Join(names, " refers to ")
}

// condition builds the condition of a correlation.
func (l *linker) condition(out *Correlation) {
	c := out.Source
	out.Bounds = l.bounds(c.Condition.Bounds)
	switch {
	case c.Condition.Extended != nil:
		l.extended(out, c.Condition.Extended)
	case out.Type.IsTemporal() && len(out.Bounds) == 0: // C19: all rules
		out.Bounds = []Bound{{Pos: c.TypePos, Op: Gte, Number: Number(strconv.Itoa(len(c.Rules)))}}
	}
	switch out.Type {
	case ValuePercentile:
		out.Percentile = "50" // C22
		if p := c.Condition.Percentile; p != nil {
			out.Percentile, _ = ParseNumber(p.Text)
		}
	case ValueMedian:
		out.Percentile = "50"
	}
	l.lintBounds(out)
}

// bounds reads the comparisons of a condition.
func (l *linker) bounds(bounds []sigma.Bound) []Bound {
	ops := map[string]Op{"lt": Lt, "lte": Lte, "gt": Gt, "gte": Gte}
	var out []Bound
	for _, b := range bounds {
		n, ok := ParseNumber(b.Value.Text)
		if !ok {
			l.fail(b.Value.Pos, sigma.BadValue, "", "%s is no number that can be compared with", b.Value.Text)
			continue
		}
		out = append(out, Bound{Pos: b.Pos, Op: ops[b.Op], Not: b.Op == "neq", Number: n})
	}
	return out
}

// lintBounds warns of comparisons that a stream of events meets before its
// time (C34): that there are few events is true of the first one.
func (l *linker) lintBounds(out *Correlation) {
	for _, b := range out.Bounds {
		if counts := out.Type <= TemporalOrdered; counts && b.Holds(-1) && !lowerBound(out.Bounds) {
			out.Warnings = append(out.Warnings, &sigma.Error{Pos: b.Pos, Code: sigma.Style,
				Msg:  "the condition holds of the first event of a window already, and the correlation fires at it",
				Hint: "a count is complete where its window is; gte and gt wait for it"})
			return
		}
	}
}

// lowerBound reports whether one of the bounds keeps small numbers out.
func lowerBound(bounds []Bound) bool {
	return slices.ContainsFunc(bounds, func(b Bound) bool { return b.Op == Gt || b.Op == Gte })
}

// extended builds a boolean expression over rules. The order of rules in an
// expression is only defined where all that it names must occur.
func (l *linker) extended(out *Correlation, c *sigma.Condition) {
	if out.Need = l.need(out, c.Expr); out.Type != TemporalOrdered {
		return
	}
	all, ok := out.Need.(NeedAll)
	for _, n := range all {
		_, member := n.(NeedMember)
		ok = ok && member
	}
	if !ok || len(all) != len(out.Members) {
		l.fail(c.Pos, sigma.Unsupported, "temporal has no order; chain correlations for anything else",
			"the order of rules is defined where all of them must occur: join all rules of the correlation by and")
		return
	}
	out.Need = nil
	out.Bounds = []Bound{{Pos: c.Pos, Op: Gte, Number: Number(strconv.Itoa(len(out.Members)))}}
}

// need builds a part of such an expression. The parser has checked its names.
func (l *linker) need(out *Correlation, e sigma.CondExpr) Need {
	list := func(xs []sigma.CondExpr) []Need {
		ns := make([]Need, len(xs))
		for i, x := range xs {
			ns[i] = l.need(out, x)
		}
		return ns
	}
	switch e := e.(type) {
	case sigma.CondAnd:
		return NeedAll(list(e))
	case sigma.CondOr:
		return NeedAny(list(e))
	case *sigma.CondNot:
		return NeedNot{l.need(out, e.X)}
	case *sigma.CondSearch:
		return NeedMember(slices.IndexFunc(out.Source.Rules, func(r sigma.Ref) bool { return r.Text == e.Name }))
	case *sigma.CondOf:
		var ns []Need
		for i, r := range out.Source.Rules {
			if e.Matches(r.Text) {
				ns = append(ns, NeedMember(i))
			}
		}
		if e.All {
			return NeedAll(ns)
		}
		return NeedAny(ns)
	}
	return NeedAny(nil)
}

// aliases gives each member the fields that its events are asked for, and
// reports aliases that fit nothing (C24).
func (l *linker) aliases(out *Correlation) {
	if len(out.Members) < len(out.Source.Rules) {
		return // reported
	}
	for _, a := range out.Source.Aliases {
		l.checkAlias(out, a)
	}
	for i, p := range out.Members {
		var reads []Read
		for k, name := range slices.Concat(out.Keys, out.Values) {
			r := l.read(out, p, name)
			r.Value = k >= len(out.Keys)
			reads = append(reads, r)
		}
		q := *p
		if q.Rule != nil {
			r := *q.Rule
			r.Reads = reads
			q.Rule = &r
		} else {
			q.Reads = reads
			q.Correlation = q.Correlation.readThrough(out.Source, reads)
		}
		out.Members[i] = &q
	}
}

// readThrough returns the correlation with rules that also say what one
// further out reads of their events.
func (c *Correlation) readThrough(outer *sigma.Correlation, reads []Read) *Correlation {
	out := *c
	out.Members = make([]*Member, len(c.Members))
	for i, m := range c.Members {
		q := *m
		if q.Rule != nil {
			r := *q.Rule
			r.Reads = slices.Clone(r.Reads)
			for _, read := range reads {
				read.Outer = outer
				r.Reads = append(r.Reads, read)
			}
			q.Rule = &r
		} else {
			q.Correlation = q.Correlation.readThrough(outer, reads)
		}
		out.Members[i] = &q
	}
	return &out
}

// read is the field that a name of the correlation stands for in the events of
// a member.
func (l *linker) read(out *Correlation, p *Member, name Name) Read {
	r := Read{Pos: name.Pos, Name: name.Text, Fields: []string{name.Text}}
	for _, a := range out.Source.Aliases {
		if a.Name != name.Text {
			continue
		}
		for _, f := range a.Fields {
			if l.same(f.Rule.Text, p) {
				r.Pos, r.Fields = f.Field.Pos, []string{f.Field.Text}
				return r
			}
		}
		l.fail(a.Pos, sigma.MissingKey, "name a field of each rule that the correlation refers to",
			"the alias %q says no field for the rule %q", a.Name, p.Name)
	}
	return r
}

// same reports whether an alias's name of a rule is that of the member: its id
// or its name, whichever the correlation uses.
func (l *linker) same(text string, p *Member) bool {
	if text == p.Name {
		return true
	}
	var m *sigma.Meta
	if p.Rule != nil {
		m = &p.Rule.Source.Meta
	} else {
		m = &p.Correlation.Source.Meta
	}
	return text == m.Name || text == m.ID
}

// checkAlias reports rules of an alias that the correlation does not refer to,
// and warns of an alias that nothing uses.
func (l *linker) checkAlias(out *Correlation, a sigma.Alias) {
	for _, f := range a.Fields {
		if !slices.ContainsFunc(out.Members, func(p *Member) bool { return l.same(f.Rule.Text, p) }) {
			l.fail(f.Rule.Pos, sigma.UnknownName, sigma.Nearest(f.Rule.Text, memberNames(out)), "the correlation refers to no rule %q", f.Rule.Text)
		}
	}
	if !slices.ContainsFunc(slices.Concat(out.Keys, out.Values), func(n Name) bool { return n.Text == a.Name }) {
		out.Warnings = append(out.Warnings, &sigma.Error{Pos: a.Pos, Code: sigma.NotEvaluated,
			Msg: fmt.Sprintf("nothing uses the alias %q", a.Name), Hint: "group-by and field can name it"})
	}
}

func memberNames(c *Correlation) []string {
	var out []string
	for _, p := range c.Members {
		out = append(out, p.Name)
	}
	return out
}
