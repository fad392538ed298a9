package backends_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// ownRules are two rules, a correlation of them and one of that, in files of
// their own. Each document has a line for attributes.
const ownRules = `title: A
name: a
logsource: {product: windows}
detection: {s: {F: 'aa?a'}, condition: s}
%s
---
title: B
name: b
logsource: {product: windows}
detection: {s: {F: 'bb?b'}, condition: s}
%s
---
title: In turn
name: turn
correlation: {type: temporal_ordered, rules: [a, b], group-by: [g], timespan: 5m}
%s
---
title: Often
name: often
correlation: {type: event_count, rules: turn, group-by: [g], timespan: 1h, condition: {gte: 2}}
%s
`

// ownCorrelation compiles the correlation with that name.
func ownCorrelation(t *testing.T, o backends.Options, name string, attributes ...any) (string, sigma.ErrorList, error) {
	t.Helper()
	docs, err := sigma.Parse("r.yml", fmt.Appendf(nil, ownRules, attributes...))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := backends.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range set.Correlations {
		if x.Source.Name == name {
			r, err := c.Correlation(x)
			if err != nil {
				return "", nil, err
			}
			return r.Queries[0].Bare, r.Warnings, nil
		}
	}
	t.Fatalf("there is no correlation %s", name)
	return "", nil, nil
}

// TestSettingsInside: what a rule says of how its query is written holds for its
// part of a correlation's, too; what the correlation says, for all of its rules
// that do not say otherwise; and what is given for a document goes before that.
func TestSettingsInside(t *testing.T) {
	given := func(rule, value string) map[string]map[string]string {
		return map[string]map[string]string{rule: {"case": value}}
	}
	for _, tt := range []struct {
		name       string
		given      map[string]map[string]string
		a, b, turn string // attributes
		want       string
	}{
		{name: "nobody", want: `: "aa?a" : "bb?b"`},
		{name: "a rule", b: "elastic: {case: native}", want: `: "aa?a" like "bb?b"`},
		{name: "of another target", b: "splunk: {widen: 'true'}\nlucene: {case: native}", want: `: "aa?a" : "bb?b"`},
		{name: "the correlation", turn: "elastic: {case: native}", want: `like "aa?a" like "bb?b"`},
		{name: "both", turn: "elastic: {case: native}", a: "eql: {case: fold}", want: `: "aa?a" like "bb?b"`},
		{name: "given for a rule", given: given("b", "native"), b: "elastic: {case: fold}", want: `: "aa?a" like "bb?b"`},
		{name: "given for the correlation", given: given("In turn", "native"), a: "elastic: {case: fold}", want: `like "aa?a" like "bb?b"`},
		{name: "how it alone is deployed", b: "elastic: {every: 7m, severity: low}", want: `: "aa?a" : "bb?b"`},
	} {
		o := backends.Options{Target: "eql", Format: "rule", Overrides: backends.Overrides{Rules: tt.given}}
		query, warnings, err := ownCorrelation(t, o, "turn", tt.a, tt.b, tt.turn, "")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, m := range regexp.MustCompile(`F (\S+ "[^"]*")`).FindAllStringSubmatch(query, -1) {
			got = append(got, m[1])
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		for _, w := range warnings {
			if w.Code == sigma.NotEvaluated {
				t.Errorf("%s: %v", tt.name, w)
			}
		}
	}
}

// TestSettingsInsideChain: a correlation inside another has settings for its
// rules, and the format of queries alone has none but those of the compiler.
func TestSettingsInsideChain(t *testing.T) {
	for _, tt := range []struct {
		format, turn, often string
		folds               bool
	}{
		{"rule", "", "", true},
		{"rule", "elastic: {case: native}", "", false},
		{"rule", "", "elastic: {case: native}", false},
		{"rule", "elastic: {case: fold}", "elastic: {case: native}", true},
		{"", "elastic: {case: native}", "elastic: {case: native}", true},
	} {
		query, _, err := ownCorrelation(t, backends.Options{Target: "esql", Format: tt.format}, "often", "", "", tt.turn, tt.often)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(query, "to_lower"); (got >= 2) != tt.folds || got == 1 {
			t.Errorf("%+v: %d of the rules ignore case in\n%s", tt, got, query)
		}
	}
}

// TestSettingsOfTheWhole: a query searches one index, and has one column with the
// time, for all of its rules.
func TestSettingsOfTheWhole(t *testing.T) {
	const text = `%s: inside the correlation the setting %s has no bearing: a query has one for all that it searches, here %q (write it to "In turn" for all of its rules)`
	for _, tt := range []struct {
		target, format, b, turn, want string
	}{
		{"splunk", "savedsearches", "splunk: {index: main}", "", fmt.Sprintf(text, "r.yml:11:10", "index", "")},
		{"splunk", "savedsearches", "splunk: {macro: m, tstats: 'true'}", "splunk: {macro: n}",
			fmt.Sprintf(text, "r.yml:11:10", "macro", "n") + "\n" + fmt.Sprintf(text, "r.yml:11:20", "tstats", "false")},
		{"splunk", "savedsearches", "splunk: {index: main}", "splunk: {index: main}", ""},
		{"eql", "rule", "elastic: {index: logs-b}", "", fmt.Sprintf(text, "r.yml:11:11", "index", "")},
		{"kusto", "sentinel", "kusto: {time_column: Start}", "", fmt.Sprintf(text, "r.yml:11:9", "time_column", "")},
		{"esql", "rule", "esql: {time_field: start}", "", fmt.Sprintf(text, "r.yml:11:8", "time_field", "@timestamp")},
		{"esql", "", "esql: {time_field: start}", "", ""},
	} {
		o := backends.Options{Target: tt.target, Format: tt.format}
		if tt.target == "kusto" {
			o.Settings = map[string]string{"table": "T"}
		}
		_, warnings, err := ownCorrelation(t, o, "turn", "", tt.b, tt.turn, "")
		if err != nil {
			t.Errorf("%s: %v", tt.target, err)
			continue
		}
		var got []string
		for _, w := range warnings {
			if w.Code == sigma.NotEvaluated {
				got = append(got, fmt.Sprintf("%s: %s (%s)", w.Pos, w.Msg, w.Hint))
			}
		}
		if got := strings.Join(got, "\n"); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.target, got, tt.want)
		}
	}
}

