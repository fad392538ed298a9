package esqlread

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A builder makes the tree of a query.
type builder struct {
	options readback.Options
	rows    bool // conditions are evaluated row by row
	columns map[string]*column
	evals   map[string]operand // the columns that eval made
}

func newBuilder(o readback.Options, rows bool) *builder {
	return &builder{options: o, rows: rows, columns: make(map[string]*column), evals: make(map[string]operand)}
}

// A kind says what an operand is.
type kind uint8

const (
	isCondition kind = iota // a boolean
	isColumn
	isText
	isNumber
	isNull
	isAddress // to_ip of a constant
	isPart    // date_extract
	isPlace   // locate
	isOther   // a function whose value is not read
)

// A cast is what a column is read as.
type cast uint8

const (
	asIs cast = iota
	asText
	asNumber
	asAddress
	asDate
)

// An operand is a part of a condition.
type operand struct {
	off   int
	kind  kind
	expr  readback.Expr // of a condition
	fixed bool          // of a condition: true or false as it stands
	text  string        // of a constant

	column       *column // and what is done to its value:
	cast         cast
	lower, upper bool
	joined       bool // the values of the column stand between separators

	part ir.Part   // of isPart: of the date in column
	args []operand // of isPlace: the text and what is sought in it
}

// where returns a condition.
func (b *builder) where(g *orGrammar) (readback.Expr, error) {
	if depth(g) > maxExpression {
		return nil, refuse(0, "more than %d expressions lie in one another; each operator of a chain counts", maxExpression)
	}
	v, err := b.or(g)
	if err != nil {
		return nil, err
	}
	return b.boolean(v)
}

// eval notes the columns that a command makes. They are seen from the next one
// on.
func (b *builder) eval(gs []*columnsGrammar) error {
	for _, g := range gs {
		if depth(g.Value) > maxExpression {
			return refuse(g.Name.off, "more than %d expressions lie in one another", maxExpression)
		}
		v, err := b.or(g.Value)
		if err != nil {
			return err
		}
		b.evals[g.Name.name] = v
	}
	return nil
}

// boolean returns an operand as a condition.
func (b *builder) boolean(v operand) (readback.Expr, error) {
	switch v.kind {
	case isCondition:
		return v.expr, nil
	case isNull:
		return readback.Const(readback.Unknown), nil
	case isColumn:
		if v.cast != asIs || v.lower || v.upper || v.joined {
			return nil, refuse(v.off, "a condition must be a boolean")
		}
		if err := v.column.use(boolean, v.off); err != nil {
			return nil, err
		}
		return leaf(v, &ir.Bool{Value: true}), nil
	case isOther:
		return nil, foreign(v.off, "a function that is not read stands for a condition")
	}
	return nil, refuse(v.off, "a condition must be a boolean")
}

// leaf returns a test of the value of a column. It is null where there is no
// value.
func leaf(v operand, test ir.Test) readback.Expr {
	return &readback.Leaf{Field: v.column.name, Test: test, Missing: readback.Unknown}
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

// not binds less than a predicate and more than "and".
func (b *builder) not(g *notGrammar) (operand, error) {
	v, err := b.predicate(g)
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

// sum returns an operand. Arithmetic is refused where a part of it is no
// number, as the name c-uri is where it lacks its back-quotes.
func (b *builder) sum(g *sumGrammar) (operand, error) {
	v, err := b.unary(g.First)
	if err != nil || len(g.Rest) == 0 {
		return v, err
	}
	if err := arithmetic(v); err != nil {
		return operand{}, err
	}
	for _, rest := range g.Rest {
		part, err := b.unary(rest)
		if err != nil {
			return operand{}, err
		}
		if err := arithmetic(part); err != nil {
			return operand{}, err
		}
	}
	return operand{off: v.off, kind: isOther}, nil
}

// arithmetic checks an operand of arithmetic.
func arithmetic(v operand) error {
	switch v.kind {
	case isText, isCondition, isAddress:
		return refuse(v.off, "only numbers and dates are added, subtracted, multiplied and divided")
	case isColumn:
		return v.column.use(number|date, v.off)
	}
	return nil
}

// unary returns an operand with the sign before it and the casts behind.
func (b *builder) unary(g *unaryGrammar) (operand, error) {
	v, err := b.primary(g)
	if err != nil {
		return v, err
	}
	for _, c := range g.Casts {
		if v, err = b.castTo(v, c); err != nil {
			return v, err
		}
	}
	if !g.Lead.signed {
		return v, nil
	}
	if v.kind == isNumber {
		if g.Lead.minus {
			v.text = "-" + v.text
		}
		v.off = g.Lead.off
		return v, nil
	}
	if err := arithmetic(v); err != nil {
		return v, err
	}
	return operand{off: v.off, kind: isOther}, nil
}

// castTo returns an operand as another type: x::ip is to_ip(x).
func (b *builder) castTo(v operand, to lexer.Token) (operand, error) {
	functions := map[string]string{
		"keyword": "to_string", "string": "to_string", "text": "to_string", "ip": "to_ip", "double": "to_double", "datetime": "to_datetime",
	}
	name, ok := functions[strings.ToLower(to.Value)]
	if !ok {
		return operand{}, foreign(to.Pos.Offset, "a cast to %s is not read", to.Value)
	}
	return b.convert(name, to.Pos.Offset, []operand{v})
}

func (b *builder) primary(g *unaryGrammar) (operand, error) {
	switch {
	case g.Call != nil:
		return b.call(g.Call)
	case g.Group != nil:
		return b.or(g.Group)
	case g.Lead.constant.Type != 0:
		return constant(g.Lead.constant), nil
	}
	return b.name(&g.Lead.name)
}

// name returns a column: one that eval made, or one of the index.
func (b *builder) name(g *nameGrammar) (operand, error) {
	if v, ok := b.evals[g.name]; ok {
		v.off = g.off
		return v, nil
	}
	c, err := b.column(g.name, g.off)
	return operand{off: g.off, kind: isColumn, column: c}, err
}

// constant returns a constant.
func constant(tok lexer.Token) operand {
	v := operand{off: tok.Pos.Offset}
	switch tok.Type {
	case tokString:
		v.kind, v.text = isText, unquote(tok.Value)
	case tokNumber:
		v.kind, v.text = isNumber, tok.Value
	case tokTrue:
		v.expr, v.fixed = readback.Const(readback.Yes), true
	case tokFalse:
		v.expr, v.fixed = readback.Const(readback.No), true
	default:
		v.kind = isNull
	}
	return v
}
