package sigmago

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// Resolve returns the pipelines that a user names: what resolve, such as
// pipeline.Resolve, finds for a name, a file or a folder, and besides that
// configurations of the legacy sigmac, by the names that they had or as files.
// Such files may stand in folders among pipelines. Configurations whose
// priorities are next to each other become one pipeline, as in [Pipeline]; so
// the result may have fewer pipelines than there are names. They are to be
// chained by pipeline.Chain. The error is an ErrorList.
func Resolve(specs []string, resolve func(string) (*pipeline.Pipeline, error)) ([]*pipeline.Pipeline, error) {
	s := search{resolve: resolve, seen: make(map[string]bool)}
	for _, spec := range specs {
		s.spec(spec)
	}
	s.addGeneric()
	s.addConfigs()
	if len(s.errs) > 0 {
		return nil, s.errs
	}
	return s.found, nil
}

// A search is what became of the names so far.
type search struct {
	resolve func(string) (*pipeline.Pipeline, error)
	found   []*pipeline.Pipeline
	configs []*Config
	seen    map[string]bool // files of configurations
	generic []string        // pipelines for generic log sources, where nothing else is
	errs    sigma.ErrorList
}

// spec finds what one name stands for.
func (s *search) spec(spec string) {
	if _, ok := pipeline.Builtin(spec); ok {
		s.pipeline(spec)
		return
	}
	if name, ok := legacyName(spec); ok {
		if name.Pipelines == nil {
			s.errs = append(s.errs, name.missing())
		}
		for _, p := range name.Pipelines {
			s.pipeline(p)
		}
		if name.Generic != "" {
			s.generic = append(s.generic, name.Generic)
		}
		return
	}
	configs, others := filesOf(spec)
	if configs == nil {
		s.pipeline(spec)
		return
	}
	var chain []*pipeline.Pipeline
	for _, path := range others {
		p, err := s.resolve(path)
		s.errs = append(s.errs, sigma.Errors(err)...)
		chain = append(chain, p)
	}
	if p := pipeline.Chain(chain...); p != nil {
		s.found = append(s.found, p)
	}
	for _, f := range configs {
		if s.seen[f.Name] {
			continue
		}
		s.seen[f.Name] = true
		c, err := ParseConfig(f.Name, f.Data)
		s.errs = append(s.errs, sigma.Errors(err)...)
		if err == nil {
			s.configs = append(s.configs, c)
		}
	}
}

// pipeline finds a pipeline. For a name that is none, the nearest may be one
// of the legacy sigmac's.
func (s *search) pipeline(spec string) {
	p, err := s.resolve(spec)
	if err == nil {
		s.found = append(s.found, p)
		return
	}
	if _, no := os.Stat(spec); errors.Is(no, fs.ErrNotExist) {
		var names []string
		for _, n := range legacyNames() {
			names = append(names, n.Name)
		}
		for _, p := range pipeline.Builtins() {
			names = append(append(names, p.Name), p.Aliases...)
		}
		if near := sigma.Nearest(spec, names); near != "" {
			for _, e := range sigma.Errors(err) {
				e.Hint = fmt.Sprintf("did you mean %q?", near)
			}
		}
	}
	s.errs = append(s.errs, sigma.Errors(err)...)
}

// filesOf returns the configurations that a path names, read, and the paths of
// all other pipelines beside them. Without any configuration both are nil.
func filesOf(path string) (configs []*sigma.File, others []string) {
	paths := []string{path}
	path = strings.TrimSuffix(path, "/*")
	if info, err := os.Stat(path); err != nil {
		return nil, nil // the resolver says so
	} else if info.IsDir() {
		paths = nil
		err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(p); err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") {
				paths = append(paths, p)
			}
			return err
		})
		if err != nil {
			return nil, nil
		}
	}
	for _, p := range paths {
		if f := readConfig(p); f != nil {
			configs = append(configs, f)
		} else {
			others = append(others, p)
		}
	}
	if configs == nil {
		return nil, nil
	}
	return configs, others
}

// readConfig returns a file that is a configuration, nil for any other.
func readConfig(path string) *sigma.File {
	if info, err := os.Stat(path); err != nil || info.Size() > maxBytes {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil || !IsConfig(data) {
		return nil
	}
	return &sigma.File{Name: path, Data: data}
}

// addGeneric adds the pipelines for generic log sources that names stand for
// in part, unless something else comes first that may do the same.
func (s *search) addGeneric() {
	if len(s.generic) == 0 {
		return
	}
	early := func(priority int) bool { return priority < defaultOrder }
	if slices.ContainsFunc(s.configs, func(c *Config) bool { return early(c.Order) }) {
		return
	}
	for _, p := range s.found {
		if slices.ContainsFunc(p.Parts(), func(q *pipeline.Pipeline) bool { return early(q.Priority) }) {
			return
		}
	}
	slices.Sort(s.generic)
	for _, name := range slices.Compact(s.generic) {
		s.pipeline(name)
	}
}

// addConfigs makes pipelines of the configurations: one of those between which
// no other pipeline comes.
func (s *search) addConfigs() {
	slices.SortStableFunc(s.configs, func(a, b *Config) int { return cmp.Compare(a.Order, b.Order) })
	var between []int
	for _, p := range s.found {
		for _, part := range p.Parts() {
			between = append(between, part.Priority)
		}
	}
	for start := 0; start < len(s.configs); {
		end := start + 1
		for end < len(s.configs) && !slices.ContainsFunc(between, func(n int) bool { return s.configs[end-1].Order < n && n < s.configs[end].Order }) {
			end++
		}
		p, err := pipelineOf(s.configs[start:end], s.configs)
		s.errs = append(s.errs, sigma.Errors(err)...)
		if err == nil {
			s.found = append(s.found, p)
		}
		start = end
	}
}
