package pipeline

import (
	"regexp"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A mapForm is a case of map_item for all values of a form: an expression
// that the whole value matches, without regard to case, and what the values of
// the target's fields are made of. $1 in them is what the first group holds.
type mapForm struct {
	pos sigma.Pos // of the pattern in the pipeline
	re  *regexp.Regexp
	to  []mapTarget
}

// A mapTarget is a field of the target and its values.
type mapTarget struct {
	field  string
	pos    sigma.Pos
	values []sigma.Value
}

// readForm reads a case with a pattern.
func (t *mapItem) readForm(p *params, pattern, to *yaml.Node) {
	source := p.scalar(pattern, "pattern")
	re := p.regexpOf(`\A(?i:`+source+`)\z`, p.at(pattern), "pattern", false)
	form := mapForm{pos: p.at(pattern), re: re}
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
		form.to = append(form.to, mapTarget{field, m.pos, m.values(values, "values")})
	}
	if _, err := form.tests(func(v sigma.Value) sigma.Value { return v }); err != nil {
		p.adopt(err)
		return
	}
	if re != nil {
		t.forms = append(t.forms, form)
		t.known = append(t.known, "values of the form "+source)
	}
}

// tests returns the tests of the target's fields.
func (f *mapForm) tests(value func(sigma.Value) sigma.Value) ([]ir.Expr, error) {
	out := make([]ir.Expr, len(f.to))
	for i, to := range f.to {
		values := make([]sigma.Value, len(to.values))
		for k, v := range to.values {
			values[k] = value(v)
		}
		e, err := build(ruleOf([]*sigma.Item{itemFor(to.field, to.pos, values, true)}), false)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// formed returns the tests of the target's fields for a string of one of the
// forms, nil for anything else.
func (t *mapItem) formed(w *run, u ir.Test) []ir.Expr {
	text, ok := u.(*ir.Text)
	if !ok || text.Cased {
		return nil
	}
	plain := plainText(text.Pattern)
	for i := range t.forms {
		f := &t.forms[i]
		groups := f.re.FindStringSubmatchIndex(plain)
		if groups == nil {
			continue
		}
		es, err := f.tests(func(v sigma.Value) sigma.Value {
			if v.Kind == sigma.String {
				v.Text = expandGroups(f.re, v.Text, plain, groups)
			}
			return v
		})
		if err == nil {
			w.from(f.pos)
			return es
		}
	}
	return nil
}

// expandGroups writes what the groups of an expression hold in place of $1 and
// the like, as text without wildcards.
func expandGroups(re *regexp.Regexp, template, text string, groups []int) string {
	out := groupName.ReplaceAllStringFunc(template, func(name string) string {
		return escape(string(re.ExpandString(nil, name, text, groups)))
	})
	return out
}

// groupName is $1 to $9 and ${name}.
var groupName = regexp.MustCompile(`\$(?:[1-9]|\{\w+\})`)
