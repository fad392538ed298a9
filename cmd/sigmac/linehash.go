package main

import (
	"strconv"
	"unicode/utf16"
)

// lineHashes returns, by line from 1, what GitHub knows a line by when others
// move: a rolling hash over the 100 characters that follow the line's begin,
// white space aside, and how often the same stood before it. It is that of the
// action that uploads SARIF files, which complains where a file has another.
func lineHashes(text []byte) map[int]string {
	h := lineHasher{lines: map[int]string{}, counts: map[uint64]int{}, begin: true}
	units := utf16.Encode([]rune(string(text)))
	for _, c := range units {
		h.add(uint64(c))
	}
	h.add(0xFFFF) // the end of the file
	for range hashBlock {
		h.finish()
		h.roll(0)
	}
	return h.lines
}

const (
	hashBlock = 100
	hashBase  = 37
)

// A lineHasher is the state of lineHashes: a ring of the last characters, and
// of the lines that begin with them.
type lineHasher struct {
	window [hashBlock]uint64
	starts [hashBlock]int // the line that begins there; 0 where none does
	at     int
	sum    uint64
	line   int
	begin  bool // the next character begins a line
	cr     bool // the last one was a carriage return
	counts map[uint64]int
	lines  map[int]string
}

// add takes the next character of the file.
func (h *lineHasher) add(c uint64) {
	after := h.cr
	h.cr = c == '\r'
	if c == ' ' || c == '\t' || after && c == '\n' {
		return
	}
	if c == '\r' {
		c = '\n'
	}
	h.finish()
	if h.begin {
		h.line++
		h.starts[h.at] = h.line
	}
	h.begin = c == '\n'
	h.roll(c)
}

// finish notes the hash of the line whose first character leaves the window.
func (h *lineHasher) finish() {
	line := h.starts[h.at]
	if line == 0 {
		return
	}
	h.starts[h.at] = 0
	h.counts[h.sum]++
	h.lines[line] = strconv.FormatUint(h.sum, 16) + ":" + strconv.Itoa(h.counts[h.sum])
}

// roll puts a character in the place of the oldest.
func (h *lineHasher) roll(c uint64) {
	h.sum = h.sum*hashBase + c - hashFirst*h.window[h.at]
	h.window[h.at] = c
	h.at = (h.at + 1) % hashBlock
}

// hashFirst is what the oldest character of the window was multiplied by.
var hashFirst = func() uint64 {
	p := uint64(1)
	for range hashBlock {
		p *= hashBase
	}
	return p
}()
