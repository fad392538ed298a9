package elastic_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var correlations = flag.Int("correlations", 200, "how many random correlations of each kind are compared with the evaluator")

// A happening is an event of the tests. Which rules it matches is in the field
// of each.
type happening struct {
	time   int64 // seconds
	fields map[string][]string
}

func (h *happening) Values(field string, to []string) []string { return append(to, h.fields[field]...) }

// ruleNames are the rules, each of which matches events that have "yes" in the
// field of its name.
const ruleNames = "abc"

func ruleText(name string) string {
	return "title: " + name + "\nname: " + name + "\nlogsource: {category: x}\ndetection: {sel: {is_" + name + ": 'yes'}, condition: sel}\n"
}

func correlationText(name, section string) string {
	return "---\ntitle: " + name + "\nname: " + name + "\ncorrelation: {" + section + "}\n"
}

// linked returns the correlation r of some documents.
func linked(t testing.TB, text string) *ir.Correlation {
	t.Helper()
	docs, err := sigma.Parse("case.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, c := range set.Correlations {
		if c.Source.Name == "r" {
			return c
		}
	}
	t.Fatal("no correlation r")
	return nil
}

// documents writes the rules and the correlations.
func documents(correlations ...string) string {
	var parts []string
	for _, n := range ruleNames {
		parts = append(parts, ruleText(string(n)))
	}
	return strings.Join(parts, "---\n") + strings.Join(correlations, "")
}

// moment is a time at which a correlation fires in a group.
type moment struct {
	time  int64
	group string
	value string
}

// evaluated returns where the evaluator fires.
func evaluated(t testing.TB, c *ir.Correlation, events []*happening) []moment {
	t.Helper()
	var out []moment
	run, err := correlate.New([]*ir.Correlation{c}, func(a correlate.Alert) {
		group := ""
		for _, v := range a.Group {
			group += v.Text + "|"
		}
		out = append(out, moment{a.To.Unix(), group, a.Value})
	}, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		var rules []*sigma.Rule
		for _, m := range c.Rules() {
			if slices.Contains(e.fields["is_"+m.Rule.Source.Name], "yes") && !slices.Contains(rules, m.Rule.Source) {
				rules = append(rules, m.Rule.Source)
			}
		}
		if err := run.Add(correlate.Event{Time: time.Unix(e.time, 0), ID: uint64(i), Rules: rules, Fields: e}); err != nil {
			t.Fatal(err)
		}
	}
	run.Flush()
	return out
}

// A world is what the events of a test can be: what the language's tables have
// for them.
type world struct {
	lists   bool // several values in a field that is grouped by
	overlap bool // events that match several rules
	texts   bool // values that are no numbers
}

// randomHappenings makes events in few groups, with few values, at few times.
func randomHappenings(r *rand.Rand, w world, n int) []*happening {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var out []*happening
	now := int64(1000)
	for range n {
		now += int64(r.IntN(4))
		e := &happening{time: now, fields: map[string][]string{}}
		matches := pick("a", "a", "b", "c")
		if w.overlap {
			matches = pick("a", "a", "b", "c", "ab", "abc", "bc")
		}
		for _, name := range matches {
			e.fields["is_"+string(name)] = []string{"yes"}
		}
		for _, f := range []string{"g", "h"} {
			if r.IntN(12) > 0 {
				e.fields[f] = []string{pick("1", "2")}
			}
			if w.lists && r.IntN(8) == 0 {
				e.fields[f] = append(e.fields[f], pick("2", "3"))
			}
		}
		for _, f := range []string{"v", "w"} {
			if r.IntN(10) > 0 {
				e.fields[f] = []string{pick("1", "2", "3", "-1.5", "7")}
			}
			if w.texts && r.IntN(10) == 0 {
				e.fields[f] = []string{"x"}
			}
		}
		out = append(out, e)
	}
	return out
}

