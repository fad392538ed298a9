// Package golden compares what tests made with files that have what they made
// when somebody last looked at it.
package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Compare fails the test where a text is not that of a file, and shows the first
// line that differs. With update it writes the file instead; then git diff shows
// what changed, and whoever commits it says why that is right.
func Compare(tb testing.TB, update bool, file, got string) {
	tb.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if got != string(want) {
		line, have, wanted := firstDifference(got, string(want))
		tb.Errorf("%s differs from line %d on; -update rewrites it, and git diff shows what changed\n got %s\nwant %s", file, line, have, wanted)
	}
}

// firstDifference returns the first line, from 1 on, that differs, as both texts
// have it.
func firstDifference(got, want string) (line int, have, wanted string) {
	a, b := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	for line = range max(len(a), len(b)) {
		have, wanted = "", ""
		if line < len(a) {
			have = a[line]
		}
		if line < len(b) {
			wanted = b[line]
		}
		if have != wanted {
			break
		}
	}
	return line + 1, have, wanted
}
