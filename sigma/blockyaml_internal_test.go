package sigma

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"weak"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// sameNodes fails where blockNodes reads a document and the library does not,
// or not the same. It returns how many documents blockNodes read, of how many.
func sameNodes(t *testing.T, data []byte) (read, all int) {
	t.Helper()
	f := &File{Data: data}
	for _, s := range f.segments() {
		all++
		if s.directives > 0 {
			continue
		}
		text := f.document(s)
		got := blockNodes(text)
		if got == nil {
			continue
		}
		read++
		want, err := decode(bytes.NewReader(text))
		if err != nil || want == nil {
			t.Fatalf("the library does not read this: %v\n%s", err, text)
		}
		if path := unlike(got, want, !isUsual(want)); path != "" {
			t.Fatalf("not as the library reads it: %s\n%s", path, text)
		}
	}
	return read, all
}

// unlike returns the path to the first node that differs, in comments too
// where they count, or "".
func unlike(a, b *yaml.Node, comments bool) string {
	if comments && b.HeadComment+b.LineComment+b.FootComment != "" {
		return b.Value + " has comments"
	}
	if a.Kind != b.Kind || a.Style != b.Style || a.Tag != b.Tag || a.Value != b.Value || a.Anchor != b.Anchor ||
		a.Alias != b.Alias || a.Line != b.Line || a.Column != b.Column || len(a.Content) != len(b.Content) {
		return a.Tag + " " + a.Value + ", not " + b.Tag + " " + b.Value
	}
	for i := range a.Content {
		if path := unlike(a.Content[i], b.Content[i], comments); path != "" {
			return a.Tag + " > " + path
		}
	}
	return ""
}

// TestBlockNodes lists what blockNodes reads and what it leaves to the library.
func TestBlockNodes(t *testing.T) {
	for text, want := range map[string]bool{
		"a: b\n":       true,
		"---\na: b\n":  true,
		"--- \na: b\n": false,
		"a: b # c\n":   false,
		"a: b#c\n":     true,
		"a:b\n":        false,
		"a: b: c\n":    false,
		"a: b:c\n":     true,
		"a: b:\n":      false,
		"a: b : c\n":   false,
		"a : b\n":      false,
		"a:   b   \n":  true,
		"a: b":         false,
		"a: b\n c\n":   false,
		"a: b\n\n c\n": false,
		"a:\n  b\n":    false,
		"a: ü\n":       true,
		"a: é日\U0001F600 'b'\nc: \"ü\"\nd: 'ß'\ne: |\n ü\n": true,
		"ü: a\n":                              false,
		"a: b\u2028c\n":                       false,
		"a: b\u0085c\n":                       false,
		"a: b\ufeffc\n":                       false,
		"a: b\ufffdc\n":                       false,
		"a: b\xffc\n":                         false,
		"a: b\u00a0\n":                        true,
		"a:\tb\n":                             false,
		"a: b\r\n":                            false,
		"a:\n":                                false,
		"a: ~\n":                              true,
		"a: 1\nb: 0x1F\nc: 1e3\nd: .5\n":      true,
		"a: 2020-01-02\nb: true\nc: yes\n":    true,
		"a: 'b''c' # d\n":                     false,
		"a: 'b'#c\n":                          false,
		"a: 'b\n":                             false,
		"a: 'b' c\n":                          false,
		"a: ''\nb: \"\"\nc: ''''\n":           true,
		"a: \"b'c # d\"\n":                    true,
		"a: \"\\t\"\n":                        false,
		"a: |\n  b\n":                         true,
		"a: |\n  b\n\n   c\n\n\nd: e\n":       true,
		"a: |-\n  b\n\n":                      true,
		"a: |+\n  b\n":                        false,
		"a: |\n\n  b\n":                       false,
		"a: |\n  b\n c\n":                     false,
		"a: |\n  b\n    \n  c\n":              false,
		"a: |\n  b\n \n  c\n":                 true,
		"a: |\n  # b\n  c: d\n# e\nf: g\n":    false,
		"detection: # c\n  a: b # c\n  # d\n": true,
		"# c\nid: b\ndetection: 'c' # d\n":    true,
		"detection: |\n  # b\n  c: d\n# e\nid: g\n": true,
		"detection: |\n  # b\n  c: d\nf: g # h\n":   false,
		"a: |\n  # b\n  c: d\nf: g\n":               true,
		"a: |\nb: c\n":                              false,
		"a: >\n  b\n":                               false,
		"a: *b\n":                                   false,
		"a: &b c\n":                                 false,
		"a: !!str c\n":                              false,
		"a: [b]\n":                                  false,
		"a: -b\n":                                   false,
		"a: %b\n":                                   false,
		"<<: b\n":                                   false,
		"? a\n: b\n":                                false,
		"'a': b\n":                                  false,
		"a|b|c: d\n1: e\n":                          true,
		"a:\n  b: c\n  d:\n    e: f\ng: h\n":        true,
		"a:\n    b: c\n  d: e\n":                    false,
		"a:\n- b\n- c\nd: e\n":                      true,
		"a:\n  - b\n  - c\nd: e\n":                  true,
		"a:\n  - b\n - c\n":                         false,
		"a:\n  - b\n  c: d\n":                       false,
		"a:\n  - b: c\n    d: e\n  - f: g\n":        true,
		"a:\n  - b: c\n   d: e\n":                   false,
		"a:\n  - b:\n    - c\n    - d\n":            true,
		"a:\n  - b:\n    - c\n  - d\n":              true,
		"a:\n  -   b\n  -\tc\n":                     false,
		"a:\n  -   b\n  - 'c'\n":                    true,
		"a:\n  -\n    b: c\n":                       false,
		"a:\n  - - b\n":                             false,
		"a:\n  - |\n    b\n  - c\n":                 true,
		"- a\n":                                     false,
		" a: b\n":                                   false,
		"":                                          false,
		"\n":                                        false,
		"a: b\na: b\n":                              true,
		strings.Repeat("a", 201) + ": b\n":          false,
		strings.Repeat("a", 200) + ": b\n":          true,
		"a:\n  - " + strings.Repeat("é ", 1100) + "\n":                        true,
		"a: 2026-13-45\nb: 2026-1-1\nc: 2026-01-02 10:11:12\nd: 2026-02-30\n": true,
		"a: 0b1\nb: 0o7\nc: 1_000\nd: .inf\ne: +.5\nf: 08\n":                  true,
		"0x1F: a\nnull: b\n2026-01-02: c\n...: d\n.inf: e\n":                  true,
		"a: b\n...\n":                    true,
		"a: |\n b\n...\n":                true,
		"a: |\n ...\n --- c\nb: ... d\n": true,
		"a:\n- b:\n  - c\n- d\n":         true,
		"a:\n- b:\n - c\n":               false,
		"- 'a': b\n":                     false,
		"a: 'b': c\n":                    false,
		"a: | \n  b\n":                   false,
		"a: |\n  b\n  \n":                true,
		"a: |\n  b\n   \n":               false,
		"a: b\x7f\n":                     false,
		"a: b\u0080\n":                   false,
		"a: b\x00\n":                     false,
		"a: \U0001FFFE\n":                true,
	} {
		if read, _ := sameNodes(t, []byte(text)); read > 0 != want {
			t.Errorf("%q: read %t", text, !want)
		}
	}
}

