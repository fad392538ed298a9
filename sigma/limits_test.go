package sigma

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// many returns a text made of n numbered pieces.
func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// mostAllocated is how many bytes may be asked for in all, for each byte of a
// text and beside that. What grows with the square of a text of megabytes asks
// for hundreds of times as much.
const (
	mostAllocated = 8 << 10
	alwaysAllowed = 64 << 20
)

// TestHostile reads what is meant to take all time or memory (A9, N15, V10).
// Time is mostly spent on memory that is asked for, which is counted; what
// takes a time that grows with the square of a text does not end here.
func TestHostile(t *testing.T) {
	rep := strings.Repeat
	const mb = 1 << 20
	rule := func(detection string) string { return string(ruleWith(detection)) }
	tests := []struct {
		name, text string
		code       Code
	}{
		{"alias bomb", "a: &a [x,x,x,x,x,x,x,x]\n" + func() (s string) {
			for c := 'b'; c < 'j'; c++ {
				s += fmt.Sprintf("%c: &%c [%s]\n", c, c, rep(fmt.Sprintf("*%c,", c-1), 8))
			}
			return s
		}(), Limit},
		{"merge bomb", "a: &a {" + many("k%d: 1,", 1000) + "}\n" + many("b%d: {<<: *a}\n", 10000), Limit},
		{"global bomb", "action: global\nx: {" + many("k%d: 1,", 10000) + "}\n" + rep("---\ntitle: t\n", 19000), Limit},
		{"repeat bomb", oneRule + "x: {" + many("k%d: 1,", 10000) + "}\n" + rep("---\naction: repeat\n", 19000), Limit},
		{"recursive alias", "a: &a {b: {c: *a}}", BadYAML},
		{"10,000 brackets", rep("[", 10000) + rep("]", 10000), Limit},
		{"a million brackets", rep("[", mb), Limit},
		{"10,000 mappings", rep("{a: ", 10000) + rep("}", 10000), Limit},
		{"10,000 dashes", rep("- ", 10000) + "a", Limit},
		{"10,000 question marks", rep("? ", 10000) + "a", Limit},
		{"dashes in many documents", rep("---\n"+rep("-\t", 9000)+"a\n", 800), Limit},
		{"depth by indentation", func() (s string) {
			for i := range 500 {
				s += rep(" ", i) + "a:\n"
			}
			return s
		}(), Limit},
		{"100 levels in the file, too many by aliases", "a: &a " + rep("[", 90) + rep("]", 90) + "\nb: " + rep("[", 90) + "*a" + rep("]", 90), MissingKey},
		{"a scalar of the size of the limit", "a: '" + rep("x", MaxFileSize-6) + "'", MissingKey},
		{"a scalar that is larger", "a: '" + rep("x", MaxFileSize) + "'", Limit},
		{"words", "a: " + rep("x ", MaxFileSize/2-2), MissingKey},
		{"escapes", "a: \"" + rep("\\n", MaxFileSize/2-4) + "\"", MissingKey},
		{"a quote without end", "a: \"" + rep("x", 15*mb), BadYAML},
		{"a key of 15 MB", rep("x", 15*mb) + ": b", BadYAML},
		{"a tag of 15 MB", "a: !" + rep("x", 15*mb) + " b", MissingKey},
		{"lines", rep("\n", MaxStructure+1), Limit},
		{"values", rule(" s: {a: [" + rep("b,", MaxStructure) + "]}\n condition: s\n"), Limit},
		{"keys", many("k%d: a\n", MaxStructure-1), MissingKey},
		{"the same key", rep("k: a\n", MaxStructure-1), DuplicateKey},
		{"directives", many("%%TAG !a%d! x\n", 10000) + "---\na: b", Limit},
		{"percent signs", rep("%\n", 100000), Limit},
		{"documents", rep("---\na: b\n", MaxDocuments+1), Limit},
		{"documents with mistakes", rep("---\na: b: c\n", MaxDocuments), BadYAML},
		{"long documents with mistakes", rep("---\na: \""+rep("x", 9000)+"\\W\"\n", 1000), BadYAML},
		{"searches", rule(many(" s%d: [a]\n", MaxSearches+1) + " condition: 1 of them\n"), Limit},
		{"modifiers", rule(" s:\n  ? 'ä b" + rep("|c", mb) + "'\n  : 1\n condition: s\n"), Limit},
		{"conditions", rule(" s: [a]\n condition:\n" + rep(" - "+rep("s or ", 3000)+"s\n", 30)), Limit},
		{"patterns", rule(many(" s%dxxxxxxxx: [a]\n", MaxSearches-1) + " condition:\n" + rep(" - "+rep("1 of *t or ", 1400)+"s1\n", 15)), UnknownName},
		{"unknown names", rule(many(" s%dxxxxxxxx: [a]\n", MaxSearches-1) + " condition:\n" + rep(" - "+rep("sxxxxxxxxx or ", 1100)+"s1\n", 15)), UnknownName},
		{"a NUL byte at the end", rep("a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n", 200000) + "\x00", BadYAML},
		{"keys of one line", rule(" s: {" + many("'ä b|c%d': 1,", 200000) + "}\n condition: s\n"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, before := []byte(tt.text), allocated()
			_, err := Parse("f", text)
			asked := allocated() - before
			if tt.code == "" && err != nil || tt.code != "" && !errors.Is(err, tt.code) {
				t.Errorf("got %.200v, want %s", err, tt.code)
			}
			if len(Errors(err)) > MaxErrors+1 {
				t.Errorf("%d errors", len(Errors(err)))
			}
			if asked > alwaysAllowed+mostAllocated*uint64(len(text)) {
				t.Errorf("%d MB are asked for to read a text of %d bytes", asked>>20, len(text))
			}
			t.Logf("%d bytes, %d KB asked for", len(text), asked>>10)
		})
	}
}

// allocated returns how many bytes were asked for since the program began.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestUnreadable checks what cannot stand in a testdata file: characters that
// are not allowed, and their exact places (A1).
func TestUnreadable(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"NUL", "title: a\x00b", "f:1:9: there is a NUL byte in the text"},
		{"control character", "a: ä\nb: ä\x07", "f:2:5: there is a control character in the text: U+0007"},
		{"delete", "a: \x7f", "f:1:4: there is a control character in the text: U+007F"},
		{"no character", "a: b\uffff", "f:1:5: there is a control character in the text: U+FFFF"},
		{"Latin-1", "a: b\nb: caf\xe9\n", "f:2:7: the text is not UTF-8"},
		{"half a character", "a: \xe2\x82", "f:1:4: the text is not UTF-8"},
		{"surrogate", "a: \xed\xa0\x80", "f:1:4: the text is not UTF-8"},
		{"overlong", "a: \xc0\x80", "f:1:4: the text is not UTF-8"},
		{"UTF-16", "\xfe\xff\x00t", "f:1:1: the file is encoded in UTF-16 (save it as UTF-8)"},
		{"old line ends", "a: b\rc: d", "f:1:5: there is a carriage return without a line feed (end lines with LF)"},
		{"line separator", "a: b\nc: d\u2028e", `f:2:5: U+2028 is a line break to some readers and none to others (leave it out, or write "\u2028")`},
		{"next line", "a: b\u0085", `f:1:5: U+0085 is a line break to some readers and none to others (leave it out, or write "\u0085")`},
		{"second document", "a: b\n---\nä: \x01", "f:3:4: there is a control character in the text: U+0001"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(tt.text))
			var got string
			for _, e := range Errors(err) {
				if e.Code == BadYAML {
					got = e.Error()
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
