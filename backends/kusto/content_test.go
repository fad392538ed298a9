package kusto_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// contentCompiler returns a compiler for a format.
func contentCompiler(tb testing.TB, format string, settings map[string]string, pipelines ...string) *backends.Compiler {
	tb.Helper()
	chain, err := pipeline.ResolveAll(pipelines...)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: "kusto", Format: format, Pipeline: chain, Settings: settings})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// entries compiles documents that belong together. What cannot be compiled is in
// the second result, by title.
func entries(tb testing.TB, c *backends.Compiler, docs []sigma.Document) (list []*emit.Entry, failed map[string]error) {
	tb.Helper()
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	failed = make(map[string]error)
	add := func(title string, r *backends.Result, err error) {
		if err != nil {
			failed[title] = err
			return
		}
		for _, q := range r.Queries {
			list = append(list, q.Entry)
		}
	}
	for _, r := range set.Rules {
		result, err := c.Rule(r)
		add(r.Source.Title, result, err)
	}
	for _, x := range set.Correlations {
		result, err := c.Correlation(x)
		add(x.Source.Title, result, err)
	}
	return list, failed
}

// compileLast compiles a correlation, or a rule where there is none.
func compileLast(tb testing.TB, c *backends.Compiler, docs []sigma.Document) (*backends.Result, error) {
	tb.Helper()
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	if len(set.Correlations) > 0 {
		return c.Correlation(set.Correlations[0])
	}
	return c.Rule(set.Rules[0])
}

// t1571 returns the documents of the pack for T1571 and the seed.
func t1571(tb testing.TB) []sigma.Document {
	tb.Helper()
	root := shared.Root(tb)
	collection, err := sigma.Load(filepath.Join(root, "examples", "t1571", "rules"), filepath.Join(root, "testdata", "t1571", "seed.yml"))
	if err != nil {
		tb.Fatal(err)
	}
	return collection.Documents
}

// TestContentT1571 makes the pack for T1571 in each format and compares it with the
// files in testdata/content; -update rewrites them. t1571.txt has what cannot be made
// though there is a table for it, and why.
func TestContentT1571(t *testing.T) {
	docs := t1571(t)
	var refused strings.Builder
	placeholders := filepath.Join(shared.Root(t), "examples", "t1571", "placeholders.yml")
	for _, c := range []struct{ format, pipeline, ext string }{
		{"sentinel", "sentinel_asim", ".yaml"}, {"sentinel", "azure_monitor", ".yaml"},
		{"sentinel_arm", "sentinel_asim", ".json"}, {"defender", "microsoft_xdr", ".json"},
	} {
		t.Run(c.format+"/"+c.pipeline, func(t *testing.T) {
			compiler := contentCompiler(t, c.format, nil, c.pipeline, placeholders)
			list, failed := entries(t, compiler, docs)
			for _, title := range slices.Sorted(maps.Keys(failed)) {
				var errs sigma.ErrorList
				if errors.As(failed[title], &errs) && errs[0].Code != sigma.RuleRejected {
					fmt.Fprintf(&refused, "%s %s: %s: %s\n", c.format, c.pipeline, title, errs[0].Msg)
				}
			}
			var all []string
			for _, e := range list {
				all = append(all, e.Text)
				valid(t, c.format, compiler.Join([]string{e.Text}))
			}
			if len(all) < 5 {
				t.Fatalf("%d rules were made", len(all))
			}
			golden.Compare(t, *update, filepath.Join("testdata", "content", c.format+"_"+c.pipeline+c.ext), compiler.Join(all))
		})
	}
	golden.Compare(t, *update, filepath.Join("testdata", "content", "t1571.txt"), refused.String())
}

