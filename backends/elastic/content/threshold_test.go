package content_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// correlated returns two rules, a and b, and a correlation of them.
func correlated(section string) string {
	rule := func(name, value string) string {
		return "title: " + name + "\nname: " + name + "\nlogsource: {product: okta}\ndetection: {sel: {A: " + value + "}, condition: sel}\n---\n"
	}
	return rule("a", "v") + rule("b", "w") + "title: c\nname: c\nlevel: high\ncorrelation: {" + section + "}\n"
}

// TestThreshold looks at what correlations become in the languages that have none,
// and at what a threshold rule cannot say.
func TestThreshold(t *testing.T) {
	for _, test := range []struct {
		name, section string
		want          string // threshold, query, from and interval; or the error
	}{
		{"event_count", "type: event_count, rules: a, group-by: [x, y], timespan: 1h, condition: {gte: 10}",
			`{"cardinality":[],"field":["x","y"],"value":10} A: "v" now-1h 5m`},
		{"more than", "type: event_count, rules: a, timespan: 10m, condition: {gt: 10}",
			`{"cardinality":[],"field":[],"value":11} A: "v" now-10m 5m`},
		{"two lower bounds", "type: event_count, rules: a, timespan: 10m, condition: {gt: 2, gte: 5}",
			`{"cardinality":[],"field":[],"value":5} A: "v" now-10m 5m`},
		{"a fraction", "type: event_count, rules: a, timespan: 10m, condition: {gte: 2.5}",
			`{"cardinality":[],"field":[],"value":3} A: "v" now-10m 5m`},
		{"always", "type: event_count, rules: a, timespan: 10m, condition: {gte: 0}",
			`{"cardinality":[],"field":[],"value":1} A: "v" now-10m 5m`},
		{"below nothing", "type: event_count, rules: a, timespan: 10m, condition: {gt: -7.5}",
			`{"cardinality":[],"field":[],"value":1} A: "v" now-10m 5m`},
		{"value_count", "type: value_count, rules: a, group-by: [x], timespan: 1d, condition: {field: z, gte: 4}",
			`{"cardinality":[{"field":"z","value":4}],"field":["x"],"value":1} A: "v" now-24h 5m`},
		{"two rules", "type: event_count, rules: [a, b], group-by: [x], timespan: 90s, condition: {gte: 3}",
			`{"cardinality":[],"field":["x"],"value":3} (A: "v") or (A: "w") now-90s 90s`},
		{"a short timespan", "type: event_count, rules: a, timespan: 30s, condition: {gte: 3}",
			`{"cardinality":[],"field":[],"value":3} A: "v" now-30s 30s`},
		{"an alias of the same", "type: event_count, rules: [a, b], group-by: [k], aliases: {k: {a: x, b: x}}, timespan: 1h, condition: {gte: 3}",
			`{"cardinality":[],"field":["x"],"value":3} (A: "v") or (A: "w") now-1h 5m`},

		{"upper bound", "type: event_count, rules: a, timespan: 1h, condition: {lt: 10}",
			`case.yml:14:70: a threshold rule cannot say anything but that there are at least so many, or more than so many (esql can)`},
		{"range", "type: event_count, rules: a, timespan: 1h, condition: {gte: 1, lte: 10}", `a threshold rule cannot say anything but`},
		{"equal", "type: event_count, rules: a, timespan: 1h, condition: {eq: 10}", `a threshold rule cannot say anything but`},
		{"huge", "type: event_count, rules: a, timespan: 1h, condition: {gte: 99999999999}", `Kibana counts up to 2147483647 (esql can)`},
		{"temporal", "type: temporal, rules: [a, b], timespan: 1h", `case.yml:14:21: a threshold rule cannot say temporal (esql can)`},
		{"value_sum", "type: value_sum, rules: a, timespan: 1h, condition: {field: z, gte: 10}", `a threshold rule cannot say value_sum`},
		{"tuples", "type: value_count, rules: a, timespan: 1h, condition: {field: [y, z], gte: 10}", `a threshold rule cannot say a count of different values of several fields together`},
		{"counted and grouped by", "type: value_count, rules: a, group-by: [z], timespan: 1h, condition: {field: z, gte: 1}", `Kibana refuses to count values of z, by which it groups`},
		{"different fields", "type: event_count, rules: [a, b], group-by: [k], aliases: {k: {a: x, b: y}}, timespan: 1h, condition: {gte: 3}",
			`a threshold rule cannot say a count of events of several rules that are grouped by different fields`},
		{"six fields", "type: event_count, rules: a, group-by: [u, v, w, x, y, z], timespan: 1h, condition: {gte: 3}", `a threshold rule cannot say a group by more than 5 fields`},
	} {
		t.Run(test.name, func(t *testing.T) {
			line, _, err := one(t, correlated(test.section), "kql", "rule", nil)
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("%v\nnot %s", err, test.want)
				}
				return
			}
			rule := object(t, line)
			if err := importable(rule); err != nil {
				t.Error(err)
			}
			threshold, err := json.Marshal(rule["threshold"])
			if err != nil {
				t.Fatal(err)
			}
			got := string(threshold) + " " + rule["query"].(string) + " " + rule["from"].(string) + " " + rule["interval"].(string)
			if got != test.want {
				t.Errorf("%s\nnot %s", got, test.want)
			}
		})
	}
}

