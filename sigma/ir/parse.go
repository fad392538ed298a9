package ir

import "strings"

// ParsePattern reads a value's text with its wildcards and escapes (W1 to
// W8): * and ? are wildcards; a backslash before *, ? or another backslash
// makes that character plain; any other backslash is itself.
func ParsePattern(text string) Pattern { return parsePattern(text, false) }

// parsePattern is ParsePattern. With expand it also reads %name% as a
// placeholder and \% as a plain percent sign (P1, P2).
func parsePattern(text string, expand bool) Pattern {
	special := `*?\`
	if expand {
		special = `*?\%`
	}
	if !strings.ContainsAny(text, special) {
		return Plain(text)
	}
	var p Pattern
	var lit strings.Builder
	wild := func(e Element) {
		p = append(p, Element{Kind: Literal, Text: lit.String()}, e)
		lit.Reset()
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '*':
			wild(Element{Kind: Star})
		case c == '?':
			wild(Element{Kind: Question})
		case c == '\\' && i+1 < len(text) && strings.IndexByte(special, text[i+1]) >= 0:
			i++
			lit.WriteByte(text[i])
		case c == '%' && expand:
			if name := placeholderAt(text[i:]); name != "" {
				wild(Element{Kind: Placeholder, Text: name})
				i += len(name) + 1
				continue
			}
			lit.WriteByte(c)
		default:
			lit.WriteByte(c)
		}
	}
	return append(p, Element{Kind: Literal, Text: lit.String()}).normalize()
}

// placeholderAt returns the name of the placeholder that the text begins
// with, or "".
func placeholderAt(text string) string {
	end := 1
	for end < len(text) && placeholderByte(text[end]) {
		end++
	}
	if end == 1 || end == len(text) || text[end] != '%' {
		return ""
	}
	return text[1:end]
}

// PlaceholderNames returns the names of the placeholders in a value with the
// modifier expand.
func PlaceholderNames(text string) (names []string) {
	splitPlaceholders(text, func(_, name string) {
		if name != "" {
			names = append(names, name)
		}
	})
	return names
}

func placeholderByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// splitPlaceholders calls f with each run of the source of a regular
// expression and the name of the placeholder behind it, "" at the end. A
// percent sign behind a backslash begins none.
func splitPlaceholders(source string, f func(lit, name string)) {
	from := 0
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '%':
			if name := placeholderAt(source[i:]); name != "" {
				f(source[from:i], name)
				i += len(name) + 1
				from = i + 1
			}
		}
	}
	f(source[from:], "")
}
