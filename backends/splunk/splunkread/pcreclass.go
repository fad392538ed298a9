package splunkread

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// posixClasses are the members of [:alpha:] and the like, in ASCII
// (pcrepattern, "POSIX character classes").
var posixClasses = map[string]string{
	"alnum": `0-9A-Za-z`, "alpha": `A-Za-z`, "ascii": `\x00-\x7f`, "blank": `\t `, "cntrl": `\x00-\x1f\x7f`, "digit": `0-9`,
	"graph": `!-~`, "lower": `a-z`, "print": ` -~`, "punct": "!-/:-@\\[-`{-~", "space": spaceChars, "upper": `A-Z`,
	"word": `0-9A-Za-z_`, "xdigit": `0-9A-Fa-f`,
}

// A classReader translates one character class.
type classReader struct {
	*translator
	members strings.Builder
	last    rune // the character before, that a range may begin with; -1 for none
}

// class translates a character class, which the current offset is at.
func (t *translator) class() {
	c := &classReader{translator: t, last: -1}
	t.off++
	open := "["
	if strings.HasPrefix(t.src[t.off:], "^") {
		open = "[^"
		t.off++
	}
	first := true // "a closing square bracket is a member if it is the first"
	for t.err == nil && (first || !strings.HasPrefix(t.src[t.off:], "]")) {
		if t.off == len(t.src) {
			t.refuse("a character class is not closed")
			return
		}
		c.member()
		first = false
	}
	if t.err == nil {
		t.put(open+c.members.String()+"]", 1)
	}
}

// member translates one member of the class.
func (c *classReader) member() {
	rest := c.src[c.off:]
	switch {
	case rest[0] == '-' && c.last >= 0 && len(rest) > 1 && rest[1] != ']':
		c.off++
		c.rangeEnd()
	case rest[0] == '[' && len(rest) > 1 && strings.IndexByte(":.=", rest[1]) >= 0 && strings.Contains(rest[2:], rest[1:2]+"]"):
		c.posix(rest)
	case rest[0] == '\\':
		c.escape()
	default:
		r, n := utf8.DecodeRuneInString(rest)
		c.off += n
		c.char(r)
	}
}

// char adds a character.
func (c *classReader) char(r rune) {
	c.members.WriteString(classRune(r))
	c.last = r
}

// classRune writes a character as a member of a class.
func classRune(r rune) string {
	switch {
	case r < ' ' || r == 0x7f:
		return fmt.Sprintf(`\x%02x`, r)
	case r < utf8.RuneSelf && !isWordByte(byte(r)):
		return `\` + string(r)
	case r >= 0xd800 && r < 0xe000:
		return fmt.Sprintf(`\x{%x}`, r)
	}
	return string(r)
}

// rangeEnd reads the character behind a dash. Behind or before a class such
// as \d, a dash is a character.
func (c *classReader) rangeEnd() {
	low := c.last
	c.last = -1
	rest := c.src[c.off:]
	r, n := utf8.DecodeRuneInString(rest)
	if r == '[' && len(rest) > 1 && rest[1] == ':' {
		c.foreign("a range that ends with a named class is not read")
		return
	}
	if r == '\\' {
		if len(rest) == 1 {
			c.refuse("a character class is not closed")
			return
		}
		if _, _, ok := escapedClass(rest[1]); ok || strings.IndexByte("QEpP", rest[1]) >= 0 {
			c.foreign("a range that ends with a class is not read")
			return
		}
		r, n = c.classChar()
	}
	switch {
	case c.err != nil:
	case r < low:
		c.refuse("the range %c-%c is the wrong way round", low, r)
	default:
		c.off += n
		c.members.WriteString("-" + classRune(r))
	}
}

// posix translates [:alpha:] and the like.
func (c *classReader) posix(rest string) {
	end := strings.Index(rest[2:], rest[1:2]+"]") + 4
	name := rest[2 : end-2]
	members, ok := posixClasses[strings.TrimPrefix(name, "^")]
	switch {
	case !ok && rest[1] == ':' && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz^") == "":
		c.refuse("there is no class [:%s:]", name)
	case !ok:
		// "[:" that begins no name is two characters.
		if rest[1] != ':' {
			c.refuse("collating elements are not supported")
			return
		}
		c.off++
		c.char('[')
	case strings.HasPrefix(name, "^"):
		c.addNegated(members)
		c.off += end
	default:
		c.members.WriteString(members)
		c.last = -1
		c.off += end
	}
}

// escape translates a backslash and what it escapes.
func (c *classReader) escape() {
	rest := c.src[c.off:]
	if len(rest) == 1 {
		c.refuse("a character class is not closed")
		return
	}
	if members, negated, ok := escapedClass(rest[1]); ok {
		c.shorthand(rest[1], members, negated)
		return
	}
	switch rest[1] {
	case 'Q':
		c.quoted(func() {
			r, n := utf8.DecodeRuneInString(c.src[c.off:])
			c.off += n
			c.char(r)
		})
	case 'E':
		c.off += 2
	case 'p', 'P':
		m := propertyName.FindString(rest)
		if m == "" {
			c.foreign("this property of characters is not read")
			return
		}
		c.members.WriteString(m)
		c.last = -1
		c.off += len(m)
	default:
		if r, n := c.classChar(); c.err == nil {
			c.off += n
			c.char(r)
		}
	}
}

// shorthand adds what \d and the like stand for.
func (c *classReader) shorthand(letter byte, members string, negated bool) {
	switch {
	case letter == 'N':
		c.refuse(`\N stands in a character class`)
	case negated:
		c.addNegated(members)
	default:
		c.members.WriteString(members)
		c.last = -1
	}
	c.off += 2
}

// classChar reads the escape of a character: \b is a backspace here.
func (c *classReader) classChar() (r rune, n int) {
	switch next := c.src[c.off+1]; {
	case next == 'b':
		return '\b', 2
	case next >= '1' && next <= '9':
		c.foreign("a number behind a backslash in a class is not read")
		return 0, 2
	case next == 'B' || next == 'R' || next == 'X':
		c.refuse(`\%c stands in a character class`, next)
		return 0, 2
	}
	return c.charAt()
}

// addNegated adds all characters but the members of a class.
func (c *classReader) addNegated(members string) {
	c.members.WriteString(complement(members))
	c.last = -1
}

// complement returns the members of a class that are in none of the given
// ones.
func complement(members string) string {
	re, err := syntax.Parse("[^"+members+"]", syntax.Perl)
	if err != nil || re.Op != syntax.OpCharClass {
		return "" // the members are constants of this package
	}
	var b strings.Builder
	for i := 0; i < len(re.Rune); i += 2 {
		b.WriteString(classRune(re.Rune[i]) + "-" + classRune(re.Rune[i+1]))
	}
	return b.String()
}