// randomCorrelation makes the section of a correlation over the members.
func randomCorrelation(r *rand.Rand, kind string, members []string, aliases bool) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	parts := []string{"type: " + kind, "rules: [" + strings.Join(members, ", ") + "]", "timespan: " + strconv.Itoa(1+r.IntN(9)) + "s"}
	group := pick("", "[g]", "[g, h]")
	if !aliases && r.IntN(3) == 0 {
		group = "[g, v]"
	}
	alias := ""
	if aliases && r.IntN(3) == 0 {
		group = pick("[k]", "[k, g]")
		for _, m := range members {
			alias += m + ": " + pick("g", "h") + ", "
		}
		alias = "aliases: {k: {" + alias + "}}"
	}
	if group != "" {
		parts = append(parts, "group-by: "+group)
	}
	bound := pick("gte", "gt", "gte", "lte", "lt", "eq", "neq") + ": " + strconv.Itoa(1+r.IntN(4))
	if r.IntN(4) == 0 {
		bound = "gt: 1, lte: 3"
	}
	condition := "condition: {" + bound + "}"
	switch {
	case strings.HasPrefix(kind, "value"):
		field := "field: v, "
		if kind == "value_count" && r.IntN(2) == 0 {
			field = "field: [v, w], "
		}
		if kind == "value_percentile" {
			field += "percentile: " + pick("0", "1", "50", "95", "99.9", "100") + ", "
		}
		if aliases && kind != "value_count" && r.IntN(4) == 0 {
			field = strings.Replace(field, ": v", ": z", 1)
			values := ""
			for _, m := range members {
				values += m + ": " + pick("v", "w") + ", "
			}
			alias = strings.Replace(strings.TrimSuffix(alias, "}"), "aliases: {", "", 1) + ", z: {" + values + "}"
			alias = "aliases: {" + strings.TrimPrefix(alias, ", ") + "}"
		}
		condition = "condition: {" + field + bound + "}"
	case kind == "temporal" && r.IntN(3) == 0 && len(members) > 1:
		condition = "condition: " + fmt.Sprintf(pick("%s and not %s", "%s or %s", "not %s and %s", "%s and %s"), members[0], members[1])
	case strings.HasPrefix(kind, "temporal") && r.IntN(2) == 0:
		condition = ""
	}
	for _, p := range []string{condition, alias} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// typesOf is the schema of the tests with types.
var typesOf = &schema.Schema{Format: schema.Elastic, Tables: map[string]*schema.Table{"": {Columns: columns(
	schema.Column{Name: "is_a", Type: schema.Keyword}, schema.Column{Name: "is_b", Type: schema.Keyword}, schema.Column{Name: "is_c", Type: schema.Keyword},
	schema.Column{Name: "g", Type: schema.Keyword, Array: true}, schema.Column{Name: "h", Type: schema.Keyword, Array: true},
	schema.Column{Name: "v", Type: schema.Keyword}, schema.Column{Name: "w", Type: schema.Keyword},
)}}}

// esqlRows makes rows of events. Without types values are numbers.
func esqlRows(events []*happening, typed bool) []esqlRow {
	var out []esqlRow
	for _, e := range events {
		r := esqlRow{"@timestamp": instant(e.time * 1000)}
		for f, values := range e.fields {
			var list []any
			for _, v := range values {
				if n, err := strconv.ParseFloat(v, 64); err == nil && !typed && (f == "v" || f == "w") {
					list = append(list, n)
				} else {
					list = append(list, v)
				}
			}
			r[f] = valueOf(distinctValues(list))
		}
		out = append(out, r)
	}
	return out
}

