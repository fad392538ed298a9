package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// playSigma stands in for the program sigma of sigma-cli, which scripts cannot
// count on. The folder SIGMA_PLAY has what the real one printed for a rule, by
// its title in one word: title.out, and title.err with title.exit where it
// failed; title.hang makes it never end. It notes its command lines in
// ran.txt.
func playSigma() {
	dir := os.Getenv("SIGMA_PLAY")
	note, err := os.OpenFile(filepath.Join(dir, "ran.txt"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	rule, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	name := played(string(rule))
	fmt.Fprintf(note, "%s: %s\n", name, strings.Join(os.Args[1:], " "))
	read := func(ext string) (string, bool) {
		text, err := os.ReadFile(filepath.Join(dir, name+ext))
		return string(text), err == nil
	}
	if _, ok := read(".hang"); ok {
		time.Sleep(time.Hour) // it is killed
	}
	out, printed := read(".out")
	report, failed := read(".err")
	if !printed && !failed {
		panic("there is nothing to play for " + name)
	}
	fmt.Print(out)
	fmt.Fprint(os.Stderr, report)
	if exit, ok := read(".exit"); ok {
		code, err := strconv.Atoi(strings.TrimSpace(exit))
		if err != nil {
			panic(err)
		}
		os.Exit(code)
	}
}

// played returns the title of a rule in one word; "try" for the one that only
// tries the program.
func played(rule string) string {
	if rule == tryRule {
		return "try"
	}
	for line := range strings.Lines(rule) {
		if title, ok := strings.CutPrefix(line, "title: "); ok {
			return strings.ReplaceAll(strings.TrimSpace(title), " ", "-")
		}
	}
	return "untitled"
}

func TestComplaint(t *testing.T) {
	for _, test := range []struct{ report, want string }{
		{"Error: Error while converting: Unknown modifier 'x'\n", "Unknown modifier 'x'"},
		{"Usage: sigma convert [OPTIONS] INPUT...\nTry 'sigma convert --help' for help.\n\nError: \nThe pipeline 'a' is not\nintended.\n", "The pipeline 'a' is not intended."},
		{"a.py:1: DeprecationWarning: old\nError: No table.\n  1) a\n  2) b\n", "No table. 1) a 2) b"},
		{"Traceback (most recent call last):\n  File \"a\"\n    x()\nKeyError: 'a'\n\nDuring handling:\n\nTraceback (most recent call last):\n  File \"b\"\nReaderError: bad\n  in \"<stdin>\"\n", `ReaderError: bad in "<stdin>"`},
		{"Traceback (most recent call last):\n  File \"a\"", `File "a"`},
		{"cat: no\n", "cat: no"},
		{"Error: Error: \n", "Error:"},
		{" \n", "it ends with exit code 1 and says nothing"},
	} {
		r := cliRun{report: &bounded{text: []byte(test.report)}, exit: 1}
		if got := r.complaint(); got != test.want {
			t.Errorf("%q: %q, want %q", test.report, got, test.want)
		}
	}
}

func TestParts(t *testing.T) {
	for _, test := range []struct {
		text string
		n    int
		want other
	}{
		{"a=1\n", 1, other{queries: []string{"a=1"}}},
		{"*\n| regex a=\"b\"\n", 1, other{queries: []string{"*\n| regex a=\"b\""}}},
		{"a\n\n| stats\n", 1, other{queries: []string{"a\n\n| stats"}}},
		{"\n| rex a\n\nb\n| rex c\n", 2, other{queries: []string{"\n| rex a", "b\n| rex c"}}},
		{"", 1, other{err: "sigma-cli prints no query"}},
		{"\n", 2, other{err: "sigma-cli prints no query"}},
		{"a\n", 2, other{absent: "the rule has 2 conditions, and sigma-cli prints 1 query"}},
		{"a\n\nb\n\nc\n", 2, other{absent: "the rule has 2 conditions, and sigma-cli prints 3 queries"}},
	} {
		got := parts(test.text, test.n)
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", test.want) {
			t.Errorf("%q for %d: %+v, want %+v", test.text, test.n, got, test.want)
		}
	}
}

func TestBounded(t *testing.T) {
	b := &bounded{max: 5}
	for _, s := range []string{"abc", "defg", "h"} {
		if n, err := b.Write([]byte(s)); n != len(s) || err != nil {
			t.Errorf("%q: %d, %v", s, n, err)
		}
	}
	if string(b.text) != "abcde" || !b.over {
		t.Errorf("%q, over: %v", b.text, b.over)
	}
}
