package content_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// schemas are those of elastic/detection-rules, by the type of a rule.
type schemas map[string]*jsonschema.Schema

// readSchemas reads the schemas, and puts right where they are stricter than
// Kibana: they are of the files in the repository, from which Elastic computes
// the type of a required field and the version of an integration only later, and
// Kibana wants both (common_attributes.gen.ts, RequiredFieldInput and
// RelatedIntegration).
func readSchemas(t testing.TB) schemas {
	t.Helper()
	out := schemas{}
	for _, kind := range []string{"query", "eql", "esql", "threshold"} {
		path := shared.Path(t, "reference", "schemas", "elastic-detection-rule", "master."+kind+".json")
		c := jsonschema.NewCompiler()
		loaded, err := jsonschema.FileLoader{}.Load("file://" + path)
		if err != nil {
			t.Fatal(err)
		}
		properties := loaded.(map[string]any)["properties"].(map[string]any)
		for list, names := range map[string][]string{"required_fields": {"type"}, "related_integrations": {"version", "integration"}} {
			item := properties[list].(map[string]any)["items"].(map[string]any)["properties"].(map[string]any)
			for _, name := range names {
				if item[name] != nil {
					t.Fatalf("the schema has %s of %s", name, list)
				}
				item[name] = map[string]any{"type": "string", "minLength": json.Number("1")}
			}
		}
		if err := c.AddResource(kind, loaded); err != nil {
			t.Fatal(err)
		}
		if out[kind], err = c.Compile(kind); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// check validates a rule.
func (s schemas) check(rule map[string]any) error {
	kind, _ := rule["type"].(string)
	schema := s[kind]
	if schema == nil {
		return fmt.Errorf("there is no schema of the type %q", kind)
	}
	return schema.Validate(rule)
}

// importable checks what Kibana checks when it imports a rule, where the schema of
// the repository is looser (rule_schemas.gen.ts, common_attributes.gen.ts, and
// validateThresholdBase). It has no list of known members: Kibana passes over others.
func importable(rule map[string]any) error {
	text := func(name string) string { s, _ := rule[name].(string); return s }
	for _, name := range []string{"rule_id", "name", "description", "type", "query", "language", "interval", "from", "to"} {
		if text(name) == "" {
			return fmt.Errorf("%s is missing or empty", name)
		}
	}
	for _, name := range []string{"tags", "references", "false_positives", "author", "threat", "required_fields", "related_integrations", "exceptions_list", "actions"} {
		if _, ok := rule[name].([]any); !ok {
			return fmt.Errorf("%s is no list", name)
		}
	}
	if score, ok := rule["risk_score"].(float64); !ok || score < 0 || score > 100 {
		return fmt.Errorf("the risk score is %v", rule["risk_score"])
	}
	if !regexp.MustCompile(`^now-[1-9]\d*[smh]$`).MatchString(text("from")) {
		return fmt.Errorf("from is %q", text("from"))
	}
	if fields, ok := rule["investigation_fields"].(map[string]any); ok && len(fields["field_names"].([]any)) == 0 {
		return fmt.Errorf("there are no investigation fields")
	}
	index, has := rule["index"].([]any)
	if has == (text("type") == "esql") || has && len(index) == 0 {
		return fmt.Errorf("index is %v", rule["index"])
	}
	if text("type") == "esql" && !strings.HasPrefix(text("query"), "from ") {
		return fmt.Errorf("the query has no source")
	}
	for _, t := range rule["threat"].([]any) {
		for _, technique := range append([]any{t.(map[string]any)["tactic"]}, list(t.(map[string]any)["technique"])...) {
			for _, name := range []string{"id", "name", "reference"} {
				if s, _ := technique.(map[string]any)[name].(string); s == "" {
					return fmt.Errorf("a tactic or technique has no %s", name)
				}
			}
		}
	}
	return checkThreshold(rule)
}

func list(v any) []any { l, _ := v.([]any); return l }

func checkThreshold(rule map[string]any) error {
	t, has := rule["threshold"].(map[string]any)
	if has != (rule["type"] == "threshold") {
		return fmt.Errorf("the type is %v", rule["type"])
	}
	if !has {
		return nil
	}
	if n, _ := t["value"].(float64); n < 1 || len(list(t["field"])) > 5 {
		return fmt.Errorf("the threshold is %v", t)
	}
	for _, c := range list(t["cardinality"]) {
		for _, field := range list(t["field"]) {
			if c.(map[string]any)["field"] == field {
				return fmt.Errorf("%v is counted and grouped by", field)
			}
		}
	}
	return nil
}
