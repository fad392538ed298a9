package synth

import (
	"net/netip"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A field is one field of the rule's events.
type field struct {
	name     string
	leaves   []int       // its tests
	own      bits        // its tests that a single value decides, and all keywords
	kind     kind        // of its usual values: text, number or boolean
	typ      schema.Type // of the column that a store needs
	declared bool        // a schema says so
	whole    bool        // numbers without a fraction
	address  bool        // values are addresses, or mostly
	compared bool        // with numbers
	word     string      // two letters that stand in none of its tests
}

// learn finds out what values the field has: by its column where a schema
// knows it, else by what the rule compares it with.
func (f *field) learn(m *model) {
	f.own = m.newBits()
	for i, l := range m.leaves {
		if _, ref := l.test.(*ir.FieldRef); !ref && (l.field == "" || l.field == f.name) {
			f.own.set(i)
		}
	}
	f.word = f.unused(m)
	f.address = f.any(m, func(t ir.Test) bool { _, ok := t.(*ir.CIDR); return ok })
	f.compared = f.any(m, func(t ir.Test) bool { _, ok := t.(*ir.Compare); return ok })
	f.kind, f.whole = text, true
	if c, _ := m.rule.Column(f.name); c.Type != schema.Unknown {
		f.typ, f.declared = c.Type, true
	} else {
		f.typ = f.guess(m)
	}
	switch f.typ {
	case schema.Int:
		f.kind = number
	case schema.Float:
		f.kind, f.whole = number, false
	case schema.Bool:
		f.kind = boolean
	case schema.IP:
		f.address = true
	}
}

func (f *field) any(m *model, is func(ir.Test) bool) bool {
	for _, i := range f.leaves {
		if is(m.leaves[i].test) {
			return true
		}
	}
	return false
}

// guess returns the type that the tests of the field have in common, Keyword
// where they have none.
func (f *field) guess(m *model) schema.Type {
	guess := schema.Unknown
	for _, i := range f.leaves {
		t := typeOf(m.leaves[i].test)
		switch {
		case t == schema.Unknown || t == guess:
		case guess == schema.Unknown:
			guess = t
		case guess == schema.Int && t == schema.Float || guess == schema.Float && t == schema.Int:
			guess = schema.Float
		default:
			return schema.Keyword
		}
	}
	if guess == schema.Unknown {
		return schema.Keyword
	}
	return guess
}

// typeOf returns the type that a store would give to the value of a test,
// Unknown where any will do.
func typeOf(t ir.Test) schema.Type {
	switch t := t.(type) {
	case *ir.Compare:
		if t.Number.IsInt() {
			return schema.Int
		}
		return schema.Float
	case *ir.Bool:
		return schema.Bool
	case *ir.CIDR:
		return schema.IP
	case *ir.TimePart:
		return schema.Time
	case *ir.Null, *ir.Exists:
		return schema.Unknown
	case *ir.Text:
		if shape, s := t.Pattern.Shape(); shape == ir.Exact && isAddress(s) {
			return schema.IP
		}
	}
	return schema.Keyword
}

func isAddress(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

// unused returns two letters that no test of the field has, so that they
// cannot complete a text of one by accident; for lack of others, digits.
func (f *field) unused(m *model) string {
	used := map[rune]bool{}
	for _, i := range f.leaves {
		lettersOf(m.leaves[i].test, used)
	}
	free := make([]rune, 0, 2)
	for _, r := range "qzxjwkyvbfghupmdlcrniosate0123456789" {
		if !used[r] {
			if free = append(free, r); len(free) == 2 {
				break
			}
		}
	}
	switch len(free) {
	case 0:
		return "qz"
	case 1:
		return strings.Repeat(string(free), 2)
	}
	return string(free)
}

// lettersOf adds the characters that the texts of a test have, in small
// letters.
func lettersOf(t ir.Test, used map[rune]bool) {
	source := ""
	switch t := t.(type) {
	case *ir.Text:
		for _, e := range t.Pattern {
			source += e.Text
		}
	case *ir.Regexp:
		source = t.Source
	}
	for _, r := range source {
		used[unicode.ToLower(r)] = true
	}
}

// typed returns a text as the value of the field's usual kind, where it is
// one.
func (f *field) typed(s string) value {
	switch f.kind {
	case number:
		if n, ok := ir.ParseNumber(s); ok && string(n) == s && (n.IsInt() || !f.whole) {
			return value{kind: number, text: s}
		}
	case boolean:
		if low := strings.ToLower(s); low == "true" || low == "false" {
			return value{kind: boolean, text: low}
		}
	}
	return textValue(s)
}

// ordinary returns values that real events might have there, when the rule
// asks for nothing.
func (f *field) ordinary() []value {
	var texts []string
	switch f.typ {
	case schema.Int, schema.Float:
		texts = []string{"7", "70001", "0", "1", "-7", "12345678"}
	case schema.Bool:
		texts = []string{"false", "true"}
	case schema.Time:
		texts = []string{"2024-05-17T10:15:30Z", "2019-12-30T23:59:59Z", "2001-02-03T04:05:06Z"}
	case schema.GUID:
		texts = []string{"7b9f4a52-3c1d-4e86-9a70-5d2e8f6b1c34", "00000000-0000-0000-0000-000000000007"}
	}
	if f.address {
		texts = append(texts, "203.0.113.7", "198.51.100.9", "10.7.7.7", "192.168.7.7", "127.0.0.7", "8.8.8.8", "2001:db8::7", "fe80::7", "::7")
	}
	if f.kind == text && f.typ != schema.Time && f.typ != schema.GUID && f.typ != schema.IP {
		texts = append(texts, f.word, f.word+f.word, "other", " ", "0", "-", `\`, "\u00e9", "")
	}
	values := make([]value, len(texts))
	for i, s := range texts {
		values[i] = f.typed(s)
	}
	return values
}
