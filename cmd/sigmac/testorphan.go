package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// orphans returns the files of tests, below folders of the command line, beside
// which there is no file of rules: that was renamed or removed, and its tests
// would be lost without a word.
func orphans(args []string) (out []string) {
	for _, arg := range args {
		if info, err := os.Stat(arg); arg == dash || err != nil || !info.IsDir() {
			continue
		}
		// What cannot be read is said where the rules are looked for.
		_ = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			switch hidden := strings.HasPrefix(d.Name(), ".") && path != arg; {
			case err != nil || hidden && d.IsDir():
				return fs.SkipDir
			case !hidden && !d.IsDir() && isOrphan(path):
				out = append(out, path)
			}
			return nil
		})
	}
	return out
}

// isOrphan reports whether a path is that of tests whose rules are not there.
func isOrphan(path string) bool {
	for _, ending := range testEndings {
		stem, ok := strings.CutSuffix(path, ending)
		if !ok {
			continue
		}
		for _, ext := range []string{".yml", ".yaml"} {
			if _, err := os.Stat(stem + ext); err == nil {
				return false
			}
		}
		return true
	}
	return false
}

// orphan says that tests have no rules.
func (t *tester) orphan(path string) *tested {
	o := &tested{outcome: &outcome{file: path}}
	e := &sigma.Error{Pos: sigma.Pos{File: &sigma.File{Name: path}, Line: 1, Col: 1}, Code: codeBadTest,
		Msg: "there is no file of rules of that name beside the tests", Hint: "was the rule renamed?"}
	t.note(o, &document{job: t.job, outcome: o.outcome, file: path}, e.Pos.String(), "", "error", e)
	o.testTotals.broken++
	return o
}
