package ir

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma"
)

// An itemBuilder turns one detection item into an expression: modifiers are
// applied in order, each to all values (M1, M3).
type itemBuilder struct {
	*builder
	item   *sigma.Item
	values []value
	op     operator
	opPos  sigma.Modifier // the modifier that chose op
	all    bool
	negate bool
	cased  bool
	expand bool
	affix  bool // contains, startswith or endswith was applied
	coded  bool // an encoding was applied
	wide   bool // the last encoding was one of UTF-16
	dashes bool
	flags  Regexp // only its flags are used
	part   Part
	cmp    Op
	failed bool
}

// A value is one value of an item on its way through the modifiers. More than
// one pattern are alternatives (base64offset).
type value struct {
	src      sigma.Value
	patterns []Pattern  // at first the one in single
	single   [1]Pattern // saves an allocation for nearly every value
	shape    Shape      // of a field reference; of a regexp Prefix and Suffix anchor it
}

// An operator is what the values are compared with.
type operator uint8

const (
	opEqual operator = iota
	opRegexp
	opCIDR
	opExists
	opFieldRef
	opCompare
	opTime
)

// item builds one detection item.
func (b *builder) item(it *sigma.Item) Expr {
	if b.partial && unfinished(it) {
		return Const(false)
	}
	b.values = slices.Grow(b.values[:0], len(it.Values))[:len(it.Values)]
	ib := &b.current
	*ib = itemBuilder{builder: b, item: it, values: b.values}
	expand := slices.ContainsFunc(it.Modifiers, func(m sigma.Modifier) bool { return m.Name == "expand" })
	for i, v := range it.Values {
		w := &ib.values[i]
		*w = value{src: v, shape: Exact}
		if v.Kind == sigma.String {
			w.single[0] = parsePattern(v.Text, expand)
			w.patterns = w.single[:]
		}
	}
	for i, m := range it.Modifiers {
		if !ib.modifier(i, m) {
			return Const(false)
		}
	}
	return ib.finish()
}

// unfinished reports whether the parser could read an item only in part.
func unfinished(it *sigma.Item) bool {
	return len(it.Values) == 0 || slices.ContainsFunc(it.Modifiers, func(m sigma.Modifier) bool { return m.Name == "" })
}

// reject reports an error at a place and stops the item.
func (ib *itemBuilder) reject(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	ib.failed = true
	ib.fail(pos, code, fmt.Sprintf(format, args...), hint)
}

// finish makes the tests and links them.
func (ib *itemBuilder) finish() Expr {
	if len(ib.values) == 0 {
		ib.reject(ib.item.Pos, sigma.BadDetection, "write null for an absent field, '' for an empty value", "the item has no values")
		return Const(false)
	}
	tests := make([]Test, 0, len(ib.values))
	for i := range ib.values {
		t := ib.test(&ib.values[i])
		if t == nil {
			continue
		}
		tests = append(tests, t)
		if !ib.grow(ib.values[i].src.Pos, weight(t)) {
			return Const(false)
		}
	}
	if ib.failed || len(tests) == 0 {
		return Const(false)
	}
	var test Test
	if ib.all {
		test = AllTests(tests...)
	} else {
		test = AnyTest(tests...)
	}
	var e Expr
	if ib.item.Field == "" {
		e = &Keyword{Pos: ib.item.Pos, Test: test}
	} else {
		e = &Match{Pos: ib.item.Pos, Field: ib.item.Field, Test: test}
	}
	if ib.negate {
		return Negate(e)
	}
	return e
}

// test makes the test of one value; nil after an error.
func (ib *itemBuilder) test(v *value) Test {
	pos := v.src.Pos
	switch ib.op {
	case opRegexp:
		return ib.regexp(v)
	case opCIDR:
		return ib.cidr(v)
	case opExists:
		return &Exists{Pos: pos, Want: v.src.Text == "true"}
	case opFieldRef:
		_, name := v.patterns[0].Shape()
		return &FieldRef{Pos: pos, Field: name, Shape: v.shape, Cased: ib.cased}
	case opCompare, opTime:
		return ib.compare(v)
	}
	return ib.equal(v)
}

// equal makes the test of a value without an operator.
func (ib *itemBuilder) equal(v *value) Test {
	pos := v.src.Pos
	keyword := ib.item.Field == ""
	switch v.src.Kind {
	case sigma.Null:
		if keyword {
			ib.reject(pos, sigma.BadDetection, "", "a keyword cannot be null")
			return nil
		}
		return &Null{Pos: pos}
	case sigma.Bool:
		if !keyword {
			return &Bool{Pos: pos, Value: v.src.Text == "true"}
		}
		v.patterns = []Pattern{Plain(v.src.Text)}
	case sigma.Int, sigma.Float:
		n, ok := ParseNumber(v.src.Text)
		if !ok {
			ib.reject(pos, sigma.BadValue, "", "%s is not a number that can be compared", v.src.Text)
			return nil
		}
		if !keyword {
			return &Compare{Pos: pos, Op: Eq, Number: n}
		}
		v.patterns = []Pattern{Plain(v.src.Text)} // K4
	}
	alternatives := make([]Test, len(v.patterns))
	for i, p := range v.patterns {
		if keyword {
			p = p.wrap(true, true) // K1
		}
		for _, e := range p {
			if e.Kind == Literal && !utf8.ValidString(e.Text) {
				ib.reject(pos, sigma.BadModifier, "let base64 or base64offset follow", "the encoded bytes are no text")
				return nil
			}
		}
		alternatives[i] = &Text{Pos: pos, Pattern: p, Cased: ib.cased}
	}
	return AnyTest(alternatives...)
}

// compare makes the test of a number (M28) or of a part of a date (M30).
func (ib *itemBuilder) compare(v *value) Test {
	n, ok := ParseNumber(v.src.Text)
	if !ok {
		ib.reject(v.src.Pos, sigma.BadValue, "", "%s is not a number that can be compared", v.src.Text)
		return nil
	}
	if ib.op == opCompare {
		return &Compare{Pos: v.src.Pos, Op: ib.cmp, Number: n}
	}
	low, high := timeRanges[ib.part][0], timeRanges[ib.part][1]
	if !n.IsInt() || n.Cmp(low) < 0 || n.Cmp(high) > 0 {
		ib.reject(v.src.Pos, sigma.BadValue, "", "%s is no %s: it goes from %s to %s", v.src.Text, ib.part, low, high)
		return nil
	}
	return &TimePart{Pos: v.src.Pos, Part: ib.part, Op: ib.cmp, Number: n}
}

// timeRanges are the lowest and highest values of the parts of a date (M30).
var timeRanges = [...][2]Number{
	Minute: {"0", "59"}, Hour: {"0", "23"}, Day: {"1", "31"}, Week: {"1", "53"}, Month: {"1", "12"}, Year: {"1", "9999"},
}