// TestBlockNodesApart checks that the value of a key that a rule has of its
// own, which callers may keep, does not keep the rest of the document.
func TestBlockNodesApart(t *testing.T) {
	read := func() (own, mine *yaml.Node, rest weak.Pointer[yaml.Node]) {
		root := blockNodes([]byte("title: a\nown: b\nmine:\n  - c: d\ndetection: e\n"))
		if root == nil {
			t.Fatal("not read")
		}
		return value(root, "own"), value(root, "mine"), weak.Make(root)
	}
	own, mine, rest := read()
	runtime.GC()
	if rest.Value() != nil {
		t.Error("the values keep the document in memory")
	}
	if own.Value != "b" || mine.Content[0].Content[1].Value != "d" {
		t.Errorf("the values are %v and %v", own, mine)
	}
}

// TestBlockNodesCorpus compares with the library over SigmaHQ's rules, which
// blockNodes must read nearly all, and over changes at random to them.
func TestBlockNodesCorpus(t *testing.T) {
	read, all := 0, 0
	random := rand.New(rand.NewPCG(1, 2))
	bits := []string{" ", "  ", "\n", "\n\n", ":", ": ", "- ", "#", " # c", "'", "\"", "|", "|\n", "''", "a", "-", "\n  ", "\n    - ", "[", "*", "~", "1", ".", "\n# c\n", "\n      # c\n", "---\n", "...", "ü", "日", "\u2028", "\u0085", "\u00a0", "\ufeff", "\xff", "\U0001F600"}
	err := filepath.WalkDir(shared.Path(t, "corpus", "sigmahq"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yml") {
			return err
		}
		data, err := os.ReadFile(path)
		r, a := sameNodes(t, data)
		read, all = read+r, all+a
		for range 5 {
			at := random.IntN(len(data) + 1)
			to := min(len(data), at+random.IntN(2)*random.IntN(4))
			changed := bytes.Join([][]byte{data[:at], data[to:]}, []byte(bits[random.IntN(len(bits))]))
			sameNodes(t, changed)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d documents", read, all)
	if read*10 < all*9 {
		t.Errorf("only %d of %d documents are read without the library", read, all)
	}
}

// FuzzBlockNodes checks that whatever blockNodes reads the library reads too,
// as the same nodes.
func FuzzBlockNodes(f *testing.F) {
	for _, s := range []string{
		oneRule,
		"# c\nid: 'b''c' # d\nstatus: |-\n  f\n\n   g # h\ndetection: # c\n- j: k:l\n  m: ~\n- 1.5\n# n\n",
		"---\ndetection:\n  - b:\n    - c\n\n    # d\n  # e\n  - f: |\n        g\n\n  \n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { sameNodes(t, data) })
}
