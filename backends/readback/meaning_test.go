package readback_test

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// truth evaluates a tree as the types say, over an event in which the field
// has a value that passes, one that does not, or none.
func truth(e readback.Expr, event oracle.Event) readback.Truth {
	switch e := e.(type) {
	case readback.And:
		out := readback.Yes
		for _, x := range e {
			out = min(out, truth(x, event))
		}
		return out
	case readback.Or:
		out := readback.No
		for _, x := range e {
			out = max(out, truth(x, event))
		}
		return out
	case *readback.Not:
		return readback.Yes - truth(e.X, event)
	case *readback.Known:
		if t := truth(e.X, event); t != readback.Unknown {
			return t
		}
		return readback.No
	case readback.Const:
		return readback.Truth(e)
	case *readback.Leaf:
		return leafTruth(e, event)
	}
	panic(fmt.Sprintf("no such node: %T", e))
}

func leafTruth(l *readback.Leaf, event oracle.Event) readback.Truth {
	yes := oracle.Match(&ir.Match{Field: l.Field, Test: l.Test}, event)
	ref, _ := l.Test.(*ir.FieldRef)
	switch {
	case yes:
		return readback.Yes
	case event[l.Field] == nil, ref != nil && event[ref.Field] == nil:
		if _, ok := l.Test.(*ir.Null); !ok {
			return l.Missing
		}
	}
	return readback.No
}

// random returns a tree of every kind of node.
func random(r *rand.Rand, depth int) readback.Expr {
	fields := []string{"a", "b", "c"}
	truths := []readback.Truth{readback.No, readback.Unknown, readback.Yes}
	if depth == 0 || r.Intn(4) == 0 {
		l := &readback.Leaf{Field: fields[r.Intn(3)], Missing: truths[r.Intn(3)], Test: readback.Exact("x", false)}
		switch r.Intn(6) {
		case 0:
			l.Test = &ir.Null{}
		case 1:
			l.Test = &ir.FieldRef{Field: fields[r.Intn(3)]}
		case 2:
			return readback.Const(truths[r.Intn(3)])
		}
		return l
	}
	x := func() readback.Expr { return random(r, depth-1) }
	switch r.Intn(4) {
	case 0:
		return readback.And{x(), x(), x()}
	case 1:
		return readback.Or{x(), x()}
	case 2:
		return &readback.Not{X: x()}
	}
	return &readback.Known{X: x()}
}

// The meaning of a tree is true where three-valued logic says yes, whatever
// the tree and whichever fields an event has.
func TestMeaning(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	values := []any{nil, "x", "y"}
	for range 20_000 {
		e := random(r, 1+r.Intn(4))
		event := oracle.Event{}
		for _, f := range []string{"a", "b", "c"} {
			if v := values[r.Intn(3)]; v != nil || r.Intn(2) == 0 {
				event[f] = v
			}
		}
		want := truth(e, event) == readback.Yes
		if got := oracle.Match(readback.Meaning(e), event); got != want {
			t.Fatalf("%#v over %v: %t, want %t", e, event, got, want)
		}
	}
}

func TestFoldASCII(t *testing.T) {
	for _, c := range []struct {
		text, value string
		want        bool
	}{
		{"abc", "ABC", true}, {"É", "é", false}, {"É", "É", true}, {"xÉ", "XÉ", true}, {"x.É", "Xy-É", false}, {"漢a", "漢A", true},
	} {
		test := readback.FoldASCII(ir.Plain(c.text))
		if got := oracle.Match(&ir.Match{Field: "a", Test: test}, oracle.Event{"a": c.value}); got != c.want {
			t.Errorf("%q of %q: %t", c.text, c.value, got)
		}
	}
	star := ir.NewPattern(ir.Element{Kind: ir.Star}, ir.Element{Kind: ir.Literal, Text: "É"}, ir.Element{Kind: ir.Question})
	if !oracle.Match(&ir.Match{Field: "a", Test: readback.FoldASCII(star)}, oracle.Event{"a": "a\nÉ\n"}) {
		t.Error("wildcards match line breaks")
	}
}

func TestAffix(t *testing.T) {
	for shape, match := range map[ir.Shape]string{ir.Prefix: "abX", ir.Suffix: "Xab", ir.Substring: "XabX"} {
		got, text := readback.Affix(shape, "ab", true).Pattern.Shape()
		if got != shape || text != "ab" {
			t.Errorf("%s: %s %q", shape, got, text)
		}
		if !oracle.Match(&ir.Match{Field: "a", Test: readback.Affix(shape, "ab", true)}, oracle.Event{"a": match}) {
			t.Errorf("%s does not match %s", shape, match)
		}
	}
}
