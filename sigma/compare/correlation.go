package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Correlations compares two correlations that ir.Link made, part by part. That
// one fires more often is said where it follows from what the parts mean. What
// the rules mean that both refer to is not looked at: compare these with Rules.
func Correlations(old, new *ir.Correlation) *Result {
	c := &correlations{old: old, new: new, relation: Same}
	if old.Type != new.Type {
		c.note(Changed, "it is of type %s, was %s", new.Type, old.Type)
	}
	c.members()
	c.window()
	c.keys()
	c.condition()
	c.values()
	switch {
	case new.Source.Generate && !old.Source.Generate:
		c.note(Broader, "the rules that it refers to now also stand for themselves (generate)")
	case old.Source.Generate && !new.Source.Generate:
		c.note(Narrower, "the rules that it refers to no longer stand for themselves (generate)")
	}
	r := &Result{Relation: c.relation, Detection: Same, LogSource: Same, Notes: c.notes}
	r.OldInNew = r.Relation == Same || r.Relation == Broader
	r.NewInOld = r.Relation == Same || r.Relation == Narrower
	return r
}

// A correlations is a comparison of two.
type correlations struct {
	old, new *ir.Correlation
	relation Relation
	notes    []string
}

// note notes that a part changed, and what becomes of the whole. Parts that go
// against each other need not make it incomparable: what that means is not
// known.
func (c *correlations) note(r Relation, format string, args ...any) {
	if c.relation = both(c.relation, r); c.relation == Incomparable {
		c.relation = Changed
	}
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// grows reports whether the correlation fires at least as often where more
// events are in its window: it counts, and all its bounds are from below.
func (c *correlations) grows() bool {
	if c.old.Type != c.new.Type || c.old.Type > ir.TemporalOrdered {
		return false
	}
	for _, x := range []*ir.Correlation{c.old, c.new} {
		if negates(x.Need) || slices.ContainsFunc(x.Bounds, func(b ir.Bound) bool { return b.Op != ir.Gt && b.Op != ir.Gte }) {
			return false
		}
	}
	return true
}

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

// direction returns more where the correlation grows with its events, and
// Changed where that is not so.
func (c *correlations) direction(more Relation) Relation {
	if !c.grows() {
		return Changed
	}
	return more
}

// identity returns what tells the document that a member refers to from others,
// whether it is called by its id or its name.
func identity(m *ir.Member) string {
	meta := metaOf(m)
	switch {
	case meta.ID != "":
		return meta.ID
	case meta.Name != "":
		return meta.Name
	}
	return m.Name
}

func metaOf(m *ir.Member) *sigma.Meta {
	if m.Correlation != nil {
		return &m.Correlation.Source.Meta
	}
	return &m.Rule.Source.Meta
}

func identities(c *ir.Correlation) []string {
	out := make([]string, len(c.Members))
	for i, m := range c.Members {
		out[i] = identity(m)
	}
	return out
}

// members compares what the correlations refer to. The order counts for
// temporal_ordered only.
func (c *correlations) members() {
	old, new := identities(c.old), identities(c.new)
	added, removed := missing(new, old), missing(old, new)
	counts := c.old.Type == ir.EventCount || c.old.Type == ir.ValueCount
	for _, name := range added {
		c.note(c.memberRelation(counts, Broader), "it also refers to the rule %q", name)
	}
	for _, name := range removed {
		c.note(c.memberRelation(counts, Narrower), "it no longer refers to the rule %q", name)
	}
	if len(added)+len(removed) == 0 && c.new.Type == ir.TemporalOrdered && !slices.Equal(old, new) {
		c.note(Changed, "the order of the rules is %s, was %s", strings.Join(new, ", "), strings.Join(old, ", "))
	}
}

func (c *correlations) memberRelation(counts bool, r Relation) Relation {
	if !counts {
		return Changed
	}
	return c.direction(r)
}

// missing returns the strings of a that are not in b.
func missing(a, b []string) []string {
	var out []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}

// window compares the timespans.
func (c *correlations) window() {
	switch {
	case c.new.Window > c.old.Window:
		c.note(c.direction(Broader), "the timespan is %s, was %s", span(c.new), span(c.old))
	case c.new.Window < c.old.Window:
		c.note(c.direction(Narrower), "the timespan is %s, was %s", span(c.new), span(c.old))
	}
}

// span returns a timespan as the correlation writes it.
func span(c *ir.Correlation) string {
	if text := c.Source.Timespan.Text; text != "" {
		return text
	}
	return c.Window.Round(time.Second).String()
}

// keys compares the fields that events are grouped by. An event that lacks one
// is in no group (C8), and a group by more fields is a part of one by less.
func (c *correlations) keys() {
	old, new := names(c.old.Keys), names(c.new.Keys)
	for _, name := range missing(new, old) {
		c.note(c.direction(Narrower), "it also groups by %q", name)
	}
	for _, name := range missing(old, new) {
		c.note(c.direction(Broader), "it no longer groups by %q", name)
	}
}

func names(list []ir.Name) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.Text
	}
	return out
}

