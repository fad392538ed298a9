package readbacktest

import (
	"math/rand"
	"net/netip"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Random returns a rule with tests of any kind that languages share, put
// together at random, of values with the characters that languages escape.
func Random(r *rand.Rand) *ir.Rule {
	m := randomizer{Rand: r, fields: []string{"a", "b-c", "d e", "f.g", "`h", "or", "1i"}}
	return &ir.Rule{Source: &sigma.Rule{}, Where: []ir.Expr{m.expr(3)}}
}

// RandomTyped is Random with columns of known types, by whose names they go.
func RandomTyped(r *rand.Rand, types ...schema.Type) *ir.Rule {
	m := randomizer{Rand: r, typed: true}
	columns := make(map[string]schema.Column)
	for _, t := range types {
		name := "x-" + t.String()
		columns[name] = schema.Column{Name: name, Type: t}
		m.fields = append(m.fields, name)
	}
	return &ir.Rule{Source: &sigma.Rule{}, Table: &schema.Table{Columns: columns}, Where: []ir.Expr{m.expr(2)}}
}

type randomizer struct {
	*rand.Rand
	fields []string
	typed  bool // some columns may fold case, in which no comparison of columns tells it apart
}

func (m randomizer) expr(depth int) ir.Expr {
	if depth == 0 || m.Intn(5) == 0 {
		return &ir.Match{Field: m.fields[m.Intn(len(m.fields))], Test: m.tests()}
	}
	switch m.Intn(3) {
	case 0:
		return ir.All(m.expr(depth-1), m.expr(depth-1))
	case 1:
		return ir.OneOf(m.expr(depth-1), m.expr(depth-1), m.expr(depth-1))
	}
	return ir.Negate(m.expr(depth - 1))
}

// tests returns one test or a list of them.
func (m randomizer) tests() ir.Test {
	if m.Intn(3) > 0 {
		return m.test()
	}
	list := make([]ir.Test, 2+m.Intn(3))
	for i := range list {
		list[i] = m.test()
	}
	return ir.AnyTest(list...)
}

func (m randomizer) test() ir.Test {
	if m.Intn(30) == 0 {
		return &ir.FieldRef{Field: m.fields[m.Intn(len(m.fields))], Shape: ir.Shape(m.Intn(4)), Cased: !m.typed && m.Intn(3) == 0}
	}
	switch m.Intn(12) {
	case 0:
		return &ir.Compare{Number: ir.Number([]string{"0", "443", "-1", "2.5", "12345678901234567890"}[m.Intn(5)])}
	case 1:
		return &ir.Compare{Op: ir.Op(1 + m.Intn(4)), Number: "10"}
	case 2:
		return &ir.Bool{Value: m.Intn(2) == 0}
	case 3:
		return &ir.Null{}
	case 4:
		return &ir.CIDR{Prefix: netip.MustParsePrefix([]string{"10.0.0.0/8", "192.168.1.0/25", "fe80::/10", "::1/128", "1.2.3.4/32"}[m.Intn(5)])}
	case 5, 6:
		return m.regexp()
	}
	return &ir.Text{Pattern: ir.ParsePattern(m.text()), Cased: m.Intn(4) == 0}
}

// pieces are what texts are made of: all that some language escapes.
var pieces = []string{"a", "B", "k", "é", "Ü", "漢", "1", " ", "*", "?", `\`, `\\`, `\*`, `\?`, `"`, `'`, "`", "/", "//", "/*", "(", ")", "[", "]", "{", "}",
	"|", "&", "&&", "~", "#", "@", "<", ">", "<1-5>", "^", "$", "+", "-", ".", ",", ":", ";", "=", "!", "%", "\n", "\r", "\t", "\x01", "\f", "\u2028", `"""`, " or ",
	" AND ", "not ", `\n`, `\u{41}`, `\d`, "$x", "{0}"}

// text returns a text, most with stars at their ends.
func (m randomizer) text() string {
	var b strings.Builder
	for range m.Intn(6) {
		b.WriteString(pieces[m.Intn(len(pieces))])
	}
	text := b.String()
	switch m.Intn(4) {
	case 0:
		return "*" + text + "*"
	case 1:
		return "*" + text
	case 2:
		return text + "*"
	}
	return text
}

// regexp returns an expression, anchored or not.
func (m randomizer) regexp() ir.Test {
	t := &ir.Regexp{Source: m.expression(2), IgnoreCase: m.Intn(3) == 0, DotMatchesLine: m.Intn(4) == 0}
	if m.Intn(3) == 0 {
		t.Source = "^" + t.Source
	}
	if m.Intn(3) == 0 {
		t.Source += "$"
	}
	if t.Parse() != nil || t.Tree == nil {
		return &ir.Null{}
	}
	return t
}

var atoms = []string{"a", "B", "k", "é", ".", ".*", `\d`, `\w+`, `\W`, "[a-f]", "[^a]", `[\\"/]`, `\.`, `\\`, `"`, "/", "#", "@", "&", "<", ">", "~", "<1-5>", " ", "\n",
	`\t`, `\x41`, `\*`, `\?`, `\(`, `\[`, "-", "[]-]", "[^-^]", "(?i:x)", "a{2}", "b{1,}", "c??", "(ab)?", `[\w.]`, "%", "'"}

func (m randomizer) expression(depth int) string {
	var b strings.Builder
	for range 1 + m.Intn(4) {
		if depth > 0 && m.Intn(4) == 0 {
			b.WriteString("(?:" + m.expression(depth-1) + "|" + m.expression(depth-1) + ")" + []string{"", "*", "+", "?", "{2}"}[m.Intn(5)])
			continue
		}
		b.WriteString(atoms[m.Intn(len(atoms))])
	}
	return b.String()
}