// esqlMoments returns where a query fires, in the groups of its last STATS.
func esqlMoments(t testing.TB, run *esqlRun) []moment {
	t.Helper()
	var out []moment
	for _, r := range run.rows {
		group := ""
		for _, k := range run.by {
			if k != "last_time" && k != "bucket" {
				group += fmt.Sprint(r[k]) + "|"
			}
		}
		m := moment{time: int64(r["last_time"].(instant)) / 1000, group: group}
		for _, k := range []string{"value_count", "value_sum", "value_avg", "event_count"} {
			if v := r[k]; v != nil && m.value == "" {
				m.value = fmt.Sprint(v)
			}
		}
		if first, last := r["first_time"].(instant), r["last_time"].(instant); first > last {
			t.Errorf("first_time %d is behind last_time %d", first, last)
		}
		out = append(out, m)
	}
	return out
}

// compile returns the queries of a correlation, nil where the language cannot
// say it.
func compile(t testing.TB, c *ir.Correlation, o backends.Options) *backends.Result {
	t.Helper()
	compiler, err := backends.New(o)
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Correlation(c)
	if err != nil {
		for _, e := range sigma.Errors(err) {
			if e.Code != sigma.Unsupported && e.Code != sigma.BadCondition || !e.IsValid() {
				t.Errorf("%v", e)
			}
		}
		return nil
	}
	return res
}

var types = []string{"event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg", "value_percentile", "value_median"}

// compareMoments compares where a query fires with where the evaluator does.
// Values are compared where both tell a number.
func compareMoments(want, got []moment) string {
	key := func(ms []moment) map[string]string {
		out := map[string]string{}
		for _, m := range ms {
			out[fmt.Sprint(m.time, " ", m.group)] = m.value
		}
		return out
	}
	w, g := key(want), key(got)
	for k, v := range w {
		value, ok := g[k]
		a, err1 := strconv.ParseFloat(v, 64)
		b, err2 := strconv.ParseFloat(value, 64)
		if !ok {
			return "misses " + k
		}
		if err1 == nil && err2 == nil && (a-b > 1e-9 || b-a > 1e-9) {
			return fmt.Sprintf("%s: %s instead of %s", k, value, v)
		}
	}
	for k := range g {
		if _, ok := w[k]; !ok {
			return "finds " + k
		}
	}
	if len(g) != len(got) {
		return "finds a moment twice"
	}
	return ""
}

// TestESQLSliding runs random correlations of all types, over rules, aliases and
// chains, on random events, and compares each group and moment with the
// evaluator (C11 to C26, C32).
func TestESQLSliding(t *testing.T) {
	shapes := []struct {
		name    string
		members []string
		inner   string // the type of the correlation x over a, or over a and b
	}{{"a rule", []string{"a"}, ""}, {"rules", []string{"a", "b"}, ""}, {"three rules", []string{"a", "b", "c"}, ""},
		{"a chain", []string{"x"}, "any"}, {"a chain of three", []string{"y"}, "two"}, {"among others", []string{"x", "b"}, "any"}, {"behind others", []string{"b", "x"}, "any"}}
	for _, kind := range types {
		for _, shape := range shapes {
			t.Run(kind+" over "+shape.name, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, uint64(len(kind)*100+len(shape.name))))
				said, fired := 0, 0
				for range *correlations / 5 {
					var docs []string
					if shape.inner != "" {
						members := []string{"a"}
						if r.IntN(2) == 0 {
							members = []string{"a", "c"}
						}
						if shape.inner == "two" {
							docs = append(docs, correlationText("y", randomCorrelation(r, types[r.IntN(4)], []string{"x"}, false)))
						}
						docs = append(docs, correlationText("x", randomCorrelation(r, types[r.IntN(len(types))], members, false)))
					}
					text := documents(append(docs, correlationText("r", randomCorrelation(r, kind, shape.members, shape.inner == "")))...)
					c := linked(t, text)
					typed := r.IntN(2) == 0
					o := backends.Options{Target: "esql"}
					if typed {
						o.Schema = typesOf
					}
					res := compile(t, c, o)
					if res == nil {
						continue
					}
					said++
					less := hasCode(res, sigma.MatchesLess)
					// Where an event has several values by an alias, the evaluator takes the
					// one of the first rule only, also where that is none.
					w := world{lists: typed && !hasCode(res, sigma.Assumed), overlap: !less && !strings.Contains(text, "z:"), texts: typed}
					events := randomHappenings(r, w, 20)
					want := evaluated(t, c, events)
					got := esqlMoments(t, runESQL(res.Queries[0].Text, esqlRows(events, typed)))
					if kind != "event_count" && !strings.HasPrefix(kind, "value_") || strings.Contains(kind, "percentile") || strings.Contains(kind, "median") {
						for i := range want {
							want[i].value = ""
						}
					}
					fired += len(want)
					if diff := compareMoments(want, got); diff != "" {
						t.Fatalf("%s\n%s\n%s\nevents %s\nwant %v\ngot %v", diff, strings.TrimPrefix(text, documents()), res.Queries[0].Text, show(events), want, got)
					}
				}
				t.Logf("%d said, %d moments", said, fired)
				if said > 0 && fired == 0 {
					t.Error("nothing fired")
				}
			})
		}
	}
}

