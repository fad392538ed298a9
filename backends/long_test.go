package backends_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestLongChain shows that ES|QL, which refuses expressions deeper than 300
// (semantics of Elastic 21, hole 8 of ES|QL), gets a long list as a tree.
func TestLongChain(t *testing.T) {
	var values strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&values, "            - v%d\n", i)
	}
	rule := parseRule(t, "title: Case\nlogsource: {product: windows}\ndetection:\n    sel:\n        f|contains:\n"+values.String()+"    condition: sel\n")
	r, err := compiler(t, "esql", nil).Compile(rule)
	if err != nil {
		t.Fatal(err)
	}
	query := r.Queries[0].Text
	if n := strings.Count(query, " like "); n != 4000 {
		t.Errorf("%d of 4,000 values", n)
	}
	if d := chainDepth(query); d > 290 {
		t.Errorf("a chain of depth %d", d)
	}
}

// chainDepth returns how deep a parser nests that reads chains of "or" from
// the left. The literals of the query hold no parentheses.
func chainDepth(query string) int {
	most, here, sum := 0, 0, 0
	var groups []int
	for i := range len(query) {
		switch {
		case query[i] == '(':
			groups = append(groups, here)
			sum, here = sum+here, 0
		case query[i] == ')':
			here = groups[len(groups)-1]
			groups, sum = groups[:len(groups)-1], sum-here
		case strings.HasPrefix(query[i:], " or "):
			here++
		}
		most = max(most, sum+here)
	}
	return most
}
