package esql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// quoted writes a string. The language has these escapes and no other.
func quoted(text string) string {
	return emit.Quote(`"`, text, `"`, func(r rune) string {
		switch r {
		case '"', '\\':
			return `\` + string(r)
		case '\n':
			return `\n`
		case '\r':
			return `\r`
		case '\t':
			return `\t`
		}
		return ""
	})
}

// wild writes a pattern of LIKE, in which a backslash must stand before * ? and
// itself, and before nothing else. It is not yet a string of the language.
func wild(p ir.Pattern) string {
	return emit.Glob(p, "*", "?", func(text string) string {
		return emit.Quote("", text, "", func(r rune) string {
			switch r {
			case '*', '?', '\\':
				return `\` + string(r)
			}
			return ""
		})
	})
}

// words are the words that mean something where a field could stand.
var words = map[string]bool{
	"and": true, "as": true, "asc": true, "by": true, "desc": true, "false": true, "first": true, "in": true,
	"is": true, "last": true, "like": true, "metadata": true, "not": true, "null": true, "nulls": true, "on": true,
	"or": true, "rlike": true, "true": true, "where": true, "with": true,
}

// name writes the name of a field, between back-quotes where it is not made of
// plain words and dots: a hyphen would be a subtraction.
func name(field string) string {
	for _, part := range strings.Split(field, ".") {
		if !plain(part) || words[strings.ToLower(part)] {
			return "`" + strings.ReplaceAll(field, "`", "``") + "`"
		}
	}
	return field
}

// plain reports whether a part of a name needs no quotes. _ and @ may begin a
// name but not be all of it.
func plain(part string) bool {
	for i := range len(part) {
		c := part[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '@' && i == 0
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return part != "" && part != "_" && part != "@"
}