func hasCode(res *backends.Result, code sigma.Code) bool {
	return slices.ContainsFunc(res.Warnings, func(w *sigma.Error) bool { return w.Code == code })
}

func show(events []*happening) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "\n  %d %v", e.time, e.fields)
	}
	return b.String()
}

// TestESQLBuckets checks that what buckets find, the evaluator finds as well,
// where nothing but "at least" is asked.
func TestESQLBuckets(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	found, less := 0, 0
	for range *correlations {
		kind := types[r.IntN(4)]
		section := randomCorrelation(r, kind, []string{"a", "b"}, true)
		if strings.Contains(section, "lt") || strings.Contains(section, "eq:") || strings.Contains(section, "not") {
			continue
		}
		c := linked(t, documents(correlationText("r", section)))
		res := compile(t, c, backends.Options{Target: "esql", Method: "buckets"})
		if !hasCode(res, sigma.MatchesLess) {
			t.Error("no warning")
		}
		events := randomHappenings(r, world{overlap: true}, 20)
		want := evaluated(t, c, events)
		got := esqlMoments(t, runESQL(res.Queries[0].Text, esqlRows(events, false)))
		for _, m := range got {
			if !slices.ContainsFunc(want, func(w moment) bool { return w.time == m.time && w.group == m.group }) {
				t.Fatalf("finds %v\n%s\n%s\nevents %s\nwant %v", m, section, res.Queries[0].Text, show(events), want)
			}
		}
		found += len(got)
		less += len(want) - len(got)
	}
	if t.Logf("%d found, %d not", found, less); found == 0 || less == 0 {
		t.Error("nothing was found, or nothing missed")
	}
}

// TestEQLSequences runs random correlations on random events. What is found,
// the evaluator finds; of each run of moments at which it fires, the first is
// found.
func TestEQLSequences(t *testing.T) {
	for _, kind := range types {
		for _, members := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}} {
			t.Run(fmt.Sprint(kind, len(members)), func(t *testing.T) {
				r := rand.New(rand.NewPCG(3, uint64(len(kind)+len(members))))
				said, runs := 0, 0
				for range *correlations {
					section := randomCorrelation(r, kind, members, true)
					c := linked(t, documents(correlationText("r", section)))
					res := compile(t, c, backends.Options{Target: "eql"})
					if res == nil {
						continue
					}
					said++
					less := hasCode(res, sigma.MatchesLess)
					events := randomHappenings(r, world{lists: true, overlap: !less}, 25)
					if less && kind == "temporal_ordered" {
						for i := range events[1:] {
							events[i+1].time = max(events[i+1].time, events[i].time+1)
						}
					}
					first, fires := runsOf(c, events, evaluated(t, c, events))
					var got []moment
					for _, q := range res.Queries {
						got = append(got, runEQL(q.Text, events)...)
					}
					runs += len(first)
					for _, m := range got {
						if !fires[m] {
							t.Fatalf("finds %v\n%s\n%v\nevents %s", m, section, res.Queries, show(events))
						}
					}
					for _, m := range first {
						if !slices.Contains(got, m) {
							t.Fatalf("misses %v\n%s\n%v\nevents %s", m, section, res.Queries, show(events))
						}
					}
				}
				if t.Logf("%d said, %d runs", said, runs); said > 0 && runs == 0 {
					t.Error("nothing fired")
				}
			})
		}
	}
}

