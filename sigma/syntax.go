package sigma

import (
	"bytes"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// readable checks what need not wait for the YAML library: the encoding and
// the size of the file.
func (p *parser) readable() bool {
	data := p.file.Data
	start := Pos{File: p.file, Line: 1, Col: 1}
	switch {
	case len(data) > MaxFileSize:
		p.fail(start, Limit, "the file is larger than "+strconv.Itoa(MaxFileSize)+" bytes", "split it")
		return false
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		p.fail(start, BadYAML, "the file is encoded in UTF-16", "save it as UTF-8") // A1
		return false
	case len(data) > MaxStructure && structure(data) > MaxStructure:
		p.fail(start, Limit, "the file has more than "+strconv.Itoa(MaxStructure)+" lines, list items and brackets", "split it")
		return false
	}
	off, msg, hint := oddBreak(data)
	if off >= 0 {
		p.fail(p.file.pos(off), BadYAML, msg, hint)
		return false
	}
	return true
}

// oddBreak returns the offset of the first character that is a line break to
// some readers of YAML and none to others, or -1. YAML 1.1, and with it the
// library, breaks lines at three characters that YAML 1.2 does not (1.2.2,
// 5.4), and the carriage return alone is a line end to neither editors nor
// people.
func oddBreak(data []byte) (off int, msg, hint string) {
	for at := 0; ; {
		i := bytes.IndexByte(data[at:], '\r')
		if i < 0 {
			break
		}
		if at += i + 1; at == len(data) || data[at] != '\n' {
			return at - 1, "there is a carriage return without a line feed", "end lines with LF"
		}
	}
	for _, c := range []string{"\u0085", "\u2028", "\u2029"} {
		if i := bytes.Index(data, []byte(c)); i >= 0 {
			name := hex4([]rune(c)[0])
			return i, "U+" + name + " is a line break to some readers and none to others",
				`leave it out, or write "\u` + name + `"`
		}
	}
	return -1, "", ""
}

// structure returns a number that the YAML nodes of a text grow with.
func structure(text []byte) int {
	n := 0
	for _, c := range []byte{'\n', ',', '[', '{'} {
		n += bytes.Count(text, []byte{c})
	}
	for i := range text { // block lists and explicit keys need no line of their own
		if c := text[i]; (c == ' ' || c == '\t') && i > 0 && (text[i-1] == '-' || text[i-1] == '?') {
			n++
		}
	}
	return n
}

// syntaxError reports an error of the YAML library. Its lines are often those
// of what contains the mistake, so the place is searched for.
func (p *parser) syntaxError(s segment, err error) {
	text := p.file.document(s)
	if off, msg := badCharacter(text); off >= 0 {
		p.fail(p.file.pos(s.start+off), BadYAML, msg, "")
		return
	}
	line, msg := cutLine(err.Error())
	m := explainYAML(msg)
	off := -1
	if steps := len(text) * bits.Len(uint(len(text))); m.exact && steps <= p.searchLeft {
		p.searchLeft -= steps
		off = shortestFailing(text, msg)
	}
	switch {
	case off >= 0:
		p.fail(p.file.pos(s.start+m.column(text, off)), m.code, m.msg, m.hint)
	case strings.HasPrefix(msg, "unknown anchor"):
		p.fail(p.file.pos(s.start+aliasOffset(text, msg)), m.code, m.msg, m.hint)
	default:
		p.fail(p.lineOfMistake(s, line, m), m.code, m.msg, m.hint)
	}
}

// lineOfMistake returns the place for a mistake that the library knows only
// the line of: the opening quote or bracket, or the line's first character.
func (p *parser) lineOfMistake(s segment, line int, m yamlMistake) Pos {
	if m.bracket {
		line++ // the library counts from 0 here
	}
	pos := Pos{File: p.file, Line: s.line + max(line, 1), Col: 1}
	for l := pos.Line; l > s.line && l > pos.Line-100; l-- {
		text, ok := p.file.Line(l)
		if !ok {
			continue
		}
		off, found := m.openingIn(text)
		if found || l == pos.Line {
			pos = Pos{File: p.file, Line: l, Col: 1 + utf8.RuneCountInString(text[:off])}
		}
		if found || !m.bracket {
			return pos
		}
	}
	// What the bracket opens may have begun further above.
	if _, ok := p.file.Line(pos.Line); !ok {
		pos.Line, pos.Col = s.line+1, 1
	}
	return pos
}

// badCharacter returns the offset of the first character that YAML does not
// allow (YAML 1.2.2, 5.1), or -1.
func badCharacter(text []byte) (off int, msg string) {
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			return i, "the text is not UTF-8"
		case c == 0:
			return i, "there is a NUL byte in the text"
		case c == '\t' || c == '\n' || c == '\r' || c == 0x85:
		case c < ' ' || c == 0x7F || 0x80 <= c && c < 0xA0 || c == 0xFFFE || c == 0xFFFF:
			return i, "there is a control character in the text: U+" + hex4(c)
		}
		i += size
	}
	return -1, ""
}

func hex4(c rune) string {
	h := strings.ToUpper(strconv.FormatInt(int64(c), 16))
	return strings.Repeat("0", max(0, 4-len(h))) + h
}

// cutLine splits a message of the YAML library: "yaml: line 3: what".
func cutLine(msg string) (line int, what string) {
	what = strings.TrimPrefix(msg, "yaml: ")
	if rest, ok := strings.CutPrefix(what, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return n, text
			}
		}
	}
	return 0, what
}

// shortestFailing returns the offset of the last character of the shortest
// beginning of the text that fails with that message, or -1. The library
// reads from left to right, so that is where the mistake is.
func shortestFailing(text []byte, msg string) int {
	fails := func(n int) bool {
		_, err := decode(bytes.NewReader(text[:n]))
		if err == nil {
			return false
		}
		_, what := cutLine(err.Error())
		return what == msg
	}
	low, high := 0, len(text) // text[:low] does not fail, text[:high] does
	for low+1 < high {
		middle := (low + high) / 2
		cut := middle
		for cut > low && !utf8.RuneStart(text[cut]) {
			cut--
		}
		if cut == low {
			if cut = middle; !utf8.RuneStart(text[cut]) {
				break
			}
		}
		if fails(cut) {
			high = cut
		} else {
			low = cut
		}
	}
	if high == len(text) && !fails(high) {
		return -1
	}
	return low
}

// aliasOffset returns where an alias without anchor stands.
func aliasOffset(text []byte, msg string) int {
	_, rest, _ := strings.Cut(msg, "'")
	name, _, _ := strings.Cut(rest, "'")
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte("*"+name))
		if i < 0 {
			return 0
		}
		i += from
		from = i + 1
		if i > 0 && strings.IndexByte(" \t\n[,{", text[i-1]) < 0 {
			continue
		}
		if end := i + 1 + len(name); end < len(text) && isNameByte(text[end]) {
			continue
		}
		return i
	}
}
