package eval

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A glob matches a pattern with wildcards against a whole value. The pieces
// between its stars match in turn, each as far to the left as it can; each
// has a fixed number of characters, so that no choice has to be taken back.
type glob struct {
	cased       bool
	open, close bool // a star at the begin, at the end
	pieces      []piece
}

// A piece is what stands between two stars.
type piece struct {
	parts []part
	runes int // how many characters it matches
}

// A part is a literal, or one character of a class.
type part struct {
	kind ir.ElementKind // Literal, Question or Dash
	text []byte
}

// newGlob compiles a pattern without placeholders.
func newGlob(p ir.Pattern, cased bool) *glob {
	g := &glob{cased: cased, open: len(p) > 0 && p[0].Kind == ir.Star, close: len(p) > 0 && p[len(p)-1].Kind == ir.Star}
	var now piece
	flush := func() {
		if len(now.parts) > 0 {
			g.pieces = append(g.pieces, now)
		}
		now = piece{}
	}
	for _, e := range p {
		if e.Kind == ir.Star {
			flush()
			continue
		}
		text := ""
		now.runes++
		if e.Kind == ir.Literal {
			if text = e.Text; !cased {
				text = foldText(e.Text)
			}
			now.runes += utf8.RuneCountInString(text) - 1
		}
		now.parts = append(now.parts, part{kind: e.Kind, text: []byte(text)})
	}
	flush()
	return g
}

func (g *glob) pass(c *cell) bool {
	if g.cased {
		return g.match(c.plain)
	}
	return g.match(c.folded)
}

// match reports whether the pattern is the whole text.
func (g *glob) match(s []byte) bool {
	pieces := g.pieces
	if len(pieces) == 0 {
		return g.open || len(s) == 0
	}
	if !g.open {
		n := pieces[0].at(s)
		if n < 0 {
			return false
		}
		s, pieces = s[n:], pieces[1:]
		if len(pieces) == 0 {
			return g.close || len(s) == 0
		}
	}
	last := len(pieces)
	if !g.close {
		last--
	}
	for i := range pieces[:last] {
		n := pieces[i].find(s)
		if n < 0 {
			return false
		}
		s = s[n:]
	}
	return g.close || pieces[last].end(s)
}

// at returns how many bytes the piece takes at the begin of the text, or -1.
func (p *piece) at(s []byte) int {
	n := 0
	for i := range p.parts {
		q := &p.parts[i]
		switch q.kind {
		case ir.Literal:
			if !bytes.HasPrefix(s[n:], q.text) {
				return -1
			}
			n += len(q.text)
		case ir.Question:
			if n == len(s) {
				return -1
			}
			_, size := utf8.DecodeRune(s[n:])
			n += size
		default:
			size := dashAt(s[n:])
			if size == 0 {
				return -1
			}
			n += size
		}
	}
	return n
}

// find returns the index behind the leftmost place of the piece, or -1.
func (p *piece) find(s []byte) int {
	for i := 0; i <= len(s); {
		if p.parts[0].kind == ir.Literal {
			next := bytes.Index(s[i:], p.parts[0].text)
			if next < 0 {
				return -1
			}
			i += next
		}
		if n := p.at(s[i:]); n >= 0 {
			return i + n
		}
		_, size := utf8.DecodeRune(s[i:])
		i += max(size, 1)
	}
	return -1
}

// end reports whether the piece stands at the end of the text.
func (p *piece) end(s []byte) bool {
	i := len(s)
	for range p.runes {
		if i == 0 {
			return false
		}
		_, size := utf8.DecodeLastRune(s[:i])
		i -= size
	}
	return p.at(s[i:]) == len(s)-i
}

// dashAt returns the length of the dash that the text begins with, or 0
// (M12).
func dashAt(s []byte) int {
	if len(s) == 0 {
		return 0
	}
	if s[0] == '-' || s[0] == '/' {
		return 1
	}
	if r, n := utf8.DecodeRune(s); r >= utf8.RuneSelf && strings.ContainsRune(ir.Dashes, r) {
		if r != utf8.RuneError {
			return n
		}
	}
	return 0
}
