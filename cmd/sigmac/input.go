package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// dash is the path that stands for standard input.
const dash = "-"

// An input is one file to read.
type input struct {
	path string // as messages print it
	stem string // what output files are called: a slash-separated path without extension
	err  error  // why the path cannot be read, found while looking for files
}

// findInputs returns the files that the arguments name, as sigma.Files does,
// each once. Without arguments it is standard input, unless that is a
// terminal. A path that does not exist is a wrong command line.
func findInputs(a *app, args []string) ([]input, error) {
	if len(args) == 0 {
		if a.inTerm {
			return nil, usage("name files or folders, or - for standard input", "there are no rules to read")
		}
		args = []string{dash}
	}
	var ins []input
	seen := make(map[string]bool)
	for _, arg := range args {
		found, err := expand(arg)
		if err != nil {
			return nil, err
		}
		for _, in := range found {
			if clean := filepath.Clean(in.path); !seen[clean] {
				seen[clean] = true
				ins = append(ins, in)
			}
		}
	}
	if len(ins) == 0 {
		return nil, usage("rule files are *.yml and *.yaml", "there are no rule files in %s", strings.Join(args, " "))
	}
	nameOutputs(ins, base(args))
	return ins, nil
}

// expand returns the files of one argument, and after them what cannot be
// read of it.
func expand(arg string) ([]input, error) {
	if arg == dash {
		return []input{{path: arg}}, nil
	}
	if _, err := os.Stat(arg); errors.Is(err, fs.ErrNotExist) {
		return nil, usage("", "there is no file or folder %q", arg)
	}
	paths, err := sigma.Files(arg)
	var ins []input
	for _, path := range paths {
		ins = append(ins, input{path: path})
	}
	for _, e := range sigma.Errors(err) {
		ins = append(ins, input{path: e.Name(), err: e})
	}
	return ins, nil
}

// base returns the folder that all arguments have in common, as an absolute
// path: output files repeat the tree below it.
func base(args []string) string {
	var common []string
	first := true
	for _, arg := range args {
		abs, err := filepath.Abs(arg)
		if arg == dash || err != nil {
			continue
		}
		if info, err := os.Stat(abs); err != nil || !info.IsDir() {
			abs = filepath.Dir(abs)
		}
		parts := strings.Split(abs, string(filepath.Separator))
		if first {
			common, first = parts, false
		}
		n := 0
		for n < len(common) && n < len(parts) && common[n] == parts[n] {
			n++
		}
		common = common[:n]
	}
	return strings.Join(common, string(filepath.Separator)) + string(filepath.Separator)
}

// nameOutputs gives each input the stem of its output files. Two inputs that
// only differ in the extension keep it.
func nameOutputs(ins []input, base string) {
	count := make(map[string]int, len(ins))
	for i := range ins {
		in := &ins[i]
		in.stem = below(base, in.path)
		count[fold(trimExt(in.stem))]++
	}
	for i := range ins {
		if stem := trimExt(ins[i].stem); count[fold(stem)] == 1 {
			ins[i].stem = stem
		}
	}
}

// below returns the path relative to the folder, with slashes. What is not
// below it keeps only its name, so that no path leads out of the output
// folder.
func below(base, path string) string {
	if path == dash {
		return "stdin"
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Base(path)
	}
	rel, ok := strings.CutPrefix(abs, base)
	if !ok || !filepath.IsLocal(rel) {
		return filepath.Base(path)
	}
	return filepath.ToSlash(rel)
}

// trimExt returns the path without the extension of a rule file.
func trimExt(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path, ".yml"), ".yaml")
}

// fold returns the path as file systems that ignore case see it.
func fold(path string) string { return strings.ToLower(path) }

// stems returns the stems of the inputs, sorted and folded.
func stems(ins []input) []string {
	out := make([]string, len(ins))
	for i, in := range ins {
		out[i] = fold(in.stem)
	}
	slices.Sort(out)
	return out
}
