package emit

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// maxDashes bounds how many values a value with windash is written as; one
// with more dashes becomes a regular expression.
const maxDashes = 125

// Lower prepares an expression for printing. What it leaves: And, Or, Not,
// Match, Keyword, Raw, or one Const for the whole. A Match tests one thing, or
// is an AnyOf of single tests. Tests fit the type of their column as far as
// that can be decided for all languages alike: a number for a text column is
// its digits, the text "443" for an integer column is the number, "true" for
// a boolean column is the boolean. A value that a column can never have is
// false, with a warning. Placeholders that no pipeline filled are errors (P5).
func Lower(j *Job, e ir.Expr) ir.Expr {
	switch e := e.(type) {
	case ir.And:
		return once(ir.All(lowerAll(j, e)...))
	case ir.Or:
		return ir.OneOf(lowerAll(j, e)...)
	case *ir.Not:
		return negate(Lower(j, e.X))
	case *ir.Named:
		return Lower(j, e.X)
	case *ir.Match:
		return lowerMatch(j, e)
	case *ir.Keyword:
		t, _ := lowerTest(j, Field{}, e.Test)
		if ir.SameTest(t, e.Test) {
			return e
		}
		return &ir.Keyword{Pos: e.Pos, Test: t}
	}
	return e
}

// maxOnce bounds the conjunctions in which once looks for repetitions.
const maxOnce = 100

// once leaves out of a conjunction the tests that stand in it already: pipelines
// add the condition of a log source, such as EventID=3, to rules that have it
// themselves.
func once(e ir.Expr) ir.Expr {
	and, ok := e.(ir.And)
	if !ok || len(and) > maxOnce {
		return e
	}
	out := and[:0:0]
	for i, x := range and {
		if !repeats(x, and[:i]) {
			out = append(out, x)
		}
	}
	return ir.All(out...)
}

// repeats reports whether x is a match that is among others.
func repeats(x ir.Expr, others []ir.Expr) bool {
	m, ok := x.(*ir.Match)
	if !ok {
		return false
	}
	for _, y := range others {
		if n, ok := y.(*ir.Match); ok && n.Field == m.Field && ir.TestString(n.Test) == ir.TestString(m.Test) {
			return true
		}
	}
	return false
}

// negate negates a lowered expression. To a query language null and missing
// are one, so "not null" and "exists" are too.
func negate(e ir.Expr) ir.Expr {
	if m, ok := e.(*ir.Match); ok {
		switch t := m.Test.(type) {
		case *ir.Null:
			return &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Exists{Pos: t.Pos, Want: true}}
		case *ir.Exists:
			return &ir.Match{Pos: m.Pos, Field: m.Field, Test: &ir.Exists{Pos: t.Pos, Want: !t.Want}}
		}
	}
	return ir.Negate(e)
}

func lowerAll(j *Job, es []ir.Expr) []ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = Lower(j, e)
	}
	return out
}

// lowerMatch lowers the test of a match and splits conjunctions of tests.
func lowerMatch(j *Job, m *ir.Match) ir.Expr {
	f := j.FieldOf(m)
	fit(j, f, m.Test)
	t, ok := lowerTest(j, f, m.Test)
	if !ok {
		return ir.Const(false)
	}
	return splitTest(m, t)
}

// splitTest makes expressions of the lists of tests that are not plain
// alternatives.
func splitTest(m *ir.Match, t ir.Test) ir.Expr {
	switch t := t.(type) {
	case ir.AllOf:
		parts := make([]ir.Expr, len(t))
		for i, u := range t {
			parts[i] = splitTest(m, u)
		}
		return ir.All(parts...)
	case ir.AnyOf:
		for _, u := range t {
			if _, ok := u.(ir.AllOf); ok {
				parts := make([]ir.Expr, len(t))
				for i, v := range t {
					parts[i] = splitTest(m, v)
				}
				return ir.OneOf(parts...)
			}
		}
	}
	if ir.SameTest(t, m.Test) {
		return m
	}
	return &ir.Match{Pos: m.Pos, Field: m.Field, Test: t}
}

