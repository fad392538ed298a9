package pysigma_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// rename finds fields of pySigma's that stand for others of sigmac's: those
// that sigmac's rule does not test, and whose values are those of another field
// there, most of them at least.
func (p *pair) rename(found ir.Expr) map[string]string {
	ours, theirs := valuesOf(p.mapped.Where), valuesOf([]ir.Expr{found})
	names := map[string]string{}
	for g, values := range theirs {
		if ours[g] != nil {
			continue
		}
		best, most := "", 0
		for f, mine := range ours {
			n := 2 * common(values, mine)
			if n > 0 && theirs[f] != nil {
				n-- // better one that pySigma's does not test
			}
			if n > most || n == most && n > 0 && f < best {
				best, most = f, n
			}
		}
		if most >= len(values) {
			names[g] = best
			p.note("field: " + g + " for " + best)
		}
	}
	return names
}

// note adds a class that no atom has.
func (p *pair) note(class string) {
	if i, found := slices.BinarySearch(p.classes, class); !found {
		p.classes = slices.Insert(p.classes, i, class)
	}
}

// valuesOf returns the tests of each field.
func valuesOf(es []ir.Expr) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, e := range es {
		ir.Walk(e, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok {
				if out[m.Field] == nil {
					out[m.Field] = map[string]bool{}
				}
				ir.WalkTests(m.Test, func(t ir.Test) { out[m.Field][keyOf(t)] = true })
			}
			return true
		})
	}
	return out
}

func common(a, b map[string]bool) (n int) {
	for k := range a {
		if b[k] {
			n++
		}
	}
	return n
}

// origins returns the field of the rule that stands at a place, "" where none
// does: what is there was added by a pipeline.
func origins(rule *ir.Rule) map[sigma.Pos]string {
	at := map[sigma.Pos]string{}
	for _, e := range rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Match:
				at[e.Pos] = e.Field
				ir.WalkTests(e.Test, func(t ir.Test) { at[t.Position()] = e.Field })
			case *ir.Keyword:
				at[e.Pos] = keyword
				ir.WalkTests(e.Test, func(t ir.Test) { at[t.Position()] = keyword })
			}
			return true
		})
	}
	return at
}

// keyword stands for the name of the field that keywords do not have.
const keyword = "a keyword"

// A column is a field of the target as both test it.
type column struct {
	origin       string // the field of the rule that it stands for; "" where pipelines alone test it
	ours, theirs bool
	odd          []*atom // of one of both alone
}

// columnsOf returns the fields that both test.
func (p *pair) columnsOf() map[string]*column {
	at := origins(p.rule)
	out := map[string]*column{}
	for _, a := range p.all {
		c := out[a.field]
		if c == nil {
			c = &column{}
			out[a.field] = c
		}
		if a.ours {
			if a.origin = at[a.item]; a.origin == "" {
				a.origin = at[a.test.Position()]
			}
			c.origin = cmp.Or(a.origin, c.origin)
		}
		c.ours, c.theirs = c.ours || a.ours, c.theirs || a.theirs
		if a.ours != a.theirs {
			c.odd = append(c.odd, a)
		}
	}
	return out
}

// classify names what differs: how both choose the log source, and what about
// the atoms that only one of both has.
func (p *pair) classify() (chosen, others []string) {
	columns := p.columnsOf()
	chosen = p.chooseLogs(columns)
	values := map[string]bool{} // that only pySigma's query tests fields by
	for _, a := range p.all {
		if !a.ours {
			values[a.key] = true
		}
	}
	for _, a := range p.all {
		if a.ours != a.theirs {
			a.class = p.class(columns[a.field], a, values)
			others = append(others, a.class)
		}
	}
	slices.Sort(others)
	return chosen, slices.Compact(others)
}

