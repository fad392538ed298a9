package content

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writeTOML writes the members of a table (TOML 1.0.0), those that are values
// before those that are tables.
func writeTOML(b *strings.Builder, path string, o object) {
	for _, m := range o {
		switch v := m.value.(type) {
		case object, []object:
		case []string:
			b.WriteString(m.key + " = " + tomlList(v) + "\n")
		default:
			b.WriteString(m.key + " = " + tomlValue(v) + "\n")
		}
	}
	for _, m := range o {
		name := m.key
		if path != "" {
			name = path + "." + m.key
		}
		switch v := m.value.(type) {
		case object:
			b.WriteString("\n[" + name + "]\n")
			writeTOML(b, name, v)
		case []object:
			for _, x := range v {
				b.WriteString("\n[[" + name + "]]\n")
				writeTOML(b, name, x)
			}
		}
	}
}

func tomlValue(value any) string {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	}
	text := fmt.Sprint(value)
	switch {
	case isLiteral(text):
		// The line break behind the opening quotes is not part of the text.
		return "'''\n" + text + "'''"
	case strings.Contains(text, "\n"):
		return `"""` + "\n" + escapeTOML(text, true) + `"""`
	}
	return tomlString(text)
}

// isLiteral reports whether a text is easier to read as a literal string, as
// which queries stay what they are, and may be one: it has nothing but characters
// that a string of several lines may hold, and no end of one. A carriage return is
// escaped elsewhere: parsers may change how lines end.
func isLiteral(text string) bool {
	special := func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == utf8.RuneError }
	return strings.ContainsAny(text, `"\`) && !strings.Contains(text, "'''") && !strings.HasSuffix(text, "'") &&
		strings.IndexFunc(text, special) < 0
}

// tomlList writes a list, a line for each value where it is long.
func tomlList(list []string) string {
	quoted := make([]string, len(list))
	size := 0
	for i, s := range list {
		quoted[i] = tomlString(s)
		size += len(quoted[i])
	}
	const most = 100
	if size < most {
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	return "[\n    " + strings.Join(quoted, ",\n    ") + ",\n]"
}

func tomlString(s string) string { return `"` + escapeTOML(s, false) + `"` }

// escapeTOML escapes what a basic string may not hold as it is: quotation marks,
// back-slashes and control characters but for tabs, and in a string of one line,
// line breaks. Bytes that are not UTF-8 become U+FFFD.
func escapeTOML(s string, lines bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n' && lines || r == '\t':
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		case r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
