package eqlread

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/elastic/internal/lexical"
	"github.com/sigma-compiler/sigmac/backends/readback"
)

// refuse returns the error that the language refuses what is at the offset.
func refuse(off int, format string, args ...any) error {
	return &readback.Error{Offset: off, Msg: fmt.Sprintf(format, args...)}
}

// foreign returns the error that the reader does not know what is at the
// offset.
func foreign(off int, format string, args ...any) error {
	return &readback.Error{Offset: off, Msg: fmt.Sprintf(format, args...), Foreign: true}
}

func (s *scanner) refuse(format string, args ...any) error { return refuse(s.off, format, args...) }

// stringEnd returns the length of the string that the rest begins with. Of
// what it holds only the escapes matter; they are read by unquote.
func (s *scanner) stringEnd(rest string) (int, error) {
	switch {
	case rest[0] == '?':
		return 0, s.refuse(`raw strings stand between """, not behind a ?`)
	case rest[0] == '\'':
		return 0, s.refuse("strings stand in double quotes, not in single ones")
	}
	if n := lexical.RawString(rest); n > 0 {
		return n, nil
	}
	for n := 1; n < len(rest); n++ {
		switch rest[n] {
		case '"':
			return n + 1, nil
		case '\n', '\r':
			return 0, refuse(s.off+n, "a string has no line break; write \\n or \\r")
		case '\\':
			size, err := escape(s.off+n, rest[n:])
			if err != nil {
				return 0, err
			}
			n += size - 1
		}
	}
	return 0, s.refuse("the string is not closed")
}

// escape checks the escape that a text begins with and returns its length.
func escape(off int, rest string) (int, error) {
	if len(rest) < 2 {
		return 0, refuse(off, "the string is not closed")
	}
	switch c := rest[1]; c {
	case 'n', 'r', 't', '\\', '"':
		return 2, nil
	case 'b', 'f', '\'':
		return 0, foreign(off, `the manual does not list the escape \%c`, c)
	case 'u':
		_, size, err := codePoint(off, rest)
		return size, err
	}
	_, size := utf8.DecodeRuneInString(rest[1:])
	return 0, refuse(off, `there is no escape %s; there are \n \r \t \\ \" and \u{...}`, rest[:1+size])
}

// codePoint reads \u{...}: two to eight hexadecimal digits of a character that
// is no surrogate.
func codePoint(off int, rest string) (rune, int, error) {
	body, ok := strings.CutPrefix(rest, `\u{`)
	if !ok {
		return 0, 0, refuse(off, `behind \u stand braces`)
	}
	hex, _, ok := strings.Cut(body, "}")
	if !ok || len(hex) < 2 || len(hex) > 8 {
		return 0, 0, refuse(off, `between the braces of \u stand two to eight hexadecimal digits`)
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
		return 0, 0, refuse(off, `\u{%s} is no character`, hex)
	}
	return rune(n), len(hex) + 4, nil
}

// unquote returns the text of a string, whose escapes are known to be right.
func unquote(s string) string {
	if lexical.IsRaw(s) {
		return s[3 : len(s)-3]
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			r, size, err := codePoint(0, s[i-1:])
			if err == nil {
				b.WriteRune(r)
			}
			i += size - 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
