package sigma

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// bom is the byte order mark that some editors put before UTF-8. It is no
// character of the first line.
var bom = []byte("\xef\xbb\xbf")

// A File is one source file as it was read: the name that errors print and
// the text that snippets are cut from.
type File struct {
	Name string // as given by the caller: a path, "-" or "<input>"
	Data []byte // the whole text; must not be changed after parsing

	once  sync.Once
	lines []int // offset in Data of the first byte of each line
}

// A Pos is a place in a file. Line and Col are 1-based; Col counts
// characters, not bytes. The zero Pos is an unknown place.
type Pos struct {
	File      *File
	Line, Col int
}

// IsValid reports whether the place is known.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String returns "file:line:col", as compilers print it. What is not known is
// left out.
func (p Pos) String() string {
	name := "<input>"
	if p.File != nil && p.File.Name != "" {
		name = p.File.Name
	}
	if !p.IsValid() {
		return name
	}
	if p.Col == 0 {
		return fmt.Sprintf("%s:%d", name, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", name, p.Line, p.Col)
}

// Name returns the name of the file, or "" where the place has none.
func (p Pos) Name() string {
	if p.File == nil {
		return ""
	}
	return p.File.Name
}

// Snippet returns the source line of the place with a caret under its column,
// ready to print below an error, or "" where the text is not known.
func (p Pos) Snippet() string {
	if p.File == nil || p.File.Data == nil || !p.IsValid() {
		return ""
	}
	line, ok := p.File.Line(p.Line)
	if !ok {
		return ""
	}
	const most = 160 // characters of a line that are worth showing
	runes := []rune(line)
	col := min(max(p.Col-1, 0), len(runes))
	from := 0
	if len(runes) > most && col > most/2 {
		from = col - most/2
	}
	to := min(len(runes), from+most)
	var pad strings.Builder
	for _, r := range runes[from:col] {
		if r == '\t' {
			pad.WriteByte('\t')
		} else {
			pad.WriteByte(' ')
		}
	}
	return fmt.Sprintf("    %s\n    %s^", string(runes[from:to]), pad.String())
}

// Line returns the text of the n-th line (1-based) without its line end.
func (f *File) Line(n int) (string, bool) {
	start, end, ok := f.lineBounds(n)
	if !ok {
		return "", false
	}
	line := f.Data[start:end]
	if n == 1 {
		line = bytes.TrimPrefix(line, bom)
	}
	return strings.TrimRight(string(line), "\r\n"), true
}

// lineBounds returns the offsets of the first byte of line n and of the first
// byte after it.
func (f *File) lineBounds(n int) (start, end int, ok bool) {
	f.index()
	if n < 1 || n > len(f.lines) {
		return 0, 0, false
	}
	end = len(f.Data)
	if n < len(f.lines) {
		end = f.lines[n]
	}
	return f.lines[n-1], end, true
}

// lineOf returns the 1-based line that the byte at offset is on.
func (f *File) lineOf(offset int) int {
	f.index()
	return sort.SearchInts(f.lines, offset+1)
}

// lineStart returns the offset of the first character of a line.
func (f *File) lineStart(line int) int {
	start, _, ok := f.lineBounds(line)
	switch {
	case !ok:
		return len(f.Data)
	case line == 1 && bytes.HasPrefix(f.Data, bom):
		return len(bom)
	}
	return start
}

// pos returns the place of the character at an offset in Data.
func (f *File) pos(offset int) Pos {
	line := f.lineOf(offset)
	start := min(f.lineStart(line), offset)
	return Pos{File: f, Line: line, Col: 1 + utf8.RuneCount(f.Data[start:offset])}
}

// index finds the line starts, once.
func (f *File) index() {
	f.once.Do(func() {
		f.lines = make([]int, 1, 2+len(f.Data)/32)
		for at := 0; ; {
			i := bytes.IndexByte(f.Data[at:], '\n')
			if i < 0 {
				return
			}
			at += i + 1
			f.lines = append(f.lines, at)
		}
	})
}
