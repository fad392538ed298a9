package kql

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// quoted writes a whole value. Between quotes nothing is a wildcard, and the
// backslash is always doubled, or "C:\temp" would hold a tab.
func quoted(text string) string {
	return emit.Quote(`"`, text, `"`, func(r rune) string {
		switch r {
		case '"', '\\':
			return `\` + string(r)
		}
		return control(r)
	})
}

// control writes line breaks and tabs, the only characters that have an
// escape of their own.
func control(r rune) string {
	switch r {
	case '\t':
		return `\t`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	}
	return ""
}

// wild writes a pattern with stars, which cannot stand in quotes. Spaces need
// no escape, nor is there one: a value ends where a keyword begins, be it that
// the space behind its last word is the query's.
func wild(p ir.Pattern) string {
	var b strings.Builder
	for i, e := range p {
		if e.Kind != ir.Literal {
			b.WriteByte('*')
			continue
		}
		text := emit.Quote("", e.Text, "", func(r rune) string {
			if strings.ContainsRune(`\():<>"*{}`, r) {
				return `\` + string(r)
			}
			return control(r)
		})
		if i == len(p)-1 {
			text = strings.TrimSuffix(keywords(text+" "), " ")
		} else {
			text = keywords(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// keywords escapes what the grammar would take for an operator inside a
// value: " and ", " or ", and "not " even at the end of a longer word. A
// backslash does before the former two; \not is read as a line feed and "ot",
// so that its n is written by its number.
func keywords(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case word(rest, "not"):
			b.WriteString(text[done:i])
			fmt.Fprintf(&b, `\u%04x`, text[i])
			done = i + 1
		case i > 0 && space(text[:i], true) && (word(rest, "and") || word(rest, "or")):
			b.WriteString(text[done:i] + `\`)
			done = i
		}
	}
	return b.String() + text[done:]
}

// word reports whether text begins with the word, in any case, and white
// space.
func word(text, word string) bool {
	n := len(word)
	return len(text) > n && strings.EqualFold(text[:n], word) && space(text[n:], false)
}

// space reports whether the text begins, or ends, with white space of the
// grammar. Line breaks and tabs have become escapes.
func space(text string, end bool) bool {
	if end {
		return strings.HasSuffix(text, " ") || strings.HasSuffix(text, "\u00a0")
	}
	return text[0] == ' ' || strings.HasPrefix(text, "\u00a0")
}

// trimmed reports whether Kibana would cut white space off an end of the
// pattern.
func trimmed(p ir.Pattern) bool {
	first, last := p[0], p[len(p)-1]
	return first.Kind == ir.Literal && strings.TrimLeftFunc(first.Text, cut) != first.Text ||
		last.Kind == ir.Literal && strings.TrimRightFunc(last.Text, cut) != last.Text
}

func cut(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

// name writes the name of a field, in quotes where it is not plain.
func name(field string) string {
	for i := range len(field) {
		c := field[i]
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("._-@", c) >= 0) {
			return quoted(field)
		}
	}
	return field
}
