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
	size  int64  // bytes; 0 where it is no regular file
	index int    // events that were read
	bad   int    // events that could not be read
}

// findEvents returns the files of events that the arguments name, standard
// input without any.
func findEvents(a *app, args, rules []string) ([]*eventFile, error) {
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
		f, err := findEventFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func findEventFile(path string) (*eventFile, error) {
	if path == dash {
		return &eventFile{path: path}, nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("", "there is no file %q", path)
	case err != nil:
		return nil, usage("", "cannot read the events: %v", err)
	case info.IsDir():
		return nil, usage("name the files in it", "%q is a folder, not a file of events", path)
	}
	f := &eventFile{path: path}
	if info.Mode().IsRegular() {
		f.size = info.Size()
	}
	return f, nil
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
	if p.Record > 0 {
		e.Msg = fmt.Sprintf("record %d: %s", p.Record, p.Msg)
	}
	return e
}

// maxBroken is how many messages about one file are printed; those that follow
// are only counted.
const maxBroken = 100

// report prints what could not be read of a portion, and at the end of the
// file how much is not shown.
func (f *eventFile) report(r reporter, p *portion, problems []events.Problem, count int) (notes []byte) {
	for i := range problems {
		if f.bad+i < maxBroken {
			notes = r.add(notes, kindError, "", f.broken(problems[i]))
		}
	}
	f.bad += count
	if p.end && f.bad > maxBroken {
		e := f.unreadable(nil)
		e.Msg = fmt.Sprintf("%d more events that cannot be read are not shown", f.bad-maxBroken)
		notes = r.add(notes, kindError, "", e)
	}
	if p.err != nil {
		notes = r.add(notes, kindError, "", f.unreadable(p.err))
	}
	return notes
}
