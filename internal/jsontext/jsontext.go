// Package jsontext writes the parts of JSON texts.
package jsontext

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// AppendString appends s as a JSON string. Unlike encoding/json it leaves <, >
// and & as they are. Bytes that are not UTF-8 become U+FFFD. Control
// characters, also those beyond ASCII, the separators U+2028 and U+2029 and
// what changes the direction of writing are escaped, so that a line stays a
// line, and is what it looks like, whatever shows it.
func AppendString(dst []byte, s string) []byte {
	return append(appendText(append(dst, '"'), s, false), '"')
}

// AppendRune appends a character of a string, as AppendString does.
func AppendRune(dst []byte, r rune) []byte {
	if r < ' ' || r == '"' || r == '\\' || r == 0x7f || r >= utf8.RuneSelf && isUnseen(r) {
		return escape(dst, r)
	}
	return utf8.AppendRune(dst, r)
}

// AppendValue appends the JSON value with which text begins, on one line and
// without white space between its parts; what follows it is left out. The text
// is well-formed. Numbers and escapes stay as they are written; what else is
// in strings is written as by AppendString.
func AppendValue(dst, text []byte) []byte {
	depth := 0
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n':
			i++
			continue
		case '"':
			n := stringSize(text[i:])
			dst = appendString(dst, text[i:i+n])
			i += n
		case ',', ':', '{', '[', '}', ']':
			switch c {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			dst = append(dst, c)
			i++
		default:
			n := wordSize(text[i:])
			dst = append(dst, text[i:i+n]...)
			i += n
		}
		if depth <= 0 {
			break
		}
	}
	return dst
}

// appendString appends a string of JSON, with its quotes.
func appendString(dst, text []byte) []byte {
	for _, c := range text {
		if c >= 0x7f {
			return appendText(dst, string(text), true)
		}
	}
	return append(dst, text...)
}

// stringSize returns the size of the string with which text begins, with its
// quotes.
func stringSize(text []byte) int {
	for i := StringEnd(text, 1); i < len(text); i = StringEnd(text, i) {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
		i++
	}
	return len(text)
}

// StringEnd returns the index of the first byte from i that is a quote, a
// backslash or a control character, or one behind the text or further. It
// looks at eight bytes at once: the lowest of the set high bits of m is exact.
func StringEnd(text []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		quote, slash := x^('"'*ones), x^('\\'*ones)
		if m := ((quote-ones)&^quote | (slash-ones)&^slash | (x-' '*ones)&^x) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(text) && text[i] != '"' && text[i] != '\\' && text[i] >= ' ' {
		i++
	}
	return i
}

// wordSize returns the size of the number or word with which text begins, at
// least 1.
func wordSize(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case ' ', '\t', '\r', '\n', '"', ',', ':', '{', '[', '}', ']':
			return i
		}
	}
	return len(text)
}

// appendText appends what stands between the quotes of a string. quoted says
// that s has its escapes and quotes already.
func appendText(dst []byte, s string, quoted bool) []byte {
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c != 0x7f && (quoted || c >= ' ' && c != '"' && c != '\\') {
				i++
				continue
			}
			dst = escape(append(dst, s[from:i]...), rune(c))
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || isUnseen(r) {
			dst = escape(append(dst, s[from:i]...), r)
			from = i + n
		}
		i += n
	}
	return append(dst, s[from:]...)
}

// isUnseen reports whether a character beyond ASCII could be taken for a
// command: Unicode's control characters, separators of lines and Bidi_Control.
func isUnseen(r rune) bool {
	return r < 0xa0 || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// escape appends a character by one of the escapes of RFC 8259, section 7.
func escape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case utf8.RuneError:
		return append(dst, "\ufffd"...)
	}
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
