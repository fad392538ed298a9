package sigma

import "strings"

// A yamlMistake is a message of the YAML library in our own words.
type yamlMistake struct {
	code      Code
	msg, hint string

	exact   bool // the shortest text that fails ends at the mistake
	toLine  bool // ... where a key is wrong: at the key's first character
	quote   bool // the mistake is at the quote of the line that stays open
	bracket bool // the mistake is at the last bracket of the line
}

// column moves an offset from where the library noticed the mistake to where
// it is.
func (m yamlMistake) column(text []byte, off int) int {
	if !m.toLine || off < len(text) && text[off] != ':' {
		return off
	}
	start := off
	for start > 0 && text[start-1] != '\n' {
		start--
	}
	for start < off && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	return start
}

// openingIn returns the offset of the quote or bracket that is the mistake, or
// of the first character of a line without one.
func (m yamlMistake) openingIn(line string) (off int, found bool) {
	first := len(line) - len(strings.TrimLeft(line, " \t"))
	end := len(line)
	for i := first; i < end; i++ {
		starts := i == first || strings.IndexByte(" \t[{,", line[i-1]) >= 0
		switch c := line[i]; {
		case c == '#' && starts:
			end = i
		case (c == '\'' || c == '"') && starts:
			closing := strings.IndexByte(line[i+1:], c)
			if closing < 0 && m.quote {
				return i, true
			}
			i += closing + 1
		}
	}
	if i := strings.LastIndexAny(line[:end], "[{"); m.bracket && i >= 0 {
		return i, true
	}
	return first, false
}

// explainYAML says a message of the YAML library in the words of somebody who
// writes rules.
func explainYAML(msg string) yamlMistake {
	m := yamlMistake{code: BadYAML, msg: msg}
	switch {
	case strings.HasPrefix(msg, "found character that cannot start any token"):
		m.msg, m.hint, m.exact = "a value or key cannot begin with this character",
			"quote the value; indent with spaces, not with tabs", true
	case strings.HasPrefix(msg, "did not find expected alphabetic or numeric character"):
		m.msg, m.hint, m.exact = "a value that begins with * or & must be quoted", "write '*...'", true
	case strings.HasPrefix(msg, "mapping values are not allowed"):
		m.msg, m.hint, m.exact = "a second ': ' in one value, or a wrong indentation",
			"quote a value that contains ': '", true
	case strings.HasPrefix(msg, "could not find expected ':'"):
		m.msg, m.hint = "a key without ':', or a line that is indented too little", ""
	case strings.HasPrefix(msg, "did not find expected key"):
		m.msg, m.hint, m.exact, m.toLine = "this does not fit the mapping that it stands in",
			"check the indentation, and the quotes before it", true, true
	case strings.HasPrefix(msg, "did not find expected '-' indicator"):
		m.msg, m.hint, m.exact, m.toLine = "this does not fit the list that it stands in",
			"check the indentation, and the quotes before it", true, true
	case strings.HasPrefix(msg, "found unknown escape character"):
		m.msg, m.hint, m.exact = "unknown escape sequence in double quotes",
			"use single quotes, where a backslash is only a backslash", true
	case strings.HasPrefix(msg, "found unexpected end of stream"):
		m.msg, m.quote = "the quote that opens here is never closed", true
	case strings.HasPrefix(msg, "did not find expected ',' or"):
		m.msg, m.hint, m.bracket = "the bracket that opens here is not closed where it should be",
			"quote values that contain brackets or braces", true
	case strings.HasPrefix(msg, "unknown anchor"):
		m.msg, m.hint = "an alias without anchor: *"+strings.Trim(strings.TrimPrefix(strings.TrimSuffix(msg, " referenced"), "unknown anchor "), "'"),
			"quote a value that begins with *"
	case strings.HasPrefix(msg, "exceeded max depth"):
		m.code, m.msg = Limit, "the YAML is nested too deep"
	}
	return m
}
