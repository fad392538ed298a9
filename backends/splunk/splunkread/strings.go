package splunkread

import "strings"

// decodeSearch returns the text that a string of the search clause, or of a
// command that takes options, stands for: \" and \\ and \| are decoded, and
// "Unrecognized backslash sequences are not altered" (SR, search, "Quotes and
// escaping characters").
func decodeSearch(s string) string { return decode(s, `"\|`, "") }

// decodeEval returns the text that a string of an expression stands for. Behind
// a backslash, SM, "Types of expressions", knows one more: "The \t in the path
// is interpreted as a tab." What others become there is not documented; the
// second result is the first of them, or "".
func decodeEval(s string) (text, unknown string) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '\\' {
			if strings.IndexByte(`"\t`, s[i+1]) < 0 {
				return "", s[i : i+2]
			}
			i++
		}
	}
	return decode(s, `"\`, "t"), ""
}

// decodeEvalRegexp returns the regular expression that a string of an
// expression stands for, in the reading that decodes it first. SR, match, has
// \d and \. in its strings, so sequences that a string does not know stay as
// they are. \n, \r and the like are the same character whether the string or
// the expression knows them; \b and back-references are not, and the second
// result is the first of those.
func decodeEvalRegexp(s string) (text, unknown string) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '\\' {
			if strings.IndexByte("b123456789", s[i+1]) >= 0 {
				return "", s[i : i+2]
			}
			i++
		}
	}
	return decode(s, `"\|`, "t"), ""
}

// decode takes the backslash from before the characters of plain and makes a
// tab of \t where tab has it.
func decode(s, plain, tab string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			switch c := s[i+1]; {
			case strings.IndexByte(plain, c) >= 0:
				i++
			case tab != "" && c == 't':
				b.WriteByte('\t')
				i++
				continue
			default:
				// A backslash that stays takes no other one's place.
				b.WriteByte('\\')
				i++
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
