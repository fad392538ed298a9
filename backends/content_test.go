package backends_test

import (
	"fmt"
	"strings"
	"testing"

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
			Rules:  map[string]map[string]string{"n": {"every": "4h"}, "11111111-1111-1111-1111-111111111111": {"every": "6h"}},
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
		{"name: n\nid: 11111111-1111-1111-1111-111111111111", "6h"},
	} {
		s := entryOf(t, c, tt.attributes).Schedule
		if want, _ := emit.ParseDuration(tt.every); s.Every != want || (s.Window-s.Every).Minutes() != 1 {
			t.Errorf("%q runs every %s over %s, want every %s and a minute more", tt.attributes, s.Every, s.Window, tt.every)
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
// like.
func TestStems(t *testing.T) {
	c, err := backends.New(backends.Options{Target: "lucene", Format: "rule"})
	if err != nil {
		t.Fatal(err)
	}
	var list []*emit.Entry
	for _, attributes := range []string{
		"id: aaaaaaaa-0000-0000-0000-000000000001", "id: aaaaaaaa-0000-0000-0000-000000000002", "id: bbbbbbbb-0000-0000-0000-000000000003",
		"id: cccccccc-0000-0000-0000-000000000004\ntitle: t bbbbbbbb",
	} {
		e := entryOf(t, c, "")
		id, title, _ := strings.Cut(strings.TrimPrefix(attributes, "id: "), "\ntitle: ")
		e.ID = id
		if title != "" {
			e.Stem = strings.ReplaceAll(title, " ", "_")
		}
		list = append(list, e)
	}
	files, err := c.Files(&emit.Pack{Name: "p", Entries: list})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"t_aaaaaaaa_0000_0000_0000_000000000001.ndjson", "t_aaaaaaaa_0000_0000_0000_000000000002.ndjson", "t_bbbbbbbb_0000_0000_0000_000000000003.ndjson",
		"t_bbbbbbbb_cccccccc_0000_0000_0000_000000000004.ndjson",
	}
	for i, f := range files {
		if f.Path != want[i] {
			t.Errorf("%s, want %s", f.Path, want[i])
		}
	}
}
