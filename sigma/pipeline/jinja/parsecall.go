package jinja

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

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
