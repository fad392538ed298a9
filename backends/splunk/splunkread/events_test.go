package splunkread_test

import (
	"encoding/json"
	"math/rand"
	"net/netip"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A maker makes events out of what a rule tests: some that it matches, and
// some that it just misses.
type maker struct {
	r  *rand.Rand
	ev map[string]any
}

// events returns n events made of the rule.
func (m *maker) events(rule *ir.Rule, n int) [][]byte {
	var out [][]byte
	for i := range n {
		m.ev = map[string]any{"Other": "z"} // no event is empty
		e := rule.Where[m.r.Intn(len(rule.Where))]
		m.expr(e, i%4 != 3)
		if i%2 == 1 {
			m.spoil(e)
		}
		text, err := json.Marshal(m.ev)
		if err != nil {
			panic(err)
		}
		out = append(out, text)
	}
	return out
}

// expr fills the event so that the expression is likely to be want.
func (m *maker) expr(e ir.Expr, want bool) {
	switch e := e.(type) {
	case ir.And:
		m.parts(e, want, want)
	case ir.Or:
		m.parts(e, want, !want)
	case *ir.Not:
		m.expr(e.X, !want)
	case *ir.Named:
		m.expr(e.X, want)
	case *ir.Match:
		m.test(e.Field, e.Test, want)
	case *ir.Keyword:
		m.test("Message", e.Test, want)
	}
}

func (m *maker) parts(xs []ir.Expr, want, all bool) {
	if !all {
		m.expr(xs[m.r.Intn(len(xs))], want)
		return
	}
	for _, x := range xs {
		m.expr(x, want)
	}
}

// spoil changes one field that the expression tests.
func (m *maker) spoil(e ir.Expr) {
	var matches []*ir.Match
	ir.Walk(e, func(e ir.Expr) bool {
		if match, ok := e.(*ir.Match); ok {
			matches = append(matches, match)
		}
		return true
	})
	if len(matches) == 0 {
		return
	}
	match := matches[m.r.Intn(len(matches))]
	switch m.r.Intn(6) {
	case 0:
		delete(m.ev, match.Field)
	case 1:
		m.ev[match.Field] = nil
	case 2:
		m.ev[match.Field] = ""
	default:
		m.test(match.Field, match.Test, m.r.Intn(2) == 0)
	}
}

// test gives a field a value that passes the test, or nearly does.
func (m *maker) test(field string, t ir.Test, pass bool) {
	switch t := t.(type) {
	case ir.AnyOf:
		m.test(field, t[m.r.Intn(len(t))], pass)
		return
	case ir.AllOf:
		for _, u := range t {
			m.test(field, u, pass)
		}
		return
	case *ir.Null:
		m.null(field, pass)
		return
	case *ir.Exists:
		m.null(field, pass != t.Want)
		return
	case *ir.FieldRef:
		m.reference(field, t, pass)
		return
	}
	v := m.value(t, pass)
	if old, ok := m.ev[field].(string); ok && pass && isSubstring(t) {
		v = old + v.(string)
	}
	m.ev[field] = v
}

func isSubstring(t ir.Test) bool {
	text, ok := t.(*ir.Text)
	if !ok {
		return false
	}
	shape, _ := text.Pattern.Shape()
	return shape == ir.Substring
}

func (m *maker) null(field string, null bool) {
	switch {
	case !null:
		m.ev[field] = m.pick("x", "", "0")
	case m.r.Intn(2) == 0:
		m.ev[field] = nil
	default:
		delete(m.ev, field)
	}
}

func (m *maker) reference(field string, t *ir.FieldRef, pass bool) {
	value := m.pick(`C:\a.exe`, "x", "É", "100%_")
	other := value
	if !t.Cased {
		other = m.fold(value)
	}
	switch t.Shape {
	case ir.Prefix:
		value += m.pick("", "x")
	case ir.Suffix:
		value = m.pick("", "x") + value
	case ir.Substring:
		value = m.pick("", "x") + value + m.pick("", "y")
	}
	if !pass {
		value = m.near(value)
	}
	m.ev[field], m.ev[t.Field] = value, other
	if m.r.Intn(6) == 0 {
		delete(m.ev, t.Field)
	}
}

// value returns a value that passes a test, or nearly does.
func (m *maker) value(t ir.Test, pass bool) any {
	switch t := t.(type) {
	case *ir.Text:
		if _, text := t.Pattern.Shape(); !pass && m.r.Intn(2) == 0 {
			if net, err := netip.ParsePrefix(text); err == nil {
				return net.Addr().Next().String()
			}
		}
		v := m.pattern(t.Pattern, pass)
		if !t.Cased || !pass {
			v = m.fold(v)
		}
		if !pass && (!t.Pattern.Has(ir.Question) || m.r.Intn(2) == 0) {
			v = m.near(v)
		}
		return v
	case *ir.Compare:
		return m.number(t, pass)
	case *ir.Bool:
		if pass {
			return m.pick("true", "True", "false", "FALSE")
		}
		return m.pick("1", "0", "yes", "")
	case *ir.CIDR:
		if pass {
			return t.Prefix.Addr().String()
		}
		return m.pick(t.Prefix.Addr().Prev().String(), t.Prefix.String(), "10.1.2.3", "::2", "host", "")
	case *ir.Regexp:
		v := t.Source
		if t.Tree != nil {
			v = m.fromTree(t.Tree)
		}
		if !pass {
			v = m.near(v)
		}
		return v
	}
	return "2026-11-26T05:30:00Z"
}

func (m *maker) number(t *ir.Compare, pass bool) any {
	n, err := strconv.ParseInt(string(t.Number), 10, 64)
	if err != nil {
		text := string(t.Number)
		return m.pick(text, text+"5", "-"+text, strings.ReplaceAll(text, ".", "x"))
	}
	switch {
	case pass && t.Op == ir.Gt, !pass && t.Op == ir.Lte:
		n++
	case pass && t.Op == ir.Lt, !pass && t.Op == ir.Gte:
		n--
	case !pass && t.Op == ir.Eq:
		n += int64(m.r.Intn(3) - 1)
	}
	text := strconv.FormatInt(n, 10)
	switch m.r.Intn(6) {
	case 0:
		return json.Number(text)
	case 1:
		return m.pick("x", "", text+"0", text+" ", "-"+strings.TrimPrefix(text, "-"))
	}
	return text
}

func (m *maker) pick(choices ...string) string { return choices[m.r.Intn(len(choices))] }

// fold changes the case of letters.
func (m *maker) fold(s string) string {
	switch m.r.Intn(4) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	}
	return s
}

