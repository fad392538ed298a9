// Package jsontext writes the parts of JSON texts.
package jsontext

import "unicode/utf8"

const hex = "0123456789abcdef"

// AppendString appends s as a JSON string. Unlike encoding/json it leaves <, >
// and & as they are. Bytes that are not UTF-8 become U+FFFD. The separators
// U+2028 and U+2029 and DEL are escaped, so that a line stays a line whatever
// shows it.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			dst = escape(append(dst, s[from:i]...), rune(c))
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r == '\u2028' || r == '\u2029' {
			dst = escape(append(dst, s[from:i]...), r)
			from = i + n
		}
		i += n
	}
	return append(append(dst, s[from:]...), '"')
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
