package pipeline

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// itemConditions are the conditions on a detection item.
var itemConditions = []condition[itemCond]{
	{"match_string", "any or all of the values are strings that the expression matches from their beginning", makeMatchString},
	{"match_value", "any or all of the values are that value", makeMatchValue},
	{"contains_wildcard", "any or all of the values have wildcards", makeContainsWildcard},
	{"is_null", "any or all of the values are null", makeIsNull},
	{"processing_item_applied", "the step with that id was applied to the item", makeItemApplied},
	{"processing_state", "the state has a value that compares so", makeItemState},
}

// fieldConditions are the conditions on a field name.
var fieldConditions = []condition[fieldCond]{
	{"include_fields", "the field is in the list; with mode re, an expression of the list matches its beginning", makeIncludeFields},
	{"exclude_fields", "the opposite of include_fields", makeExcludeFields},
	{"processing_item_applied", "the step with that id was applied to the field", makeFieldApplied},
	{"processing_state", "the state has a value that compares so", makeFieldState},
}

// valueCond makes a condition that asks f of any or all of the values, as the
// mandatory parameter cond says.
func valueCond(p *params, f func(ir.Test) bool) itemCond {
	if p.choice("cond", "", "any", "all") == "all" {
		return func(_ *run, it item) bool {
			return !anyTest(it.test, func(t ir.Test) bool { return !f(t) })
		}
	}
	return func(_ *run, it item) bool { return anyTest(it.test, f) }
}

// anyTest reports whether f holds for a single test in t.
func anyTest(t ir.Test, f func(ir.Test) bool) bool {
	switch t := t.(type) {
	case ir.AnyOf:
		return slices.ContainsFunc(t, func(u ir.Test) bool { return anyTest(u, f) })
	case ir.AllOf:
		return slices.ContainsFunc(t, func(u ir.Test) bool { return anyTest(u, f) })
	}
	return f(t)
}

func makeMatchString(p *params) itemCond {
	n := p.need("pattern")
	source := p.scalar(n, "pattern")
	negate := p.flag("negate")
	pos := p.pos
	if n != nil {
		pos = p.at(n)
	}
	re := p.regexpOf(source, pos, "pattern", true)
	var m matcher
	if re != nil {
		m = newMatcher(re)
	}
	return valueCond(p, func(t ir.Test) bool {
		text, ok := t.(*ir.Text)
		return (ok && m.MatchString(plainText(text.Pattern))) != negate
	})
}

func makeMatchValue(p *params) itemCond {
	n := p.need("value")
	if n == nil {
		return nil
	}
	v, _ := p.value(n, "value")
	if v.Kind == sigma.Null {
		p.fail(v.Pos, sigma.BadPipeline, "use is_null", "match_value does not compare with null")
	}
	want, _ := plainValue(testOf(v))
	return valueCond(p, func(t ir.Test) bool {
		got, ok := plainValue(t)
		return ok && got == want
	})
}

func makeContainsWildcard(p *params) itemCond {
	return valueCond(p, func(t ir.Test) bool {
		text, ok := t.(*ir.Text)
		return ok && (text.Pattern.Has(ir.Star) || text.Pattern.Has(ir.Question))
	})
}

func makeIsNull(p *params) itemCond {
	return valueCond(p, func(t ir.Test) bool {
		_, ok := t.(*ir.Null)
		return ok
	})
}

func makeItemApplied(p *params) itemCond {
	id := p.needText("processing_item_id")
	p.tracks = true
	return func(w *run, it item) bool { return slices.Contains(w.marks[it.expr].ids, id) }
}

func makeItemState(p *params) itemCond {
	holds := stateTest(p)
	return func(w *run, _ item) bool { return holds(w) }
}

func makeIncludeFields(p *params) fieldCond {
	fields := p.needList("fields")
	if p.choice("mode", "plain", "re") == "plain" {
		set := make(map[string]bool, len(fields))
		for _, f := range fields {
			set[f] = true
		}
		return func(_ *run, f fieldName) bool { return !f.keyword && set[f.name] }
	}
	return includeRegexps(p, fields)
}

func includeRegexps(p *params, fields []string) fieldCond {
	var matchers []func(string) bool
	for _, f := range fields {
		if re := p.regexpOf(f, p.at(p.take("fields")), "fields", true); re != nil {
			matchers = append(matchers, re.MatchString)
		}
	}
	return func(_ *run, f fieldName) bool {
		return !f.keyword && slices.ContainsFunc(matchers, func(m func(string) bool) bool { return m(f.name) })
	}
}

func makeExcludeFields(p *params) fieldCond {
	include := makeIncludeFields(p)
	return func(w *run, f fieldName) bool { return !include(w, f) }
}

func makeFieldApplied(p *params) fieldCond {
	id := p.needText("processing_item_id")
	p.tracks = true
	return func(w *run, f fieldName) bool {
		if f.item != nil {
			return slices.Contains(w.marks[f.item].ids, id)
		}
		return slices.Contains(w.fieldMarks[f.name].ids, id)
	}
}

func makeFieldState(p *params) fieldCond {
	holds := stateTest(p)
	return func(w *run, _ fieldName) bool { return holds(w) }
}
