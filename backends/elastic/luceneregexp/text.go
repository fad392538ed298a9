package luceneregexp

import (
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxWildcards bounds how many question marks a repetition becomes.
const maxWildcards = 64

// asText returns the text with wildcards that an expression is, or nil. All of
// its letters must be given in one case, or all in both.
func asText(n *node) *ir.Text {
	var t textMaker
	if !t.add(n) || t.cased && t.folded {
		return nil
	}
	t.flush()
	return &ir.Text{Pattern: ir.NewPattern(t.elements...), Cased: t.cased}
}

// A textMaker collects the parts of a pattern, and whether it has letters in
// one case and in both.
type textMaker struct {
	elements      []ir.Element
	literal       []byte // what comes next
	cased, folded bool
}

// flush adds the literal.
func (t *textMaker) flush() {
	t.elements = append(t.elements, ir.Element{Kind: ir.Literal, Text: string(t.literal)})
	t.literal = t.literal[:0]
}

func (t *textMaker) wildcard(kind ir.ElementKind) {
	t.flush()
	t.elements = append(t.elements, ir.Element{Kind: kind})
}

// add adds a part; false where it is none that a pattern has.
func (t *textMaker) add(n *node) bool {
	switch n.op {
	case opConcat:
		for _, sub := range n.subs {
			if !t.add(sub) {
				return false
			}
		}
		return true
	case opClass:
		return t.class(n)
	case opRepeat:
		return t.repetition(n)
	}
	return false
}

func (t *textMaker) class(n *node) bool {
	if n.isAny() {
		t.wildcard(ir.Question)
		return true
	}
	r, both, ok := letter(n.ranges)
	if !ok {
		return false
	}
	if both {
		t.folded = true
	} else if unicode.SimpleFold(r) != r {
		t.cased = true
	}
	t.literal = utf8.AppendRune(t.literal, r)
	return true
}

func (t *textMaker) repetition(n *node) bool {
	if !n.subs[0].isAny() || n.min > maxWildcards || n.max != unlimited && n.max != n.min {
		return false
	}
	for range n.min {
		t.wildcard(ir.Question)
	}
	if n.max == unlimited {
		t.wildcard(ir.Star)
	}
	return true
}

// letter returns the character of a class that has one only, or the small
// letter of one that has all cases of a letter. Of the ASCII letters k and s
// those are two: the Kelvin sign and the long s may be missing.
func letter(ranges []rune) (r rune, both, ok bool) {
	if len(ranges) == 2 && ranges[0] == ranges[1] {
		return ranges[0], false, true
	}
	count := 0
	for i := 0; i < len(ranges); i += 2 {
		if count += int(ranges[i+1]-ranges[i]) + 1; count > maxCases {
			return 0, false, false
		}
	}
	n := node{ranges: ranges}
	if len(ranges) == 0 {
		return 0, false, false
	}
	r = unicode.ToLower(ranges[0])
	cases := 1
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		cases++
		if !n.has(f) && (f < utf8.RuneSelf || r >= utf8.RuneSelf) {
			return 0, false, false
		}
		if !n.has(f) {
			cases--
		}
	}
	return r, true, n.has(r) && cases == count
}

// maxCases is how many characters a letter has at the most, counting all of
// its cases.
const maxCases = 4
