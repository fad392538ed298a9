package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma"
)

// An issue is one thing that a run says of the rules, as reports have it.
type issue struct {
	kind   kind
	code   sigma.Code
	target string // "" where it is about the rule whatever the target is
	rule   string // the id of the rule; may be empty
	text   string // what is wrong and what would be right
	more   string // further lines for those who read at length; may be empty
	test   string // the name of the test that it is about; may be empty

	input          string // the file that was looked at, as file is
	file           string // where it is: with slashes, relative to the working directory; "" for standard input
	line, col, end int    // from 1, 0 where not known; end is behind the last character
	source         string // the line, without white space around it, cut off
	whole          string // the digest of a line that was cut off, "" of others
	lineHash       string // what GitHub knows the line by; "" where it is not wanted or not known

	print string // the same as long as the line says the same, wherever it stands
	known bool   // the baseline has it
}

// maxIssues is how many issues of one file are kept for reports: a hostile file
// has millions of mistakes. Those that follow are counted.
const maxIssues = 10_000

// maxIssueText is how many bytes of a text reports have.
const maxIssueText = 4_000

// An issueList gathers the issues of one file. The zero value is empty.
type issueList struct {
	all    []*issue
	more   int // further errors that are not in the list
	prints map[string]int
	hashes map[*sigma.File]map[int]string
	long   sigma.Pos // the last line that is long
	digest string    // of it
}

// add appends an issue about a rule file for a target. Fingerprints of what is
// equal in all that is in them are told apart by a number.
func (l *issueList) add(r *reporting, input string, is *issue, pos sigma.Pos) {
	is.text = clean(is.text)
	is.more = clean(is.more)
	is.file, is.line, is.col = r.relative(pos.Name()), pos.Line, pos.Col
	if pos.File != nil && pos.File.Data != nil {
		if line, ok := pos.File.Line(pos.Line); ok {
			l.place(r, is, pos, line)
		}
	}
	is.input = r.relative(input)
	is.print = l.fingerprint(is)
	is.known = r.baseline.has(is)
	l.all = append(l.all, is)
}

// place takes from the line of an issue what reports need of it.
func (l *issueList) place(r *reporting, is *issue, pos sigma.Pos, line string) {
	if end := utf8.RuneCountInString(strings.TrimRight(line, " \t")) + 1; end > is.col && is.col > 0 {
		is.end = end
	}
	line = strings.TrimSpace(line)
	if is.source = cutOff(clean(line), maxSource); len(line) > maxSource {
		is.whole = l.digestOf(pos, line)
	}
	if !r.hashes {
		return
	}
	if l.hashes == nil {
		l.hashes = make(map[*sigma.File]map[int]string)
	}
	if l.hashes[pos.File] == nil {
		l.hashes[pos.File] = lineHashes(pos.File.Data)
	}
	is.lineHash = l.hashes[pos.File][pos.Line]
}

// maxSource is how many bytes of a line reports have.
const maxSource = 200

// digestOf returns the digest of a line. A hostile file has all its mistakes in one
// long line, whose digest is computed once.
func (l *issueList) digestOf(pos sigma.Pos, line string) string {
	if at := (sigma.Pos{File: pos.File, Line: pos.Line}); l.long != at {
		sum := sha256.Sum256([]byte(line))
		l.long, l.digest = at, hex.EncodeToString(sum[:])
	}
	return l.digest
}

// fingerprint returns what an issue is known by in later runs: neither the
// number of its line nor the words of its message are in it. The line of a test
// may be that of many: its name tells it from them.
func (l *issueList) fingerprint(is *issue) string {
	h := sha256.New()
	parts := []string{string(is.code), is.input, is.file, is.rule, is.target, is.source}
	if is.whole != "" || is.test != "" {
		parts = append(parts, is.whole, is.test)
	}
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	sum := hex.EncodeToString(h.Sum(nil)[:8])
	if l.prints == nil {
		l.prints = make(map[string]int)
	}
	l.prints[sum]++
	return sum + ":" + strconv.Itoa(l.prints[sum])
}

// clean returns a text that can stand in any report.
func clean(text string) string {
	return cutOff(printable(strings.ToValidUTF8(text, string(utf8.RuneError))), maxIssueText)
}

// cutOff cuts a text off behind so many bytes.
func cutOff(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "..."
}

// A testCase is what JUnit counts: what became of a rule for a target, or of a
// test of it.
type testCase struct {
	suite  string // the target, or ""
	file   string // with slashes, relative to the working directory; "" for standard input
	line   int
	name   string
	issues []*issue
	skip   string // why it was not run; "" where it was
}

// A reporting gathers what a run says, and writes it to where it is wanted.
type reporting struct {
	command  string // check or test
	folder   string // the working directory
	hashes   bool   // GitHub's hashes of lines are wanted
	baseline *baseline
	gate     kind // what makes the command fail: kindError, or kindWarning for warnings, too
	flags    *reportFlags

	issues []*issue
	cases  []testCase
	more   int             // errors that are not in issues
	inputs map[string]bool // the files that were looked at
	names  map[string]bool // the targets
}

// relative returns the path as reports have it.
func (r *reporting) relative(name string) string {
	if name == dash || name == "" || name == "<input>" {
		return ""
	}
	abs := name
	if !filepath.IsAbs(name) {
		abs = filepath.Join(r.folder, name)
	}
	if rel, err := filepath.Rel(r.folder, abs); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(abs)
}

// add takes what was found in a file.
func (r *reporting) add(input string, l *issueList, cases []testCase) {
	r.inputs[r.relative(input)] = true
	r.issues = append(r.issues, l.all...)
	r.cases = append(r.cases, cases...)
	r.more += l.more
}

// fails reports whether an issue makes the command fail.
func (r *reporting) fails(is *issue) bool {
	return !is.known && (is.kind == kindError || is.kind == kindWarning && r.gate == kindWarning)
}

// bad reports whether the exit code must say that something is wrong.
func (r *reporting) bad() bool {
	if r.more > 0 {
		return true
	}
	for _, is := range r.issues {
		if r.fails(is) {
			return true
		}
	}
	return false
}

// workingFolder returns the folder that paths of reports are relative to.
func workingFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", usage("", "cannot find the working directory: %v", err)
	}
	return dir, nil
}

// String returns the issue as a compiler writes it, and what is said at length.
func (is *issue) String() string {
	place := is.file
	if place == "" {
		place = dash
	}
	if is.line > 0 {
		place += ":" + strconv.Itoa(is.line)
		if is.col > 0 {
			place += ":" + strconv.Itoa(is.col)
		}
	}
	text := fmt.Sprintf("%s: %s: %s [%s]", printable(place), is.kind.name, is.message(), is.code)
	if is.more != "" {
		text += "\n" + is.more
	}
	return text
}