// near returns a text that differs a little.
func (m *maker) near(s string) string {
	runes := []rune(s)
	if len(runes) == 0 {
		return m.pick("x", " ", "*")
	}
	i := m.r.Intn(len(runes))
	switch m.r.Intn(8) {
	case 0:
		return string(runes[:len(runes)-1])
	case 1:
		return string(runes[1:])
	case 2:
		return s + m.pick("x", "\n", " ", `\`)
	case 3:
		return m.pick("x", "\n", " ", `\`) + s
	case 4:
		return string(runes[:i]) + m.pick("\n", "*", "?", `\`, "xx", "") + string(runes[i:])
	case 5, 6:
		return string(runes[:i]) + m.pick("y", "1", "\n") + string(runes[i+1:])
	}
	return string(runes[:i]) + string(runes[i+1:])
}

// pattern returns a text that a pattern matches, or nearly.
func (m *maker) pattern(p ir.Pattern, pass bool) string {
	var b strings.Builder
	for _, e := range p {
		switch e.Kind {
		case ir.Literal:
			b.WriteString(e.Text)
		case ir.Star:
			b.WriteString(m.pick("", "", "x", " ", "\n", `C:\Program Files\`, "\U0001f600", "-"))
		case ir.Question:
			if !pass && m.r.Intn(2) == 0 {
				b.WriteString(m.pick("", "xx"))
				continue
			}
			b.WriteString(m.pick("a", "é", "\n", "漢", "*"))
		case ir.Dash:
			b.WriteRune([]rune(ir.Dashes)[m.r.Intn(5)])
		}
	}
	return b.String()
}

// fromTree returns a text that an expression finds, or nearly.
func (m *maker) fromTree(re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			text := string(r)
			if re.Flags&syntax.FoldCase != 0 {
				text = m.fold(text)
			}
			b.WriteString(text)
		}
	case syntax.OpCharClass:
		if len(re.Rune) > 0 {
			i := 2 * m.r.Intn(len(re.Rune)/2)
			b.WriteRune(re.Rune[i] + rune(m.r.Intn(int(min(re.Rune[i+1]-re.Rune[i]+1, 60)))))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteString(m.pick("a", " ", "é", "/"))
	case syntax.OpCapture:
		return m.fromTree(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		least, most := 0, 2
		switch re.Op {
		case syntax.OpPlus:
			least = 1
		case syntax.OpQuest:
			most = 1
		case syntax.OpRepeat:
			least, most = re.Min, max(re.Max, re.Min)
		}
		for range least + m.r.Intn(min(most-least, 3)+1) {
			b.WriteString(m.fromTree(re.Sub[0]))
		}
	case syntax.OpConcat:
		for _, s := range re.Sub {
			b.WriteString(m.fromTree(s))
		}
	case syntax.OpAlternate:
		return m.fromTree(re.Sub[m.r.Intn(len(re.Sub))])
	case syntax.OpWordBoundary:
		return m.pick("", " ")
	}
	return strings.ToValidUTF8(b.String(), "")
}
