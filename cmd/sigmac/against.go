package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/sigma"
)

// An against is another converter, or a record of what it made.
type against interface {
	// queries returns what it makes of a rule, which is a document of one of
	// the files. It is called by several goroutines. An error ends the run.
	queries(file int, d *document) (other, error)
	// left says at the end what was not used, "" for nothing.
	left() string
}

// An other is what another converter makes of a rule.
type other struct {
	queries []string
	err     string // why it makes none
	absent  string // why nothing is known of it
}

// A queryRow is a line of a file of queries: those of a rule, or one of them. It is
// what sigmac convert --json writes, too.
type queryRow struct {
	File, ID string
	Target   string          // another one's rows are passed over
	Queries  []string        // of all conditions
	Query    *string         // of one of them; the others are further rows
	Error    json.RawMessage // a text, or an object with a message
	Message  string          // more about the error
}

// A recorded is a file of queries.
type recorded struct {
	rows   []*entry
	byID   map[string][]*entry
	byName map[string][]*entry // by the last part of the path
}

// An entry is what the rows of one rule say.
type entry struct {
	other
	file, id string
	used     atomic.Bool
}

// The bounds of a file of queries.
const (
	maxRow  = 64 << 20 // bytes of a line
	maxRows = 2 << 30  // bytes of all
)

// noRule returns what is said of a document that is no detection rule.
func noRule(d *document) other {
	switch d.doc.(type) {
	case *sigma.Correlation:
		return other{absent: "it is a correlation, and only detection rules are compared"}
	case *sigma.Filter:
		return other{absent: "it is a filter, and only detection rules are compared"}
	}
	return other{absent: "it is no detection rule"}
}

// openText opens a file of queries, which may be compressed.
func openText(a *app, path string) (text *bufio.Reader, done func(), err error) {
	in, done := a.in, func() {}
	if path != dash {
		f, err := os.Open(path)
		if err != nil {
			return nil, nil, err
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			_ = f.Close()
			return nil, nil, &sigma.Error{Msg: path + " is a folder, not a file of queries"}
		}
		in, done = f, func() { _ = f.Close() } // it was only read
	}
	text, end, err := events.Unwrap(io.LimitReader(in, maxRows))
	if err != nil {
		done()
		return nil, nil, err
	}
	closeFile := done
	return text, func() { end(); closeFile() }, nil
}

// readRows reads a file of queries for a target.
func readRows(path string, text io.Reader, t *target) (*recorded, error) {
	r := &recorded{byID: map[string][]*entry{}, byName: map[string][]*entry{}}
	lines := bufio.NewScanner(io.LimitReader(text, maxRows))
	lines.Buffer(nil, maxRow)
	at := map[[2]string]*entry{}
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		x, err := readRow(line)
		if err != nil {
			return nil, &sigma.Error{Msg: fmt.Sprintf("%s:%d: %v", path, n, err), Hint: rowHint}
		}
		if b := backends.Find(x.Target); x.Target != "" && (b == nil || b.Name != t.name) {
			continue
		}
		e := at[[2]string{x.File, x.ID}]
		if e == nil {
			e = &entry{file: filepath.ToSlash(x.File), id: x.ID}
			at[[2]string{x.File, x.ID}] = e
			r.add(e)
		}
		e.take(x)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(r.rows) == 0 {
		return nil, &sigma.Error{Msg: fmt.Sprintf("%s has no queries for %s", path, t.name), Hint: rowHint}
	}
	return r, nil
}

// rowHint says what a line of a file of queries looks like.
const rowHint = `a line is {"id":"...","queries":["..."]} or {"file":"rules/a.yml","queries":["..."]}; for a list of queries write --against-format lines`

// readRow reads a line of a file of queries.
func readRow(line []byte) (*queryRow, error) {
	var x queryRow
	err := json.Unmarshal(line, &x)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return nil, fmt.Errorf("%s must not be %s %s", strings.ToLower(wrong.Field), article(wrong.Value), wrong.Value)
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("the line is %s %s, not an object", article(wrong.Value), wrong.Value)
	case err != nil:
		return nil, fmt.Errorf("the line is no JSON object: %w", err)
	case x.File == "" && x.ID == "":
		return nil, errors.New("the object has neither file nor id, so that its rule is not known")
	}
	return &x, nil
}

// article returns the article of a word.
func article(word string) string {
	if word != "" && strings.ContainsRune("aeiou", rune(word[0])) {
		return "an"
	}
	return "a"
}

func (r *recorded) add(e *entry) {
	r.rows = append(r.rows, e)
	if e.id != "" {
		r.byID[e.id] = append(r.byID[e.id], e)
	}
	if e.file != "" {
		name := lastPart(e.file)
		r.byName[name] = append(r.byName[name], e)
	}
}

// take adds what a row says.
func (e *entry) take(x *queryRow) {
	e.other.queries = append(e.other.queries, x.Queries...)
	if x.Query != nil {
		e.other.queries = append(e.other.queries, *x.Query)
	}
	if len(x.Error) == 0 || string(x.Error) == "null" {
		return
	}
	var object struct{ Message string }
	if json.Unmarshal(x.Error, &e.err) != nil && json.Unmarshal(x.Error, &object) == nil {
		e.err = object.Message
	}
	if x.Message != "" {
		e.err += ": " + x.Message
	}
	if e.err == "" {
		e.err = "it does not convert the rule"
	}
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// queries finds the entry of a rule: by its id and, where that is not enough,
// by its file, of which one of the two may know more folders.
func (r *recorded) queries(_ int, d *document) (other, error) {
	id, path := d.doc.Metadata().ID, filepath.ToSlash(d.file)
	found := r.byID[id]
	if id == "" {
		found = nil
	}
	if len(found) > 1 {
		found = inFile(found, path)
	}
	if len(found) == 0 {
		for _, e := range inFile(r.byName[lastPart(path)], path) {
			if e.id == "" || id == "" {
				found = append(found, e)
			}
		}
		if len(found) > 0 && d.number > 0 {
			return other{absent: "its file has several rules, and no id says which of them the record is about"}, nil
		}
	}
	switch {
	case len(found) == 0:
		return other{absent: "it is not in the record"}, nil
	case len(found) > 1:
		return other{absent: "several entries of the record may be about it"}, nil
	}
	found[0].used.Store(true)
	if o := found[0].other; o.queries != nil || o.err != "" {
		return o, nil
	}
	return other{err: "the record has no query for it"}, nil
}

// inFile returns the entries of a file.
func inFile(list []*entry, path string) (found []*entry) {
	for _, e := range list {
		if e.file == path {
			return []*entry{e}
		}
		if endsIn(path, e.file) || endsIn(e.file, path) {
			found = append(found, e)
		}
	}
	return found
}

// endsIn reports whether the last parts of a path are another path.
func endsIn(path, end string) bool {
	end = strings.TrimPrefix(end, "./")
	for strings.HasPrefix(end, "../") {
		end = end[len("../"):]
	}
	return path == end || strings.HasSuffix(path, "/"+end)
}

func (r *recorded) left() string {
	n := 0
	for _, e := range r.rows {
		if !e.used.Load() {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return count(n, "entry of the record is", "entries of the record are") + " about none of the rules"
}
