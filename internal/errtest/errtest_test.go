package errtest

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

func TestCompare(t *testing.T) {
	at := func(line, col int, msg string) *sigma.Error {
		return &sigma.Error{Pos: sigma.Pos{Line: line, Col: col}, Code: sigma.BadValue, Msg: msg}
	}
	tests := []struct {
		name, text string
		errs       sigma.ErrorList
		want       string // part of the only problem; "" where there is none
	}{
		{"met", `a # ERROR "bad-value: wr.ng"`, sigma.ErrorList{at(1, 3, "wrong")}, ""},
		{"two on a line", `a # ERROR "one" 4:"two"`, sigma.ErrorList{at(1, 4, "two"), at(1, 1, "one")}, ""},
		{"each only once", `a # ERROR "one"`, sigma.ErrorList{at(1, 1, "one"), at(1, 1, "one")}, "unexpected"},
		{"other column", `a # ERROR 5:"one"`, sigma.ErrorList{}, "missing: one"},
		{"other line", "\na # ERROR \"one\"", nil, ":2:1: missing"},
		{"unexpected", "a", sigma.ErrorList{at(1, 1, "one")}, "unexpected"},
		{"no quotes", "a # ERROR one", nil, "bad expectation"},
		{"bad regexp", `a # ERROR "("`, nil, "bad expectation"},
		{"two words", `a # ERROR "one" # WARNING "two"`, sigma.ErrorList{at(1, 1, "one")}, ""},
		{"other word", `a # WARNING "one"`, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Compare(&sigma.File{Data: []byte(tt.text)}, "ERROR", tt.errs)
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("got %q, want no problem", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("got %q, want one problem with %q", got, tt.want)
			}
		})
	}
}
