package golden

import (
	"path/filepath"
	"testing"
)

// A recorder is a test that notes whether it failed.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestCompare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "folder", "a.txt")
	Compare(t, true, file, "a\nb\n")
	for text, fails := range map[string]bool{"a\nb\n": false, "a\nc\n": true, "a\nb": true, "a\nb\n\n": true, "": true} {
		r := &recorder{TB: t}
		if Compare(r, false, file, text); r.failed != fails {
			t.Errorf("%q: failed %t", text, r.failed)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	for _, c := range []struct {
		got, want string
		line      int
	}{{"a\nb\n", "a\nc\n", 2}, {"a\nb\n", "a\nb", 2}, {"a\n", "a\nb\n", 2}, {"", "a", 1}, {"a\nb\n", "a\nb\n\n", 3}} {
		if line, have, wanted := firstDifference(c.got, c.want); line != c.line || have == wanted {
			t.Errorf("%q and %q: line %d, %q and %q; want line %d", c.got, c.want, line, have, wanted, c.line)
		}
	}
}
