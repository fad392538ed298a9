package kustoread

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// fences are the quotes of strings of several lines, in which nothing is
// escaped (scalar-data-types/string).
var fences = []string{"```", "~~~"}

// stringEnd returns the offset behind the string that begins here, 0 where
// none does, -1 where it is wrong.
func (s *scanner) stringEnd() int {
	off := s.off
	if c := s.text[off]; c == 'h' || c == 'H' { // hidden from telemetry, else the same
		off++
	}
	rest := s.text[off:]
	for _, fence := range fences {
		if strings.HasPrefix(rest, fence) {
			n := strings.Index(rest[3:], fence)
			if n < 0 {
				return -1
			}
			return off + n + 6
		}
	}
	verbatim := strings.HasPrefix(rest, "@")
	if verbatim {
		rest = rest[1:]
	}
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return 0
	}
	n := quotedEnd(rest, verbatim)
	if n <= 0 {
		return -1
	}
	return len(s.text) - len(rest) + n
}

// quotedEnd returns the length of a string between quotes; where it is wrong,
// the negative offset of the mistake.
func quotedEnd(s string, verbatim bool) int {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0] && verbatim && i+1 < len(s) && s[i+1] == c:
			i++
		case c == s[0]:
			return i + 1
		case c == '\r' || c == '\n':
			return -i
		case c == '\\' && !verbatim:
			_, n := escape(s[i+1:])
			if n == 0 {
				return -i
			}
			i += n
		}
	}
	return -len(s)
}

// badString returns what is wrong with the string that begins here.
func (s *scanner) badString() *readback.Error {
	quote := strings.IndexAny(s.text[s.off:], `"'`)
	fence := strings.IndexAny(s.text[s.off:], "`~")
	if fence >= 0 && fence < 2 || quote < 0 {
		return fail(s.off, "the string has no end")
	}
	start := s.off + quote
	at := start - quotedEnd(s.text[start:], s.text[max(start-1, 0)] == '@')
	switch {
	case at == len(s.text):
		return fail(s.off, "the string has no end")
	case s.text[at] == '\\':
		return fail(at, `%.2q is no escape of a string: write \\, or the string as @"..."`, s.text[at:])
	}
	return fail(at, `a string may not go on in the next line: write \n`)
}

// escape reads what stands behind a backslash and returns the text that it
// stands for and how long it is, 0 where it is no escape.
func escape(s string) (text string, n int) {
	if s == "" {
		return "", 0
	}
	if i := strings.IndexByte(`\"'abfnrtv`, s[0]); i >= 0 {
		return "\\\"'\a\b\f\n\r\t\v"[i : i+1], 1
	}
	digits, base := 0, 16
	switch s[0] {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return octal(s)
	}
	if len(s) <= digits || !isHex(s[1:1+digits]) {
		return "", 0
	}
	v, _ := strconv.ParseUint(s[1:1+digits], base, 32)
	return character(v), 1 + digits
}

// octal reads one to three octal digits, the first of three at most 3.
func octal(s string) (text string, n int) {
	v := uint64(0)
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '7' && (n < 2 || s[0] <= '3') {
		v = v<<3 | uint64(s[n]-'0')
		n++
	}
	if n == 0 {
		return "", 0
	}
	return character(v), n
}

// character returns the text of a code point. The halves of a pair of UTF-16
// are joined where both stand side by side, by unquote.
func character(v uint64) string {
	if v > utf8.MaxRune {
		return string(utf8.RuneError)
	}
	if v >= 0xd800 && v < 0xe000 { // kept as three bytes until its other half comes
		return string([]byte{0xed, byte(0x80 | v>>6&0x3f), byte(0x80 | v&0x3f)})
	}
	return string(rune(v))
}

// unquote returns the text of a string literal.
func unquote(lit string) string {
	lit = strings.TrimLeft(lit, "hH")
	for _, fence := range fences {
		if strings.HasPrefix(lit, fence) {
			return lit[3 : len(lit)-3]
		}
	}
	verbatim := lit[0] == '@'
	lit = strings.TrimPrefix(lit, "@")
	body := lit[1 : len(lit)-1]
	if verbatim {
		return strings.ReplaceAll(body, lit[:1]+lit[:1], lit[:1])
	}
	if !strings.Contains(body, `\`) {
		return body
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(body, `\`)
		b.WriteString(before)
		if !found {
			return joinHalves(b.String())
		}
		text, n := escape(after)
		b.WriteString(text)
		body = after[n:]
	}
}

// joinHalves makes characters of the pairs of UTF-16 in a text, and U+FFFD of
// halves without the other.
func joinHalves(s string) string {
	if !strings.Contains(s, "\xed") || utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		high, ok := half(s[i:])
		if !ok {
			b.WriteByte(s[i])
			i++
			continue
		}
		i += 3
		if low, ok := half(s[i:]); ok && high < 0xdc00 && low >= 0xdc00 {
			b.WriteRune(0x10000 + (high-0xd800)<<10 + (low - 0xdc00))
			i += 3
			continue
		}
		b.WriteRune(utf8.RuneError)
	}
	return b.String()
}

// half returns the half of a pair that a text begins with, in three bytes.
func half(s string) (r rune, ok bool) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2] < 0x80 || s[2] > 0xbf {
		return 0, false
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), true
}
