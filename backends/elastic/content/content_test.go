package content_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma"
)

// formatsOf are the formats that this package makes.
var formatsOf = map[string][]string{
	"lucene": {"rule", "rule_toml", "kibana_ndjson", "dsl"},
	"kql":    {"rule", "rule_toml", "kibana_ndjson"},
	"eql":    {"rule", "rule_toml", "eqlapi"},
	"esql":   {"rule", "rule_toml", "kibana_ndjson"},
}

// goldens are the golden files. Of the files of elastic/detection-rules one language
// is enough: they say what the rules say.
var goldens = []string{"lucene.rule", "kql.rule", "eql.rule", "esql.rule", "kql.rule_toml", "kql.kibana_ndjson", "esql.kibana_ndjson", "lucene.dsl", "eql.eqlapi"}

// TestT1571 writes the rules of T1571 in each format and compares with the golden
// files. Why some of them are not sayable is in refused.txt.
func TestT1571(t *testing.T) {
	var refused strings.Builder
	said := map[string]bool{}
	for _, target := range languages {
		for _, format := range formatsOf[target] {
			c := newCompiler(t, target, format, nil, ecs(t)...)
			var texts []string
			for _, u := range pack(t) {
				out, err := u.compile(c)
				if err != nil {
					why := sigma.Errors(err)[0].Error()
					if key := target + why; !said[key] {
						said[key] = true
						fmt.Fprintf(&refused, "%s %s: %s\n", target, format, why)
					}
					continue
				}
				texts = append(texts, out.Queries[0].Text)
			}
			if name := target + "." + format; slices.Contains(goldens, name) {
				compare(t, name, c.Join(texts))
			}
		}
	}
	compare(t, "refused.txt", refused.String())
}

// TestT1571Rules wants the rules of T1571 to be what Kibana imports, and the files of
// elastic/detection-rules to say the same.
func TestT1571Rules(t *testing.T) {
	valid := readSchemas(t)
	for _, target := range languages {
		line, file := newCompiler(t, target, "rule", nil, ecs(t)...), newCompiler(t, target, "rule_toml", nil, ecs(t)...)
		for _, u := range pack(t) {
			out, err := u.compile(line)
			if err != nil {
				continue
			}
			rule := object(t, out.Queries[0].Text)
			for _, err := range []error{valid.check(rule), importable(rule)} {
				if err != nil {
					t.Errorf("%s, %s: %v", u.name, target, err)
				}
			}
			if tactics := filed(rule, "T1571"); strings.Join(tactics, " ") != "TA0011" && u.name != "seed.yml" {
				t.Errorf("%s, %s: T1571 is filed under %v", u.name, target, tactics)
			}
			other, err := u.compile(file)
			if err != nil {
				t.Fatal(err)
			}
			read := fileOf(t, other.Queries[0].Text)["rule"].(map[string]any)
			if err := valid.check(object(t, encoded(t, read))); err != nil {
				t.Errorf("%s, %s: %v", u.name, target, err)
			}
			same(t, u.name, rule, read)
		}
	}
}

// filed returns the tactics under which a technique is filed.
func filed(rule map[string]any, id string) (tactics []string) {
	for _, group := range list(rule["threat"]) {
		g := group.(map[string]any)
		for _, technique := range list(g["technique"]) {
			if technique.(map[string]any)["id"] == id {
				tactics = append(tactics, g["tactic"].(map[string]any)["id"].(string))
			}
		}
	}
	return tactics
}

// fileOf reads a file of TOML by another program.
func fileOf(t testing.TB, text string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := toml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return o
}

// same wants the file of a rule to say what the rule says, but for what is computed
// later and for empty lists.
func same(t testing.TB, name string, rule, file map[string]any) {
	t.Helper()
	for _, key := range []string{"required_fields", "related_integrations", "exceptions_list", "actions", "version", "enabled"} {
		delete(rule, key)
	}
	want, got := plain(t, rule), plain(t, file)
	if want != got {
		t.Errorf("%s: the file says\n%s\nand the rule\n%s", name, got, want)
	}
}

// plain writes a value without empty lists.
func plain(t testing.TB, value any) string { return encoded(t, pruned(value)) }

