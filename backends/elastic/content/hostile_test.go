package content_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// hostile are texts that formats trip over.
var hostile = []string{
	"plain", " spaces ", "a\nb", "\n", "\nfirst", "last\n", "a\r\nb\r", "tab\tbell\x07del\x7f", `"quoted" 'single'`, `back\slash\`, "line\\\nnext",
	`"""three"""`, `'''three'''`, `ends with '`, `"`, `'`, `''''`, `""""""`, "[bracket", "]", "[[rule]]", "{{template}}", "${var} $x %d %(x)s `tick`",
	"<b>&amp;</b>", "# comment", "key = value", "nul\x00", "\u2028\u2029\ufeff\u0085", "\U0001F600 ü 世界", "\xff\xfe invalid", strings.Repeat("long ", 2000),
	"{title} {id}", "now-5m", "null", "true", "\\u0041 \\x41 \\U00000041", "trailing\\", "a,b", "\"\"\"\n'''\n\\",
}

// hostileRule returns a rule with a text in all of its attributes that are texts.
func hostileRule(t testing.TB, text string) *ir.Rule {
	t.Helper()
	parsed, err := sigma.ParseRule("r.yml", []byte(logRule("category: x", "level: low\ntags: [attack.t1571]\n")))
	if err != nil {
		t.Fatal(err)
	}
	m := &parsed.Meta
	m.Title, m.Description, m.Author, m.License = text, text, text, text
	m.References, m.FalsePositives, m.Fields = []string{text, "x"}, []string{text, "y"}, []string{text}
	parsed.LogSource.Definition = text
	built, err := ir.Build(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// roundTrip wants a text to come back from each format.
func roundTrip(t testing.TB, text string) {
	t.Helper()
	if text == "" {
		return
	}
	want := valid(text)
	rule := hostileRule(t, text)
	write := func(format string) string {
		out, err := newCompiler(t, "kql", format, nil).Rule(rule)
		if err != nil {
			t.Fatal(err)
		}
		return out.Queries[0].Text
	}
	line := write("rule")
	checkTexts(t, object(t, line), want)
	if err := importable(object(t, line)); err != nil {
		t.Errorf("%q: %v", text, err)
	}
	file := fileOf(t, write("rule_toml"))
	if len(file) != 2 {
		t.Errorf("%q: the file has %v", text, file)
	}
	checkTexts(t, file["rule"].(map[string]any), want)

	saved := strings.Split(strings.TrimSuffix(write("kibana_ndjson"), "\n"), "\n")
	attributes := object(t, saved[len(saved)-1])["attributes"].(map[string]any)
	if len(saved) != 2 || attributes["title"] != want || attributes["description"] != want {
		t.Errorf("%q: the saved search says %q", text, attributes)
	}
}

// checkTexts wants a text to be where hostileRule puts it.
func checkTexts(t testing.TB, rule map[string]any, want string) {
	t.Helper()
	for _, key := range []string{"name", "description", "license", "setup"} {
		if rule[key] != want {
			t.Errorf("%s is %q, not %q", key, rule[key], want)
		}
	}
	for key, list := range map[string][]any{"references": {want, "x"}, "false_positives": {want, "y"}} {
		if fmt.Sprintf("%q", rule[key]) != fmt.Sprintf("%q", list) {
			t.Errorf("%s is %q, not %q", key, rule[key], list)
		}
	}
	fields := rule["investigation_fields"].(map[string]any)["field_names"].([]any)
	if len(fields) != 1 || fields[0] != want {
		t.Errorf("the fields are %q, not %q", fields, want)
	}
}

// valid returns a text in which each byte that is not UTF-8 is U+FFFD, as JSON has
// it.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

func TestHostile(t *testing.T) {
	for _, text := range hostile {
		t.Run(fmt.Sprintf("%.20q", text), func(t *testing.T) { roundTrip(t, text) })
	}
}

// FuzzTexts wants any text to come back from each format.
func FuzzTexts(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { roundTrip(t, text) })
}

// FuzzQueries wants any value of a rule to come back from each format as it is in
// the query.
func FuzzQueries(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := sigma.Parse("r.yml", []byte("title: t\nlogsource: {category: x}\ndetection: {sel: {A: "+string(value)+"}, condition: sel}\n"))
		if err != nil {
			return
		}
		rule, err := ir.Build(docs[0].(*sigma.Rule))
		if err != nil {
			return
		}
		for _, target := range languages {
			alone, err := newCompiler(t, target, "", nil).Rule(rule)
			if err != nil {
				continue
			}
			query := valid(alone.Queries[0].Text)
			if target == "esql" {
				_, query, _ = strings.Cut(query, "|")
			}
			for _, format := range []string{"rule", "rule_toml"} {
				out, err := newCompiler(t, target, format, nil).Rule(rule)
				if err != nil {
					t.Fatal(err)
				}
				written := out.Queries[0].Text
				read := func() map[string]any {
					if format == "rule" {
						return object(t, written)
					}
					return fileOf(t, written)["rule"].(map[string]any)
				}()
				if got := read["query"].(string); !strings.HasSuffix(got, query) {
					t.Errorf("%s %s: %q, not %q", target, format, got, query)
				}
			}
		}
	})
}