// condition compares the bounds, and what must occur.
func (c *correlations) condition() {
	if c.old.Need != nil || c.new.Need != nil {
		c.needs()
		return
	}
	counts := c.old.Type <= ir.TemporalOrdered
	oldInNew, newInOld := boundsImply(c.old.Bounds, c.new.Bounds, counts), boundsImply(c.new.Bounds, c.old.Bounds, counts)
	r := Changed
	switch {
	case oldInNew && newInOld:
		return
	case c.old.Type != c.new.Type:
	case c.old.Type.IsTemporal() && len(c.old.Members) != len(c.new.Members):
	case oldInNew:
		r = Broader
	case newInOld:
		r = Narrower
	}
	c.note(r, "the condition is %s, was %s", boundsText(c.new.Bounds), boundsText(c.old.Bounds))
}

// needs compares boolean conditions over rules.
func (c *correlations) needs() {
	if c.old.Need == nil || c.new.Need == nil {
		c.note(Changed, "the condition is %s, was %s", needText(c.new), needText(c.old))
		return
	}
	oldInNew, newInOld := proofs(c.expr(c.old, c.old.Need), c.expr(c.new, c.new.Need), &Options{})
	switch {
	case oldInNew && newInOld:
	case oldInNew:
		c.note(Broader, "the condition is %s, was %s", needText(c.new), needText(c.old))
	case newInOld:
		c.note(Narrower, "the condition is %s, was %s", needText(c.new), needText(c.old))
	default:
		c.note(Changed, "the condition is %s, was %s", needText(c.new), needText(c.old))
	}
}

// expr returns a condition over rules as one over fields, so that it can be
// reasoned about: a rule that occurs is a field that exists.
func (c *correlations) expr(of *ir.Correlation, n ir.Need) ir.Expr {
	list := func(ns []ir.Need) []ir.Expr {
		out := make([]ir.Expr, len(ns))
		for i, x := range ns {
			out[i] = c.expr(of, x)
		}
		return out
	}
	switch n := n.(type) {
	case ir.NeedAll:
		return ir.All(list(n)...)
	case ir.NeedAny:
		return ir.OneOf(list(n)...)
	case ir.NeedNot:
		return ir.Negate(c.expr(of, n.X))
	case ir.NeedMember:
		return &ir.Match{Field: identity(of.Members[n]), Test: &ir.Exists{Want: true}}
	}
	return ir.Const(false)
}

func needText(c *ir.Correlation) string {
	if x := c.Source.Condition.Extended; x != nil {
		return fmt.Sprintf("%q", x.Text)
	}
	return boundsText(c.Bounds)
}

// values compares what the correlation computes with, and the fields that its
// names stand for in the events of each rule.
func (c *correlations) values() {
	if old, new := names(c.old.Values), names(c.new.Values); !slices.Equal(old, new) {
		c.note(Changed, "the field of the condition is %q, was %q", strings.Join(new, ", "), strings.Join(old, ", "))
	}
	if c.old.Percentile != c.new.Percentile {
		c.note(Changed, "the percentile is %s, was %s", c.new.Percentile, c.old.Percentile)
	}
	old, new := aliases(c.old), aliases(c.new)
	byRule := func(a, b alias) int { return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.name, b.name)) }
	for _, at := range slices.SortedFunc(maps.Keys(old), byRule) {
		if is, ok := new[at]; ok && is != old[at] {
			c.note(Changed, "in the rule %q the field %q is %q, was %q", at.rule, at.name, is, old[at])
		}
	}
}

// An alias is a name of a correlation as it stands in the events of one rule.
type alias struct{ rule, name string }

// aliases returns the field behind each name in the events of each rule.
func aliases(c *ir.Correlation) map[alias]string {
	out := map[alias]string{}
	for _, m := range c.Members {
		reads := m.Reads
		if m.Rule != nil {
			reads = m.Rule.Reads
		}
		for _, r := range reads {
			if r.Outer == nil {
				out[alias{identity(m), r.Name}] = strings.Join(r.Fields, ", ")
			}
		}
	}
	return out
}