// runsOf returns the first moment of each run of moments at which a correlation
// fires, in the order of the moments at which it is evaluated, and all at which
// it fires.
func runsOf(c *ir.Correlation, events []*happening, alerts []moment) (first []moment, fires map[moment]bool) {
	fires = make(map[moment]bool)
	for _, a := range alerts {
		fires[moment{time: a.time, group: a.group}] = true
	}
	before := make(map[string]bool) // of a group: that it fired at the moment before
	for i := 0; i < len(events); {
		groups := make(map[string]bool)
		now := events[i].time
		for ; i < len(events) && events[i].time == now; i++ {
			for _, g := range groupsOf(c, events[i]) {
				groups[g] = true
			}
		}
		for g := range groups {
			m := moment{time: now, group: g}
			if fires[m] && !before[g] {
				first = append(first, m)
			}
			before[g] = fires[m]
		}
	}
	return first, fires
}

// groupsOf returns the groups that an event is in.
func groupsOf(c *ir.Correlation, e *happening) []string {
	var out []string
	for _, m := range c.Members {
		if !slices.Contains(e.fields["is_"+m.Name], "yes") {
			continue
		}
		var fields []string
		for _, k := range c.Keys {
			for _, r := range m.ReadsOf(k.Text) {
				fields = append(fields, r.Fields[0])
			}
		}
		out = append(out, joinKeys(e, fields)...)
	}
	return out
}

// TestESQLMappedChain checks that a correlation reads the firings of another
// one by the names that a pipeline gives the fields of each rule.
func TestESQLMappedChain(t *testing.T) {
	chain, err := pipeline.Parse("p.yml", []byte(`name: p
transformations:
  - {id: a, type: field_name_mapping, mapping: {g: ga}, field_name_conditions: [{type: include_fields, fields: [g]}], rule_conditions: [{type: contains_detection_item, field: is_a, value: 'yes'}]}
  - {id: b, type: field_name_mapping, mapping: {g: gb}, field_name_conditions: [{type: include_fields, fields: [g]}], rule_conditions: [{type: contains_detection_item, field: is_b, value: 'yes'}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, outer := range []string{"type: value_count, rules: x, timespan: 9s, group-by: [g], condition: {field: h, gte: 2}", "type: temporal, rules: [x, c], timespan: 9s, group-by: [g]"} {
		c := linked(t, documents(correlationText("x", "type: event_count, rules: [a, b], timespan: 5s, group-by: [h], condition: {gte: 2}"), correlationText("r", outer)))
		query := compile(t, c, backends.Options{Target: "esql", Pipeline: chain}).Queries[0].Text
		r := rand.New(rand.NewPCG(4, 4))
		for range 100 {
			events := randomHappenings(r, world{}, 20)
			rows := esqlRows(events, false)
			for _, row := range rows {
				for name, to := range map[string]string{"is_a": "ga", "is_b": "gb"} {
					if row[name] == "yes" {
						row[to] = row["g"]
						delete(row, "g")
					}
				}
			}
			want, got := evaluated(t, c, events), esqlMoments(t, runESQL(query, rows))
			for i := range want {
				want[i].value = ""
			}
			if diff := compareMoments(want, got); diff != "" {
				t.Fatalf("%s\n%s\nevents %s", diff, query, show(events))
			}
		}
	}
}
