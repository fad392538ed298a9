package sigma

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// Load reads files and folders. Of folders it reads the files that Files
// names. The collection holds all documents that are right, in the order of
// the paths, and all warnings; the error, if any, is an ErrorList with
// everything that is wrong in any file, in the same order.
func Load(paths ...string) (*Collection, error) { return load(osTree(), paths) }

// LoadFS is Load for a file system such as an embed.FS. Without roots it reads
// the whole file system.
func LoadFS(fsys fs.FS, roots ...string) (*Collection, error) {
	if len(roots) == 0 {
		roots = []string{"."}
	}
	return load(fsTree(fsys), roots)
}

// Files returns the names of the files that Load reads for these paths, in its
// order: the paths in the order given, a file as it is whatever its name, and
// for a folder all files below it whose names end in .yml or .yaml, in lexical
// order. Names that begin with a dot are left out, and so are tests of rules,
// whose names end in .tests.yml or .tests.yaml; symbolic links to folders are
// not followed, unless they are given themselves. The error is an
// ErrorList with the paths and folders that cannot be read; the files are
// returned even so.
func Files(paths ...string) ([]string, error) {
	var names []string
	var errs ErrorList
	osTree().walk(paths, func(name string, err error) {
		if err != nil {
			errs = append(errs, unreadable(name, err))
			return
		}
		names = append(names, name)
	})
	return names, errs.Err()
}

// ReadFile reads a file as Load does, with its limit on the size. The error is
// an *Error.
func ReadFile(name string) (*File, error) { return osTree().read(name) }

// A tree is a place that has files and folders.
type tree struct {
	open    func(name string) (fs.File, error)
	stat    func(name string) (fs.FileInfo, error) // of what a link points to
	readDir func(name string) ([]fs.DirEntry, error)
	join    func(folder, name string) string
}

func osTree() tree {
	return tree{
		open:    func(name string) (fs.File, error) { return os.Open(name) },
		stat:    os.Stat,
		readDir: os.ReadDir,
		join: func(folder, name string) string {
			if os.IsPathSeparator(folder[len(folder)-1]) {
				return folder + name
			}
			return folder + string(os.PathSeparator) + name
		},
	}
}

func fsTree(fsys fs.FS) tree {
	return tree{
		open:    fsys.Open,
		stat:    func(name string) (fs.FileInfo, error) { return fs.Stat(fsys, name) },
		readDir: func(name string) ([]fs.DirEntry, error) { return fs.ReadDir(fsys, name) },
		join:    func(folder, name string) string { return path.Join(folder, name) },
	}
}

// load reads all files of some paths.
func load(t tree, paths []string) (*Collection, error) {
	c := &Collection{}
	var errs ErrorList
	t.walk(paths, func(name string, err error) {
		if err != nil {
			errs = append(errs, unreadable(name, err))
			return
		}
		f, err := t.read(name)
		if err != nil {
			errs = append(errs, Errors(err)...)
			return
		}
		docs, warnings, wrong := ParseFile(f)
		c.Documents = append(c.Documents, docs...)
		c.Warnings = append(c.Warnings, warnings...)
		errs = append(errs, wrong...)
	})
	c.Warnings = append(c.Warnings, repeatedNames(c.Documents)...)
	return c, errs.Err()
}

// walk calls visit for each file, and for each path that cannot be read.
func (t tree) walk(paths []string, visit func(name string, err error)) {
	for _, p := range paths {
		switch info, err := t.stat(p); {
		case err != nil:
			visit(p, err)
		case info.IsDir():
			t.walkFolder(p, visit)
		default:
			visit(p, nil)
		}
	}
}

func (t tree) walkFolder(folder string, visit func(name string, err error)) {
	entries, err := t.readDir(folder) // sorted by name
	if err != nil {
		visit(folder, err)
	}
	for _, e := range entries {
		name := t.join(folder, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			t.walkFolder(name, visit)
		case !IsRuleFile(e.Name()):
		case e.Type()&fs.ModeSymlink != 0:
			if info, err := t.stat(name); err != nil || !info.IsDir() {
				visit(name, err)
			}
		default:
			visit(name, nil)
		}
	}
}

// IsRuleFile reports whether a file of that name is one of rules where a folder
// is read: it ends in .yml or .yaml, and not in .tests.yml or .tests.yaml.
func IsRuleFile(name string) bool {
	stem, ok := strings.CutSuffix(name, ".yml")
	if !ok {
		stem, ok = strings.CutSuffix(name, ".yaml")
	}
	return ok && !strings.HasSuffix(stem, ".tests")
}

// read reads a file, unless it is too large.
func (t tree) read(name string) (*File, error) {
	r, err := t.open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	f := &File{Name: name}
	var buf bytes.Buffer
	if info, err := r.Stat(); err == nil {
		if info.Size() > MaxFileSize {
			return nil, tooLarge(f)
		}
		buf.Grow(int(max(info.Size(), 0)) + bytes.MinRead) // for all of it, and to see that this is all
	}
	_, err = buf.ReadFrom(io.LimitReader(r, MaxFileSize+1))
	f.Data = buf.Bytes()
	switch {
	case err != nil:
		return nil, unreadable(name, err)
	case len(f.Data) > MaxFileSize:
		return nil, tooLarge(&File{Name: name})
	}
	return f, nil
}

func tooLarge(f *File) *Error {
	return &Error{Pos: Pos{File: f}, Code: Limit, Hint: "split it",
		Msg: "the file is larger than " + strconv.Itoa(MaxFileSize) + " bytes"}
}

// unreadable returns the error for a path that cannot be read.
func unreadable(name string, err error) *Error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // the name stands in front already
	}
	return &Error{Pos: Pos{File: &File{Name: name}}, Code: Unreadable, Msg: "cannot read: " + err.Error()}
}