func encoded(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func pruned(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, x := range v {
			if l, ok := x.([]any); !ok || len(l) > 0 {
				out[key] = pruned(x)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = pruned(x)
		}
		return out
	}
	return value
}

// TestProved wants the queries of all formats to be those that the language has
// alone, which are proved elsewhere, and one of each format to be proved itself.
func TestProved(t *testing.T) {
	for _, target := range languages {
		for _, format := range formatsOf[target] {
			c, bare := newCompiler(t, target, format, nil, ecs(t)...), newCompiler(t, target, "", nil, ecs(t)...)
			for _, u := range pack(t) {
				if u.rule == nil {
					continue
				}
				out, err := u.compile(c)
				if err != nil {
					continue
				}
				alone, err := u.compile(bare)
				if err != nil {
					t.Fatal(err)
				}
				want := alone.Queries[0].Text
				if target == "esql" {
					_, want, _ = strings.Cut(want, "|") // the indices of the log source are named in front of it
				}
				if got := out.Queries[0].Bare; !strings.HasSuffix(got, want) {
					t.Errorf("%s, %s, %s: the query alone is %s", u.name, target, format, got)
				}
				if u.name != "seed.yml" {
					continue
				}
				report, err := verify.Rule(c, u.rule, verify.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if wrong := report.Err(); wrong != nil || report.Unread != nil {
					t.Errorf("%s, %s, %s: %v %v", u.name, target, format, wrong, report.Unread)
				}
			}
		}
	}
}

// TestCorpus wants each rule of SigmaHQ to be one that Kibana imports, in each
// language that can say it, and to say what it stands for.
func TestCorpus(t *testing.T) {
	valid := readSchemas(t)
	rules := corpus(t)
	for _, target := range languages {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			c := newCompiler(t, target, "rule", nil, "ecs_windows")
			ids := map[string]string{}
			for _, u := range rules {
				out, err := u.compile(c)
				if err != nil {
					continue
				}
				for _, q := range out.Queries {
					rule := object(t, q.Text)
					for _, err := range []error{valid.check(rule), importable(rule)} {
						if err != nil {
							t.Fatalf("%s: %v\n%s", u.name, err, q.Text)
						}
					}
					id := rule["rule_id"].(string)
					if ids[id] != "" {
						t.Errorf("%s and %s have the id %s", u.name, ids[id], id)
					}
					ids[id] = u.name
				}
			}
			if len(ids) < 2500 {
				t.Errorf("there are %d rules", len(ids))
			}
			t.Logf("%d rules", len(ids))
		})
	}
}

