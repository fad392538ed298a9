package pack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/sigma-compiler/sigmac/backends/emit"
)

// Folders and files of stateDir that a build that was killed leaves there. No name
// of a target begins so: a target old-splunk has the state old-splunk.state.
const (
	newPrefix = "~new-" // not yet whole, or not needed any more
	oldPrefix = "~old-" // moved away for the new one
)

// A store is the output folder.
type store struct {
	dir  string
	disk disk
}

func (s *store) pack(name string) string   { return filepath.Join(s.dir, name) }
func (s *store) state(name string) string  { return filepath.Join(s.dir, stateDir, name+".state") }
func (s *store) rules(name string) string  { return filepath.Join(s.dir, stateDir, name+".rules") }
func (s *store) staged(name string) string { return filepath.Join(s.dir, stateDir, newPrefix+name) }
func (s *store) old(name string) string    { return filepath.Join(s.dir, stateDir, oldPrefix+name) }

// lock creates the folder and waits until no other build works on it.
func (s *store) lock(ctx context.Context) (unlock func(), err error) {
	dir := filepath.Join(s.dir, stateDir)
	if err := s.disk.MkdirAll(dir); err != nil {
		return nil, err
	}
	type got struct {
		unlock func()
		err    error
	}
	c := make(chan got, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(filepath.Join(dir, "lock")).Lock()
		c <- got{unlock, err}
	}()
	select {
	case g := <-c:
		return g.unlock, g.err
	case <-ctx.Done():
		go func() {
			if g := <-c; g.err == nil {
				g.unlock()
			}
		}()
		return nil, ctx.Err()
	}
}

// recover takes away what a build left that was killed. A pack that it had
// moved away comes back.
func (s *store) recover() error {
	list, err := os.ReadDir(filepath.Join(s.dir, stateDir))
	if err != nil {
		return err
	}
	for _, d := range list {
		at := filepath.Join(s.dir, stateDir, d.Name())
		if name, ok := strings.CutPrefix(d.Name(), oldPrefix); ok {
			if _, err := os.Lstat(s.pack(name)); errors.Is(err, fs.ErrNotExist) {
				if err := s.disk.Rename(at, s.pack(name)); err != nil {
					return err
				}
				continue
			}
		} else if !strings.HasPrefix(d.Name(), newPrefix) {
			continue
		}
		if err := s.disk.RemoveAll(at); err != nil {
			return err
		}
	}
	return nil
}

// A found is what is in the folder of a pack.
type found struct {
	files map[string]stored // by path; Sum is zero where it is not known
	known map[string]bool   // the paths that are the pack's, as the state or the manifest say
	other []string          // what is neither a file nor a folder
}

// look finds what is there of a pack. Files whose size and time are those of
// the state are as they were written.
func (s *store) look(name string, st *state) (*found, error) {
	out := &found{files: make(map[string]stored), known: make(map[string]bool)}
	root := s.pack(name)
	info, err := os.Lstat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return out, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is no folder", root)
	}
	was := make(map[string]stored, len(st.Files))
	for _, f := range st.Files {
		was[f.Path], out.known[f.Path] = f, true
	}
	err = filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if !d.Type().IsRegular() {
			out.other = append(out.other, rel)
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := stored{Path: rel, Size: info.Size(), ModTime: info.ModTime().UnixNano()}
		if w := was[rel]; w.Size == f.Size && w.ModTime == f.ModTime {
			f.Sum = w.Sum // zero where all is to be read
		}
		out.files[rel] = f
		return nil
	})
	return out, err
}

// asWritten reports whether the files are those of the state, and no others.
func (f *found) asWritten(st *state) bool {
	if len(f.other) > 0 || len(f.files) != len(st.Files) || len(st.Files) == 0 {
		return false
	}
	for _, w := range st.Files {
		if f.files[w.Path].Sum != w.Sum {
			return false
		}
	}
	return true
}

// learn takes from the manifest which files are the pack's, where there is no
// state.
func (s *store) learn(name string, f *found) {
	data, err := limited(os.Open(filepath.Join(s.pack(name), ManifestName)))
	if err != nil {
		return
	}
	if bytes.HasPrefix(data, []byte("{\n  \"manifest\": ")) { // as they all begin
		f.known[ManifestName] = true
	}
	m, err := ParseManifest(data)
	if err != nil {
		return
	}
	f.known[ManifestName] = true
	if m.Archive != nil {
		f.known[m.Archive.Path] = true
		return
	}
	for _, file := range m.Files {
		f.known[file.Path] = true
	}
}

