package eqlread

import (
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A builder makes the tree of a query.
type builder struct {
	options readback.Options
	missing readback.Truth // what a test of an optional field is where the event lacks it
	uses    map[string]use // what the fields of unknown type are used as
}

// A use is a type that an operator checks, and where it stands.
type use struct {
	as  string
	off int
}

// use notes that an operator takes a field for one type. A field has one type
// only, whichever that is.
func (b *builder) use(f *field, as string) error {
	if f.known() {
		return nil
	}
	first, ok := b.uses[f.name]
	switch {
	case !ok:
		b.uses[f.name] = use{as, f.off}
	case first.as != as:
		return refuse(f.off, "%s is used as %s here and as %s at byte %d, but has one type only", f.name, as, first.as, first.off)
	}
	return nil
}

// A kind says what an operand is.
type kind uint8

const (
	isCondition kind = iota // a boolean
	isField
	isText
	isNumber
	isNull
	isCall // a function that makes a value
)

// An operand is a part of a condition with its type.
type operand struct {
	off   int
	kind  kind
	expr  readback.Expr // of a condition
	fixed bool          // of a condition: true or false as it stands
	field *field
	text  string // of a text its characters, of a number its digits
}

// A field is a field as the query names it.
type field struct {
	off      int
	name     string
	optional bool
	column   schema.Column
	absent   bool // optional, and there is no such column
}

// folds reports whether the index folds the case of the field's values: it
// does the same to the texts that they are compared with.
func (f *field) folds() bool { return f.column.Type == schema.Caseless }

// holdsText reports whether the values of the field may be texts.
func (f *field) holdsText() bool { return f.column.Type.IsString() || f.column.Type == schema.Dynamic }

// known reports whether the type of the field is known.
func (f *field) known() bool {
	return f.column.Type != schema.Unknown && f.column.Type != schema.Dynamic
}

// field looks a field up. "An EQL query can only contain fields that exist",
// unless they are optional.
func (b *builder) field(g *valueGrammar) (*field, error) {
	f := &field{off: g.tok.Pos.Offset, name: g.field, optional: g.optional}
	if b.options.Column == nil {
		return f, nil
	}
	column, ok := b.options.Column(f.name)
	switch {
	case ok:
		f.column = column
	case f.optional:
		f.absent = true
	default:
		return nil, refuse(f.off, "there is no field %s; write ?%s where it may be absent", f.name, f.name)
	}
	return f, nil
}

// leaf returns a test of a field. A field that no index has is null, and so is
// every comparison with it.
func (b *builder) leaf(f *field, test ir.Test) readback.Expr {
	if f.absent {
		return readback.Const(readback.Unknown)
	}
	l := &readback.Leaf{Field: f.name, Test: test}
	if f.optional {
		l.Missing = b.missing
	}
	return l
}

// condition returns what must be a boolean.
func (b *builder) condition(g *orGrammar) (readback.Expr, error) {
	v, err := b.or(g)
	if err != nil {
		return nil, err
	}
	return b.boolean(v)
}

// boolean returns an operand as a condition.
func (b *builder) boolean(v operand) (readback.Expr, error) {
	switch v.kind {
	case isCondition:
		return v.expr, nil
	case isNull:
		return readback.Const(readback.Unknown), nil
	case isField:
		if v.field.known() && v.field.column.Type != schema.Bool {
			return nil, refuse(v.off, "a condition must be a boolean; %s is of type %s", v.field.name, v.field.column.Type)
		}
		return b.leaf(v.field, &ir.Bool{Value: true}), b.use(v.field, "boolean")
	case isCall:
		return nil, foreign(v.off, "a function stands for a condition")
	}
	return nil, refuse(v.off, "a condition must be a boolean, not a string or a number")
}

func (b *builder) or(g *orGrammar) (operand, error) {
	if len(g.Parts) == 1 {
		return b.and(g.Parts[0])
	}
	out := make(readback.Or, len(g.Parts))
	first := 0
	for i, part := range g.Parts {
		v, err := b.and(part)
		if err != nil {
			return operand{}, err
		}
		if out[i], err = b.boolean(v); err != nil {
			return operand{}, err
		}
		if i == 0 {
			first = v.off
		}
	}
	return operand{off: first, expr: out}, nil
}

func (b *builder) and(g *andGrammar) (operand, error) {
	if len(g.Parts) == 1 {
		return b.not(g.Parts[0])
	}
	out := make(readback.And, len(g.Parts))
	first := 0
	for i, part := range g.Parts {
		v, err := b.not(part)
		if err != nil {
			return operand{}, err
		}
		if out[i], err = b.boolean(v); err != nil {
			return operand{}, err
		}
		if i == 0 {
			first = v.off
		}
	}
	return operand{off: first, expr: out}, nil
}

// not binds less than a comparison and more than "and".
func (b *builder) not(g *notGrammar) (operand, error) {
	v, err := b.comparison(g)
	if err != nil || g.Nots.count == 0 {
		return v, err
	}
	x, err := b.boolean(v)
	if err != nil {
		return operand{}, err
	}
	if g.Nots.count%2 == 1 {
		x = &readback.Not{X: x}
	}
	return operand{off: v.off, expr: x}, nil
}

// sum returns an operand. Arithmetic is refused where a part of it is a text
// or a boolean, as the name c-uri is where it lacks its back-quotes:
// c - (uri : "x").
func (b *builder) sum(g *sumGrammar) (operand, error) {
	v, err := b.unary(g.First)
	if err != nil || len(g.Rest) == 0 {
		return v, err
	}
	for i := -1; i < len(g.Rest); i++ {
		part := v
		if i >= 0 {
			if part, err = b.unary(g.Rest[i]); err != nil {
				return operand{}, err
			}
		}
		if part.kind == isText || part.kind == isCondition {
			return operand{}, refuse(part.off, "only numbers are added, subtracted, multiplied and divided; a name with a hyphen stands in back-quotes")
		}
	}
	return operand{}, foreign(v.off, "arithmetic is not read")
}

// unary returns an operand with the sign before it.
func (b *builder) unary(g *unaryGrammar) (operand, error) {
	v, err := b.operand(g)
	if err != nil || !g.Signs.any {
		return v, err
	}
	switch v.kind {
	case isNumber:
		if g.Signs.minus {
			v.text = "-" + v.text
		}
		v.off = g.Signs.off
		return v, nil
	case isText, isCondition:
		return operand{}, refuse(v.off, "only a number has a sign")
	}
	return operand{}, foreign(v.off, "arithmetic is not read")
}

func (b *builder) operand(g *unaryGrammar) (operand, error) {
	v, err := b.primary(g)
	if err != nil {
		return v, err
	}
	switch {
	case g.In != nil:
		return b.in(v, g.In)
	case g.Pattern != nil:
		return b.match(v, g.Pattern)
	}
	return v, nil
}

func (b *builder) primary(g *unaryGrammar) (operand, error) {
	switch {
	case g.Call != nil:
		return b.call(g.Call)
	case g.Group != nil:
		return b.or(g.Group)
	}
	return b.value(&g.Value)
}

func (b *builder) value(g *valueGrammar) (operand, error) {
	v := operand{off: g.tok.Pos.Offset}
	switch g.tok.Type {
	case tokString:
		v.kind, v.text = isText, unquote(g.tok.Value)
	case tokNumber:
		v.kind, v.text = isNumber, g.tok.Value
	case tokTrue:
		v.expr, v.fixed = readback.Const(readback.Yes), true
	case tokFalse:
		v.expr, v.fixed = readback.Const(readback.No), true
	case tokNull:
		v.kind = isNull
	default:
		f, err := b.field(g)
		if err != nil {
			return v, err
		}
		v.kind, v.field = isField, f
	}
	return v, nil
}
