package kustoread_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A maker makes events that a rule may match or may just miss.
type maker struct {
	r    *rand.Rand
	rule *ir.Rule
	ev   map[string]any
}

// events returns n events: each is made to satisfy the condition by one of its
// ways, and most are then changed in one or two fields.
func events(r *rand.Rand, rule *ir.Rule, e ir.Expr, n int) []map[string]any {
	pool := make(map[string][]any)
	m := &maker{r: r, rule: rule}
	ir.Walk(e, func(e ir.Expr) bool {
		if match, ok := e.(*ir.Match); ok {
			ir.WalkTests(match.Test, func(t ir.Test) {
				pool[match.Field] = append(pool[match.Field], m.pass(match.Field, t), m.miss(match.Field, t))
			})
		}
		return true
	})
	fields := slices.Sorted(maps.Keys(pool))
	var out []map[string]any
	for i := range n {
		m.ev = map[string]any{"other": "x"} // no event is empty
		m.make(e, i%8 != 7)
		for range r.Intn(3) * min(len(fields), 1) {
			f := fields[r.Intn(len(fields))]
			if r.Intn(4) == 0 {
				delete(m.ev, f)
			} else {
				m.ev[f] = pool[f][r.Intn(len(pool[f]))]
			}
		}
		out = append(out, m.ev)
	}
	return out
}

// make sets the fields that an expression needs to be true, or not to be.
func (m *maker) make(e ir.Expr, want bool) {
	switch e := e.(type) {
	case ir.And:
		m.parts(e, want, want)
	case ir.Or:
		m.parts(e, want, !want)
	case *ir.Not:
		m.make(e.X, !want)
	case *ir.Named:
		m.make(e.X, want)
	case *ir.Keyword:
		if want {
			m.set("keywords", m.text(m.one(e.Test)))
		}
	case *ir.Match:
		if want {
			m.match(e.Field, e.Test)
		}
	}
}

func (m *maker) parts(es []ir.Expr, want, all bool) {
	if !all {
		m.make(es[m.r.Intn(len(es))], want)
		return
	}
	for _, e := range es {
		m.make(e, want)
	}
}

func (m *maker) match(field string, t ir.Test) {
	switch t := t.(type) {
	case ir.AnyOf:
		m.match(field, t[m.r.Intn(len(t))])
	case ir.AllOf:
		for _, u := range t {
			m.match(field, u)
		}
	case *ir.Null:
		delete(m.ev, field)
	case *ir.Exists:
		delete(m.ev, field)
		if t.Want {
			m.ev[field] = m.typed(field, "1")
		}
	case *ir.FieldRef:
		if m.ev[t.Field] == nil {
			m.ev[t.Field] = m.typed(t.Field, "7")
		}
		m.ev[field] = m.ev[t.Field]
	default:
		m.set(field, m.pass(field, t))
	}
}

// set gives a field a value; a text that is there already stays in it.
func (m *maker) set(field string, v any) {
	old, ok := m.ev[field].(string)
	if s, isText := v.(string); ok && isText && m.r.Intn(8) > 0 {
		v = old + s
	}
	if v != nil {
		m.ev[field] = v
	}
}

// one returns a single test.
func (m *maker) one(t ir.Test) ir.Test {
	switch t := t.(type) {
	case ir.AnyOf:
		return m.one(t[m.r.Intn(len(t))])
	case ir.AllOf:
		return m.one(t[m.r.Intn(len(t))])
	}
	return t
}

// typed returns a text as the value of a column.
func (m *maker) typed(field, text string) any {
	c, _ := m.rule.Column(field)
	switch {
	case c.Type.IsNumber():
		if n, ok := ir.ParseNumber(text); ok {
			return json.Number(n)
		}
		return json.Number("5")
	case c.Type == schema.Bool:
		return strings.EqualFold(text, "true")
	}
	return text
}

// pass returns a value that passes a test, nil where there is none.
func (m *maker) pass(field string, t ir.Test) any {
	switch t := t.(type) {
	case *ir.Compare:
		return m.number(field, t.Number, t.Op)
	case *ir.Bool:
		if c, _ := m.rule.Column(field); c.Type == schema.Unknown || c.Type == schema.Bool {
			return t.Value
		}
		return fmt.Sprint(t.Value)
	case *ir.Null, *ir.FieldRef:
		return nil
	case *ir.Exists:
		return m.typed(field, "1")
	}
	return m.typed(field, m.text(t))
}

// miss returns a value that a test may miss.
func (m *maker) miss(field string, t ir.Test) any {
	s := fmt.Sprint(m.pass(field, t))
	switch m.r.Intn(6) {
	case 0:
		return m.typed(field, "")
	case 1:
		return m.typed(field, s+"0")
	case 2:
		return m.typed(field, "1"+s)
	case 3:
		return m.typed(field, s[:len(s)/2])
	case 4:
		return m.typed(field, strings.ToUpper(s))
	}
	return m.typed(field, "2001:db8::1")
}

func (m *maker) number(field string, n ir.Number, op ir.Op) any {
	s := string(n)
	if m.r.Intn(2) == 0 && op != ir.Eq {
		s += "0"
	}
	if op == ir.Lt {
		s = "-" + strings.TrimPrefix(s, "-") + "1"
	}
	if c, _ := m.rule.Column(field); c.Type == schema.Unknown || c.Type.IsNumber() {
		return json.Number(s)
	}
	return s
}

// text returns a text that passes a test.
func (m *maker) text(t ir.Test) string {
	switch t := t.(type) {
	case *ir.Text:
		return m.pattern(t.Pattern, t.Cased)
	case *ir.Regexp:
		if t.Tree != nil {
			return m.example(t.Tree)
		}
	case *ir.CIDR:
		a := t.Prefix.Addr()
		if t.Prefix.Bits() < a.BitLen() && m.r.Intn(2) == 0 {
			a = a.Next()
		}
		return a.String()
	case *ir.TimePart:
		return "2024-05-0" + string(t.Number)[:1] + "T0" + string(t.Number)[:1] + ":00:00Z"
	}
	return "x"
}

func (m *maker) pattern(p ir.Pattern, cased bool) string {
	var b strings.Builder
	for _, e := range p {
		switch e.Kind {
		case ir.Literal:
			b.WriteString(e.Text)
		case ir.Star:
			b.WriteString([]string{"", "", "z", "\n", "é z"}[m.r.Intn(5)])
		case ir.Question:
			b.WriteString([]string{"q", "é", "\n"}[m.r.Intn(3)])
		case ir.Dash:
			b.WriteByte('-')
		}
	}
	if s := b.String(); cased || m.r.Intn(3) > 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if m.r.Intn(2) == 0 {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, b.String())
}

// example returns a text that an expression matches.
func (m *maker) example(re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		i := 2 * m.r.Intn(len(re.Rune)/2)
		return string(re.Rune[i] + rune(m.r.Intn(min(int(re.Rune[i+1]-re.Rune[i])+1, 60))))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "w"
	case syntax.OpAlternate:
		return m.example(re.Sub[m.r.Intn(len(re.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			b.WriteString(m.example(sub))
		}
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		n := max(re.Min, m.r.Intn(2))
		if re.Op == syntax.OpPlus {
			n = 1
		}
		for range n {
			b.WriteString(m.example(re.Sub[0]))
		}
	}
	return b.String()
}