// lowerTest returns the test for the field's column; false where it can never
// be passed.
func lowerTest(j *Job, f Field, t ir.Test) (ir.Test, bool) {
	if why := unmet(j, f, t); why != "" {
		return never(j, f, t, why)
	}
	switch t := t.(type) {
	case ir.AnyOf:
		out := lowerTests(j, f, t)
		if len(out) == 0 {
			return nil, false
		}
		if len(out) == len(t) && &out[0] == &t[0] {
			return t, true
		}
		return ir.AnyTest(out...), true
	case ir.AllOf:
		out := lowerTests(j, f, t)
		if len(out) < len(t) {
			return nil, false
		}
		if &out[0] == &t[0] {
			return t, true
		}
		return ir.AllTests(out...), true
	case *ir.Text:
		return lowerText(j, f, t)
	case *ir.Regexp:
		if names := t.Placeholders(); names != nil {
			unfilled(j, t.Pos, names[0])
		}
		return t, true
	case *ir.Compare:
		return lowerCompare(j, f, t)
	case *ir.Bool:
		return lowerBool(j, f, t)
	case *ir.CIDR:
		switch f.Type() {
		case schema.Int, schema.Float, schema.Bool, schema.Time, schema.GUID:
			return never(j, f, t, "holds no addresses")
		}
	}
	return t, true
}

// lowerTests lowers the tests of a list; those that can never be passed are
// left out. Where none changes, the result is ts itself.
func lowerTests(j *Job, f Field, ts []ir.Test) []ir.Test {
	out, changed := ts, false
	for i, t := range ts {
		u, ok := lowerTest(j, f, t)
		if !changed && (!ok || !ir.SameTest(t, u)) {
			out, changed = append(make([]ir.Test, 0, len(ts)), ts[:i]...), true
		}
		if changed && ok {
			out = append(out, u)
		}
	}
	return out
}

func unfilled(j *Job, pos sigma.Pos, name string) {
	j.Fail(pos, sigma.BadPlaceholder, "a pipeline with value_placeholders gives it values", "the placeholder %%%s%% has no value", name)
}

// never notes that a value can never be in the field's column.
func never(j *Job, f Field, t ir.Test, what string) (ir.Test, bool) {
	j.Warn(t.Position(), sigma.BadFieldType, "the value never matches there", "%s is of type %s and %s", f.Name, f.Type(), what)
	return nil, false
}

func lowerText(j *Job, f Field, t *ir.Text) (ir.Test, bool) {
	for _, e := range t.Pattern {
		if e.Kind == ir.Placeholder {
			unfilled(j, t.Pos, e.Text)
			return t, true
		}
	}
	if t.Pattern.Has(ir.Dash) {
		return lowerDashes(t)
	}
	if f.Type().IsString() || f.Type() == schema.Dynamic {
		return t, true
	}
	shape, text := t.Pattern.Shape()
	if shape == ir.Any {
		return &ir.Exists{Pos: t.Pos, Want: true}, true
	}
	switch f.Type() {
	case schema.Int, schema.Float:
		if shape != ir.Exact {
			break
		}
		if n, ok := ir.ParseNumber(text); ok {
			return lowerCompare(j, f, &ir.Compare{Pos: t.Pos, Op: ir.Eq, Number: n})
		}
		return never(j, f, t, strconv.Quote(text)+" is no number")
	case schema.Bool:
		if shape == ir.Exact {
			if b, ok := parseBool(text); ok {
				return &ir.Bool{Pos: t.Pos, Value: b}, true
			}
			return never(j, f, t, strconv.Quote(text)+" is neither true nor false")
		}
	case schema.IP:
		return lowerAddress(j, f, t, shape, text)
	}
	return t, true
}

// lowerDashes writes out the choices of windash (M12), or makes a regular
// expression where they are too many.
func lowerDashes(t *ir.Text) (ir.Test, bool) {
	patterns, ok := t.Pattern.ExpandDashes(maxDashes)
	if !ok {
		return &ir.Regexp{Pos: t.Pos, Tree: PatternTree(t.Pattern, t.Cased)}, true
	}
	tests := make([]ir.Test, len(patterns))
	for i, p := range patterns {
		tests[i] = &ir.Text{Pos: t.Pos, Pattern: p, Cased: t.Cased}
	}
	return ir.AnyTest(tests...), true
}

// lowerAddress fits a text to a column of addresses. A text that ends behind
// a dot or a colon, such as "10." of startswith, is the network it spells.
func lowerAddress(j *Job, f Field, t *ir.Text, shape ir.Shape, text string) (ir.Test, bool) {
	switch shape {
	case ir.Exact:
		if _, err := netip.ParseAddr(text); err != nil {
			return never(j, f, t, strconv.Quote(text)+" is no address")
		}
		return t, true
	case ir.Prefix:
		p, ok := octetPrefix(text)
		if !ok {
			p, ok = groupPrefix(text)
		}
		if ok {
			return &ir.CIDR{Pos: t.Pos, Prefix: p}, true
		}
	}
	if PatternHas(t.Pattern, notInAddress) {
		return never(j, f, t, "no address has "+strconv.Quote(t.Pattern.String())+" in its text")
	}
	return t, true
}

