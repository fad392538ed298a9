package backends_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// entryOf compiles a rule with these attributes to a saved search.
func entryOf(t *testing.T, c *backends.Compiler, attributes string) *emit.Entry {
	t.Helper()
	result, err := c.Compile(ruleWith(t, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return result.Queries[0].Entry
}

func ruleWith(t *testing.T, attributes string) *sigma.Rule {
	t.Helper()
	r, err := sigma.ParseRule("r.yml", []byte("title: T\nlogsource: {product: windows}\ndetection:\n  s: {A: x}\n  condition: s\n"+attributes))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func savedSearches(t *testing.T, o backends.Options) *backends.Compiler {
	t.Helper()
	o.Target, o.Format = "splunk", "savedsearches"
	c, err := backends.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOverrides: what is said of a rule goes before what it says itself, and
// that before what is said of its level and of all.
func TestOverrides(t *testing.T) {
	c := savedSearches(t, backends.Options{
		Settings: map[string]string{"every": "1h", "overlap": "1m"},
		Overrides: backends.Overrides{
			Levels: map[sigma.Level]map[string]string{"medium": {"every": "2h"}, "high": {"every": "3h"}},
			Rules: map[string]map[string]string{
				"n": {"every": "4h"}, "929A690E-bef0-4204-a928-ef5e620d6fcc": {"every": "6h"},
			},
		},
	})
	for _, tt := range []struct{ attributes, every string }{
		{"level: low", "1h"},
		{"level: medium", "2h"},
		{"", "2h"}, // without a level it is medium
		{"level: high", "3h"},
		{"level: high\nsplunk: {every: 8h}", "8h"},
		{"level: high\nelastic: {every: 8h}", "3h"},
		{"level: high\nsplunk: {every: 8h}\nname: n", "4h"},
		{"name: n\nid: 929A690E-BEF0-4204-A928-EF5E620D6FCC", "6h"},
		{"splunk: {every: 8h}\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc", "6h"}, // the case of ids does not count
		{"splunk: {every: 8h}\nname: N", "8h"},                                  // that of names does
	} {
		s := entryOf(t, c, tt.attributes).Schedule
		if want, _ := emit.ParseDuration(tt.every); s.Every != want || (s.Window-s.Every).Minutes() != 1 {
			t.Errorf("%q runs every %s over %s, want every %s and a minute more", tt.attributes, s.Every, s.Window, tt.every)
		}
	}
}

// TestOverridesOfTitles: a title is a name, too.
func TestOverridesOfTitles(t *testing.T) {
	c := savedSearches(t, backends.Options{Overrides: backends.Overrides{Rules: map[string]map[string]string{"T": {"every": "6h"}}}})
	if s := entryOf(t, c, "splunk: {every: 8h}").Schedule; s.Every != 6*time.Hour {
		t.Errorf("every %s", s.Every)
	}
}

// TestOverridesTwice: an id in two spellings is one id.
func TestOverridesTwice(t *testing.T) {
	some := map[string]string{"every": "1h"}
	_, err := backends.New(backends.Options{Target: "splunk", Format: "savedsearches", Overrides: backends.Overrides{
		Rules: map[string]map[string]string{"929A690E-BEF0-4204-A928-EF5E620D6FCC": some, "929a690e-bef0-4204-a928-ef5e620d6fcc": some}}})
	if err == nil || !strings.Contains(err.Error(), "are the same id") {
		t.Error(err)
	}
}

// TestStrangersSettings: what would send results elsewhere, or stand in a query as
// it is, no rule can say of itself.
func TestStrangersSettings(t *testing.T) {
	for target, c := range map[string]struct{ format, own string }{
		"splunk": {"savedsearches", "splunk:\n    key.action.webhook.param.url: http://example.org"},
		"kusto":  {"sentinel", "microsoft:\n    table: 'T | take 0 //'"},
	} {
		compiler, err := backends.New(backends.Options{Target: target, Format: c.format})
		if err != nil {
			t.Fatal(err)
		}
		_, err = compiler.Compile(ruleWith(t, c.own))
		if err == nil || !strings.Contains(err.Error(), "r.yml:7:5") || !strings.Contains(err.Error(), "under its own key") {
			t.Errorf("%s: %v", target, err)
		}
	}
}

// TestOwnSettings: what is wrong with a rule's own settings is told at its place.
func TestOwnSettings(t *testing.T) {
	c := savedSearches(t, backends.Options{})
	for own, want := range map[string]string{
		"splunk: {evry: 5m}":     `r.yml:6:10: error: splunk has no setting "evry" (did you mean "every"?)`,
		"splunk: {every: [5m]}":  "r.yml:6:10: error: the setting every must be one value",
		"splunk: {enabled: may}": `r.yml:6:10: error: "may" is no value of the setting enabled`,
	} {
		_, err := c.Compile(ruleWith(t, own))
		var got []string
		for _, e := range sigma.Errors(err) {
			got = append(got, fmt.Sprintf("%s: error: %s (%s)", e.Pos, e.Msg, e.Hint))
		}
		if len(got) != 1 || !strings.HasPrefix(got[0], strings.TrimSuffix(want, ")")) {
			t.Errorf("%s: %q, want %s", own, got, want)
		}
	}
}

// TestStems: files of entries have names of their own, whatever titles and ids are
// like, that no pack and no system keeps for itself, and that do not depend on the
// order of the entries.
func TestStems(t *testing.T) {
	c, err := backends.New(backends.Options{Target: "kusto", Format: "defender"})
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ stem, id, want string }{
		{"t", "aaaaaaaa-0000-0000-0000-000000000001", "t_aaaaaaaa_0000_0000_0000_000000000001"},
		{"t", "aaaaaaaa-0000-0000-0000-000000000002", "t_aaaaaaaa_0000_0000_0000_000000000002"}, // begins as the other
		{"t", "bbbbbbbb-0000-0000-0000-000000000003", "t_bbbbbbbb_0000_0000_0000_000000000003"},
		{"t_bbbbbbbb", "cccccccc-0000-0000-0000-000000000004", "t_bbbbbbbb_cccccccc_0000_0000_0000_000000000004"},
		{"manifest", "21111111-1111-1111-1111-111111111111", "manifest_21111111"},
		{"nul", "31111111-1111-1111-1111-111111111111", "nul_31111111"},
		{"b", "41111111-1111-1111-1111-111111111111", "b"},
	}
	for _, back := range []bool{false, true} {
		var list []*emit.Entry
		for _, c := range cases {
			list = append(list, &emit.Entry{Stem: c.stem, ID: c.id})
		}
		files, err := c.Files(&emit.Pack{Name: "p", Entries: list})
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range files {
			if want := cases[i].want + ".json"; f.Path != want {
				t.Errorf("back %t: %s, want %s", back, f.Path, want)
			}
		}
		slices.Reverse(cases)
	}
}

// TestStemsOfOneID: where even ids are the same, numbers tell files apart.
func TestStemsOfOneID(t *testing.T) {
	c, err := backends.New(backends.Options{Target: "kusto", Format: "defender"})
	if err != nil {
		t.Fatal(err)
	}
	e := &emit.Entry{Stem: "t", ID: "aaaaaaaa-0000-0000-0000-000000000001"}
	files, err := c.Files(&emit.Pack{Name: "p", Entries: []*emit.Entry{e, e, e}})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, f := range files {
		seen[f.Path] = true
	}
	if len(seen) != 3 {
		t.Errorf("three entries have the files %v", seen)
	}
}

// TestStanzasOfFiles: Splunk reads the files of a pack as one, in which two searches
// of the same name would be one search.
func TestStanzasOfFiles(t *testing.T) {
	c := savedSearches(t, backends.Options{})
	var entries []*emit.Entry
	for _, id := range []string{"11111111-1111-1111-1111-111111111111", "21111111-1111-1111-1111-111111111111"} {
		entries = append(entries, entryOf(t, c, "level: low\nid: "+id))
	}
	files, err := c.Files(&emit.Pack{Name: "p", Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"[T (11111111)]", "[T (21111111)]"} {
		if !strings.Contains(string(files[i].Data), "\n"+want+"\n") {
			t.Errorf("%s lacks %s:\n%s", files[i].Path, want, files[i].Data)
		}
	}
}
