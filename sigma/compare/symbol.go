package compare

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A symbol is one element of a pattern: a character, or what stands for some.
type symbol struct {
	kind symbolKind
	r    rune   // of char that very one, of folded the least of all that differ in case
	name string // of a placeholder
}

type symbolKind uint8

const (
	char   symbolKind = iota // one character
	folded                   // a character in any case (V2)
	dash                     // one of ir.Dashes
	one                      // any one character
	star                     // any characters
	hole                     // a placeholder
)

// symbolsOf returns the elements of a pattern, literals by character. A
// character that has no other case is the same with and without case.
func symbolsOf(t *ir.Text) []symbol {
	var out []symbol
	for _, e := range t.Pattern {
		switch e.Kind {
		case ir.Literal:
			for _, r := range e.Text {
				if t.Cased || unicode.SimpleFold(r) == r {
					out = append(out, symbol{kind: char, r: r})
				} else {
					out = append(out, symbol{kind: folded, r: fold(r)})
				}
			}
		case ir.Star:
			out = append(out, symbol{kind: star})
		case ir.Question:
			out = append(out, symbol{kind: one})
		case ir.Dash:
			out = append(out, symbol{kind: dash})
		case ir.Placeholder:
			out = append(out, symbol{kind: hole, name: e.Text})
		}
	}
	return out
}

// fold returns the least of the characters that differ from r in case only.
func fold(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}

// symbolKey returns a text that equal patterns have in common.
func symbolKey(list []symbol) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteByte('0' + byte(s.kind))
		b.WriteRune(s.r)
		if s.kind == hole {
			b.WriteString(strconv.Quote(s.name))
		}
	}
	return b.String()
}

// accepts reports whether each character that p stands for is one that q stands
// for.
func (q symbol) accepts(p symbol) bool {
	switch q.kind {
	case one:
		return p.kind != star && p.kind != hole
	case folded:
		return p.kind == folded && p.r == q.r || p.kind == char && fold(p.r) == q.r
	case dash:
		return p.kind == dash || p.kind == char && strings.ContainsRune(ir.Dashes, p.r)
	}
	return p == q
}

// within reports whether each text of p is one of q, as far as it can be seen
// by laying p along q: a star of p must meet a star of q. What is not seen is
// false.
func within(p, q []symbol, steps *int) bool {
	at, next := make([]bool, len(q)+1), make([]bool, len(q)+1)
	reach(at, q, 0)
	for _, s := range p {
		*steps -= len(q)
		alive := false
		clear(next)
		for i, here := range at[:len(q)] {
			switch {
			case !here:
			case q[i].kind == star:
				reach(next, q, i)
				alive = true
			case s.kind != star && q[i].accepts(s):
				reach(next, q, i+1)
				alive = true
			}
		}
		if !alive {
			return false
		}
		at, next = next, at
	}
	return at[len(q)]
}

// reach marks a place of a pattern, and those behind stars that stand there.
func reach(at []bool, q []symbol, i int) {
	for ; !at[i]; i++ {
		at[i] = true
		if i == len(q) || q[i].kind != star {
			return
		}
	}
}

// exact returns the text of a pattern without wildcards whose characters have
// one spelling only.
func exact(list []symbol) (string, bool) {
	var b strings.Builder
	for _, s := range list {
		if s.kind != char {
			return "", false
		}
		b.WriteRune(s.r)
	}
	return b.String(), true
}
