// Package shared finds the reference material that tests compare with: the
// folder "shared" beside the repository. It is not part of the project; tests
// that read it are skipped where it is absent.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder of the reference material, or
// skips the test where it is not there.
func Path(tb testing.TB, elem ...string) string {
	tb.Helper()
	path := filepath.Join(append([]string{Root(tb), "..", "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("the reference material is not beside the repository: %v", err)
	}
	return path
}

// Root returns the folder of the repository, the one with go.mod.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod in any folder above the test")
		}
		dir = parent
	}
}
