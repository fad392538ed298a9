package compare

import (
	"fmt"
	"strconv"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A place is what a test looks at: a field, or the whole event.
type place struct {
	field   string
	keyword bool
}

// A test is one of a place, with what reasoning needs.
type test struct {
	test    ir.Test // nil for a piece of another language's query
	at      place
	symbols []symbol // of a text
	open    bool     // it has a placeholder
	regexp  compiled // of a regular expression, when it was needed
}

// tests are the tests of both rules, each once.
type tests struct {
	list []test
	ids  map[string]int
}

func newTests() tests { return tests{ids: map[string]int{}} }

// number returns the number of a test that has that key.
func (t *tests) number(key string, x ir.Test, at place) int {
	id, ok := t.ids[key]
	if !ok {
		id = len(t.list)
		t.ids[key] = id
		t.list = append(t.list, test{test: x, at: at})
	}
	return id
}

// of returns the number of a single test.
func (t *tests) of(x ir.Test, at place) int {
	if b, ok := x.(*ir.Bool); ok { // V8: event text that spells it matches, and nothing else does
		x = &ir.Text{Pos: b.Pos, Pattern: ir.Plain(strconv.FormatBool(b.Value))}
	}
	if e, ok := x.(*ir.Exists); ok { // that it must not exist is the negation
		x = &ir.Exists{Pos: e.Pos, Want: true}
	}
	key := strconv.FormatBool(at.keyword) + strconv.Quote(at.field)
	text, isText := x.(*ir.Text)
	var symbols []symbol
	if isText {
		symbols = symbolsOf(text)
		key += "text" + symbolKey(symbols)
	} else {
		key += testKey(x)
	}
	id := t.number(key, x, at)
	if isText {
		t.list[id].symbols, t.list[id].open = symbols, text.Pattern.Has(ir.Placeholder)
	}
	if re, ok := x.(*ir.Regexp); ok {
		t.list[id].open = len(re.Placeholders()) > 0
	}
	return id
}

// testKey returns what tells a test from all others that do not mean the same,
// wherever it stands.
func testKey(x ir.Test) string {
	switch x := x.(type) {
	case *ir.Regexp:
		return fmt.Sprintf("regexp %s %t %s", x.Flags(), x.Tree == nil, x.Source)
	case *ir.CIDR:
		return "cidr " + x.Prefix.String()
	case *ir.Compare:
		return "number " + x.Op.String() + string(x.Number)
	case *ir.TimePart:
		return "time " + x.Part.String() + x.Op.String() + string(x.Number)
	case *ir.FieldRef:
		return fmt.Sprintf("field %s %t %s", x.Shape, x.Cased, x.Field)
	case *ir.Null:
		return "null"
	}
	return "exists"
}

// ofValue reports whether a test is passed by a value only, so that the field
// is there and is not null. What a placeholder stands for is not known.
func (t *test) ofValue() bool {
	switch t.test.(type) {
	case *ir.Text, *ir.Regexp, *ir.CIDR, *ir.Compare, *ir.TimePart, *ir.FieldRef:
		return !t.open
	}
	return false
}