// TestSettingsOfTables: a rule has its own tables and indices in a correlation.
func TestSettingsOfTables(t *testing.T) {
	query, _, err := ownCorrelation(t, backends.Options{Target: "kusto", Format: "sentinel",
		Overrides: backends.Overrides{Rules: map[string]map[string]string{"b": {"table": "OfB"}, "a": {"table": "OfA"}}}}, "turn", "", "", "", "")
	if err != nil || !strings.Contains(query, "OfA") || !strings.Contains(query, "OfB") {
		t.Errorf("%v\n%s", err, query)
	}
	query, _, err = ownCorrelation(t, backends.Options{Target: "esql", Format: "rule"}, "turn", "elastic: {index: of-a}", "elastic: {index: of-b}", "", "")
	if err != nil || !strings.HasPrefix(query, "from of-a,of-b") {
		t.Errorf("%v\n%s", err, query)
	}
}

// TestWrongSettingsInside: what is wrong with a rule's settings is told where the
// rule is a part of a correlation, too.
func TestWrongSettingsInside(t *testing.T) {
	for own, want := range map[string]string{
		"elastic: {caze: fold}":   `eql has no setting "caze"`,
		"elastic: {case: [fold]}": "the setting case must be one value",
		"elastic: {case: both}":   `"both" is no value of the setting case`,
	} {
		_, _, err := ownCorrelation(t, backends.Options{Target: "eql", Format: "rule"}, "turn", "", own, "", "")
		if errs := sigma.Errors(err); len(errs) != 1 || errs[0].Msg != want || errs[0].Pos.String() != "r.yml:11:11" {
			t.Errorf("%s: %v", own, err)
		}
	}
}

// TestParts: the rules of a correlation by themselves, each once, with the
// settings that they have inside it.
func TestParts(t *testing.T) {
	docs, err := sigma.Parse("r.yml", fmt.Appendf(nil, ownRules, "elastic: {case: native}", "", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{
		"rule": `A: any where F like "aa?a"; B: any where F : "bb?b"`,
		"":     `A: any where F : "aa?a"; B: any where F : "bb?b"`,
	} {
		c, err := backends.New(backends.Options{Target: "eql", Format: format})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range set.Correlations {
			parts, err := c.Parts(x)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range parts {
				got = append(got, p.Rule.Source.Title+": "+p.Result.Queries[0].Bare)
			}
			if got := strings.Join(got, "; "); got != want {
				t.Errorf("%s of %q: %s, want %s", x.Source.Title, format, got, want)
			}
		}
	}
}
