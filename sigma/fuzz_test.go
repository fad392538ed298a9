package sigma

import (
	"bytes"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// FuzzParse checks that no text panics or takes longer than a second, that
// every error has a place in the text, that the source of every scalar is
// understood, and that what parses can be written and read again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		oneRule,
		"action: global\ntitle: g\n---\n" + oneRule + "---\naction: repeat\nlevel: low\n",
		"title: t\nlogsource: {product: p}\ndetection:\n  s:\n    a|re: [1, 'b''c', \"\\t\", ~, true, 1.5]\n  k:\n    - x\n    - {y: z}\n  condition: >\n    s\n    and not k\n",
		"title: t\ncorrelation:\n  type: value_count\n  rules: [a]\n  group-by: [b]\n  timespan: 5m\n  condition: {field: c, gt: 5}\n",
		"title: t\nlogsource: {product: p}\nfilter: {rules: any, s: [a], condition: not s}\n",
		"a: &a [x]\nb: *a\n<<: {c: d}\n? |\n  k\n: !!str 5\n",
		"a: 'b\n", "[[[", "%YAML 1.2\n---\na\n...\nb: \"\\x41\\\n  c\"\n", "\ufeffa: >+\n\n  b\n   c\n\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &File{Name: "f", Data: data}
		docs, warnings, errs := ParseFile(file)
		for _, e := range append(warnings, errs...) {
			line, ok := file.Line(e.Line)
			if !ok || e.Col < 1 || e.Col > len(line)+2 {
				t.Errorf("the place is not in the text: %v", e)
			}
		}
		roundTrip(t, docs)
		checkAligned(t, file)
	})
}

// checkAligned fails where the source of a scalar is not understood.
func checkAligned(t *testing.T, f *File) {
	p := &parser{file: f, budget: MaxExpansion}
	if !p.readable() {
		return
	}
	for _, s := range f.segments() {
		text := f.document(s)
		if s.directives > 0 { // tags may have handles
			continue
		}
		if root, err := decode(bytes.NewReader(text)); err == nil && root != nil && p.resolve(root, s) {
			p.checkScalar(t, root, 0)
		}
	}
}

func (p *parser) checkScalar(t *testing.T, n *yaml.Node, depth int) {
	for _, c := range n.Content {
		if depth < MaxDepth {
			p.checkScalar(t, c, depth+1)
		}
	}
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		return
	}
	m := p.places(n)
	if m.table == nil || m.table[len(n.Value)] > m.table[0] {
		return
	}
	t.Errorf("%s: %q is not understood", p.pos(n), n.Value)
}

// FuzzWriteString checks that every string can be written and read again,
// wherever it stands.
func FuzzWriteString(f *testing.F) {
	for _, s := range []string{"a", "true", " a\n b ", "'\"\\", "\u2028\x00", "- : #"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		text := "a: " + quoteYAML(s) + "\nb:\n  - " + quoteValue(s) + "\n"
		if block, ok := literalBlock(s, "    "); ok {
			text += "c: " + block + "\n"
		}
		var got struct {
			A string
			B []string
			C *string
		}
		if err := yaml.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if got.A != s || got.B[0] != s || got.C != nil && *got.C != s {
			t.Errorf("%q: got %v from\n%s", s, got, text)
		}
	})
}
