package eval

import (
	"slices"
	"strings"
	"testing"
)

// TestKeyBegins compares the way in which expected names are told with the
// plain one.
func TestKeyBegins(t *testing.T) {
	for n := range 40 {
		text := []byte(strings.Repeat("abcdefghijklm", 4)[:n])
		ring := newKeyring()
		k := &ring.keys[ring.find(text)-1]
		if !k.begins(text) || !k.begins(append(slices.Clone(text), "more than that"...)) || n > 0 && k.begins(text[:n-1]) {
			t.Errorf("%q is not told", text)
		}
		for i := range text {
			other := append(slices.Clone(text), "and more"...)
			other[i]++
			if k.begins(other) {
				t.Errorf("%q begins with %q", other, text)
			}
		}
	}
}