// TestThresholdWarnings wants a threshold rule to say which way it deviates.
func TestThresholdWarnings(t *testing.T) {
	for _, test := range []struct {
		section string
		every   string
		want    string
	}{
		{"type: event_count, rules: a, timespan: 1h, condition: {gte: 10}", "5m",
			"it runs every 5m and counts the events of the last 1h: those that lie more than 55m apart may not be seen together"},
		{"type: event_count, rules: a, timespan: 1m, condition: {gte: 10}", "5m",
			"it runs every 1m, over time windows that do not overlap"},
		{"type: value_count, rules: a, timespan: 1h, condition: {field: z, gte: 3001}", "5m", "more than 3000 different values are estimated"},
		{"type: event_count, rules: a, group-by: [u, v, w, x], timespan: 1h, condition: {gte: 10}", "5m", "Kibana takes more than 3 fields to group by since version 9.2"},
	} {
		_, warnings, err := one(t, correlated(test.section), "lucene", "rule", map[string]string{"every": test.every})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(warnings.Error(), test.want) {
			t.Errorf("%s: %v", test.section, warnings)
		}
	}
}

// TestUncorrelated names the format that has correlations.
func TestUncorrelated(t *testing.T) {
	_, _, err := one(t, correlated("type: event_count, rules: a, timespan: 1h, condition: {gte: 10}"), "lucene", "", nil)
	if err == nil || !strings.Contains(err.Error(), "the format rule makes threshold rules") {
		t.Error(err)
	}
}

// TestFirings wants a correlation in ES|QL to be told once: by the time of its
// firing, and where runs overlap, by what Kibana knows alerts again by.
func TestFirings(t *testing.T) {
	for _, test := range []struct {
		name, section string
		settings      map[string]string
		last          string // the end of the query
		by            string // what alerts are told apart by
		warns         bool
	}{
		{"one key", "type: event_count, rules: a, group-by: [x], timespan: 1h, condition: {gte: 10}", nil,
			"\n| where last_time >= now() - 9 minutes", `{"duration":{"unit":"m","value":14},"group_by":["last_time","x"],"missing_fields_strategy":"suppress"}`, false},
		{"no overlap", "type: event_count, rules: a, group-by: [x, y, z], timespan: 1h, condition: {gte: 10}", map[string]string{"overlap": "0"},
			"\n| where last_time >= now() - 5 minutes", "null", false},
		{"three keys", "type: event_count, rules: a, group-by: [x, y, z], timespan: 1h, condition: {gte: 10}", nil,
			"\n| where last_time >= now() - 9 minutes", "null", true},
		{"an alias", "type: event_count, rules: [a, b], group-by: [k], aliases: {k: {a: x, b: y}}, timespan: 1h, condition: {gte: 10}", nil,
			"\n| where last_time >= now() - 9 minutes", "null", true},
		{"a field last_time", "type: event_count, rules: a, group-by: [last_time], timespan: 1h, condition: {gte: 10}", nil,
			"\n| where last_time_2 >= now() - 9 minutes", "null", true},
		{"delayed", "type: temporal, rules: [a, b], timespan: 1h", map[string]string{"delay": "10s", "overlap": "20s"},
			"\n| where last_time >= now() - 330 seconds", `{"duration":{"unit":"s","value":630},"group_by":["last_time"],"missing_fields_strategy":"suppress"}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			line, warnings, err := one(t, correlated(test.section), "esql", "rule", test.settings)
			if err != nil {
				t.Fatal(err)
			}
			rule := object(t, line)
			if query := rule["query"].(string); !strings.HasSuffix(query, test.last) {
				t.Errorf("the query is\n%s", query)
			}
			if by, _ := json.Marshal(rule["alert_suppression"]); string(by) != test.by {
				t.Errorf("%s, not %s", by, test.by)
			}
			if warned := strings.Contains(warnings.Error(), "told twice"); warned != test.warns {
				t.Errorf("warned: %v", warnings)
			}
			if rule["timestamp_override"] != nil {
				t.Error("a correlation goes by the time of events")
			}
		})
	}
	line, _, err := one(t, correlated("type: event_count, rules: a, timespan: 1h, condition: {gte: 10}"), "esql", "kibana_ndjson", nil)
	if err != nil || strings.Contains(line, "now()") {
		t.Errorf("%v: a saved search goes by the time that its user picks: %s", err, line)
	}
}
