package kustoread

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A lowerer makes tests of single fields of the conditions of a query.
type lowerer struct {
	stored   map[string]bool // columns that the query reads
	computed []readback.Computed
	given    []string
	names    map[string]string // of the computed fields, by what they are
	taken    map[string]bool   // the names of computed fields
	starred  bool              // a leaf tests every column
	apart    bool              // tests of every column are computed, too
}

// cond returns the tree of a condition.
func (l *lowerer) cond(e expr) (readback.Expr, error) {
	switch x := e.(type) {
	case *derived:
		return l.cond(x.def)
	case *logic:
		return l.logic(x)
	case *call:
		if f := l.boolCall(x); f != nil {
			return f()
		}
	}
	switch {
	case isGiven(e):
		return l.opaque(e), nil
	case isConstant(e):
		return truthOf(e)
	}
	switch e := e.(type) {
	case *column:
		return &readback.Leaf{Field: e.name, Test: &ir.Bool{Value: true}, Missing: readback.Unknown}, nil
	case *binary:
		return l.binary(e)
	case *inList:
		return l.list(e)
	case *between:
		return l.between(e)
	case *call:
		return l.truth(e)
	}
	return nil, unknown(e.base().from, "such a condition is not read")
}

// constantOf returns the value of a constant expression.
func constantOf(e expr) (value, error) {
	if !computable(e) {
		return nil, unknown(e.base().from, "such an expression is not read")
	}
	return plain(eval(e, nil)), nil
}

// truthOf returns a constant condition as a tree.
func truthOf(e expr) (readback.Expr, error) {
	v, err := constantOf(e)
	return constant(v), err
}

// constant returns a truth value as a tree.
func constant(v value) readback.Expr {
	switch plain(v) {
	case true:
		return readback.Const(readback.Yes)
	case false:
		return readback.Const(readback.No)
	}
	return readback.Const(readback.Unknown)
}

func (l *lowerer) logic(e *logic) (readback.Expr, error) {
	parts := make([]readback.Expr, len(e.parts))
	for i, p := range e.parts {
		var err error
		if parts[i], err = l.cond(p); err != nil {
			return nil, err
		}
	}
	if e.or {
		return readback.Or(parts), nil
	}
	return readback.And(parts), nil
}

// opaque returns the test of a condition that no event decides: of a field
// that is named by its text.
func (l *lowerer) opaque(e expr) readback.Expr {
	name := e.base().bare()
	if !slices.Contains(l.given, name) {
		l.given = append(l.given, name)
	}
	return &readback.Leaf{Field: name, Test: &ir.Bool{Value: true}, Missing: readback.No}
}

// truth returns the test of a condition that is computed.
func (l *lowerer) truth(e expr) (readback.Expr, error) {
	name, err := l.compute(e)
	return &readback.Leaf{Field: name, Test: &ir.Bool{Value: true}, Missing: readback.Unknown}, err
}

// compute makes a field of an expression and returns its name: that of the
// column where the query gave it one that no stored column has, else its text.
func (l *lowerer) compute(e expr) (string, error) {
	def, name := e, e.base().bare()
	if d, ok := e.(*derived); ok {
		def, name = d.def, d.def.base().bare()
		if !l.stored[d.name] {
			name = d.name
		}
	}
	if _, ok := inner(def).(*column); ok {
		name = "tostring(" + name + ")"
	}
	key := shape(def)
	if known, ok := l.names[key]; ok {
		return known, nil
	}
	if !computable(e) {
		return "", unknown(e.base().from, "such an expression is not read")
	}
	for base, i := name, 2; l.taken[name] || l.stored[name]; i++ {
		name = fmt.Sprintf("%s (%d)", base, i)
	}
	l.names[key], l.taken[name] = name, true
	l.computed = append(l.computed, readback.Computed{Name: name, Value: func(event map[string]any) any {
		return fieldOf(eval(def, event))
	}})
	return name, nil
}

// fieldOf returns a value as events have it.
func fieldOf(v value) any {
	switch v := plain(v).(type) {
	case ir.Number:
		return json.Number(v)
	case string, bool, nil:
		return v
	case time.Time:
		return v.Format(time.RFC3339Nano)
	default:
		return textOf(v)
	}
}

// computable reports whether an expression can be evaluated.
func computable(e expr) bool {
	switch e := e.(type) {
	case *subset, *star:
		return false
	case *literal:
		if e.kind == spanKind {
			return false
		}
	case *call:
		if e.fn.given {
			return false
		}
	case *binary:
		if e.op != regexOp && textOps[e.op].holds == nil && levels[e.op] != equalLevel && levels[e.op] != orderLevel {
			return false
		}
		if op := textOps[e.op]; op.term {
			if lit, ok := e.r.(*literal); !ok || !isTerm(textOf(lit.val)) {
				return false
			}
		}
		if _, ok := e.l.(*star); ok {
			return computable(e.r)
		}
	}
	for _, x := range children(e) {
		if !computable(x) {
			return false
		}
	}
	return true
}

