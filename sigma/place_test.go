package sigma

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestPlaces asks for the place of each "^" in a scalar, and compares it with
// the places of the "^" in the source.
func TestPlaces(t *testing.T) {
	tests := []struct{ name, text string }{
		{"plain", "a: ^x ^y"},
		{"plain on the next line", "a:\n    ^x ^y"},
		{"plain over lines", "a: ^x\n  ^y\n\n\n  ^z  \n  ^"},
		{"plain with spaces at line ends", "a: ^x  \n   ^y"},
		{"plain with a tab", "a: ^x\t^y"},
		{"plain with many bytes", "ä: ^äöü ^日本\n  ^🦊 ^x"},
		{"single", "a: '^x ^y'"},
		{"single with quotes", "a: '^it''s ^y'"},
		{"single over lines", "a: '^x\n\n  ^it''s\n  ^y'"},
		{"double", `a: "^x ^y"`},
		{"double with escapes", `a: "^\t^\\^\x41^\u00e4^\U0001F98A^\"^\e^"`},
		{"double with values that look like escapes", `a: "^\\n^\\^"`},
		{"double over lines", "a: \"^x\n\n  ^y \\\n  ^z\\\n  ^\""},
		{"double with spaces before an escaped break", "a: \"^x   \\\n  \\  ^y\""},
		{"literal", "a: |\n  ^x\n   ^y\n\n  ^z\n"},
		{"literal kept", "a: |+\n  ^x\n\n"},
		{"literal with indicator", "a: |2-\n     ^x\n  ^y"},
		{"literal with blank lines first", "a: |\n\n\n  ^x\n  ^y"},
		{"literal with comment", "a: | # not ^ here\n  ^x"},
		{"folded", "a: >\n  ^x\n  ^y\n\n  ^z\n    ^more\n    ^more\n\n  ^w\n"},
		{"folded stripped", "a: >-\n  ^x\n\n\n  ^y"},
		{"CRLF", "a: ^x\r\n  ^y\r\nb: |\r\n  ^x\r\n  ^y\r\n"},
		{"byte order mark", "\ufeffa: ^x ^y"},
		{"anchor", "a: &x ^x ^y"},
		{"tag", "a: !!str ^x ^y"},
		{"no tag", "a: ! ^x"},
		{"tag and anchor on other lines", "a: !!str # no ^\n  &x\n  '^x ^y'"},
		{"flow", "{a: ^x, b: [^y z, '^w u'], c: \"^\\t^\"}"},
		{"key", "? 'it''s ^x'\n: y\n\"\\t^\": z"},
		{"second document", "a: b\n---\na: >\n  ^x\n  ^y\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &File{Data: []byte(tt.text)}
			p := &parser{file: f, budget: MaxExpansion}
			var got []Pos
			for _, s := range f.segments() {
				root, err := decode(strings.NewReader(tt.text[s.start:s.end]))
				if err != nil || !p.resolve(root, s) {
					t.Fatal(err, p.errs)
				}
				got = append(got, p.carets(root)...)
			}
			want := caretsOf(f, "not ^", "no ^")
			if len(got) != len(want) {
				t.Fatalf("got %v, want %v", got, want)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("^ number %d: got %s, want %s", i+1, got[i], want[i])
				}
			}
		})
	}
}

// carets returns the places of the carets in the scalars of a tree, asked for
// from the first to the last, and once more backwards.
func (p *parser) carets(n *yaml.Node) (list []Pos) {
	if n.Kind != yaml.ScalarNode {
		for _, c := range n.Content {
			list = append(list, p.carets(c)...)
		}
		return list
	}
	m := p.places(n)
	for i := range len(n.Value) {
		if n.Value[i] == '^' {
			list = append(list, m.at(i))
		}
	}
	for i, k := len(n.Value)-1, len(list)-1; i >= 0; i-- {
		if n.Value[i] == '^' {
			if list[k] != m.at(i) {
				list[k] = Pos{} // the order of questions must not matter
			}
			k--
		}
	}
	return list
}

// caretsOf returns the places of the carets in a text, but for those in
// comments.
func caretsOf(f *File, comments ...string) (list []Pos) {
	text := string(f.Data)
	for _, c := range comments {
		text = strings.ReplaceAll(text, c, strings.ReplaceAll(c, "^", "x"))
	}
	for i := range len(text) {
		if text[i] == '^' {
			list = append(list, f.pos(i))
		}
	}
	return list
}

// TestPos checks the counting itself: characters, not bytes, from 1.
func TestPos(t *testing.T) {
	f := &File{Name: "f", Data: []byte("\ufeffab\r\nä\tx\n\n🦊y")}
	for _, tt := range []struct {
		off       int
		line, col int
	}{{3, 1, 1}, {4, 1, 2}, {7, 2, 1}, {9, 2, 2}, {10, 2, 3}, {12, 3, 1}, {13, 4, 1}, {17, 4, 2}, {18, 4, 3}} {
		if got := f.pos(tt.off); got.Line != tt.line || got.Col != tt.col {
			t.Errorf("offset %d: got %d:%d, want %d:%d", tt.off, got.Line, got.Col, tt.line, tt.col)
		}
	}
	if line, ok := f.Line(1); line != "ab" || !ok {
		t.Errorf("line 1: %q", line)
	}
	if _, ok := f.Line(5); ok {
		t.Error("there is no line 5")
	}
	if got, want := f.pos(10).Snippet(), "    ä\tx\n     \t^"; got != want {
		t.Errorf("snippet: got %q, want %q", got, want)
	}
	if got := f.pos(10).String(); got != "f:2:3" {
		t.Errorf("got %s", got)
	}
}

// A place leaves out what is not known of it, and shows no line of a file whose
// text is not known.
func TestPartsOfAPlace(t *testing.T) {
	f := &File{Name: "a"}
	for want, p := range map[string]Pos{"<input>": {}, "a": {File: f}, "a:3": {File: f, Line: 3}, "a:3:2": {File: f, Line: 3, Col: 2}} {
		if got := p.String(); got != want || p.Snippet() != "" {
			t.Errorf("%q, want %q; %q", got, want, p.Snippet())
		}
	}
}
