package schema

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	base := &Schema{Tables: map[string]*Table{"A": {Name: "A", Columns: map[string]Column{"x": {Name: "x", Type: Int}}}}}
	s, err := parse("s", `# a remark
include: base

[A]
keyword: y z[]+text
  p.*
caseless: y
[B]
bool:
`, func(string) (*Schema, error) { return base, nil })
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Column{
		"x":          {Name: "x", Type: Int},
		"y":          {Name: "y", Type: Keyword, Caseless: "y.caseless"},
		"y.caseless": {Name: "y.caseless", Type: Caseless, Twin: "y"},
		"z":          {Name: "z", Type: Keyword, Array: true},
		"z.text":     {Name: "z.text", Type: Text, Array: true},
		"p.q":        {Name: "p.q", Type: Keyword},
	} {
		if got, ok := s.Tables["A"].Column(name); !ok || got != want {
			t.Errorf("A.%s = %+v, %v, want %+v", name, got, ok, want)
		}
	}
	if b, ok := s.Table("B"); !ok || len(b.Columns) != 0 {
		t.Errorf("B = %v, %v, want an empty table", b, ok)
	}
	if len(base.Tables["A"].Columns) != 1 {
		t.Error("the included schema was changed")
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"keyword: a", "s, line 1: columns stand before the first table"},
		{"[A]\nkeyword", "s, line 2: a line begins with a kind"},
		{"[A]\n  a", `unknown kind ""`},
		{"[A]\nstring: a", `unknown kind "string"`},
		{"[A]\nkeyword: a\nint: a", `s, line 3: table "A" has the column "a" twice`},
		{"[A]\nkeyword: a+text a.text", `the column "a.text" twice`},
		{"[A]\ncaseless: a", `no column "a" that could have a twin`},
		{"include: other", "no such thing"},
	}
	for _, test := range tests {
		_, err := parse("s", test.text, func(string) (*Schema, error) { return nil, errors.New("no such thing") })
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.text, err, test.want)
		}
	}
}

// TestIncludeInTable shows that a table refers to the columns of another
// schema, and has its own before them.
func TestIncludeInTable(t *testing.T) {
	base := &Schema{Name: "base", Tables: map[string]*Table{"": {Columns: map[string]Column{
		"a": {Name: "a", Type: Int}, "b": {Name: "b", Type: Int}}}}}
	s, err := parse("s", "[x]\ninclude: base\nkeyword: a c\n", func(string) (*Schema, error) { return base, nil })
	if err != nil {
		t.Fatal(err)
	}
	x := s.Tables["x"]
	for name, want := range map[string]Type{"a": Keyword, "b": Int, "c": Keyword} {
		if c, ok := x.Column(name); !ok || c.Type != want {
			t.Errorf("%s is %v, %v, want %v", name, c.Type, ok, want)
		}
	}
	if _, ok := x.Column("d"); ok {
		t.Error("there is a column d")
	}
	n := 0
	for range x.All() {
		n++
	}
	if n != 3 || x.Schema != "s" {
		t.Errorf("%d columns of schema %q, want 3 of s", n, x.Schema)
	}
}