// TestARMFiles checks that a pack is one template, and several where one may not
// hold all of it.
func TestARMFiles(t *testing.T) {
	compiler := contentCompiler(t, "sentinel_arm", nil, "sentinel_asim", filepath.Join(shared.Root(t), "examples", "t1571", "placeholders.yml"))
	list, _ := entries(t, compiler, t1571(t))
	pack := &emit.Pack{Name: "t1571", Entries: list}
	files, err := compiler.Files(pack)
	if err != nil || len(files) != 1 || files[0].Path != "t1571.json" {
		t.Fatalf("%d files, %v", len(files), err)
	}
	valid(t, "sentinel_arm", string(files[0].Data))
	for len(pack.Entries) <= 1700 {
		pack.Entries = append(pack.Entries, list...)
	}
	if files, err = compiler.Files(pack); err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	resources := 0
	for _, f := range files {
		var template struct{ Resources []json.RawMessage }
		if err := json.Unmarshal(f.Data, &template); err != nil {
			t.Fatal(err)
		}
		if n := len(template.Resources); n > 800 || len(f.Data) > 4<<20 {
			t.Errorf("%s has %d resources and %d bytes", f.Path, n, len(f.Data))
		}
		resources += len(template.Resources)
	}
	if resources != len(pack.Entries) {
		t.Errorf("%d resources of %d entries", resources, len(pack.Entries))
	}
}

// schemas are compiled once, by format.
var schemas = map[string][]*jsonschema.Schema{}

// valid checks a text against the schemas of its format. Of rules in YAML there
// is none that is published.
func valid(tb testing.TB, format, text string) {
	tb.Helper()
	var docs []any
	if format == "sentinel" {
		var doc any
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			tb.Fatalf("%v\n%s", err, text)
		}
		validYAML(tb, text)
		return
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	docs = append(docs, doc)
	folder := filepath.Join(shared.Root(tb), "..", "shared", "reference", "schemas")
	if _, err := os.Stat(folder); err != nil {
		return // the schemas are not beside the repository
	}
	list := schemas[format]
	if list == nil {
		list = compileSchemas(tb, folder, format)
		schemas[format] = list
	}
	if format == "sentinel_arm" {
		docs = append(docs, doc.(map[string]any)["resources"].([]any)...)
	}
	for i, d := range docs {
		if err := list[min(i, len(list)-1)].Validate(d); err != nil {
			tb.Fatalf("%v\n%s", err, text)
		}
	}
}

