package splunk

import (
	"regexp"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// fill writes an expression for fields that a data model fills where an event
// has none: a test for null becomes one for that value too, and a test that
// the value happens to pass is kept from it. otherwise is what other fields are
// filled with, "" for nothing. Whether a model fills a field or leaves it out
// does not matter to the result.
func (j side) fill(e ir.Expr, otherwise string) ir.Expr {
	if j.Rule.Table == nil && otherwise == "" {
		return e
	}
	f := filler{Job: j.Job, otherwise: otherwise}
	return f.expr(e, sigma.MatchesMore)
}

// A filler rewrites an expression for filled fields.
type filler struct {
	*emit.Job
	otherwise string
}

// expr rewrites an expression. more is what it does to the query to find more
// there.
func (f *filler) expr(e ir.Expr, more sigma.Code) ir.Expr {
	switch e := e.(type) {
	case ir.And:
		return ir.All(f.each(e, more)...)
	case ir.Or:
		return ir.OneOf(f.each(e, more)...)
	case *ir.Not:
		less := sigma.MatchesLess
		if more == less {
			less = sigma.MatchesMore
		}
		return ir.Negate(f.expr(e.X, less))
	case *ir.Match:
		return f.match(e, more)
	}
	return e
}

func (f *filler) each(es []ir.Expr, more sigma.Code) []ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = f.expr(e, more)
	}
	return out
}

// match rewrites the test of one field.
func (f *filler) match(m *ir.Match, more sigma.Code) ir.Expr {
	column := f.FieldOf(m).Column
	o := filledTest{Match: m, value: column.Filled}
	if o.value == "" {
		o.value = f.otherwise
	}
	if o.value == "" {
		return m
	}
	var tests []ir.Test
	guarded := false
	empty := sigma.Pos{}
	ir.WalkTests(m.Test, func(t ir.Test) {
		switch u := t.(type) {
		case *ir.Null:
			o.absent = true
			return
		case *ir.Exists:
			o.absent, o.present = o.absent || !u.Want, o.present || u.Want
			return
		case *ir.Text:
			shape, text := u.Pattern.Shape()
			if shape == ir.Exact && text == "" && column.Filled != "" {
				empty = u.Pos
				return
			}
			if shape == ir.Exact && strings.EqualFold(text, o.value) {
				f.Unsupported(u.Pos, "that "+m.Field+" is "+o.value+", which the data model has where the field is missing", "")
			}
		}
		tests, guarded = append(tests, t), guarded || finds(t, o.value)
	})
	if empty.IsValid() && !o.absent {
		f.Warn(empty, more, "", "the data model has %q where %s is empty and where it is missing: both are found", o.value, m.Field)
		o.absent = true
	}
	if len(tests) > 0 && !o.absent && !o.present && !guarded {
		return m
	}
	return o.expr(tests, guarded)
}

// A filledTest is the test of a field that is filled with a value.
type filledTest struct {
	*ir.Match
	value           string
	absent, present bool // whether a field that is missing, or any that is there, passes
}

// expr returns what the query asks; guarded says that the value would pass one
// of the tests.
func (o *filledTest) expr(tests []ir.Test, guarded bool) ir.Expr {
	test := func(t ir.Test) ir.Expr { return &ir.Match{Pos: o.Pos, Field: o.Field, Test: t} }
	filled := test(&ir.Text{Pos: o.Pos, Pattern: ir.Plain(o.value)})
	var arms []ir.Expr
	if len(tests) > 0 && guarded {
		arms = append(arms, ir.All(test(ir.AnyTest(tests...)), ir.Negate(filled)))
	} else if len(tests) > 0 {
		arms = append(arms, test(ir.AnyTest(tests...)))
	}
	if o.absent {
		arms = append(arms, test(&ir.Null{Pos: o.Pos}), filled)
	}
	if o.present {
		arms = append(arms, ir.All(test(&ir.Exists{Pos: o.Pos, Want: true}), ir.Negate(filled)))
	}
	return ir.OneOf(arms...)
}

// finds reports whether a value passes a test, or might.
func finds(t ir.Test, value string) bool {
	switch t := t.(type) {
	case *ir.Text:
		return textFinds(t, value)
	case *ir.Regexp:
		if t.Tree == nil {
			return true
		}
		re, err := regexp.Compile(t.Tree.String())
		return err != nil || re.MatchString(value)
	case *ir.FieldRef:
		return true // the other field may be filled as well
	}
	return false
}

// textFinds compares a value, which is small letters, with a pattern.
func textFinds(t *ir.Text, value string) bool {
	shape, text := t.Pattern.Shape()
	if !t.Cased {
		text = strings.ToLower(text)
	}
	switch shape {
	case ir.Any:
		return true
	case ir.Exact:
		return text == value
	case ir.Prefix:
		return strings.HasPrefix(value, text)
	case ir.Suffix:
		return strings.HasSuffix(value, text)
	case ir.Substring:
		return strings.Contains(value, text)
	}
	re, err := regexp.Compile(emit.PatternTree(t.Pattern, t.Cased).String())
	return err != nil || re.MatchString(value)
}
