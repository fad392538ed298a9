package pipeline

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// mapItem replaces tests of a field for certain values by other tests.
type mapItem struct {
	field string
	cases map[string]mapCase // by plainValue
	forms []mapForm          // values by their form, tried where no case has the value
	keep  bool               // other tests stay as they are
	known []string           // the values, for messages

	message string // of the error about a value that is not known: $value in it, $logsource; "" where there is none
}

// A mapCase is what a value becomes.
type mapCase struct {
	pos   sigma.Pos // of the value in the pipeline
	tests []ir.Expr // all of which must hold
}

func makeMapItem(p *params, _ *step) transformation {
	t := &mapItem{field: p.needText("field"), cases: make(map[string]mapCase), message: p.text("message")}
	t.keep = p.choice("otherwise", "error", "keep") == "keep"
	n := p.need("cases")
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.fail(p.at(n), sigma.BadPipeline, "", `"cases" must be a list that is not empty, not %s`, kindOf(n))
		return nil
	}
	for _, c := range n.Content {
		if m := p.mapping(c, "the case"); m != nil {
			t.read(m)
			m.rest()
		}
	}
	return t
}

// read reads one case.
func (t *mapItem) read(p *params) {
	pattern := p.take("pattern")
	n := (*yaml.Node)(nil)
	if pattern == nil {
		n = p.need("values")
	}
	to := p.need("to")
	if n == nil && pattern == nil || to == nil {
		return
	}
	if to.Kind != yaml.SequenceNode || len(to.Content) == 0 {
		p.fail(p.at(to), sigma.BadPipeline, "", `"to" must be a list that is not empty, not %s`, kindOf(to))
		return
	}
	if pattern != nil {
		t.readForm(p, pattern, to)
		return
	}
	var tests []ir.Expr
	for _, c := range to.Content {
		m := p.mapping(c, "the test")
		if m == nil {
			return
		}
		field, values := m.needText("field"), m.need("values")
		m.rest()
		if field == "" || values == nil {
			return
		}
		it := itemFor(field, m.pos, m.values(values, "values"), true)
		e, err := build(ruleOf([]*sigma.Item{it}), false)
		if err != nil {
			p.adopt(err)
			return
		}
		tests = append(tests, e)
	}
	for _, v := range p.values(n, "values") {
		k, ok := plainValue(testOf(v))
		if !ok {
			p.fail(v.Pos, sigma.BadPipeline, "", "null is no value that can be mapped")
			continue
		}
		t.cases[k] = mapCase{v.Pos, tests}
		t.known = append(t.known, k)
	}
}

func (t *mapItem) apply(w *run) {
	w.items(func(it item) ir.Expr {
		if it.keyword || it.field != t.field {
			return it.expr
		}
		return splitItem(it, func(u ir.Test) ir.Expr {
			k, ok := plainValue(u)
			if c, mapped := t.cases[k]; ok && mapped {
				w.from(c.pos)
				return placed(c.tests, it.pos)
			}
			if es := t.formed(w, u); es != nil {
				return placed(es, it.pos)
			}
			if !t.keep {
				t.refuse(w, u)
			}
			return nil
		})
	})
}

// refuse reports a test that has no form in the target.
func (t *mapItem) refuse(w *run, u ir.Test) {
	hint := "it can be tested for " + strings.Join(t.known, ", ")
	value, ok := plainValue(u)
	if t.message == "" || !ok {
		w.fail(u.Position(), sigma.RuleRejected, hint, "the field %q has another form in the target, which this test cannot have", t.field)
		return
	}
	message := strings.NewReplacer("$value", value, "$logsource", w.logSource()).Replace(t.message)
	w.fail(u.Position(), sigma.RuleRejected, hint, "%s", message)
}

// placed returns the tests of a pipeline at a place of a rule.
func placed(es []ir.Expr, pos sigma.Pos) ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = ir.Rewrite(e, func(e ir.Expr) ir.Expr {
			if m, ok := e.(*ir.Match); ok {
				return &ir.Match{Pos: pos, Field: m.Field, Test: m.Test}
			}
			return e
		})
	}
	return ir.All(out...)
}