// sum returns the digest of a file of a pack.
func (s *store) sum(name string, f *found, rel string) (digest, error) {
	file := f.files[rel]
	if file.Sum != (digest{}) {
		return file.Sum, nil
	}
	data, err := os.ReadFile(filepath.Join(s.pack(name), filepath.FromSlash(rel)))
	if err != nil {
		return digest{}, err
	}
	file.Sum = sha256.Sum256(data)
	f.files[rel] = file
	return file.Sum, nil
}

// compare returns what a pack of those files changes. The error names files
// that are not of the pack and would be lost.
func (s *store) compare(name string, f *found, files []emit.File, sums []digest) ([]Change, error) {
	var out []Change
	foreign := f.other
	wanted := make(map[string]bool, len(files))
	for i, file := range files {
		wanted[file.Path] = true
		if _, ok := f.files[file.Path]; !ok {
			out = append(out, Change{"added", file.Path})
			continue
		}
		sum, err := s.sum(name, f, file.Path)
		switch {
		case err != nil:
			return nil, err
		case sum == sums[i]:
		case f.known[file.Path]:
			out = append(out, Change{"changed", file.Path})
		default:
			foreign = append(foreign, file.Path)
		}
	}
	for _, rel := range sorted(f.files) {
		switch {
		case wanted[rel]:
		case f.known[rel]:
			out = append(out, Change{"removed", rel})
		default:
			foreign = append(foreign, rel)
		}
	}
	if len(foreign) > 0 {
		return nil, foreignError(s.pack(name), foreign)
	}
	return out, nil
}

// foreignError says which files are in the way.
func foreignError(dir string, files []string) error {
	const most = 5
	more := ""
	if n := len(files) - most; n > 0 {
		files, more = files[:most], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Errorf("in %s there are files that are not of the pack: %s%s; move them elsewhere, or let the pack go to another folder", dir, strings.Join(files, ", "), more)
}

// stage writes the files of a pack where they can take the place of the old
// ones at once. Those that are there already are links to them.
func (s *store) stage(ctx context.Context, name string, f *found, files []emit.File, sums []digest) ([]stored, error) {
	root := s.staged(name)
	made := make(map[string]bool)
	out := make([]stored, 0, len(files))
	for i, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		to := filepath.Join(root, filepath.FromSlash(file.Path))
		if dir := path.Dir(file.Path); !made[dir] {
			if err := s.disk.MkdirAll(filepath.Dir(to)); err != nil {
				return nil, err
			}
			made[dir] = true
		}
		if err := s.put(name, f, file, sums[i], to); err != nil {
			return nil, err
		}
		info, err := os.Lstat(to)
		if err != nil {
			return nil, err
		}
		out = append(out, stored{file.Path, info.Size(), info.ModTime().UnixNano(), sums[i]})
	}
	return out, nil
}

// put links or writes one file.
func (s *store) put(name string, f *found, file emit.File, sum digest, to string) error {
	if have, ok := f.files[file.Path]; ok && have.Sum == sum {
		if s.disk.Link(filepath.Join(s.pack(name), filepath.FromSlash(file.Path)), to) == nil {
			return nil
		} // not every file system has links
	}
	return s.disk.WriteFile(to, file.Data)
}

// swap puts the staged pack in the place of the old one. Where the system
// cannot exchange folders at once, the old one is moved away before: there is a
// moment without a pack, and what recover finds after it.
func (s *store) swap(name string) error {
	to, from := s.pack(name), s.staged(name)
	if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
		return s.disk.Rename(from, to)
	}
	err := s.disk.Exchange(from, to)
	if err == nil || !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err := s.disk.Rename(to, s.old(name)); err != nil {
		return err
	}
	if err := s.disk.Rename(from, to); err != nil {
		return errors.Join(err, s.disk.Rename(s.old(name), to))
	}
	return nil
}

// clean takes away what is left of a build, but never the only pack there is.
func (s *store) clean(name string) error {
	err := s.disk.RemoveAll(ahead(s.rules(name)))
	if _, no := os.Lstat(s.pack(name)); errors.Is(no, fs.ErrNotExist) {
		return errors.Join(err, s.disk.RemoveAll(s.staged(name)))
	}
	return errors.Join(err, s.disk.RemoveAll(s.staged(name)), s.disk.RemoveAll(s.old(name)))
}

// remembered returns the names of the packs that there is a state of.
func (s *store) remembered() []string {
	list, err := os.ReadDir(filepath.Join(s.dir, stateDir))
	if err != nil {
		return nil
	}
	var out []string
	for _, d := range list {
		if name, ok := strings.CutSuffix(d.Name(), ".state"); ok && !strings.HasPrefix(name, newPrefix) {
			if _, err := os.Lstat(s.pack(name)); err == nil {
				out = append(out, name)
			}
		}
	}
	return out
}
