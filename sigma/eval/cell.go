package eval

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// A cell is one value of the event in the forms that tests look at. Its
// buffers are used again for the next value.
type cell struct {
	plain  []byte // the text, valid UTF-8
	folded []byte // the text with case folded (V2), in a buffer with room behind it

	plainBuf, foldBuf []byte

	err error // why the answer of a test of the value is not known
}

// set prepares the cell for a value as it stands in the event.
func (c *cell) set(raw []byte, flags valueFlags) {
	c.plain = raw
	if flags&escaped != 0 {
		c.plainBuf = unescape(c.plainBuf[:0], raw)
		c.plain = c.plainBuf
	}
	if c.foldASCII() {
		return
	}
	if !utf8.Valid(c.plain) {
		from := append([]byte(nil), c.plain...)
		c.plainBuf = appendValid(c.plainBuf[:0], from)
		c.plain = c.plainBuf
	}
	c.foldBuf = appendFold(c.foldBuf[:0], c.plain)
	c.foldBuf = slices.Grow(c.foldBuf, room)
	c.folded = c.foldBuf
}

// room is how many bytes can be read behind the folded text.
const room = 8

// foldASCII folds the text where it is ASCII and reports whether it was.
// Eight bytes are folded at once: a byte x is a capital where x+63 has the
// high bit and x+37 has not.
func (c *cell) foldASCII() bool {
	n := len(c.plain)
	if cap(c.foldBuf) < n+room {
		c.foldBuf = make([]byte, n+n/2+64)
	}
	src, dst := c.plain, c.foldBuf[:n+room]
	var all uint64
	i := 0
	for ; i+8 <= n; i += 8 {
		x := binary.LittleEndian.Uint64(src[i:])
		all |= x
		low := x &^ highs
		capital := (low + 63*ones) &^ (low + 37*ones) & highs &^ x
		binary.LittleEndian.PutUint64(dst[i:], x|capital>>2)
	}
	for ; i < n; i++ {
		all |= uint64(src[i])
		dst[i] = lower[src[i]]
	}
	c.folded = dst[:n]
	return all&highs == 0
}

// text returns the text as it is compared.
func (c *cell) text(cased bool) []byte {
	if cased {
		return c.plain
	}
	return c.folded
}

// trim lets go of unusually large buffers and of the event.
func (c *cell) trim() {
	c.plain, c.folded = nil, nil
	if cap(c.foldBuf) > keepBytes {
		c.foldBuf = nil
	}
	if cap(c.plainBuf) > keepBytes {
		c.plainBuf = nil
	}
}
