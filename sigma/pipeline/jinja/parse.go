package jinja

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A parser reads tokens.
type parser struct {
	tokens []token // the last is the end
	depth  int
}

func (p *parser) current() token { return p.tokens[0] }

// take returns the current token and goes on.
func (p *parser) take() token {
	t := p.tokens[0]
	if t.kind != endToken {
		p.tokens = p.tokens[1:]
	}
	return t
}

// is reports whether the current token is a name or an operator with one of
// the texts.
func (p *parser) is(k kind, texts ...string) bool {
	t := p.tokens[0]
	return t.kind == k && (len(texts) == 0 || slices.Contains(texts, t.text))
}

// accept takes the current token if it is that.
func (p *parser) accept(k kind, texts ...string) bool {
	if !p.is(k, texts...) {
		return false
	}
	p.take()
	return true
}

// expect takes the current token, which must be that.
func (p *parser) expect(k kind, what string, texts ...string) (token, error) {
	if !p.is(k, texts...) {
		return token{}, p.current().fail("%s stands where %s is expected", p.current(), what)
	}
	return p.take(), nil
}

// deeper counts how deep what is read is nested.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return p.current().fail("it is nested more than %d deep", maxDepth)
	}
	return nil
}

// body reads statements up to a block with one of the names, which it takes up
// to the name, or to the end of the template where there are no names.
func (p *parser) body(until ...string) ([]statement, token, error) {
	if err := p.deeper(); err != nil {
		return nil, token{}, err
	}
	defer func() { p.depth-- }()
	var out []statement
	for {
		t := p.take()
		switch t.kind {
		case dataToken:
			out = append(out, data(t.text))
		case outputToken:
			x, err := p.tuple()
			if err == nil {
				_, err = p.expect(closeToken, `"}}"`)
			}
			if err != nil {
				return nil, t, err
			}
			out = append(out, &output{t, x})
		case endToken:
			if len(until) > 0 {
				return nil, t, t.fail("the template ends where {%% %s %%} is expected", strings.Join(until, " %} or {% "))
			}
			return out, t, nil
		default:
			name, err := p.expect(nameToken, "the name of a block")
			if err != nil {
				return nil, t, err
			}
			if slices.Contains(until, name.text) {
				return out, name, nil
			}
			s, err := p.statement(name)
			if err != nil {
				return nil, t, err
			}
			out = append(out, s)
		}
	}
}

// end takes the end of a block.
func (p *parser) end() error {
	_, err := p.expect(closeToken, `"%}"`)
	return err
}

// block reads the end of a tag, and statements up to the end of the block.
func (p *parser) block(until string) ([]statement, error) {
	if err := p.end(); err != nil {
		return nil, err
	}
	body, _, err := p.body(until)
	if err == nil {
		err = p.end()
	}
	return body, err
}

// statement reads the statement with that name.
func (p *parser) statement(name token) (statement, error) {
	switch name.text {
	case "if":
		return p.ifs()
	case "for":
		return p.loop(name)
	case "set":
		return p.set(name)
	case "with":
		return p.with()
	case "macro":
		return p.macro()
	case "filter":
		return p.filterBlock(name)
	case "include", "import", "from", "extends":
		return nil, name.fail("a template of a pipeline cannot read others: there is no %s", name.text)
	}
	known := []string{"if", "for", "set", "with", "macro", "filter", "raw"}
	if near := sigma.Nearest(name.text, known); near != "" {
		return nil, name.fail("there is no block %q; did you mean %q?", name.text, near)
	}
	return nil, name.fail("the block %q is not supported; there are %s", name.text, strings.Join(known, ", "))
}

func (p *parser) ifs() (statement, error) {
	out := &ifs{}
	for {
		cond, err := p.expression()
		if err == nil {
			err = p.end()
		}
		if err != nil {
			return nil, err
		}
		body, stop, err := p.body("elif", "else", "endif")
		if err != nil {
			return nil, err
		}
		out.branches = append(out.branches, branch{cond, body})
		switch stop.text {
		case "elif":
			continue
		case "else":
			out.otherwise, err = p.block("endif")
			return out, err
		}
		return out, p.end()
	}
}

