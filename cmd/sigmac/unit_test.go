package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

// dump writes units as one line: + for a document, - for one with errors, with
// the lines of its errors and, behind w, of its warnings.
func dump(us []unit) string {
	var parts []string
	for _, u := range us {
		text := "+"
		if u.doc == nil {
			text = "-"
			for _, e := range u.errs {
				text += fmt.Sprint(e.Line, ",")
			}
		}
		for _, w := range u.warnings {
			text += fmt.Sprint("w", w.Line)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func TestSplit(t *testing.T) {
	f := &sigma.File{Data: []byte("a\na\n---\nb\nb\n---\nc\n--- # more\nd\nd\nd\n")}
	at := func(lines ...int) (list sigma.ErrorList) {
		for _, n := range lines {
			list = append(list, &sigma.Error{Pos: sigma.Pos{File: f, Line: n, Col: 1}})
		}
		return list
	}
	for _, c := range []struct {
		docs           []int
		warnings, errs sigma.ErrorList
		want           string
	}{
		{nil, nil, nil, ""},
		{[]int{1}, at(2), nil, "+w2"},
		{[]int{1, 4, 7}, nil, nil, "+ + +"},
		{nil, nil, at(1, 2), "-1,2,"},
		{nil, nil, at(1, 4, 5, 7), "-1, -4,5, -7,"},
		{[]int{4}, nil, at(1, 7, 9, 11), "-1, + -7, -9,11,"},
		{[]int{1, 9}, at(2, 10), at(4), "+w2 -4, +w10"},
		{[]int{1}, at(2, 5, 11), at(4), "+w2 -4,w5w11"},
		{[]int{1, 1, 1}, nil, at(7), "+ + + -7,"}, // documents of action: repeat begin where the first does
		{[]int{4, 9}, nil, at(0), "-0, + +"},      // an error of the file as a whole
	} {
		var docs []sigma.Document
		for _, n := range c.docs {
			r := &sigma.Rule{}
			r.Pos = sigma.Pos{File: f, Line: n, Col: 1}
			docs = append(docs, r)
		}
		if got := dump(split(docs, nil, c.warnings, c.errs)); got != c.want {
			t.Errorf("%v: %q, want %q", c.docs, got, c.want)
		}
	}
}
