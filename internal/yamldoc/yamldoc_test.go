package yamldoc_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/internal/yamldoc"
)

func TestRead(t *testing.T) {
	for text, want := range map[string]yamldoc.Error{
		"a: b":                    {},
		"--- # head\na: b\n...\n": {},
		"":                        {},
		"# nothing":               {},
		"a: b\nc: d: e\n":         {Line: 2, Col: 1, Msg: "mapping values are not allowed in this context"},
		"a: b\n---\n  c: d\n":     {Line: 2, Col: 1, Msg: "the file holds more than one YAML document", Second: true},
		"a: *b":                   {Line: 1, Col: 1, Msg: "unknown anchor 'b' referenced"},
		"a: \xff":                 {Line: 1, Col: 1, Msg: "invalid leading UTF-8 octet"},
	} {
		doc, wrong := yamldoc.Read([]byte(text))
		switch {
		case wrong == nil && want != (yamldoc.Error{}):
			t.Errorf("%q: no error", text)
		case wrong != nil && *wrong != want:
			t.Errorf("%q: %+v, want %+v", text, *wrong, want)
		case (doc == nil) != (wrong != nil || text == "" || text == "# nothing"):
			t.Errorf("%q: document %v", text, doc)
		}
	}
}

// FuzzRead reads anything: without a panic, and what is wrong has a place.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"a: b", "a: b\n---\nc", "- &a [*a]", "? ? :", "%YAML 1.1\n---\n!!binary x", "#\n- -\n#"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, wrong := yamldoc.Read(text)
		if wrong != nil && (wrong.Line < 1 || wrong.Col < 1 || wrong.Msg == "") || doc != nil && (wrong != nil || len(doc.Content) != 1) {
			t.Errorf("%v, %+v", doc, wrong)
		}
	})
}
