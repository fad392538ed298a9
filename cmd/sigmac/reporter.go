package main

import (
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A kind says how grave a message is.
type kind struct{ name, color string }

// The kinds of messages. Their colours are those of compilers.
var (
	kindError   = kind{"error", "\x1b[1;31m"}
	kindSkipped = kind{"skipped", "\x1b[1;36m"} // an error that -s makes none
	kindWarning = kind{"warning", "\x1b[1;35m"}
	kindNote    = kind{"note", "\x1b[1;34m"}
	kindTrace   = kind{"trace", "\x1b[1;34m"}
)

const (
	bold  = "\x1b[1m"
	green = "\x1b[1;32m"
	plain = "\x1b[0m"
)

// A reporter writes messages as compilers do, with the line of the source and
// a caret below it:
//
//	rules/a.yml:9:15: error: there is no modifier "contians" (did you mean "contains"?) [bad-modifier]
//	        Image|contians: x
//	              ^
type reporter struct{ color bool }

// add appends the message to b. target, where it is not empty, says which of
// several targets the message is about.
func (r reporter) add(b []byte, k kind, target string, e *sigma.Error) []byte {
	b = r.addLine(b, k, target, e)
	line, caret, ok := strings.Cut(e.Snippet(), "\n")
	if !ok {
		return b
	}
	b = append(append(b, printable(line)...), '\n')
	return append(r.paint(b, green, caret), '\n')
}

// addLine is add without the line of the source.
func (r reporter) addLine(b []byte, k kind, target string, e *sigma.Error) []byte {
	placed := e.File != nil || e.IsValid()
	where := "sigmac"
	if placed {
		where = e.Pos.String()
	}
	b = r.paint(b, bold, printable(where)+":")
	b = append(b, ' ')
	if placed || k != kindError {
		b = append(r.paint(b, k.color, k.name+":"), ' ')
	}
	if target != "" {
		b = append(append(b, target...), ": "...)
	}
	b = append(b, printable(e.Text())...)
	if placed && e.Code != "" {
		b = append(append(append(b, " ["...), e.Code...), ']')
	}
	return append(b, '\n')
}

// paint appends text in a colour.
func (r reporter) paint(b []byte, color, text string) []byte {
	if !r.color {
		return append(b, text...)
	}
	return append(append(append(b, color...), text...), plain...)
}

// printable returns s with each character replaced that a terminal could take
// for a command: rules come from strangers.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
