package backends_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// saved compiles a rule with more attributes to the text of a saved search.
func saved(t *testing.T, more string, o backends.Overrides) (string, error) {
	t.Helper()
	r, err := sigma.ParseRule("r.yml", []byte("title: T\nid: 929A690E-BEF0-4204-A928-EF5E620D6FCC\nlogsource: {product: windows}\ndetection:\n    s: {A: x}\n    condition: s\n"+more))
	if err != nil {
		t.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: "splunk", Format: "savedsearches", Overrides: o})
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Compile(r)
	if err != nil {
		return "", err
	}
	return result.Queries[0].Text, nil
}

// TestOverridesOfIDs: settings of a rule go before what it says itself, and that
// before those of its level; a rule without one is of level medium. The case of
// ids does not count.
func TestOverridesOfIDs(t *testing.T) {
	on := map[string]string{"suppress_period": "7h"}
	medium := map[sigma.Level]map[string]string{"medium": {"suppress_period": "5h"}}
	const own = "splunk: {suppress_period: 6h}\n"
	for name, c := range map[string]struct {
		more string
		o    backends.Overrides
		want string
	}{
		"level":        {"level: medium\n", backends.Overrides{Levels: medium}, "5h"},
		"no level":     {"", backends.Overrides{Levels: medium}, "5h"},
		"its own":      {own, backends.Overrides{Levels: medium}, "6h"},
		"id":           {own, backends.Overrides{Levels: medium, Rules: map[string]map[string]string{"929A690E-BEF0-4204-A928-EF5E620D6FCC": on}}, "7h"},
		"id, case":     {own, backends.Overrides{Rules: map[string]map[string]string{"929a690e-bef0-4204-a928-ef5e620d6fcc": on}}, "7h"},
		"title":        {own, backends.Overrides{Rules: map[string]map[string]string{"T": on}}, "7h"},
		"another case": {own, backends.Overrides{Rules: map[string]map[string]string{"t": on}}, "6h"},
	} {
		text, err := saved(t, c.more, c.o)
		if want := "alert.suppress.period = " + c.want + "\n"; err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: there is no %q in %s (%v)", name, want, text, err)
		}
	}
	_, err := backends.New(backends.Options{Target: "splunk", Format: "savedsearches", Overrides: backends.Overrides{
		Rules: map[string]map[string]string{"929A690E-BEF0-4204-A928-EF5E620D6FCC": on, "929a690e-bef0-4204-a928-ef5e620d6fcc": on}}})
	if err == nil || !strings.Contains(err.Error(), "are the same id") {
		t.Errorf("an id in two spellings: %v", err)
	}
}

// TestStrangersSettings: what would send results elsewhere, or stand in a query as
// it is, no rule can say of itself.
func TestStrangersSettings(t *testing.T) {
	_, err := saved(t, "splunk:\n    key.action.webhook.param.url: http://example.org\n", backends.Overrides{})
	if err == nil || !strings.Contains(err.Error(), "r.yml:8:5") || !strings.Contains(err.Error(), "under its own key") {
		t.Error(err)
	}
	r, err := sigma.ParseRule("r.yml", []byte("title: T\nlogsource: {product: windows}\ndetection:\n    s: {A: x}\n    condition: s\nmicrosoft: {table: 'T | take 0 //'}\n"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: "kusto", Format: "sentinel"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile(r); err == nil || !strings.Contains(err.Error(), "under its own key") {
		t.Error(err)
	}
}

// TestStemsOfTitles: no titles make two files of one, or one that no pack can have.
func TestStemsOfTitles(t *testing.T) {
	c, err := backends.New(backends.Options{Target: "kusto", Format: "defender"})
	if err != nil {
		t.Fatal(err)
	}
	entry := func(stem, id string) *emit.Entry { return &emit.Entry{Stem: stem, ID: id} }
	files, err := c.Files(&emit.Pack{Name: "p", Entries: []*emit.Entry{
		entry("a", "11111111-1111-1111-1111-111111111111"),
		entry("a", "11111111-1111-1111-1111-111111111112"), // begins as the other
		entry("a_11111111", "11111111-1111-1111-1111-111111111113"),
		entry("manifest", "21111111-1111-1111-1111-111111111111"),
		entry("nul", "31111111-1111-1111-1111-111111111111"),
		entry("b", "41111111-1111-1111-1111-111111111111"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
	}
	want := "a_11111111_1111_1111_1111_111111111111.json a_11111111_1111_1111_1111_111111111112.json a_11111111_11111111_1111_1111_1111_111111111113.json manifest_21111111.json nul_31111111.json b.json"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
}

// TestStanzasOfFiles: Splunk reads the files of a pack as one, in which two searches
// of the same name would be one search.
func TestStanzasOfFiles(t *testing.T) {
	c, err := backends.New(backends.Options{Target: "splunk", Format: "savedsearches"})
	if err != nil {
		t.Fatal(err)
	}
	var entries []*emit.Entry
	for _, id := range []string{"11111111-1111-1111-1111-111111111111", "21111111-1111-1111-1111-111111111111"} {
		r, err := sigma.ParseRule("r.yml", []byte("title: T\nid: "+id+"\nlevel: low\nlogsource: {product: windows}\ndetection:\n    s: {A: x}\n    condition: s\n"))
		if err != nil {
			t.Fatal(err)
		}
		result, err := c.Compile(r)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, result.Queries[0].Entry)
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
