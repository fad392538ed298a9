package splunkread

import "strings"

// The end of the text, or before a line break at the end, which $ and \Z are
// in PCRE; in Go $ is the end alone. Where nothing else follows, the line break
// may be taken along, which Go's engine can do.
const (
	lastEnd  = `(?:\n?\z)`
	otherEnd = `(?=\n?\z)`
)

// maxEnds bounds how often the rest of an expression is looked through.
const maxEnds = 200

// end writes such an end for the n bytes of source that stand for it.
func (t *translator) end(n int) {
	expression := otherEnd
	if t.ends++; t.ends <= maxEnds && nothingFollows(t.src[t.off+n:]) {
		expression = lastEnd
	}
	t.put(expression, n)
}

// nothingFollows reports whether a match that is at the begin of rest needs
// nothing more of the expression: there are only other alternatives and the
// ends of groups that are not repeated.
func nothingFollows(rest string) bool {
	if strings.Contains(rest, "(?#") || strings.Contains(rest, `\Q`) {
		return false
	}
	for i := 0; i < len(rest); {
		switch rest[i] {
		case '|':
			i = skipAlternatives(rest, i)
		case ')':
			i++
			if quantifierLen(rest[i:]) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// skipAlternatives returns the offset of the parenthesis that closes the group
// which the offset is in, or the length of the text.
func skipAlternatives(text string, off int) int {
	depth := 0
	for i := off; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[':
			i = skipClass(text, i)
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(text)
}

// skipClass returns the offset of the bracket that closes a character class.
func skipClass(text string, off int) int {
	i := off + 1
	if strings.HasPrefix(text[i:], "^") {
		i++
	}
	if strings.HasPrefix(text[i:], "]") {
		i++
	}
	for i < len(text) && text[i] != ']' {
		switch {
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], "[:"):
			if n := strings.Index(text[i:], ":]"); n > 0 {
				i += n + 1
			}
		}
		i++
	}
	return i
}
