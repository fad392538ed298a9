package luceneregexp

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// How tightly the pieces of an expression bind.
const (
	looseUnion = iota
	looseConcat
	looseAtom
)

// whole returns an expression without intersections and complements as Go has
// it, for the whole value.
func whole(n *node) string {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	write(&b, n, looseConcat)
	b.WriteString(`\z`)
	return b.String()
}

// write writes an expression for a place where what binds less than level
// needs a group.
func write(b *strings.Builder, n *node, level int) {
	switch {
	case n.op == opClass:
		writeClass(b, n)
		return
	case n.op == opUnion && level > looseUnion, n.op == opConcat && level > looseConcat, n.op == opRepeat && level > looseConcat:
		b.WriteString("(?:")
		write(b, n, looseUnion)
		b.WriteByte(')')
		return
	}
	if n.op == opRepeat {
		write(b, n.subs[0], looseAtom)
		writeTimes(b, n.min, n.max)
		return
	}
	for i, sub := range n.subs {
		if n.op == opUnion && i > 0 {
			b.WriteByte('|')
		}
		write(b, sub, looseConcat)
	}
}

func writeTimes(b *strings.Builder, least, most int) {
	switch {
	case most == unlimited && least == 0:
		b.WriteByte('*')
	case most == unlimited && least == 1:
		b.WriteByte('+')
	case least == 0 && most == 1:
		b.WriteByte('?')
	case most == unlimited:
		fmt.Fprintf(b, "{%d,}", least)
	case least == most:
		fmt.Fprintf(b, "{%d}", least)
	default:
		fmt.Fprintf(b, "{%d,%d}", least, most)
	}
}

func writeClass(b *strings.Builder, n *node) {
	ranges := n.ranges
	switch {
	case n.isAny():
		b.WriteByte('.')
		return
	case n.isNothing():
		b.WriteString(`[^\x00-\x{10FFFF}]`)
		return
	case len(ranges) == 2 && ranges[0] == ranges[1]:
		writeRune(b, ranges[0], `\.+*?()|[]{}^$`)
		return
	}
	b.WriteByte('[')
	if ranges[0] == 0 && ranges[len(ranges)-1] == unicode.MaxRune {
		b.WriteByte('^')
		ranges = outside(ranges)
	}
	for i := 0; i < len(ranges); i += 2 {
		writeRune(b, ranges[i], `\[]^-`)
		if ranges[i] == ranges[i+1] {
			continue
		}
		if ranges[i]+1 < ranges[i+1] {
			b.WriteByte('-')
		}
		writeRune(b, ranges[i+1], `\[]^-`)
	}
	b.WriteByte(']')
}

// writeRune writes a character, escaped where it is one of special or cannot
// be seen.
func writeRune(b *strings.Builder, r rune, special string) {
	switch {
	case strings.ContainsRune(special, r):
		b.WriteByte('\\')
		b.WriteRune(r)
	case unicode.IsPrint(r):
		b.WriteRune(r)
	default:
		b.WriteString(`\x{` + strconv.FormatInt(int64(r), 16) + "}")
	}
}
