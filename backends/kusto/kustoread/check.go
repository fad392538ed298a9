package kustoread

import "strings"

// A checker finds out the types of expressions and refuses what the binder of
// Microsoft's language service refuses; the rules were taken from its answers
// for each operator and each pair of types.
type checker struct {
	inferred inferrer
}

// condition checks an expression that rows are chosen by.
func (c *checker) condition(e expr) error {
	if err := c.check(e); err != nil {
		return err
	}
	if k := e.base().kind; k != boolKind && k != anyKind {
		return fail(e.base().from, "the condition is of type %s, not bool (KS141)", k)
	}
	return nil
}

// check sets the type of an expression.
func (c *checker) check(e expr) error {
	switch e := e.(type) {
	case *column:
		var err error
		if e.kind == anyKind {
			e.kind, err = c.inferred.kindOf(e.name)
		}
		return err
	case *derived:
		e.kind = e.def.base().kind // checked where it stands
		return nil
	}
	for _, x := range children(e) {
		if err := c.check(x); err != nil {
			return err
		}
	}
	switch e := e.(type) {
	case *member:
		return c.member(e)
	case *call:
		return c.call(e)
	case *binary:
		return c.binary(e)
	case *logic:
		e.kind = boolKind
		for _, p := range e.parts {
			if k := p.base().kind; k != boolKind && k != dynamicKind && k != anyKind {
				return fail(p.base().from, "a part of a condition is of type %s, not bool (KS106)", k)
			}
		}
	case *inList:
		e.kind = boolKind
		if k := e.x.base().kind; e.op != "in" && e.op != "!in" && !k.isText() {
			return fail(e.opAt, "the operator %s is for strings, and its operand is of type %s (KS107)", e.op, k)
		}
	case *between:
		return c.between(e)
	}
	return nil
}

func (c *checker) member(e *member) error {
	e.kind = dynamicKind
	if k := e.x.base().kind; k != dynamicKind && k != anyKind {
		return fail(e.key.base().from, "a value of type %s has no parts (KS142)", k)
	}
	if k := e.key.base().kind; k != stringKind && k != anyKind && k != intKind && k != longKind && k != dynamicKind {
		return fail(e.key.base().from, "a part is named by a string or a whole number, not by a value of type %s", k)
	}
	return nil
}

// binary checks an operator with two operands.
func (c *checker) binary(e *binary) error {
	l, r := e.l.base().kind, e.r.base().kind
	e.kind = boolKind
	ok := true
	switch levels[e.op] {
	case equalLevel:
	case orderLevel:
		ok = comparable(l, r)
	case sumLevel, productLevel:
		e.kind, ok = sumKind(e.op, l, r)
	default:
		_, isStar := e.l.(*star)
		ok = (isStar || l.isText()) && r.isText() && !(textOps[e.op].term && r == dynamicKind && isConstant(e.r))
	}
	if !ok {
		return fail(e.opAt, "the operator %s is not defined for operands of types %s and %s (KS106)", e.op, l, r)
	}
	if e.op == regexOp {
		return c.regexp(e.r, &e.re)
	}
	return nil
}

// regexp reads a regular expression, which must be constant.
func (c *checker) regexp(e expr, to **expression) error {
	if !isConstant(e) {
		return unknown(e.base().from, "a regular expression that is not constant is not read")
	}
	source := textOf(eval(e, nil))
	_, err := parseRegexp(source, e.base().from)
	*to = &expression{source: source}
	return err
}

// comparable reports whether values of two types have an order.
func comparable(l, r kind) bool {
	number := func(k kind) bool { return k.isNumber() || k == boolKind }
	switch {
	case l == anyKind || r == anyKind:
		return l != stringKind && r != stringKind && l != guidKind && r != guidKind
	case number(l) && number(r), l == r && (l == timeKind || l == spanKind || l == dynamicKind):
		return true
	case l == dynamicKind:
		return r.isNumber()
	case r == dynamicKind:
		return l.isNumber()
	}
	return false
}