func (p *parser) loop(at token) (statement, error) {
	out := &loop{token: at}
	var err error
	if out.names, err = p.names(); err != nil {
		return nil, err
	}
	if _, err = p.expect(nameToken, "in", "in"); err != nil {
		return nil, err
	}
	if out.over, err = p.or(); err != nil {
		return nil, err
	}
	if p.accept(nameToken, "if") {
		if out.only, err = p.expression(); err != nil {
			return nil, err
		}
	}
	if p.is(nameToken, "recursive") {
		return nil, p.current().fail("recursive loops are not supported")
	}
	if err = p.end(); err != nil {
		return nil, err
	}
	body, stop, err := p.body("else", "endfor")
	if err != nil {
		return nil, err
	}
	out.body = body
	if stop.text == "else" {
		out.otherwise, err = p.block("endfor")
		return out, err
	}
	return out, p.end()
}

// names reads the names that a loop or a set gives values to.
func (p *parser) names() ([]string, error) {
	open := p.accept(operatorToken, "(")
	var out []string
	for {
		t, err := p.expect(nameToken, "a name")
		if err != nil {
			return nil, err
		}
		out = append(out, t.text)
		if !p.accept(operatorToken, ",") || p.is(nameToken, "in") {
			break
		}
	}
	if open {
		if _, err := p.expect(operatorToken, `")"`, ")"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *parser) set(at token) (statement, error) {
	out := &set{token: at}
	var err error
	if out.names, err = p.names(); err != nil {
		return nil, err
	}
	if len(out.names) == 1 && p.accept(operatorToken, ".") {
		t, err := p.expect(nameToken, "a name")
		if err != nil {
			return nil, err
		}
		out.attribute = t.text
	}
	if p.accept(operatorToken, "=") {
		if out.value, err = p.tuple(); err != nil {
			return nil, err
		}
		return out, p.end()
	}
	// Without a value the name gets what the block makes.
	for p.accept(operatorToken, "|") {
		f, err := p.filter(nil)
		if err != nil {
			return nil, err
		}
		out.filters = append(out.filters, f)
	}
	out.body, err = p.block("endset")
	return out, err
}

func (p *parser) with() (statement, error) {
	out := &with{}
	for !p.is(closeToken) {
		t, err := p.expect(nameToken, "a name")
		if err == nil {
			_, err = p.expect(operatorToken, `"="`, "=")
		}
		if err != nil {
			return nil, err
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		out.names, out.values = append(out.names, t.text), append(out.values, x)
		if !p.accept(operatorToken, ",") {
			break
		}
	}
	var err error
	out.body, err = p.block("endwith")
	return out, err
}

func (p *parser) macro() (statement, error) {
	name, err := p.expect(nameToken, "a name")
	if err == nil {
		_, err = p.expect(operatorToken, `"("`, "(")
	}
	if err != nil {
		return nil, err
	}
	out := &macro{token: name}
	for !p.is(operatorToken, ")") {
		t, err := p.expect(nameToken, "a name")
		if err != nil {
			return nil, err
		}
		var x expression
		if p.accept(operatorToken, "=") {
			if x, err = p.expression(); err != nil {
				return nil, err
			}
		}
		out.params, out.defaults = append(out.params, t.text), append(out.defaults, x)
		if !p.accept(operatorToken, ",") {
			break
		}
	}
	if _, err = p.expect(operatorToken, `")"`, ")"); err != nil {
		return nil, err
	}
	out.body, err = p.block("endmacro")
	return out, err
}

func (p *parser) filterBlock(at token) (statement, error) {
	out := &set{token: at, print: true}
	for {
		f, err := p.filter(nil)
		if err != nil {
			return nil, err
		}
		out.filters = append(out.filters, f)
		if !p.accept(operatorToken, "|") {
			break
		}
	}
	var err error
	out.body, err = p.block("endfilter")
	return out, err
}
