package esql

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// chained makes the rows of a correlation that refers to another one only:
// they are those that the other one comes out with, one for each group and
// time at which it fires (C26). The fields that it is grouped by itself (C25)
// are columns of the other's group, or are carried along. A firing is in the
// group of each value that its events have.
func (w *writer) chained(c *ir.Correlation, carried []string) *rows {
	m := c.Members[0]
	if c.Type >= ir.ValueSum {
		// A firing has the numbers of all events that lie there, equal ones as
		// often as there are, which VALUES does not keep.
		w.Unsupported(c.Source.TypePos, c.Type.String()+" of the firings of a correlation", "")
		return &rows{}
	}
	fields := w.firingFields(c, m)
	if len(w.Errors) > 0 {
		return &rows{}
	}
	for i, column := range w.plain(&rows{}, fields) {
		fields[i].exprs[0], fields[i].plain = column, true
	}
	need := slices.Clone(carried)
	for _, f := range fields {
		if !slices.Contains(need, f.exprs[0]) {
			need = append(need, f.exprs[0])
		}
	}
	from := w.correlate(m.Correlation, true, need)
	if len(w.Errors) > 0 {
		return &rows{}
	}
	r := &rows{time: from.time}
	for _, f := range fields {
		f.there = slices.Contains(from.keys, f.exprs[0])
		if f.array = !f.there; f.array && !f.value && slices.Contains(carried, f.exprs[0]) {
			w.Unsupported(f.name.Pos, "a group by "+f.name.Text+" of firings whose firings are asked for it as well: group the innermost correlation by it", "")
		}
	}
	w.group(c, r, fields)
	return r
}

// firingFields returns what a correlation reads of the events that another one
// fires at.
func (w *writer) firingFields(c *ir.Correlation, m *ir.Member) []*field {
	var out []*field
	for i, n := range slices.Concat(c.Keys, c.Values) {
		value := i >= len(c.Keys)
		for _, r := range m.ReadsOf(n.Text) {
			expr, column := w.expression(c, m, r, value)
			if column.Column.Array && !value {
				// A firing is in the groups of all values of its event, also where it comes
				// from the group of one of them.
				w.Unsupported(r.Pos, "a group of firings by a field with several values, "+column.Name, "")
			}
			out = append(out, &field{name: ir.Name{Pos: r.Pos, Text: r.Name}, exprs: []string{expr}, plain: expr == name(column.Name), value: value})
		}
	}
	return out
}

// mixed makes the rows of a temporal correlation over correlations and rules:
// those of the events, on which is noted whether a correlation fires at them.
// It fires once at events of one time, which makes no difference to what
// occurs.
func (w *writer) mixed(c *ir.Correlation) *rows {
	r := &rows{time: name(w.Setting(timeField)), firings: make([]bool, len(c.Members))}
	var fields []*field
	for i, m := range c.Members {
		switch {
		case m.Correlation == nil:
			r.flags = append(r.flags, w.flags[m])
		case !c.Type.IsTemporal() || w.Method == emit.Buckets:
			w.Unsupported(m.Pos, "a correlation among others, but for the types temporal and temporal_ordered and the method sliding", "")
		default:
			r.flags = append(r.flags, w.fire(c, m))
			r.firings[i] = true
		}
		if len(w.Errors) > 0 {
			return r
		}
		fields = w.mixFields(c, m, fields)
	}
	if len(w.Errors) > 0 {
		return r
	}
	w.add("where %s", strings.Join(r.flags, " or "))
	w.group(c, r, fields)
	return r
}

// mixFields adds what is read of a member to the fields.
func (w *writer) mixFields(c *ir.Correlation, m *ir.Member, fields []*field) []*field {
	var reads []*field
	if m.Correlation != nil {
		reads = w.firingFields(c, m)
	} else {
		in := *w.Correlating
		in.Correlation = c
		for _, r := range elastic.Keys(&in, m, c.Keys) {
			expr, column := w.expression(c, m, r, false)
			reads = append(reads, &field{name: ir.Name{Pos: r.Pos, Text: r.Name}, exprs: []string{expr}, plain: expr == name(column.Name), array: column.Column.Array})
		}
	}
	if fields == nil {
		return reads
	}
	if len(fields) != len(reads) {
		w.Unsupported(c.Source.TypePos, "a group by what is one field of some of the rules' events and several of others", "")
		return fields
	}
	for i, f := range fields {
		f.exprs = append(f.exprs, reads[i].exprs[0])
		f.plain, f.array = f.plain && reads[i].plain, f.array || reads[i].array
	}
	return fields
}

