package splunkread_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// TestRuns runs saved searches of random correlations each minute, each over its
// own time, and wants them to tell of all that the query finds over the whole
// time, and of nothing twice.
func TestRuns(t *testing.T) {
	for _, method := range []string{emit.Sliding, emit.Buckets} {
		for _, kind := range sigma.CorrelationTypes() {
			t.Run(method+" "+kind, func(t *testing.T) {
				t.Parallel()
				fires, n := 0, max(*cases/15, 2)
				for seed := range n {
					fires += testRuns(t, method, kind, uint64(seed))
				}
				if fires < n {
					t.Errorf("%d correlations fire %d times in all", n, fires)
				}
			})
		}
	}
}

// testRuns returns how often the correlation fires.
func testRuns(t *testing.T, method, kind string, seed uint64) int {
	r := rand.New(rand.NewPCG(seed, 3))
	list := sections(r, kind)
	if method == emit.Buckets { // which has no chains
		list = []string{section(r, kind, "[a, b]")}
	}
	c := linked(t, list...)
	events := spread(r)
	query := correlationQuery(t, method, c)
	if kind == "temporal_ordered" && slices.ContainsFunc(query.Warnings, func(w *sigma.Error) bool { return w.Code == sigma.MatchesLess }) {
		return 0 // which of the events of a time it finds depends on their order
	}
	want, err := found(t, r, query.Queries[0].Text, events)
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "splunk", Method: method, Format: "savedsearches", Settings: map[string]string{"every": "1m", "delay": "30s"}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := compiler.Correlation(c)
	if err != nil {
		t.Fatal(err)
	}
	if got := told(t, r, result.Queries[0].Entry, events); !slices.Equal(got, want) {
		t.Fatalf("seed %d\n%s\n%s\n%s\ngot  %q\nwant %q", seed, strings.Join(list, "\n"), result.Queries[0].Text, dumpEvents(events), got, want)
	}
	return len(want)
}

// spread makes events of a few minutes, some of them close together.
func spread(r *rand.Rand) []*occurrence {
	events := occurrences(r, 20)
	for i, e := range events {
		e.half += int64(i / 4 * r.IntN(40))
		e.row["_time"] = []string{strconv.FormatFloat(float64(e.half)/2, 'f', -1, 64)}
	}
	slices.SortFunc(events, func(a, b *occurrence) int { return int(a.half - b.half) })
	return events
}

// told returns what the runs of a saved search tell of, from before the first
// event until after the last one.
func told(t *testing.T, r *rand.Rand, e *emit.Entry, events []*occurrence) []string {
	t.Helper()
	_, search, _ := strings.Cut(e.Text, "\nsearch = ")
	search, _, _ = strings.Cut(search, "\n")
	var out []string
	for run := events[0].half / 120 * 60; run < events[len(events)-1].half/2+180; run += 60 {
		latest := float64(run) - e.Schedule.Delay.Seconds()
		earliest := latest - e.Schedule.Window.Seconds()
		var seen []*occurrence
		for _, o := range events {
			if at := float64(o.half) / 2; at >= earliest && at < latest {
				seen = append(seen, o)
			}
		}
		firings, err := found(t, r, bounded(t, search, earliest, latest), seen)
		if err != nil {
			t.Fatalf("%v\n%s", err, search)
		}
		out = append(out, firings...)
	}
	slices.Sort(out)
	return out
}

// bounded returns a search with the bounds of its time in place of what addinfo
// says of them (SR, addinfo).
func bounded(t *testing.T, search string, earliest, latest float64) string {
	t.Helper()
	text, ok := strings.CutSuffix(search, " | fields - info_min_time info_max_time info_search_time info_sid")
	before, after, found := strings.Cut(text, " | addinfo | ")
	if !ok || !found {
		t.Fatalf("the search does not ask for the bounds of its time:\n%s", search)
	}
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	return before + " | " + strings.NewReplacer("info_min_time", number(earliest), "info_max_time", number(latest)).Replace(after)
}
