package kusto

import (
	"slices"
	"strconv"
	"strings"
)

// flags finds the events of a branch and, for correlations about which rules
// occur, notes of each row which rules it is of.
func (l *level) flags(r *rowset, all []*branch, b *branch) {
	if b.level == nil && (len(b.run) == 1 || !l.Type.IsTemporal()) {
		l.match(r, all, b)
	}
	if !l.Type.IsTemporal() {
		return
	}
	items := l.notes(all, b)
	for i, f := range items {
		items[i] = r.helper(l.rule(i)) + " = " + f
	}
	r.extend(items...)
	if len(b.run) > 1 {
		any := make([]string, len(b.run))
		for i, p := range b.run {
			any[i] = l.rule(p.index)
		}
		keep(r, any, l.earlier(all, b))
	}
}

// notes writes for each part whether a row of a branch is of it. An event that
// rules of a later branch match in the same group has one row here, and none
// there.
func (l *level) notes(all []*branch, b *branch) []string {
	out := make([]string, len(l.parts))
	for i := range out {
		out[i] = "false"
	}
	for _, p := range b.run {
		if out[p.index] = "true"; len(b.run) > 1 {
			out[p.index] = condition(p.event.Job, p.event.Where, true)
		}
	}
	for _, o := range all[slices.Index(all, b)+1:] {
		if b.level != nil || o.level != nil || o.table != b.table {
			continue
		}
		for _, p := range o.run {
			out[p.index] = "coalesce((" + condition(p.event.Job, p.event.Where, true) + ")" + l.sameGroup(b, o) + ", false)"
		}
	}
	return out
}

// keep keeps the rows of which one of some conditions holds, and all of others.
func keep(r *rowset, any, all []string) {
	if len(all) == 0 {
		r.where(strings.Join(any, " or "))
		return
	}
	r.where(append([]string{group(any)}, all...)...)
}

// rule returns the column that says whether a row is of a rule.
func (l *level) rule(i int) string { return l.name("rule" + strconv.Itoa(i+1)) }

// group joins alternatives.
func group(any []string) string {
	if len(any) == 1 {
		return any[0]
	}
	return "(" + strings.Join(any, " or ") + ")"
}

// match finds the events of a branch that no branch before it has in the same
// group.
func (l *level) match(r *rowset, all []*branch, b *branch) {
	earlier, any := l.earlier(all, b), matching(b, false)
	if len(any) == 1 && len(earlier) == 0 {
		any[0] = condition(b.run[0].event.Job, b.run[0].event.Where, false)
	}
	keep(r, any, earlier)
}

// matching writes that an event matches a rule, for each of a branch's.
func matching(b *branch, negated bool) []string {
	var any []string
	for _, p := range b.run {
		if c := "(" + condition(p.event.Job, p.event.Where, negated) + ")"; !slices.Contains(any, c) {
			any = append(any, c)
		}
	}
	return any
}

// earlier leaves out the events that a branch before this one has in the same
// group already: an event counts once.
func (l *level) earlier(all []*branch, b *branch) []string {
	var out []string
	for _, o := range all {
		if o == b {
			break
		}
		if o.level != nil || o.table != b.table {
			continue
		}
		out = append(out, "not(coalesce("+group(matching(o, true))+l.sameGroup(o, b)+", false))")
	}
	return out
}

// sameGroup writes that an event lies in the same group by way of both branches,
// with a value where that is asked for.
func (l *level) sameGroup(b, o *branch) string {
	cell := func(x *branch, s *slot) cell { return l.cellOf(s, x.run[0]) }
	out := ""
	for _, k := range l.keys {
		x, y := cell(b, k), cell(o, k)
		if x.expr == y.expr {
			continue
		}
		if x.known() && y.known() && x.kind == y.kind {
			out += " and " + x.expr + " == " + y.expr
		} else {
			out += " and " + x.text() + " == " + y.text()
		}
	}
	for _, v := range l.values {
		out += " and " + cell(b, v).present()
	}
	return out
}
