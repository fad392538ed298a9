package eval

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape appends the text of a JSON string, given without its quotes, to
// dst. The escapes are known to be right. Half a surrogate pair is U+FFFD.
// What stands between the escapes is copied eight bytes at a time, of which
// those behind the next backslash are overwritten: the text is never longer
// than what it is read from.
func unescape(dst, s []byte) []byte {
	dst = slices.Grow(dst, len(s)+8)
	n := len(dst)
	dst = dst[:cap(dst)]
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			x := binary.LittleEndian.Uint64(s[i:])
			binary.LittleEndian.PutUint64(dst[n:], x)
			x ^= '\\' * ones
			k := bits.TrailingZeros64((x-ones)&^x&highs) >> 3
			if i, n = i+k, n+k; k == 8 {
				continue
			}
		} else if s[i] != '\\' {
			dst[n] = s[i]
			i, n = i+1, n+1
			continue
		}
		if s[i+1] != 'u' {
			dst[n] = unescaped[s[i+1]]
			i, n = i+2, n+1
			continue
		}
		var r rune
		r, i = unescapeUnit(s, i+2)
		n += utf8.EncodeRune(dst[n:], r)
	}
	return dst[:n]
}

// unescaped maps what stands behind a backslash to what it means.
var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescapeUnit reads the digits at i of one or, for a surrogate pair, two
// escapes and returns what follows them.
func unescapeUnit(s []byte, i int) (rune, int) {
	r, _ := hex4(s, i)
	i += 4
	if utf16.IsSurrogate(r) {
		if i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
			low, _ := hex4(s, i+2)
			if both := utf16.DecodeRune(r, low); both != unicode.ReplacementChar {
				return both, i + 6
			}
		}
		return unicode.ReplacementChar, i
	}
	return r, i
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte, i int) (r rune, ok bool) {
	if i+4 > len(b) {
		return 0, false
	}
	for _, c := range b[i : i+4] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20-'a' < 6:
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// foldRune maps a character to one that stands for all that differ from it in
// case only, by Unicode simple folding (V2): the small letter of ASCII where
// there is one, so that K and the Kelvin sign are k, else the first of them.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' {
		least += 'a' - 'A'
	}
	return least
}

// foldText returns the text with every character folded. Bytes that are not
// UTF-8 become U+FFFD, so that each of them counts as one character.
func foldText(s string) string { return string(appendFold(nil, []byte(s))) }

// appendFold appends the folded text to dst.
func appendFold(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			dst = append(dst, lower[c])
			i++
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		dst = utf8.AppendRune(dst, foldRune(r))
		i += n
	}
	return dst
}

// appendValid appends the text with U+FFFD for each byte that is not UTF-8.
func appendValid(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst
}

// lower maps ASCII capitals to small letters and other bytes to themselves.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()