// notInAddress reports whether no text of an address has this in it: there are
// hexadecimal digits, dots and colons only, at most four digits side by side,
// and four do not begin with a zero (RFC 5952).
func notInAddress(s string) bool {
	digits := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.' || c == ':':
			digits = 0
			continue
		case c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'f':
			digits++
		default:
			return true
		}
		if digits > 4 || digits == 4 && s[i-3] == '0' {
			return true
		}
	}
	return false
}

// groupPrefix returns the IPv6 network of the addresses whose text begins with
// whole groups, none of them zero, and a colon.
func groupPrefix(text string) (netip.Prefix, bool) {
	groups := strings.Split(text, ":")
	n := len(groups) - 1
	if n < 1 || n > 6 || groups[n] != "" {
		return netip.Prefix{}, false
	}
	addr, err := netip.ParseAddr(text + ":")
	if err != nil || strings.Contains(addr.StringExpanded()[:5*n], "0000") {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, 16*n), true
}

// octetPrefix returns the IPv4 network of the addresses whose text begins
// with one to three whole octets and a dot.
func octetPrefix(text string) (netip.Prefix, bool) {
	octets := strings.Split(text, ".")
	n := len(octets) - 1
	if n < 1 || n > 3 || octets[n] != "" {
		return netip.Prefix{}, false
	}
	addr, err := netip.ParseAddr(text + strings.Repeat("0.", 3-n) + "0")
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, 8*n), true
}

// lowerCompare fits a number to the column: in a text column it is its digits
// (V3).
func lowerCompare(j *Job, f Field, t *ir.Compare) (ir.Test, bool) {
	if t.Op != ir.Eq {
		switch f.Type() {
		case schema.Bool, schema.IP, schema.GUID:
			return never(j, f, t, "no number is less or greater")
		}
		return t, true
	}
	switch f.Type() {
	case schema.Keyword, schema.Caseless, schema.Wildcard, schema.Text, schema.GUID:
		return &ir.Text{Pos: t.Pos, Pattern: ir.Plain(string(t.Number))}, true
	case schema.Int:
		if !t.Number.IsInt() {
			return never(j, f, t, string(t.Number)+" has a fraction")
		}
	case schema.Bool, schema.IP:
		return never(j, f, t, string(t.Number)+" is a number")
	}
	return t, true
}

// lowerBool fits a boolean to the column: in a text column it is the word, in
// either case (V8).
func lowerBool(j *Job, f Field, t *ir.Bool) (ir.Test, bool) {
	switch f.Type() {
	case schema.Keyword, schema.Caseless, schema.Wildcard, schema.Text:
		return &ir.Text{Pos: t.Pos, Pattern: ir.Plain(strconv.FormatBool(t.Value))}, true
	case schema.Int, schema.Float, schema.IP, schema.GUID:
		return never(j, f, t, strconv.FormatBool(t.Value)+" is a boolean")
	}
	return t, true
}

func parseBool(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

// NoteNulls warns of the tests whether a field exists: to no language is a
// field that is null there, as it is to Sigma (M7).
func NoteNulls(j *Job, e ir.Expr) { noteNulls(&Printer{Job: j}, e) }

func noteNulls(p *Printer, e ir.Expr) {
	switch e := e.(type) {
	case ir.And:
		for _, x := range e {
			noteNulls(p, x)
		}
	case ir.Or:
		for _, x := range e {
			noteNulls(p, x)
		}
	case *ir.Not:
		p.Odd = !p.Odd
		noteNulls(p, e.X)
		p.Odd = !p.Odd
	case *ir.Named:
		noteNulls(p, e.X)
	case *ir.Match:
		ir.WalkTests(e.Test, func(t ir.Test) {
			x, ok := t.(*ir.Exists)
			if !ok {
				return
			}
			code := p.Less()
			if !x.Want {
				code = p.More()
			}
			p.Warn(x.Pos, code, "", "%s takes a field that is null for one that does not exist", p.Backend.Title)
		})
	}
}
