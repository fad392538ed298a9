package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"sync/atomic"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/sigma"
)

// An eventFile is one file of events, or standard input.
type eventFile struct {
	path  string // as messages and matches name it
	err   error  // why it cannot be read, found while looking for files
	size  int64  // bytes; 0 where it is no regular file
	index int    // events that were read
	bad   int    // events that could not be read
	open  int    // rules of which it is not known whether they match an event
}

// findEvents returns the files of events that the arguments name, standard
// input without any.
func findEvents(a *app, args, rules []string, quiet bool) ([]*eventFile, error) {
	if len(args) == 0 {
		if a.inTerm {
			return nil, usage("name files, or - for standard input", "there are no events to read")
		}
		args = []string{dash}
	}
	dashes := 0
	for _, r := range append(args[:len(args):len(args)], rules...) {
		if r == dash {
			dashes++
		}
	}
	if dashes > 1 {
		return nil, usage("", "standard input can only be read once")
	}
	var files []*eventFile
	for _, path := range args {
		found, err := findEventFile(a, path, quiet)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

// findEventFile returns the file of that path, or those in the folder.
func findEventFile(a *app, path string, quiet bool) ([]*eventFile, error) {
	if path == dash {
		return []*eventFile{{path: path}}, nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("", "there is no file or folder %q", path)
	case err != nil:
		return nil, usage("", "cannot read the events: %v", err)
	case !info.IsDir():
		return []*eventFile{newEventFile(path, info)}, nil
	}
	files, others := walkEvents(path)
	if len(files) == 0 {
		return nil, usage("name files; in folders those are read that end in "+list(eventEndings), "there are no files of events in %q", path)
	}
	if others > 0 && !quiet {
		a.note("%s in %s: their names do not end in %s", count(others, "file is passed over", "files are passed over"), printable(path), list(eventEndings))
	}
	return files, nil
}

func newEventFile(path string, info fs.FileInfo) *eventFile {
	f := &eventFile{path: path}
	if info.Mode().IsRegular() {
		f.size = info.Size()
	}
	return f
}

// A portion is what one worker gets: a batch of a file, or the file's end.
type portion struct {
	file  *eventFile
	batch *events.Batch // nil at the end
	end   bool
	err   error // at the end: why the rest cannot be read
	read  int64 // bytes of all files that were read up to here
}

// portions returns the batches of all files, one file after the other.
func portions(a *app, files []*eventFile) iter.Seq[portion] {
	return func(yield func(portion) bool) {
		var read atomic.Int64
		for _, f := range files {
			if !f.portions(a, &read, yield) {
				return
			}
		}
	}
}

// portions calls yield with the batches of the file, until it returns false.
func (f *eventFile) portions(a *app, read *atomic.Int64, yield func(portion) bool) bool {
	if f.err != nil {
		return yield(portion{file: f, end: true, err: f.err, read: read.Load()})
	}
	in := a.in
	if f.path != dash {
		file, err := os.Open(f.path)
		if err != nil {
			return yield(portion{file: f, end: true, err: err, read: read.Load()})
		}
		defer func() { _ = file.Close() }() // it was only read
		in = file
	}
	r, err := events.NewReader(&counter{in, read})
	if err != nil {
		return yield(portion{file: f, end: true, err: err, read: read.Load()})
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			return yield(portion{file: f, end: true, read: read.Load()})
		}
		if err != nil {
			return yield(portion{file: f, end: true, err: err, read: read.Load()})
		}
		if !yield(portion{file: f, batch: b, read: read.Load()}) {
			return false
		}
	}
}

// A counter counts what is read.
type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// unreadable returns the message of a file whose rest cannot be read.
func (f *eventFile) unreadable(err error) *sigma.Error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err // the name stands before the message
	}
	return &sigma.Error{Pos: sigma.Pos{File: &sigma.File{Name: f.path}}, Code: sigma.Unreadable, Msg: fmt.Sprintf("cannot read the events: %v", err)}
}

// broken returns the message of an event that cannot be read.
func (f *eventFile) broken(p events.Problem) *sigma.Error {
	e := &sigma.Error{Pos: sigma.Pos{File: &sigma.File{Name: f.path}, Line: p.Line, Col: p.Col}, Code: sigma.Unreadable, Msg: p.Msg}
	switch {
	case p.Record > 0:
		e.Msg = fmt.Sprintf("chunk %d, record %d: %s", p.Chunk, p.Record, p.Msg)
	case p.Chunk > 0:
		e.Msg = fmt.Sprintf("chunk %d: %s", p.Chunk, p.Msg)
	}
	return e
}

// undecided returns the message of a rule and an event of which it is not known
// whether they match.
func (f *eventFile) undecided(d *doubt) *sigma.Error {
	source := d.rule.Source
	return &sigma.Error{
		Pos:  sigma.Pos{File: &sigma.File{Name: f.path}, Line: d.line},
		Code: sigma.Limit,
		Msg:  fmt.Sprintf("event %d: it is not known whether the rule %q (%s) matches: %v", f.index+d.index, source.Title, source.Pos, d.err),
	}
}

// maxBroken is how many messages of a kind about one file are printed; those
// that follow are only counted.
const maxBroken = 100

// report prints what could not be read of a portion and what not decided, and
// at the end of the file how much is not shown. It is called before the events
// of the portion are counted.
func (f *eventFile) report(r reporter, o *evalOutcome) (notes []byte) {
	for i := range o.problems {
		if f.bad+i < maxBroken {
			notes = r.add(notes, kindError, "", f.broken(o.problems[i]))
		}
	}
	for i := range o.doubts {
		if f.open+i < maxBroken {
			notes = r.add(notes, kindError, "", f.undecided(&o.doubts[i]))
		}
	}
	f.bad += o.bad
	f.open += o.doubtful
	if o.end && f.bad > maxBroken {
		notes = r.add(notes, kindError, "", f.more(f.bad, "events that cannot be read"))
	}
	if o.end && f.open > maxBroken {
		notes = r.add(notes, kindError, "", f.more(f.open, "answers that are not known"))
	}
	if o.err != nil {
		notes = r.add(notes, kindError, "", f.unreadable(o.err))
	}
	return notes
}

// more returns the message about messages that were not printed.
func (f *eventFile) more(n int, what string) *sigma.Error {
	e := f.unreadable(nil)
	e.Msg = fmt.Sprintf("%d more %s are not shown", n-maxBroken, what)
	return e
}
