package splunkread_test

import (
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestRules reads the queries of the cases in testdata/rules, each of which is
// the smallest rule for something that is easily written wrong, and compares
// them with their rules over many events.
func TestRules(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared.Root(t), "testdata", "rules", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	m := &maker{r: rand.New(rand.NewSource(3))}
	var ps []pair
	c := &comparison{other: emptyInModel}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rule, err := sigma.ParseRule(filepath.Base(file), ar.Files[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		built, err := ir.Build(rule)
		if err != nil {
			t.Fatal(err)
		}
		var pipelines []string
		if names := optionOf(string(ar.Comment), "pipeline: "); names != "" {
			pipelines = strings.Split(names, ",")
		}
		for _, p := range convert(t, []*ir.Rule{built}, chainOf(t, pipelines), optionOf(string(ar.Comment), "format: ")) {
			if hasRaw(p.rule) {
				continue // no event says what a piece of a query means; package verify reads it
			}
			ps = append(ps, p)
			c.events = append(c.events, m.events(p.rule, 300)...)
		}
	}
	c.pairs = ps
	for _, r := range splunkread.Readings() {
		var chosen []int
		read := make([]*ir.Rule, len(ps))
		for i := range ps {
			var err error
			if read[i], err = ps[i].meaning(r); err != nil {
				t.Errorf("%+v: %v", r, err)
				continue
			}
			chosen = append(chosen, i)
		}
		t.Logf("%+v: %d of %d queries are read", r, len(chosen), len(ps))
		c.compare(t, r, read, chosen)
	}
}

// optionOf returns what a case's comment says of Splunk behind a word.
func optionOf(comment, word string) string {
	for line := range strings.Lines(comment) {
		if list, ok := strings.CutPrefix(strings.TrimSpace(line), word); ok {
			for _, option := range strings.Fields(list) {
				if value, ok := strings.CutPrefix(option, "splunk="); ok {
					return value
				}
			}
		}
	}
	return ""
}

// hasRaw reports whether a piece of a query is in a rule.
func hasRaw(rule *ir.Rule) (raw bool) {
	for _, e := range rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			_, is := e.(*ir.Raw)
			raw = raw || is
			return !raw
		})
	}
	return raw
}

// TestRegressionEvents runs what was read of all queries over the events that
// SigmaHQ recorded for its rules: each query finds exactly the events that its
// rule matches.
func TestRegressionEvents(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "sigmahq", "regression_data"), "*", "*", "*", "*", "*.evtx"))
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "sigmahq", "regression_data"), "*", "*", "*", "*", "*", "*.evtx"))
	if err != nil {
		t.Fatal(err)
	}
	c := &comparison{pairs: convert(t, readbacktest.Corpus(t), nil, "")}
	for _, file := range append(files, deeper...) {
		c.events = append(c.events, eventLog(t, file)...)
	}
	var chosen []int
	read := make([]*ir.Rule, len(c.pairs))
	for i := range c.pairs {
		if read[i], err = c.pairs[i].meaning(splunkread.Reading{}); err != nil {
			t.Fatal(err)
		}
		chosen = append(chosen, i)
	}
	found := map[string]bool{}
	session := compile(t, read)
	for _, event := range c.events {
		for _, i := range matching(t, session, event) {
			found[read[i].Source.ID] = true
		}
	}
	if len(c.events) < 100 || len(found) < 130 {
		t.Errorf("%d events, found by %d rules", len(c.events), len(found))
	}
	t.Logf("%d events, found by the queries of %d rules", len(c.events), len(found))
	c.sparse = true
	c.compare(t, splunkread.Reading{}, read, chosen)
}

// eventLog returns the events of an event log of Windows.
func eventLog(tb testing.TB, path string) [][]byte {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	in, err := events.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	defer in.Close()
	var out [][]byte
	var d events.Decoder
	for b, err := in.Next(); err == nil; b, err = in.Next() {
		d.Each(b, func(e *events.Event) { out = append(out, e.AppendJSON(nil)) },
			func(p events.Problem) { tb.Errorf("%s: %v", path, p) })
	}
	return out
}
