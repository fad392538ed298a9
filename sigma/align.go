package sigma

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// An aligner finds for each byte of a decoded scalar where the source has it.
type aligner struct {
	src   []byte
	at    int // the next byte of the source
	value string
	table []int
}

// skipProperties skips the tag and the anchor in front of a scalar.
func (a *aligner) skipProperties() {
	for a.at < len(a.src) {
		switch a.src[a.at] {
		case ' ', '\t', '\r', '\n':
			a.at++
		case '#':
			a.at = a.lineEnd()
		case '&':
			for a.at++; a.at < len(a.src) && isNameByte(a.src[a.at]); a.at++ {
			}
		case '!':
			for a.at < len(a.src) && !isSpace(a.src[a.at]) {
				a.at++
			}
		default:
			return
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// hasValue reports whether the source has the value as it is.
func (a *aligner) hasValue(style yaml.Style, quote int) bool {
	if style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 ||
		style&yaml.DoubleQuotedStyle != 0 && strings.IndexByte(a.value, '\\') >= 0 ||
		style&yaml.SingleQuotedStyle != 0 && strings.IndexByte(a.value, '\'') >= 0 {
		return false
	}
	from := a.at + quote
	return from+len(a.value) <= len(a.src) && string(a.src[from:from+len(a.value)]) == a.value
}

// align fills the table. It returns false where source and value do not agree.
func (a *aligner) align(style yaml.Style) bool {
	a.table = make([]int, 0, len(a.value)+1)
	if style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		a.block()
	} else {
		a.at += quoteLen(style)
		a.flow(style)
	}
	ok := len(a.table) == len(a.value)
	a.table = append(a.table, min(a.at, len(a.src)))
	return ok
}

// take gives the next so many bytes of the value the current place.
func (a *aligner) take(n int) {
	for range n {
		a.table = append(a.table, a.at)
	}
}

// next returns the next byte of the value, or 0 at its end.
func (a *aligner) next() byte {
	if len(a.table) < len(a.value) {
		return a.value[len(a.table)]
	}
	return 0
}

// more reports whether value and source go on.
func (a *aligner) more() bool { return len(a.table) < len(a.value) && a.at < len(a.src) }

// copy aligns bytes that source and value share, up to an offset.
func (a *aligner) copy(to int) {
	for a.more() && a.at < to && a.src[a.at] == a.next() {
		a.take(1)
		a.at++
	}
}

// lineEnd returns the offset of the line feed that ends the current line, or
// that of the end of the source.
func (a *aligner) lineEnd() int {
	i := a.at
	for i < len(a.src) && a.src[i] != '\n' {
		i++
	}
	return i
}

// flow aligns a plain or quoted scalar (YAML 1.2.2, 7.3). It stops early where
// source and value do not agree.
func (a *aligner) flow(style yaml.Style) {
	for a.more() {
		before := len(a.table)
		switch c := a.src[a.at]; {
		case style&yaml.SingleQuotedStyle != 0 && c == '\'':
			a.take(1)
			a.at += 2
		case style&yaml.DoubleQuotedStyle != 0 && c == '\\':
			if a.escape() {
				continue
			}
		case isSpace(c):
			end := a.at
			for end < len(a.src) && (a.src[end] == ' ' || a.src[end] == '\t' || a.src[end] == '\r') {
				end++
			}
			if end < len(a.src) && a.src[end] == '\n' {
				a.fold()
			} else {
				a.copy(end)
			}
		default:
			a.copy(a.at + 1)
		}
		if len(a.table) == before {
			return
		}
	}
}

// escape aligns an escape sequence of a double-quoted scalar. It returns true
// for an escaped line break, for which nothing stands in the value.
func (a *aligner) escape() bool {
	width := 2
	if a.at+1 < len(a.src) {
		switch a.src[a.at+1] {
		case '\n', '\r':
			a.at++
			a.skipSpace()
			return true
		case 'x':
			width = 4
		case 'u':
			width = 6
		case 'U':
			width = 10
		}
	}
	_, size := utf8.DecodeRuneInString(a.value[len(a.table):])
	a.take(size)
	a.at += width
	return false
}

// fold aligns a line break with the space or the line feeds it stands for.
func (a *aligner) fold() {
	if a.next() == ' ' {
		a.take(1)
	} else {
		for a.next() == '\n' {
			a.take(1)
		}
	}
	a.skipSpace()
}

func (a *aligner) skipSpace() {
	for a.at < len(a.src) && isSpace(a.src[a.at]) {
		a.at++
	}
}

// block aligns a literal or folded scalar (YAML 1.2.2, 8.1). Of line feeds in
// a row the value may have one less than the source; which one is the same.
func (a *aligner) block() {
	a.at = min(a.lineEnd()+1, len(a.src)) // behind the header
	indent := a.indent()
	for a.more() {
		for i := 0; i < indent && a.at < len(a.src) && a.src[a.at] == ' '; i++ {
			a.at++
		}
		end := a.lineEnd()
		text := end
		if text > a.at && a.src[text-1] == '\r' {
			text--
		}
		a.copy(text)
		if a.at < text {
			return
		}
		if c := a.next(); c == '\n' || c == ' ' {
			a.take(1)
		}
		a.at = min(end+1, len(a.src))
	}
}

// indent returns how many spaces in front of each line are no content: those
// that the first line with text has in the source and not in the value.
func (a *aligner) indent() int {
	source := 0
	for _, c := range a.src[a.at:] {
		if !isSpace(c) {
			break
		}
		source++
		if c == '\n' {
			source = 0
		}
	}
	value := 0
	for i := 0; i < len(a.value) && (a.value[i] == ' ' || a.value[i] == '\n'); i++ {
		value++
		if a.value[i] == '\n' {
			value = 0
		}
	}
	return source - value
}
