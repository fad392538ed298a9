package sigma

import (
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// A cursor is a place in a file together with its offset in the file's text.
// It moves forward a byte at a time, so that places that are asked for from
// left to right cost one walk over the text.
type cursor struct {
	pos Pos
	off int
}

// to moves the cursor to an offset behind it.
func (c *cursor) to(off int) {
	for data := c.pos.File.Data; c.off < off && c.off < len(data); c.off++ {
		c.pos.pass(data[c.off])
	}
}

// pass moves a place over one byte of text.
func (p *Pos) pass(c byte) {
	switch {
	case c == '\n':
		p.Line++
		p.Col = 1
	case utf8.RuneStart(c):
		p.Col++
	}
}

// seek returns a cursor at a place.
func (p *parser) seek(to Pos) cursor {
	if c := p.last; c.pos.Line != to.Line || c.pos.Col > to.Col || c.pos.File == nil {
		p.last = cursor{pos: Pos{File: p.file, Line: to.Line, Col: 1}, off: p.file.lineStart(to.Line)}
	}
	for p.last.pos.Line == to.Line && p.last.pos.Col < to.Col && p.last.off < len(p.file.Data) {
		p.last.to(p.last.off + 1)
	}
	return p.last
}

// places says where in the file the bytes of a decoded scalar stand. Most
// scalars stand in the file as they are; for the others, which are folded,
// indented or have escapes, the source is read again.
type places struct {
	text  string // the decoded scalar, where the source has it as it is
	table []int  // otherwise: for each byte of the scalar, and its end, the offset in the file
	first cursor
	last  cursor // offsets are in the file's text with a table, and else in the scalar
}

// places prepares the places of a scalar.
func (p *parser) places(n *yaml.Node) places {
	at := p.seek(p.pos(n))
	a := aligner{src: p.file.Data, at: at.off, value: n.Value}
	if at.off < len(a.src) && (a.src[at.off] == '&' || a.src[at.off] == '!') {
		a.skipProperties()
	}
	if quote := quoteLen(n.Style); a.hasValue(n.Style, quote) {
		at.to(a.at + quote)
		first := cursor{pos: at.pos}
		return places{text: n.Value, first: first, last: first}
	}
	if !a.align(n.Style) {
		return places{table: make([]int, len(n.Value)+1), first: at, last: at}
	}
	at.to(a.table[0])
	return places{table: a.table, first: at, last: at}
}

// at returns the place of the byte at an offset in the decoded scalar. Where
// the source could not be understood, that is the scalar's beginning.
func (m *places) at(off int) Pos {
	if m.table != nil {
		off = m.table[off]
	}
	if off < m.last.off {
		m.last = m.first
	}
	if m.table != nil {
		m.last.to(off)
		return m.last.pos
	}
	for ; m.last.off < off; m.last.off++ {
		m.last.pos.pass(m.text[m.last.off])
	}
	return m.last.pos
}

// quoteLen returns how many bytes the opening quote takes.
func quoteLen(style yaml.Style) int {
	if style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return 1
	}
	return 0
}
