package splunk

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// quote returns a string literal. Both search and where decode \\ and \"; a
// backslash before other characters is kept by the one and may be decoded by
// the other, so all are doubled (SR, search, "Quotes and escaping
// characters"; SM, "Types of expressions").
func quote(s string) string {
	return emit.Quote(`"`, s, `"`, func(r rune) string {
		switch r {
		case '\\':
			return `\\`
		case '"':
			return `\"`
		}
		return ""
	})
}

// searchPattern returns a pattern of the search clause as a literal: stars
// work between quotes. It has neither "?" nor literal stars.
func searchPattern(p ir.Pattern) string {
	if len(p) == 1 && p[0].Kind == ir.Star {
		return "*"
	}
	return quote(emit.Glob(p, "*", "*", func(s string) string { return s }))
}

func boolText(t *ir.Bool) string { return strconv.FormatBool(t.Value) }

// searchField returns a field name of the search clause: in double quotes
// where it has more than letters, digits, dots and underscores.
func searchField(name string) string {
	if plainName(name, "._") && !operatorWord(name) {
		return name
	}
	return quote(name)
}

// whereField returns a field name of an expression: in single quotes where
// it is not a plain name, since a dot would join and a dash subtract (SR,
// where).
func whereField(p *emit.Printer, f emit.Field) string {
	name := f.Name
	if plainName(name, "_") && (name[0] < '0' || name[0] > '9') && !operatorWord(name) {
		return name
	}
	if strings.ContainsAny(name, "'\\") || emit.HasControl(name) {
		p.Unsupported(f.Pos, "a field name with a quote or backslash in where: "+strconv.Quote(name), "")
	}
	return "'" + name + "'"
}

func plainName(name, more string) bool {
	for i := range len(name) {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(more, c) >= 0) {
			return false
		}
	}
	return name != ""
}

// operatorWord reports whether a name would be read as an operator.
func operatorWord(name string) bool {
	switch strings.ToUpper(name) {
	case "AND", "OR", "NOT", "XOR", "IN", "LIKE", "BY", "AS", "WHERE":
		return true
	}
	return false
}
