package kusto_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	goccy "github.com/goccy/go-yaml"
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// hostile are texts that a format could take for something else.
var hostile = []string{
	"[", "]", "[]", "[[", "[[]", "[x]", "[[x]", "[[[x]]]", "[concat('a','b')]", "[parameters('workspace')] x", "[reference('x')]\n", " [x] ", "\u00a0[x]", "[x]\u200b",
	"a: b", "- a", "# a", "a # b", "'a'", `"a"`, `a\`, "a\\\nb", "%a", "@a", "`a`", "{{a}}", "{{{a}}", "{a", "${a}", "$(a)", "| a", "> a", "|-", "&a", "*a", "!a", "!!str a", "? a",
	"---", "...", "--- a", "a\n---\nb", "yes", "no", "y", "on", "null", "~", "true", "1", "1.0", "0x1", "1e3", "1:30", "2024-01-01", ".nan", "=", "<<",
	"a\nb", "a\r\nb", "a\rb", "a\n\n\nb", "a \nb", " a\nb", "\ta", "a\t", "a\n  b\n c", "\n", "\na", "a\n", "\u0085", "a\u2028b", "a\u2029b", "\ufeffa", "a\ufeff", "\x00", "a\x00b", "\x1b[0m", "\x7f",
	"</script>", "a & b < c", "\U0001F600", "\U0010FFFF", "\uFFFE", "\uFFFF", "\xff\xfe", "a\xc3", strings.Repeat("x[", 300),
}

// TestContentHostile puts hostile texts into each attribute of a rule and reads the
// rules back, those in YAML by two readers.
func TestContentHostile(t *testing.T) {
	long := slices.Concat(hostile, []string{strings.Repeat("[é]\n", 1200)})
	compilers := hostileCompilers(t)
	for _, s := range long {
		roundTrip(t, compilers, s)
	}
}

// FuzzContent is TestContentHostile with any text.
func FuzzContent(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	compilers := hostileCompilers(f)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) <= 4000 {
			roundTrip(t, compilers, s)
		}
	})
}

// hostileCompilers returns compilers by format, which write the rule's description
// alone.
func hostileCompilers(tb testing.TB) map[string]*backends.Compiler {
	tb.Helper()
	settings := map[string]string{"describe": "rule"}
	return map[string]*backends.Compiler{
		"sentinel":     contentCompiler(tb, "sentinel", settings, "sentinel_asim"),
		"sentinel_arm": contentCompiler(tb, "sentinel_arm", settings, "sentinel_asim"),
		"defender":     contentCompiler(tb, "defender", settings, "microsoft_xdr"),
	}
}

// hostileRule returns a rule whose texts are s.
func hostileRule(tb testing.TB, s string) *ir.Rule {
	tb.Helper()
	parsed, err := sigma.ParseRule("r.yml", []byte(`title: T
id: 6f3e1c0a-8a54-4f5a-9d0f-2b4a2f6f1c11
level: high
tags: [attack.t1571, attack.command-and-control]
logsource: {category: process_creation, product: windows}
detection: {s: {CommandLine|contains: x}, condition: s}
`))
	if err != nil {
		tb.Fatal(err)
	}
	parsed.Title, parsed.Description, parsed.Author = s, s, s
	parsed.References, parsed.FalsePositives = []string{s}, []string{s}
	parsed.Tags = append(parsed.Tags, sigma.Tag{Text: "cve." + s})
	rule, err := ir.Build(parsed)
	if err != nil {
		tb.Fatal(err)
	}
	return rule
}

// roundTrip makes rules of a text in each format and reads them back. What stands
// in them must be the text but for blanks at its ends; where it is nothing else the
// name is empty, as the rule's is.
func roundTrip(t *testing.T, compilers map[string]*backends.Compiler, s string) {
	t.Helper()
	rule := hostileRule(t, s)
	wanted := strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	if utf8.RuneCountInString(strings.TrimSpace(s)) > 256 {
		rule.Source.Title, wanted = "T", "T"
	}
	for format, c := range compilers {
		result, err := c.Rule(rule)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		text := c.Join([]string{result.Queries[0].Text})
		valid(t, format, text)
		switch format {
		case "sentinel":
			yamlRoundTrip(t, text, wanted, s)
		case "sentinel_arm":
			armRoundTrip(t, text, wanted, s)
		case "defender":
			defenderRoundTrip(t, text, wanted)
		}
	}
}

// described returns the description of a rule with that one.
func described(s, title string) string {
	text := strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	if text == "" {
		text = title
	}
	if r := []rune(text); len(r) > 5000 {
		text = strings.TrimSpace(string(r[:5000]))
	}
	return text
}

func yamlRoundTrip(t *testing.T, text, title, s string) {
	t.Helper()
	type doc struct {
		Name        string
		Description string
		Query       string
		Tags        []string
	}
	for reader, unmarshal := range map[string]func([]byte, any) error{
		"yaml.v3": yaml.Unmarshal,
		"goccy":   goccy.Unmarshal,
	} {
		var d doc
		if err := unmarshal([]byte(text), &d); err != nil {
			t.Fatalf("%s: %v\n%s", reader, err, text)
		}
		if d.Name != title || d.Description != described(s, title) || len(d.Tags) != 1 || d.Tags[0] != "cve."+strings.ToValidUTF8(s, "\uFFFD") ||
			d.Query != "_Im_ProcessCreate\n| where (DvcOs startswith \"Windows\" or isempty(DvcOs)) and TargetProcessCommandLine contains \"x\"\n| extend FileHashAlgorithm = \"SHA256\"" {
			t.Errorf("%s reads %+q of %q:\n%s", reader, d, s, text)
		}
	}
}

// evaluated returns what Azure Resource Manager makes of a string in a template, and
// whether it evaluates it (Syntax and expressions in ARM templates). Blanks round an
// expression are nothing that its rules speak of: there must not be any.
func evaluated(s string) (string, bool) {
	trimmed := strings.TrimSpace(s)
	switch {
	case !strings.HasPrefix(trimmed, "[") || !strings.HasSuffix(trimmed, "]") || trimmed == "[":
		return s, false
	case strings.HasPrefix(trimmed, "[["):
		return trimmed[1:], false
	}
	return s, true
}

func armRoundTrip(t *testing.T, text, title, s string) {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	resource := doc.(map[string]any)["resources"].([]any)[0].(map[string]any)
	if _, ok := evaluated(resource["name"].(string)); !ok {
		t.Errorf("the name is not evaluated: %s", resource["name"])
	}
	delete(resource, "name")
	literal := inert(t, resource).(map[string]any)["properties"].(map[string]any)
	if literal["displayName"] != title || literal["description"] != described(s, title) {
		t.Errorf("%q is %+q, %+q in Azure", s, literal["displayName"], literal["description"])
	}
}

// inert returns a value as Azure has it, of which nothing may be evaluated.
func inert(t *testing.T, v any) any {
	t.Helper()
	switch v := v.(type) {
	case string:
		out, is := evaluated(v)
		if is {
			t.Errorf("Azure evaluates %q", v)
		}
		return out
	case []any:
		for i := range v {
			v[i] = inert(t, v[i])
		}
	case map[string]any:
		for k := range v {
			inert(t, k)
			v[k] = inert(t, v[k])
		}
	}
	return v
}

func defenderRoundTrip(t *testing.T, text, title string) {
	t.Helper()
	var d struct {
		DisplayName     string
		DetectionAction struct {
			AlertTemplate struct{ Title, Description, RecommendedActions string }
		}
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	a := d.DetectionAction.AlertTemplate
	if d.DisplayName != title || strings.ReplaceAll(a.Title, "{ {", "{{") != strings.ReplaceAll(title, "{ {", "{{") && !strings.Contains(title, "{{{") {
		t.Errorf("%q is %+q", title, d)
	}
	if strings.Contains(a.Title+"\n"+a.Description+"\n"+a.RecommendedActions, "{{") {
		t.Errorf("%q has a column in it", a)
	}
}
