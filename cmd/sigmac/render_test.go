package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

// Queries of one line stand on a line each, those of several between blank
// lines, whether they come from one file or from several.
func TestPieces(t *testing.T) {
	for _, c := range []struct{ files, want string }{
		{"a b", "a,b,"},
		{"a|b", "a,b,"},
		{"a b/c d", "a,,b,c,,d,"},
		{"a|b/c|d", "a,,b,c,,d,"},
		{"a/b|c/d", "a,b,,c,d,"},
		{"a/b||c", "a,b,,c,"},
		{"||a", "a,"},
		{"", ""},
	} {
		var b bytes.Buffer
		s := stream{w: bufio.NewWriter(&b)}
		for file := range strings.SplitSeq(c.files, "|") {
			var p piece
			for query := range strings.FieldsSeq(file) {
				p.add(strings.ReplaceAll(query, "/", "\n"))
			}
			if err := s.put(&p); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.w.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(b.String(), "\n", ","); got != c.want {
			t.Errorf("%q: %q, want %q", c.files, got, c.want)
		}
	}
}

func TestReporter(t *testing.T) {
	f := &sigma.File{Name: "a.yml", Data: []byte("title: x\n\tb: \x1b[2Jy\u202e\n")}
	pos := sigma.Pos{File: f, Line: 2, Col: 5}
	for _, c := range []struct {
		name   string
		kind   kind
		target string
		err    *sigma.Error
		want   string
	}{
		{"all of it", kindError, "kql", &sigma.Error{Pos: pos, Code: sigma.BadValue, Msg: "wrong", Hint: "right"},
			"a.yml:2:5: error: kql: wrong (right) [bad-value]\n    \tb: \ufffd[2Jy\ufffd\n    \t   ^\n"},
		{"no place", kindError, "", &sigma.Error{Code: sigma.BadSetting, Msg: "wrong"}, "sigmac: wrong\n"},
		{"a file", kindWarning, "", &sigma.Error{Pos: sigma.Pos{File: f}, Code: sigma.Unreadable, Msg: "gone"}, "a.yml: warning: gone [unreadable]\n"},
		{"commands for the terminal", kindSkipped, "", &sigma.Error{Msg: "a\x1b]0;b\a\u009b"}, "sigmac: skipped: a\ufffd]0;b\ufffd\ufffd\n"},
	} {
		if got := string(reporter{}.add(nil, c.kind, c.target, c.err)); got != c.want {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

func TestTallies(t *testing.T) {
	for _, c := range []struct {
		t    tally
		want string
		bad  bool
		skip bool // bad with -s
	}{
		{tally{right: 3752, failed: 25, unsupported: 3}, "3752 of 3780 rules converted to splunk; 25 failed, 3 unsupported\n", true, true},
		{tally{right: 1}, "1 of 1 rule converted to splunk\n", false, false},
		{tally{right: 1, unsupported: 1}, "1 of 2 rules converted to splunk; 1 unsupported\n", true, false},
		{tally{failed: 1}, "0 of 1 rule converted to splunk; 1 failed\n", true, true},
	} {
		sums := totals{targets: []*target{{name: "splunk"}}, rules: c.t, of: []tally{c.t}}
		var b bytes.Buffer
		summarize(&b, &sums)
		if b.String() != c.want {
			t.Errorf("%q, want %q", b.String(), c.want)
		}
		if sums.bad() != c.bad {
			t.Errorf("%v: bad is %v", c.t, sums.bad())
		}
		if sums.skip = true; sums.bad() != c.skip {
			t.Errorf("%v: bad with -s is %v", c.t, sums.bad())
		}
	}
}
