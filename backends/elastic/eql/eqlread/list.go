package eqlread

import (
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// in returns that a field is one of the constants of a list. "in" tells case
// apart, "in~" does not; neither knows wildcards. Unlike those of ==, the
// types of a list are checked.
func (b *builder) in(v operand, g *inGrammar) (operand, error) {
	if v.kind != isField {
		return operand{}, foreign(v.off, "a list is only read behind the name of a field")
	}
	insensitive := g.Op.Value == "in~"
	if insensitive {
		if err := b.strings(v, "in~"); err != nil {
			return operand{}, err
		}
	}
	values, err := b.constants(g.Values)
	if err != nil {
		return operand{}, err
	}
	tests := make([]ir.Test, len(values))
	for i, value := range values {
		if err := b.listType(v.field, values[0], value, insensitive); err != nil {
			return operand{}, err
		}
		if insensitive {
			tests[i] = pattern(v.field, ir.Plain(value.text), true)
		} else if tests[i], err = b.equalTest(v.field, value); err != nil {
			return operand{}, err
		}
	}
	x := b.any(v.field, tests)
	if g.Not {
		x = &readback.Not{X: x}
	}
	return operand{off: v.off, expr: x}, nil
}

// constants returns the values of a list.
func (b *builder) constants(gs []*orGrammar) ([]operand, error) {
	out := make([]operand, len(gs))
	for i, g := range gs {
		v, err := b.or(g)
		if err != nil {
			return nil, err
		}
		switch {
		case v.kind == isField:
			return nil, refuse(v.off, "a field cannot be compared with a field")
		case v.kind == isNull, v.kind == isCall, v.kind == isCondition && !v.fixed:
			return nil, foreign(v.off, "only strings, numbers and booleans are read in a list")
		}
		out[i] = v
	}
	return out, nil
}

// listType checks a value of a list: it has the type of the first one and of
// the field.
func (b *builder) listType(f *field, first, v operand, insensitive bool) error {
	switch {
	case v.kind != first.kind:
		return refuse(v.off, "the values of a list are of one type")
	case insensitive && v.kind != isText:
		return refuse(v.off, "in~ compares strings only; write in")
	case !f.known() && v.kind == isNumber:
		return b.use(f, "number")
	case !f.known():
		return nil
	case v.kind == isText && f.column.Type.IsNumber(), v.kind == isNumber && !f.column.Type.IsNumber():
		return refuse(v.off, "a list for %s must have values of type %s", f.name, f.column.Type)
	}
	return nil
}
