package eql

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

// quoted writes a string. An escape that the language does not know is an
// error to it; the braces of \u may hold any number.
func quoted(text string) string {
	return emit.Quote(`"`, text, `"`, func(r rune) string {
		switch {
		case r == '"' || r == '\\':
			return `\` + string(r)
		case r == '\n':
			return `\n`
		case r == '\r':
			return `\r`
		case r == '\t':
			return `\t`
		case r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return fmt.Sprintf(`\u{%02x}`, r)
		}
		return ""
	})
}

// words are the language's keywords.
var words = map[string]bool{
	"and": true, "any": true, "by": true, "false": true, "in": true, "join": true, "like": true, "maxspan": true,
	"not": true, "null": true, "of": true, "or": true, "regex": true, "sample": true, "sequence": true, "true": true,
	"until": true, "where": true, "with": true,
}

// name writes the name of a field, between back-quotes where it is not made of
// plain words and dots: a hyphen would be a subtraction.
func name(field string) string {
	for _, part := range strings.Split(field, ".") {
		if !plain(part) || words[part] {
			return "`" + strings.ReplaceAll(field, "`", "``") + "`"
		}
	}
	return field
}

// plain reports whether a part of a name needs no quotes.
func plain(part string) bool {
	for i := range len(part) {
		c := part[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '@' && i == 0
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return part != ""
}
