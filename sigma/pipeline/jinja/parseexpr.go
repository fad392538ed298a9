package jinja

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

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

// arguments reads the arguments of a call, from its parenthesis.
func (p *parser) arguments() (arguments, error) {
	var out arguments
	open := p.take()
	for !p.is(operatorToken, ")") {
		if p.is(operatorToken, "*", "**") {
			return out, p.current().fail("arguments with stars are not supported")
		}
		key := ""
		if p.is(nameToken) && len(p.tokens) > 1 && p.tokens[1].kind == operatorToken && p.tokens[1].text == "=" {
			key = p.take().text
			p.take()
		}
		x, err := p.expression()
		switch {
		case err != nil:
			return out, err
		case key == "" && out.keys != nil:
			return out, open.fail("an argument without a name stands behind one with a name")
		case slices.Contains(out.keys, key):
			return out, open.fail("the argument %q stands twice", key)
		case key != "":
			out.keys, out.named = append(out.keys, key), append(out.named, x)
		default:
			out.parts = append(out.parts, x)
		}
		if !p.accept(operatorToken, ",") {
			break
		}
	}
	_, err := p.expect(operatorToken, `")"`, ")")
	return out, err
}

func (p *parser) call(x expression) (expression, error) {
	at := p.current()
	args, err := p.arguments()
	return &call{at, x, args}, err
}

// filter reads the name and the arguments of a filter.
func (p *parser) filter(x expression) (*filtered, error) {
	t, err := p.expect(nameToken, "the name of a filter")
	if err != nil {
		return nil, err
	}
	out := &filtered{token: t, x: x}
	var ok bool
	if out.f, ok = filters[t.text]; !ok {
		return nil, t.fail("there is no filter %q%s", t.text, suggestion(t.text, filters))
	}
	if p.is(operatorToken, "(") {
		out.args, err = p.arguments()
	}
	return out, err
}

// test reads what stands behind is.
func (p *parser) test(x expression) (expression, error) {
	negated := p.accept(nameToken, "not")
	t := p.take()
	if t.kind != nameToken && (t.kind != operatorToken || tests[t.text] == nil) {
		return nil, t.fail("%s stands where the name of a test is expected", t)
	}
	out := &tested{token: t, x: x}
	var ok bool
	if out.f, ok = tests[t.text]; !ok {
		return nil, t.fail("there is no test %q%s", t.text, suggestion(t.text, tests))
	}
	var err error
	switch next := p.current(); {
	case p.is(operatorToken, "("):
		out.args, err = p.arguments()
	case next.kind == stringToken || next.kind == intToken || next.kind == floatToken || p.is(operatorToken, "[", "{"),
		next.kind == nameToken && !slices.Contains([]string{"and", "or", "not", "if", "else", "in", "is", "recursive"}, next.text):
		var arg expression
		if arg, err = p.primary(); err == nil {
			arg, err = p.postfix(arg)
		}
		out.args.parts = []expression{arg}
	}
	if negated {
		return &not{out}, err
	}
	return out, err
}

// suggestion names the nearest of the names of a table.
func suggestion[T any](word string, table map[string]T) string {
	var all []string
	for k := range table {
		all = append(all, k)
	}
	slices.Sort(all)
	if near := sigma.Nearest(word, all); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; there are " + strings.Join(all, ", ")
}