// boolCall returns what makes the tree of a call whose arguments are
// conditions or columns, or nil for others.
func (l *lowerer) boolCall(e *call) func() (readback.Expr, error) {
	switch e.fn {
	case functions["not"]:
		return func() (readback.Expr, error) {
			x, err := l.cond(e.args[0])
			return &readback.Not{X: x}, err
		}
	case functions["iff"], functions["case"]:
		return func() (readback.Expr, error) { return l.choose(e.args, l.cond) }
	case functions["coalesce"]:
		return func() (readback.Expr, error) { return l.coalesce(e.args) }
	case functions["isnull"]:
		return func() (readback.Expr, error) { return l.isNull(e.args[0]) }
	case functions["isempty"]:
		return func() (readback.Expr, error) { return l.isEmpty(e.args[0]) }
	case functions["isnotnull"]:
		return func() (readback.Expr, error) { return negate(l.isNull(e.args[0])) }
	case functions["isnotempty"]:
		return func() (readback.Expr, error) { return negate(l.isEmpty(e.args[0])) }
	case functions["ipv4_is_in_range"], functions["ipv4_is_in_any_range"], functions["ipv4_is_private"],
		functions["ipv6_is_in_range"], functions["ipv6_is_in_any_range"]:
		if !isGiven(e) {
			return func() (readback.Expr, error) { return l.networks(e) }
		}
	}
	return nil
}

func negate(e readback.Expr, err error) (readback.Expr, error) { return &readback.Not{X: e}, err }

// choose returns the tree of iff() and case(): of conditions and values in
// turn, the last value for the rest. A condition that is null is not met.
func (l *lowerer) choose(args []expr, value func(expr) (readback.Expr, error)) (readback.Expr, error) {
	if len(args) == 1 {
		return value(args[0])
	}
	c, err := l.cond(args[0])
	if err != nil {
		return nil, err
	}
	then, err := value(args[1])
	if err != nil {
		return nil, err
	}
	other, err := l.choose(args[2:], value)
	if err != nil {
		return nil, err
	}
	known := &readback.Known{X: c}
	return readback.Or{readback.And{known, then}, readback.And{&readback.Not{X: known}, other}}, nil
}

// coalesce returns the tree of the first condition that is not null.
func (l *lowerer) coalesce(args []expr) (readback.Expr, error) {
	x, err := l.cond(args[0])
	if err != nil || len(args) == 1 {
		return x, err
	}
	rest, err := l.coalesce(args[1:])
	if rest == readback.Const(readback.No) {
		return &readback.Known{X: x}, err
	}
	return readback.Or{&readback.Known{X: x}, readback.And{isUnknown(x), rest}}, err
}

// isUnknown returns the tree that is true where another is null.
func isUnknown(x readback.Expr) readback.Expr {
	return readback.And{&readback.Not{X: &readback.Known{X: x}}, &readback.Not{X: &readback.Known{X: &readback.Not{X: x}}}}
}

// isNull returns the tree of isnull(). A string is never null
// (query/isnull-function), and a column of which nothing else is known is
// taken to be one.
func (l *lowerer) isNull(e expr) (readback.Expr, error) {
	switch k := e.base().kind; {
	case isConstant(e):
		v, err := constantOf(e)
		return constant(isNull(v)), err
	case k == stringKind || k == anyKind:
		return readback.Const(readback.No), nil
	case k == boolKind && !isColumn(e):
		x, err := l.cond(e)
		return isUnknown(x), err
	}
	return l.over(e, probe{
		leaf: func(field string, _ kind) (readback.Expr, error) {
			return &readback.Leaf{Field: field, Test: &ir.Null{}}, nil
		},
		holds: func(v value) value { return isNull(v) },
	})
}

// isEmpty returns the tree of isempty(): null, or the empty string
// (query/isempty-function).
func (l *lowerer) isEmpty(e expr) (readback.Expr, error) {
	if k := e.base().kind; k != stringKind && k != anyKind && k != dynamicKind && !isColumn(e) {
		return l.isNull(e)
	}
	return l.over(e, probe{
		leaf: func(field string, _ kind) (readback.Expr, error) {
			return &readback.Leaf{Field: field, Test: readback.Exact("", true), Missing: readback.Yes}, nil
		},
		holds: func(v value) value { return isNull(v) || textOf(v) == "" },
	})
}

// isColumn reports whether an expression is a stored column.
func isColumn(e expr) bool {
	for {
		d, ok := e.(*derived)
		if !ok {
			break
		}
		e = d.def
	}
	_, ok := e.(*column)
	return ok
}
