package splunk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// rows writes the search of all rules, and what of each event the correlations
// read.
func (c *correlator) rows() {
	if !c.oneSource() {
		return
	}
	c.search()
	c.columns()
}

// oneSource refuses rules about different datasets. multisearch could join
// their events, but whether from may begin one of its searches, which have to
// be streaming, is not documented; append and union cut results off.
func (c *correlator) oneSource() bool {
	name := func(p *part) string {
		if t := dataset(p.event.Rule); t != nil {
			return t.Name
		}
		return ""
	}
	for _, p := range c.rules[1:] {
		if a, b := name(c.rules[0]), name(p); a != b {
			c.Unsupported(p.Pos, "a correlation of rules about different datasets, "+source(a)+" and "+source(b), "leave the data model's pipeline out")
			return false
		}
	}
	return true
}

func source(dataset string) string {
	if dataset == "" {
		return "the indexes"
	}
	return dataset
}

// search writes the search clause, which finds what any of the rules may match,
// and what tells which of them an event does match: all of a rule, whatever the
// search clause says of it already (Q29).
func (c *correlator) search() {
	if len(c.rules) == 1 {
		c.add("%s", query(c.rules[0].event.Job, c.rules[0].event.Where))
		return
	}
	var searches, tests []string
	exact := true
	for _, p := range c.rules {
		search, test, ok := p.search()
		searches, tests, exact = append(searches, search), append(tests, test), exact && ok
	}
	clause := "(" + strings.Join(searches, ") OR (") + ")"
	if slices.Contains(searches, "*") {
		clause = "*"
	}
	if t := dataset(c.rules[0].event.Rule); t != nil {
		c.add("| from datamodel:%s", quote(t.Name))
		clause = "search " + clause
	}
	if clause != "search *" {
		c.add("%s", clause)
	}
	switch {
	case c.byPart:
		c.splitParts(tests)
	case c.rules[0].in.Type.IsTemporal():
		c.flag(tests)
	case !exact:
		c.add("where if(%s,1,0)=1", strings.Join(tests, ",1,0)=1 OR if("))
	}
}

// search returns what the search clause says of a rule, the whole of it as an
// expression, and whether the two are the same.
func (p *part) search() (search, test string, exact bool) {
	j := p.event.Job
	e := prepare(j, p.event.Where)
	if dataset(j.Rule) != nil {
		refuseKeywords(j, e)
	}
	indexed, left := side{Job: j}.split(e)
	whole := side{Job: j}.fill(e, "")
	checkRaw(j, whole)
	printer := emit.Printer{Job: j, Dialect: &whereDialect}
	return clause(j, &searchDialect, "", indexed), printer.Expr(whole).Text, left == ir.Const(true)
}

// flag gives each event a column for each rule.
func (c *correlator) flag(tests []string) {
	var flags, any []string
	for i, t := range tests {
		name := c.helper(c.column("rule" + c.rules[i].label))
		flags = append(flags, name+"=if("+t+",1,0)")
		any = append(any, name+"=1")
	}
	c.add("eval %s", strings.Join(flags, ", "))
	c.add("where %s", strings.Join(any, " OR "))
}

// splitParts makes a row for each rule that an event matches.
func (c *correlator) splitParts(tests []string) {
	labels := make([]string, len(tests))
	for i, t := range tests {
		labels[i] = "if(" + t + `,"` + c.rules[i].label + ` ","")`
	}
	all, one := c.helper(c.column("rules")), c.helper(c.column("part"))
	c.add("eval %s=trim(%s)", all, strings.Join(labels, "."))
	c.add(`where %s!=""`, all)
	c.add("streamstats window=0 count as %s", c.helper(c.column("event")))
	c.add(`eval %s=split(%s," "), %s=%s`, all, all, one, all)
	c.add("mvexpand %s", one)
}

// columns copies what the correlations read of an event: the levels change
// their own columns only.
func (c *correlator) columns() {
	var list []string
	var walk func(l *level)
	walk = func(l *level) {
		for _, p := range l.parts {
			if p.level != nil {
				walk(p.level)
			}
		}
		l.keys = l.readColumns(&list, "key", l.Keys)
		l.values = l.readColumns(&list, "value", l.Values)
	}
	walk(c.top)
	if len(list) > 0 {
		c.add("eval %s", strings.Join(list, ", "))
	}
}

// readColumns appends what computes the columns of some names to the list, and
// returns the columns.
func (l *level) readColumns(list *[]string, what string, names []ir.Name) []string {
	var out []string
	for _, name := range names {
		n := len(l.readsOf(l.parts[0], name.Text))
		for _, p := range l.parts {
			if reads := l.readsOf(p, name.Text); len(reads) != n || n > 1 && what == "value" && l.Type.IsNumeric() {
				l.Unsupported(reads[0].Pos, name.Text+" where events have it in several fields", "")
				return nil
			}
		}
		for i := range n {
			column := l.own(what + strconv.Itoa(len(out)+1))
			*list = append(*list, column+"="+l.readColumn(name.Text, i, what == "key" || !l.Type.IsNumeric()))
			out = append(out, column)
		}
	}
	return out
}

// readsOf returns the reads of a part for a name. Where events are both grouped
// by a field and computed with, there is one for either.
func (l *level) readsOf(p *part, name string) []ir.Read {
	reads, times := p.ReadsOf(name), 0
	for _, n := range slices.Concat(l.Keys, l.Values) {
		if n.Text == name {
			times++
		}
	}
	return reads[:len(reads)/times]
}

// readColumn computes one column. A row that is none of the level's has
// something in it, too: what mvexpand makes of nothing is not documented.
func (l *level) readColumn(name string, read int, once bool) string {
	var cases []string
	same := true
	first := ""
	for i, p := range l.parts {
		e := p.read(l, l.readsOf(p, name)[read])
		if once {
			e = "mvdedup(" + e + ")"
		}
		if i == 0 {
			first = e
		}
		same = same && e == first
		cases = append(cases, l.isPart(p.leaves...)+","+e)
	}
	switch {
	case l.guarded:
		return "case(" + strings.Join(cases, ",") + `,true(),"0")`
	case same:
		return first
	}
	return "case(" + strings.Join(cases, ",") + ")"
}

// isPart says that a row has one of the labels.
func (c *correlator) isPart(labels ...string) string {
	part := c.column("part")
	tests := make([]string, len(labels))
	for i, label := range labels {
		tests[i] = part + "==" + quote(label)
	}
	return "(" + strings.Join(tests, " OR ") + ")"
}

// read returns the values of a field, or of the first of several that is
// there. What a data model fills a field with is no value.
func (p *part) read(l *level, r ir.Read) string {
	rule := p.rule()
	names := make([]string, len(r.Fields))
	for i, f := range r.Fields {
		if strings.Contains(f, "*") || emit.HasControl(f) {
			l.Unsupported(r.Pos, "a field name with a star or a line break in it", "a pipeline can map the field to another name")
		}
		names[i] = whereField(&emit.Printer{Job: l.Job}, emit.Field{Pos: r.Pos, Name: f})
		if c, _ := rule.Column(f); c.Filled != "" {
			names[i] = "if(" + names[i] + "==" + quote(c.Filled) + ",null()," + names[i] + ")"
		}
	}
	if len(names) == 1 {
		return names[0]
	}
	return "coalesce(" + strings.Join(names, ",") + ")"
}

// rule returns the rule that the part is, or the first of those that it
// consists of.
func (p *part) rule() *ir.Rule {
	if p.level != nil {
		return p.level.parts[0].rule()
	}
	return p.Rule
}
