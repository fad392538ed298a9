package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/internal/engines"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// ruleOf returns a rule with this detection.
func ruleOf(tb testing.TB, detection string) *corpusRule {
	tb.Helper()
	text := "title: t\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {product: windows}\ndetection:\n" + detection
	docs, err := sigma.Parse("rules/r.yml", []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	r, err := ir.Build(docs[0].(*sigma.Rule))
	if err != nil {
		tb.Fatal(err)
	}
	return &corpusRule{"rules/r.yml", r}
}

// batchOf converts one rule and puts queries beside it.
func batchOf(tb testing.TB, target, detection string, theirs *recorded) *batch {
	tb.Helper()
	r := ruleOf(tb, detection)
	b, err := convert(conversion{target: target, recorded: target}, []*corpusRule{r}, map[string]*recorded{r.file: theirs})
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// TestVerdict judges queries of another converter by synthesised events.
func TestVerdict(t *testing.T) {
	const plain, number = "    s: {f: abc}\n    condition: s\n", "    s: {f: 5}\n    condition: s\n"
	const filter = "    s: {f: abc}\n    n: {g: abc}\n    condition: s and not n\n"
	for _, test := range []struct {
		target, detection, query string
		want                     verdict
	}{
		{"splunk", plain, `f="abc"`, right},
		{"splunk", plain, `f="abcd"`, wrong},
		{"splunk", plain, `f="abc" OR`, refused},
		{"splunk", plain, `f="abc" | mysterious`, unread},
		{"lucene", plain, `f:abc`, caseOnly},
		{"eql", number, `any where f:5`, refused},
		{"eql", number, `any where f == 5`, right},
		{"esql", filter, `from * | where to_lower(f) == "abc" and not to_lower(g) == "abc"`, wrong}, // null
		{"kusto", plain, `'f' =~ "abc"`, constant},
		{"kusto", plain, `f =~ "abc"`, right},
		{"kusto", "    s: {f: ''}\n    condition: s\n", `1 == 2`, barren}, // Kusto has no events that tell
	} {
		b := batchOf(t, test.target, test.detection, &recorded{Queries: []string{test.query}})
		u := &b.units[0]
		got, n, err := b.verdict(u, pySigma, b.events(u), verify.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got != test.want || n < 5 {
			t.Errorf("%s: %s: the verdict is %d on %d events, want %d", test.target, test.query, got, n, test.want)
		}
	}
}

// TestOwnVerdict judges our queries, which may have warnings.
func TestOwnVerdict(t *testing.T) {
	for _, test := range []struct {
		target string
		folds  bool
		want   verdict
	}{{"splunk", false, right}, {"lucene", false, right}, {"kql", false, warned}, {"kql", true, right}} {
		b := batchOf(t, test.target, "    s: {f: abc}\n    condition: s\n", nil)
		u := &b.units[0]
		got, _, err := b.verdict(u, sigmac, b.events(u), verify.Options{FoldsCase: test.folds})
		if err != nil || got != test.want {
			t.Errorf("%s: the verdict is %d, want %d; %v", test.target, got, test.want, err)
		}
		if got, _, _ := b.verdict(u, pySigma, b.events(u), verify.Options{}); got != unwritten {
			t.Errorf("%s: without a query the verdict is %d", test.target, got)
		}
	}
}

// TestCaseOnly keeps apart queries that are wrong in case alone from those that
// are wrong elsewhere, too, and differences that a warning tells of.
func TestCaseOnly(t *testing.T) {
	b := batchOf(t, "splunk", "    s: {f: abc}\n    condition: s\n", nil).backend()
	cased := verify.Difference{Event: synth.Event{Traits: synth.OtherCase | synth.List}}
	known := verify.Difference{Known: &sigma.Error{Code: sigma.MatchesLess}}
	for _, test := range []struct {
		differences []verify.Difference
		want        verdict
	}{
		{nil, barren},
		{[]verify.Difference{known}, warned},
		{[]verify.Difference{known, cased}, caseOnly},
		{[]verify.Difference{cased, {}}, wrong},
	} {
		if got := judge(b, &verify.Report{Differences: test.differences}, nil); got != test.want {
			t.Errorf("%v: the verdict is %d, want %d", test.differences, got, test.want)
		}
	}
}

// TestCount counts what is converted, by class.
func TestCount(t *testing.T) {
	b := &batch{conversion: conversion{target: "esql", recorded: "esql"}, units: []unit{
		{err: sigma.ErrorList{{Code: sigma.Unsupported}, {Code: sigma.BadPlaceholder}}, theirs: &recorded{Error: "SigmaValueError"}},
		{err: errors.New("other"), theirs: &recorded{}},
	}}
	b.units[1].err = sigma.ErrorList{{Code: sigma.BadPlaceholder}}
	for _, s := range []string{`    s: {f: abc}` + "\n    condition: s\n", "    k: [abc]\n    condition: k\n"} {
		b.units = append(b.units, batchOf(t, "esql", s, &recorded{Queries: []string{"q", "r"}}).units[0])
	}
	b.units[3].theirs = nil
	b.count()
	ours, theirs := &b.scores[sigmac], &b.scores[pySigma]
	if ours.converted != 2 || ours.silent != 1 || ours.rules != 4 || ours.unsaid.String() != "1 bad-placeholder, 1 unsupported" || ours.warned.String() != "1 assumed" {
		t.Errorf("ours: %+v", ours)
	}
	if theirs.converted != 1 || theirs.silent != 1 || theirs.unsaid.String() != "1 SigmaValueError, 1 no query and no error, 1 not recorded" {
		t.Errorf("theirs: %+v", theirs)
	}
}

// TestCountAccepted counts rules, not queries.
func TestCountAccepted(t *testing.T) {
	a, b := new(unit), new(unit)
	s := &score{refused: counts{}}
	s.countAccepted([]*unit{a, a, b}, []string{"p", "q", "r"}, []string{"", `KS12 at 5: "x" is wrong`, ""})
	if s.accepted != (cell{n: 1, of: 2}) || s.refused["… is wrong"] != 1 || len(s.refused) != 1 {
		t.Errorf("%+v", s)
	}
}

// TestReason leaves out what differs between messages of one class.
func TestReason(t *testing.T) {
	const query = "any where EventID:1119"
	for _, test := range [][2]string{
		{"Error at line:1,column:11 Expected string not number any where EventID:1119 ^^^", "Expected string not number"},
		{"KS106 at 3: The operator '=~' is not defined; KS107 at 9: more", "The operator … is not defined"},
		{"first\nsecond", "first"},
		{strings.Repeat("ä", 200), strings.Repeat("ä", 100) + "…"},
	} {
		if got := reason(test[0], query); got != test[1] {
			t.Errorf("%q: got %q, want %q", test[0], got, test[1])
		}
	}
	if got := reason("wrong", ""); got != "wrong" {
		t.Errorf("without a query: %q", got)
	}
}

// TestEngineRun compares the union of what the queries of a rule find.
func TestEngineRun(t *testing.T) {
	want := map[int]bool{1: true, 3: true}
	for _, test := range []struct {
		answers []engines.Answer
		exact   int
		refused int
	}{
		{[]engines.Answer{{IDs: []int{3}}, {IDs: []int{1, 3}}}, 1, 0},
		{[]engines.Answer{{IDs: []int{3}}, {}}, 0, 0},
		{[]engines.Answer{{IDs: []int{1, 2, 3}}, {}}, 0, 0},
		{[]engines.Answer{{IDs: []int{1, 3}}, {Refused: "no"}}, 0, 1},
	} {
		run := engineRun{refused: counts{}}
		run.count([]string{"p", "q"}, test.answers, want)
		if run.exact.n != test.exact || run.refused.sum() != test.refused {
			t.Errorf("%v: %+v", test.answers, run)
		}
	}
}

// TestTypes reads types from the tests of a rule, and puts rules into groups.
func TestTypes(t *testing.T) {
	one := ruleOf(t, `    a:
        Id: [1, 2]
        Mixed: [1, x]
        Flag: true
        Net|cidr: 10.0.0.0/8
        a.b: x
        a: null
        Ref|fieldref: Other
    condition: a
`)
	var got []string
	for _, c := range engines.TypesOf(one.ir).WithoutParents().Columns() {
		got = append(got, c.Name+" "+c.Type.String())
	}
	want := []string{"Flag boolean", "Id integer", "Mixed keyword", "Net ip", "Other keyword", "Ref keyword", "a.b keyword"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	units := []*unit{{rule: one}}
	for _, detection := range []string{"{Id: x}", "{id: 5}", "{Id: 7, Mixed: z}", "{Id: null}"} {
		units = append(units, &unit{rule: ruleOf(t, "    s: "+detection+"\n    condition: s\n")})
	}
	gs := groups(units)
	if len(gs) != 3 || len(gs[0].units) != 3 || gs[0].units[1] != units[3] {
		t.Errorf("%d groups, %d rules in the first", len(gs), len(gs[0].units))
	}
}

// TestTables knows the parsers of ASIM under both names.
func TestTables(t *testing.T) {
	tables, err := tablesOf([]string{"asim", "sentinel"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"_Im_ProcessCreate", "imProcessCreate", "imRegistry", "imFileEvent", "SecurityEvent"} {
		if tables.Schema.Tables[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	if tables.Schema.Tables["imRegistryEvent"] != nil {
		t.Error("there is an imRegistryEvent")
	}
	if _, err := tablesOf([]string{"none"}); err == nil {
		t.Error("a schema that does not exist is no error")
	}
}
