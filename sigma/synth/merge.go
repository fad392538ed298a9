package synth

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// open stands in a frame for a character that is not decided yet.
const open = -1

// merge returns a text that should match all of the patterns: what must stand
// at the beginning and at the end is laid upon each other, what may stand
// anywhere comes between, one behind the other. The word fills what stars
// leave open, its first letter what question marks do. Where patterns
// contradict each other the text is that of one of them.
func merge(patterns []ir.Pattern, word string) string { return lay(patterns).text(word) }

// A layout is what texts of some patterns have in common, whatever the word.
type layout struct {
	exact      bool  // head is the whole text
	head, tail frame // what it begins and ends with
	middle     [][]frame
}

func lay(patterns []ir.Pattern) *layout {
	l := &layout{}
	var whole frame
	for _, p := range patterns {
		first, last := stars(p)
		if first < 0 {
			l.exact = true
			whole = whole.over(frameOf(p))
			continue
		}
		l.head = l.head.over(frameOf(p[:first]))
		l.tail = l.tail.overEnd(frameOf(p[last+1:]))
		var parts []frame
		for _, q := range split(p[first:last]) {
			parts = append(parts, frameOf(q))
		}
		l.middle = append(l.middle, parts)
	}
	if l.exact {
		l.head = whole.over(l.head).overEnd(l.tail)
	}
	return l
}

// text returns the text with that word.
func (l *layout) text(word string) string {
	fill := 'q'
	for _, r := range word {
		fill = r
		break
	}
	if l.exact {
		return l.head.text(fill)
	}
	middle := make([][]string, len(l.middle))
	for i, parts := range l.middle {
		for _, f := range parts {
			middle[i] = append(middle[i], f.text(fill))
		}
	}
	return join(l.head.text(fill), middle, l.tail.text(fill), word)
}

// join puts the parts of a text together. What must stand between stars comes
// in the order of its pattern, unless it is there already.
func join(head string, middle [][]string, tail, word string) string {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString(word)
	for i, parts := range middle {
		if i < maxSought && (inOrder(b.String(), parts) || inOrder(tail, parts)) {
			continue
		}
		for _, m := range parts {
			b.WriteString(m)
			b.WriteString(word)
		}
	}
	b.WriteString(tail)
	return b.String()
}

// maxSought is how many patterns are looked for in what is there already.
const maxSought = 256

// inOrder reports whether the parts stand in the text, one behind the other.
func inOrder(s string, parts []string) bool {
	for _, m := range parts {
		i := strings.Index(s, m)
		if i < 0 {
			return false
		}
		s = s[i+len(m):]
	}
	return true
}

// stars returns the places of the first and last star of a pattern, -1 where
// it has none.
func stars(p ir.Pattern) (first, last int) {
	first, last = -1, -1
	for i, e := range p {
		if e.Kind == ir.Star {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

// split returns the parts of a pattern between its stars.
func split(p ir.Pattern) []ir.Pattern {
	var parts []ir.Pattern
	from := 0
	for i, e := range p {
		if e.Kind == ir.Star {
			if i > from {
				parts = append(parts, p[from:i])
			}
			from = i + 1
		}
	}
	if from < len(p) {
		parts = append(parts, p[from:])
	}
	return parts
}

// A frame is a text some of whose characters are open.
type frame []rune

func frameOf(p ir.Pattern) frame {
	n := 0
	for _, e := range p {
		n += max(len(e.Text), 1)
	}
	f := make(frame, 0, n)
	for _, e := range p {
		switch e.Kind {
		case ir.Literal:
			for _, r := range e.Text {
				f = append(f, r)
			}
		case ir.Dash:
			f = append(f, '-')
		default:
			f = append(f, open)
		}
	}
	return f
}

// over returns the longer of two frames, its open characters as the shorter
// has them.
func (f frame) over(g frame) frame {
	if len(g) > len(f) {
		f, g = g, f
	}
	return f.filled(g, 0)
}

// overEnd is over for frames that end together.
func (f frame) overEnd(g frame) frame {
	if len(g) > len(f) {
		f, g = g, f
	}
	return f.filled(g, len(f)-len(g))
}

// filled returns the frame with its open characters from a place on as the
// other has them.
func (f frame) filled(g frame, from int) frame {
	if !slices.Contains(f[from:from+len(g)], open) {
		return f
	}
	out := slices.Clone(f)
	for i, r := range g {
		if out[from+i] == open {
			out[from+i] = r
		}
	}
	return out
}

func (f frame) text(fill rune) string {
	var b strings.Builder
	b.Grow(len(f))
	for _, r := range f {
		if r == open {
			r = fill
		}
		b.WriteRune(r)
	}
	return b.String()
}
