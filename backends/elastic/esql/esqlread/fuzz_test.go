package esqlread_test

import (
	"errors"
	"math/rand"
	"slices"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/internal/readbacktest"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// FuzzRead checks that every text has an end: as a query, or as an error with
// a place in it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "from * | where true", "from a-*,b:c metadata _id, _index | where to_lower(`x y`.z) like \"*\\\\\\\\a?\" and not coalesce(cidr_match(i, \"::/0\"), false)",
		"FROM \"a\" | EVAL b = to_string(c), d = 1 | WHERE b NOT RLIKE \"\"\"[^a]&~(b)<1-5>\"\"\" OR d IS NOT NULL // c", `from x | where a::ip == to_ip("::1") or b in (1, -2.5e3)`,
		`from x | where concat("\n\t\r", mv_concat(a, "\n\t\r"), "\n\t\r") like "*\n\t\rb*" and date_extract("year", t) > 1 and locate(a, b) > 0`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, reading := range readings {
			name, read := reading.name, reading.read
			q, err := read(query, readback.Options{})
			var e *readback.Error
			if err != nil && (!errors.As(err, &e) || e.Offset < 0 || e.Offset > len(query) || e.Msg == "") {
				t.Errorf("%s, %q: error %v", name, query, err)
			}
			if (q == nil) != (err != nil) {
				t.Errorf("%s, %q: %v and %v", name, query, q, err)
			}
		}
	})
}

// FuzzRandom writes a rule that is put together at random, reads the query and
// compares what it means, in both readings, with the rule on events made of
// it.
func FuzzRandom(f *testing.F) {
	c, err := backends.New(backends.Options{Target: "esql"})
	if err != nil {
		f.Fatal(err)
	}
	for i := range int64(200) {
		f.Add(i)
	}
	f.Fuzz(func(t *testing.T, seed int64) {
		m := readbacktest.Maker{Rand: rand.New(rand.NewSource(seed)), Single: true}
		r := readbacktest.Random(m.Rand)
		if seed%3 == 0 {
			r = readbacktest.RandomTyped(m.Rand, schema.Keyword, schema.Wildcard, schema.Int, schema.Float, schema.Bool, schema.IP, schema.Caseless)
		}
		res, err := c.Rule(r)
		if err != nil || slices.ContainsFunc(res.Warnings, func(w *sigma.Error) bool { return w.Code == sigma.MatchesMore || w.Code == sigma.MatchesLess }) {
			return // the query is known to find other events
		}
		query := res.Queries[0].Text
		events := m.Events(r, r.Where[0], 20)
		for _, reading := range readings {
			name, read := reading.name, reading.read
			q, err := read(query, readbacktest.Columns(r))
			if err != nil {
				t.Fatalf("%s: %v\n%s\n%s", name, err, query, ir.String(r.Where[0]))
			}
			means := readback.Meaning(q.Where)
			for _, e := range events {
				event := oracle.Event(e.(eval.Map))
				if hasOddNumber(event) {
					continue
				}
				if got, want := oracle.Match(means, event), oracle.Match(r.Where[0], event); got != want {
					d := readbacktest.Difference{Pair: &readbacktest.Pair{Rule: r, Where: r.Where[0], Query: query, Means: means}, Event: e, Found: got}
					if !isFormFeed(&d) {
						t.Fatalf("%s: %s\n means: %s", name, &d, ir.String(means))
					}
				}
			}
		}
	})
}

// hasOddNumber reports whether a value is a number in another than its
// shortest spelling, such as 00. A number in a column of strings, and in one
// that is tested as text besides, is sought by its digits.
func hasOddNumber(event oracle.Event) bool {
	for _, v := range event {
		if text, ok := v.(string); ok {
			if n, ok := ir.ParseNumber(text); ok && string(n) != text {
				return true
			}
		}
	}
	return false
}
