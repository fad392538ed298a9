package pack

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

// maxRead bounds the files that pipelines read.
const maxRead = 64 << 20

// reads are the files that pipelines read while they are applied, by their path
// below the folder of the Config, with what was in them. Of those that cannot be
// read the digest is zero: rules that need them are refused, until they can be.
type reads struct {
	config *Config
	mu     sync.Mutex
	seen   map[string]digest
}

// note takes note of a file.
func (r *reads) note(path string, sum digest) {
	name, err := r.config.relative(path)
	if err != nil {
		name = path
	}
	r.mu.Lock()
	r.seen[name] = sum
	r.mu.Unlock()
}

// changed reports whether one of the files is not what it was.
func (r *reads) changed(was map[string]digest) bool {
	for name, sum := range was {
		var now digest
		if data, err := limited(os.Open(r.config.join(name))); err == nil {
			now = sha256.Sum256(data)
		}
		if now != sum {
			return true
		}
	}
	return false
}

// limited reads a file that was opened, up to maxRead, and closes it. It passes on
// the error of opening it.
func limited(f *os.File, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid
	}
	data, err := io.ReadAll(io.LimitReader(f, maxRead+1))
	if err == nil && len(data) > maxRead {
		err = fmt.Errorf("it has more than %d bytes", maxRead)
	}
	return data, err
}

// A noting is a folder that no path and no link leads out of, whose files are
// noted when they are read.
type noting struct {
	of  *reads
	dir string
}

// Open reads a file.
func (n noting) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	var sum digest
	f, err := n.read(name)
	if err == nil {
		sum = f.sum
	}
	n.of.note(filepath.Join(n.dir, name), sum)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (n noting) read(name string) (*memory, error) {
	f, err := os.OpenInRoot(n.dir, filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	data, err := limited(f, nil)
	if err != nil {
		return nil, err
	}
	return &memory{bytes.NewReader(data), info, sha256.Sum256(data)}, nil
}

// A memory is a file that was read.
type memory struct {
	*bytes.Reader
	info fs.FileInfo
	sum  digest
}

// Stat returns what the file was.
func (m *memory) Stat() (fs.FileInfo, error) { return m.info, nil }

// Close does nothing.
func (m *memory) Close() error { return nil }

// A PipelineInfo is a pipeline as manifests name it.
type PipelineInfo struct {
	Name   string `json:"name"`   // as sigmac.yml has it
	SHA256 string `json:"sha256"` // of its text
}

// pipelines resolves the pipelines of a target.
func (r *reads) pipelines(t *Target, o pipeline.Options) ([]*pipeline.Pipeline, []PipelineInfo, error) {
	o.AnyFile, o.HTTP, o.Command, o.Files = false, nil, nil, nil
	var infos []PipelineInfo
	var errs sigma.ErrorList
	var specs []string
	for _, p := range t.Pipelines {
		spec, sum, err := r.text(p)
		errs = append(errs, sigma.Errors(err)...)
		specs = append(specs, spec)
		infos = append(infos, PipelineInfo{p.Text, sum.String()})
	}
	if len(errs) > 0 {
		return nil, nil, errs
	}
	resolve := func(spec string) (*pipeline.Pipeline, error) { return r.resolve(spec, o) }
	out, err := sigmago.Resolve(specs, resolve)
	if err == nil {
		return out, infos, nil
	}
	for i, p := range t.Pipelines {
		_, err := sigmago.Resolve(specs[i:i+1], resolve)
		errs = append(errs, placed(p.Pos, err)...)
	}
	if len(errs) == 0 { // nothing is wrong with one alone
		errs = placed(t.Pos, err)
	}
	return nil, nil, errs
}

// text returns what names a pipeline for the resolver, and the digest of its
// text.
func (r *reads) text(p Path) (string, digest, error) {
	if isName(p.Text) {
		return p.Text, nameSum(p.Text), nil
	}
	path := r.config.join(p.Text)
	if _, err := os.Stat(path); err != nil {
		_, err := pipeline.Resolve(p.Text) // knows what was meant
		for _, e := range sigma.Errors(err) {
			return "", digest{}, sigma.ErrorList{{Pos: p.Pos, Code: e.Code, Msg: e.Msg, Hint: e.Hint}}
		}
		return "", digest{}, sigma.ErrorList{{Pos: p.Pos, Code: sigma.BadPipeline, Msg: "there is no file " + p.Text}}
	}
	if err := r.config.within(p, path); err != nil {
		return "", digest{}, err
	}
	h := sha256.New()
	paths, err := ymlFiles(path)
	for _, f := range paths {
		var data []byte
		if data, err = limited(os.Open(f)); err != nil {
			break
		}
		rel, _ := filepath.Rel(path, f) // both are of one folder
		tell(h, filepath.ToSlash(rel), string(data))
	}
	if err != nil {
		return "", digest{}, sigma.ErrorList{{Pos: p.Pos, Code: sigma.Unreadable, Msg: err.Error()}}
	}
	return path, done(h), nil
}

// nameSum returns the digest of the text of a pipeline that comes with the
// project, or of those that a name of old stands for.
func nameSum(name string) digest {
	h := sha256.New()
	list := []string{name}
	for _, n := range sigmago.LegacyNames() {
		if _, ok := pipeline.Builtin(name); !ok && n.Name == name {
			list = append(slices.Clone(n.Pipelines), n.Generic)
		}
	}
	for _, n := range list {
		text, _ := pipeline.BuiltinText(n)
		tell(h, string(text))
	}
	return done(h)
}

// ymlFiles returns the files of a pipeline that is a file or a folder.
func ymlFiles(path string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(p); err == nil && !d.IsDir() && (p == path || ext == ".yml" || ext == ".yaml") {
			out = append(out, p)
		}
		return err
	})
	return out, err
}

// resolve reads a pipeline; the files that it reads later are noted.
func (r *reads) resolve(spec string, o pipeline.Options) (*pipeline.Pipeline, error) {
	if _, ok := pipeline.Builtin(spec); ok {
		return pipeline.Resolve(spec)
	}
	paths, err := ymlFiles(spec)
	if err != nil || len(paths) == 0 {
		return o.Resolve(spec) // says so
	}
	var parts []*pipeline.Pipeline
	var errs sigma.ErrorList
	for _, path := range paths {
		o.Files = noting{r, filepath.Dir(path)}
		p, err := o.Resolve(path)
		errs = append(errs, sigma.Errors(err)...)
		parts = append(parts, p)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return pipeline.Chain(parts...), nil
}

// of returns the files that were read, with those of before.
func (r *reads) of(before map[string]digest) map[string]digest {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := maps.Clone(r.seen)
	for name, sum := range before {
		if _, ok := out[name]; !ok {
			out[name] = sum
		}
	}
	return out
}
