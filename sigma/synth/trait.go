package synth

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A Trait is a set of things about an event that some stores cannot hold, or
// some languages cannot tell apart. Who runs events against such an engine
// leaves those events out, or expects another answer.
type Trait uint32

// The traits.
const (
	List         Trait = 1 << iota // a field with several values, or an empty list
	Null                           // a field that is null, not absent
	EmptyText                      // a field that is ""
	NumberAsText                   // a number as text in a field of numbers, or in an odd spelling in one that rules compare with numbers, or in another spelling than the rule's
	TextAsNumber                   // a number in a field of texts
	WrongType                      // any other value that is not of the field's type
	Fraction                       // a number with a fraction in a field of whole numbers
	BigNumber                      // a number beyond 2^53, which a double cannot hold
	OtherCase                      // a text in another case than the rule has it
	OddCase                        // a letter beyond ASCII whose other case is within it, such as the Kelvin sign
	LineBreak                      // a text with a line feed
	Control                        // a text with another control character
	BeyondASCII                    // a text with characters beyond ASCII
	Astral                         // a text with characters beyond the basic plane, two units of UTF-16
	OuterSpace                     // a text that begins or ends with white space
	LongValue                      // a text of more than 256 characters, the default of ignore_above
	OddAddress                     // an address in an unusual spelling, such as ::ffff:10.0.0.1
	Nested                         // an object in the event
	ExtraField                     // a field that the Set's Fields do not name
	AnyKeyword                     // the answer hangs on a keyword that is found in another field than the first for it
)

// A TraitDoc is what lists print of a trait.
type TraitDoc struct {
	Name string
	Doc  string // one line
}

// traitDocs are in the order of the constants.
var traitDocs = [...]TraitDoc{
	{"list", "a field with several values, or an empty list"},
	{"null", "a field that is null, not absent"},
	{"empty-text", "a field that is an empty text"},
	{"number-as-text", "a number as text in a field of numbers"},
	{"text-as-number", "a number in a field of texts"},
	{"wrong-type", "any other value that is not of the field's type"},
	{"fraction", "a number with a fraction in a field of whole numbers"},
	{"big-number", "a number beyond 2^53, which a double cannot hold"},
	{"other-case", "a text in another case than the rule has it"},
	{"odd-case", "a letter beyond ASCII whose other case is within it, such as the Kelvin sign"},
	{"line-break", "a text with a line feed"},
	{"control", "a text with another control character"},
	{"beyond-ascii", "a text with characters beyond ASCII"},
	{"astral", "a text with characters beyond the basic plane, two units of UTF-16"},
	{"outer-space", "a text that begins or ends with white space"},
	{"long-value", "a text of more than 256 characters"},
	{"odd-address", "an address in an unusual spelling, such as ::ffff:10.0.0.1"},
	{"nested", "an object in the event"},
	{"extra-field", "a field that the rule does not name"},
	{"any-keyword", "a keyword in another field than the first for them"},
}

// Traits returns all traits, in the order of the constants.
func Traits() []TraitDoc { return slices.Clone(traitDocs[:]) }

// Names returns the names of the traits in the set.
func (t Trait) Names() []string {
	names := []string{}
	for i := range traitDocs {
		if t>>i&1 != 0 {
			names = append(names, traitDocs[i].Name)
		}
	}
	return names
}

// TraitNamed returns the trait with that name; false where there is none.
func TraitNamed(name string) (Trait, bool) {
	i := slices.IndexFunc(traitDocs[:], func(d TraitDoc) bool { return d.Name == name })
	return 1 << max(i, 0), i >= 0
}

// String returns the names of the traits in the set, "none" where it is empty.
func (t Trait) String() string {
	if t == 0 {
		return "none"
	}
	return strings.Join(t.Names(), " ")
}

// traits returns what can be seen of an event. OtherCase and AnyKeyword
// cannot.
func (mk *maker) traits(e *event) (t Trait) {
	for i, v := range e.values {
		f := &mk.m.fields[i]
		t |= v.traits(f)
		if v.kind == text && f.compared && oddNumber(v.text) {
			t |= NumberAsText
		}
		if e.nested && v.kind != absent && strings.Contains(f.name, ".") {
			t |= Nested
		}
	}
	for _, x := range e.extra {
		t |= ExtraField | x.value.traits(&field{kind: text, typ: schema.Keyword})
	}
	return t
}

func (v value) traits(f *field) (t Trait) {
	switch v.kind {
	case null:
		return Null
	case list, object:
		t = List
		if v.kind == object {
			t = Nested
		}
		for _, x := range v.list {
			t |= x.traits(f)
		}
	case text:
		return textTraits(v.text, f)
	case number:
		return numberTraits(v.text, f)
	case boolean:
		if f.kind != boolean {
			return WrongType
		}
	}
	return t
}

func numberTraits(s string, f *field) (t Trait) {
	switch {
	case f.kind == text:
		t = TextAsNumber
	case f.kind != number:
		t = WrongType
	case f.whole && strings.Contains(s, "."):
		t = Fraction
	}
	if n, ok := ir.ParseNumber(s); ok && (n.Cmp("9007199254740992") > 0 || n.Cmp("-9007199254740992") < 0) {
		t |= BigNumber
	}
	return t
}

func textTraits(s string, f *field) (t Trait) {
	if s == "" {
		return EmptyText
	}
	switch {
	case f.kind == number:
		t = WrongType
		if _, ok := ir.ParseNumber(s); ok {
			t = NumberAsText
		}
	case f.kind == boolean, f.typ == schema.Time && !isTime(s), f.typ == schema.GUID && !isGUID(s):
		t = WrongType
	case f.typ == schema.IP:
		t = addressTraits(s)
	}
	for _, r := range s {
		t |= runeTraits(r)
	}
	if strings.TrimSpace(s) != s {
		t |= OuterSpace
	}
	if utf8.RuneCountInString(s) > 256 {
		t |= LongValue
	}
	return t
}

func runeTraits(r rune) (t Trait) {
	switch {
	case r == '\n':
		return LineBreak
	case unicode.IsControl(r):
		return Control
	case r < utf8.RuneSelf:
		return 0
	}
	t = BeyondASCII
	if r > 0xFFFF {
		t |= Astral
	}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if f < utf8.RuneSelf {
			t |= OddCase
		}
	}
	return t
}

func addressTraits(s string) Trait {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		return WrongType
	case a.String() != s || a.Is4In6() || a.Zone() != "":
		return OddAddress
	}
	return 0
}

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, r := range s {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (r == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return true
}

// oddNumber reports whether a text is a number that is mostly written in
// another way.
func oddNumber(s string) bool {
	n, ok := ir.ParseNumber(s)
	return ok && string(n) != s
}
