package splunk_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// hostile are words that mean something where a stanza has them.
var hostile = []string{
	"x\nsearch = *", "x\\\nsearch = *", "x\\\\\nsearch = *", "x\\\n[other]\nsearch = *", "]\n[other]", "[default]", "default", "a]b[c", "# c", "; c", "\\", "a\\ ",
	"\r\ndisabled = 0", "\rdisabled = 0", "\u2028disabled = 0", "\u0085disabled = 0", "\x00", "\x0bdisabled = 0", "\ufeff[x]", "%d %(x)s", "$name$ $result.x$", "{{ x }}", "`macro`", "\"'", "\xff\xfe",
	"a\n# Sigma id x\n[y]\nb", "= = =", strings.Repeat("long \\\n", 8000), "| delete", "trailing \\\u00a0", "\u00a0\\", "</script>", "a\n\n\nb",
}

// FuzzStanza makes rules with hostile words in all that they say of themselves,
// and wants stanzas that read back to these words, with the same settings in
// the same order as those of a harmless rule, and the query of the rule.
func FuzzStanza(f *testing.F) {
	for i, word := range hostile {
		f.Add(word, hostile[(i+7)%len(hostile)], hostile[(i+13)%len(hostile)], i%2 == 0)
	}
	plain, escu := compiler(f, "savedsearches", nil), compiler(f, "app", map[string]string{"escu": "true", "analytic_story": "s"})
	query := compiler(f, "default", nil)
	harmless := make(map[bool][]string)
	f.Fuzz(func(t *testing.T, title, text, value string, full bool) {
		if len(title) > 256 {
			title = title[:256]
		}
		if len(text) > 60000 {
			text = text[:60000]
		}
		c := plain
		if full {
			c = escu
		}
		if harmless[full] == nil {
			queries, _, err := compile(c, rule("title", "text", "value"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := readConf(queries[0].Text)
			if err != nil {
				t.Fatal(err)
			}
			harmless[full] = got[0].keys
		}
		source := rule(title, text, value)
		want, _, err := compile(query, source)
		if err != nil {
			t.Skip() // no rule, or none that the language can say
		}
		queries, notes, err := compile(c, source)
		if err != nil {
			if holdsControl(want[0].Text) && strings.Contains(err.Error(), "a .conf file cannot hold it") {
				return
			}
			t.Fatalf("%v\n%s", err, source)
		}
		checkStanzas(t, c.Join([]string{queries[0].Text, queries[0].Text}), queries[0].Entry, want[0].Text, harmless[full], notes)
	})
}

// holdsControl reports whether a query has what a value of a .conf file cannot.
func holdsControl(query string) bool {
	return strings.ContainsFunc(query, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) || !utf8.ValidString(query)
}

// rule writes a rule with these words in it.
func rule(title, text, value string) string {
	m := map[string]any{
		"title": title, "description": text, "author": text, "level": "low", "id": "00000001-0000-4000-8000-000000000000",
		"references": []string{"https://x.example/" + title}, "falsepositives": []string{"fp " + text}, "date": "2024-05-01", "status": "test", "license": title,
		"tags": []string{"attack.t1571", "cve.2021-44228"}, "logsource": map[string]string{"category": "c " + title},
		"detection": map[string]any{"s": map[string]any{"user": value}, "condition": "s"},
	}
	out, err := yaml.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func checkStanzas(t *testing.T, text string, e *emit.Entry, query string, keys []string, notes sigma.ErrorList) {
	t.Helper()
	got, err := readConf(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(got) != 2 {
		t.Fatalf("%d stanzas\n%s", len(got), text)
	}
	for _, s := range got {
		// A drilldown is left out where the query has tokens.
		own := strings.Join(s.keys, " ")
		if all := strings.Join(keys, " "); own != all && own != strings.Replace(all, "action.notable.param.drilldown_searches ", "", 1) {
			t.Fatalf("the settings are %s\nwant %s", own, all)
		}
		if s.values["search"] != strings.TrimSpace(query) {
			t.Errorf("the search is %q, want %q", s.values["search"], query)
		}
		checkWords(t, s, e, notes)
	}
}

// checkWords compares what the stanza has of the rule's words with the rule:
// they are the same, or a warning says that they are not.
func checkWords(t *testing.T, s stanza, e *emit.Entry, notes sigma.ErrorList) {
	t.Helper()
	told := func(what string) bool {
		for _, w := range notes {
			if strings.HasPrefix(w.Msg, what+" is not as the rule has it") {
				return true
			}
		}
		return false
	}
	unify := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	if want := strings.TrimSpace(unify.Replace(e.Meta.Description)); !strings.HasPrefix(s.values["description"], want) && !told("the description") {
		t.Errorf("the description is %q, want %q", s.values["description"], want)
	}
	if want := strings.TrimSpace(e.Title); !strings.HasPrefix(s.name, want) && !told("the name") && !strings.Contains(s.name, "... ") && utf8.RuneCountInString(want) < 75 {
		t.Errorf("the name is %q, want %q", s.name, want)
	}
	var metadata map[string]any
	if err := json.Unmarshal([]byte(s.values["action.correlationsearch.metadata"]), &metadata); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"sigma_title": e.Meta.Title, "sigma_author": e.Meta.Author, "sigma_license": e.Meta.License} {
		got, _ := metadata[key].(string)
		if got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}
