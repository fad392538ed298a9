package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// testEndings are how files of tests end whose names begin as those of rules.
var testEndings = []string{".tests.yml", ".tests.yaml", ".tests.jsonl"}

// find reads the tests of a file of rules, wherever they are.
func (t *tester) find(in input, subjects []*subject) []*caseReader {
	var out []*caseReader
	var paths []string
	if in.path != dash {
		for _, ending := range testEndings {
			paths = append(paths, filepath.Clean(trimExt(in.path))+ending)
		}
	}
	if t.flags.tests != "" {
		stem := filepath.Join(t.flags.tests, filepath.FromSlash(trimExt(in.stem)))
		for _, ending := range append(testEndings, ".jsonl") {
			paths = append(paths, stem+ending)
		}
	}
	for i, path := range paths {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || slices.Contains(paths[:i], path) {
			continue // or --tests is the folder of the rules
		}
		c := readTests(path)
		c.resolve(filepath.Dir(path))
		out = append(out, c)
	}
	for _, s := range subjects {
		var c caseReader
		if c.regression(s.doc); len(c.tests)+len(c.errs) > 0 {
			out = append(out, &c)
		}
	}
	return out
}

// resolve finds the files that tests name, which must not lead out of the
// folder of the tests and of the working directory: tests come from strangers.
func (c *caseReader) resolve(folder string) {
	c.tests = slices.DeleteFunc(c.tests, func(t ruleTest) bool {
		if t.file == "" {
			return false
		}
		path := filepath.Join(folder, filepath.FromSlash(t.file))
		rel := relativePath(mustAbs(path))
		if filepath.IsAbs(t.file) || !filepath.IsLocal(filepath.FromSlash(t.file)) && !filepath.IsLocal(rel) {
			c.fail(t.Pos, "it lies below the tests, or below the working directory", "the file %q lies elsewhere", t.file)
			return true
		}
		return false
	})
	for i := range c.tests {
		if t := &c.tests[i]; t.file != "" {
			t.file = filepath.Join(folder, filepath.FromSlash(t.file))
		}
	}
}

// mustAbs returns a path as an absolute one, or as it is where that cannot be
// known.
func mustAbs(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
