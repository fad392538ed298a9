package esql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A rows is what a correlation sees: a row for each event and group.
type rows struct {
	time    string
	in      string   // the column that says which rows count; "" where all do
	keys    []string // the group
	values  []string // what is counted or computed with
	flags   []string // of the members: whether the event is one of its; nil of a single member
	firings []bool   // of the members: whether they are correlations; nil where none is
	carried []string // columns that the correlation that refers to this one reads
}

// A field is what the rows have for a name of the correlation.
type field struct {
	name  ir.Name
	exprs []string // of each member
	plain bool     // they are the names of columns
	array bool     // there may be several values
	value bool     // it is counted or computed with
	there bool     // no row is without it
}

// same reports whether the members' events have it in the same place.
func (f *field) same() bool {
	return !slices.ContainsFunc(f.exprs, func(e string) bool { return e != f.exprs[0] })
}

// sameReads reports whether the members read the same fields.
func sameReads(c *ir.Correlation) bool {
	return elastic.SameReads(c.Members, slices.Concat(c.Keys, c.Values))
}

// rows makes the rows of a correlation.
func (w *writer) rows(c *ir.Correlation, carried []string) *rows {
	inner := 0
	for _, m := range c.Members {
		if m.Correlation != nil {
			inner++
		}
	}
	switch {
	case inner == 0:
		r := &rows{time: name(w.Setting(timeField)), flags: w.flagsOf(c)}
		w.group(c, r, w.fields(c))
		return r
	case len(c.Members) == 1:
		return w.chained(c, carried)
	}
	return w.mixed(c)
}

// flagsOf returns the columns that say which of the members an event is one
// of, where there are some.
func (w *writer) flagsOf(c *ir.Correlation) []string {
	if len(c.Members) == 1 || w.flags[c.Members[0]] == "" {
		return nil
	}
	out := make([]string, len(c.Members))
	for i, m := range c.Members {
		out[i] = w.flags[m]
	}
	return out
}

// fields returns what the rows are to have for the names of a correlation.
func (w *writer) fields(c *ir.Correlation) []*field {
	keys := make([][]ir.Read, len(c.Members))
	values := make([][]ir.Read, len(c.Members))
	in := *w.Correlating
	in.Correlation = c
	for i, m := range c.Members {
		keys[i], values[i] = elastic.Keys(&in, m, c.Keys), elastic.Keys(&in, m, c.Values)
	}
	if len(w.Errors) > 0 {
		return nil
	}
	return append(w.fieldsOf(c, keys, false), w.fieldsOf(c, values, true)...)
}

// fieldsOf returns the fields of reads, which each member has as many of.
func (w *writer) fieldsOf(c *ir.Correlation, reads [][]ir.Read, value bool) []*field {
	var out []*field
	for i, first := range reads[0] {
		f := &field{name: ir.Name{Pos: first.Pos, Text: first.Name}, plain: true, value: value}
		var kinds []emit.Field
		for k, m := range c.Members {
			expr, column := w.expression(c, m, reads[k][i], value)
			f.exprs = append(f.exprs, expr)
			f.plain = f.plain && expr == name(column.Name)
			f.array = f.array || column.Column.Array
			kinds = append(kinds, column)
		}
		if !f.same() && differ(kinds) {
			for k, e := range f.exprs {
				f.exprs[k] = "to_string(" + e + ")"
			}
		}
		out = append(out, f)
	}
	return out
}

// differ reports whether columns are of types that are not compared with each
// other.
func differ(columns []emit.Field) bool {
	for _, f := range columns {
		if f.Known && f.Type() != columns[0].Type() && !(elastic.HoldsText(f.Type()) && elastic.HoldsText(columns[0].Type())) {
			return true
		}
	}
	return false
}

// expression writes what is read of a member's events, and returns the field,
// the first one of several. A number that is computed with is read from a text
// where the index holds text.
func (w *writer) expression(c *ir.Correlation, m *ir.Member, r ir.Read, value bool) (string, emit.Field) {
	j := w.jobOf(m)
	names := make([]string, len(r.Fields))
	var first emit.Field
	for i, f := range r.Fields {
		column := elastic.FieldOf(j, r, f)
		if i == 0 {
			first = column
		}
		if names[i] = name(f); value && c.Type >= ir.ValueSum {
			names[i] = w.numeric(column)
		}
	}
	if len(names) > 1 {
		return "coalesce(" + strings.Join(names, ", ") + ")", first
	}
	return names[0], first
}

// numeric writes a field as a number.
func (w *writer) numeric(f emit.Field) string {
	switch {
	case !f.Known || f.Type().IsNumber():
		return name(f.Name)
	case !elastic.HoldsText(f.Type()):
		w.Fail(f.Pos, sigma.BadFieldType, "", "%s is of type %s, and no number to compute with", f.Name, f.Type())
	}
	return "to_double(" + name(f.Name) + ")"
}

// jobOf returns the writing of a rule, or of the first one of a correlation.
func (w *writer) jobOf(m *ir.Member) *emit.Job {
	for m.Correlation != nil {
		m = m.Correlation.Members[0]
	}
	return w.EventsOf(m).Job
}

