package evtx

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// trimWide returns a string without the zeros that end it.
func trimWide(b []byte) []byte {
	b = b[:len(b)&^1]
	for len(b) > 0 && b[len(b)-1] == 0 && b[len(b)-2] == 0 {
		b = b[:len(b)-2]
	}
	return b
}

// decodeWide reads the first character of a string, and how many bytes it
// has. Half a surrogate pair is U+FFFD.
func decodeWide(b []byte) (r rune, n int) {
	r = rune(binary.LittleEndian.Uint16(b))
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(b) >= 4 {
		if pair := utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(b[2:]))); pair != utf8.RuneError {
			return pair, 4
		}
	}
	return utf8.RuneError, 2
}

// decodeUTF16 reads a string.
func decodeUTF16(b []byte) string {
	b = trimWide(b)
	out := make([]byte, 0, len(b)/2)
	for len(b) > 1 {
		r, n := decodeWide(b)
		out, b = utf8.AppendRune(out, r), b[n:]
	}
	return string(out)
}

// wide reads a string of the chunk. Names are asked for again and again.
func (d *Decoder) wide(from, to int) string {
	key := uint64(from)<<32 | uint64(to)
	text, ok := d.strings[key]
	if !ok {
		text = decodeUTF16(d.chunk[from:to])
		d.strings[key] = text
	}
	return text
}
