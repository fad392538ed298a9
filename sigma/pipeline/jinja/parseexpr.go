package jinja

// tuple reads an expression, or several with commas between them, which are a
// list.
func (p *parser) tuple() (expression, error) {
	x, err := p.expression()
	if err != nil || !p.is(operatorToken, ",") {
		return x, err
	}
	out := &list{parts: []expression{x}}
	for p.accept(operatorToken, ",") && !p.is(closeToken) && !p.is(operatorToken, ")") {
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		out.parts = append(out.parts, x)
	}
	return out, nil
}

// expression reads one expression: a if b else c.
func (p *parser) expression() (expression, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	for p.accept(nameToken, "if") {
		c := &conditional{then: x}
		if c.cond, err = p.or(); err != nil {
			return nil, err
		}
		if p.accept(nameToken, "else") {
			if c.otherwise, err = p.expression(); err != nil {
				return nil, err
			}
		}
		x = c
	}
	return x, nil
}

func (p *parser) or() (expression, error) {
	x, err := p.and()
	for err == nil && p.accept(nameToken, "or") {
		var y expression
		if y, err = p.and(); err == nil {
			x = &logic{x, y, true}
		}
	}
	return x, err
}

func (p *parser) and() (expression, error) {
	x, err := p.not()
	for err == nil && p.accept(nameToken, "and") {
		var y expression
		if y, err = p.not(); err == nil {
			x = &logic{x, y, false}
		}
	}
	return x, err
}

func (p *parser) not() (expression, error) {
	if !p.accept(nameToken, "not") {
		return p.compare()
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	x, err := p.not()
	return &not{x}, err
}

// compare reads comparisons, of which several are as in Python: a < b < c.
func (p *parser) compare() (expression, error) {
	x, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	out := &compare{first: x}
	for {
		t := p.current()
		op := ""
		switch {
		case p.accept(operatorToken, "==", "!=", "<", "<=", ">", ">="):
			op = t.text
		case p.accept(nameToken, "in"):
			op = "in"
		case p.is(nameToken, "not") && len(p.tokens) > 1 && p.tokens[1].text == "in" && p.tokens[1].kind == nameToken:
			p.take()
			p.take()
			op = "not in"
		}
		if op == "" {
			break
		}
		y, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		out.tests = append(out.tests, comparison{t, op, y})
	}
	if out.tests == nil {
		return x, nil
	}
	return out, nil
}

// levels are the operators of two values, the looser first.
var levels = [][]string{{"+", "-"}, {"~"}, {"*", "/", "//", "%"}, {"**"}}

// binary reads operators of a level and those that bind tighter.
func (p *parser) binary(level int) (expression, error) {
	if level == len(levels) {
		return p.unary(true)
	}
	x, err := p.binary(level + 1)
	for err == nil && p.is(operatorToken, levels[level]...) {
		t := p.take()
		var y expression
		if y, err = p.binary(level + 1); err == nil {
			x = &binary{t, x, y}
		}
	}
	return x, err
}

// unary reads a sign, a value, and the filters and tests behind it.
func (p *parser) unary(filters bool) (expression, error) {
	var x expression
	var err error
	if t := p.current(); p.accept(operatorToken, "-", "+") {
		if err := p.deeper(); err != nil {
			return nil, err
		}
		x, err = p.unary(false)
		p.depth--
		x = &sign{t, x, t.text == "-"}
	} else {
		x, err = p.primary()
	}
	if err != nil {
		return nil, err
	}
	if x, err = p.postfix(x); err != nil || !filters {
		return x, err
	}
	for {
		switch {
		case p.accept(operatorToken, "|"):
			x, err = p.filter(x)
		case p.accept(nameToken, "is"):
			x, err = p.test(x)
		case p.is(operatorToken, "("):
			x, err = p.call(x)
		default:
			return x, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
