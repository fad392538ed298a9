package eqlread_test

import (
	"encoding/json"
	"errors"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/elastic/eql/eqlread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// readings are the two ways in which the manual can be read.
var readings = []struct {
	name string
	read readback.Reader
}{{"mapped", eqlread.Read}, {"unmapped", eqlread.ReadUnmapped}}

// TestCorpus reads every query that SigmaHQ's rules become, without and with a
// pipeline, and compares what it means, in both readings, with the rule on
// events made from all the rules and on SigmaHQ's own.
func TestCorpus(t *testing.T) {
	rules := readbacktest.Corpus(t)
	for _, name := range []string{"", "ecs_windows"} {
		t.Run("pipeline "+name, func(t *testing.T) {
			compiled := readbacktest.Compile(t, backends.Options{Target: "eql", Pipeline: readbacktest.Pipeline(t, name)}, rules)
			events := readbacktest.Regression(t)
			m := readbacktest.Maker{Rand: rand.New(rand.NewSource(1))}
			for _, c := range compiled {
				events = append(events, m.Events(c.Rule, readbacktest.InMessage(c.Where), 12)...)
			}
			var first []readbacktest.Pair
			for _, reading := range readings {
				all := readAll(t, reading.read, compiled)
				pairs := others(all, first)
				first = all
				known := 0
				for _, d := range readbacktest.Differences(t, pairs, events) {
					if isFormFeed(&d) {
						known++
						continue
					}
					t.Errorf("%s: %s", reading.name, &d)
				}
				t.Logf("%s: %d of %d queries compared on %d events; %d differ by a form feed", reading.name, len(pairs), len(all), len(events), known)
			}
		})
	}
}

// readAll reads the queries, all of which must be read.
func readAll(t *testing.T, read readback.Reader, compiled []readbacktest.Compiled) (pairs []readbacktest.Pair) {
	t.Helper()
	for _, c := range compiled {
		q, err := read(c.Query, readbacktest.Columns(c.Rule))
		if err != nil {
			t.Errorf("%s: %v\n%s", c.Rule.Source.Pos, err, c.Query)
			continue
		}
		pairs = append(pairs, readbacktest.Pair{Rule: c.Rule, Where: readbacktest.InMessage(c.Where), Query: c.Query, Means: readback.Meaning(q.Where)})
	}
	return pairs
}

// others returns the pairs whose queries mean something else than in the first
// reading: the same needs no comparison again.
func others(pairs, first []readbacktest.Pair) []readbacktest.Pair {
	if len(first) != len(pairs) {
		return pairs
	}
	var out []readbacktest.Pair
	for i := range pairs {
		if !reflect.DeepEqual(pairs[i].Means, first[i].Means) {
			out = append(out, pairs[i])
		}
	}
	return out
}

// BenchmarkRead reads the queries of SigmaHQ's rules, on one core.
func BenchmarkRead(b *testing.B) {
	compiled := readbacktest.Compile(b, backends.Options{Target: "eql"}, readbacktest.Corpus(b))
	size := 0
	for _, c := range compiled {
		size += len(c.Query)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range compiled {
			if _, err := eqlread.Read(c.Query, readback.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N*len(compiled))/b.Elapsed().Seconds(), "queries/s")
}

// isFormFeed reports whether a difference is the one that lies in the
// language: \s, which the query has for the rule's, is all white space but the
// form feed to Lucene.
func isFormFeed(d *readbacktest.Difference) bool {
	event, err := json.Marshal(d.Event)
	return err == nil && strings.Contains(string(event), `\f`) && strings.Contains(d.Query, `\\s`)
}

// TestCases reads the queries of testdata/rules and of the cases that the
// languages of Elastic share.
func TestCases(t *testing.T) {
	n := 0
	for _, c := range readbacktest.Cases(t, "eql") {
		for _, q := range c.Queries {
			if _, err := eqlread.Read(q, readback.Options{}); err != nil {
				t.Errorf("%s: %v\n%s", c.Name, err, q)
			}
			n++
		}
	}
	if n < 60 {
		t.Errorf("only %d queries", n)
	}
}

// TestPySigma reads what pySigma makes of SigmaHQ's rules, counts what is
// refused, and why, and what means something else than the rule.
func TestPySigma(t *testing.T) {
	byFile := make(map[string]*ir.Rule)
	for _, r := range readbacktest.Corpus(t) {
		byFile[r.Source.Pos.File.Name+" "+r.Source.ID] = r
	}
	var pairs []readbacktest.Pair
	reasons := make(map[string]int)
	total, rules := 0, 0
	m := readbacktest.Maker{Rand: rand.New(rand.NewSource(1))}
	events := readbacktest.Regression(t)
	for _, rec := range readbacktest.PySigma(t, "eql") {
		r := byFile[rec.File+" "+rec.ID]
		if r == nil || len(rec.Queries) == 0 {
			continue
		}
		rules++
		for i, text := range rec.Queries {
			total++
			q, err := eqlread.Read(text, readback.Options{})
			if err != nil {
				reasons[reason(err)]++
				continue
			}
			where := readbacktest.InMessage(r.Where[i])
			events = append(events, m.Events(r, where, 12)...)
			pairs = append(pairs, readbacktest.Pair{Rule: r, Where: where, Query: text, Means: readback.Meaning(q.Where)})
		}
	}
	refused := 0
	for _, why := range slices.Sorted(keys(reasons)) {
		t.Logf("%5d %s", reasons[why], why)
		if !strings.HasPrefix(why, "~") {
			refused += reasons[why]
		}
	}
	differ := make(map[string]bool)
	for _, d := range readbacktest.Differences(t, pairs, events) {
		if !isFormFeed(&d) {
			differ[d.Query] = true
		}
	}
	t.Logf("of %d queries of %d rules %d are refused, %d mean something else than the rule", total, rules, refused, len(differ))
	// The survey of converters counts 754 of 3,750 refused.
	if total < 3700 || refused < 740 || refused > 770 || len(differ) < 30 {
		t.Errorf("%d queries, %d refused, %d different", total, refused, len(differ))
	}
}

func keys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// reason returns an error's message without names and values, ~ before one
// that is foreign.
func reason(err error) string {
	var e *readback.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	msg, sign := e.Msg, ""
	if e.Foreign {
		sign = "~ "
	}
	msg, _, _ = strings.Cut(msg, "; ")
	return sign + msg
}
