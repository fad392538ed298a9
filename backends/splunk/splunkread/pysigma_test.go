package splunkread_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// recorded returns the queries that pySigma gave for each file of SigmaHQ.
func recorded(tb testing.TB, name string) map[string][]string {
	tb.Helper()
	f, err := os.Open(shared.Path(tb, "oracle", "pysigma", name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string][]string{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var row struct {
			File    string
			Queries []string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatal(err)
		}
		if row.Queries != nil {
			out[row.File] = row.Queries
		}
	}
	if lines.Err() != nil || len(out) == 0 {
		tb.Fatalf("no queries: %v", lines.Err())
	}
	return out
}

// TestPySigma reads the queries that pySigma 1.5.1 gave for SigmaHQ's rules.
// All are read but those that Splunk refuses. Those that find something else
// than their rule do so for one of the known reasons.
func TestPySigma(t *testing.T) {
	rows := recorded(t, "splunk.jsonl.gz")
	var ps []pair
	var read []*ir.Rule
	var chosen []int
	refused := map[string]int{}
	for _, r := range readbacktest.Corpus(t) {
		p := pair{rule: r, queries: rows[r.Source.Pos.File.Name]}
		if p.queries == nil {
			continue
		}
		m, err := p.meaning(splunkread.Reading{})
		if err != nil {
			refused[reason(t, err)]++
			continue
		}
		chosen = append(chosen, len(ps))
		ps, read = append(ps, p), append(read, m)
	}
	// rex with no search before it, and "| search OR ...": where a regular
	// expression stands beside OR.
	if refused["rex has no events to work on"] != 24 || refused[`"OR" stands where a term is expected`] != 12 || len(refused) != 2 {
		t.Errorf("refused: %v", refused)
	}
	t.Logf("%d are read, refused: %v", len(ps), refused)
	c := &comparison{pairs: ps, events: eventsOf(ps), other: featureOf}
	c.compare(t, splunkread.Reading{}, read, chosen)
}

// reason returns the begin of the message of an error that Splunk refuses.
func reason(tb testing.TB, err error) string {
	tb.Helper()
	var e *readback.Error
	if !errors.As(err, &e) || e.Foreign {
		tb.Errorf("%v", err)
	}
	msg, _, _ := strings.Cut(e.Msg, ":")
	return msg
}

// featureOf names what pySigma is known to write with another meaning, if the
// rule has it: keywords as whole words; ? and \* as *; references to fields
// that tell case apart; regular expressions and lists of dashes below a not,
// the former outside of it, the latter without parentheses.
func featureOf(r *ir.Rule) string {
	var found []string
	for _, e := range r.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Not:
				ir.Walk(e, func(e ir.Expr) bool {
					if m, ok := e.(*ir.Match); ok {
						ir.WalkTests(m.Test, func(t ir.Test) { found = append(found, featureBelowNot(t)) })
					}
					return true
				})
			case *ir.Keyword:
				found = append(found, "a keyword is a whole word")
			case *ir.Match:
				ir.WalkTests(e.Test, func(t ir.Test) { found = append(found, featureOfTest(t)) })
			}
			return true
		})
	}
	return slices.Max(append(found, ""))
}

func featureBelowNot(t ir.Test) string {
	switch t := t.(type) {
	case *ir.Regexp:
		return "a regular expression stands outside of its not"
	case *ir.Text:
		if t.Pattern.Has(ir.Dash) {
			return "a list of dashes below a not has no parentheses"
		}
	}
	return ""
}

func featureOfTest(t ir.Test) string {
	switch t := t.(type) {
	case *ir.FieldRef:
		return "a reference to a field tells case apart"
	case *ir.Text:
		if t.Pattern.Has(ir.Question) {
			return "? is written as *"
		}
		for _, e := range t.Pattern {
			if e.Kind == ir.Literal && strings.Contains(e.Text, "*") {
				return "a literal star is a wildcard"
			}
		}
	}
	return ""
}

// TestPySigmaPipelines reads the queries that pySigma gave with its pipelines
// for Windows.
func TestPySigmaPipelines(t *testing.T) {
	refused := map[string]int{}
	n := 0
	for _, queries := range recorded(t, "splunk.windows_sysmon.jsonl.gz") {
		for _, q := range queries {
			n++
			if _, err := splunkread.Read(q, readback.Options{}); err != nil {
				refused[reason(t, err)]++
			}
		}
	}
	if refused["rex has no events to work on"] != 7 || refused[`"OR" stands where a term is expected`] != 12 || len(refused) != 2 {
		t.Errorf("refused: %v", refused)
	}
	t.Logf("%d queries, refused: %v", n, refused)
}
