package esqlread

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/elastic/internal/lexical"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// refuse returns the error that the language refuses what is at the offset.
func refuse(off int, format string, args ...any) error {
	return &readback.Error{Offset: off, Msg: fmt.Sprintf(format, args...)}
}

// foreign returns the error that the reader does not know what is at the
// offset.
func foreign(off int, format string, args ...any) error {
	return &readback.Error{Offset: off, Msg: fmt.Sprintf(format, args...), Foreign: true}
}

// stringEnd returns the length of the string that the rest begins with.
func (s *scanner) stringEnd(rest string) (int, error) {
	if n := lexical.RawString(rest); n > 0 {
		return n, nil
	}
	for n := 1; n < len(rest); n++ {
		switch rest[n] {
		case '"':
			return n + 1, nil
		case '\n', '\r':
			return 0, refuse(s.off+n, `a string has no line break; write \n or \r`)
		case '\\':
			if n++; n < len(rest) && strings.IndexByte(`tnr"\`, rest[n]) < 0 {
				_, size := utf8.DecodeRuneInString(rest[n:])
				return 0, refuse(s.off+n-1, `there is no escape %s; there are \t \n \r \" and \\`, rest[n-1:n+size])
			}
		}
	}
	return 0, refuse(s.off, "the string is not closed")
}

// escapes are what the escapes of a string stand for.
var escapes = strings.NewReplacer(`\t`, "\t", `\n`, "\n", `\r`, "\r", `\"`, `"`, `\\`, `\`)

// unquote returns the text of a string, whose escapes are known to be right.
func unquote(s string) string {
	if lexical.IsRaw(s) {
		return s[3 : len(s)-3]
	}
	return escapes.Replace(s[1 : len(s)-1])
}

// like returns the pattern of LIKE: * and ? are wildcards, and a backslash
// must stand before one of them or itself.
func like(text string, off int) (ir.Pattern, error) {
	var out []ir.Element
	var literal []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		kind := ir.Star
		switch c {
		case '\\':
			if i++; i == len(text) || strings.IndexByte(`*?\`, text[i]) < 0 {
				return nil, refuse(off, `in the pattern %q a backslash stands before something else than *, ? or \`, text)
			}
			literal = append(literal, text[i])
			continue
		case '*':
		case '?':
			kind = ir.Question
		default:
			literal = append(literal, c)
			continue
		}
		out = append(out, ir.Element{Kind: ir.Literal, Text: string(literal)}, ir.Element{Kind: kind})
		literal = literal[:0]
	}
	return ir.NewPattern(append(out, ir.Element{Kind: ir.Literal, Text: string(literal)})...), nil
}
