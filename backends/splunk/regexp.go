package splunk

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Whether a regular expression between quotes is decoded as a string first is
// told both ways (SR, search against SM, "SPL and regular expressions"). What
// is written here means the same either way: a backslash is [\\\\], one after
// one decoding or none; | and other signs stand in brackets instead of behind
// a backslash.

// pcre is how trees of regular expressions are written for match().
var pcre = emit.RegexpStyle{
	Literal:   pcreLiteral,
	ClassChar: pcreClassChar,
	AnyChar:   `(?s:.)`,
	NotNL:     ".",
	Group:     "(?:",
	BeginText: "^",
	EndText:   `\z`, // $ is before a line break at the end, too
}

func pcreLiteral(b *strings.Builder, r rune) {
	switch {
	case r == '\\':
		b.WriteString(`[\\\\]`)
	case r == '^':
		b.WriteString(`\^`)
	case strings.ContainsRune(`|*.$()[]{}+?`, r):
		b.WriteByte('[')
		b.WriteRune(r)
		b.WriteByte(']')
	default:
		pcreChar(b, r)
	}
}

func pcreClassChar(b *strings.Builder, r rune) {
	switch r {
	case '\\':
		b.WriteString(`\\\\`)
	case ']', '[', '^', '-':
		b.WriteByte('\\')
		b.WriteRune(r)
	default:
		pcreChar(b, r)
	}
}

// pcreChar writes a character that is no sign of regular expressions, but may
// be one of string literals.
func pcreChar(b *strings.Builder, r rune) {
	switch r {
	case '"':
		b.WriteString(`\"`)
	case '\n':
		b.WriteString(`\n`)
	case '\r':
		b.WriteString(`\r`)
	case '\t':
		b.WriteString(`\t`)
	default:
		if r < ' ' || r == 0x7f {
			fmt.Fprintf(b, `\x%02x`, r)
			return
		}
		b.WriteRune(r)
	}
}

// wordEdge is \b spelled out: a decoder of strings could make a backspace of
// it.
const wordEdge = `(?:(?<!\w)(?=\w)|(?<=\w)(?!\w))`

// pcreSource returns a rule's own expression for a string literal of SPL,
// which is PCRE: as it stands, but for what would mean something else there or after
// decoding.
func pcreSource(source string, multiLine bool) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case strings.HasPrefix(source[i:], `\Q`) && !class:
			i += pcreQuoted(&b, source[i+2:]) + 1
		case c == '\\' && i+1 < len(source):
			i++
			pcreEscape(&b, source[i], class)
		case c == '[' && !class:
			class = true
			b.WriteByte(c)
			// A bracket right behind the opening one, or behind ^, is a member.
			for _, member := range []byte{'^', ']'} {
				if i+1 < len(source) && source[i+1] == member {
					i++
					b.WriteByte(member)
				}
			}
		case class && ir.NamedClass(source[i:]) > 0:
			n := ir.NamedClass(source[i:])
			b.WriteString(source[i : i+n])
			i += n - 1
		case c == ']' && class:
			class = false
			b.WriteByte(c)
		case c == '$' && !class && !multiLine:
			b.WriteString(`\z`) // $ is before a line break at the end, too
		case c == '"' || c < ' ' || c == 0x7f:
			pcreChar(&b, rune(c))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// inlineMultiLine finds the flag m in an expression.
var inlineMultiLine = regexp.MustCompile(`\(\?[a-zA-Z]*m`)

// pcreQuoted writes what \Q quotes, up to \E or the end, without the quotes.
// It returns how many bytes of source that was.
func pcreQuoted(b *strings.Builder, source string) int {
	text, _, closed := strings.Cut(source, `\E`)
	for _, r := range text {
		pcreLiteral(b, r)
	}
	if closed {
		return len(text) + len(`\E`)
	}
	return len(text)
}

// pcreEscape writes a backslash and the character behind it.
func pcreEscape(b *strings.Builder, c byte, class bool) {
	switch {
	case c == '\\' && class:
		b.WriteString(`\\\\`)
	case c == '\\':
		b.WriteString(`[\\\\]`)
	case c == '|' && class:
		b.WriteByte('|')
	case c == '|':
		b.WriteString("[|]")
	case c == 'b' && !class:
		b.WriteString(wordEdge)
	case c < ' ' || c == 0x7f:
		pcreChar(b, rune(c))
	default:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
}
