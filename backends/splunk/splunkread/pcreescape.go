package splunkread

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// White space and line breaks as pcrepattern lists them, as members of a class
// of Go's syntax.
const (
	spaceChars      = `\t-\r `
	horizontalChars = `\t \x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}`
	verticalChars   = `\n-\r\x{85}\x{2028}\x{2029}`
)

// escapedClass returns the members of the class that a backslash and a letter
// stand for, and whether it is all others.
func escapedClass(c byte) (members string, negated, ok bool) {
	switch c | 0x20 {
	case 'd':
		members = `0-9`
	case 'w':
		members = `0-9A-Za-z_`
	case 's':
		members = spaceChars
	case 'h':
		members = horizontalChars
	case 'v':
		members = verticalChars
	default:
		return "", false, c == 'N'
	}
	return members, c&0x20 == 0, true
}

// escape translates a backslash and what it escapes, outside of classes.
func (t *translator) escape() {
	rest := t.src[t.off:]
	if len(rest) == 1 {
		t.refuse("a backslash stands at the end")
		return
	}
	c := rest[1]
	if c == 'Q' {
		t.quoted(t.literal)
		return
	}
	if members, negated, ok := escapedClass(c); ok {
		switch {
		case c == 'N':
			t.put(`[^\n]`, 2)
		case negated:
			t.put("[^"+members+"]", 2)
		default:
			t.put("["+members+"]", 2)
		}
		return
	}
	switch c {
	case 'E':
		t.off += 2
	case 'A', 'b', 'B', 'z':
		t.copy(2)
		t.quantifier()
	case 'Z':
		t.end(2)
	case 'p', 'P':
		t.property()
	default:
		t.escapedChar()
	}
}

// property copies \pL or \p{Greek}, where Go has a property of that name.
func (t *translator) property() {
	m := propertyName.FindString(t.src[t.off:])
	if _, err := regexp.Compile(m); m == "" || err != nil {
		t.foreign("this property of characters is not read")
		return
	}
	t.copy(len(m))
	t.quantifier()
}

var propertyName = regexp.MustCompile(`\A\\[pP](?:[A-Z]|\{\^?[A-Za-z_]+\})`)

// escapedChar translates an escape that stands for one character, or for a
// group before.
func (t *translator) escapedChar() {
	if c := t.src[t.off+1]; c >= '1' && c <= '9' {
		if t.off+2 < len(t.src) && t.src[t.off+2] >= '0' && t.src[t.off+2] <= '9' {
			t.foreign("a number of two digits behind a backslash is not read")
			return
		}
		t.copy(2) // a back-reference
		t.quantifier()
		return
	}
	r, n := t.charAt()
	if t.err == nil {
		t.put(quoteRune(r), n)
	}
}

// quoteRune writes a character so that Go's engine and a backtracking one both
// read it.
func quoteRune(r rune) string {
	if r < ' ' || r == 0x7f {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return regexp.QuoteMeta(string(r))
}

// charAt reads the escape of a character at the current offset and returns its
// length.
func (t *translator) charAt() (r rune, n int) {
	rest := t.src[t.off:]
	switch c := rest[1]; c {
	case 'a':
		return '\a', 2
	case 'e':
		return 0x1b, 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'x':
		return t.hex(rest)
	case '0':
		m := octal.FindString(rest)
		for _, d := range m[1:] {
			r = r*8 + d - '0'
		}
		return r, len(m)
	default:
		r, size := utf8.DecodeRuneInString(rest[1:])
		if r < utf8.RuneSelf && isWordByte(c) && c != '_' {
			t.foreign(`what \%c means is not read`, r)
		}
		return r, 1 + size // "a backslash followed by a character that is not a number or a letter"
	}
}

var (
	octal    = regexp.MustCompile(`\A\\0[0-7]{0,2}`)
	hexChars = regexp.MustCompile(`\A\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{0,2}))`)
)

// hex reads \xhh, with up to two digits, or \x{hhh}.
func (t *translator) hex(rest string) (r rune, n int) {
	m := hexChars.FindStringSubmatch(rest)
	for _, d := range strings.ToLower(m[1] + m[2]) {
		r = r*16 + rune(strings.IndexRune("0123456789abcdef", d))
	}
	if r > utf8.MaxRune || strings.HasPrefix(rest, `\x{`) && m[1] == "" {
		t.refuse("there is no character %s", shorten(rest))
	}
	return r, len(m[0])
}

// quoted translates what stands between \Q and \E, character by character.
func (t *translator) quoted(literal func()) {
	t.off += 2
	for t.off < len(t.src) && t.err == nil {
		if strings.HasPrefix(t.src[t.off:], `\E`) {
			t.off += 2
			t.quantifier() // of the last character
			return
		}
		end := t.src
		t.src = t.src[:t.off+runeLen(t.src[t.off:])] // a star in the quotes is no repetition
		literal()
		t.src = end
	}
}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}