// TestFields looks at what a rule's attributes become.
func TestFields(t *testing.T) {
	for _, test := range []struct {
		name, source, attributes string
		settings                 map[string]string
		want                     string // members of the line
	}{
		{"what there is at least", "category: x", "", nil,
			`"description":"t","risk_score":47,"severity":"medium"`},
		{"no index is known", "category: x", "", nil,
			`"index":["logs-*","auditbeat-*","filebeat-*","packetbeat-*","winlogbeat-*"]`},
		{"informational is no severity of Kibana", "category: x", "level: informational\n", nil,
			`"risk_score":1,"severity":"low"`},
		{"critical", "category: x", "level: critical\n", nil, `"risk_score":99,"severity":"critical"`},
		{"severity of the settings", "category: x", "level: low\n", map[string]string{"severity": "high"}, `"risk_score":73,"severity":"high"`},
		{"risk score of the settings", "category: x", "level: low\n", map[string]string{"risk_score": "50"}, `"risk_score":50,"severity":"low"`},
		{"schedule", "category: x", "", nil, `"interval":"5m","from":"now-9m","to":"now"`},
		{"delayed", "category: x", "", map[string]string{"every": "1h", "overlap": "0", "delay": "90s"}, `"interval":"1h","from":"now-3690s","to":"now-90s"`},
		{"in days", "category: x", "", map[string]string{"every": "1d", "overlap": "0"}, `"interval":"24h","from":"now-24h"`},
		{"authors", "category: x", "author: 'A (x, y), B ,, C'\n", nil, `"author":["A (x, y)","B","C"]`},
		{"authors of odd parentheses", "category: x", "author: 'A), B (C, D'\n", nil, `"author":["A)","B (C, D"]`},
		{"own license", "category: x", "license: MIT\n", map[string]string{"license": "DRL-1.1"}, `"license":"MIT"`},
		{"license of the settings", "category: x", "", map[string]string{"license": "DRL-1.1"}, `"license":"DRL-1.1"`},
		{"tags", "category: x", "tags: [attack.t1571, detection.emerging-threats]\n", map[string]string{"tags": "Sigma, attack.t1571"},
			`"tags":["attack.t1571","detection.emerging-threats","Sigma"]`},
		{"a list of false positives", "category: x", "falsepositives: [Unknown]\n", nil, `"false_positives":["Unknown"]`},
		{"no override", "category: x", "", map[string]string{"timestamp_override": ""}, `"threat":[],"version":1`},
		{"setup", "category: x, definition: turn it on", "", nil, `"setup":"turn it on"`},
		{"fields", "category: x", "fields: [A, B, A]\n", nil, `"investigation_fields":{"field_names":["A","B"]}`},
		{"integration", "product: aws, service: cloudtrail", "", nil, `"related_integrations":[{"package":"aws","version":"*","integration":"cloudtrail"}]`},
		{"several integrations", "product: windows, category: process_creation", "", nil, `"related_integrations":[]`},
		{"index of the settings", "product: aws, service: cloudtrail", "", map[string]string{"index": "a-*, b"}, `"index":["a-*","b"]`},
		{"settings of the rule", "category: x", "elastic: {index: mine, every: 1h, overlap: 5m, enabled: true}\n", nil,
			`"index":["mine"],"enabled":true,"interval":"1h","from":"now-65m"`},
		{"no HTML", "category: x", "description: '<a&b>'\n", nil, `"description":"<a&b>"`},
		{"note", "category: x", "id: 7ccd6c2c-5c1a-4c1b-9d3b-d5c8b2a4a1a0\nstatus: test\ndate: 2026-01-02\nrelated: [{id: 4b89abaa-99fe-4232-afdd-8f9aa4d20382, type: similar}]\n", nil,
			`"note":"## Sigma rule\n\n- id: 7ccd6c2c-5c1a-4c1b-9d3b-d5c8b2a4a1a0\n- status: test\n- date: 2026-01-02\n- similar: 4b89abaa-99fe-4232-afdd-8f9aa4d20382"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			line, _, err := one(t, logRule(test.source, test.attributes), "lucene", "rule", test.settings)
			if err != nil {
				t.Fatal(err)
			}
			if err := importable(object(t, line)); err != nil {
				t.Error(err)
			}
			if !strings.Contains(line, test.want) {
				t.Errorf("want %s in\n%s", test.want, line)
			}
		})
	}
}

// TestThreat files techniques under the tactics that they have.
func TestThreat(t *testing.T) {
	for _, test := range []struct{ tags, want string }{
		{"attack.persistence, attack.command-and-control, attack.t1571", "TA0003: TA0011: T1571"},
		{"attack.persistence, attack.t1571", "TA0003: TA0011: T1571"},
		{"attack.t1571", "TA0011: T1571"},
		{"attack.lateral-movement, attack.t1021.001, attack.t1021.002", "TA0008: T1021(T1021.001 T1021.002)"},
		{"attack.t1021.001, attack.t1021", "TA0008: T1021(T1021.001)"},
		{"detection.x", ""},
	} {
		line, _, err := one(t, logRule("category: x", "tags: ["+test.tags+"]\n"), "lucene", "rule", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := threatOf(object(t, line)); got != test.want {
			t.Errorf("%s: %s, not %s", test.tags, got, test.want)
		}
	}
}

// threatOf returns the ids of a threat mapping.
func threatOf(rule map[string]any) string {
	var parts []string
	for _, group := range list(rule["threat"]) {
		g := group.(map[string]any)
		parts = append(parts, g["tactic"].(map[string]any)["id"].(string)+":")
		for _, x := range list(g["technique"]) {
			technique := x.(map[string]any)
			part := technique["id"].(string)
			var subs []string
			for _, s := range list(technique["subtechnique"]) {
				subs = append(subs, s.(map[string]any)["id"].(string))
			}
			if subs != nil {
				part += "(" + strings.Join(subs, " ") + ")"
			}
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// TestSettings refuses what is no setting, and no number.
func TestSettings(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"risk_score", "101", `the setting risk_score is "101" (write a whole number from 0 to 100)`},
		{"risk_score", "x", `the setting risk_score is "x"`},
		{"max_signals", "0", `the setting max_signals is "0" (write a whole number from 1 to`},
		{"rule_version", "1.5", `the setting rule_version is "1.5"`},
	} {
		_, _, err := one(t, logRule("category: x", ""), "lucene", "rule", map[string]string{test.name: test.value})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s=%s: %v", test.name, test.value, err)
		}
	}
	if _, err := backends.New(backends.Options{Target: "lucene", Format: "kibana_ndjson", Settings: map[string]string{"every": "5m"}}); err == nil {
		t.Error("a saved search runs every five minutes")
	}
}

// TestSavedSearches puts each data view once into a file.
func TestSavedSearches(t *testing.T) {
	c := newCompiler(t, "kql", "kibana_ndjson", nil)
	var texts []string
	for _, source := range []string{"product: okta", "product: okta", "product: aws, service: cloudtrail"} {
		out, err := units(t, "r.yml", logRule(source, "level: low\n"))[0].compile(c)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, out.Queries[0].Text)
	}
	var kinds []string
	views := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(c.Join(texts), "\n"), "\n") {
		o := object(t, line)
		kinds = append(kinds, o["type"].(string))
		for _, ref := range list(o["references"]) {
			if !views[ref.(map[string]any)["id"].(string)] {
				t.Errorf("no such data view before %s", line)
			}
		}
		if o["type"] == "index-pattern" {
			views[o["id"].(string)] = true
		}
	}
	if got := strings.Join(kinds, " "); got != "index-pattern search search index-pattern search" && got != "index-pattern search index-pattern search" {
		t.Errorf("the file has %s", got)
	}
	line, _, err := one(t, logRule("product: okta", ""), "kql", "kibana_ndjson", map[string]string{"data_view": "mine"})
	if err != nil || !strings.Contains(line, `"references":[{"id":"mine"`) || strings.Contains(line, "index-pattern\"}\n") {
		t.Errorf("%v %s", err, line)
	}
}
