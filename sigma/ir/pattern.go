package ir

import "strings"

// A Pattern is a string with wildcards: the parts in order. Neighbouring
// literals are joined, neighbouring stars are one, and a question mark stands
// before a star, so that equal patterns have equal parts. The empty Pattern
// is the empty string.
type Pattern []Element

// An Element is one part of a Pattern.
type Element struct {
	Kind ElementKind
	Text string // of a Literal its text, of a Placeholder its name
}

// An ElementKind says what an Element stands for.
type ElementKind uint8

// The kinds of elements.
const (
	Literal     ElementKind = iota // its text
	Star                           // any characters, also none, line breaks included (W1, W2)
	Question                       // exactly one character
	Dash                           // one of - / and the dashes U+2013, U+2014, U+2015 (M12)
	Placeholder                    // %name% of a value with the modifier expand (P1)
)

// Dashes are the characters that a Dash element stands for.
const Dashes = "-/\u2013\u2014\u2015"

// A Shape is the form of a pattern or of a reference to a field.
type Shape uint8

// The shapes.
const (
	Exact     Shape = iota // no wildcard: the whole value
	Prefix                 // one star, at the end
	Suffix                 // one star, at the beginning
	Substring              // one star at either end
	Any                    // a single star: whatever is there
	Glob                   // anything else
)

// String returns the shape's name.
func (s Shape) String() string {
	return [...]string{"exact", "prefix", "suffix", "substring", "any", "glob"}[s]
}

// Plain returns the pattern that is that text, without wildcards.
func Plain(text string) Pattern {
	if text == "" {
		return nil
	}
	return Pattern{{Kind: Literal, Text: text}}
}

// NewPattern returns the pattern that has those elements in that order, in
// its normal form: neighbouring literals are joined, neighbouring stars are
// one. The elements are not changed.
func NewPattern(elements ...Element) Pattern {
	return append(make(Pattern, 0, len(elements)), elements...).normalize()
}

// Shape returns the form of the pattern and, for all but Any and Glob, the
// one literal in it.
func (p Pattern) Shape() (Shape, string) {
	switch len(p) {
	case 0:
		return Exact, ""
	case 1:
		switch p[0].Kind {
		case Literal:
			return Exact, p[0].Text
		case Star:
			return Any, ""
		}
	case 2:
		if p[0].Kind == Literal && p[1].Kind == Star {
			return Prefix, p[0].Text
		}
		if p[0].Kind == Star && p[1].Kind == Literal {
			return Suffix, p[1].Text
		}
	case 3:
		if p[0].Kind == Star && p[1].Kind == Literal && p[2].Kind == Star {
			return Substring, p[1].Text
		}
	}
	return Glob, ""
}

// Has reports whether the pattern has an element of that kind.
func (p Pattern) Has(kind ElementKind) bool {
	for _, e := range p {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// String returns the pattern as a rule would write it: wildcards as * and ?,
// their literal forms with a backslash, dashes as <dash>, placeholders as
// %name%.
func (p Pattern) String() string {
	var b strings.Builder
	for i, e := range p {
		switch e.Kind {
		case Star:
			b.WriteByte('*')
		case Question:
			b.WriteByte('?')
		case Dash:
			b.WriteString("<dash>")
		case Placeholder:
			b.WriteString("%" + e.Text + "%")
		case Literal:
			writeEscaped(&b, e.Text, i+1 < len(p))
		}
	}
	return b.String()
}

// writeEscaped writes a literal so that reading it back gives the same
// literal (W3 to W7). more says that a wildcard follows.
func writeEscaped(b *strings.Builder, text string, more bool) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '*' || c == '?':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\\':
			// A backslash is doubled where it would escape what follows it.
			next := byte(0)
			if i+1 < len(text) {
				next = text[i+1]
			}
			if next == '\\' || next == '*' || next == '?' || next == 0 && more {
				b.WriteByte('\\')
			}
			b.WriteByte('\\')
		default:
			b.WriteByte(c)
		}
	}
}

// normalize joins literals and stars and puts question marks before stars.
// It works in place.
func (p Pattern) normalize() Pattern {
	out := p[:0]
	for _, e := range p {
		if e.Kind == Literal && e.Text == "" {
			continue
		}
		if n := len(out); n > 0 {
			last := &out[n-1]
			switch {
			case e.Kind == Literal && last.Kind == Literal:
				last.Text += e.Text
				continue
			case e.Kind == Star && last.Kind == Star:
				continue
			case e.Kind == Question && last.Kind == Star:
				last.Kind = Question
				out = append(out, Element{Kind: Star})
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// wrap puts a star before and behind the pattern, unless one is there (W11).
func (p Pattern) wrap(before, behind bool) Pattern {
	out := make(Pattern, 0, len(p)+2)
	if before {
		out = append(out, Element{Kind: Star})
	}
	out = append(out, p...)
	if behind {
		out = append(out, Element{Kind: Star})
	}
	return out.normalize()
}
