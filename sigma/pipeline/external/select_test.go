package external

import (
	"strings"
	"testing"
	"time"
)

// TestSelectBounds ends what takes too much time or memory.
func TestSelectBounds(t *testing.T) {
	for _, expression := range []string{"[range(1e9)]", "def f: f; f", "[.[] | range(1e9)] | length"} {
		pick, err := selection(expression, time.Second, 64<<20)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := pick([]any{1}); err == nil || !strings.Contains(err.Error(), "too much time or memory") {
			t.Errorf("%s: %v, %v", expression, out, err)
		}
	}
}