// sumKind returns the type of a sum, difference, product or quotient, and
// whether there is one.
func sumKind(op string, l, r kind) (kind, bool) {
	span := func(k kind) bool { return k == timeKind || k == spanKind }
	number := func(k kind) bool { return k.isNumber() || k == dynamicKind }
	switch {
	case l == anyKind || r == anyKind:
		return anyKind, true
	case l.isNumber() && r.isNumber():
		return max(l, r), true
	case number(l) && number(r):
		return min(l, r), true // the type of the number
	case op == "+" || op == "-":
		if l == timeKind && r == timeKind {
			return spanKind, true
		}
		return timeKind, (span(l) || l == dynamicKind) && (span(r) || r == dynamicKind)
	case op == "*" && l.isNumber() && span(r):
		return spanKind, true
	}
	// A datetime or timespan, times or by something.
	return spanKind, span(l) && (r.isNumber() || r == spanKind && (op != "*" || l == spanKind) || r == timeKind && op != "*" && l == timeKind)
}

func (c *checker) between(e *between) error {
	e.kind = boolKind
	x, low, high := e.x.base().kind, e.low.base().kind, e.high.base().kind
	span := x == timeKind && low == timeKind && high == spanKind // from there on, so long
	if !ranged(x, low) || !span && !ranged(x, high) {
		return fail(e.opAt, "the operator between is not defined for operands of types %s, %s and %s", x, low, high)
	}
	return nil
}

// ranged reports whether a value of the first type lies in a range with a
// bound of the second.
func ranged(x, bound kind) bool {
	switch {
	case x == stringKind || x == boolKind || x == guidKind:
		return false
	case bound == anyKind || x == anyKind:
		return bound != stringKind && bound != boolKind && bound != guidKind
	case x.isNumber():
		return bound.isNumber() || bound == dynamicKind
	case x == dynamicKind:
		return bound.isNumber()
	}
	return x == bound
}

// call checks the arguments of a function.
func (c *checker) call(e *call) error {
	for i, a := range e.args {
		if err := c.argument(e, i, a); err != nil {
			return err
		}
	}
	e.kind = e.fn.result
	if len(e.args) == 4 && e.fn == functions["extract"] {
		if k, ok := e.args[3].(*literal); ok {
			e.kind, _ = k.val.(kind)
		}
	}
	if e.kind == anyKind {
		return c.choice(e)
	}
	return nil
}

func (c *checker) argument(e *call, i int, a expr) error {
	k, at := a.base().kind, a.base().from
	bad := func(want string) error {
		return fail(at, "the function %s wants a %s here, not a %s", e.name, want, k)
	}
	p := e.fn.param(i)
	if e.isCondition(i) {
		p = 'b'
	}
	switch {
	case k == anyKind && p != 'r' && p != 'y':
		return nil
	case (p == 's' || p == 'r') && !k.isText():
		return bad("string")
	case p == 'b' && k != boolKind:
		return bad("bool")
	case p == 'i' && k != longKind && k != intKind:
		return bad("whole number")
	case p == 't' && k != timeKind:
		return bad("datetime")
	case p == 'd' && k != spanKind:
		return bad("timespan")
	case p == 'y':
		if lit, ok := a.(*literal); !ok || lit.kind != anyKind {
			return bad("typeof()")
		}
	case p == 'r':
		return c.regexp(a, &e.re)
	}
	if e.fn == functions["datetime_part"] && i == 0 {
		lit, ok := a.(*literal)
		if !ok || timeParts[strings.ToLower(textOf(lit.val))] == nil {
			return fail(at, "there is no such part of a datetime")
		}
	}
	return nil
}

// choice finds the type of a value that is one of several: a common one, or
// dynamic.
func (c *checker) choice(e *call) error {
	first := true
	for i, a := range e.args {
		k := a.base().kind
		switch {
		case e.isCondition(i):
		case first:
			e.kind, first = k, false
		case e.kind.isNumber() && k.isNumber():
			e.kind = max(e.kind, k)
		case e.kind == anyKind || k == anyKind:
			e.kind = anyKind
		case e.kind == k:
		case e.fn == functions["coalesce"]:
			return fail(a.base().from, "the function coalesce wants values of one type, not %s and %s", e.kind, k)
		default:
			e.kind = dynamicKind
		}
	}
	return nil
}
