package pack

import (
	"path/filepath"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// FileName is the name of the file that says what packs are made of.
const FileName = "sigmac.yml"

// A Config is what a file sigmac.yml says. docs/pack.md has its keys.
type Config struct {
	File *sigma.File // as read
	Dir  string      // the folder of the file, which its paths are relative to

	Name        string // letters, digits, "_" and "-"
	Title       string
	Description string
	Author      string
	License     string
	Version     string // as 1.2.3
	Output      string // the folder of the packs

	Rules   []Path // files, folders and globs
	Exclude []Path // globs, of files that Rules have
	Filters []Path // files, folders and globs of Sigma filters

	// Suppress reads the conditions of filters as what is to be left out.
	Suppress bool
	// Outside lets paths lead out of the folder of the file.
	Outside bool

	Select  *Selection  // of which rules are in the packs; nil is all
	Lists   []emit.List // values of placeholders, sorted by name
	Targets []*Target   // in the order of the file
}

// A Path is a path, a glob or a name of a pipeline, as the file has it.
type Path struct {
	sigma.Pos
	Text string
}

// A Target is a pack.
type Target struct {
	sigma.Pos
	Name      string // of its folder
	Language  string // the name of the backend
	Format    string
	Pipelines []Path
	Schemas   []Path
	Unknown   schema.Policy
	Method    string // how correlations are written
	Settings  map[string]string
	Overrides backends.Overrides
	Macros    []emit.Macro // sorted by name
	Join      bool         // one file has all entries, where the format makes one for each
	Archive   string       // "", or the extension of an archive: zip, tar.gz, spl
	Select    *Selection   // beside that of the Config

	about map[string]sigma.Pos // where the settings of a rule stand, by its id, name or title
}

// limits of a file sigmac.yml.
const (
	maxConfig = 1 << 20 // bytes
	maxNodes  = 100_000 // YAML nodes that are looked at, aliases followed
	maxDepth  = 20
	maxErrors = 1000
)

// ReadConfig reads a file. The error is an ErrorList with everything that is
// wrong in it.
func ReadConfig(path string) (*Config, error) {
	f, err := sigma.ReadFile(path)
	if err != nil {
		return nil, sigma.Errors(err)
	}
	return ParseConfig(f, filepath.Dir(path))
}

// ParseConfig reads the text of a file whose paths are relative to a folder.
func ParseConfig(f *sigma.File, dir string) (*Config, error) {
	r := &reader{file: f, left: maxNodes}
	c := &Config{File: f, Dir: dir}
	if root := r.document(); root != nil {
		r.config(c, root)
	}
	if len(r.errs) > 0 {
		r.errs.Sort()
		return nil, r.errs
	}
	return c, nil
}
