package lucene

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// special are the characters that Elastic's manual calls reserved, and white
// space, to which the grammar of Lucene's query parser counts U+3000.
const special = "\\+-!():^[]\"{}~*?/<>=&| \t\n\r\u3000"

// escape writes text as a part of a word.
func escape(text string) string {
	return emit.Quote("", text, "", func(r rune) string {
		if strings.ContainsRune(special, r) {
			return "\\" + string(r)
		}
		return ""
	})
}

// phrase writes text in quotes, where only the quote and the backslash are
// special, and wildcards are not.
func phrase(text string) string {
	return emit.Quote(`"`, text, `"`, func(r rune) string {
		if r == '"' || r == '\\' {
			return "\\" + string(r)
		}
		return ""
	})
}

// exact writes a whole value: as a word where it is one, otherwise in quotes.
// A word that begins with < or > would be a range, even escaped.
func exact(text string) string {
	for i := range len(text) {
		if c := text[i]; !(alnum(c) || i > 0 && (c == '-' || c == '_')) {
			return phrase(text)
		}
	}
	switch text {
	case "", "AND", "OR", "NOT", "TO":
		return phrase(text)
	}
	return text
}

func alnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// wild writes a pattern with wildcards.
func wild(p ir.Pattern) string { return emit.Glob(p, "*", "?", escape) }

// slashed writes a regular expression. Its token ends at the first slash that
// has no backslash before it, so that an expression must not end with one,
// escaped as it may be: the token would go on to the slash of the next.
func slashed(expr string) string {
	if strings.HasSuffix(expr, `\\`) {
		expr = expr[:len(expr)-2] + `[\\]`
	}
	return "/" + expr + "/"
}

// name writes the name of a field. A minus is plain inside of one.
func name(field string) string {
	if strings.HasPrefix(field, "-") {
		return `\-` + name(field[1:])
	}
	return emit.Quote("", field, "", func(r rune) string {
		if strings.ContainsRune(special, r) && r != '-' {
			return "\\" + string(r)
		}
		return ""
	})
}

// checkName notes that a star in a field's name would stand for any name.
func checkName(p *emit.Printer, f emit.Field) {
	if strings.Contains(f.Name, "*") {
		p.Fail(f.Pos, sigma.Unsupported, "a pipeline can give the field another name", "Lucene cannot name the field %q", f.Name)
	}
}
