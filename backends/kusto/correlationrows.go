package kusto

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A pipe is the text of a pipeline.
type pipe struct {
	lines   []string
	helpers []string // columns that nobody wants to see in the end
}

func (p *pipe) add(line string) { p.lines = append(p.lines, line) }

func (p *pipe) extend(items ...string) {
	if len(items) > 0 {
		p.add("| extend " + strings.Join(items, ", "))
	}
}

func (p *pipe) where(conds ...string) {
	if len(conds) > 0 {
		p.add("| where " + strings.Join(conds, " and "))
	}
}

// helper notes a column that is no part of the result, and returns it.
func (p *pipe) helper(name string) string {
	if !slices.Contains(p.helpers, name) {
		p.helpers = append(p.helpers, name)
	}
	return name
}

// tidy removes the helpers.
func (p *pipe) tidy() {
	if len(p.helpers) > 0 {
		p.add("| project-away " + strings.Join(p.helpers, ", "))
		p.helpers = nil
	}
}

// A rowset is the rows of a level, one for each event or firing in each group
// that it lies in, and where its columns are.
type rowset struct {
	pipe
	at    string         // the column with the time
	timed bool           // it was seen to that there is a time
	cells map[*slot]cell // of this level and of those around it
}

// A branch is a part of a level's rows: rules of one table that read the same
// fields, one behind the other among the parts, or the firings of a
// correlation.
type branch struct {
	table string
	run   []*part
	level *level
	cells map[*slot]cell
}

// branches returns the branches of a level, in the order of its parts.
func (l *level) branches() []*branch {
	var out []*branch
	last := make(map[string]*branch)
	for _, p := range l.parts {
		b := &branch{run: []*part{p}, level: p.level}
		if p.level == nil {
			b.table = bareTable(p.event.Job)
			if before := last[b.table]; before != nil && l.alike(before.run[0], p) {
				before.run = append(before.run, p)
				continue
			}
			last[b.table] = b
		}
		out = append(out, b)
	}
	return out
}

// alike reports whether the events of two rules are read alike.
func (l *level) alike(p, q *part) bool {
	return !slices.ContainsFunc(l.needed(), func(s *slot) bool { return !slices.Equal(s.read(p).Fields, s.read(q).Fields) })
}

// needed returns the slots that the rows of a level must have: its own, and
// those of the levels around it that are no group-by field of its own.
func (l *level) needed() []*slot {
	out := slices.Concat(l.keys, l.values)
	for _, s := range l.above() {
		if l.same(s) == nil {
			out = append(out, s)
		}
	}
	return out
}

// same returns the level's group-by field that is the same as what a level
// around it reads, or nil. A firing of a level has several events, of which
// each has a value of its own, unless all of them lie in one group by it.
func (l *level) same(s *slot) *slot {
	for _, p := range l.parts {
		if p.level != nil && p.level.same(s) == nil {
			return nil
		}
	}
	for _, k := range l.keys {
		if !slices.ContainsFunc(l.leaves(), func(p *part) bool { return !slices.Equal(s.read(p).Fields, k.read(p).Fields) }) {
			return k
		}
	}
	return nil
}

// rows writes the rows of a level.
func (l *level) rows() *rowset {
	branches := l.branches()
	sets := make([]*rowset, len(branches))
	for i, b := range branches {
		if b.level != nil {
			sets[i] = b.level.fires()
			l.fromLevel(sets[i], b)
		} else {
			sets[i] = l.fromTable(branches, b)
		}
	}
	if len(sets) == 1 {
		l.settle(sets[0], sets[0].cells)
		l.filter(sets[0])
		return sets[0]
	}
	return l.union(branches, sets)
}

// fromLevel makes rows of the firings of another correlation.
func (l *level) fromLevel(r *rowset, b *branch) {
	cells := make(map[*slot]cell)
	for _, s := range l.needed() {
		cells[s] = r.cells[s]
	}
	r.cells = cells
	l.flags(r, []*branch{b}, b)
}

// fromTable makes rows of the events of rules.
func (l *level) fromTable(all []*branch, b *branch) *rowset {
	r := &rowset{at: l.timeOf(b.run[0].event), cells: make(map[*slot]cell)}
	if b.table != "" {
		r.add(l.source(all, b.table))
	}
	if list := computed(l.computed(all, b.table)); list != "" {
		r.add("| extend " + list)
	}
	for _, s := range l.needed() {
		r.cells[s] = l.cellOf(s, b.run[0])
	}
	b.cells = r.cells
	l.flags(r, all, b)
	return r
}