// fire notes on each row whether an inner correlation fires at its event, and
// returns the column.
func (w *writer) fire(outer *ir.Correlation, m *ir.Member) string {
	c := m.Correlation
	fields := w.fireFields(outer, m)
	if len(w.Errors) > 0 {
		return ""
	}
	r := &rows{time: name(w.Setting(timeField)), flags: w.flagsOf(c)}
	present := []string{w.occursAny(c)}
	for _, column := range w.plain(r, fields) {
		present = append(present, column+" is not null")
	}
	r.in = w.own("in")
	w.add("eval %s = %s", r.in, strings.Join(present, " and "))
	end := w.own("last_time")
	w.slide(c, r, end)
	p := w.onePass(c, r)
	w.add("inline stats %s by %s", strings.Join(p.sets, ", "), strings.Join(append(slices.Clone(r.keys), end), ", "))
	w.add("where %s == %s", r.time, end)
	fires := w.own("fires")
	w.add("eval %s", strings.Join(append(p.after, fires+" = coalesce("+strings.Join(append([]string{r.in}, p.holds...), " and ")+", false)"), ", "))
	return fires
}

// onePass is pass, also for types that take several where one does.
func (w *writer) onePass(c *ir.Correlation, r *rows) pass {
	switch c.Type {
	case ir.ValueCount:
		column := w.own("value_count")
		return pass{sets: []string{column + " = " + r.aggregate("mv_count(values("+r.values[0]+"))")}, holds: bounds(c, column)}
	case ir.TemporalOrdered:
		return w.ordered(c, r, nil)
	}
	return w.pass(c, r)
}

// occursAny writes that an event is one of a correlation's rules.
func (w *writer) occursAny(c *ir.Correlation) string {
	flags := make([]string, len(c.Members))
	for i, m := range c.Members {
		flags[i] = w.flags[m]
	}
	if len(flags) == 1 {
		return flags[0]
	}
	return parens(strings.Join(flags, " or "))
}

// fireFields returns the fields of an inner correlation that stands among
// others, or notes why it cannot.
func (w *writer) fireFields(outer *ir.Correlation, m *ir.Member) []*field {
	c := m.Correlation
	n, _ := stages(c)
	switch {
	case slices.ContainsFunc(c.Members, func(m *ir.Member) bool { return m.Correlation != nil }):
		w.Unsupported(m.Pos, "a correlation of correlations among others", "")
	case !sameReads(c):
		w.Unsupported(elastic.AliasPos(c), "aliases of a correlation among others", "")
	case c.Type == ir.ValueCount && len(c.Members[0].ReadsOf(c.Values[0].Text))+len(c.Values) > 2:
		w.Unsupported(m.Pos, "a count of tuples in a correlation among others", "")
	case c.Type == ir.TemporalOrdered && n > 2:
		w.Unsupported(m.Pos, "the order of more than two rules in a correlation among others", "")
	case w.foreign(outer, m) > 1:
		w.Unsupported(m.Pos, "a group by several fields that the correlation referred to is not grouped by", "")
	}
	if len(w.Errors) > 0 {
		return nil
	}
	fields := w.fields(c)
	for _, f := range fields {
		if f.array && (!f.value || c.Type >= ir.ValuePercentile) {
			w.Unsupported(f.name.Pos, "a field with several values in a correlation among others", "")
		}
	}
	return fields
}

// foreign counts the fields that a correlation is grouped by and the one it
// refers to is not. Where events of one time differ in several of these, a
// firing is in the groups of all combinations, of which no row knows.
func (w *writer) foreign(outer *ir.Correlation, m *ir.Member) int {
	var own []ir.Read
	for _, key := range m.Correlation.Keys {
		own = append(own, m.Correlation.Members[0].ReadsOf(key.Text)...)
	}
	n := 0
	for _, key := range outer.Keys {
		for _, r := range m.ReadsOf(key.Text) {
			if !slices.ContainsFunc(own, func(o ir.Read) bool { return slices.Equal(o.Fields, r.Fields) }) {
				n++
			}
		}
	}
	return n
}
