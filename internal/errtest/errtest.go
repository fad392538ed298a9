// Package errtest checks error messages against rule files that say, at the
// end of a line, which errors that line must have:
//
//	level: severe # ERROR "unknown level .*did you mean"
//	date: 2025-13-01 # ERROR 7:"no date" 7:"a second error of this line"
//
// The text in quotes is a regular expression, in Go's syntax, that must match
// "code: message (hint)" somewhere. A number in front is the column. Every
// error must be expected, and every expectation met.
package errtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

// An expectation is one error that a line must have.
type expectation struct {
	line, col int // col is 0 where it does not matter
	text      *regexp.Regexp
	met       bool
}

// Run runs check on each file that matches the pattern, as a subtest of its
// own, and compares what it returns with what the file expects behind
// "# ERROR", or another word. It fails where no file matches.
func Run(t *testing.T, pattern, word string, check func(*sigma.File) sigma.ErrorList) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no file matches %s: %v", pattern, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f := &sigma.File{Name: filepath.Base(name), Data: data}
			for _, problem := range Compare(f, word, check(f)) {
				t.Error(problem)
			}
		})
	}
}

// Compare returns what is different between the errors that a file has and
// those it expects.
func Compare(f *sigma.File, word string, errs sigma.ErrorList) (problems []string) {
	expected, problems := expectations(string(f.Data), word)
	for _, e := range errs {
		if !meet(expected, e) {
			problems = append(problems, "unexpected: "+e.Error()+" ["+string(e.Code)+"]")
		}
	}
	for _, x := range expected {
		if !x.met {
			place := sigma.Pos{File: f, Line: x.line, Col: max(x.col, 1)}
			problems = append(problems, place.String()+": missing: "+x.text.String())
		}
	}
	return problems
}

// meet finds the expectation that an error meets.
func meet(expected []*expectation, e *sigma.Error) bool {
	text := string(e.Code) + ": " + e.Text()
	for _, x := range expected {
		if !x.met && x.line == e.Line && (x.col == 0 || x.col == e.Col) && x.text.MatchString(text) {
			x.met = true
			return true
		}
	}
	return false
}

// expectations reads the comments of a file.
func expectations(text, word string) (list []*expectation, problems []string) {
	for i, line := range strings.Split(text, "\n") {
		_, rest, found := strings.Cut(line, "# "+word+" ")
		rest = strings.TrimSpace(rest)
		for found && rest != "" && rest[0] != '#' {
			x := &expectation{line: i + 1}
			var err error
			if rest, err = x.read(rest); err != nil {
				problems = append(problems, "line "+strconv.Itoa(i+1)+": bad expectation: "+err.Error())
				break
			}
			list = append(list, x)
		}
	}
	return list, problems
}

// read reads one expectation and returns what is behind it.
func (x *expectation) read(s string) (rest string, err error) {
	if col, behind, ok := strings.Cut(s, ":"); ok && !strings.Contains(col, `"`) {
		if x.col, err = strconv.Atoi(col); err != nil {
			return "", err
		}
		s = behind
	}
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", err
	}
	pattern, err := strconv.Unquote(quoted)
	if err != nil {
		return "", err
	}
	x.text, err = regexp.Compile(pattern)
	return strings.TrimSpace(s[len(quoted):]), err
}
