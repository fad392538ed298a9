package esqlread

import (
	"net/netip"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// mirrored are the operators with their sides changed.
var mirrored = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// orders are the operators of order.
var orders = map[string]ir.Op{"==": ir.Eq, "<": ir.Lt, "<=": ir.Lte, ">": ir.Gt, ">=": ir.Gte}

// isConstant reports whether an operand is a constant.
func (v operand) isConstant() bool {
	return v.kind == isText || v.kind == isNumber || v.kind == isNull || v.kind == isAddress || v.kind == isCondition && v.fixed
}

// compare returns a comparison. It is null where a side is.
func (b *builder) compare(v operand, op string, w operand) (readback.Expr, error) {
	if v.isConstant() && !w.isConstant() {
		v, w, op = w, v, mirrored[op]
	}
	switch {
	case v.isConstant():
		return nil, foreign(v.off, "a comparison of two constants is not read")
	case v.kind == isOther || w.kind == isOther:
		return nil, foreign(v.off, "a comparison with what a function gives is not read")
	case v.kind == isCondition || w.kind == isCondition && !w.fixed:
		return nil, foreign(v.off, "a comparison of conditions is not read")
	case v.kind == isPlace:
		return b.place(v, op, w)
	}
	if op == "==" || op == "!=" {
		x, err := b.equal(v, w)
		if err == nil && op == "!=" {
			x = &readback.Not{X: x}
		}
		return x, err
	}
	return b.order(v, op, w)
}

// order returns that a number is less or greater than another.
func (b *builder) order(v operand, op string, w operand) (readback.Expr, error) {
	switch {
	case w.kind == isNull:
		return readback.Const(readback.Unknown), nil
	case w.kind != isNumber:
		return nil, foreign(w.off, "only numbers are compared by their size")
	}
	return b.number(v, orders[op], w)
}

// equal returns that two operands are equal, of which the second may be a
// constant.
func (b *builder) equal(v, w operand) (readback.Expr, error) {
	switch {
	case v.kind == isOther || w.kind == isOther:
		return nil, foreign(v.off, "a comparison with what a function gives is not read")
	case v.kind != isColumn && v.kind != isPart:
		return nil, foreign(v.off, "only columns are compared")
	}
	switch w.kind {
	case isNull:
		return readback.Const(readback.Unknown), nil
	case isNumber:
		return b.number(v, ir.Eq, w)
	case isText:
		return b.equalText(v, w)
	case isAddress:
		return b.equalAddress(v, w)
	case isColumn:
		return b.columnsTest(v, w, ir.Exact)
	case isCondition:
		if !w.fixed || v.kind != isColumn || v.cast != asIs {
			return nil, foreign(v.off, "a comparison of conditions is not read")
		}
		if err := v.column.use(boolean, v.off); err != nil {
			return nil, err
		}
		return leaf(v, &ir.Bool{Value: w.expr == readback.Const(readback.Yes)}), nil
	}
	return nil, foreign(w.off, "this comparison is not read")
}

// number returns the comparison of a number, or of a part of a date, with a
// constant.
func (b *builder) number(v operand, op ir.Op, w operand) (readback.Expr, error) {
	n, ok := ir.ParseNumber(w.text)
	switch {
	case !ok:
		return nil, foreign(w.off, "the number %s is not read", w.text)
	case v.kind == isPart:
		return converted(v, &ir.TimePart{Part: v.part, Op: op, Number: n}, isDate), nil
	case v.kind != isColumn || v.cast != asIs && v.cast != asNumber || v.lower || v.upper || v.joined:
		return nil, refuse(v.off, "what is compared with a number is a number, which this is not")
	case v.cast == asNumber:
		return converted(v, &ir.Compare{Op: op, Number: n}, isANumber), nil
	}
	if err := v.column.use(number, v.off); err != nil {
		return nil, err
	}
	return leaf(v, &ir.Compare{Op: op, Number: n}), nil
}

// The tests that a text passes where it can be converted; otherwise the
// conversion gives null.
var (
	isANumber  = []ir.Test{&ir.Compare{Op: ir.Lte, Number: "0"}, &ir.Compare{Op: ir.Gt, Number: "0"}}
	isDate     = []ir.Test{&ir.TimePart{Part: ir.Minute, Op: ir.Gte, Number: "0"}}
	isAnIPText = []ir.Test{&ir.CIDR{Prefix: netip.MustParsePrefix("0.0.0.0/0")}, &ir.CIDR{Prefix: netip.MustParsePrefix("::/0")}}
)

// converted returns the test of a value that is converted from a text: unknown
// where the text cannot be.
func converted(v operand, test ir.Test, possible []ir.Test) readback.Expr {
	if v.cast == asIs {
		return leaf(v, test)
	}
	can := make(readback.Or, len(possible))
	for i, t := range possible {
		can[i] = leaf(v, t)
	}
	return readback.Or{leaf(v, test), readback.And{readback.Const(readback.Unknown), &readback.Not{X: can}}}
}

// equalText returns that a column is a text: as it stands, without wildcards.
// A string is also taken for an address or a date where the column is one.
func (b *builder) equalText(v, w operand) (readback.Expr, error) {
	if v.kind == isPart {
		return nil, refuse(v.off, "a part of a date is no string")
	}
	switch {
	case v.cast == asAddress:
		return b.equalAddress(v, w)
	case v.cast == asText || v.lower || v.upper || v.joined:
		if err := texts(v); err != nil {
			return nil, err
		}
		return b.pattern(v, ir.Plain(w.text), w.off)
	case v.cast != asIs:
		return nil, foreign(v.off, "a conversion of the string is not read")
	}
	if err := v.column.use(text|address|date, v.off); err != nil {
		return nil, err
	}
	switch v.column.types {
	case address:
		return b.equalAddress(v, w)
	case date:
		return nil, foreign(w.off, "a comparison of dates is not read")
	}
	return b.pattern(v, ir.Plain(w.text), w.off)
}

// equalAddress returns that a column is an address.
func (b *builder) equalAddress(v, w operand) (readback.Expr, error) {
	addr, err := netip.ParseAddr(w.text)
	if err != nil || addr.Zone() != "" {
		return nil, refuse(w.off, "%q is no address", w.text)
	}
	return b.networks(v, []ir.Test{&ir.CIDR{Prefix: netip.PrefixFrom(addr, addr.BitLen())}})
}

// networks returns that an address passes one of the tests.
func (b *builder) networks(v operand, tests []ir.Test) (readback.Expr, error) {
	if v.kind != isColumn || v.lower || v.upper || v.joined || v.cast != asIs && v.cast != asAddress {
		return nil, refuse(v.off, "what is asked here is of type ip")
	}
	if v.cast == asIs {
		if err := v.column.use(address, v.off); err != nil {
			return nil, err
		}
	}
	out := make(readback.Or, len(tests))
	for i, t := range tests {
		out[i] = converted(v, t, isAnIPText)
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

// columnsTest returns that a column is, begins or ends with another, or has it
// inside.
func (b *builder) columnsTest(v, w operand, shape ir.Shape) (readback.Expr, error) {
	for _, x := range [...]operand{v, w} {
		if x.kind != isColumn || x.joined || x.upper || x.cast != asIs && x.cast != asText || x.column.folds() && !x.lower {
			return nil, foreign(x.off, "a comparison of such columns is not read")
		}
	}
	if v.lower != w.lower {
		return nil, foreign(v.off, "a comparison of a column with another in small letters is not read")
	}
	if shape != ir.Exact || v.lower || v.cast != asIs || w.cast != asIs {
		for _, x := range [...]operand{v, w} {
			if err := texts(x); err != nil {
				return nil, err
			}
		}
	} else {
		if err := v.column.use(w.column.types, v.off); err != nil {
			return nil, err
		}
		if err := w.column.use(v.column.types, w.off); err != nil {
			return nil, err
		}
		if v.column.schema.Type == schema.Time {
			return nil, foreign(v.off, "a comparison of dates is not read")
		}
	}
	return leaf(v, &ir.FieldRef{Field: w.column.name, Shape: shape, Cased: !v.lower}), nil
}

// place returns that a text has another inside: locate(a, b) > 0.
func (b *builder) place(v operand, op string, w operand) (readback.Expr, error) {
	if w.kind != isNumber || !(op == ">" && w.text == "0" || op == "!=" && w.text == "0" || op == ">=" && w.text == "1") {
		return nil, foreign(v.off, "locate is only read where it asks whether there is a place")
	}
	return b.affix(ir.Substring, v.args[0], v.args[1])
}