// source writes a table. One that is a function is told what a rule asks for,
// which is in the rule's condition as well, where all rules agree on it.
func (l *level) source(all []*branch, table string) string {
	told := make(map[string]bool)
	text := table
	for _, b := range all {
		for _, p := range b.run {
			if b.level == nil && b.table == table {
				text = tableOf(p.event.Job)
				told[text] = true
			}
		}
	}
	if len(told) > 1 {
		return table
	}
	return text
}

// computed returns the columns that the rules of a table need, which its other
// rules must not take for something else.
func (l *level) computed(all []*branch, table string) []ir.Computed {
	var out []ir.Computed
	var parts []*part
	for _, b := range all {
		if b.level == nil && b.table == table {
			parts = append(parts, b.run...)
		}
	}
	for _, p := range parts {
		for _, c := range p.event.Rule.Computed {
			i := slices.IndexFunc(out, func(o ir.Computed) bool { return o.Name == c.Name })
			if i < 0 {
				out = append(out, c)
			}
			for _, q := range parts {
				if q != p && !sameColumn(q.event, c) {
					l.Unsupported(q.Pos, fmt.Sprintf("a correlation of %s and %s: the column %s is computed for one of them and means something else in the other", p.Name, q.Name, c.Name), "")
					return nil
				}
			}
		}
	}
	return out
}

// sameColumn reports whether an event has a column computed alike, or has no
// use for it.
func sameColumn(e *emit.Event, c ir.Computed) bool {
	for _, o := range e.Rule.Computed {
		if o.Name == c.Name {
			return o.Expr == c.Expr
		}
	}
	return !slices.Contains(uses(e), c.Name)
}

// settle makes columns of the cells.
func (l *level) settle(r *rowset, cells map[*slot]cell) {
	var items []string
	var expand []string
	for _, s := range l.needed() {
		c := cells[s]
		name := s.column()
		switch {
		case c.set && s.in == l:
			expand = append(expand, "| mv-expand "+name+" = "+c.expr+" to typeof(string)")
			c = cell{expr: name, plain: true, kind: schema.Keyword}
		case !c.plain:
			if s.in != l {
				name = r.helper(column(s.in.prefix + "read" + l.id + "_" + s.title))
			} else if s.value {
				r.helper(name)
			}
			items = append(items, name+" = "+c.expr)
			c = cell{expr: name, plain: true, kind: c.kind, set: c.set, sure: c.sure}
		}
		r.cells[s] = c
	}
	r.extend(items...)
	r.lines = append(r.lines, expand...)
}

// filter keeps the rows that lie in a group and have a value.
func (l *level) filter(r *rowset) {
	var conds []string
	for _, s := range slices.Concat(l.keys, l.values) {
		c := r.cells[s]
		if p := c.present(); !c.sure && !slices.Contains(conds, p) {
			conds = append(conds, p)
		}
		c.sure = true
		r.cells[s] = c
	}
	if !r.timed {
		conds = append(conds, "isnotnull("+r.at+")")
	}
	r.timed = true
	r.where(conds...)
}

// union puts branches together.
func (l *level) union(branches []*branch, sets []*rowset) *rowset {
	out := &rowset{at: l.name("at"), cells: make(map[*slot]cell)}
	out.helper(out.at)
	for _, s := range l.needed() {
		cells := make([]cell, len(sets))
		for i, r := range sets {
			cells[i] = r.cells[s]
		}
		sure := !slices.ContainsFunc(cells, func(c cell) bool { return !c.sure })
		for i, c := range merged(s, cells) {
			if s.in != l && !c.set && slices.ContainsFunc(cells, func(c cell) bool { return c.set }) {
				c = cell{expr: "pack_array(" + c.text() + ")", set: true}
			}
			c.sure = sure
			sets[i].cells[s] = c
		}
	}
	out.add("union")
	for i, r := range sets {
		if b := branches[i]; b.level == nil && b.table == "" {
			l.Fail(b.run[0].Pos, sigma.Unsupported, "the setting table names it", "%s needs the table of %s to put its events beside others", l.Backend.Title, b.run[0].Name)
		}
		l.settle(r, r.cells)
		r.extend(out.at + " = " + r.at)
		l.nest(&out.pipe, r, i == len(sets)-1)
		for _, h := range r.helpers {
			out.helper(h)
		}
		for _, s := range l.needed() {
			out.cells[s] = r.cells[s]
		}
	}
	l.filter(out)
	return out
}

// nest writes a pipeline as a table of union.
func (l *level) nest(out *pipe, r *rowset, last bool) {
	for i, line := range strings.Split(strings.Join(r.lines, "\n"), "\n") {
		indent := "     "
		if i == 0 {
			indent = "    ("
		}
		out.add(indent + line)
	}
	end := "),"
	if last {
		end = ")"
	}
	out.lines[len(out.lines)-1] += end
}
