package engines

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma/schema"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// synthesisedRuns are the languages that can be run, and on what; left are the
// traits of events that the engine's tables cannot hold although the language's
// stores can.
var synthesisedRuns = []struct {
	engine     string
	conversion conversion
	folds      bool
	left       synth.Trait
}{
	{"opensearch", conversion{target: "lucene"}, false, 0},
	{"opensearch-folded", conversion{target: "lucene", settings: map[string]string{"case": "native"}}, true, 0},
	{"kibana-kql", conversion{target: "kql"}, false, 0},
	{"kibana-kql-folded", conversion{target: "kql"}, true, 0},
	{"eql", conversion{target: "eql"}, false, 0},
	{"duckdb-kql", conversion{target: "kusto", settings: map[string]string{"table": "Events"}}, false, synth.Nested},
	{"chdb", conversion{target: "kusto", settings: map[string]string{"table": "Events"}}, false, synth.Nested},
}

// A trial is a query with the events that were made of its rule, and what the
// reader of the language says that it finds.
type trial struct {
	query
	events []synth.Event
	found  []bool
	told   []bool // a warning of the query tells of the difference from the rule
	first  int    // number of the first event
}

// TestSynthesised runs the query of every rule over the events that were made
// of the rule. The engine must find what the reader of the language says, and
// what the evaluator says but for what a warning tells of; what differs is
// kept in testdata/synthesised.
func TestSynthesised(t *testing.T) {
	wholeCorpus(t)
	holdServer(t)
	rules := corpusRules(t)
	for _, run := range synthesisedRuns {
		t.Run(run.engine+" "+run.conversion.name(), func(t *testing.T) {
			t.Parallel()
			e := Start(t, run.engine)
			begin := startClock()
			trials := trialsOf(t, run.conversion, rules, run.folds, run.left)
			t.Logf("events made in %s", begin)
			begin = startClock()
			var s score
			for _, b := range batches(trials) {
				b.run(t, e, &s)
			}
			t.Logf("%d queries over %d events in %s", len(trials), s.events, begin)
			slices.Sort(s.lines)
			head := fmt.Sprintf("%s, %s: %d queries over %d events: %d answers are not the reader's, and %d where a long s or a Kelvin sign stands for a letter of ASCII; "+
				"%d are not the rule's and warnings tell of it, %d and nothing does; %d queries are refused",
				run.conversion, e.Version(), len(trials), s.events, s.other, s.odd, s.told, s.wrong, s.refused)
			record(t, "synthesised", conversion{target: run.engine + " " + run.conversion.name()}, append([]string{head}, s.lines...))
		})
	}
}

// trialsOf converts rules and makes their events.
func trialsOf(t *testing.T, c conversion, rules []corpusRule, folds bool, left synth.Trait) []*trial {
	t.Helper()
	compiler, err := backends.New(backends.Options{Target: c.target, Settings: c.settings})
	if err != nil {
		t.Fatal(err)
	}
	var trials []*trial
	for _, r := range rules {
		report, err := verify.Rule(compiler, r.rule, verify.Options{FoldsCase: folds})
		if err != nil {
			continue // the language cannot say it
		}
		if report.Unread != nil {
			t.Errorf("%s: %v", r.file, report.Unread)
			continue
		}
		trials = append(trials, newTrial(r, report, left))
	}
	return trials
}

func newTrial(r corpusRule, report *verify.Report, left synth.Trait) *trial {
	mapped := report.Set.Rule
	x := &trial{query: query{r, report.Result.Queries[0].Text, mapped, keywordsWhereUnknown(TypesOf(mapped))}}
	differ := make(map[string]*verify.Difference)
	for i := range report.Differences {
		d := &report.Differences[i]
		differ[string(d.Event.JSON)] = d
	}
	for _, e := range report.Events {
		if e.Traits&left != 0 || !x.types.addFields(e.JSON) {
			continue
		}
		d := differ[string(e.JSON)]
		x.events = append(x.events, e)
		x.found = append(x.found, e.Expect != (d != nil))
		x.told = append(x.told, d != nil && d.Known != nil)
	}
	return x
}

// A batch is trials whose events one table holds.
type batch struct {
	types  Types
	trials []*trial
	events []Event
}

// batchSize is how many events a table has at most, but for those of one rule.
const batchSize = 4000

// batches puts trials together whose rules agree about the types of fields.
func batches(trials []*trial) []*batch {
	var out []*batch
	for _, x := range trials {
		i := slices.IndexFunc(out, func(b *batch) bool {
			return len(b.events)+len(x.events) <= batchSize && b.types.Merge(x.types)
		})
		if i < 0 {
			i = len(out)
			out = append(out, &batch{types: maps.Clone(x.types)})
		}
		out[i].add(x)
	}
	return out
}

// keywordsWhereUnknown makes fields keywords that no test tells the type of: the
// events of the rule have texts in them.
func keywordsWhereUnknown(types Types) Types {
	for name, kind := range types {
		if kind == schema.Unknown {
			types[name] = schema.Keyword
		}
	}
	return types
}

// addFields adds the fields of an event that the rule does not name, and
// reports whether one index can have them: none is also an object.
func (t Types) addFields(event []byte) bool {
	rows, err := decode([]Event{{Fields: event}})
	if err != nil {
		return false
	}
	more := make(Types)
	for name := range flatten(rows[0]) {
		if _, ok := t[name]; !ok {
			more[name] = schema.Unknown
		}
	}
	return t.Merge(more)
}

func (b *batch) add(x *trial) {
	x.first = len(b.events) + 1
	for i, e := range x.events {
		b.events = append(b.events, Event{x.first + i, e.JSON})
	}
	b.trials = append(b.trials, x)
}

// A score is how the answers compare.
type score struct {
	events, other, told, wrong, refused int
	odd                                 int      // of other: a long s or a Kelvin sign
	lines                               []string // the others
}

// run runs the queries of a batch over its events.
func (b *batch) run(t *testing.T, e Engine, s *score) {
	t.Helper()
	if err := e.Load(Table{Name: "Events", Columns: b.types.Columns()}, b.events); err != nil {
		t.Errorf("%s: %v", b.trials[0].file, err)
		return
	}
	texts := make([]string, len(b.trials))
	for i, x := range b.trials {
		texts[i] = x.text
	}
	answers, err := e.Run(texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range b.trials {
		s.add(x, answers[i])
	}
}

// add compares the answer to one query, as far as it is about the events of
// its own rule.
func (s *score) add(x *trial, a Answer) {
	s.events += len(x.events)
	if a.Refused != "" {
		s.refused++
		s.lines = append(s.lines, fmt.Sprintf("    %s: refused: %s", x.file, short(a.Refused)))
		return
	}
	for i, e := range x.events {
		_, found := slices.BinarySearch(a.IDs, x.first+i)
		switch {
		case found == x.found[i]:
		case e.Traits&synth.OddCase != 0: // readback.FoldASCII
			s.odd++
		default:
			s.other++
			s.lines = append(s.lines, fmt.Sprintf("    %s: found %t, the rule says %t (%s; %s): %s", x.file, found, e.Expect, e.Why, e.Traits, short(string(e.JSON))))
		}
		switch {
		case found == e.Expect:
		case x.told[i]:
			s.told++
		case e.Traits&synth.OddCase != 0 && found != x.found[i]:
		default:
			s.wrong++
		}
	}
}

// name returns the conversion with its settings.
func (c conversion) name() string {
	name := c.String()
	for _, key := range slices.Sorted(maps.Keys(c.settings)) {
		name += " " + key + "=" + c.settings[key]
	}
	return strings.TrimSpace(name)
}
