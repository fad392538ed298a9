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
	value := column.Filled
	if value == "" {
		value = f.otherwise
	}
	if value == "" {
		return m
	}
	filled := func(pos sigma.Pos) ir.Expr {
		return &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Text{Pos: pos, Pattern: ir.Plain(value)}}
	}
	var tests []ir.Test
	var arms []ir.Expr
	guarded := false
	ir.WalkTests(m.Test, func(t ir.Test) {
		absent := &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Null{Pos: t.Position()}}
		switch u := t.(type) {
		case *ir.Null:
			arms = append(arms, absent, filled(u.Pos))
		case *ir.Exists:
			there := ir.All(&ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Exists{Pos: u.Pos, Want: true}}, ir.Negate(filled(u.Pos)))
			if !u.Want {
				there = ir.OneOf(absent, filled(u.Pos))
			}
			arms = append(arms, there)
		case *ir.Text:
			if len(u.Pattern) == 0 && column.Filled != "" {
				f.Warn(u.Pos, more, "", "the data model has %q where %s is empty and where it is missing: both are found", value, m.Field)
				arms = append(arms, absent, filled(u.Pos))
				return
			}
			if shape, text := u.Pattern.Shape(); shape == ir.Exact && strings.EqualFold(text, value) {
				f.Unsupported(u.Pos, "that "+m.Field+" is "+value+", which the data model has where the field is missing", "")
			}
			tests, guarded = append(tests, t), guarded || finds(t, value)
		default:
			tests, guarded = append(tests, t), guarded || finds(t, value)
		}
	})
	if len(arms) == 0 && !guarded {
		return m
	}
	if len(tests) > 0 {
		found := ir.Expr(&ir.Match{Pos: m.Pos, Field: m.Field, Test: ir.AnyTest(tests...)})
		if guarded {
			found = ir.All(found, ir.Negate(filled(m.Pos)))
		}
		arms = append([]ir.Expr{found}, arms...)
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