// compileSchemas returns the schema of a document and, of templates, that of a
// resource.
func compileSchemas(tb testing.TB, folder, format string) []*jsonschema.Schema {
	tb.Helper()
	c := jsonschema.NewCompiler()
	// What the schemas of ARM take for an expression: a string in brackets.
	expression := `{"definitions": {"expression": {"type": "string", "pattern": "^\\[[^\\[].*\\]$"}, "expressionStringForResourceType": {"type": "string"}}}`
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(expression))
	if err != nil {
		tb.Fatal(err)
	}
	c.UseLoader(offline{doc})
	add := func(url string, elem ...string) {
		f, err := os.ReadFile(filepath.Join(append([]string{folder}, elem...)...))
		if err != nil {
			tb.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f))
		if err != nil {
			tb.Fatal(err)
		}
		// The template's schema lists the resources of a few other services, whose
		// schemas it refers to; what all resources have in common is left of it.
		if all := doc.(map[string]any)["definitions"]; all != nil {
			if definitions := all.(map[string]any); definitions["resource"] != nil {
				definitions["resource"] = map[string]any{"$ref": "#/definitions/resourceBase"}
			}
		}
		if err := c.AddResource(url, doc); err != nil {
			tb.Fatal(err)
		}
	}
	urls := []string{"mem:rule"}
	if format == "defender" {
		add("mem:rule", "defender-xdr", "detectionRule-v1.0.derived.schema.json")
	} else {
		const base = "https://schema.management.azure.com/schemas/"
		add(base+"2019-04-01/deploymentTemplate.json", "sentinel", "2019-04-01_deploymentTemplate.json")
		add(base+"2025-09-01/Microsoft.SecurityInsights.json", "sentinel", "2025-09-01_Microsoft.SecurityInsights.json")
		urls = []string{base + "2019-04-01/deploymentTemplate.json", base + "2025-09-01/Microsoft.SecurityInsights.json#/definitions/ScheduledAlertRule"}
	}
	var out []*jsonschema.Schema
	for _, url := range urls {
		s, err := c.Compile(url)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// offline answers for the schemas that others refer to and that say nothing of
// analytic rules.
type offline struct{ doc any }

func (o offline) Load(string) (any, error) { return o.doc, nil }

// A ruleYAML is a rule as a reader of the repository has it: every key that is not
// here is a mistake.
type ruleYAML struct {
	ID, Name, Description, Severity, Status, Query, Version, Kind string
	RequiredDataConnectors                                        []struct {
		ConnectorID string   `yaml:"connectorId"`
		DataTypes   []string `yaml:"dataTypes"`
	} `yaml:"requiredDataConnectors"`
	QueryFrequency     string            `yaml:"queryFrequency"`
	QueryPeriod        string            `yaml:"queryPeriod"`
	TriggerOperator    string            `yaml:"triggerOperator"`
	TriggerThreshold   int               `yaml:"triggerThreshold"`
	Tactics            []string          `yaml:"tactics"`
	RelevantTechniques []string          `yaml:"relevantTechniques"`
	Tags               []string          `yaml:"tags"`
	EntityMappings     []mappingYAML     `yaml:"entityMappings"`
	CustomDetails      map[string]string `yaml:"customDetails"`
	AlertDetails       map[string]string `yaml:"alertDetailsOverride"`
	EventGrouping      struct {
		Kind string `yaml:"aggregationKind"`
	} `yaml:"eventGroupingSettings"`
	SuppressionDuration string         `yaml:"suppressionDuration"`
	SuppressionEnabled  bool           `yaml:"suppressionEnabled"`
	Incidents           map[string]any `yaml:"incidentConfiguration"`
}

type mappingYAML struct {
	EntityType    string `yaml:"entityType"`
	FieldMappings []struct {
		Identifier string `yaml:"identifier"`
		ColumnName string `yaml:"columnName"`
	} `yaml:"fieldMappings"`
}

// identifiers are those of the entity types that rules map (Microsoft Sentinel
// entity types reference, "Entity types and identifiers").
var identifiers = map[string]string{
	"Account":          "Name FullName NTDomain DnsDomain UPNSuffix Sid AadTenantId AadUserId PUID IsDomainJoined DisplayName ObjectGuid",
	"Host":             "DnsDomain NTDomain HostName FullName NetBiosName AzureID OMSAgentID OSFamily OSVersion IsDomainJoined",
	"IP":               "Address AddressScope",
	"URL":              "Url",
	"AzureResource":    "ResourceId",
	"CloudApplication": "AppId Name InstanceName",
	"DNS":              "DomainName",
	"File":             "Directory Name",
	"FileHash":         "Algorithm Value",
	"Process":          "ProcessId CommandLine ElevationToken CreationTimeUtc",
	"RegistryKey":      "Hive Key",
	"RegistryValue":    "Name Value ValueType",
	"Mailbox":          "MailboxPrimaryAddress DisplayName Upn ExternalDirectoryObjectId RiskLevel",
	"MailMessage":      "Recipient Urls Threats Sender SenderIP ReceivedDate NetworkMessageId InternetMessageId Subject",
}

// validYAML checks a rule in YAML against what Microsoft says of it.
func validYAML(tb testing.TB, text string) *ruleYAML {
	tb.Helper()
	var r ruleYAML
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&r); err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	if len(r.EntityMappings) > 10 || len(r.CustomDetails) > 20 {
		tb.Errorf("%s: %d entities, %d details", r.Name, len(r.EntityMappings), len(r.CustomDetails))
	}
	for _, m := range r.EntityMappings {
		if len(m.FieldMappings) == 0 || len(m.FieldMappings) > 3 {
			tb.Errorf("%s: %s has %d identifiers", r.Name, m.EntityType, len(m.FieldMappings))
		}
		for _, f := range m.FieldMappings {
			if !strings.Contains(" "+identifiers[m.EntityType]+" ", " "+f.Identifier+" ") {
				tb.Errorf("%s: %s has no identifier %s", r.Name, m.EntityType, f.Identifier)
			}
		}
	}
	return &r
}
