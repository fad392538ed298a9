package jinja

import (
	"strconv"
)

// primary reads a value.
func (p *parser) primary() (expression, error) {
	t := p.take()
	switch t.kind {
	case nameToken:
		switch t.text {
		case "true", "True":
			return literal{true}, nil
		case "false", "False":
			return literal{false}, nil
		case "none", "None":
			return literal{nil}, nil
		case "and", "or", "not", "if", "else", "in", "is":
			return nil, t.fail("%s stands where a value is expected", t)
		}
		return &name{t}, nil
	case stringToken:
		text := t.text
		for p.is(stringToken) { // neighbours are one
			text += p.take().text
		}
		return literal{text}, nil
	case intToken:
		n, err := strconv.ParseInt(t.text, 0, 64)
		if err != nil {
			return nil, t.fail("the number %s is too large or written wrong", t.text)
		}
		return literal{n}, nil
	case floatToken:
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, t.fail("the number %s is too large", t.text)
		}
		return literal{f}, nil
	case operatorToken:
		switch t.text {
		case "(":
			return p.group()
		case "[":
			parts, err := p.expressions("]")
			return &list{parts}, err
		case "{":
			return p.dict()
		}
	}
	return nil, t.fail("%s stands where a value is expected", t)
}

// group reads what is in parentheses.
func (p *parser) group() (expression, error) {
	if p.accept(operatorToken, ")") {
		return &list{}, nil
	}
	x, err := p.tuple()
	if err == nil {
		_, err = p.expect(operatorToken, `")"`, ")")
	}
	return x, err
}

// expressions reads a list to its bracket.
func (p *parser) expressions(closing string) ([]expression, error) {
	var out []expression
	for !p.is(operatorToken, closing) {
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		out = append(out, x)
		if !p.accept(operatorToken, ",") {
			break
		}
	}
	_, err := p.expect(operatorToken, strconv.Quote(closing), closing)
	return out, err
}

func (p *parser) dict() (expression, error) {
	out := &dict{}
	for !p.is(operatorToken, "}") {
		at := p.current()
		k, err := p.expression()
		if err == nil {
			_, err = p.expect(operatorToken, `":"`, ":")
		}
		if err != nil {
			return nil, err
		}
		v, err := p.expression()
		if err != nil {
			return nil, err
		}
		out.at, out.keys, out.values = append(out.at, at), append(out.keys, k), append(out.values, v)
		if !p.accept(operatorToken, ",") {
			break
		}
	}
	_, err := p.expect(operatorToken, `"}"`, "}")
	return out, err
}

// postfix reads attributes, items and calls.
func (p *parser) postfix(x expression) (expression, error) {
	var err error
	for n := 0; err == nil; n++ {
		t := p.current()
		switch {
		case n > maxDepth*10:
			return nil, t.fail("an expression has too many parts")
		case p.accept(operatorToken, "."):
			part := p.take()
			switch part.kind {
			case nameToken:
				x = &attribute{part, x, part.text}
			case intToken: // a.0 is a[0]
				n, err := strconv.ParseInt(part.text, 10, 64)
				if err != nil {
					return nil, part.fail("the number %s is too large", part.text)
				}
				x = &item{part, x, literal{n}}
			default:
				return nil, part.fail("%s stands where a name is expected", part)
			}
		case p.accept(operatorToken, "["):
			x, err = p.subscript(t, x)
		case p.is(operatorToken, "("):
			x, err = p.call(x)
		default:
			return x, nil
		}
	}
	return nil, err
}

// subscript reads [key] or [from:to:step].
func (p *parser) subscript(at token, x expression) (expression, error) {
	var parts [3]expression
	n, err := 0, error(nil)
	for {
		if !p.is(operatorToken, ":", "]") {
			if parts[n], err = p.expression(); err != nil {
				return nil, err
			}
		}
		if n == 2 || !p.accept(operatorToken, ":") {
			break
		}
		n++
	}
	if _, err := p.expect(operatorToken, `"]"`, "]"); err != nil {
		return nil, err
	}
	if n > 0 {
		return &slice{at, x, parts}, nil
	}
	if parts[0] == nil {
		return nil, at.fail("the brackets are empty")
	}
	return &item{at, x, parts[0]}, nil
}
