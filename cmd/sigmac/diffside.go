package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A side is the rules before a change, or behind it.
type side struct {
	files []sideFile
	set   bool // it is a folder or a revision, whose files have names of their own
	units [][]unit
}

// A sideFile is one file of a side.
type sideFile struct {
	rel  string // its path below what is compared, with slashes: the same on both sides
	path string // as messages print it
	file *sigma.File
	err  error // why it cannot be read
	blob string
}

// folderSide returns the files of a folder, or a file alone.
func folderSide(arg string) (*side, error) {
	info, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("", "there is no file or folder %q", arg)
	case err != nil:
		return nil, usage("", "cannot read %q: %v", arg, err)
	}
	s := &side{set: info.IsDir()}
	s.walk(arg, func(path string) string {
		if !s.set {
			return ""
		}
		rel, err := filepath.Rel(arg, path)
		if err != nil {
			return path
		}
		return rel
	})
	return s, nil
}

// walk adds the files of a path, each once.
func (s *side) walk(arg string, rel func(path string) string) {
	paths, err := sigma.Files(arg)
	for _, path := range paths {
		s.add(sideFile{rel: filepath.ToSlash(rel(path)), path: path})
	}
	for _, e := range sigma.Errors(err) {
		s.add(sideFile{rel: filepath.ToSlash(rel(e.Name())), path: e.Name(), err: e})
	}
}

func (s *side) add(f sideFile) {
	if !slices.ContainsFunc(s.files[max(0, len(s.files)-1):], func(g sideFile) bool { return g.rel == f.rel }) {
		s.files = append(s.files, f)
	}
}

// sort orders the files by their paths and leaves out what is there twice.
func (s *side) sort() {
	slices.SortStableFunc(s.files, func(a, b sideFile) int { return compareText(a.rel, b.rel) })
	s.files = slices.CompactFunc(s.files, func(a, b sideFile) bool { return a.rel == b.rel })
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// load reads and parses both sides and finds what the rules mean. A file that
// both have in the same words is parsed once: its documents are the same.
func load(old, new *side, jobs int, suppress bool) {
	old.sort()
	new.sort()
	before := make(map[string]int, len(old.files))
	for i := range old.files {
		before[old.files[i].rel] = i
	}
	old.units, new.units = make([][]unit, len(old.files)), make([][]unit, len(new.files))
	done := make([]bool, len(old.files))
	_ = ordered(len(new.files), jobs, func(i int) int {
		f := &new.files[i]
		f.read()
		new.units[i] = f.units()
		if k, ok := before[f.rel]; ok {
			g := &old.files[k]
			g.read()
			if f.file != nil && g.file != nil && bytes.Equal(f.file.Data, g.file.Data) {
				old.units[k], done[k] = cloneUnits(new.units[i]), true
			}
		}
		return i
	}, func(int) error { return nil })
	_ = ordered(len(old.files), jobs, func(k int) int {
		if !done[k] {
			old.files[k].read()
			old.units[k] = old.files[k].units()
		}
		return k
	}, func(int) error { return nil })
	if old.links() || new.links() {
		old.link(suppress)
		new.link(suppress)
	}
}

// read reads the file, unless that was done or cannot be.
func (f *sideFile) read() {
	if f.file == nil && f.err == nil {
		f.file, f.err = sigma.ReadFile(f.path)
	}
}

// units returns the documents of the file, with what they mean by themselves.
func (f *sideFile) units() []unit {
	if f.err != nil {
		return []unit{{errs: sigma.Errors(f.err)}}
	}
	us := split(sigma.ParseAll(f.file))
	for i := range us {
		us[i].build()
	}
	return us
}

// cloneUnits returns units to which more can be said without saying it of these.
func cloneUnits(us []unit) []unit {
	out := slices.Clone(us)
	for i := range out {
		out[i].errs, out[i].warnings = slices.Clip(out[i].errs), slices.Clip(out[i].warnings)
		us[i].errs, us[i].warnings = slices.Clip(us[i].errs), slices.Clip(us[i].warnings)
	}
	return out
}

// links reports whether some of the documents are about others.
func (s *side) links() bool {
	return slices.ContainsFunc(s.units, func(us []unit) bool {
		return slices.ContainsFunc(us, func(u unit) bool { return isLink(u.doc) })
	})
}

// link puts the documents of the side together.
func (s *side) link(suppress bool) {
	l := &library{files: make([]source, len(s.units))}
	for i, us := range s.units {
		l.files[i] = source{units: us, done: true} // whose elements are those of s
	}
	l.link(suppress)
}