// chooseLogs returns the classes of the conditions by which both choose the log
// source, where they choose different events.
func (p *pair) chooseLogs(columns map[string]*column) (classes []string) {
	parts := map[string]*[2]tree{}
	for i, root := range []*tree{p.ours, p.theirs} {
		for _, t := range root.conjuncts() {
			if t.class = logSource(t, i == 0, columns); t.class == "" {
				continue
			}
			if parts[t.class] == nil {
				parts[t.class] = &[2]tree{{kind: '&'}, {kind: '&'}}
			}
			both := parts[t.class]
			both[i].parts = append(both[i].parts, t)
		}
	}
	nothing, size := func(string) bool { return false }, (len(p.events)+63)/64
	for class, both := range parts {
		if !slices.Equal(both[0].bound(nothing, size).least, both[1].bound(nothing, size).least) {
			classes = append(classes, class)
		}
	}
	return classes
}

// logSource returns the class of a part of a query that tests only what no
// item of the rule is about, "" of others.
func logSource(t *tree, ours bool, columns map[string]*column) string {
	both, item := false, false
	var fields []string
	t.walk(func(a *atom) {
		c := columns[a.field]
		item = item || a.origin != "" || !c.ours || !ours && c.origin != ""
		both = both || c.theirs
		if !slices.Contains(fields, a.field) {
			fields = append(fields, a.field)
		}
	})
	switch {
	case item || fields == nil:
		return ""
	case both && len(fields) == 1:
		return "log source: other values of " + fields[0]
	case both:
		return "log source: other values of a field of " + strings.Join(fields, ", ")
	}
	return "log source: only sigmac asks for " + strings.Join(fields, ", ")
}

// class returns the class of an atom that only one of both has.
func (p *pair) class(c *column, a *atom, values map[string]bool) string {
	switch {
	case p.computed[a.field]:
		return "regular expression: rex"
	case a.ours && a.origin == "", a.theirs && c.ours && c.origin == "":
		return "log source: a part of the query asks for " + a.field
	case a.theirs && !c.ours:
		return "only pySigma tests " + a.field
	case a.theirs:
		return c.kind() + ": " + c.origin
	case !c.theirs && isAbsence(a.test): // that a text is null is never true in Kusto, and not kept
		return "null or empty: " + a.origin
	case !c.theirs && values[a.key]:
		return "field: another one for " + a.origin
	case !c.theirs:
		return "not tested by pySigma: " + a.origin
	}
	return c.kind() + ": " + a.origin
}

// kind names what differs about the tests of a field that stand for an item of
// the rule, by those that only one of both has.
func (c *column) kind() string {
	for _, k := range []struct {
		name string
		is   func(ir.Test) bool
	}{{"null or empty", isAbsence}, {"regular expression", isRegexp}, {"network", isNetwork}, {"wildcard", isWild}, {"dash", isDash}} {
		if slices.ContainsFunc(c.odd, func(a *atom) bool { return (a.theirs || a.origin != "") && k.is(a.test) }) {
			return k.name
		}
	}
	return "value"
}

func isAbsence(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Null, *ir.Exists:
		return true
	case *ir.Text:
		return len(t.Pattern) == 0 || strings.Trim(t.Pattern.String(), "*") == ""
	}
	return false
}

func isRegexp(t ir.Test) bool { _, ok := t.(*ir.Regexp); return ok }

func isNetwork(t ir.Test) bool { _, ok := t.(*ir.CIDR); return ok }

// isWild reports whether a text has a question mark, or a star that is meant
// literally.
func isWild(t ir.Test) bool {
	x, ok := t.(*ir.Text)
	return ok && (x.Pattern.Has(ir.Question) || slices.ContainsFunc(x.Pattern, func(e ir.Element) bool {
		return e.Kind == ir.Literal && strings.ContainsAny(e.Text, "*?")
	}))
}

func isDash(t ir.Test) bool {
	x, ok := t.(*ir.Text)
	return ok && x.Pattern.Has(ir.Dash)
}