// group adds the columns of the group and of the values to the rows. An event
// without one of them is not seen (C8).
func (w *writer) group(c *ir.Correlation, r *rows, fields []*field) {
	if len(w.Errors) > 0 {
		return
	}
	var columns []string
	if slices.ContainsFunc(fields, func(f *field) bool { return !f.same() }) {
		columns = w.split(r, fields)
	} else {
		columns = w.plain(r, fields)
	}
	var present []string
	for i, column := range columns {
		if !fields[i].there {
			present = append(present, column+" is not null")
		}
	}
	w.where(present...)
	for i, f := range fields {
		w.expand(c, f, columns[i])
	}
}

// expand makes a row for each value of a column that may have several: what
// INLINE STATS computes for a row of several groups comes in one list, and a
// comparison of several values is null.
func (w *writer) expand(c *ir.Correlation, f *field, column string) {
	switch {
	case !f.array:
	case !f.value:
		w.add("eval %s = mv_dedupe(%s)", column, column)
		w.add("mv_expand %s", column)
	case c.Type == ir.ValuePercentile || c.Type == ir.ValueMedian:
		w.add("mv_expand %s", column)
	}
}

// plain adds fields that are the same of all members.
func (w *writer) plain(r *rows, fields []*field) []string {
	var sets, columns []string
	for _, f := range fields {
		column := f.exprs[0]
		if !f.plain || r.taken(f, column) {
			column = w.fieldColumn(f)
			sets = append(sets, column+" = "+f.exprs[0])
		}
		columns = append(columns, r.note(f, column))
	}
	if sets != nil {
		w.add("eval %s", strings.Join(sets, ", "))
	}
	return columns
}

// taken reports whether a column cannot be that of a field as it is: it is
// another key already, or one that is to have a single one of the values that
// the field has.
func (r *rows) taken(f *field, column string) bool {
	return slices.Contains(r.keys, column) && (!f.value || f.array)
}

// fieldColumn returns a name for the column of a field that is computed.
func (w *writer) fieldColumn(f *field) string {
	if f.value {
		return w.own("value")
	}
	return w.column(f.name.Text)
}

// note adds a column to those of the rows.
func (r *rows) note(f *field, column string) string {
	if f.value {
		r.values = append(r.values, column)
	} else {
		r.keys = append(r.keys, column)
	}
	return column
}

// split adds fields that aliases make different. An event that matches several
// of the members may be in a group for each: there is a row for each group
// that it is in, which says of which of the members it is there. An event
// counts once in a group, with the value that the first of these reads.
func (w *writer) split(r *rows, fields []*field) []string {
	member := w.own("member")
	numbers := make([]string, len(r.flags))
	for i := range numbers {
		numbers[i] = strconv.Itoa(i + 1)
	}
	w.add("eval %s = [%s]", member, strings.Join(numbers, ", "))
	w.add("mv_expand %s", member)
	columns := make([]string, len(fields))
	each := func(value bool, when func(i int) string) {
		var sets []string
		for k, f := range fields {
			switch {
			case f.value != value:
				continue
			case f.same() && f.plain && !r.taken(f, f.exprs[0]):
				columns[k] = f.exprs[0]
			default:
				w.single(f)
				columns[k] = w.fieldColumn(f)
				sets = append(sets, columns[k]+" = "+choose(f.exprs, when))
			}
			r.note(f, columns[k])
		}
		if sets != nil {
			w.add("eval %s", strings.Join(sets, ", "))
		}
	}
	each(false, func(i int) string { return member + " == " + numbers[i] })
	w.flagGroups(r, fields, columns)
	w.add("where %s == %s", member, choose(numbers, func(i int) string { return r.flags[i] }))
	each(true, func(i int) string { return r.flags[i] })
	return columns
}

// single notes that a field is compared, which one with several values is not.
func (w *writer) single(f *field) {
	if f.array {
		w.Warn(f.name.Pos, sigma.Assumed, "", "%s is taken to have a single value: ES|QL compares no lists", f.name.Text)
	}
}

// choose writes the first of the texts whose condition holds.
func choose(texts []string, when func(i int) string) string {
	parts := make([]string, len(texts))
	for i, text := range texts {
		parts[i] = when(i) + ", " + text
	}
	return "case(" + strings.Join(parts, ", ") + ")"
}

// flagGroups keeps the flags of those members of which the event is in the
// group of the row, with all values that they read.
func (w *writer) flagGroups(r *rows, fields []*field, columns []string) {
	sets := make([]string, len(r.flags))
	for i, flag := range r.flags {
		text := flag
		for k, f := range fields {
			switch {
			case f.value:
				text += " and " + f.exprs[i] + " is not null"
			case columns[k] != f.exprs[i]:
				text += " and " + f.exprs[i] + " == " + columns[k]
			}
		}
		sets[i] = flag + " = coalesce(" + text + ", false)"
	}
	w.add("eval %s", strings.Join(sets, ", "))
}
