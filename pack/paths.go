package pack

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

// globs reports what cannot be a glob.
func (r *reader) globs(lists ...[]Path) {
	for _, p := range slices.Concat(lists...) {
		if !doublestar.ValidatePattern(filepath.ToSlash(p.Text)) {
			r.fail(p.Pos, "", "%q is no glob", p.Text)
		}
	}
}

// isGlob reports whether a path names several.
func isGlob(text string) bool { return strings.ContainsAny(text, "*?[{") }

// cutSpec takes what stands before the path of a schema off, as
// schema.ReadFile reads it.
func cutSpec(spec string) (before, path string) {
	before, after, found := strings.Cut(spec, ":")
	name, _, _ := strings.Cut(before, ".")
	if !found || !slices.Contains(schema.Formats(), schema.Format(name)) {
		return "", spec
	}
	return before + ":", after
}

// isName reports whether a pipeline is named that is not a path.
func isName(spec string) bool {
	if _, ok := pipeline.Builtin(spec); ok {
		return true
	}
	return slices.ContainsFunc(sigmago.LegacyNames(), func(n sigmago.LegacyName) bool { return n.Name == spec })
}

// join returns a path of the file as the system has it.
func (c *Config) join(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Dir, path)
}

// find returns the files of paths, relative to the folder of the Config, with
// slashes, sorted and each once. A path that has none is an error.
func (c *Config) find(paths []Path) ([]string, error) {
	var out []string
	var errs sigma.ErrorList
	for _, p := range paths {
		found, err := c.expand(p.Text)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("there are no rule files in %s", p.Text)
		}
		if err != nil {
			errs = append(errs, &sigma.Error{Pos: p.Pos, Code: sigma.Unreadable, Msg: err.Error()})
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	return slices.Compact(out), errs.Err()
}

// expand returns the files of a file, a folder or a glob.
func (c *Config) expand(text string) ([]string, error) {
	roots := []string{c.join(text)}
	_, err := os.Stat(roots[0])
	switch {
	case err == nil: // a name may have brackets
	case isGlob(text):
		if roots, err = c.glob(text); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("there is no file or folder %s", text)
	}
	files, err := sigma.Files(roots...)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(files))
	for _, f := range files {
		name, err := c.relative(f)
		if err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, nil
}

// glob returns the folders, and the files of rules, that a glob matches.
func (c *Config) glob(text string) ([]string, error) {
	base, pattern := doublestar.SplitPattern(filepath.ToSlash(filepath.FromSlash(text)))
	base = c.join(base)
	if _, err := os.Stat(base); err != nil {
		return nil, err
	}
	found, err := doublestar.Glob(os.DirFS(base), pattern, doublestar.WithNoFollow(), doublestar.WithFailOnIOErrors(), doublestar.WithNoHidden())
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range found {
		path := filepath.Join(base, filepath.FromSlash(name))
		if info, err := os.Stat(path); err == nil && (info.IsDir() || sigma.IsRuleFile(path)) {
			out = append(out, path)
		}
	}
	return out, nil
}

// relative returns a path below the folder of the Config, with slashes. Where
// the path is absolute and lies elsewhere it stays so.
func (c *Config) relative(path string) (string, error) {
	rel, err := filepath.Rel(c.Dir, path)
	if err != nil {
		dir, err2 := filepath.Abs(c.Dir)
		if err2 != nil {
			return "", err2
		}
		if rel, err = filepath.Rel(dir, path); err != nil {
			rel = path // on another drive
		}
	}
	return filepath.ToSlash(rel), nil
}

// excluded reports whether a file is one that is to be left out.
func (c *Config) excluded(name string) bool {
	return slices.ContainsFunc(c.Exclude, func(p Path) bool {
		pattern := strings.TrimSuffix(filepath.ToSlash(filepath.Clean(filepath.FromSlash(p.Text))), "/")
		ok, err := doublestar.Match(pattern, name)
		return ok && err == nil || strings.HasPrefix(name, pattern+"/")
	})
}

// ours returns the paths of what is none of the rules though it may lie among
// them: the file of the Config, and the packs. Else what is built would be read by
// the next build.
func (c *Config) ours(output string) (out []string) {
	paths := []string{c.File.Name}
	for _, t := range c.Targets {
		paths = append(paths, filepath.Join(output, t.Name))
	}
	for _, path := range paths {
		if name, err := c.relative(path); err == nil {
			out = append(out, name)
		}
	}
	return out
}

// below reports whether a file is one of paths, or in one that is a folder.
func below(name string, paths []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		rest, ok := strings.CutPrefix(name, path)
		return ok && (rest == "" || rest[0] == '/')
	})
}

// A folder opens the files of the Config: where it may not read elsewhere, the
// operating system keeps it inside, whatever links are there.
type folder struct {
	c    *Config
	root *os.Root
}

// open opens the folder.
func (c *Config) open() (*folder, error) {
	if c.Outside {
		return &folder{c: c}, nil
	}
	root, err := os.OpenRoot(c.Dir)
	return &folder{c, root}, err
}

func (f *folder) close() {
	if f.root != nil {
		_ = f.root.Close() // it was only read
	}
}

// read reads a file, up to what the parser of rules finds too large.
func (f *folder) read(name string) (*sigma.File, error) {
	var in *os.File
	var err error
	if f.root != nil {
		in, err = f.root.Open(filepath.FromSlash(name))
	} else {
		in, err = os.Open(f.c.join(name))
	}
	file := &sigma.File{Name: name}
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	info, err := in.Stat()
	if err != nil {
		return nil, unreadable(file, err)
	}
	data := make([]byte, 0, min(info.Size(), sigma.MaxFileSize)+512)
	for err == nil && len(data) <= sigma.MaxFileSize {
		if len(data) == cap(data) {
			data = slices.Grow(data, 512)
		}
		var n int
		n, err = in.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
	}
	if err != nil && err != io.EOF { //nolint:errorlint // Read returns it as it is
		return nil, unreadable(file, err)
	}
	file.Data = data
	return file, nil
}

func unreadable(f *sigma.File, err error) *sigma.Error {
	if pathErr, ok := err.(*fs.PathError); ok { //nolint:errorlint // the outermost names the file again
		err = pathErr.Err
	}
	return &sigma.Error{Pos: sigma.Pos{File: f}, Code: sigma.Unreadable, Msg: "cannot read: " + err.Error()}
}

// outputWithin reports where a link leads the output folder, or what is to be made
// of it, out of the folder of the Config.
func (c *Config) outputWithin() error {
	path := filepath.Join(c.join(c.Output), stateDir)
	for {
		if _, err := os.Lstat(path); err == nil || path == filepath.Dir(path) {
			return c.within(Path{sigma.Pos{File: c.File}, c.Output}, path)
		}
		path = filepath.Dir(path)
	}
}

// within reports a path that a link leads out of the folder of the Config.
func (c *Config) within(p Path, path string) error {
	if c.Outside {
		return nil
	}
	base, err := filepath.EvalSymlinks(c.Dir)
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil //nolint:nilerr // whoever reads it says so
	}
	base, err = filepath.Abs(base)
	if err != nil {
		return err
	}
	if real, err = filepath.Abs(real); err != nil {
		return err
	}
	if rel, err := filepath.Rel(base, real); err != nil || !filepath.IsLocal(rel) {
		return sigma.ErrorList{{Pos: p.Pos, Code: sigma.BadSetting, Hint: "write outside: true at the top to allow it",
			Msg: fmt.Sprintf("a link leads %q out of the folder of the file", p.Text)}}
	}
	return nil
}
