// Package lexical has what the lexers of EQL and ES|QL have in common: white
// space and comments, numbers, raw strings and quoted names are the same in
// both grammars (EqlBase.g4 and EsqlBaseLexer.g4 of Elasticsearch).
package lexical

import "strings"

// SkipSpace returns the offset behind white space and comments; false where a
// comment that begins at the offset is not closed.
func SkipSpace(text string, off int) (int, bool) {
	for off < len(text) {
		rest := text[off:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			off++
		case strings.HasPrefix(rest, "//"):
			n := strings.IndexAny(rest, "\r\n")
			if n < 0 {
				n = len(rest)
			}
			off += n
		case strings.HasPrefix(rest, "/*"):
			n := comment(rest)
			if n == 0 {
				return off, false
			}
			off += n
		default:
			return off, true
		}
	}
	return off, true
}

// comment returns the length of the comment that a text begins with, 0 where
// it has no end. Comments lie in one another.
func comment(text string) int {
	depth := 0
	for n := 0; n+1 < len(text); n++ {
		switch text[n : n+2] {
		case "/*":
			depth++
			n++
		case "*/":
			depth--
			n++
			if depth == 0 {
				return n + 1
			}
		}
	}
	return 0
}

// Number returns the length of the number that a text begins with.
func Number(text string) int {
	n := digits(text, 0)
	if n < len(text) && text[n] == '.' {
		n = digits(text, n+1)
	}
	if n < len(text) && text[n]|0x20 == 'e' {
		exp := n + 1
		if exp < len(text) && (text[exp] == '+' || text[exp] == '-') {
			exp++
		}
		if end := digits(text, exp); end > exp {
			return end
		}
	}
	return n
}

// digits returns the offset behind the digits at n.
func digits(text string, n int) int {
	for n < len(text) && IsDigit(text[n]) {
		n++
	}
	return n
}

// BeginsNumber reports whether a text begins with a number.
func BeginsNumber(text string) bool {
	return text != "" && (IsDigit(text[0]) || text[0] == '.' && len(text) > 1 && IsDigit(text[1]))
}

// RawString returns the length of the raw string that a text begins with, 0
// where it is none: it goes to the first three quotes, or four or five where
// more stand there, and has no line break. Where no three quotes follow, the
// text is an empty string and another one.
func RawString(text string) int {
	const quotes = `"""`
	if !strings.HasPrefix(text, quotes) {
		return 0
	}
	line := text
	if n := strings.IndexAny(text, "\r\n"); n >= 0 {
		line = text[:n]
	}
	n := strings.Index(line[3:], quotes)
	if n < 0 {
		return 0
	}
	n += 6
	for i := 0; i < 2 && n < len(line) && line[n] == '"'; i++ {
		n++
	}
	return n
}

// IsRaw reports whether a string is a raw one.
func IsRaw(text string) bool { return len(text) >= 6 && strings.HasPrefix(text, `"""`) }

// QuotedName returns the length of the name between back-quotes that a text
// begins with, 0 where they are not closed. Two back-quotes are one of the
// name.
func QuotedName(text string) int {
	for n := 1; n < len(text); n++ {
		if text[n] != '`' {
			continue
		}
		if n+1 == len(text) || text[n+1] != '`' {
			return n + 1
		}
		n++
	}
	return 0
}

// UnquoteName returns the name that a quoted one is.
func UnquoteName(text string) string {
	return strings.ReplaceAll(text[1:len(text)-1], "``", "`")
}

// IsLetter reports whether a character is an ASCII letter, as those of names
// are.
func IsLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// IsDigit reports whether a character is a decimal digit.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }
