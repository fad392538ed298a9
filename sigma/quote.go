package sigma

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// quoteYAML returns the shortest safe spelling of a string in YAML on one
// line: plain where nobody could read it otherwise, then in single quotes, and
// in double quotes where only an escape can say it.
func quoteYAML(s string) string {
	switch {
	case isPlain(s) || IsUUID(s) || isDate(s, '-') || isDate(s, '/'):
		return s
	case isPrintable(s):
		return singleQuoted(s)
	}
	return doubleQuoted(s)
}

// quoteValue returns the spelling of a value in a detection: in quotes, as the
// specification recommends (A2).
func quoteValue(s string) string {
	if isPrintable(s) {
		return singleQuoted(s)
	}
	return doubleQuoted(s)
}

// isPlain reports whether a string needs no quotes in any reader of YAML 1.1
// or 1.2: words of letters, digits and a few signs, which begin with a letter
// and are no word that YAML 1.1 takes for a boolean or null.
func isPlain(s string) bool {
	if s == "" || !isLetter(s[0]) || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isNameByte(c) && strings.IndexByte(" ./|\\()", c) < 0 {
			return false
		}
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return false
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// isPrintable reports whether quotes can hold a string without escapes: no
// controls, no line breaks (those that only YAML 1.1 knows included), no
// invisible marks at which readers differ.
func isPrintable(s string) bool {
	for _, c := range s {
		if c < ' ' || 0x7F <= c && c < 0xA0 || c == 0x2028 || c == 0x2029 ||
			c == 0xFEFF || c == 0xFFFE || c == 0xFFFF || c == utf8.RuneError {
			return false
		}
	}
	return true
}

func singleQuoted(s string) string {
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// doubleQuoted returns the spelling with escapes. Bytes that are not UTF-8
// stay as they are: no escape can say them.
func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == utf8.RuneError && size == 1 || isPrintable(s[i:i+size]):
			b.WriteString(s[i : i+size])
		default: // all that is not printable is below U+10000
			b.WriteString(`\u` + hex4(c))
		}
		i += size
	}
	b.WriteByte('"')
	return b.String()
}

// literalBlock returns a text of several lines as a literal block scalar with
// that indentation, if it can be one.
func literalBlock(s, indent string) (string, bool) {
	body := strings.TrimSuffix(s, "\n")
	if !strings.Contains(body, "\n") || body[0] == ' ' || body[0] == '\n' || body[len(body)-1] == '\n' {
		return "", false
	}
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if !isPrintable(line) || line != "" && strings.TrimLeft(line, " ") == "" {
			return "", false
		}
		if line != "" {
			lines[i] = indent + line
		}
	}
	header := "|\n"
	if len(body) == len(s) {
		header = "|-\n"
	}
	return header + strings.Join(lines, "\n"), true
}

// typedYAML returns the spelling of a scalar that is no string.
func typedYAML(tag, text string) string {
	if tag == tagNull && text == "" {
		return "null"
	}
	if isPrintable(text) && strings.TrimSpace(text) == text {
		if n, err := decode(strings.NewReader(text)); err == nil && n != nil &&
			n.Kind == yaml.ScalarNode && n.Style == 0 && n.Tag == tag && n.Value == text {
			return text
		}
	}
	return tag + " " + quoteValue(text)
}
